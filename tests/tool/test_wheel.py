"""The wheel holds everything: a book builds with it, far from the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("d2l", "d2lbook")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel's content, in a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "content")
    return folder / "content"


def test_the_wheel_holds_every_file_of_the_packages(unpacked):
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    missing = [name for name in listed.stdout.split() if not (unpacked / name).exists()]
    assert missing == []


def test_a_book_builds_with_the_wheel_alone(unpacked, tmp_path):
    (tmp_path / "config.ini").write_text("[project]\nname = small\ntitle = Small\nauthor = A\n")
    (tmp_path / "index.md").write_text("# Small\n\nOne formula, $x^2$, and no code.\n")
    done = subprocess.run(
        [sys.executable, "-m", "d2lbook", "build", "html"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "_build/html/index.html").read_text()
    assert "<math" in page
    assert (tmp_path / "_build/html/_static/d2lbook.css").exists()
