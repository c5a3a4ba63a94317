"""What the chapters of the book define."""

# Generated from the chapters by `d2lbook build lib`, which rewrites all that is below.
# What is above is written by hand, and kept.

from functools import partial

import mxnet as mx
from mxnet import gluon, npx
from mxnet.gluon import nn

from d2l import mxnet as d2l


def vgg_block(num_convs, num_channels):
    """Convolutions that keep the size of the maps, then a pooling.

    Defined in :numref:`subsec_vgg_block`
    """
    conv = partial(nn.Conv2D, kernel_size=3, padding=1)
    block = nn.HybridSequential()
    for _ in range(num_convs):
        block.add(conv(num_channels), nn.Activation("relu"))
    block.add(nn.MaxPool2D(pool_size=2, strides=2))
    return block


def nin_block(num_channels, kernel_size, strides=1):
    """A convolution, then two dense layers at each pixel.

    Defined in :numref:`subsec_nin_network`
    """
    block = nn.HybridSequential()
    block.add(
        nn.Conv2D(num_channels, kernel_size, strides, padding=kernel_size // 2),
        nn.Activation("relu"),
        nn.Conv2D(num_channels, kernel_size=1),
        nn.Activation("relu"),
        nn.Conv2D(num_channels, kernel_size=1),
        nn.Activation("relu"),
    )
    return block


class Inception(nn.HybridBlock):
    """Four branches that see the same maps; their results are stacked.

    Defined in :numref:`subsec_googlenet_block`
    """

    def __init__(self, widths):
        super().__init__()
        c1, r3, c3, r5, c5, cp = widths
        conv = partial(nn.Conv2D, activation="relu")
        self.point = nn.HybridSequential()
        self.point.add(conv(c1, kernel_size=1))
        self.three = nn.HybridSequential()
        self.three.add(conv(r3, kernel_size=1), conv(c3, kernel_size=3, padding=1))
        self.five = nn.HybridSequential()
        self.five.add(conv(r5, kernel_size=1), conv(c5, kernel_size=5, padding=2))
        self.pooled = nn.HybridSequential()
        self.pooled.add(nn.MaxPool2D(pool_size=3, strides=1, padding=1), conv(cp, kernel_size=1))

    def hybrid_forward(self, F, X):
        branches = self.point, self.three, self.five, self.pooled
        return F.np.concatenate([branch(X) for branch in branches], axis=1)


def check_strides(strides, use_1x1conv):
    """Raise ValueError for an identity around a branch that shrinks maps.

    Defined in :numref:`subsec_resnet_block`
    """
    if strides not in (1, (1, 1)) and not use_1x1conv:
        raise ValueError(
            f"strides={strides} shrinks the maps of the branch, "
            "the shortcut keeps them: set use_1x1conv=True"
        )


def add_shortcut(X, Y):
    """Return X + Y; raise ValueError where shapes differ.

    Defined in :numref:`subsec_resnet_block`
    """
    if tuple(X.shape) != tuple(Y.shape):
        raise ValueError(
            f"the shortcut has shape {tuple(X.shape)}, the "
            f"branch {tuple(Y.shape)}: set use_1x1conv=True"
        )
    return X + Y


class Residual(nn.HybridBlock):
    """Two 3x3 convolutions, and a shortcut around them.

    Defined in :numref:`subsec_resnet_block`
    """

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        check_strides(strides, use_1x1conv)
        self.branch = nn.HybridSequential()
        self.branch.add(
            nn.Conv2D(num_channels, kernel_size=3, strides=strides, padding=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(num_channels, kernel_size=3, padding=1),
            nn.BatchNorm(),
        )
        self.shortcut = nn.HybridSequential()  # empty: the identity
        if use_1x1conv:
            self.shortcut.add(nn.Conv2D(num_channels, kernel_size=1, strides=strides))

    def forward(self, X):
        return npx.relu(add_shortcut(self.shortcut(X), self.branch(X)))


class ResNet(d2l.Classifier):
    """A residual network; arch holds (blocks, channels) of each stage.

    Defined in :numref:`subsec_resnet_18`
    """

    def __init__(
        self,
        arch=((2, 64), (2, 128), (2, 256), (2, 512)),
        lr=0.01,
        num_classes=10,
        small_images=False,
    ):
        super().__init__()
        self.save_hyperparameters()
        stages = [self.stage(*stage, shrink=i > 0) for i, stage in enumerate(arch)]
        self.net = nn.HybridSequential()
        self.net.add(self.stem(arch[0][1]), *stages, self.head())
        self.net.apply(d2l.init_cnn)

    def configure_optimizers(self):
        return gluon.Trainer(self.parameters(), "sgd", {"learning_rate": self.lr, "momentum": 0.9})

    def stem(self, num_channels):
        """Images to the first maps, at a quarter of the side if large.

        Defined in :numref:`subsec_resnet_18`
        """
        window, stride = (3, 1) if self.small_images else (7, 2)
        net = nn.HybridSequential()
        net.add(
            nn.Conv2D(num_channels, kernel_size=window, strides=stride, padding=window // 2),
            nn.BatchNorm(),
            nn.Activation("relu"),
        )
        if not self.small_images:
            net.add(nn.MaxPool2D(pool_size=3, strides=2, padding=1))
        return net

    def head(self):
        """The last maps to one score a class.

        Defined in :numref:`subsec_resnet_18`
        """
        net = nn.HybridSequential()
        net.add(nn.GlobalAvgPool2D(), nn.Dense(self.num_classes))
        return net

    def stage(self, num_blocks, num_channels, shrink):
        """Blocks of equal shape; the first may halve the side.

        Defined in :numref:`subsec_resnet_18`
        """
        first = (
            Residual(num_channels, use_1x1conv=True, strides=2)
            if shrink
            else Residual(num_channels)
        )
        rest = [Residual(num_channels) for _ in range(num_blocks - 1)]
        net = nn.HybridSequential()
        net.add(first, *rest)
        return net


def count_groups(num_channels, group_width=None, num_groups=None):
    """Return the number of groups, of which width or number is given.

    Defined in :numref:`subsec_resnet_resnext`
    """
    if (group_width is None) == (num_groups is None):
        raise ValueError("give either group_width or num_groups")
    size = num_groups if group_width is None else group_width
    if size < 1 or num_channels % size:
        raise ValueError(f"{num_channels} channels can not be cut into equal groups by {size}")
    return size if group_width is None else num_channels // size


GroupedConv = nn.Conv2D


class ResNeXtBlock(nn.HybridBlock):
    """A bottleneck with groups; groups is an old name of group_width.

    Defined in :numref:`subsec_resnet_resnext`
    """

    def __init__(
        self,
        num_channels,
        group_width=None,
        bot_mul=1,
        use_1x1conv=False,
        strides=1,
        *,
        num_groups=None,
        groups=None,
    ):
        super().__init__()
        check_strides(strides, use_1x1conv)
        width = round(num_channels * bot_mul)
        count = count_groups(width, group_width or groups, num_groups)
        self.branch, self.shortcut = [nn.HybridSequential() for _ in "12"]
        self.branch.add(
            nn.Conv2D(width, kernel_size=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            GroupedConv(width, kernel_size=3, strides=strides, padding=1, groups=count),
            nn.BatchNorm(),
            nn.Activation("relu"),
            nn.Conv2D(num_channels, kernel_size=1),
            nn.BatchNorm(),
        )
        if use_1x1conv:
            self.shortcut.add(
                nn.Conv2D(num_channels, kernel_size=1, strides=strides), nn.BatchNorm()
            )

    def forward(self, X):
        """Defined in :numref:`subsec_resnet_resnext`"""
        return npx.relu(add_shortcut(self.shortcut(X), self.branch(X)))


def dense_layer(growth):
    """Normalization, ReLU, convolution to a few new maps.

    Defined in :numref:`subsec_densenet_block`
    """
    layer = nn.HybridSequential()
    layer.add(nn.BatchNorm(), nn.Activation("relu"), nn.Conv2D(growth, kernel_size=3, padding=1))
    return layer


class DenseBlock(nn.HybridBlock):
    """Layers that read all maps so far, and put theirs beside them.

    Defined in :numref:`subsec_densenet_block`
    """

    def __init__(self, num_layers, growth):
        super().__init__()
        self.layers = nn.HybridSequential()
        self.layers.add(*(dense_layer(growth) for _ in range(num_layers)))

    def hybrid_forward(self, F, X):
        for layer in self.layers:
            X = F.np.concatenate((X, layer(X)), axis=1)
        return X


def transition(num_channels):
    """Fewer channels, and half the side.

    Defined in :numref:`subsec_densenet_transition`
    """
    layers = nn.HybridSequential()
    layers.add(
        nn.BatchNorm(),
        nn.Activation("relu"),
        nn.Conv2D(num_channels, kernel_size=1),
        nn.AvgPool2D(pool_size=2, strides=2),
    )
    return layers


class SqueezeExcitation(nn.HybridBlock):
    """Weighs each channel by a gate that depends on all of them.

    Defined in :numref:`subsec_efficient_se`
    """

    def __init__(self, num_channels, ratio=4):
        super().__init__()
        self.gate = nn.HybridSequential()
        self.gate.add(
            nn.GlobalAvgPool2D(),
            nn.Conv2D(num_channels // ratio, 1, activation="relu"),
            nn.Conv2D(num_channels, 1, activation="sigmoid"),
        )

    def hybrid_forward(self, F, X):
        return X * self.gate(X)  # (n, c, h, w) * (n, c, 1, 1)


class InvertedResidual(nn.HybridBlock):
    """Widens, filters each channel, gates, narrows; a shortcut if it fits.

    Defined in :numref:`subsec_efficient_se`
    """

    def __init__(self, in_channels, num_channels, expansion=4, strides=1, kernel_size=3):
        super().__init__()
        wide = expansion * in_channels
        conv = partial(nn.Conv2D, use_bias=False)
        self.net = nn.HybridSequential()
        self.net.add(
            conv(wide, kernel_size=1),
            nn.BatchNorm(),
            nn.Activation("relu"),
            conv(wide, kernel_size, strides, kernel_size // 2, groups=wide),
            nn.BatchNorm(),
            nn.Activation("relu"),
            SqueezeExcitation(wide),
            conv(num_channels, kernel_size=1),
            nn.BatchNorm(),
        )
        self.shortcut = strides == 1 and in_channels == num_channels

    def hybrid_forward(self, F, X):
        Y = self.net(X)
        return X + Y if self.shortcut else Y


class ChannelNorm(nn.LayerNorm):
    """Layer normalization of each place's channels: (n, c, h, w).

    Defined in :numref:`subsec_convnext_build`
    """

    def __init__(self, num_channels=0):
        super().__init__(axis=1, epsilon=1e-6, in_channels=num_channels)


class ConvNeXtBlock(nn.HybridBlock):
    """The block of ConvNeXt (Liu et al., 2022).

    Defined in :numref:`subsec_convnext_block`
    """

    def __init__(self, num_channels, drop_rate=0, layer_scale=1e-6):
        super().__init__()
        c = num_channels
        self.branch = nn.HybridSequential()
        self.branch.add(
            nn.Conv2D(c, kernel_size=7, padding=3, groups=c),
            ChannelNorm(c),
            nn.Conv2D(4 * c, kernel_size=1),
            nn.GELU(),
            nn.Conv2D(c, kernel_size=1),
        )
        self.gamma = self.params.get("gamma", shape=(c, 1, 1), init=mx.init.Constant(layer_scale))
        self.drop = nn.Dropout(drop_rate, axes=(1, 2, 3))

    def hybrid_forward(self, F, X, gamma):
        return X + self.drop(gamma * self.branch(X))
