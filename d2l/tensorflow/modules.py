"""Models: ``Module``, ``Classifier``, and the initialization of convolutional networks."""

import inspect
from typing import Any

import tensorflow as tf

from d2l.plots import ProgressBoard
from d2l.training import StepModule, summary_line


def init_cnn(module: tf.keras.layers.Layer) -> None:
    """Initialize a dense or convolutional layer: Xavier uniform weights, zero biases.

    Glorot and Bengio (2010), section 4.2.1. For use as ``for layer in net.layers:
    d2l.init_cnn(layer)``; what holds layers, a block or a whole network, passes it on to them. A
    layer whose shapes aren't known yet is initialized when they are.
    """
    layers = tf.keras.layers
    for layer in module._flatten_layers():
        if not isinstance(layer, (layers.Dense, layers.Conv1D, layers.Conv2D, layers.Conv3D)):
            continue
        layer.kernel_initializer = tf.keras.initializers.GlorotUniform()
        layer.bias_initializer = tf.keras.initializers.Zeros()
        if layer.built:
            layer.kernel.assign(layer.kernel_initializer(layer.kernel.shape))
            if layer.use_bias:
                layer.bias.assign(layer.bias_initializer(layer.bias.shape))


def set_batch_norm(model: tf.keras.layers.Layer) -> None:
    """Give batch normalization momentum 0.9 and epsilon 1e-5 where it has Keras's defaults.

    With Keras's 0.99 and 1e-3 the running statistics take hundreds of steps to leave their start,
    so that short trainings predict at chance. Layers with other values keep them.
    """
    for layer in model._flatten_layers():
        if isinstance(layer, tf.keras.layers.BatchNormalization) and (
            (layer.momentum, layer.epsilon) == (0.99, 1e-3)
        ):
            layer.momentum, layer.epsilon = 0.9, 1e-5


def network(model: tf.keras.Model) -> tf.keras.layers.Layer:
    """Return ``model.net``; raise AttributeError where there is none."""
    if not hasattr(model, "net"):
        raise AttributeError(
            f"{type(model).__name__} has no net: set self.net in __init__, or define call(X)"
        )
    return model.net


class Module(StepModule, tf.keras.Model):
    """The base class of models."""

    training: bool | None = None  # set by Trainer while a step runs; None: as Keras has it

    def __init__(self, plot_train_per_epoch: int = 2, plot_valid_per_epoch: int = 1):
        super().__init__()
        del self.loss  # Keras sets it to None, which would hide the method
        self.save_hyperparameters()
        self.board = ProgressBoard()

    def __call__(self, *args, **kwargs):
        """Return the outputs; within a step of the trainer, in its mode."""
        self._note_call()
        if self.training is not None:
            kwargs.setdefault("training", self.training)
        return super().__call__(*args, **kwargs)

    def _note_call(self) -> None:
        """Let Keras know the arguments of ``call``, which may have been replaced."""
        signature = inspect.signature(self.call)
        if signature != self._call_signature:
            self._call_signature = signature
            self.call_signature_parameters = list(signature.parameters)
            self._call_has_training_arg = "training" in signature.parameters
            self._call_has_context_arg = {"training": "training" in signature.parameters}

    def call(self, X: tf.Tensor, *args, training: bool | None = None) -> tf.Tensor:
        """Return ``self.forward(X, …)``: models define either of the two."""
        if "training" in inspect.signature(self.forward).parameters:
            return self.forward(X, *args, training=training)
        return self.forward(X, *args)

    def forward(self, X: tf.Tensor) -> tf.Tensor:
        """Return ``self.net(X)``."""
        return network(self)(X)

    @property
    def trainable_variables(self) -> list:
        """All trainable variables: Keras's, and attributes that are a plain ``tf.Variable``."""
        attributes = [a for layer in self._flatten_layers() for a in vars(layer).values()]
        plain = [a for a in attributes if isinstance(a, tf.Variable) and a.trainable]
        return super().trainable_variables + plain

    def plot(self, key: str, value: Any, train: bool) -> None:
        """Add a value to the curve of ``key``; in a compiled step, once its graph has run."""
        if tf.inside_function() and self.trainer is not None:
            self.trainer.compiled_plots[key, train] = value
        else:
            super().plot(key, tf.cast(value, tf.float32), train)  # float16's sums overflow

    def configure_optimizers(self) -> tf.keras.optimizers.Optimizer:
        """Return stochastic gradient descent with the learning rate ``self.lr``."""
        return tf.keras.optimizers.SGD(self.lr)


class Classifier(Module):
    """The base class of models whose outputs are the logits of classes."""

    is_classifier = True

    def loss(self, Y_hat: tf.Tensor, Y: tf.Tensor, averaged: bool = True) -> tf.Tensor:
        """Return the cross-entropy of logits (n, classes) and class ids (n,)."""
        Y_hat, Y = tf.reshape(Y_hat, (-1, Y_hat.shape[-1])), tf.reshape(Y, (-1,))
        if Y.dtype.is_integer:
            Y = tf.cast(Y, tf.int64)  # of whole numbers, TensorFlow takes int32 and int64 alone
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(Y, Y_hat)
        return tf.reduce_mean(losses) if averaged else losses

    def accuracy(self, Y_hat: tf.Tensor, Y: tf.Tensor, averaged: bool = True) -> tf.Tensor:
        """Return the fraction of right predictions, or each one's 0 or 1."""
        predictions = tf.argmax(tf.reshape(Y_hat, (-1, Y_hat.shape[-1])), axis=1)
        compare = tf.cast(predictions == tf.cast(tf.reshape(Y, (-1,)), tf.int64), tf.float32)
        return tf.reduce_mean(compare) if averaged else compare

    def layer_summary(self, X_shape) -> None:
        """Print each layer's class and output shape for an input of shape ``X_shape``.

        Raises AttributeError where the model has no ``net``.
        """
        net, X = network(self), tf.zeros(X_shape)
        for layer in getattr(net, "layers", [net]):
            X = layer(X)
            print(summary_line(layer, X.shape))
