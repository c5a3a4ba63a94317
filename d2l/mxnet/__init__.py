"""The MXNet edition of the d2l library: ``from d2l import mxnet as d2l``."""

import warnings

with warnings.catch_warnings():
    # MXNet 1.9.1 uses names that NumPy 1.23 and Python 3.11 deprecate: np.bool, distutils, …
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"mxnet\.")
    from mxnet import npx

from d2l.data import DataError as DataError
from d2l.hyperparameters import HyperParameters as HyperParameters
from d2l.hyperparameters import add_to_class as add_to_class
from d2l.loading import DataModule as DataModule
from d2l.mxnet.data import CIFAR10 as CIFAR10
from d2l.mxnet.data import FashionMNIST as FashionMNIST
from d2l.mxnet.devices import cpu as cpu
from d2l.mxnet.devices import gpu as gpu
from d2l.mxnet.devices import num_gpus as num_gpus
from d2l.mxnet.devices import seed as seed
from d2l.mxnet.devices import try_all_gpus as try_all_gpus
from d2l.mxnet.devices import try_gpu as try_gpu
from d2l.mxnet.modules import Classifier as Classifier
from d2l.mxnet.modules import Module as Module
from d2l.mxnet.modules import init_cnn as init_cnn
from d2l.mxnet.trainer import Trainer as Trainer
from d2l.names import missing_name
from d2l.plots import ProgressBoard as ProgressBoard
from d2l.plots import plot as plot
from d2l.plots import set_figsize as set_figsize
from d2l.plots import show_images as show_images
from d2l.plots import use_svg_display as use_svg_display
from d2l.settings import environment_seed
from d2l.timer import Timer as Timer

__getattr__ = missing_name(__name__, globals())

npx.set_np()  # arrays are mxnet.np ndarrays, with NumPy's meaning of shapes

if environment_seed() is not None:
    seed(environment_seed())
