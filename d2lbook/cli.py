"""The command line: ``main`` alone turns errors into exit statuses.

0: done. 1: the book has an error. 2: the call has one. 130: stopped by Ctrl-C.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from d2l import __version__
from d2lbook.config import BookConfig, load_config
from d2lbook.console import Listing, shown_path
from d2lbook.errors import BookError, BookErrors, CallError, nearest
from d2lbook.steps import STEPS, Build

STOPPED = 130


def run_build(config: BookConfig, options: argparse.Namespace) -> None:
    """build parts of the book; several share their work"""
    if unknown := [what for what in options.what if what not in STEPS]:
        known = ", ".join(STEPS)
        raise CallError(f"can't build {unknown[0]!r} (only {known}){nearest(unknown[0], STEPS)}")
    build = Build(config, options)
    errors: list[BookError] = []
    for what in dict.fromkeys(options.what):
        try:
            STEPS[what](build)
        except BookError as error:  # which must not hide what the other steps find
            errors.append(error)
    if errors:
        raise BookErrors(errors)


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
    listing = Listing()
    try:
        options = parser().parse_args(argv, argparse.Namespace(warn=listing.warn))
        config = load_config(Path.cwd())
        listing.folders = (config.source_dir, config.root)
        for warning in config.warnings:
            listing.warn(warning)
        options.run(config, options)
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    except BookError as error:
        listing.add(error)
        return 2 if isinstance(error, CallError) else 1
    except OSError as error:
        listing.add(BookError(error.strerror or str(error), error.filename))
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped; the records of the notebooks that had finished are kept.", file=sys.stderr
        )
        return STOPPED
    finally:
        listing.print()
    return 0
