"""What must be the same in all frameworks, as functions that say which framework drifts, and where.

Each takes what the networks of one section compute in each tab, and returns a line for each
difference: framework, network, layer, and both values.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import isfinite, log, prod
from typing import Any

Networks = Mapping[str, dict[str, Any]]
"""What one network computes in each tab, as ``network_probe`` reports it."""

CLOSE = 1e-4
"""How far apart, of the largest value of a layer, numbers may be that are rounded differently."""

NEAR_A_GUESS = 0.7
"""How far from ln 10 the loss of an untrained network may be."""
FARTHER = {"ResNet": 1.5, "ConvNeXt": 2.0, "AnyNet": 4.0}
"""The same for networks whose last maps are sums over many blocks, or normalized: their logits are
large. Over ten seeds, their losses were between 2.5 and 3.1, 2.7 and 3.6, 3.0 and 4.9; those of the
others were below 2.8."""
COSTS_ROW = re.compile(r"^(\S+) +\(([\d, ]+)\) +([\d,]+ +[\d,]+ +[\d,]+)$", re.MULTILINE)


def close(a: Any, b: Any, tolerance: float = CLOSE, least: float = 0) -> bool:
    """Whether two equally long lists of numbers agree but for rounding.

    They are compared by the largest of them, or by ``least`` where all may be zero but for that.
    """
    if len(a) != len(b) or not all(map(isfinite, [*a, *b])):
        return False
    scale = max(map(abs, [*a, *b, least]))
    return all(abs(x - y) <= tolerance * scale for x, y in zip(a, b, strict=True))


def drifting(values: Mapping[str, Any], same: Callable[[Any, Any], bool]) -> Iterator[str]:
    """Yield a phrase for each tab whose value isn't the one that most tabs have."""
    agreeing = {
        tab: [other for other in values if same(values[tab], values[other])] for tab in values
    }
    usual = max(values, key=lambda tab: len(agreeing[tab]))
    for tab, value in values.items():
        if tab not in agreeing[usual]:
            yield f"{tab}: {shown(value)}, but {shown(values[usual])} in {usual}"


def shown(value: Any) -> str:
    """Return a value in few words."""
    if isinstance(value, list):
        numbers = [f"{number:.6g}" for number in value[:4]]
        return f"[{', '.join(numbers)}{', …' if len(value) > 4 else ''}]"
    return f"{value:,}" if isinstance(value, int) else str(value)


def equal(a: Any, b: Any) -> bool:
    """Whether two values are the same."""
    return a == b


def compared(
    networks: Networks, name: str, part: str, same: Callable[[Any, Any], bool], **fields: str
) -> Iterator[str]:
    """Compare the parts of a network one by one, in order, by some of their fields.

    Args:
        networks: what the network computes in each tab.
        name: what a part is called.
        part: names the list of the parts.
        same: says whether two values agree.
        **fields: the names of the fields, and what they are called.
    """
    parts = {tab: network[part] for tab, network in networks.items()}
    yield from drifting({tab: f"{len(found)} × {name}" for tab, found in parts.items()}, equal)
    for i, row in enumerate(zip(*parts.values(), strict=False), start=1):
        for field, what in fields.items():
            values = {tab: one[field] for tab, one in zip(parts, row, strict=True)}
            for drift in drifting(values, same):
                yield f"{name} {i}{kind(row[0])}, {what}, {drift}"


def kind(part: Mapping[str, Any]) -> str:
    """Say which part it is: a stage by its class, a layer by its weights."""
    if "name" in part:
        return f" ({part['name']})"
    if "weights" in part:
        outputs, inputs, height, width = part["weights"]
        return f" ({height}×{width}, {inputs * part['groups']} to {outputs})"
    return f" ({len(part['mean'])} channels)"


def totals(networks: Networks) -> Iterator[str]:
    """Compare what the whole network costs, and the images that it is for."""
    fields = ("images", "parameters", "multiply_adds", "activations")
    for field in fields:
        values = {tab: network[field] for tab, network in networks.items()}
        for drift in drifting(values, equal):
            yield f"{field.replace('_', '-')}, {drift}"


