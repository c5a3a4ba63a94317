"""What the chapters of the book define."""

# Generated from the chapters by `d2lbook build lib`, which rewrites all that is below.
# What is above is written by hand, and kept.

from functools import partial

import tensorflow as tf
from tensorflow.keras import layers

from d2l import tensorflow as d2l


def vgg_block(num_convs, num_channels):
    """Convolutions that keep the size of the maps, then a pooling.

    Defined in :numref:`subsec_vgg_block`
    """
    conv = partial(layers.Conv2D, kernel_size=3, padding="same")
    stack = []
    for _ in range(num_convs):
        stack += [conv(num_channels), layers.ReLU()]
    return tf.keras.Sequential([*stack, layers.MaxPool2D(pool_size=2)])


def nin_block(num_channels, kernel_size, strides=1):
    """A convolution, then two dense layers at each pixel.

    Defined in :numref:`subsec_nin_network`
    """
    return tf.keras.Sequential(
        [
            layers.ZeroPadding2D(kernel_size // 2),
            layers.Conv2D(num_channels, kernel_size, strides),
            layers.ReLU(),
            layers.Conv2D(num_channels, kernel_size=1),
            layers.ReLU(),
            layers.Conv2D(num_channels, kernel_size=1),
            layers.ReLU(),
        ]
    )


class Inception(layers.Layer):
    """Four branches that see the same maps; their results are stacked.

    Defined in :numref:`subsec_googlenet_block`
    """

    def __init__(self, widths):
        super().__init__()
        c1, r3, c3, r5, c5, cp = widths
        conv = partial(
            layers.Conv2D, padding="same", activation="relu", kernel_initializer="he_uniform"
        )
        self.point = tf.keras.Sequential([conv(c1, kernel_size=1)])
        self.three = tf.keras.Sequential([conv(r3, kernel_size=1), conv(c3, kernel_size=3)])
        self.five = tf.keras.Sequential([conv(r5, kernel_size=1), conv(c5, kernel_size=5)])
        self.pooled = tf.keras.Sequential(
            [layers.MaxPool2D(pool_size=3, strides=1, padding="same"), conv(cp, kernel_size=1)]
        )

    def call(self, X):
        branches = self.point, self.three, self.five, self.pooled
        return tf.concat([branch(X) for branch in branches], axis=-1)


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


class Residual(layers.Layer):
    """Two 3x3 convolutions, and a shortcut around them.

    Defined in :numref:`subsec_resnet_block`
    """

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        check_strides(strides, use_1x1conv)
        self.branch = tf.keras.Sequential(
            [
                layers.ZeroPadding2D(1),
                layers.Conv2D(num_channels, kernel_size=3, strides=strides),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.Conv2D(num_channels, kernel_size=3, padding="same"),
                layers.BatchNormalization(),
            ]
        )
        self.shortcut = layers.Identity()
        if use_1x1conv:
            self.shortcut = layers.Conv2D(num_channels, kernel_size=1, strides=strides)

    def call(self, X):
        return tf.nn.relu(add_shortcut(self.shortcut(X), self.branch(X)))


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
        self.net = tf.keras.Sequential([self.stem(arch[0][1]), *stages, self.head()])

    def configure_optimizers(self):
        return tf.keras.optimizers.SGD(self.lr, momentum=0.9)

    def stem(self, num_channels):
        """Images to the first maps, at a quarter of the side if large.

        Defined in :numref:`subsec_resnet_18`
        """
        window, stride = (3, 1) if self.small_images else (7, 2)
        net = tf.keras.Sequential(
            [
                layers.ZeroPadding2D(window // 2),
                layers.Conv2D(num_channels, kernel_size=window, strides=stride),
                layers.BatchNormalization(),
                layers.ReLU(),
            ]
        )
        if not self.small_images:
            net.add(layers.ZeroPadding2D(1))
            net.add(layers.MaxPool2D(pool_size=3, strides=2))
        return net

    def head(self):
        """The last maps to one score a class.

        Defined in :numref:`subsec_resnet_18`
        """
        return tf.keras.Sequential([layers.GlobalAvgPool2D(), layers.Dense(self.num_classes)])

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
        return tf.keras.Sequential([first, *rest])


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


class GroupedConv(layers.Conv2D):
    """A convolution without padding that goes from group to group.

    Defined in :numref:`subsec_resnet_resnext`
    """

    def call(self, X):
        pieces = zip(tf.split(X, self.groups, axis=-1), tf.split(self.kernel, self.groups, axis=-1))
        maps = [tf.nn.conv2d(piece, kernel, self.strides, "VALID") for piece, kernel in pieces]
        return tf.concat(maps, axis=-1) + self.bias


class ResNeXtBlock(layers.Layer):
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
        norm, relu = layers.BatchNormalization, layers.ReLU
        self.branch = tf.keras.Sequential(
            [
                layers.Conv2D(width, kernel_size=1),
                norm(),
                relu(),
                layers.ZeroPadding2D(1),
                GroupedConv(width, kernel_size=3, strides=strides, groups=count),
                norm(),
                relu(),
                layers.Conv2D(num_channels, kernel_size=1),
                norm(),
            ]
        )
        self.shortcut = layers.Identity()
        if use_1x1conv:
            self.shortcut = tf.keras.Sequential(
                [layers.Conv2D(num_channels, kernel_size=1, strides=strides), norm()]
            )

    def call(self, X):
        """Defined in :numref:`subsec_resnet_resnext`"""
        return tf.nn.relu(add_shortcut(self.shortcut(X), self.branch(X)))


def dense_layer(growth):
    """Normalization, ReLU, convolution to a few new maps.

    Defined in :numref:`subsec_densenet_block`
    """
    return tf.keras.Sequential(
        [
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(growth, kernel_size=3, padding="same"),
        ]
    )


class DenseBlock(layers.Layer):
    """Layers that read all maps so far, and put theirs beside them.

    Defined in :numref:`subsec_densenet_block`
    """

    def __init__(self, num_layers, growth):
        super().__init__()
        self.layers = [dense_layer(growth) for _ in range(num_layers)]

    def call(self, X):
        for layer in self.layers:
            X = tf.concat((X, layer(X)), axis=-1)
        return X


def transition(num_channels):
    """Fewer channels, and half the side.

    Defined in :numref:`subsec_densenet_transition`
    """
    return tf.keras.Sequential(
        [
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(num_channels, kernel_size=1),
            layers.AvgPool2D(pool_size=2, strides=2),
        ]
    )


class SqueezeExcitation(layers.Layer):
    """Weighs each channel by a gate that depends on all of them.

    Defined in :numref:`subsec_efficient_se`
    """

    def __init__(self, num_channels, ratio=4):
        super().__init__()
        self.gate = tf.keras.Sequential(
            [
                layers.GlobalAvgPool2D(keepdims=True),
                layers.Conv2D(num_channels // ratio, 1, activation="relu"),
                layers.Conv2D(num_channels, 1, activation="sigmoid"),
            ]
        )

    def call(self, X):
        return X * self.gate(X)  # (n, h, w, c) * (n, 1, 1, c)


class InvertedResidual(layers.Layer):
    """Widens, filters each channel, gates, narrows; a shortcut if it fits.

    Defined in :numref:`subsec_efficient_se`
    """

    def __init__(self, in_channels, num_channels, expansion=4, strides=1, kernel_size=3):
        super().__init__()
        wide = expansion * in_channels
        conv = partial(layers.Conv2D, kernel_size=1, use_bias=False)
        self.net = tf.keras.Sequential(
            [
                conv(wide),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.ZeroPadding2D(kernel_size // 2),
                layers.DepthwiseConv2D(kernel_size, strides, use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
                SqueezeExcitation(wide),
                conv(num_channels),
                layers.BatchNormalization(),
            ]
        )
        self.shortcut = strides == 1 and in_channels == num_channels

    def call(self, X):
        Y = self.net(X)
        return X + Y if self.shortcut else Y


class ChannelNorm(layers.LayerNormalization):
    """Layer normalization of each place's channels: (n, h, w, c).

    Defined in :numref:`subsec_convnext_build`
    """

    def __init__(self, num_channels=None):
        super().__init__(epsilon=1e-6)


class ConvNeXtBlock(layers.Layer):
    """The block of ConvNeXt (Liu et al., 2022).

    Defined in :numref:`subsec_convnext_block`
    """

    def __init__(self, num_channels, drop_rate=0, layer_scale=1e-6):
        super().__init__()
        c = num_channels
        self.branch = tf.keras.Sequential(
            [
                layers.DepthwiseConv2D(kernel_size=7, padding="same"),
                ChannelNorm(c),
                layers.Conv2D(4 * c, kernel_size=1, activation="gelu"),
                layers.Conv2D(c, kernel_size=1),
            ]
        )
        start = tf.keras.initializers.Constant(layer_scale)
        self.gamma = self.add_weight(shape=(c,), initializer=start)
        self.drop = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1))

    def call(self, X):
        return X + self.drop(self.gamma * self.branch(X))
