"""`build pkg`: what the zips hold, and that what is unpacked runs."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from d2lbook.cli import main
from d2lbook.library.wheel import Library
from d2lbook.notebooks.bundle import requirements

PIP = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "OMP_NUM_THREADS": "1"}


@pytest.fixture
def bundled_book(tiny_book):
    """A book in two tabs, one of which imports the library."""
    tiny_book.configure(tabs="jax, other", more="[colab]\nlibs = numpy, -U numpy>=1.23,<3\n")
    (tiny_book.root / "img").mkdir()
    (tiny_book.root / "img" / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    words = "![A](img/a.svg)"
    tiny_book.write("one", "%%tab jax\nimport d2l\nprint(d2l.__name__)", words=words)
    tiny_book.write("two", "%%tab other\nimport numpy\nprint(6 * 7)")
    return tiny_book


@pytest.fixture
def any_library(monkeypatch):
    """A library without a wheel: building one takes seconds."""
    library = Library("2.0.0", frozenset({"jax", "jax-gpu"}), {})
    monkeypatch.setattr(Library, "at_hand", lambda: library)


def files(name):
    """The files of a zip that was built, without its folder's name."""
    with zipfile.ZipFile(f"_build/pkg/{name}.zip") as bundle:
        assert all(entry.startswith(f"{name}/") for entry in bundle.namelist())
        return {entry.removeprefix(f"{name}/"): bundle.read(entry) for entry in bundle.namelist()}


def test_each_tab_has_a_bundle_and_there_is_one_of_all(bundled_book, any_library, capsys):
    assert main(["build", "eval", "pkg", "--tab", "all"]) == 0
    zips = "_build/pkg/tiny-jax.zip, _build/pkg/tiny-other.zip, _build/pkg/tiny.zip"
    assert f"Bundles: {zips}\n" in capsys.readouterr().out
    jax, other, joint = map(files, ("tiny-jax", "tiny-other", "tiny"))
    notebooks = {"notebooks/img/a.svg", "notebooks/index.ipynb", "notebooks/one.ipynb"}
    texts = {"README.md", "requirements.txt", "requirements-gpu.txt"}
    assert set(jax) == notebooks | texts
    assert "notebooks/two.ipynb" in other
    assert "notebooks/one.ipynb" not in other
    each = {f"jax/{name}" for name in jax} | {f"other/{name}" for name in other}
    assert set(joint) == each | {"README.md"}
    assert b"- [JAX](jax/README.md)\n- [Other](other/README.md)\n" in joint["README.md"]
    notebook = nbformat.reads(jax["notebooks/one.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    (code,) = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert (code.execution_count, code.outputs[0].text) == (1, "d2l\n")
    assert json.loads(joint["jax/notebooks/one.ipynb"]) == json.loads(jax["notebooks/one.ipynb"])


def test_requirements_name_what_the_notebooks_import(bundled_book, any_library):
    assert main(["build", "pkg"]) == 0
    jax, other = files("tiny-jax"), files("tiny-other")
    jupyter = b"jupyterlab>=4.2,<5\n"
    assert jax["requirements.txt"] == b"d2l[jax]==2.0.0\n" + jupyter
    assert jax["requirements-gpu.txt"] == b"d2l[jax-gpu]==2.0.0\n" + jupyter
    assert b"install `requirements-gpu.txt` in place of" in jax["README.md"]
    assert b"d2l.data prefetch" in jax["README.md"]
    assert other["requirements.txt"] == b"numpy>=1.23,<3\n" + jupyter
    assert b"gpu" not in other["README.md"]
    assert b"d2l.data" not in other["README.md"]


def test_requirements_keep_the_places_that_packages_come_from():
    index, repository = "https://example.org/whl", "git+https://example.org/b"
    line = f"-U torch>=2 --extra-index-url {index} {repository} --find-links={index} -q"
    assert list(requirements(line.split())) == [
        "torch>=2",
        f"--extra-index-url {index}",
        repository,
        f"--find-links={index}",
    ]


def test_one_tab_alone_can_be_bundled(bundled_book, any_library):
    assert main(["build", "pkg", "--tab", "other"]) == 0
    assert [path.name for path in Path("_build/pkg").iterdir()] == ["tiny-other.zip"]


def test_bundles_have_the_same_bytes_wherever_and_whenever_they_are_built(
    bundled_book, any_library
):
    def built():
        assert main(["build", "pkg"]) == 0
        return [path.read_bytes() for path in sorted(Path("_build/pkg").iterdir())]

    first = built()
    for path in [*Path("_build").rglob("*"), *Path("img").iterdir()]:
        os.utime(path, (0, 0))
    Path("_build/pkg/tiny.zip").unlink()
    assert built() == first


def test_a_wheel_that_cannot_be_built_is_an_error(bundled_book, monkeypatch, capsys):
    """pip finds nothing to build it with."""
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": "", "CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    assert main(["build", "pkg"]) == 1
    said = capsys.readouterr().err
    assert "the wheel of d2l can't be built: Could not find a version that satisfies" in said
    assert "-m pip wheel --no-deps" in said


@pytest.mark.timeout(600)
def test_an_unpacked_bundle_runs_by_its_two_commands(tiny_book, tmp_path_factory):
    """For real: a wheel is built and, with JupyterLab, installed in an empty environment."""
    tiny_book.configure()
    tiny_book.write("one", "from d2l.timer import Timer\nprint(6 * 7, Timer.__module__)")
    assert main(["build", "pkg"]) == 0
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile("_build/pkg/tiny.zip") as bundle:
        bundle.extractall(folder)
    (root,) = folder.iterdir()
    text = (root / "README.md").read_text()
    install, start = text.split("```bash\n")[1].split("\n```")[0].splitlines()
    assert start == ".venv/bin/jupyter lab notebooks/index.ipynb"
    environment = {name: os.environ[name] for name in os.environ if name != "PYTHONPATH"} | PIP
    python = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["sh", "-e", "-c", install.replace("&&", "\n")],
        cwd=root,
        env=environment | {"PATH": python},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    jupyter = root / ".venv" / "bin" / "jupyter"
    assert subprocess.check_output([jupyter, "lab", "--version"], text=True).startswith("4.")
    run = [jupyter, "execute", "--inplace", "notebooks/one.ipynb"]
    subprocess.run(run, cwd=root, env=environment, check=True, capture_output=True)
    cells = nbformat.read(root / "notebooks" / "one.ipynb", as_version=4).cells
    assert cells[-1].outputs[0].text == "42 d2l.timer\n"
