"""Notebooks for hosts: what they install, where they lead, and links that open them."""

import base64
import importlib.metadata
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

import d2l
from d2lbook.cli import main
from d2lbook.config import load_config
from d2lbook.errors import BookError
from d2lbook.library.wheel import Library
from d2lbook.notebooks.installs import libs
from d2lbook.notebooks.launches import launches

FIGURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>'
PAGE = """
:label:`sec_one`

![A figure](../img/a%20b.svg)
:width:`40px`

An ![inline one](../img/a%20b.svg), HTML_IMAGE a [page](../two.md), `![](x.svg)`.
"""


@pytest.fixture
def hosted_book(tiny_book):
    """A book with a figure, two tabs, and two pages."""

    def write(*, more="", tabs="pytorch, jax", html='<img src="../img/a%20b.svg">,'):
        tiny_book.configure(tabs=tabs, more=more)
        (tiny_book.root / "img").mkdir()
        (tiny_book.root / "img" / "a b.svg").write_bytes(FIGURE)
        cells = ("%%tab all\nimport numpy.linalg, os\nimport d2l.data as data", "%%tab all\n1")
        tiny_book.write("chapter/one", *cells, words=PAGE.replace("HTML_IMAGE", html))
        tiny_book.write("two", "%%tab all\nx = 1", words="See :numref:`sec_one`.")
        return tiny_book

    return write


