"""The command line: ``main`` alone turns errors into exit statuses.

0: done. 1: the book has an error. 2: the call has one. 130: stopped by Ctrl-C.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TextIO

from d2l import __version__
from d2lbook.book import Book, load_book
from d2lbook.config import BookConfig, load_config
from d2lbook.errors import BookError, BookErrors, CallError, nearest
from d2lbook.stores import Stores

STOPPED = 130


class Build:
    """One call of ``d2lbook build``; its steps share the book, which is loaded once."""

    def __init__(self, config: BookConfig, options: argparse.Namespace):
        self.config = config
        self.options = options
        self.tabs = config.chosen_tabs(options.tab)

    @cached_property
    def book(self) -> Book:
        """The book, read and checked."""
        book = load_book(self.config, lenient=self.options.lenient)
        for warning in book.warnings:
            warn(warning.removeprefix("warning: "))
        return book

    @cached_property
    def stores(self) -> Stores:
        """The records of its notebooks."""
        return Stores.of(self.config, report=warn)


def build_eval(build: Build) -> None:
    """run the notebooks that lack a record, and store what they print and draw"""
    from d2lbook.evaluate import evaluate, summary
    from d2lbook.junit import write_junit

    options = build.options
    results = evaluate(
        build.book, build.stores, tabs=build.tabs, full=options.full, at_once=options.jobs
    )
    write_junit(build.config.output_dir / "eval.xml", results)
    folders = [build.config.stage_dir("eval", tab) for tab in build.tabs]
    print(summary(results))
    print(f"Notebooks: {', '.join(map(shown_path, folders))}")
    if errors := [result.error for result in results if result.error]:
        raise BookErrors(errors)


def build_html(build: Build) -> None:
    """build the site from the pages and their records; nothing is run"""
    from d2lbook import html

    site = shown_path(html.build(build.book, build.stores, report=warn))
    print(f"The site is in {site}: open {site}/{build.config.index}.html, or serve it with")
    print(f"    python3 -m http.server -d {site}")


def build_ipynb(build: Build) -> None:
    """write the notebooks of a tab as a reader gets them"""
    from d2lbook import notebooks

    folders = notebooks.build_ipynb(build.book, build.tabs)
    print(f"Notebooks: {', '.join(map(shown_path, folders))}")


def build_tabcheck(build: Build) -> None:
    """check that the pages name no unknown tab"""
    from d2lbook import checks

    print(f"tabcheck: {checks.tabcheck(build.config)}")


def build_outputcheck(build: Build) -> None:
    """check that the sources hold no outputs"""
    from d2lbook import checks

    print(f"outputcheck: {checks.outputcheck(build.config)}")


STEPS = {
    "eval": build_eval,
    "html": build_html,
    "ipynb": build_ipynb,
    "tabcheck": build_tabcheck,
    "outputcheck": build_outputcheck,
}
"""What can be built, in the order in which one makes use of another."""


def run_build(config: BookConfig, options: argparse.Namespace) -> None:
    """build parts of the book; several share their work"""
    if unknown := [what for what in options.what if what not in STEPS]:
        known = ", ".join(STEPS)
        raise CallError(f"can't build {unknown[0]!r} (only {known}){nearest(unknown[0], STEPS)}")
    build = Build(config, options)
    for what in dict.fromkeys(options.what):
        STEPS[what](build)


def run_clear(config: BookConfig, options: argparse.Namespace) -> None:
    """remove everything that was built; records are kept"""
    folder = config.output_dir.resolve()
    kept = (config.root.resolve(), config.source_dir.resolve())
    if kept[0] not in folder.parents or any(path.is_relative_to(folder) for path in kept):
        raise BookError(
            f"output_dir = {config.output_dir} isn't a folder of its own inside the book's, so it "
            "isn't removed: remove it yourself, or set another in section [build]",
            "config.ini",
        )
    if folder.exists():
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise BookError(f"can't be removed: {error.strerror}", folder) from None
        print(f"Removed {shown_path(folder)}")
    else:
        print(f"There is no {shown_path(folder)}: nothing to remove")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="d2lbook",
        description="Builds a book from tabbed Markdown, in the folder that holds its config.ini.",
    )
    top.add_argument("--version", action="version", version=f"d2lbook {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    build = commands.add_parser(
        "build",
        help=run_build.__doc__,
        description="WHAT is one or several of:\n"
        + "\n".join(f"  {name:<12} {step.__doc__}" for name, step in STEPS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    build.add_argument("what", nargs="+", metavar="WHAT")
    build.add_argument("--tab", metavar="TAB|all", help="instead of the default tab")
    build.add_argument("--full", action="store_true", help="run without the caps of config.ini")
    build.add_argument(
        "--jobs", type=positive, metavar="N", help="notebooks that run at once (a GPU or core each)"
    )
    build.add_argument(
        "--lenient", action="store_true", help="unresolved references are warnings, not errors"
    )
    build.set_defaults(run=run_build)
    clear = commands.add_parser("clear", help=run_clear.__doc__, description=run_clear.__doc__)
    clear.set_defaults(run=run_clear)
    return top


def positive(text: str) -> int:
    """Read a whole number above zero."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command in the current folder, and return its exit status."""
    try:
        options = parser().parse_args(argv)
        config = load_config(Path.cwd())
        for warning in config.warnings:
            warn(warning)
        options.run(config, options)
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    except BookError as error:
        for one in getattr(error, "errors", (error,)):
            complain(one)
        return 2 if isinstance(error, CallError) else 1
    except OSError as error:
        complain(BookError(error.strerror or str(error), error.filename))
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped; the records of the notebooks that had finished are kept.", file=sys.stderr
        )
        return STOPPED
    return 0


def warn(message: str) -> None:
    """Print a warning."""
    print(f"{painted('warning:', '33', sys.stderr)} {message}", file=sys.stderr)


def complain(error: BookError) -> None:
    """Print an error, its place first: a path as it is called from the current folder."""
    if error.path:
        error = BookError(error.message, shown_path(error.path), error.line)
    headline, *rest = str(error).split("\n")
    print("\n".join([painted(headline, "1;31", sys.stderr), *rest]), file=sys.stderr)


def painted(text: str, color: str, stream: TextIO) -> str:
    """Return text in a color if the stream is a terminal that may have one."""
    plain = not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{color}m{text}\x1b[0m"


def shown_path(path: Path) -> str:
    """Return a path as it is called from the current folder."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
