"""The networks that the library's tests train, and their training, in TensorFlow."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

from d2l import tensorflow as d2l
from d2l.tensorflow.compiled import CompiledStep

EXAMPLES, BATCH = 64, 16
"""Of the fixture ``small_data``."""
STEPS = EXAMPLES // BATCH


class SmallNet(d2l.Classifier):
    """One convolution and two dense layers, with dropout between them."""

    def __init__(self, lr=0.1, num_classes=10, dropout=0.0):
        super().__init__()
        self.save_hyperparameters()
        self.net = tf.keras.Sequential(
            [
                layers.Conv2D(8, kernel_size=3, strides=2),
                layers.ReLU(),
                layers.Flatten(),
                layers.Dense(32),
                layers.ReLU(),
                layers.Dropout(dropout),
                layers.Dense(num_classes),
            ]
        )


class BatchNormNet(d2l.Classifier):
    """A convolution with batch normalization."""

    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = tf.keras.Sequential(
            [
                layers.Conv2D(8, kernel_size=3, strides=2),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.Flatten(),
                layers.Dense(num_classes),
            ]
        )


class NoNet(d2l.Classifier):
    """A model that forgot its net."""

    def __init__(self, lr=0.1):
        super().__init__()
        self.save_hyperparameters()


class DoubledLoss(SmallNet):
    """A model that overrides the loss."""

    def loss(self, Y_hat, Y, averaged=True):
        return 2 * super().loss(Y_hat, Y, averaged)


class AlexNet(d2l.Classifier):
    """AlexNet, as in its section."""

    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = tf.keras.Sequential(
            [
                layers.ZeroPadding2D(1),
                layers.Conv2D(96, kernel_size=11, strides=4, activation="relu"),
                layers.MaxPool2D(pool_size=3, strides=2),
                layers.Conv2D(256, kernel_size=5, padding="same", activation="relu"),
                layers.MaxPool2D(pool_size=3, strides=2),
                layers.Conv2D(384, kernel_size=3, padding="same", activation="relu"),
                layers.Conv2D(384, kernel_size=3, padding="same", activation="relu"),
                layers.Conv2D(256, kernel_size=3, padding="same", activation="relu"),
                layers.MaxPool2D(pool_size=3, strides=2),
                layers.Flatten(),
                layers.Dense(4096, activation="relu"),
                layers.Dropout(0.5),
                layers.Dense(4096, activation="relu"),
                layers.Dropout(0.5),
                layers.Dense(num_classes),
            ]
        )


def classic_net(num_classes=10, dropout=0.0, batch_norm=False):
    """What ``train_ch6`` is given: a function that makes a stack of layers."""
    return lambda: tf.keras.Sequential(
        [
            layers.Conv2D(8, kernel_size=3, strides=2),
            layers.BatchNormalization() if batch_norm else layers.Identity(),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(32),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(num_classes),
        ]
    )


def classic_trained(net, returned):
    """What ``evaluate_accuracy`` is given: from train_ch6's network, and what it returned."""
    return returned


def grouped_block():
    """A grouped, a depthwise and a 1×1 convolution."""
    return tf.keras.Sequential(
        [
            tf.keras.Sequential(
                [
                    layers.Conv2D(16, kernel_size=3, padding="same", groups=4),
                    layers.DepthwiseConv2D(kernel_size=3, padding="same"),
                ]
            ),
            layers.Conv2D(4, kernel_size=1),
        ]
    )


def shared_net():
    """Two blocks around one convolution."""
    conv = layers.Conv2D(8, kernel_size=1)
    return tf.keras.Sequential([tf.keras.Sequential([conv]), tf.keras.Sequential([conv])])


def input_shape(n, channels, size):
    """The shape of a batch of square images."""
    return (n, size, size, channels)


def weights(model, shape):
    """Weights and biases after initialization, as (kernel, fan_in + fan_out, bias) per layer."""
    model(tf.zeros(shape))
    result = []
    for layer in model.net.layers:
        if isinstance(layer, (layers.Dense, layers.Conv2D)):
            w = layer.kernel.numpy()
            window = int(np.prod(w.shape[:-2]))
            result.append((w, (w.shape[-2] + w.shape[-1]) * window, layer.bias.numpy()))
    return result


def num_parameters(model, shape):
    """The number of learnt parameters."""
    model(tf.zeros(shape))
    return model.count_params()


def outputs(trainer, X):
    """The trained model's outputs in prediction."""
    return trainer.predict(tf.constant(X)).numpy()


def running_mean(trainer):
    """The running mean of the batch normalization after training."""
    return trainer.model.net.layers[1].moving_mean.numpy()


def fit_epoch(self):
    """An epoch as notebooks write it that put theirs in place of the trainer's."""
    self.model.training = True
    for batch in self.train_dataloader:
        with tf.GradientTape() as tape:
            loss = self.model.training_step(self.prepare_batch(batch))
        grads = tape.gradient(loss, self.model.trainable_variables)
        if self.gradient_clip_val > 0:
            grads = self.clip_gradients(self.gradient_clip_val, grads)
        self.optim.apply_gradients(zip(grads, self.model.trainable_variables, strict=True))
        self.train_batch_idx += 1
    if self.val_dataloader is None:
        return
    self.model.training = False
    for batch in self.val_dataloader:
        self.model.validation_step(self.prepare_batch(batch))
        self.val_batch_idx += 1


def fit(model, *, epochs=1, data=None, seed=0, **options):
    """Train a model from a seed; return its trainer."""
    d2l.seed(seed)
    trainer = d2l.Trainer(max_epochs=epochs, **options)
    trainer.fit(model, data or d2l.FashionMNIST(batch_size=BATCH))
    return trainer


def is_compiled(trainer):
    """Whether training steps ran as graphs."""
    step = trainer.update_step
    return isinstance(step, CompiledStep) and None not in step.graphs.values()


class Loaders(d2l.DataModule):
    """Two loaders of the test's own."""

    def __init__(self, train, val=None):
        super().__init__()
        self.loaders = {True: train, False: val}

    def get_dataloader(self, train):
        return self.loaders[train]
