"""The bare loop of ``train.py`` in MXNet."""

import mxnet as mx
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn

VERSION = mx.__version__


def wait(_trainer) -> None:
    """Wait for the device."""
    npx.waitall()


def alexnet() -> nn.HybridSequential:
    """AlexNet as one graph."""
    net = nn.HybridSequential()
    net.add(
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
        nn.Dense(10),
    )
    return net


def make_step(batch: int, size: int):
    """A function that runs one training step on random images, and waits for it."""
    device = mx.gpu() if mx.context.num_gpus() else mx.cpu()
    X = np.random.uniform(size=(batch, 1, size, size), ctx=device)
    y = np.random.randint(0, 10, batch, ctx=device)
    net = alexnet()
    net.initialize(init.Xavier(), ctx=device)
    net.hybridize(static_alloc=True, static_shape=True)
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01})

    def step() -> None:
        with autograd.record():
            value = loss(net(X), y).mean()
        value.backward()
        trainer.step(1)
        npx.waitall()

    return step
