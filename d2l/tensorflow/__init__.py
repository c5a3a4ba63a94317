"""The TensorFlow edition of the d2l library: ``from d2l import tensorflow as d2l``."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")  # no start-up notes; read when it's loaded

from d2l.classic import Accumulator as Accumulator
from d2l.classic import Animator as Animator
from d2l.classic import get_fashion_mnist_labels as get_fashion_mnist_labels
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
from d2l.tensorflow.classic import accuracy as accuracy
from d2l.tensorflow.classic import evaluate_accuracy as evaluate_accuracy
from d2l.tensorflow.classic import evaluate_accuracy_gpu as evaluate_accuracy_gpu
from d2l.tensorflow.classic import load_data_fashion_mnist as load_data_fashion_mnist
from d2l.tensorflow.classic import train_ch6 as train_ch6
from d2l.tensorflow.counting import costs as costs
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
from d2l.tensorflow.tensors import abs as abs
from d2l.tensorflow.tensors import arange as arange
from d2l.tensorflow.tensors import argmax as argmax
from d2l.tensorflow.tensors import astype as astype
from d2l.tensorflow.tensors import batch_matmul as batch_matmul
from d2l.tensorflow.tensors import concat as concat
from d2l.tensorflow.tensors import cos as cos
from d2l.tensorflow.tensors import exp as exp
from d2l.tensorflow.tensors import expand_dims as expand_dims
from d2l.tensorflow.tensors import eye as eye
from d2l.tensorflow.tensors import float32 as float32
from d2l.tensorflow.tensors import int32 as int32
from d2l.tensorflow.tensors import int64 as int64
from d2l.tensorflow.tensors import log as log
from d2l.tensorflow.tensors import matmul as matmul
from d2l.tensorflow.tensors import normal as normal
from d2l.tensorflow.tensors import numpy as numpy
from d2l.tensorflow.tensors import ones as ones
from d2l.tensorflow.tensors import rand as rand
from d2l.tensorflow.tensors import randn as randn
from d2l.tensorflow.tensors import reduce_mean as reduce_mean
from d2l.tensorflow.tensors import reduce_sum as reduce_sum
from d2l.tensorflow.tensors import repeat as repeat
from d2l.tensorflow.tensors import reshape as reshape
from d2l.tensorflow.tensors import sigmoid as sigmoid
from d2l.tensorflow.tensors import sin as sin
from d2l.tensorflow.tensors import size as size
from d2l.tensorflow.tensors import stack as stack
from d2l.tensorflow.tensors import swapaxes as swapaxes
from d2l.tensorflow.tensors import tanh as tanh
from d2l.tensorflow.tensors import tensor as tensor
from d2l.tensorflow.tensors import to as to
from d2l.tensorflow.tensors import transpose as transpose
from d2l.tensorflow.tensors import zeros as zeros
from d2l.tensorflow.trainer import Trainer as Trainer
from d2l.timer import Timer as Timer

# isort: split
# What the chapters define, which builds on all of the above.
from d2l.tensorflow.chapters import ChannelNorm as ChannelNorm
from d2l.tensorflow.chapters import ConvNeXtBlock as ConvNeXtBlock
from d2l.tensorflow.chapters import DenseBlock as DenseBlock
from d2l.tensorflow.chapters import Inception as Inception
from d2l.tensorflow.chapters import InvertedResidual as InvertedResidual
from d2l.tensorflow.chapters import Residual as Residual
from d2l.tensorflow.chapters import ResNet as ResNet
from d2l.tensorflow.chapters import ResNeXtBlock as ResNeXtBlock
from d2l.tensorflow.chapters import SqueezeExcitation as SqueezeExcitation
from d2l.tensorflow.chapters import nin_block as nin_block
from d2l.tensorflow.chapters import vgg_block as vgg_block

__getattr__ = missing_name(__name__, globals())

if environment_seed() is not None:
    seed(environment_seed())
