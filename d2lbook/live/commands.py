"""The commands for live chapters: `lab`, `notebook` and `sync`."""

import argparse
from pathlib import Path

from d2lbook.config import BookConfig
from d2lbook.console import shown_path
from d2lbook.errors import CallError

SIDES = ("chapter", "notebook")


def run_lab(config: BookConfig, options: argparse.Namespace) -> None:
    """open the book in JupyterLab, each page as a notebook with the cells of all tabs"""
    from d2lbook.live.jupyter import lab_arguments, start_lab

    page = options.file
    if page and not page.is_file():
        raise CallError(f"there is no file {page}")
    if page and not page.resolve().is_relative_to(config.root):
        raise CallError(f"{page} is not in the book's folder")
    name = page.resolve().relative_to(config.root).as_posix() if page else ""
    tab = config.chosen_tabs(options.tab)[0] if options.tab else ""
    start_lab([*lab_arguments(config, page=name, tab=tab), *options.jupyter])


def run_notebook(config: BookConfig, options: argparse.Namespace) -> None:
    """write a page's notebook, with the cells of all tabs, beside it; then keep both in sync"""
    from d2lbook.live.sync import chapter_of, is_ignored, pair
    from d2lbook.records.receipts import tab_title
    from d2lbook.run.evaluate import tab_python

    chapter = chapter_of(options.file)
    tab = config.chosen_tabs(options.tab)[0]
    kernel = f"d2l-{tab}" if tab else None
    path, done = pair(chapter, kernel=kernel, title=tab_title(tab) if tab else "")
    print(done)
    print(f"Open {shown_path(path)} in VS Code, say, with {tab_python(config, tab)} as its kernel.")
    print("After edits of either file, take them to the other with")
    print(f"    d2lbook sync {shown_path(chapter)}")
    if not is_ignored(path):
        print(f"It can hold outputs: keep it out of git, by a line *{path.suffix} in .gitignore.")


def run_sync(config: BookConfig, options: argparse.Namespace) -> None:
    """take edits from pages to the notebooks beside them, or from those to the pages"""
    from d2lbook.live.sync import sync_all

    line = ""
    for line in sync_all(config, options.files, keep=options.keep):
        print(line)
    if not line:
        print("No page has a notebook beside it: write one with d2lbook notebook")


def add_live_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three commands."""
    lab = commands.add_parser("lab", help=run_lab.__doc__, description=run_lab.__doc__)
    lab.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the page to open")
    lab.add_argument("--tab", metavar="TAB", help="open pages with its kernel, not the default's")
    lab.add_argument(
        "--jupyter",
        action="append",
        default=[],
        metavar="ARGUMENT",
        help="an argument for jupyter lab: --jupyter=--no-browser",
    )
    lab.set_defaults(run=run_lab)
    notebook = commands.add_parser(
        "notebook", help=run_notebook.__doc__, description=run_notebook.__doc__
    )
    notebook.add_argument("file", type=Path, metavar="FILE", help="the page")
    notebook.add_argument("--tab", metavar="TAB", help="the tab to run, instead of the default one")
    notebook.set_defaults(run=run_notebook)
    sync = commands.add_parser("sync", help=run_sync.__doc__, description=run_sync.__doc__)
    sync.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="a page; all that have one if none"
    )
    sync.add_argument("--keep", choices=SIDES, help="whose edits count where both were edited")
    sync.set_defaults(run=run_sync)
