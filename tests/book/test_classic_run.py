"""Notebooks in the style of 2017 to 2021 run in their tabs from start to end, under tiny caps."""

import configparser
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cifar_files
import pytest

ROOT = Path(__file__).parents[2]
TABS = ("pytorch", "tensorflow", "jax", "mxnet")
# Lets a kernel, which runs this as it starts, take the test's archive of CIFAR-10 for the real one.
SITECUSTOMIZE = """
import dataclasses
from d2l import data
source = dataclasses.replace(data.CIFAR10.sources[0], sha256={sha256!r})
data.CIFAR10 = dataclasses.replace(data.CIFAR10, sources=(source,))
"""


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """A copy of the book, and the environment to build it in."""
    home = tmp_path_factory.mktemp("classic")
    folder = Path(shutil.copytree(ROOT / "tests/book/classic", home / "book"))
    config = configparser.ConfigParser(interpolation=None)
    config.read(folder / "config.ini")
    python = str(ROOT / ".envs/{tab}/bin/python")
    config["eval"].update(python=python, cache=str(home / "cache"))
    with (folder / "config.ini").open("w") as file:
        config.write(file)
    archive = cifar_files.binary_archive(*cifar_files.striped_images(600))
    (home / "cifar-10-binary.tar.gz").write_bytes(archive)
    customize = SITECUSTOMIZE.format(sha256=hashlib.sha256(archive).hexdigest())
    (folder / "sitecustomize.py").write_text(customize)
    return folder, {**os.environ, "D2L_DATA": str(home)}


def outputs(folder, tab):
    """What the notebook of a tab printed and drew: (text, number of figures)."""
    stage = "eval" if tab == TABS[0] else f"eval_{tab}"
    path = folder / "_build" / stage / f"classic_{tab}.ipynb"
    found = [o for c in json.loads(path.read_text())["cells"] for o in c.get("outputs", [])]
    texts = ["".join(o["text"]) for o in found if o["output_type"] == "stream"]
    return "".join(texts), sum("image/svg+xml" in o.get("data", {}) for o in found)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("tab", TABS)
def test_a_classic_notebook_runs(book, tab):
    folder, environment = book
    command = [sys.executable, "-m", "d2lbook", "build", "eval", "--tab", tab]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    text, figures = outputs(folder, tab)
    closing = r"loss [\d.]+, train acc [\d.]+, test acc [\d.]+\n[\d.]+ examples/sec on \S+\n"
    assert re.search(closing + "capped run: 1 of 10 epochs, 64 of 60,000 training images", text)
    moving = re.search(r"moving loss ([\d.]+), train acc [\d.]+, test acc ([\d.]+)", text)
    assert float(moving[1]) < 2.3
    assert float(moving[2]) > 0.3
    assert figures == 3  # two of training, and one of images with their classes
