"""The command line: ``main`` alone turns errors into exit statuses.

0: done. 1: the book has an error. 2: the call has one. 130: stopped by Ctrl-C.
"""

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from d2l import __version__
from d2lbook.config import BookConfig, load_config
from d2lbook.console import Listing, shown_path
from d2lbook.errors import BookError, CallError, nearest
from d2lbook.live.commands import add_live_commands
from d2lbook.steps import STEPS, Build
from d2lbook.values import ConfigValueError, tab_names

STOPPED = 130
PORT = 8000
LENIENT_HELP = "unresolved references are warnings, not errors"
FRESH_HELP = "check all links, those that answered within the week, too"
CHECK_HELP = "write no library file, but fail where one differs"
RECORDS_HELP = "eval: run nothing, but fail where a record is missing or older than the library"


def run_build(config: BookConfig, options: argparse.Namespace) -> None:
    """build parts of the book; several share their work"""
    if unknown := [what for what in options.what if what not in STEPS]:
        known = ", ".join(STEPS)
        raise CallError(f"can't build {unknown[0]!r} (only {known}){nearest(unknown[0], STEPS)}")
    if options.check and not {"lib", "eval"}.intersection(options.what):
        raise CallError("--check is for lib and eval alone")
    Build(config, options).run(options.what)


def run_lib(config: BookConfig, options: argparse.Namespace) -> None:
    """build the library files of every tab, or of one"""
    STEPS["lib"](Build(config, options))


def run_activate(config: BookConfig, options: argparse.Namespace) -> None:
    """make only one tab's cells of chapter files live, or all of them again"""
    from d2lbook.live.activate import activate

    changed = activate(options.tab, options.files, config)
    print(f"Changed {', '.join(map(str, changed))}" if changed else "There was nothing to change")


def run_clear(config: BookConfig, options: argparse.Namespace) -> None:
    """remove everything that was built; records are kept"""
    folder = config.output_dir.resolve()
    if config.root.resolve() not in folder.parents:
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


def run_new(options: argparse.Namespace) -> None:
    """make a small book that builds, to write over"""
    from d2lbook.new import create

    create(options.folder, options.tabs)
    print(
        f"{options.folder} holds a small book. Run its notebooks, and see it while you write, with"
    )
    if options.folder.resolve() != Path.cwd():
        print(f"    cd {shlex.quote(str(options.folder))}")
    print("    d2lbook build eval" + (" --tab all" if options.tabs else ""))
    print("    d2lbook serve")


def run_serve(options: argparse.Namespace) -> None:
    """serve the site on this machine; build it and load pages again as they are edited"""
    from d2lbook.live.serve import serve

    serve(
        load_config(Path.cwd()),
        host=options.host,
        port=PORT if options.port is None else options.port,
        exactly=options.port is not None,
        lenient=options.lenient,
        browse=options.open,
    )


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
        description="WHAT is one or several of these, which are built in this order:\n"
        + "\n".join(f"  {name:<12} {step.__doc__}" for name, step in STEPS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    build.add_argument("what", nargs="+", metavar="WHAT")
    build.add_argument("--tab", metavar="TAB|all", help="instead of the default tab")
    build.add_argument("--full", action="store_true", help="run without the caps of config.ini")
    build.add_argument(
        "--jobs", type=positive, metavar="N", help="notebooks that run at once (a GPU or core each)"
    )
    build.add_argument("--lenient", action="store_true", help=LENIENT_HELP)
    build.add_argument("--check", action="store_true", help=f"lib: {CHECK_HELP}; {RECORDS_HELP}")
    build.add_argument("--fresh", action="store_true", help=FRESH_HELP)
    build.set_defaults(run=run_build)
    lib = commands.add_parser("lib", help=run_lib.__doc__, description=run_lib.__doc__)
    lib.add_argument("--tab", metavar="TAB|all", default="all", help="instead of every tab")
    lib.add_argument("--check", action="store_true", help=CHECK_HELP)
    lib.set_defaults(run=run_lib, lenient=False)
    activate = commands.add_parser(
        "activate", help=run_activate.__doc__, description=run_activate.__doc__
    )
    activate.add_argument("tab", metavar="TAB|all", help="the tab whose cells Jupyter is to run")
    activate.add_argument("files", nargs="+", metavar="FILE", help="chapter files, or globs")
    activate.set_defaults(run=run_activate)
    clear = commands.add_parser("clear", help=run_clear.__doc__, description=run_clear.__doc__)
    clear.set_defaults(run=run_clear)
    add_new(commands)
    add_serve(commands)
    add_live_commands(commands)
    return top


def add_new(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `new`."""
    new = commands.add_parser("new", help=run_new.__doc__, description=run_new.__doc__)
    new.add_argument("folder", type=Path, metavar="FOLDER", help="its name becomes the title")
    new.add_argument(
        "--tabs", type=tab_list, default=(), metavar="TAB,TAB", help="frameworks that it shows"
    )
    new.set_defaults(run=run_new, in_book=False)


def add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `serve`."""
    serve = commands.add_parser("serve", help=run_serve.__doc__, description=run_serve.__doc__)
    serve.add_argument("--port", type=int, metavar="N", help=f"instead of {PORT}, or the next free")
    serve.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="instead of this machine alone"
    )
    serve.add_argument("--open", action="store_true", help="open the site in the browser")
    serve.add_argument("--lenient", action="store_true", help=LENIENT_HELP)
    serve.set_defaults(run=run_serve, in_book=False)


def tab_list(text: str) -> tuple[str, ...]:
    """Read names of tabs as `config.ini` has them."""
    try:
        return tab_names(text)
    except ConfigValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def positive(text: str) -> int:
    """Read a whole number above zero."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def opened(folder: Path, listing: Listing) -> BookConfig:
    """Return the configuration of the book in a folder, and list what is odd about it."""
    config = load_config(folder)
    listing.folders = (config.source_dir, config.root)
    for warning in config.warnings:
        listing.warn(warning)
    return config


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command in the current folder, and return its exit status."""
    listing = Listing()
    try:
        status = status_of(argv, listing)
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads on: `d2lbook build eval | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    finally:
        listing.print()
    return status


def status_of(argv: Sequence[str] | None, listing: Listing) -> int:
    """Run a command, and return its exit status; what is wrong is in the listing then."""
    try:
        call = argparse.Namespace(warn=listing.warn, fail=listing.add, in_book=True)
        options = parser().parse_args(argv, call)
        if options.in_book:
            options.run(opened(Path.cwd(), listing), options)
        else:
            options.run(options)
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    except BookError as error:
        listing.add(error)
        return 2 if isinstance(error, CallError) else 1
    except BrokenPipeError:
        raise
    except OSError as error:
        listing.add(BookError(error.strerror or str(error), error.filename))
        return 1
    except KeyboardInterrupt:
        print("\nStopped; what had finished is kept.", file=sys.stderr)
        return STOPPED
    return 0
