"""AlexNet is the same network in every edition."""

import math
import re

import numpy as np

HEIGHTS = [54, 26, 26, 12, 12, 12, 12, 5]  # after each convolution and pooling


def test_alexnet_has_the_same_number_of_parameters_everywhere(nets):
    assert nets.num_parameters(nets.AlexNet(), nets.input_shape(1, 1, 224)) == 46_764_746


def test_layer_summary_prints_the_same_shapes_everywhere(nets, capsys):
    nets.AlexNet().layer_summary(nets.input_shape(1, 1, 224))
    lines = capsys.readouterr().out.splitlines()
    shapes = [tuple(map(int, re.findall(r"\d+", line.split("shape:")[1]))) for line in lines]
    images = [
        shape
        for line, shape in zip(lines, shapes, strict=True)
        if re.match(r"_?(Conv|MaxPool|max_pool|MaxPooling)", line)
    ]
    assert [sorted(shape[1:])[:2] for shape in images] == [[h, h] for h in HEIGHTS]
    assert [max(shape[1:]) for shape in images] == [96, 96, 256, 256, 384, 384, 256, 256]
    assert shapes[-1] == (1, 10)


def test_initialization_is_xavier_uniform_with_zero_biases(d2l, nets):
    d2l.seed(0)
    for kernel, fans, bias in nets.weights(nets.SmallNet(), nets.input_shape(1, 1, 28)):
        bound = math.sqrt(6 / fans)
        assert np.abs(kernel).max() <= bound * 1.0001
        if kernel.size > 1000:
            assert np.abs(kernel).max() > 0.98 * bound
            assert abs(kernel.std() * math.sqrt(3) / bound - 1) < 0.05
        assert not bias.any()
