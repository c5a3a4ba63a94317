"""What a network costs: the part of ``costs(model, X_shape)`` that needs no framework."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from d2l.training import layer_name


@dataclass(frozen=True)
class Stage:
    """What one stage of a network costs."""

    name: str
    """The class of the layer or block, or the name of the function."""
    shape: tuple[int, ...]
    """Of its output, as the edition orders dimensions."""
    parameters: int
    """Numbers that training changes; those that an earlier stage has, too, are counted there."""
    multiply_adds: int
    """Of its convolutions and dense layers, for one example."""
    activations: int
    """Outputs of its convolutions and dense layers, for one example."""


@dataclass(frozen=True, repr=False)
class Costs:
    """What a network costs, stage by stage; shown as a table.

    Activations are counted as by Radosavovic et al. (2020), section 3.3: the outputs of
    convolutions and, here, of dense layers.
    """

    stages: tuple[Stage, ...]

    @property
    def parameters(self) -> int:
        """The number of trained numbers of the whole network."""
        return sum(stage.parameters for stage in self.stages)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of the whole network, for one example."""
        return sum(stage.multiply_adds for stage in self.stages)

    @property
    def activations(self) -> int:
        """Activations of the whole network, for one example."""
        return sum(stage.activations for stage in self.stages)

    def __repr__(self) -> str:
        """Return the table, and what the activations of an example take in memory."""
        rows = [(s.name, str(s.shape), s) for s in self.stages] + [("total", "", self)]
        names = max(len(name) for name, _, _ in rows)
        shapes = max(len("output shape"), *(len(shape) for _, shape, _ in rows))
        lines = [f"{'':{names}} {'output shape':{shapes}}   parameters  multiply-adds  activations"]
        for name, shape, of in rows:
            numbers = f"{of.parameters:12,} {of.multiply_adds:14,} {of.activations:12,}"
            lines.append(f"{name:{names}} {shape:{shapes}} {numbers}")
        lines.append(f"activations in float32: {4 * self.activations / 1e6:.2f} MB an example")
        return "\n".join(lines)


class Tally:
    """Gathers the stages of a network while it runs on a batch."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self._counted: set[Any] = set()
        self._multiply_adds = self._activations = 0

    def layer(self, kernel_size: int, shape: Sequence[int], channels: int) -> None:
        """Note that a convolution or a dense layer ran.

        Each of its ``kernel_size`` weights is used once at each place of its output, which has
        ``shape``, batch first, and ``channels`` numbers a place.
        """
        outputs = prod(shape[1:])
        self._multiply_adds += kernel_size * (outputs // channels)
        self._activations += outputs

    def stage(self, layer: Any, shape: Sequence[int], parameters: dict[Any, int]) -> None:
        """Note the end of a stage; ``parameters`` are the sizes of its own, by identity."""
        new = sum(size for name, size in parameters.items() if name not in self._counted)
        self._counted |= parameters.keys()
        name, shape = layer_name(layer), tuple(map(int, shape))
        self.stages.append(Stage(name, shape, new, self._multiply_adds, self._activations))
        self._multiply_adds = self._activations = 0

    def costs(self) -> Costs:
        """Return what was gathered."""
        return Costs(tuple(self.stages))
