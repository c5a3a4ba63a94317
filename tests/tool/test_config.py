"""config.ini: every key of the ecosystem, warnings for the unknown, errors for nonsense."""

import dataclasses
import os

import pytest

from d2lbook.config import load_config
from d2lbook.errors import BookError, BookErrors, CallError

WHOLE = """\
[project]
name = mybook
title = My Book
author = A. Writer,
   B. Writer
copyright = 2026, 100% ours
release = 1.2
lang = de

[build]
index = ./start.md
notebooks = *.md chapter_*/*.md
non-notebooks = about.md
exclusions = README.md
  drafts/**
resources = img/ data.bib
dependencies = d2l
rsts = api/*.rst
eval_notebook = False
tabs = PyTorch, jax
source_dir = book
output_dir = out
warning_is_error = true
sphinx_extensions = sphinx.ext.a, sphinx.ext.b
sphinx_configs = a = 'Figure %%s'
    b = 2

[html]
header_links = PDF, https://x.org/a.pdf, fas fa-file,
               Code, https://x.org/code
favicon = f.png
html_logo = l.png
include_css = a.css b.css
include_js = a.js
base_url = https://x.org/book

[pdf]
main_font = M
sans_font = S
mono_font = T
post_latex = p.sh
latex_logo = l.pdf
bibfile = data.bib
style = nice

[library]
version_file = lib/__init__.py

[library-pytorch]
lib_file = lib/torch.py
lib_name = torch
simple_alias = ones, randn,
    concat -> cat
fluent_alias = reshape, numpy -> detach().numpy
alias = a = b
reverse_alias = d2l.size\\((\\w+)\\) -> \\1.numel()
    d2l.t\\((\\w+)\\) -> \\1.T

[colab]
github_repo = pytorch, me/book-pytorch
    jax, me/book-jax
libs = d2l
libs_header = Install
gpu_pattern = gpu
replace_svg_url = https://x.org
exclusions = index.md

[sagemaker]
github_repo = me/book
kernel = pytorch, conda_torch
libs = d2l
libs_header = Install

[binder]
github_repo = jax, me/book/tree/main/_build/ipynb_jax

[slides]
top_left = left
top_right = right
github_repo = jax, me/slides

[deploy]
s3_bucket = s3://x
[translation]
origin_repo = me/book
"""


@pytest.fixture
def read(tmp_path):
    (tmp_path / "book").mkdir()

    def write_and_load(text):
        (tmp_path / "config.ini").write_text(text, encoding="utf-8")
        return load_config(tmp_path)

    return write_and_load


def test_every_key_is_read(read, tmp_path):
    config = read(WHOLE)
    assert config.warnings == ()
    assert (config.name, config.lang, config.index) == ("mybook", "de", "start")
    assert config.author == "A. Writer,\nB. Writer"
    assert config.copyright == "2026, 100% ours"
    assert config.notebooks == ("*.md", "chapter_*/*.md")
    assert config.non_notebooks == ("about.md",)
    assert config.exclusions == ("README.md", "drafts/**")
    assert config.tabs == ("pytorch", "jax")
    assert (config.eval_notebook, config.warning_is_error) == (False, True)
    assert (config.source_dir, config.output_dir) == (tmp_path / "book", tmp_path / "out")
    assert config.sphinx_configs == "a = 'Figure %s'\nb = 2"
    assert [tuple(link) for link in config.html.header_links] == [
        ("PDF", "https://x.org/a.pdf", "fas fa-file"),
        ("Code", "https://x.org/code", ""),
    ]
    assert config.html.include_css == ("a.css", "b.css")
    assert config.html.base_url == "https://x.org/book/"
    assert dataclasses.asdict(config.pdf) == {
        "main_font": "M",
        "sans_font": "S",
        "mono_font": "T",
        "post_latex": "p.sh",
        "latex_logo": "l.pdf",
        "bibfile": "data.bib",
        "style": "nice",
    }
    assert config.version_file == "lib/__init__.py"
    assert config.colab.github_repo == {"pytorch": "me/book-pytorch", "jax": "me/book-jax"}
    assert config.sagemaker.github_repo == {"": "me/book"}
    assert config.binder.github_repo == {"jax": "me/book/tree/main/_build/ipynb_jax"}
    assert config.slides.github_repo == {"jax": "me/slides"}


