"""The command line: its help, its messages and its exit statuses."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest

from d2lbook import cli, steps
from d2lbook.cli import main, parser
from d2lbook.publish import html
from d2lbook.records.stores import Shown
from d2lbook.steps import STEPS


def test_help_documents_every_command(capsys):
    commands = parser()._subparsers._group_actions[0].choices
    assert main(["--help"]) == 0
    top = " ".join(capsys.readouterr().out.split())  # long lines are wrapped
    assert main(["build", "--help"]) == 0
    build = capsys.readouterr().out
    for name, command in commands.items():
        assert f"{name} {command.get_default('run').__doc__}" in top
        for action in command._actions:
            assert action.help or action.metavar == "WHAT", f"{name}: {action}"
    assert "in this order" in build
    places = [build.index(f"{name:<12} {step.__doc__}\n") for name, step in STEPS.items()]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["build"], "WHAT"),
        (["biuld"], "biuld"),
        (["build", "htlm"], "did you mean 'html'?"),
        (["build", "tabcheck", "htlm"], "did you mean 'html'?"),
        (["build", "tabcheck", "--tab", "pytorhc"], "did you mean 'pytorch'?"),
        (["build", "eval", "--jobs", "0"], "'0' is not a whole number above zero"),
    ],
)
def test_a_wrong_call_is_status_2_and_builds_nothing(tiny_book, capsys, arguments, words):
    tiny_book.configure(tabs="pytorch, jax")
    tiny_book.write("one")
    assert main(arguments) == 2
    assert words in capsys.readouterr().err
    assert not Path("_build").exists()


def test_a_folder_without_config_is_a_wrong_call(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["build", "html"]) == 2
    assert "config.ini" in capsys.readouterr().err


def test_all_errors_of_the_book_are_printed_in_order(tiny_book, capsys):
    tiny_book.write("b", words="See :numref:`nothing`.")
    tiny_book.write("a", words="See :numref:`nothing`.\n\n:cite:`nobody`")
    assert main(["build", "ipynb"]) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "a.md:3: label 'nothing' is not defined",
        "    3 | See :numref:`nothing`.",
        "a.md:5: citation 'nobody': the book has no bibliography; add :bibliography:`refs.bib`",
        "    5 | :cite:`nobody`",
        "b.md:3: label 'nothing' is not defined",
        "    3 | See :numref:`nothing`.",
        "3 errors in 2 files",
    ]
    assert captured.out == ""


def test_what_one_step_finds_hides_nothing_that_others_find(tiny_book, capsys):
    tiny_book.configure(tabs="a")
    tiny_book.write("one", "1 / 0", words="See :numref:`tow`.")
    tiny_book.write("two", words=":label:`two`")
    Path("three.ipynb").write_text('{"cells": [{"outputs": [1]}]}')
    whats = ["ipynb", "outputcheck", "eval", "tabcheck"]
    assert main(["build", *whats, "--lenient"]) == 1
    captured = capsys.readouterr()
    assert [line for line in captured.err.splitlines() if not line.startswith(" ")] == [
        "warning: one.md:3: label 'tow' is not defined; did you mean 'two'?",
        "one.md:6: ZeroDivisionError: division by zero in tab 'a', in this cell:",
        "three.ipynb: cell 1 holds outputs: clear them",
        "2 errors in 2 files, 1 warning",
    ]
    assert "tabcheck: 3 pages checked" in captured.out
    assert main(["build", *whats]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "one.md:3: label 'tow' is not defined; did you mean 'two'?",
        "    3 | See :numref:`tow`.",
        "three.ipynb: cell 1 holds outputs: clear them",
        "2 errors in 2 files",
    ]


def test_a_service_is_told_of_errors_and_warnings(tiny_book, capsys, monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    tiny_book.edit("config.ini", "title = Tiny", "titel = Tiny")
    tiny_book.write("one", words="See :numref:`tow`.")
    assert main(["build", "ipynb"]) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("::")]
    assert told[0].startswith("::warning file=config.ini,line=3::[project] key 'titel' is unknown")
    assert told[1:] == ["::error file=one.md,line=3::label 'tow' is not defined"]


def test_lenient_turns_references_into_warnings(tiny_book, capsys):
    tiny_book.write("a", words="See :numref:`nothing`.")
    assert main(["build", "ipynb", "--lenient"]) == 0
    assert capsys.readouterr().err.startswith("warning: a.md:3")


def test_unknown_keys_of_the_configuration_are_warned_of(tiny_book, capsys):
    tiny_book.edit("config.ini", "title = Tiny", "titel = Tiny")
    tiny_book.write("a")
    assert main(["build", "tabcheck"]) == 0
    error = capsys.readouterr().err
    assert error.startswith("warning: ")
    assert "title" in error


def test_the_module_is_the_command(tiny_book):
    command = [sys.executable, "-m", "d2lbook", "build", "ipynb"]
    assert subprocess.run(command, capture_output=True).returncode == 1
    tiny_book.write("a")
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_checks_of_the_sources(tiny_book, capsys):
    tiny_book.configure(tabs="a")
    tiny_book.write("one", "%%tab b\nx")
    assert main(["build", "tabcheck"]) == 1
    assert "one.md:6" in capsys.readouterr().err
    Path("two.ipynb").write_text('{"cells": [{"outputs": [1]}]}')
    assert main(["build", "outputcheck"]) == 1
    assert "two.ipynb" in capsys.readouterr().err
    tiny_book.write("one", "%%tab a\nx")
    Path("two.ipynb").unlink()
    assert main(["build", "tabcheck", "outputcheck"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "tabcheck: 2 pages checked, no unknown tab (tabs: a)",
        "outputcheck: 2 pages and 0 notebooks checked, no outputs",
    ]


def test_outputs_in_lists_and_quotations_are_found(tiny_book, capsys):
    nested = "```{.json .output n=1}"
    tiny_book.write("one", words=f"1. One\n\n   {nested}\n   [1]\n   ```\n\n> {nested}\n> 1\n> ```")
    assert main(["build", "outputcheck"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert [line.partition(" ")[0] for line in errors if line[0] != " "] == [
        "one.md:5:",
        "one.md:9:",
        "2",
    ]


def test_the_site_is_announced(tiny_book, capsys, monkeypatch):
    tiny_book.write("one")
    site = tiny_book.root / "_build" / "html"
    monkeypatch.setattr(html, "build", lambda *inputs, report: site)
    assert main(["build", "html"]) == 0
    assert capsys.readouterr().out == "The site is in _build/html: open _build/html/index.html\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["build", "html"]) == 0
    assert "d2lbook serve" in capsys.readouterr().out


def test_pages_to_renew_are_listed(shelf_of_records):
    assert list(html.to_renew(shelf_of_records)) == [
        "one.md: there is no record of it in JAX: shown without outputs",
        "one.md: the library has changed since its record in PyTorch was made",
        "two.md: there is no record of it: shown without outputs",
    ]


@pytest.fixture
def shelf_of_records():
    """What each page shows in each tab: nothing, a dated record, or today's."""
    return {
        "one.md": {
            "pytorch": Shown(None, dated=True),
            "jax": None,
            "mxnet": Shown(None, dated=False),
        },
        "two.md": {"": None},
    }


