"""The MXNet edition of the d2l library: ``from d2l import mxnet as d2l``."""

import warnings

with warnings.catch_warnings():
    # MXNet 1.9.1 uses names that NumPy 1.23 and Python 3.11 deprecate: np.bool, distutils, …
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"mxnet\.")
    from mxnet import npx

from d2l.classic import Accumulator as Accumulator
from d2l.classic import Animator as Animator
from d2l.classic import get_fashion_mnist_labels as get_fashion_mnist_labels
from d2l.data import DataError as DataError
from d2l.hyperparameters import HyperParameters as HyperParameters
from d2l.hyperparameters import add_to_class as add_to_class
from d2l.loading import DataModule as DataModule
from d2l.mxnet.classic import accuracy as accuracy
from d2l.mxnet.classic import evaluate_accuracy as evaluate_accuracy
from d2l.mxnet.classic import evaluate_accuracy_gpu as evaluate_accuracy_gpu
from d2l.mxnet.classic import load_data_fashion_mnist as load_data_fashion_mnist
from d2l.mxnet.classic import train_ch6 as train_ch6
from d2l.mxnet.counting import costs as costs
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
from d2l.mxnet.tensors import abs as abs
from d2l.mxnet.tensors import arange as arange
from d2l.mxnet.tensors import argmax as argmax
from d2l.mxnet.tensors import astype as astype
from d2l.mxnet.tensors import batch_matmul as batch_matmul
from d2l.mxnet.tensors import concat as concat
from d2l.mxnet.tensors import cos as cos
from d2l.mxnet.tensors import exp as exp
from d2l.mxnet.tensors import expand_dims as expand_dims
from d2l.mxnet.tensors import eye as eye
from d2l.mxnet.tensors import float32 as float32
from d2l.mxnet.tensors import int32 as int32
from d2l.mxnet.tensors import int64 as int64
from d2l.mxnet.tensors import log as log
from d2l.mxnet.tensors import matmul as matmul
from d2l.mxnet.tensors import normal as normal
from d2l.mxnet.tensors import numpy as numpy
from d2l.mxnet.tensors import ones as ones
from d2l.mxnet.tensors import rand as rand
from d2l.mxnet.tensors import randn as randn
from d2l.mxnet.tensors import reduce_mean as reduce_mean
from d2l.mxnet.tensors import reduce_sum as reduce_sum
from d2l.mxnet.tensors import repeat as repeat
from d2l.mxnet.tensors import reshape as reshape
from d2l.mxnet.tensors import sigmoid as sigmoid
from d2l.mxnet.tensors import sin as sin
from d2l.mxnet.tensors import size as size
from d2l.mxnet.tensors import stack as stack
from d2l.mxnet.tensors import swapaxes as swapaxes
from d2l.mxnet.tensors import tanh as tanh
from d2l.mxnet.tensors import tensor as tensor
from d2l.mxnet.tensors import to as to
from d2l.mxnet.tensors import transpose as transpose
from d2l.mxnet.tensors import zeros as zeros
from d2l.mxnet.trainer import Trainer as Trainer
from d2l.names import missing_name
from d2l.plots import ProgressBoard as ProgressBoard
from d2l.plots import plot as plot
from d2l.plots import set_figsize as set_figsize
from d2l.plots import show_images as show_images
from d2l.plots import use_svg_display as use_svg_display
from d2l.settings import environment_seed
from d2l.timer import Timer as Timer

# isort: split
# What the chapters define, which builds on all of the above.
from d2l.mxnet.chapters import ChannelNorm as ChannelNorm
from d2l.mxnet.chapters import ConvNeXtBlock as ConvNeXtBlock
from d2l.mxnet.chapters import DenseBlock as DenseBlock
from d2l.mxnet.chapters import Inception as Inception
from d2l.mxnet.chapters import InvertedResidual as InvertedResidual
from d2l.mxnet.chapters import Residual as Residual
from d2l.mxnet.chapters import ResNet as ResNet
from d2l.mxnet.chapters import ResNeXtBlock as ResNeXtBlock
from d2l.mxnet.chapters import SqueezeExcitation as SqueezeExcitation
from d2l.mxnet.chapters import nin_block as nin_block
from d2l.mxnet.chapters import vgg_block as vgg_block

__getattr__ = missing_name(__name__, globals())

npx.set_np()  # arrays are mxnet.np ndarrays, with NumPy's meaning of shapes

if environment_seed() is not None:
    seed(environment_seed())
