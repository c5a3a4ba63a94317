"""The networks that the library's tests train, in MXNet."""

import numpy as np
from mxnet import autograd
from mxnet import np as mnp
from mxnet.gluon import nn

from d2l import mxnet as d2l


def sequential(*layers):
    """A network of layers, initialized."""
    net = nn.Sequential()
    net.add(*layers)
    net.apply(d2l.init_cnn)
    return net


class SmallNet(d2l.Classifier):
    """One convolution and two dense layers, with dropout between them."""

    def __init__(self, lr=0.1, num_classes=10, dropout=0.0):
        super().__init__()
        self.save_hyperparameters()
        self.net = sequential(
            nn.Conv2D(8, kernel_size=3, strides=2),
            nn.Activation("relu"),
            nn.Flatten(),
            nn.Dense(32),
            nn.Activation("relu"),
            nn.Dropout(dropout),
            nn.Dense(num_classes),
        )


class BatchNormNet(d2l.Classifier):
    """A convolution with batch normalization."""

    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = sequential(
            nn.Conv2D(8, kernel_size=3, strides=2),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Flatten(),
            nn.Dense(num_classes),
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
        self.net = sequential(
            nn.Conv2D(96, kernel_size=11, strides=4, padding=1, activation="relu"),
            nn.MaxPool2D(pool_size=3, strides=2),
            nn.Conv2D(256, kernel_size=5, padding=2, activation="relu"),
            nn.MaxPool2D(pool_size=3, strides=2),
            nn.Conv2D(384, kernel_size=3, padding=1, activation="relu"),
            nn.Conv2D(384, kernel_size=3, padding=1, activation="relu"),
            nn.Conv2D(256, kernel_size=3, padding=1, activation="relu"),
            nn.MaxPool2D(pool_size=3, strides=2),
            nn.Flatten(),
            nn.Dense(4096, activation="relu"),
            nn.Dropout(0.5),
            nn.Dense(4096, activation="relu"),
            nn.Dropout(0.5),
            nn.Dense(num_classes),
        )


def classic_net(num_classes=10, dropout=0.0, batch_norm=False):
    """What ``train_ch6`` is given: a stack of layers."""
    net = nn.Sequential()
    net.add(
        nn.Conv2D(8, kernel_size=3, strides=2),
        *([nn.BatchNorm()] if batch_norm else []),
        nn.Activation("relu"),
        nn.Dense(32, activation="relu"),
        nn.Dropout(dropout),
        nn.Dense(num_classes),
    )
    return net


def classic_trained(net, returned):
    """What ``evaluate_accuracy`` is given: from train_ch6's network, and what it returned."""
    assert returned is None
    return net


def grouped_block():
    """A grouped, a depthwise and a 1×1 convolution."""
    net, block = nn.HybridSequential(), nn.HybridSequential()
    block.add(
        nn.Conv2D(16, kernel_size=3, padding=1, groups=4),
        nn.Conv2D(16, kernel_size=3, padding=1, groups=16),
    )
    net.add(block, nn.Conv2D(4, kernel_size=1))
    net.initialize()
    net.hybridize()
    return net


def shared_net():
    """Two blocks around one convolution."""
    conv = nn.Conv2D(8, kernel_size=1)
    net = nn.Sequential()
    for _ in range(2):
        block = nn.Sequential()
        block.add(conv)
        net.add(block)
    net.initialize()
    return net


def input_shape(n, channels, size):
    """The shape of a batch of square images."""
    return (n, channels, size, size)


def weights(model, shape):
    """Weights and biases after initialization, as (kernel, fan_in + fan_out, bias) per layer."""
    model.apply_init([mnp.zeros(shape)])
    result = []
    for layer in model.net:
        if isinstance(layer, (nn.Dense, nn.Conv2D)):
            w = layer.weight.data().asnumpy()
            window = int(np.prod(w.shape[2:]))
            result.append((w, (w.shape[0] + w.shape[1]) * window, layer.bias.data().asnumpy()))
    return result


def num_parameters(model, shape):
    """The number of learnt parameters."""
    model.apply_init([mnp.zeros(shape)])
    return sum(p.data().size for p in model.parameters().values() if p.grad_req != "null")


def outputs(trainer, X):
    """The trained model's outputs in prediction."""
    return trainer.predict(mnp.array(X)).asnumpy()


def running_mean(trainer):
    """The running mean of the batch normalization after training."""
    return trainer.model.net[1].running_mean.data().asnumpy()


def fit_epoch(self):
    """An epoch as notebooks write it that put theirs in place of the trainer's."""
    for batch in self.train_dataloader:
        with autograd.record():
            loss = self.model.training_step(self.prepare_batch(batch))
        loss.backward()
        if self.gradient_clip_val > 0:
            self.clip_gradients(self.gradient_clip_val, self.model)
        self.optim.step(1)
        self.train_batch_idx += 1
    if self.val_dataloader is None:
        return
    for batch in self.val_dataloader:
        self.model.validation_step(self.prepare_batch(batch))
        self.val_batch_idx += 1