def cells(stage, page="chapter/one"):
    """The cells of a notebook that was built."""
    notebook = nbformat.read(f"_build/{stage}/{page}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return notebook.cells


def sources(stage, page="chapter/one"):
    return [cell.source for cell in cells(stage, page)]


def test_colab_installs_what_a_notebook_imports(hosted_book, capsys):
    hosted_book(
        more="""
        [colab]
        libs = pytorch, d2l, -U 'd2l[pytorch]>=2,<3' "x y"
            JAX, d2l, git+https://example.org/d2l@release
            numpy.linalg, numpy>=1.23,<3
            scikit-learn>=1
            pandas
        libs_header = Wait a minute.
        """
    )
    assert main(["build", "colab", "--tab", "all"]) == 0
    assert capsys.readouterr().out == "Notebooks for Colab: _build/colab, _build/colab_jax\n"
    header, install = sources("colab")[1:3]
    assert header == "Wait a minute."
    assert install == ("%pip install --quiet -U 'd2l[pytorch]>=2,<3' 'x y' 'numpy>=1.23,<3'")
    assert sources("colab_jax")[2] == (
        "%pip install --quiet git+https://example.org/d2l@release 'numpy>=1.23,<3'"
    )
    assert not any("pip" in source for source in sources("colab", "two"))


def test_without_libs_the_library_like_this_one_is_installed(hosted_book):
    hosted_book(tabs="pytorch, other")
    assert main(["build", "colab", "sagemaker", "--tab", "all"]) == 0
    for stage, name in (("colab", "Colab"), ("sagemaker", "SageMaker Studio Lab")):
        header, install = sources(stage)[1:3]
        assert header == f"The next cell installs what this notebook needs and {name} may lack."
        assert install == "%pip install --quiet 'd2l[pytorch]~=2.0'"
        assert sources(f"{stage}_other")[2] == "%pip install --quiet 'd2l~=2.0'"


def test_sagemaker_installs_as_colab_does_and_runs_its_own_kernel(hosted_book):
    hosted_book(
        more="""
        [colab]
        libs = d2l
        [sagemaker]
        kernel = pytorch, conda_pytorch
        """
    )
    assert main(["build", "sagemaker", "--tab", "all"]) == 0
    assert sources("sagemaker")[2] == "%pip install --quiet d2l"
    metadata = nbformat.read("_build/sagemaker/two.ipynb", as_version=4).metadata
    assert metadata.kernelspec.name == "conda_pytorch"
    metadata = nbformat.read("_build/sagemaker_jax/two.ipynb", as_version=4).metadata
    assert metadata.kernelspec.name == "python3"
    assert "accelerator" not in metadata


def test_colab_gives_a_gpu_to_notebooks_that_use_one(hosted_book):
    book = hosted_book()
    book.write("three", "%%tab pytorch\nt = Trainer(num_gpus=1)", "%%tab jax\nnum_gpus_1 = 1")
    assert main(["build", "colab", "--tab", "all"]) == 0
    metadata = nbformat.read("_build/colab/three.ipynb", as_version=4).metadata
    assert metadata.accelerator == "GPU"
    assert metadata.colab == {
        "name": "three.ipynb",
        "provenance": [],
        "toc_visible": True,
        "gpuType": "T4",
    }
    for stage, page in (("colab_jax", "three"), ("colab", "two")):
        assert "accelerator" not in nbformat.read(f"_build/{stage}/{page}.ipynb", 4).metadata
    book.configure(tabs="pytorch, jax", more="[colab]\ngpu_pattern = x = [0-9]")
    assert main(["build", "colab"]) == 0
    assert nbformat.read("_build/colab/two.ipynb", as_version=4).metadata.accelerator == "GPU"


def test_hidden_code_and_outputs_are_hidden_there(hosted_book):
    book = hosted_book()
    book.write("three", "%%tab all\n#@hide_code\n1", "%%tab all\n# Hide outputs\n2", "%%tab all\n3")
    assert main(["build", "colab", "ipynb"]) == 0
    code, outputs = {"source_hidden": True}, {"outputs_hidden": True}
    metadata = [cell.metadata for cell in cells("ipynb", "three")[1:]]
    assert metadata == [{"jupyter": code}, {"jupyter": outputs}, {}]
    metadata = [cell.metadata for cell in cells("colab", "three")[1:]]
    assert metadata == [{"jupyter": code, "cellView": "form"}, {"jupyter": outputs}, {}]


LIBS = """
    libs = pytorch, d2l, -U 'd2l[pytorch]>=2,<3' "x y"
        jax, d2l, d2l[gpu,jax] torch>=2
"""


@pytest.fixture
def wheel(monkeypatch):
    """The name of a library's wheel that takes no time to build."""
    name = f"d2l-{d2l.__version__}-py3-none-any.whl"
    library = Library(d2l.__version__, frozenset(), {name: b"a wheel"})
    monkeypatch.setattr(Library, "at_hand", lambda: library)
    return name


@pytest.mark.parametrize("section", ["colab", "sagemaker"])
def test_the_library_lies_beside_notebooks_whose_address_is_known(
    hosted_book, wheel, capsys, section
):
    repos = "github_repo = pytorch, me/book\n        jax, me/book/tree/v1/a/b"
    hosted_book(more=f"[{section}]\n    {repos}\n{LIBS}")
    for stale in (section, f"{section}_jax"):
        Path("_build", stale).mkdir(parents=True)
        Path("_build", stale, "d2l-1.0.0-py3-none-any.whl").touch()
    assert main(["build", section, "--tab", "all"]) == 0
    assert "github_repo" not in capsys.readouterr().err
    raw = "https://raw.githubusercontent.com/me/book"
    assert sources(section)[2] == (
        f"%pip install --quiet -U 'd2l[pytorch] @ {raw}/HEAD/{wheel}' 'x y'"
    )
    assert sources(f"{section}_jax")[2] == (
        f"%pip install --quiet 'd2l[gpu,jax] @ {raw}/v1/a/b/{wheel}' 'torch>=2'"
    )
    for folder in (section, f"{section}_jax"):
        (lying,) = Path("_build", folder).glob("*.whl")
        assert (lying.name, lying.read_bytes()) == (wheel, b"a wheel")


def test_without_an_address_the_author_learns_that_pip_must_find_the_library(hosted_book, capsys):
    hosted_book(more=f"[colab]\ngithub_repo = pytorch, me/book\n{LIBS}\n[sagemaker]\nlibs = numpy")
    assert main(["build", "colab", "sagemaker", "--tab", "jax"]) == 0
    said = capsys.readouterr().err
    assert "[colab] github_repo doesn't say where the notebooks for JAX will be" in said
    assert f"the wheel of d2l {d2l.__version__}" in said
    assert "[sagemaker]" not in said
    assert not list(Path("_build").rglob("*.whl"))


@pytest.mark.parametrize("libs", ["d2l==1.0.3", "d2l, git+https://example.org/d2l", "d2l, ./d2l"])
def test_a_library_that_is_asked_for_by_name_stays(hosted_book, capsys, libs):
    hosted_book(more=f"[colab]\ngithub_repo = me/book\nlibs = {libs}")
    assert main(["build", "colab"]) == 0
    wanted = libs.rpartition(" ")[2]
    assert sources("colab")[2] == f"%pip install --quiet {wanted}"
    assert "github_repo" not in capsys.readouterr().err
    assert not list(Path("_build").rglob("*.whl"))


def test_a_released_library_is_taken_from_the_index(hosted_book, monkeypatch, capsys):
    monkeypatch.setattr("d2lbook.notebooks.hosts.source_tree", lambda: None)
    hosted_book(more="[colab]\ngithub_repo = pytorch, me/book")
    assert main(["build", "colab", "--tab", "all"]) == 0
    assert sources("colab")[2] == "%pip install --quiet 'd2l[pytorch]~=2.0'"
    assert "github_repo" not in capsys.readouterr().err


def test_notebooks_say_which_python_their_framework_takes(hosted_book):
    hosted_book(tabs="mxnet, jax")
    assert main(["build", "colab", "--tab", "all"]) == 0
    header = "The next cell installs what this notebook needs and Colab may lack."
    assert sources("colab")[1] == f"{header} It takes Python 3.11, no later one."
    assert sources("colab_jax")[1] == header


def test_figures_of_colab_lie_in_the_notebook_where_no_site_is_known(hosted_book):
    hosted_book()
    assert main(["build", "colab", "ipynb", "sagemaker"]) == 0
    data = f"data:image/svg+xml;base64,{base64.b64encode(FIGURE).decode()}"
    text = sources("colab")[0]
    assert f'<img src="{data}" alt="A figure" width="40">' in text
    assert f'![inline one]({data}), <img src="{data}">, a [page]' in text
    for stage in ("ipynb", "sagemaker"):
        text = sources(stage)[0]
        assert '<img src="../img/a%20b.svg" alt="A figure" width="40">' in text
        assert '![inline one](../img/a%20b.svg), <img src="../img/a%20b.svg">' in text
        assert "a [page](../two.ipynb), `![](x.svg)`." in text
        assert Path(f"_build/{stage}/img/a b.svg").read_bytes() == FIGURE


def test_figures_and_references_lead_to_the_site_where_it_is_known(hosted_book):
    book = hosted_book(more="[html]\nbase_url = https://example.org/b", html="")
    assert main(["build", "colab", "ipynb"]) == 0
    image = "https://example.org/b/_images/a%20b.svg"
    assert f'<img src="{image}" alt="A figure" width="40">' in sources("colab")[0]
    assert "a [page](https://example.org/b/two.html?tab=pytorch)" in sources("ipynb")[0]
    link = "https://example.org/b/chapter/one.html?tab=pytorch#sec-one"
    assert f"See [chapter/one]({link})." in sources("colab", "two")[0]
    assert "../img/a%20b.svg" in sources("ipynb")[0]
    assert "[*Tiny*](https://example.org/b/two.html?tab=pytorch)" in sources("ipynb", "two")[-1]
    book.configure(
        tabs="pytorch, jax",
        more="""
        [html]
        base_url = https://example.org/b
        [colab]
        replace_svg_url = img, https://example.org/figures/
        """,
    )
    assert main(["build", "colab"]) == 0
    assert "![inline one](https://example.org/figures/a%20b.svg)" in sources("colab")[0]


def test_notebooks_of_a_repository_lead_to_each_other(hosted_book):
    hosted_book(
        more="""
        [colab]
        github_repo = pytorch, me/book
        exclusions = chapter/*
        """
    )
    assert main(["build", "colab", "--tab", "all"]) == 0
    assert not Path("_build/colab/chapter").exists()
    toc = "https://colab.research.google.com/github/me/book/blob/HEAD/two.ipynb"
    assert f"- [two]({toc})" in sources("colab", "index")[0]
    assert "- two" in sources("colab_jax", "index")[0]


def test_links_to_hosts(hosted_book):
    book = hosted_book(
        more="""
        [colab]
        github_repo = pytorch, https://github.com/me/book.git
            jax, me/book/tree/v1/colab_jax
        exclusions = index.md
        [binder]
        github_repo = me/book/tree/main/_build/ipynb
        """
    )
    colab, binder = "https://colab.research.google.com/github", "https://mybinder.org/v2/gh"
    assert list(launches(load_config(book.root))) == [
        ("pytorch", "Colab", f"{colab}/me/book/blob/HEAD/{{page}}.ipynb", ("index.md",)),
        ("pytorch", "Binder", f"{binder}/me/book/main?labpath=_build/ipynb/{{page}}.ipynb", ()),
        ("jax", "Colab", f"{colab}/me/book/blob/v1/colab_jax/{{page}}.ipynb", ("index.md",)),
        ("jax", "Binder", f"{binder}/me/book/main?labpath=_build/ipynb/{{page}}.ipynb", ()),
    ]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("github_repo = somewhere", "[colab] github_repo: 'somewhere' is neither 'owner/name' nor"),
        ("gpu_pattern = (", "[colab] gpu_pattern: '(': missing ), unterminated subpattern"),
        ("libs = d2l, 'a", 'libs: "\'a": No closing quotation'),
    ],
)
def test_settings_that_make_no_sense_are_errors(hosted_book, capsys, setting, message):
    hosted_book(more=f"[colab]\n{setting}")
    assert main(["build", "colab"]) == 1
    assert f"config.ini: {message}" in capsys.readouterr().err


@pytest.mark.parametrize("tab", ["pytorch", "tensorflow", "jax", "mxnet"])
def test_this_book_installs_the_versions_that_the_library_supports(tab):
    """Those that setup.py names, under the names of packages that make use of a GPU."""
    config = load_config(Path(__file__).parents[2])
    (lib,) = libs(config.colab.libs, tab, config.tabs)
    library, *others = map(Requirement, lib.arguments)
    distribution = importlib.metadata.distribution("d2l")
    assert library.name == "d2l"
    assert distribution.version in library.specifier
    declared = [Requirement(text) for text in distribution.requires]
    extra = [one for one in declared if one.marker and one.marker.evaluate({"extra": tab})]
    wanted = {one.name.removesuffix("-cpu"): one.specifier for one in extra}
    if library.extras:
        assert library.extras == {tab}
    for one in others:
        assert one.specifier == wanted[one.name]


def test_a_repository_is_checked_when_links_are_made(hosted_book):
    book = hosted_book(more="[binder]\ngithub_repo = x y")
    with pytest.raises(BookError, match="neither 'owner/name'"):
        list(launches(load_config(book.root)))
