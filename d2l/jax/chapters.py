"""What the chapters of the book define."""

# Generated from the chapters by `d2lbook build lib`, which rewrites all that is below.
# What is above is written by hand, and kept.

from functools import partial

import jax
import numpy
import optax
from flax import linen as nn
from jax import numpy as jnp

from d2l import jax as d2l


def vgg_block(num_convs, num_channels):
    """Convolutions that keep the size of the maps, then a pooling.

    Defined in :numref:`subsec_vgg_block`
    """
    conv = partial(nn.Conv, kernel_size=(3, 3), padding=1, kernel_init=d2l.init_cnn)
    max_pool = partial(nn.max_pool, window_shape=(2, 2), strides=(2, 2))
    stack = []
    for _ in range(num_convs):
        stack += [conv(num_channels), nn.relu]
    return nn.Sequential([*stack, max_pool])


def nin_block(num_channels, kernel_size, strides=1):
    """A convolution, then two dense layers at each pixel.

    Defined in :numref:`subsec_nin_network`
    """
    conv = partial(nn.Conv, num_channels, kernel_init=d2l.init_cnn)
    return nn.Sequential(
        [
            conv(kernel_size=(kernel_size, kernel_size), strides=strides, padding=kernel_size // 2),
            nn.relu,
            conv(kernel_size=(1, 1)),
            nn.relu,
            conv(kernel_size=(1, 1)),
            nn.relu,
        ]
    )


class Inception(nn.Module):
    """Four branches that see the same maps; their results are stacked.

    Defined in :numref:`subsec_googlenet_block`
    """

    widths: tuple

    def setup(self):
        c1, r3, c3, r5, c5, cp = self.widths
        conv = partial(nn.Conv, kernel_init=nn.initializers.he_uniform())
        pool = partial(nn.max_pool, window_shape=(3, 3), padding="SAME")
        self.point = nn.Sequential([conv(c1, kernel_size=(1, 1)), nn.relu])
        self.three = nn.Sequential(
            [conv(r3, kernel_size=(1, 1)), nn.relu, conv(c3, kernel_size=(3, 3)), nn.relu]
        )
        self.five = nn.Sequential(
            [conv(r5, kernel_size=(1, 1)), nn.relu, conv(c5, kernel_size=(5, 5)), nn.relu]
        )
        self.pooled = nn.Sequential([pool, conv(cp, kernel_size=(1, 1)), nn.relu])

    def __call__(self, X):
        branches = self.point, self.three, self.five, self.pooled
        return jnp.concatenate([branch(X) for branch in branches], axis=-1)


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


class Residual(nn.Module):
    """Two 3x3 convolutions, and a shortcut around them.

    Defined in :numref:`subsec_resnet_block`
    """

    num_channels: int
    use_1x1conv: bool = False
    strides: int | tuple = (1, 1)
    training: bool = True

    def __post_init__(self):
        check_strides(self.strides, self.use_1x1conv)
        super().__post_init__()

    @nn.compact
    def __call__(self, X):
        conv = partial(nn.Conv, self.num_channels, kernel_init=d2l.init_cnn)
        norm = partial(nn.BatchNorm, not self.training, momentum=0.9)
        branch = nn.Sequential(
            [
                conv((3, 3), self.strides, padding=1),
                norm(),
                nn.relu,
                conv((3, 3), padding=1),
                norm(),
            ]
        )
        shortcut = X
        if self.use_1x1conv:
            shortcut = conv((1, 1), self.strides)(X)
        return nn.relu(add_shortcut(shortcut, branch(X)))


class ResNet(d2l.Classifier):
    """A residual network; arch holds (blocks, channels) of each stage.

    Defined in :numref:`subsec_resnet_18`
    """

    arch: tuple = ((2, 64), (2, 128), (2, 256), (2, 512))
    lr: float = 0.01
    num_classes: int = 10
    small_images: bool = False
    training: bool = True

    def setup(self):
        stages = [self.stage(*stage, shrink=i > 0) for i, stage in enumerate(self.arch)]
        self.net = nn.Sequential([self.stem(self.arch[0][1]), *stages, self.head()])

    def configure_optimizers(self):
        return optax.sgd(self.lr, momentum=0.9)

    def stem(self, num_channels):
        """Images to the first maps, at a quarter of the side if large.

        Defined in :numref:`subsec_resnet_18`
        """
        window, stride = (3, 1) if self.small_images else (7, 2)
        layers = [
            nn.Conv(
                num_channels,
                (window, window),
                stride,
                padding=window // 2,
                kernel_init=d2l.init_cnn,
            ),
            nn.BatchNorm(not self.training, momentum=0.9),
            nn.relu,
        ]
        if not self.small_images:
            layers.append(
                partial(nn.max_pool, window_shape=(3, 3), strides=(2, 2), padding=((1, 1), (1, 1)))
            )
        return nn.Sequential(layers)

    def head(self):
        """The last maps to one score a class.

        Defined in :numref:`subsec_resnet_18`
        """
        return nn.Sequential(
            [partial(jnp.mean, axis=(1, 2)), nn.Dense(self.num_classes, kernel_init=d2l.init_cnn)]
        )

    def stage(self, num_blocks, num_channels, shrink):
        """Blocks of equal shape; the first may halve the side.

        Defined in :numref:`subsec_resnet_18`
        """
        block = partial(Residual, num_channels, training=self.training)
        first = block(use_1x1conv=True, strides=2) if shrink else block()
        rest = [block() for _ in range(num_blocks - 1)]
        return nn.Sequential([first, *rest])


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


class GroupedConv(nn.Conv):
    """A convolution, padded by 1, that goes from group to group.

    Defined in :numref:`subsec_resnet_resnext`
    """

    @nn.compact
    def __call__(self, X):
        count = self.feature_group_count
        shape = (*self.kernel_size, X.shape[-1] // count, self.features)
        kernel = self.param("kernel", self.kernel_init, shape)
        bias = self.param("bias", self.bias_init, (self.features,))
        strides = numpy.broadcast_to(self.strides, 2)
        maps = [
            jax.lax.conv_general_dilated(
                piece,
                weights,
                strides,
                ((1, 1), (1, 1)),
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
            )
            for piece, weights in zip(
                jnp.split(X, count, axis=-1), jnp.split(kernel, count, axis=-1)
            )
        ]
        return jnp.concatenate(maps, axis=-1) + bias


class ResNeXtBlock(nn.Module):
    """A bottleneck with groups; groups is an old name of group_width.

    Defined in :numref:`subsec_resnet_resnext`
    """

    num_channels: int
    group_width: int | None = None
    bot_mul: float = 1
    use_1x1conv: bool = False
    strides: int | tuple = (1, 1)
    training: bool = True
    num_groups: int | None = None
    groups: int | None = None

    def __post_init__(self):
        check_strides(self.strides, self.use_1x1conv)
        self.width = round(self.num_channels * self.bot_mul)
        self.count = count_groups(self.width, self.group_width or self.groups, self.num_groups)
        super().__post_init__()

    @nn.compact
    def __call__(self, X):
        """Defined in :numref:`subsec_resnet_resnext`"""
        conv = partial(nn.Conv, kernel_init=d2l.init_cnn)
        norm = partial(nn.BatchNorm, not self.training, momentum=0.9)
        branch = nn.Sequential(
            [
                conv(self.width, (1, 1)),
                norm(),
                nn.relu,
                GroupedConv(
                    self.width,
                    (3, 3),
                    self.strides,
                    feature_group_count=self.count,
                    kernel_init=d2l.init_cnn,
                ),
                norm(),
                nn.relu,
                conv(self.num_channels, (1, 1)),
                norm(),
            ]
        )
        shortcut = X
        if self.use_1x1conv:
            shortcut = norm()(conv(self.num_channels, (1, 1), self.strides)(X))
        return nn.relu(add_shortcut(shortcut, branch(X)))


def dense_layer(growth, training):
    """Normalization, ReLU, convolution to a few new maps.

    Defined in :numref:`subsec_densenet_block`
    """
    return nn.Sequential(
        [
            nn.BatchNorm(not training, momentum=0.9),
            nn.relu,
            nn.Conv(growth, kernel_size=(3, 3), kernel_init=d2l.init_cnn),
        ]
    )


class DenseBlock(nn.Module):
    """Layers that read all maps so far, and put theirs beside them.

    Defined in :numref:`subsec_densenet_block`
    """

    num_layers: int
    growth: int
    training: bool = True

    def setup(self):
        self.layers = [dense_layer(self.growth, self.training) for _ in range(self.num_layers)]

    def __call__(self, X):
        for layer in self.layers:
            X = jnp.concatenate((X, layer(X)), axis=-1)
        return X


def transition(num_channels, training):
    """Fewer channels, and half the side.

    Defined in :numref:`subsec_densenet_transition`
    """
    return nn.Sequential(
        [
            nn.BatchNorm(not training, momentum=0.9),
            nn.relu,
            nn.Conv(num_channels, kernel_size=(1, 1), kernel_init=d2l.init_cnn),
            lambda X: nn.avg_pool(X, window_shape=(2, 2), strides=(2, 2)),
        ]
    )


def depthwise_conv(X, kernel, strides, padding, **options):
    """A depthwise convolution: the sum of shifted, weighted maps.

    Defined in :numref:`subsec_efficient_separable`
    """
    X = jnp.pad(X, ((0, 0), *padding, (0, 0)))
    (k, l), (s, t) = kernel.shape[:2], strides
    h, w = X.shape[1] - k + 1, X.shape[2] - l + 1
    return sum(
        X[:, i : i + h : s, j : j + w : t] * kernel[i, j, 0] for i in range(k) for j in range(l)
    )


class SqueezeExcitation(nn.Module):
    """Weighs each channel by a gate that depends on all of them.

    Defined in :numref:`subsec_efficient_se`
    """

    num_channels: int
    ratio: int = 4

    def setup(self):
        conv = partial(nn.Conv, kernel_size=(1, 1), kernel_init=d2l.init_cnn)
        self.gate = nn.Sequential(
            [
                partial(jnp.mean, axis=(1, 2), keepdims=True),
                conv(self.num_channels // self.ratio),
                nn.relu,
                conv(self.num_channels),
                nn.sigmoid,
            ]
        )

    def __call__(self, X):
        return X * self.gate(X)  # (n, h, w, c) * (n, 1, 1, c)


class InvertedResidual(nn.Module):
    """Widens, filters each channel, gates, narrows; a shortcut if it fits.

    Defined in :numref:`subsec_efficient_se`
    """

    in_channels: int
    num_channels: int
    expansion: int = 4
    strides: int = 1
    kernel_size: int = 3
    training: bool = True

    def setup(self):
        wide, k = self.expansion * self.in_channels, self.kernel_size
        conv = partial(nn.Conv, use_bias=False, kernel_init=d2l.init_cnn)
        norm = partial(nn.BatchNorm, not self.training, momentum=0.9)
        self.net = nn.Sequential(
            [
                conv(wide, (1, 1)),
                norm(),
                nn.relu,
                conv(
                    wide,
                    (k, k),
                    self.strides,
                    k // 2,
                    feature_group_count=wide,
                    conv_general_dilated=depthwise_conv,
                ),
                norm(),
                nn.relu,
                SqueezeExcitation(wide),
                conv(self.num_channels, (1, 1)),
                norm(),
            ]
        )

    def __call__(self, X):
        Y = self.net(X)
        shortcut = self.strides == 1 and self.in_channels == self.num_channels
        return X + Y if shortcut else Y


class ChannelNorm(nn.Module):
    """Layer normalization of each place's channels: (n, h, w, c).

    Defined in :numref:`subsec_convnext_build`
    """

    num_channels: int | None = None

    @nn.compact
    def __call__(self, X):
        return nn.LayerNorm(epsilon=1e-6)(X)


class ConvNeXtBlock(nn.Module):
    """The block of ConvNeXt (Liu et al., 2022).

    Defined in :numref:`subsec_convnext_block`
    """

    num_channels: int
    drop_rate: float = 0
    layer_scale: float = 1e-6
    training: bool = True

    @nn.compact
    def __call__(self, X):
        c = self.num_channels
        conv = partial(nn.Conv, kernel_init=d2l.init_cnn)
        Y = conv(c, kernel_size=(7, 7), padding=3, feature_group_count=c)(X)
        Y = conv(4 * c, kernel_size=(1, 1))(ChannelNorm(c)(Y))
        Y = conv(c, kernel_size=(1, 1))(nn.gelu(Y, approximate=False))
        start = nn.initializers.constant(self.layer_scale)
        gamma = self.param("gamma", start, (c,))
        drop = nn.Dropout(self.drop_rate, broadcast_dims=(1, 2, 3), deterministic=not self.training)
        return X + drop(gamma * Y)