def test_aliases_of_a_library(read):
    library = read(WHOLE).libraries["pytorch"]
    assert library.simple_alias == {"ones": "ones", "randn": "randn", "concat": "cat"}
    assert library.fluent_alias == {"reshape": "reshape", "numpy": "detach().numpy"}
    pairs = [(pattern.pattern, text) for pattern, text in library.reverse_alias]
    assert pairs == [(r"d2l.size\((\w+)\)", r"\1.numel()"), (r"d2l.t\((\w+)\)", r"\1.T")]


def test_an_empty_file_has_defaults(read, tmp_path):
    config = read("")
    assert (config.index, config.tabs, config.default_tab) == ("index", (), "")
    assert (config.source_dir, config.output_dir) == (tmp_path, tmp_path / "_build")
    assert (config.eval.timeout, config.eval.max_output_bytes) == (3600, 4 << 20)
    assert {config.eval.max_epochs, config.eval.dataset_limit, config.eval.max_side} == {None}
    assert read("[eval]\nmax_epochs =\ntimeout =\n").eval == config.eval


def test_a_byte_order_mark_is_welcome(tmp_path):
    (tmp_path / "config.ini").write_bytes(b"\xef\xbb\xbf[build]\r\ntabs = a, b\r\n")
    assert load_config(tmp_path).tabs == ("a", "b")


def test_unknown_keys_and_sections_are_warned_of_with_the_nearest(read):
    config = read(
        "[build]\nnotebook = x\nnon_notebooks = y\n\n[pfd]\na = b\n[library-jxa]\n[HTML]\n"
    )
    assert config.warnings == (
        "config.ini:2: [build] key 'notebook' is unknown; did you mean 'notebooks'?",
        "config.ini:5: [pfd] section is unknown; did you mean 'pdf'?",
        "config.ini:7: [library-jxa] no tab is named 'jxa'",
        "config.ini:8: [HTML] section is unknown; did you mean 'html'?",
    )
    assert config.non_notebooks == ("y",)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("[build]\ntabs = a, ..", "tabs: '..' names no tab"),
        ("[build]\ntabs = 'a', 'b'", "names no tab"),
        ("[build]\noutput_dir = .", "holds the sources"),
        ("[build]\noutput_dir = ../..", "holds the sources"),
        ("[project]\nname = ../b", "can't be the name of a file"),
    ],
)
def test_names_that_would_harm_other_files_are_errors(read, lines, words):
    with pytest.raises(BookError, match=r"^config\.ini:2: ") as caught:
        read(f"{lines}\n")
    assert words in str(caught.value)


def test_values_that_make_no_sense_are_errors_together(read):
    with pytest.raises(BookErrors) as caught:
        read(
            "[build]\neval_notebook = perhaps\ntabs = a, all\n[html]\nheader_links = x\n"
            "base_url = example.org\n"
            "[eval]\ntimeout = 0\nmax_epochs = 1.5\n[library-a]\nreverse_alias = (\n"
            "[colab]\nexclusions = a.md [z-a]*.md\n"
        )
    assert str(caught.value).splitlines() == [
        "config.ini:2: eval_notebook: 'perhaps' is neither True nor False",
        "config.ini:3: tabs: 'all' means every tab and can't name one",
        "config.ini:5: header_links: header link 'x' is not 'name, URL, icon'",
        "config.ini:6: base_url: 'example.org' is not an address like https://example.org/book/",
        "config.ini:8: timeout: '0' is not a whole number above zero",
        "config.ini:9: max_epochs: '1.5' is not a whole number above zero",
        "config.ini:11: reverse_alias: reverse alias '(' is not 'pattern -> replacement'",
        "config.ini:13: exclusions: '[z-a]*.md' is no glob: bad character range z-a",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tabs = a\n", "config.ini:1: 'tabs = a' comes before the first section"),
        ("[build\n", r"config.ini:1: '\[build' comes before the first section"),
        ("[build]\ntabs = a\ntabs = b\n", "config.ini:3: key 'tabs' is already in section"),
        ("[build]\n[build]\n", "config.ini:2: section .build. is already there"),
        ("[build]\nwhat is this\n", "config.ini:2: the line is neither"),
    ],
)
def test_what_is_no_ini_file_is_an_error_with_its_line(read, text, message):
    with pytest.raises(BookError, match=f"^{message}"):
        read(text)


