"""The bare loop of ``train.py`` in MXNet."""

import mxnet as mx
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn
from nets_mxnet import AlexNet

VERSION = mx.__version__


def wait(_trainer) -> None:
    """Wait for the device."""
    npx.waitall()


def make_step(batch: int, size: int):
    """A function that runs one training step on random images, and waits for it."""
    device = mx.gpu() if mx.context.num_gpus() else mx.cpu()
    X = np.random.uniform(size=(batch, 1, size, size), ctx=device)
    y = np.random.randint(0, 10, batch, ctx=device)
    net = nn.HybridSequential()  # the same layers, as one graph
    net.add(*AlexNet().net)
    net.collect_params().reset_ctx(device)
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
