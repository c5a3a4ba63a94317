"""The fingerprint follows the code that cells import, and nothing else."""

import ast

import pytest

from d2lbook.library.files import MARK
from d2lbook.records import fingerprint
from d2lbook.records.fingerprint import Fingerprints, bare, outline

CELLS = ["%matplotlib inline\nfrom lib import torch as d2l", "import numpy as np"]


@pytest.fixture
def library(tmp_path):
    """A library of two editions, in the folder of a book."""
    files = {
        "lib/__init__.py": '"""The library."""\n__version__ = "1.0"\n',
        "lib/common.py": "LIMIT = 1\n",
        "lib/torch/__init__.py": "from lib.torch.fit import fit as fit\n",
        "lib/torch/fit.py": 'from .. import common\n\ndef fit():\n    """Fit."""\n    return 1\n',
        "lib/jax/__init__.py": "from lib.jax.fit import fit as fit\n",
        "lib/jax/fit.py": "def fit():\n    return 1\n",
        "unrelated.py": "x = 1\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def taken(root, cells=CELLS):
    return Fingerprints(root).of(cells, root)


@pytest.mark.parametrize(
    ("name", "old", "new", "same"),
    [
        ("lib/torch/fit.py", "return 1", "return 2", False),
        ("lib/common.py", "1", "2", False),
        ("lib/torch/fit.py", "return 1", "return 1  # one", True),
        ("lib/torch/fit.py", "return 1", "return (\n        1)", True),
        ("lib/torch/fit.py", "Fit.", "Fit a model.", True),
        ("lib/__init__.py", "1.0", "1.1", True),
        ("lib/jax/fit.py", "return 1", "return 2", True),
        ("unrelated.py", "1", "2", True),
    ],
)
def test_edits_of_code_count_and_others_do_not(library, name, old, new, same):
    before = taken(library)
    path = library / name
    path.write_text(path.read_text().replace(old, new))
    assert (taken(library) == before) is same


def test_a_new_file_of_the_edition_counts(library):
    before = taken(library)
    (library / "lib/torch/more.py").write_text("y = 1\n")
    assert taken(library) != before


def test_cells_that_import_nothing_of_ours_have_none(library):
    assert taken(library, ["import numpy", "%%bash\nimport lib", "!ls", "not python"]) == ""


def test_modules_beside_the_page_and_what_they_import_count(library):
    chapter = library / "chapter"
    chapter.mkdir()
    (chapter / "helpers.py").write_text("import lib.common\n")
    before = Fingerprints(library).of(["import helpers"], chapter)
    (library / "lib/common.py").write_text("LIMIT = 2\n")
    assert Fingerprints(library).of(["import helpers"], chapter) != before


def test_the_installed_library_counts_where_the_book_has_none(tmp_path):
    d2l = Fingerprints(tmp_path).of(["import d2l"], tmp_path)
    assert d2l
    assert Fingerprints(fingerprint.LIBRARY_FOLDER).of(["import d2l"], tmp_path) == d2l
    assert Fingerprints(tmp_path).of(["import d2lbook"], tmp_path) == ""


@pytest.fixture
def saved(library):
    """The library, with a file that was generated from the chapters."""
    (library / "lib/torch/chapters.py").write_text(
        f"SCALE = 1\n# {MARK}\nfrom math import sqrt\n\n"
        "def root(x):\n    return sqrt(x)\n\nclass Block:\n    width = root(4)\n\n"
        "def other():\n    return 1\n"
    )
    (library / "lib/torch/__init__.py").write_text(
        "from lib.torch.fit import fit as fit\nfrom lib.torch.chapters import Block as Block\n"
    )
    return library


@pytest.mark.parametrize(
    ("name", "old", "new", "same"),
    [
        ("chapters.py", "return 1", "return 2", True),
        ("chapters.py", "def other", "def another", True),
        ("chapters.py", "from math import sqrt", "from math import sqrt, pi", False),
        ("chapters.py", "from math", "import cmath\nfrom math", True),
        ("chapters.py", "root(4)", "root(9)", False),
        ("chapters.py", "sqrt(x)", "sqrt(2 * x)", False),
        ("chapters.py", "SCALE = 1", "SCALE = 2", False),
        ("__init__.py", "\nfrom", "\nfrom lib.torch.chapters import other as other\nfrom", True),
        ("__init__.py", "import fit as fit", "import fit as train", False),
    ],
)
def test_of_what_is_generated_only_what_cells_use_counts(saved, name, old, new, same):
    cells = [*CELLS, "net = d2l.Block()"]
    before = taken(saved, cells)
    path = saved / "lib/torch" / name
    path.write_text(path.read_text().replace(old, new))
    assert (taken(saved, cells) == before) is same


def test_what_the_rest_of_the_library_uses_of_the_generated_counts(saved):
    (saved / "lib/torch/fit.py").write_text("from lib.torch import chapters\nchapters.other()\n")
    before = taken(saved)
    path = saved / "lib/torch/chapters.py"
    path.write_text(path.read_text().replace("return 1", "return 2"))
    assert taken(saved) != before


def test_a_file_that_is_no_python_counts_by_its_text(library):
    (library / "lib/torch/fit.py").write_text("def fit(:\n")
    before = taken(library)
    (library / "lib/torch/fit.py").write_text("def fit(::\n")
    assert taken(library) != before


def test_an_outline_has_no_field_that_is_empty():
    tree = ast.parse("def f(a, *, b=None):\n    'Doc.'\n    return [None, {}]")
    text = repr(outline(bare(tree)))
    assert "type_params" not in text
    assert "Doc." not in text
    assert outline(ast.parse("x = [None]")) != outline(ast.parse("x = []"))
