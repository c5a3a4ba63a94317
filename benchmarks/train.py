"""A training step of ``Trainer.fit`` against a bare loop of the same framework.

AlexNet on 224×224 images, batch 128. ``Trainer.fit`` makes its batches from Fashion-MNIST; the bare
loop trains on one batch that lies in memory, resized. The two take turns, step by step, so that the
machine's drift hits both alike. Run it in a tab's environment:

    .envs/pytorch/bin/python benchmarks/train.py [--steps 12]

Prints the examples per second of both, and the median of the ratios, pair by pair: ours over bare.
"""

import argparse
import contextlib
import importlib
import importlib.util
import os
import statistics
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "library")]  # bare_*.py, nets_*.py

from d2l.loading import BatchLoader, DataModule  # noqa: E402

SIZE = 224


def edition() -> str:
    """The edition whose framework is installed here."""
    for name in ("torch", "tensorflow", "jax", "mxnet"):
        if importlib.util.find_spec(name):
            return name
    raise SystemExit(
        "no framework is installed here: use the Python of a tab, .envs/TAB/bin/python"
    )


class TakingTurns(BatchLoader):
    """Times each training step, from the making of its batch, and a bare step after it."""

    def run(self, bare, wait, steps: int) -> None:
        """Say what the bare step is, how to wait for the trainer's, and how many to run."""
        self.bare, self.wait, self.steps = bare, wait, steps
        self.pairs: list[tuple[float, float]] = []

    def __len__(self) -> int:
        return self.steps

    def __iter__(self):
        batches = super().__iter__()
        for _ in range(self.steps):
            started = time.perf_counter()
            yield next(batches)
            self.wait()
            between = time.perf_counter()
            self.bare()
            self.pairs.append((between - started, time.perf_counter() - between))


class Turns(DataModule):
    """The data of the benchmark: training batches alone."""

    def __init__(self, loader: TakingTurns):
        self.loader = loader

    def get_dataloader(self, train: bool):
        return self.loader if train else None


def measure(name: str, batch: int, steps: int) -> None:
    """Fit AlexNet, a bare step after each step, and print how the two compare."""
    d2l = importlib.import_module(f"d2l.{name}")
    nets = importlib.import_module(f"nets_{name}")
    bare = importlib.import_module(f"bare_{name}")
    images = d2l.FashionMNIST(batch_size=batch, resize=(SIZE, SIZE)).train_dataloader()
    loader = TakingTurns(images.store, images.labels, batch_size=batch, shuffle=True)
    trainer = d2l.Trainer(max_epochs=1, num_gpus=min(1, d2l.num_gpus()))
    loader.run(bare.make_step(batch, SIZE), lambda: bare.wait(trainer), steps + 2)
    with contextlib.redirect_stdout(sys.stderr):  # its own closing line counts both loops
        trainer.fit(nets.AlexNet(lr=0.01), Turns(loader))
    pairs = trainer.train_dataloader.pairs[2:]  # the first steps compile and allocate
    ours, theirs = (batch / statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(other / own for own, other in pairs)
    print(
        f"{name} {bare.VERSION}, AlexNet at {SIZE}, batch {batch}, {trainer.device}, "
        f"{os.cpu_count()} cores:\n  Trainer.fit {ours:.1f} examples/s, bare loop {theirs:.1f} "
        f"examples/s, ratio {ratio:.3f} (medians of {steps} pairs)"
    )


def main() -> None:
    """Read the arguments, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=10, help="pairs of steps to time")
    parser.add_argument("--batch", type=int, default=128, help="images a batch")
    args = parser.parse_args()
    measure(edition(), args.batch, args.steps)


if __name__ == "__main__":
    main()