def stages(networks: Networks) -> Iterator[str]:
    """Compare the rows of the costs table that have parameters."""
    yield from compared(
        networks,
        "stage",
        "stages",
        equal,
        shape="output shape",
        parameters="parameters",
        multiply_adds="multiply-adds",
        activations="activations",
    )


def layers(networks: Networks) -> Iterator[str]:
    """Compare the convolutions and dense layers, in the order in which they are called."""
    yield from compared(
        networks,
        "layer",
        "layers",
        equal,
        weights="weights (out, in, height, width)",
        groups="groups",
        shape="output shape",
    )


def first_weights(networks: Networks) -> Iterator[str]:
    """Compare how the first weights of each layer are spread.

    The standard deviation of n numbers that are drawn uniformly is known to about 0.45 / sqrt(n) of
    it, and their largest value better; five times that is allowed between two frameworks.
    """
    parts = {tab: network["layers"] for tab, network in networks.items()}
    for i, row in enumerate(zip(*parts.values(), strict=False), start=1):
        tolerance = 5 * 0.45 * (2 / prod(row[0]["weights"])) ** 0.5
        same = partial(close, tolerance=tolerance)
        for field in ("spread", "largest"):
            values = {tab: [one[field]] for tab, one in zip(parts, row, strict=True)}
            for drift in drifting(values, same):
                yield f"layer {i}{kind(row[0])}, {field} of the first weights, {drift}"


def inputs(networks: Networks) -> Iterator[str]:
    """Compare what each layer receives, for fixed images and weights: its sum and norm."""
    yield from compared(networks, "layer", "layers", close, received="sum and norm of the input")


def running_statistics(networks: Networks) -> Iterator[str]:
    """Compare the running statistics of each batch normalization after one batch."""
    same = partial(close, least=0.01)  # after a convolution without bias, means can be 0
    yield from compared(
        networks, "batch norm", "norms", same, mean="running mean", variance="running variance"
    )


def outputs(networks: Networks) -> Iterator[str]:
    """Compare the logits for fixed images and fixed weights, of the whole batch at once."""
    values = {tab: network["logits"] for tab, network in networks.items()}
    for drift in drifting(values, close):
        yield f"logits, {drift}"


def untrained_losses(networks: Networks) -> Iterator[str]:
    """Hold the loss of each untrained network near that of a guess among ten classes."""
    for tab, network in networks.items():
        loss = network["untrained_loss"]
        if not abs(loss - log(10)) < FARTHER.get(network["name"], NEAR_A_GUESS):
            yield f"untrained loss, {tab}: {loss:.3f}, but a guess has {log(10):.3f}"


def printed_costs(outputs: Sequence[str]) -> list[dict[str, Any]]:
    """Return the tables of ``d2l.costs`` that a notebook put out, each as a network's stages."""
    found = []
    for output in outputs:
        rows = [match.groups() for match in COSTS_ROW.finditer(output)]
        if rows:
            stages = [stage(name, shape, numbers.split()) for name, shape, numbers in rows]
            found.append({"stages": [stage for stage in stages if stage["parameters"]]})
    return found


def stage(name: str, shape: str, numbers: Sequence[str]) -> dict[str, Any]:
    """Return a row of a table of costs; the sizes of its maps in no order of their own."""
    parameters, multiply_adds, activations = (int(n.replace(",", "")) for n in numbers)
    return {
        "name": name,
        "shape": sorted(map(int, re.findall(r"\d+", shape))),
        "parameters": parameters,
        "multiply_adds": multiply_adds,
        "activations": activations,
    }


GATES: Mapping[str, Callable[[Networks], Iterator[str]]] = {
    "totals": totals,
    "stages": stages,
    "layers": layers,
    "first weights": first_weights,
    "running statistics": running_statistics,
    "inputs of layers": inputs,
    "outputs": outputs,
    "untrained losses": untrained_losses,
}


def drifts(section: str, networks: Mapping[str, Networks], gate: str) -> list[str]:
    """Return a line for each difference that a gate sees among the networks of a section."""
    return [
        f"{section}.md: {name}: {drift}"
        for name, of_tabs in networks.items()
        for drift in GATES[gate](of_tabs)
    ]
