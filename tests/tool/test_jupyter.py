"""The contents manager and the kernels that JupyterLab is given, without a server."""

import asyncio
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import NoSuchKernel
from tornado.web import HTTPError
from traitlets import import_item

from d2lbook.cli import main
from d2lbook.config import load_config
from d2lbook.live.jupyter import ChapterManager, TabKernelSpecManager, lab_arguments

TEXT = "# Nets\r\n\r\n```{.python .input  n=7}\r\nprint(1)\r\n```"
PAGE = "chapter/net.md"


@pytest.fixture
def book(tiny_book):
    """A book whose default tab has an environment of its own."""
    python = tiny_book.root / "envs" / "jax" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    tiny_book.configure(tabs="jax, pytorch", settings="python = envs/{tab}/bin/python")
    tiny_book.edit("config.ini", "[build]", "[build]\nexclusions = README.md")
    tiny_book.write("chapter/net")
    Path(PAGE).write_bytes(TEXT.encode())
    Path("README.md").write_text("# Read me\n")
    return tiny_book


@pytest.fixture
def manager(book):
    """A contents manager of the book's folder that leaves deleted files in no trash."""
    return ChapterManager(root_dir=str(book.root), delete_to_trash=False)


def run(coroutine):
    return asyncio.run(coroutine)


def test_pages_are_notebooks_and_other_files_are_not(manager):
    types = {m["name"]: m["type"] for m in run(manager.get("", content=True))["content"]}
    assert types["index.md"] == "notebook"
    assert types["README.md"] == types["config.ini"] == "file"
    model = run(manager.get(PAGE))
    assert model["type"] == "notebook"
    assert model["content"].metadata.kernelspec.name == "d2l-jax"
    assert [cell.cell_type for cell in model["content"].cells] == ["markdown", "code"]
    assert all(c.metadata.trusted for c in model["content"].cells if c.cell_type == "code")
    assert "message" not in model
    assert run(manager.get(PAGE, type="file"))["content"] == TEXT
    assert run(manager.get("README.md", type="notebook"))["content"].cells[0].source == "# Read me"


def test_saving_writes_what_was_edited_and_nothing_else(manager):
    model = run(manager.get(PAGE))
    before = Path(PAGE).stat().st_mtime_ns
    code = model["content"].cells[1]
    code.outputs = [{"output_type": "stream", "name": "stdout", "text": "1\n"}]
    code.execution_count = 3
    saved = run(manager.save(model, PAGE))
    assert saved["type"] == "notebook"
    assert saved["content"] is None
    assert Path(PAGE).stat().st_mtime_ns == before
    code.source = "print(2)"
    assert "message" not in run(manager.save(model, PAGE))
    assert Path(PAGE).read_bytes() == TEXT.replace("(1)", "(2)").encode()
    run(manager.save({"type": "file", "format": "text", "content": TEXT}, PAGE))
    assert Path(PAGE).read_bytes() == TEXT.encode()


def test_checkpoints_copies_and_new_names_keep_every_byte(manager):
    model = run(manager.get(PAGE))
    checkpoint = run(manager.create_checkpoint(PAGE))
    model["content"].cells[0].source = "# Others"
    run(manager.save(model, PAGE))
    run(manager.restore_checkpoint(checkpoint["id"], PAGE))
    assert Path(PAGE).read_bytes() == TEXT.encode()
    copy = run(manager.copy(PAGE, "chapter"))
    assert Path(copy["path"]).read_bytes() == TEXT.encode()
    run(manager.rename(PAGE, "chapter/other.md"))
    assert Path("chapter/other.md").read_bytes() == TEXT.encode()
    run(manager.delete("chapter/other.md"))
    assert not Path("chapter/other.md").exists()


def test_a_new_page_and_a_notebook_saved_as_a_page(manager):
    new = run(manager.new_untitled("chapter", type="file", ext=".md"))
    assert new["type"] == "notebook"
    empty = run(manager.get(new["path"]))
    assert empty["content"].cells == []
    plain = run(manager.new_untitled("", type="notebook"))
    assert plain["path"].endswith(".ipynb")
    model = run(manager.get(PAGE))
    run(manager.save(model, "as.ipynb"))
    model = run(manager.get("as.ipynb"))
    run(manager.save(model, "chapter/as.md"))
    assert Path("chapter/as.md").read_bytes() == TEXT.encode()


def test_what_can_not_be_read_or_written_is_said(manager):
    model = run(manager.get(PAGE))
    model["content"].cells[0]["attachments"] = {"a.png": {"image/png": "AAAA"}}
    with pytest.raises(HTTPError, match="cell 1 holds a picture"):
        run(manager.save(model, PAGE))
    model["content"].cells[0].update(attachments={}, source="\ud83d")
    with pytest.raises(HTTPError, match=r"cell 1 holds .* half of a character"):
        run(manager.save(model, PAGE))
    assert Path(PAGE).read_bytes() == TEXT.encode()
    Path(PAGE).write_bytes(b"\xff")
    with pytest.raises(HTTPError, match="is not UTF-8"):
        run(manager.get(PAGE))


def test_without_a_sound_book_files_are_files(tmp_path):
    (tmp_path / "a.md").write_text("# A\n")
    manager = ChapterManager(root_dir=str(tmp_path))
    assert run(manager.get("a.md"))["type"] == "file"
    (tmp_path / "config.ini").write_text("nonsense")
    assert run(manager.get("a.md"))["type"] == "file"
    assert run(manager.get("a.md", type="notebook"))["content"].cells[0].source == "# A"


def test_tabs_with_an_environment_are_kernels(book):
    manager = TabKernelSpecManager(root_dir=str(book.root))
    assert "d2l-jax" in manager.get_all_specs()
    assert "python3" in manager.get_all_specs()
    spec = manager.get_kernel_spec("d2l-jax")
    assert spec.display_name == "JAX"
    assert spec.argv[0] == str(book.root / "envs/jax/bin/python")
    assert spec.env == {"D2LBOOK_TAB": "jax", "D2LBOOK_DEFAULT_TAB": "jax"}
    with pytest.raises(NoSuchKernel):
        manager.get_kernel_spec("d2l-pytorch")


def test_jupyterlab_is_told_of_the_book(book):
    arguments = lab_arguments(load_config(book.root), page="chapter/a b.md", tab="jax")
    assert f"--ServerApp.root_dir={book.root}" in arguments
    assert "--LabApp.default_url=/lab/tree/chapter/a%20b.md" in arguments
    assert any("'d2lbookOthers': ['README.md']" in argument for argument in arguments)
    named = [argument.partition("=")[2] for argument in arguments if "=d2lbook." in argument]
    assert [import_item(name) for name in named] == [ChapterManager, TabKernelSpecManager]


@pytest.mark.parametrize("arguments", [["none.md"], ["../x.md"], ["--tab", "nothing"]])
def test_wrong_calls_start_nothing(book, capsys, arguments):
    (book.root.parent / "x.md").write_text("# X\n")
    assert main(["lab", *arguments]) == 2
    assert capsys.readouterr().err
