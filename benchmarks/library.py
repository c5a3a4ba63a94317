"""What an edition costs beyond its framework: import time, and host memory of a fit.

    .envs/pytorch/bin/python benchmarks/library.py

Import: medians over fresh interpreters of ``import framework`` and ``import d2l.edition``, in turn.
Memory: the peak resident memory of a process that fits a small network to all of Fashion-MNIST at
224×224 for one epoch, and that of one that fits it to a single batch and never reads the set.
"""

import argparse
import statistics
import subprocess
import sys
import time

from train import SIZE, edition  # puts tests/library on the path


def seconds(code: str) -> float:
    """The wall-clock time of a fresh interpreter."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - started


def import_time(name: str, runs: int) -> str:
    """Compare the import of an edition with that of its framework."""
    own = {"jax": "import jax, flax.linen, optax"}.get(name, f"import {name}")
    pairs = [(seconds(f"{own}\nimport d2l.{name}"), seconds(own)) for _ in range(runs + 1)][1:]
    extra = statistics.median(ours - theirs for ours, theirs in pairs)
    whole = statistics.median(ours for ours, _ in pairs)
    return f"import {extra:+.2f} s beyond the framework's own ({whole:.2f} s in all)"


MEMORY_CODE = """
import importlib, sys
sys.path[:0] = {path!r}
d2l = importlib.import_module("d2l.{name}")
nets = importlib.import_module("nets_{name}")
{data}
trainer = d2l.Trainer(max_epochs=1)
trainer.fit(nets.SmallNet(lr=0.01), d2l.FashionMNIST(batch_size=128, resize=({size}, {size})))
import resource
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""

ONE_BATCH = """
import numpy
from d2l import data
arrays = data.Arrays(numpy.zeros((128, 28, 28, 1), numpy.uint8), numpy.arange(128) % 10)
d2l.FashionMNIST.load = staticmethod(lambda: (arrays, arrays))
"""


def peak(name: str, data: str) -> float:
    """The peak resident memory of a fit in a process of its own, in GB."""
    path = sys.path[:2]
    code = MEMORY_CODE.format(path=path, name=name, data=data, size=SIZE)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout.split("peak ")[1]) * 1024 / 1e9


def memory(name: str) -> str:
    """Compare a fit over the whole set with one over a single batch."""
    whole, single = peak(name, ""), peak(name, ONE_BATCH)
    return (
        f"host memory {whole:.2f} GB for a 224×224 fit, {whole - single:+.2f} GB beyond one batch"
    )


def main() -> None:
    """Measure, and print one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, help="pairs of interpreters to start")
    args = parser.parse_args()
    name = edition()
    print(f"{name}: {import_time(name, args.runs)}\n  {memory(name)}")


if __name__ == "__main__":
    main()
