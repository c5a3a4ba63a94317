"""The d2l library: one contract, four editions.

Import the edition of your framework: ``from d2l import torch as d2l`` (or
``tensorflow``, ``jax``, ``mxnet``). Importing ``d2l`` itself loads no framework.
"""

__version__ = "2.0.0"
