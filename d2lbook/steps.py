"""The steps of ``d2lbook build``: what can be built, each a function of one call."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from d2lbook.book.whole import Book, load_book
from d2lbook.config import BookConfig
from d2lbook.console import print_diff, shown_path
from d2lbook.errors import BookError, BookErrors, counted
from d2lbook.records.stores import Stores

if TYPE_CHECKING:
    from d2lbook.publish.editions import Editions


class Build:
    """One call of ``d2lbook build``; its steps share the book, which is loaded once."""

    def __init__(self, config: BookConfig, options: argparse.Namespace):
        self.config = config
        self.options = options
        self.tabs = config.chosen_tabs(options.tab)
        self.warn, self.fail = options.warn, options.fail
        """Keep a warning, or an error, until the command ends or is stopped."""
        self._done: set[str] = set()

    def run(self, names: Iterable[str]) -> None:
        """Run steps, each once and in the order of `STEPS`.

        Raises:
            BookErrors: what all of them find wrong.
        """
        errors: list[BookError] = []
        wanted = frozenset(names)
        for name, step in STEPS.items():
            if name in wanted - self._done:
                self._done.add(name)
                try:
                    step(self)
                except BookError as error:  # which must not hide what the other steps find
                    self.fail(error)
                    errors.append(error)
        if errors:
            raise BookErrors(errors)

    @property
    def book(self) -> Book:
        """The book, read and checked; raises BookError where it has a mistake."""
        if isinstance(self._loaded, BookError):
            raise self._loaded
        return self._loaded

    @cached_property
    def _loaded(self) -> Book | BookError:
        try:
            book = load_book(self.config, lenient=self.options.lenient)
        except BookError as error:
            return error
        for warning in book.warnings:
            self.warn(warning)
        return book

    @cached_property
    def stores(self) -> Stores:
        """The records of its notebooks."""
        return Stores(self.config, report=self.warn)

    @contextmanager
    def editions(self) -> "Iterator[Editions]":
        """What builds a book for one tab at a time, as long as it is needed."""
        from d2lbook.publish.editions import Editions
        from d2lbook.publish.sphinx import Sphinx

        with Sphinx() as sphinx:
            yield Editions(self.book, self.stores, sphinx, report=self.warn)


def build_eval(build: Build) -> None:
    """run the notebooks that lack a record, and store what they print and draw; or --check these"""
    from d2lbook.run.evaluate import evaluate, summary
    from d2lbook.run.junit import write_junit

    options = build.options
    if options.check:
        print(f"eval: {check_records(build)}")
        return
    results = evaluate(
        build.book,
        build.stores,
        tabs=build.tabs,
        full=options.full,
        at_once=options.jobs,
        fail=build.fail,
    )
    write_junit(build.config.output_dir / "eval.xml", results)
    folders = [build.config.stage_dir("eval", tab) for tab in build.tabs]
    print(summary(results))
    print(f"Notebooks: {', '.join(map(shown_path, folders))}")
    if errors := [result.error for result in results if result.error]:
        raise BookErrors(errors)


def check_records(build: Build) -> str:
    """Check that every notebook has a record, and say how many they are."""
    from d2lbook.checks import recordcheck

    return recordcheck(build.book, build.stores, build.tabs, full=build.options.full)


def build_html(build: Build) -> None:
    """build the site from the pages and their records; nothing is run"""
    from d2lbook.publish import html
    from d2lbook.publish.sphinx import Sphinx

    with Sphinx() as sphinx:
        site = shown_path(html.build(build.book, build.stores, sphinx, report=build.warn))
    print(f"The site is in {site}: open {site}/{build.config.index}.html")
    if sys.stdout.isatty():  # an author's, not a service's
        print("To have it in view while you write: d2lbook serve")


def build_pdf(build: Build) -> None:
    """build the PDF of a tab: the book in print, with that tab's code and outputs"""
    from d2lbook.publish import pdf

    with build.editions() as editions:
        files = pdf.build(editions, build.tabs)
    print(f"PDF: {', '.join(map(shown_path, files))}")


def build_epub(build: Build) -> None:
    """build the EPUB of a tab: the book for e-readers, likewise"""
    from d2lbook.publish import epub

    with build.editions() as editions:
        files = epub.build(editions, build.tabs)
    print(f"EPUB: {', '.join(map(shown_path, files))}")


def build_ipynb(build: Build) -> None:
    """write the notebooks of a tab as a reader gets them"""
    from d2lbook.notebooks import ipynb

    folders = ipynb.build_ipynb(build.book, build.stores, build.tabs)
    print(f"Notebooks: {', '.join(map(shown_path, folders))}")