def test_several_targets_load_the_book_once(tiny_book, capsys, monkeypatch):
    tiny_book.write("one", "1")
    loaded = []
    load = steps.load_book
    monkeypatch.setattr(
        steps, "load_book", lambda config, **options: loaded.append(1) or load(config, **options)
    )
    assert main(["build", "ipynb", "eval", "ipynb"]) == 0
    assert loaded == [1]
    assert Path("_build/eval/one.ipynb").exists()
    assert Path("_build/ipynb/one.ipynb").exists()


def test_a_reader_that_is_gone_ends_a_command_without_a_word(tiny_book):
    tiny_book.write("one")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "d2lbook", "build", "tabcheck"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_clear_removes_what_was_built_and_nothing_else(tiny_book, capsys):
    tiny_book.write("one", "1")
    assert main(["build", "ipynb"]) == 0
    capsys.readouterr()
    assert main(["clear"]) == 0
    assert not Path("_build").exists()
    assert Path("one.md").exists()
    assert main(["clear"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Removed _build",
        "There is no _build: nothing to remove",
    ]


@pytest.mark.parametrize("folder", [".", "..", "/", "../elsewhere", "source", "a/../.."])
def test_clear_refuses_folders_that_hold_more(tiny_book, capsys, folder):
    Path("source").mkdir()
    Path("a").mkdir()
    tiny_book.edit("config.ini", "[build]", f"[build]\nsource_dir = source\noutput_dir = {folder}")
    assert main(["clear"]) == 1
    assert "output_dir" in capsys.readouterr().err
    assert Path("source").exists()
    assert Path("config.ini").exists()


def test_a_folder_that_can_not_be_written_is_one_message(tiny_book, capsys):
    tiny_book.write("one", "1")
    Path("_build").write_text("")
    assert main(["build", "ipynb"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("_build/ipynb/index.ipynb: can't be written")
    assert "Traceback" not in error


def test_a_folder_that_can_not_be_removed_is_one_message(tiny_book, capsys, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", "eval.xml")

    Path("_build").mkdir()
    monkeypatch.setattr(cli.shutil, "rmtree", refuse)
    assert main(["clear"]) == 1
    assert capsys.readouterr().err == "_build: can't be removed: Permission denied\n"


def test_output_that_is_no_terminal_has_no_control_codes(tiny_book):
    tiny_book.write("one", "print('hello')")
    tiny_book.write("two", "1 / 0")
    command = [sys.executable, "-m", "d2lbook", "build", "eval"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout + done.stderr
    assert "/2] one.md: ran" in done.stdout


def test_notebooks_for_readers_have_words_in_place_of_roles(tiny_book):
    (tiny_book.root / "refs.bib").write_text("@book{k1, title={T}, author={A}, year={1}}\n")
    tiny_book.configure(tabs="a, b")
    tiny_book.write(
        "chapter/one",
        "%%tab a\n#@save\nx = 1",
        "%%tab b\ny = 1",
        words="""
:label:`sec_one`

[**Bold**] words of :citet:`k1` on :numref:`sec_two` and :eqref:`eq_one`.

$$x = 1$$
:eqlabel:`eq_one`

:begin_tab:`b`
Only in b.
:end_tab:

:The caption
|a|b|
|-|-|
|1|2|
:label:`tab_one`

:bibliography:`../refs.bib`
""",
    )
    tiny_book.write("two", words=":label:`sec_two`\n\nText; see :ref:`tab_one`.")
    assert main(["build", "ipynb", "--tab", "all"]) == 0
    notebook = nbformat.read("_build/ipynb/chapter/one.ipynb", as_version=4)
    nbformat.validate(notebook)
    text, code = notebook.cells
    assert "Bold words of A (1) on [two](../two.ipynb) and (1)." in text.source
    assert r"$$x = 1 \tag{1}$$" in text.source
    assert "**Table\N{NO-BREAK SPACE}1.** The caption\n\n|a|b|" in text.source
    assert text.source.endswith("\n\n- A. T. 1.")
    assert ":" + "label" not in text.source
    assert "Only in b" not in text.source
    assert code.source == "x = 1"
    other = Path("_build/ipynb_b/chapter/one.ipynb").read_text()
    assert "Only in b" in other
    assert "y = 1" in other
    assert "[The caption](chapter/one.ipynb)" in Path("_build/ipynb/two.ipynb").read_text()


def test_notebooks_link_only_pages_that_their_tab_has(tiny_book):
    tiny_book.configure(tabs="a, b")
    tiny_book.write("one", "%%tab a\n1", words=":label:`sec_one`")
    tiny_book.write("two", words="See :numref:`sec_one`.\n\n````text\n```\n````")
    toc = "# Tiny\n\n```toc\none\nTwo, *that* is <two.md>\nElsewhere <https://example.org>\n```\n"
    Path("index.md").write_text(toc)
    assert main(["build", "ipynb", "--tab", "all"]) == 0
    there, elsewhere = "- [Two, *that* is](two.ipynb)", "- [Elsewhere](https://example.org)"
    assert text_of("ipynb/index") == f"# Tiny\n\n- [one](one.ipynb)\n{there}\n{elsewhere}"
    assert text_of("ipynb_b/index") == f"# Tiny\n\n- one\n{there}\n{elsewhere}"
    assert text_of("ipynb/two") == "# two\n\nSee [one](one.ipynb).\n\n````text\n```\n````"
    assert text_of("ipynb_b/two").startswith("# two\n\nSee one.")


@pytest.mark.parametrize("stage", ["ipynb", "eval"])
def test_notebooks_of_pages_that_are_gone_are_removed(tiny_book, stage):
    tiny_book.configure(tabs="a, b")
    tiny_book.write("one", "%%tab all\n1")
    assert main(["build", "ipynb", "--tab", "all"]) == 0
    tiny_book.write("one", "%%tab a\n1")
    tiny_book.write("two")
    Path(f"_build/{stage}").mkdir(exist_ok=True)
    Path(f"_build/{stage}/gone.ipynb").write_text("{}")
    assert main(["build", stage, "--tab", "all"]) == 0
    assert names(stage) == ["index", "one", "two"]
    assert names(f"{stage}_b") == ["index", "two"]


def text_of(notebook):
    """The one Markdown cell of a notebook that was built."""
    (cell,) = nbformat.read(f"_build/{notebook}.ipynb", as_version=4).cells
    return cell.source


def names(stage):
    return sorted(path.stem for path in Path("_build", stage).iterdir())


def test_the_version_is_that_of_the_package(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"d2lbook {version('d2l')}\n"
