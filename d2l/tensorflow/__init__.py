"""The TensorFlow edition of the d2l library: ``from d2l import tensorflow as d2l``."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")  # no start-up notes; read when it's loaded

from d2l.data import DataError as DataError
from d2l.hyperparameters import HyperParameters as HyperParameters
from d2l.hyperparameters import add_to_class as add_to_class
from d2l.loading import DataModule as DataModule
from d2l.names import missing_name
from d2l.plots import ProgressBoard as ProgressBoard
from d2l.plots import plot as plot
from d2l.plots import set_figsize as set_figsize
from d2l.plots import show_images as show_images
from d2l.plots import use_svg_display as use_svg_display
from d2l.settings import environment_seed
from d2l.tensorflow.data import CIFAR10 as CIFAR10
from d2l.tensorflow.data import FashionMNIST as FashionMNIST
from d2l.tensorflow.devices import cpu as cpu
from d2l.tensorflow.devices import gpu as gpu
from d2l.tensorflow.devices import num_gpus as num_gpus
from d2l.tensorflow.devices import seed as seed
from d2l.tensorflow.devices import try_all_gpus as try_all_gpus
from d2l.tensorflow.devices import try_gpu as try_gpu
from d2l.tensorflow.modules import Classifier as Classifier
from d2l.tensorflow.modules import Module as Module
from d2l.tensorflow.modules import init_cnn as init_cnn
from d2l.tensorflow.trainer import Trainer as Trainer
from d2l.timer import Timer as Timer

__getattr__ = missing_name(__name__, globals())

if environment_seed() is not None:
    seed(environment_seed())
