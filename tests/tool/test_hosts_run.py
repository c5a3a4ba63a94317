"""A notebook for Colab, run from start to end where there is nothing but a kernel."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.notebooks import hosts
from d2lbook.records.stores import Stores
from d2lbook.run.kernels import TabKernelManager

ROOT = Path(__file__).parents[2]
TAB = "mxnet"
"""The edition that is installed the fastest."""
SETTINGS = {
    "D2L_MAX_EPOCHS": "1",
    "D2L_DATASET_LIMIT": "256",
    "OMP_NUM_THREADS": "1",
    "PIP_CONSTRAINT": str(ROOT / "ci" / "constraints.txt"),
}
PUBLISHED = "https://raw.githubusercontent.com/me/book/HEAD/"


@pytest.fixture
def notebook(tmp_path):
    """The AlexNet section as Colab gets it, as if its folder were published."""
    config = load_config(ROOT)
    colab = dataclasses.replace(config.colab, github_repo={"": "me/book"})
    config = dataclasses.replace(config, colab=colab, output_dir=tmp_path / "_build")
    book = load_book(config)
    (folder,) = hosts.build("colab", book, Stores(config), [TAB])
    notebook = nbformat.read(folder / "chapter_convolutional-modern/alexnet.ipynb", as_version=4)
    install = next(cell for cell in notebook.cells if cell.cell_type == "code")
    assert PUBLISHED in install.source
    install.source = install.source.replace(PUBLISHED, f"{folder.as_uri()}/")
    notebook.cells.append(nbformat.v4.new_code_cell("d2l.__file__"))
    return notebook


@pytest.fixture
def host(tmp_path):
    """A host's Python: an environment that holds a kernel."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "host"], check=True)
    python = tmp_path / "host" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "ipykernel"]
    subprocess.run(pip, check=True, capture_output=True)
    return python


@pytest.mark.timeout(600)
def test_a_notebook_runs_with_what_its_first_cell_installs(notebook, host, tmp_path):
    settings = Config(TabKernelManager={"python": str(host)})
    client = NotebookClient(
        notebook, timeout=280, kernel_manager_class=TabKernelManager, config=settings
    )
    elsewhere = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    variables = elsewhere | SETTINGS
    client.execute(cwd=str(tmp_path), env=variables)  # which raises where a cell does
    install, *_, library = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert install.source.startswith("%pip install")
    printed = "".join(
        output.get("text", "") for cell in notebook.cells[:-1] for output in cell.get("outputs", ())
    )
    assert "capped run: 1 of 10 epochs, 256 of 60,000 training images" in printed
    assert str(host.parents[1]) in library.outputs[0].data["text/plain"]
