"""What the chapters of the book define."""

# Generated from the chapters by `d2lbook build lib`, which rewrites all that is below.
# What is above is written by hand, and kept.

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

from d2l import torch as d2l


def vgg_block(num_convs, num_channels):
    """Convolutions that keep the size of the maps, then a pooling.

    Defined in :numref:`subsec_vgg_block`
    """
    conv = partial(nn.LazyConv2d, kernel_size=3, padding=1)
    stack = []
    for _ in range(num_convs):
        stack += [conv(num_channels), nn.ReLU()]
    return nn.Sequential(*stack, nn.MaxPool2d(kernel_size=2, stride=2))


def nin_block(num_channels, kernel_size, strides=1):
    """A convolution, then two dense layers at each pixel.

    Defined in :numref:`subsec_nin_network`
    """
    return nn.Sequential(
        nn.LazyConv2d(num_channels, kernel_size, strides, padding=kernel_size // 2),
        nn.ReLU(),
        nn.LazyConv2d(num_channels, kernel_size=1),
        nn.ReLU(),
        nn.LazyConv2d(num_channels, kernel_size=1),
        nn.ReLU(),
    )


class Inception(nn.Module):
    """Four branches that see the same maps; their results are stacked.

    Defined in :numref:`subsec_googlenet_block`
    """

    def __init__(self, widths):
        super().__init__()
        c1, r3, c3, r5, c5, cp = widths
        conv = nn.LazyConv2d
        self.point = nn.Sequential(conv(c1, kernel_size=1), nn.ReLU())
        self.three = nn.Sequential(
            conv(r3, kernel_size=1), nn.ReLU(), conv(c3, kernel_size=3, padding=1), nn.ReLU()
        )
        self.five = nn.Sequential(
            conv(r5, kernel_size=1), nn.ReLU(), conv(c5, kernel_size=5, padding=2), nn.ReLU()
        )
        self.pooled = nn.Sequential(
            nn.MaxPool2d(kernel_size=3, stride=1, padding=1), conv(cp, kernel_size=1), nn.ReLU()
        )

    def forward(self, X):
        branches = self.point, self.three, self.five, self.pooled
        return torch.cat([branch(X) for branch in branches], dim=1)


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

    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        check_strides(strides, use_1x1conv)
        self.branch = nn.Sequential(
            nn.LazyConv2d(num_channels, kernel_size=3, stride=strides, padding=1),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            nn.LazyConv2d(num_channels, kernel_size=3, padding=1),
            nn.LazyBatchNorm2d(),
        )
        self.shortcut = nn.Identity()
        if use_1x1conv:
            self.shortcut = nn.LazyConv2d(num_channels, kernel_size=1, stride=strides)

    def forward(self, X):
        return F.relu(add_shortcut(self.shortcut(X), self.branch(X)))


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
        self.net = nn.Sequential(self.stem(arch[0][1]), *stages, self.head())
        self.net.apply(d2l.init_cnn)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.lr, momentum=0.9)

    def stem(self, num_channels):
        """Images to the first maps, at a quarter of the side if large.

        Defined in :numref:`subsec_resnet_18`
        """
        window, stride = (3, 1) if self.small_images else (7, 2)
        net = nn.Sequential(
            nn.LazyConv2d(num_channels, kernel_size=window, stride=stride, padding=window // 2),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
        )
        if not self.small_images:
            net.append(nn.MaxPool2d(kernel_size=3, stride=2, padding=1))
        return net

    def head(self):
        """The last maps to one score a class.

        Defined in :numref:`subsec_resnet_18`
        """
        return nn.Sequential(
            nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.LazyLinear(self.num_classes)
        )

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
        return nn.Sequential(first, *rest)


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


GroupedConv = nn.LazyConv2d


class ResNeXtBlock(nn.Module):
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
        self.branch = nn.Sequential(
            nn.LazyConv2d(width, kernel_size=1),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            GroupedConv(width, kernel_size=3, stride=strides, padding=1, groups=count),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            nn.LazyConv2d(num_channels, kernel_size=1),
            nn.LazyBatchNorm2d(),
        )
        self.shortcut = nn.Identity()
        if use_1x1conv:
            self.shortcut = nn.Sequential(
                nn.LazyConv2d(num_channels, kernel_size=1, stride=strides), nn.LazyBatchNorm2d()
            )

    def forward(self, X):
        """Defined in :numref:`subsec_resnet_resnext`"""
        return F.relu(add_shortcut(self.shortcut(X), self.branch(X)))


def dense_layer(growth):
    """Normalization, ReLU, convolution to a few new maps.

    Defined in :numref:`subsec_densenet_block`
    """
    return nn.Sequential(
        nn.LazyBatchNorm2d(), nn.ReLU(), nn.LazyConv2d(growth, kernel_size=3, padding=1)
    )


class DenseBlock(nn.Module):
    """Layers that read all maps so far, and put theirs beside them.

    Defined in :numref:`subsec_densenet_block`
    """

    def __init__(self, num_layers, growth):
        super().__init__()
        self.layers = nn.ModuleList(dense_layer(growth) for _ in range(num_layers))

    def forward(self, X):
        for layer in self.layers:
            X = torch.cat((X, layer(X)), dim=1)
        return X


def transition(num_channels):
    """Fewer channels, and half the side.

    Defined in :numref:`subsec_densenet_transition`
    """
    return nn.Sequential(
        nn.LazyBatchNorm2d(),
        nn.ReLU(),
        nn.LazyConv2d(num_channels, kernel_size=1),
        nn.AvgPool2d(kernel_size=2, stride=2),
    )


class SqueezeExcitation(nn.Module):
    """Weighs each channel by a gate that depends on all of them.

    Defined in :numref:`subsec_efficient_se`
    """

    def __init__(self, num_channels, ratio=4):
        super().__init__()
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.LazyConv2d(num_channels // ratio, kernel_size=1),
            nn.ReLU(),
            nn.LazyConv2d(num_channels, kernel_size=1),
            nn.Sigmoid(),
        )

    def forward(self, X):
        return X * self.gate(X)  # (n, c, h, w) * (n, c, 1, 1)


class InvertedResidual(nn.Module):
    """Widens, filters each channel, gates, narrows; a shortcut if it fits.

    Defined in :numref:`subsec_efficient_se`
    """

    def __init__(self, in_channels, num_channels, expansion=4, strides=1, kernel_size=3):
        super().__init__()
        wide = expansion * in_channels
        conv = partial(nn.LazyConv2d, bias=False)
        self.net = nn.Sequential(
            conv(wide, kernel_size=1),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            conv(wide, kernel_size, strides, kernel_size // 2, groups=wide),
            nn.LazyBatchNorm2d(),
            nn.ReLU(),
            SqueezeExcitation(wide),
            conv(num_channels, kernel_size=1),
            nn.LazyBatchNorm2d(),
        )
        self.shortcut = strides == 1 and in_channels == num_channels

    def forward(self, X):
        Y = self.net(X)
        return X + Y if self.shortcut else Y


class ChannelNorm(nn.LayerNorm):
    """Layer normalization of each place's channels: (n, c, h, w).

    Defined in :numref:`subsec_convnext_build`
    """

    def __init__(self, num_channels):
        super().__init__(num_channels, eps=1e-6)

    def forward(self, X):
        return super().forward(X.movedim(1, -1)).movedim(-1, 1)


class ConvNeXtBlock(nn.Module):
    """The block of ConvNeXt (Liu et al., 2022).

    Defined in :numref:`subsec_convnext_block`
    """

    def __init__(self, num_channels, drop_rate=0, layer_scale=1e-6):
        super().__init__()
        c = num_channels
        self.branch = nn.Sequential(
            nn.Conv2d(c, c, kernel_size=7, padding=3, groups=c),
            ChannelNorm(c),
            nn.Conv2d(c, 4 * c, kernel_size=1),
            nn.GELU(),
            nn.Conv2d(4 * c, c, kernel_size=1),
        )
        self.gamma = nn.Parameter(torch.full((c, 1, 1), layer_scale))
        self.drop = nn.Dropout(drop_rate)

    def forward(self, X):
        Y = self.gamma * self.branch(X)
        return X + Y * self.drop(Y.new_ones(len(Y), 1, 1, 1))