def build_colab(build: Build) -> None:
    """write the notebooks of a tab for Colab: they install what they need, and ask for a GPU"""
    from d2lbook.notebooks import hosts

    folders = hosts.build("colab", build.book, build.stores, build.tabs, report=build.warn)
    print(f"Notebooks for Colab: {', '.join(map(shown_path, folders))}")


def build_sagemaker(build: Build) -> None:
    """write the notebooks of a tab for SageMaker: they install what they need"""
    from d2lbook.notebooks import hosts

    folders = hosts.build("sagemaker", build.book, build.stores, build.tabs, report=build.warn)
    print(f"Notebooks for SageMaker: {', '.join(map(shown_path, folders))}")


def build_pkg(build: Build) -> None:
    """zip the notebooks of every tab, or those of --tab, with all that they need to run"""
    from d2lbook.notebooks import bundle

    tabs = build.tabs if build.options.tab else build.config.all_tabs
    files = bundle.build(build.book, build.stores, tabs)
    print(f"Bundles: {', '.join(map(shown_path, files))}")


def build_slides(build: Build) -> None:
    """write the decks of a tab from the slide marks; nothing is run"""
    from d2lbook.slides import reveal
    from d2lbook.slides.marks import unclosed_marks

    for page in build.book.pages:
        for warning in unclosed_marks(page):
            build.warn(warning)
    folder, count = reveal.build(build.book, build.stores, build.tabs)
    if count:
        print(f"Slides: {counted(count, 'deck')}, listed in {shown_path(folder)}/index.html")
    else:
        print("Slides: none, since no page says [**what begins a slide**]")


def build_lib(build: Build) -> None:
    """write the library files from the cells marked #@save; --check only compares"""
    from d2lbook.library.files import check, generate, tabs_with_library, write

    files = generate(build.book, tabs_with_library(build.config, build.tabs))
    for warning in (one for file in files for one in file.warnings):
        build.warn(warning)
    if build.options.check:
        for file in files:
            print_diff(file.diff)
        print(f"lib: {check(files)}")
    else:
        print(f"lib: {write(files, build.config.root)}")


def build_tabcheck(build: Build) -> None:
    """check that the pages name no unknown tab"""
    from d2lbook import checks

    print(f"tabcheck: {checks.tabcheck(build.config)}")


def build_outputcheck(build: Build) -> None:
    """check that the sources hold no outputs"""
    from d2lbook import checks

    print(f"outputcheck: {checks.outputcheck(build.config)}")


def build_linkcheck(build: Build) -> None:
    """ask every link on the web whether it answers, once a week"""
    from d2lbook.book.linkcheck import check
    from d2lbook.book.links import links_of

    said = check(
        links_of(build.book),
        build.config.linkcheck,
        build.config.output_dir / "linkcheck.json",
        fresh=build.options.fresh,
        warn=build.warn,
    )
    print(f"linkcheck: {said}")


def build_rst(build: Build) -> None:
    """write what Sphinx reads, for other builders of Sphinx; html needs no such step"""
    from d2lbook.publish import html
    from d2lbook.tree import changes

    folder = build.config.stage_dir("rst")
    shown = html.shown_records(build.book, build.stores)
    changes(folder, html.staged(build.book, shown, folder)).make()
    print(f"The sources for Sphinx are in {shown_path(folder)}")


def build_merge(build: Build) -> None:
    """nothing: html and rst put the tabs of a page together themselves"""
    print("merge: there is nothing to do: html and rst put the tabs of a page together themselves")


def build_all(build: Build) -> None:
    """everything that needs no network, for all of the book's tabs if no --tab is given"""
    if build.options.tab is None:
        build.tabs = build.config.all_tabs
    files = [library.lib_file for library in build.config.libraries.values()]
    without = {"linkcheck", "rst", "merge", "all"} | (set() if any(files) else {"lib"})
    build.run(name for name in STEPS if name not in without)


STEPS: dict[str, Callable[[Build], None]] = {
    "all": build_all,
    "tabcheck": build_tabcheck,
    "outputcheck": build_outputcheck,
    "lib": build_lib,
    "eval": build_eval,
    "pkg": build_pkg,
    "pdf": build_pdf,
    "epub": build_epub,
    "slides": build_slides,
    "html": build_html,
    "ipynb": build_ipynb,
    "colab": build_colab,
    "sagemaker": build_sagemaker,
    "linkcheck": build_linkcheck,
    "rst": build_rst,
    "merge": build_merge,
}
"""What can be built, in the order in which it is: one makes use of what others before it do."""