def test_a_folder_without_one_is_a_wrong_call(tmp_path):
    with pytest.raises(CallError, match=r"no config\.ini"):
        load_config(tmp_path)


def test_tabs_that_a_call_means(read):
    config = read("[build]\ntabs = pytorch, jax\n")
    assert config.chosen_tabs(None) == ("pytorch",)
    assert config.chosen_tabs("JAX") == ("jax",)
    assert config.chosen_tabs("all") == ("pytorch", "jax")
    with pytest.raises(CallError, match="did you mean 'pytorch'"):
        config.chosen_tabs("pytroch")
    without = read("")
    assert without.chosen_tabs(None) == without.chosen_tabs("all") == ("",)
    with pytest.raises(CallError, match="the book has no tabs"):
        without.chosen_tabs("jax")


def test_folders_of_stages(read, tmp_path):
    config = read("[build]\ntabs = pytorch, jax\n")
    names = [config.stage_dir("eval", tab).name for tab in ("", "pytorch", "jax")]
    assert names == ["eval", "eval", "eval_jax"]


def test_globs(read, tmp_path):
    names = [
        "index.md", "README.md", "a/one.md", "a/one.txt", "a/b/two.md", "a/b/c/three.md",
        "drafts/four.md", "_build/five.md", ".hidden/six.md", "a/[x].md", "img/fig.svg",
    ]  # fmt: skip
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    def sources(notebooks, exclusions=""):
        config = read(f"[build]\nnotebooks = {notebooks}\nexclusions = {exclusions}\n")
        return " ".join(path.as_posix() for path in config.sources())

    assert sources("*.md") == "README.md index.md"
    assert sources("*.md */*.md", "README.md drafts/**") == "a/[x].md a/one.md index.md"
    assert sources("**/*.md", "drafts README.md a/*") == "index.md"
    assert sources("a/**/t*.md") == "a/b/c/three.md a/b/two.md"
    assert sources("./a/b/???.md a/[n-p]*.md") == "a/b/two.md a/one.md"
    assert sources("[!RX]*.md a/[!p-z]n*.md") == "a/one.md index.md"
    assert sources("a/[!]*.md a[!b]one.md []") == ""
    assert sources("a/[[]x[]].md") == "a/[x].md"
    resources = read("[build]\nresources = img/\nexclusions = img/**\n").resource_files()
    assert [path.as_posix() for path in resources] == ["img/fig.svg"]


def test_a_name_in_another_encoding_is_an_error(read, tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).touch()
    assert read("").sources() == ()
    with pytest.raises(BookError, match="isn't UTF-8"):
        read("[build]\nresources = *.txt\n").resource_files()


def test_a_folder_that_can_not_be_read_is_an_error_unless_it_is_excluded(
    read, tmp_path, monkeypatch
):
    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", refuse)
    (tmp_path / "locked").mkdir()
    (tmp_path / "a.md").touch()
    with pytest.raises(BookError, match=r"locked: can't be read: Permission denied; allow it, or"):
        read("[build]\nnotebooks = *.md\n").sources()
    for exclusions in ("locked", "locked/", "locked/**", "l*"):
        config = read(f"[build]\nnotebooks = *.md\nexclusions = {exclusions}\n")
        assert [path.name for path in config.sources()] == ["a.md"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[build]\nsource_dir = nowhere\n", "config.ini:2: source_dir: there is no folder "),
        (b"[project]\ntitle = \xff\n", "config.ini:2: byte 0xff is not UTF-8"),
        (None, "config.ini: can't be read: Is a directory"),
    ],
)
def test_what_can_not_be_read_is_an_error(tmp_path, content, message):
    path = tmp_path / "config.ini"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(BookError, match=f"^{message}"):
        load_config(tmp_path)
