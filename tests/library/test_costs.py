"""What a network costs is the same in every edition, and what its formulas say."""

import pytest


def by_formula():
    """AlexNet's layers: (parameters, multiply-adds, activations)."""
    windows = [
        *((11, 1, 96, 54), (5, 96, 256, 26), (3, 256, 384, 12), (3, 384, 384, 12)),
        *((3, 384, 256, 12), (5, 256, 4096, 1), (1, 4096, 4096, 1), (1, 4096, 10, 1)),
    ]
    for window, c_in, c_out, side in windows:
        weights = window**2 * c_in * c_out
        yield weights + c_out, weights * side**2, c_out * side**2


def numbers(costs):
    """(parameters, multiply-adds, activations) of the stages that have parameters."""
    return [(s.parameters, s.multiply_adds, s.activations) for s in costs.stages if s.parameters]


def test_alexnet_costs_what_its_formulas_say(d2l, nets):
    costs = d2l.costs(nets.AlexNet(), nets.input_shape(1, 1, 224))
    assert numbers(costs) == list(by_formula())
    assert (costs.parameters, costs.multiply_adds) == (46_764_746, 938_146_176)
    assert costs.activations == 608_650


def test_costs_are_those_of_one_example(d2l, nets):
    one, four = (d2l.costs(nets.SmallNet(), nets.input_shape(n, 1, 28)) for n in (1, 4))
    assert numbers(one) == numbers(four)
    assert [stage.shape[0] for stage in four.stages] == [4] * len(four.stages)


def test_a_table_shows_every_stage_and_the_total(d2l, nets):
    lines = repr(d2l.costs(nets.SmallNet(), nets.input_shape(1, 1, 28))).splitlines()
    assert lines[0].split() == ["output", "shape", "parameters", "multiply-adds", "activations"]
    assert lines[-3].split()[-4:] == ["10)", "330", "320", "10"]
    assert lines[-2].split() == ["total", "43,706", "55,752", "1,394"]
    assert lines[-1] == "activations in float32: 0.01 MB an example"
    assert len({len(line) for line in lines[:-1]}) == 1


def test_running_statistics_are_no_parameters(d2l, nets):
    costs = d2l.costs(nets.BatchNormNet(), nets.input_shape(1, 1, 28))
    assert [s.parameters for s in costs.stages if s.parameters] == [80, 16, 13_530]


def test_grouped_depthwise_and_nested_layers_are_counted(d2l, nets):
    costs = d2l.costs(nets.grouped_block(), nets.input_shape(1, 8, 6))
    # 3×3 windows with 4 groups, then with one a channel; then a dense layer at every place.
    assert costs.multiply_adds == 36 * (9 * 2 * 16 + 9 * 16 + 16 * 4)
    assert costs.parameters == (9 * 2 * 16 + 16) + (9 * 16 + 16) + (16 * 4 + 4)
    assert costs.activations == 36 * (16 + 16 + 4)


def test_a_layer_used_twice_computes_twice_with_one_set_of_parameters(d2l, nets):
    costs = d2l.costs(nets.shared_net(), nets.input_shape(1, 8, 6))
    assert [(s.parameters, s.multiply_adds) for s in costs.stages] == [(72, 64 * 36), (0, 64 * 36)]


@pytest.mark.usefixtures("small_data")
def test_a_trained_network_is_counted_as_before(d2l, nets):
    model = nets.SmallNet()
    before = numbers(d2l.costs(model, nets.input_shape(1, 1, 28)))
    d2l.Trainer(max_epochs=1).fit(model, d2l.FashionMNIST(16))
    assert numbers(d2l.costs(model, nets.input_shape(1, 1, 28))) == before
