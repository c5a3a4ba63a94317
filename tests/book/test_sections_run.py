"""Every section's notebook runs in every tab from start to end, under tiny caps."""

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABS = ("pytorch", "tensorflow", "jax", "mxnet")
SOURCES = ("index.md", "references.md", "references.bib", "chapter_convolutional-modern", "img")


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory):
    """A copy of the book, run in all tabs on 64 images: (its folder, what the tool printed)."""
    folder = tmp_path_factory.mktemp("book")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "config.ini")
    config["eval"].update(
        max_epochs="1",
        dataset_limit="64",
        python=str(ROOT / ".envs/{tab}/bin/python"),
        cache=str(folder / "cache"),
    )
    with (folder / "config.ini").open("w") as file:
        config.write(file)
    command = [sys.executable, "-m", "d2lbook", "build", "eval", "--tab", "all"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def printed(folder, section, tab):
    """All text that a section's notebook printed in a tab."""
    stage = "eval" if tab == TABS[0] else f"eval_{tab}"
    path = folder / "_build" / stage / "chapter_convolutional-modern" / f"{section}.ipynb"
    outputs = [o for c in json.loads(path.read_text())["cells"] for o in c.get("outputs", [])]
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
    return "\n".join("".join(text) for text in texts)


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("tab", TABS)
def test_alexnet_runs_and_ends_with_its_closing_line(evaluated, tab):
    text = printed(evaluated[0], "alexnet", tab)
    assert re.search(r"loss [\d.]+, train acc [\d.]+, test acc [\d.]+, [\d.]+ examples/sec", text)
    assert "capped run: 1 of 10 epochs, 64 of 60,000 training images" in text
    assert "46,764,746" in text


def test_alexnet_costs_the_same_in_every_tab(evaluated):
    tables = {
        re.search(r"conv1 .*?total[^\n]*", printed(evaluated[0], "alexnet", tab), re.S)[0]
        for tab in TABS
    }
    assert len(tables) == 1


def test_nothing_runs_twice(evaluated):
    folder, _ = evaluated
    command = [sys.executable, "-m", "d2lbook", "build", "eval", "--tab", "all"]
    again = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "4 found" in again.stdout
