"""The Makefile: a benchmark that fails leaves the results of before."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABS = ("pytorch", "tensorflow", "jax", "mxnet")
PYTHON = """#!/bin/sh
echo "ran $1"
echo "a warning" >&2
test "$1" != "$(cat failing)"
"""
"""Stands in for the interpreters: fails at one script."""


@pytest.fixture
def bench(tmp_path):
    """Run `make bench` with stand-ins, a script of which fails; returns how it ended."""
    for name in ("setup.py", "ci/constraints.txt", "ci/system-packages", "benchmarks/results.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    for tab in (*TABS, "book"):
        python = tmp_path / ".envs" / tab / "bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(PYTHON)
        python.chmod(0o755)
        (tmp_path / ".envs" / tab / "ready").touch()
    (tmp_path / ".envs/book/tests-ready").touch()
    (tmp_path / "benchmarks/results.txt").write_text("before\n")
    shutil.copy(ROOT / "Makefile", tmp_path)

    def run(failing=""):
        (tmp_path / "failing").write_text(failing)
        done = subprocess.run(["make", "bench"], cwd=tmp_path, capture_output=True, text=True)
        return done, (tmp_path / "benchmarks/results.txt").read_text()

    return run


def test_benchmarks_are_kept_once_all_have_run(bench):
    done, results = bench()
    assert done.returncode == 0, done.stderr
    assert results.splitlines() == [
        *["ran benchmarks/train.py"] * len(TABS),
        *["ran benchmarks/library.py"] * len(TABS),
        *(f"ran benchmarks/{name}.py" for name in ("build", "serve", "large_book")),
    ]
    assert "a warning" in done.stderr


@pytest.mark.parametrize("failing", ["train", "library", "serve", "large_book"])
def test_a_benchmark_that_fails_is_an_error_and_changes_nothing(bench, failing):
    done, results = bench(f"benchmarks/{failing}.py")
    assert done.returncode != 0
    assert results == "before\n"
    assert "benchmarks/readme.py" not in done.stdout
