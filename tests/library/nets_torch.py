"""The networks that the library's tests train, in PyTorch."""

import numpy as np
import torch
from torch import nn

from d2l import torch as d2l


class SmallNet(d2l.Classifier):
    """One convolution and two dense layers, with dropout between them."""

    def __init__(self, lr=0.1, num_classes=10, dropout=0.0):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(8, kernel_size=3, stride=2),
            nn.ReLU(),
            nn.Flatten(),
            nn.LazyLinear(32),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.LazyLinear(num_classes),
        )
        self.net.apply(d2l.init_cnn)


class BatchNormNet(d2l.Classifier):
    """A convolution with batch normalization."""

    def __init__(self, lr=0.1, num_classes=10):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.LazyConv2d(8, kernel_size=3, stride=2),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            nn.Flatten(),
            nn.LazyLinear(num_classes),
        )
        self.net.apply(d2l.init_cnn)


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
        self.net = nn.Sequential(
            nn.LazyConv2d(96, kernel_size=11, stride=4, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(256, kernel_size=5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.LazyConv2d(384, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.LazyConv2d(384, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.LazyConv2d(256, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Flatten(),
            nn.LazyLinear(4096),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.LazyLinear(4096),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.LazyLinear(num_classes),
        )
        self.net.apply(d2l.init_cnn)


def classic_net(num_classes=10, dropout=0.0, batch_norm=False):
    """What ``train_ch6`` is given: a stack of layers."""
    return nn.Sequential(
        nn.LazyConv2d(8, kernel_size=3, stride=2),
        nn.LazyBatchNorm2d() if batch_norm else nn.Identity(),
        nn.ReLU(),
        nn.Flatten(),
        nn.LazyLinear(32),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.LazyLinear(num_classes),
    )


def classic_trained(net, returned):
    """What ``evaluate_accuracy`` is given: from train_ch6's network, and what it returned."""
    assert returned is None
    return net


def grouped_block():
    """A grouped, a depthwise and a 1×1 convolution."""
    return nn.Sequential(
        nn.Sequential(
            nn.Conv2d(8, 16, kernel_size=3, padding=1, groups=4),
            nn.LazyConv2d(16, kernel_size=3, padding=1, groups=16),
        ),
        nn.LazyConv2d(4, kernel_size=1),
    )


def shared_net():
    """Two blocks around one convolution."""
    conv = nn.LazyConv2d(8, kernel_size=1)
    return nn.Sequential(nn.Sequential(conv), nn.Sequential(conv))


def input_shape(n, channels, size):
    """The shape of a batch of square images."""
    return (n, channels, size, size)


def weights(model, shape):
    """Weights and biases after initialization, as (kernel, fan_in + fan_out, bias) per layer."""
    model.apply_init([torch.zeros(shape)])
    result = []
    for layer in model.net:
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            w = layer.weight.detach().numpy()
            window = int(np.prod(w.shape[2:]))
            result.append((w, (w.shape[0] + w.shape[1]) * window, layer.bias.detach().numpy()))
    return result


def num_parameters(model, shape):
    """The number of learnt parameters."""
    model.apply_init([torch.zeros(shape)])
    return sum(p.numel() for p in model.parameters())


def outputs(trainer, X):
    """The trained model's outputs in prediction."""
    return trainer.predict(torch.as_tensor(X)).numpy()


def running_mean(trainer):
    """The running mean of the batch normalization after training."""
    return trainer.model.net[1].running_mean.numpy()


def fit_epoch(self):
    """An epoch as notebooks write it that put theirs in place of the trainer's."""
    self.model.train()
    for batch in self.train_dataloader:
        loss = self.model.training_step(self.prepare_batch(batch))
        self.optim.zero_grad()
        with torch.no_grad():
            loss.backward()
            if self.gradient_clip_val > 0:
                self.clip_gradients(self.gradient_clip_val, self.model)
            self.optim.step()
        self.train_batch_idx += 1
    if self.val_dataloader is None:
        return
    self.model.eval()
    for batch in self.val_dataloader:
        with torch.no_grad():
            self.model.validation_step(self.prepare_batch(batch))
        self.val_batch_idx += 1
