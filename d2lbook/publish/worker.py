"""The process behind `publish.sphinx`: it imports Sphinx once and builds in forks of itself.

It reads requests from standard input, one line of JSON each, and answers each with the exit status
of the build. When its input ends, so does everything that it started.
"""

import gc
import importlib
import json
import os
import signal
import sys
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx, builtin_extensions
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.util.console import nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from d2lbook.run.slots import usable_cores

EXTENSIONS = (
    "myst_nb.sphinx_ext",  # the package imports it only once Sphinx sets it up: 1.5 s
    "sphinx_design.extension",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
    "furo",
    "sphinx_basic_ng",
    "d2lbook.sphinx_ext",
)


SLOW = "rfc3987_syntax"
"""Makes a parser as it is imported, for 1.5 s: jsonschema does, for a check of IRIs where it is."""


def serve() -> None:
    """Answer requests until the input ends."""
    sys.modules.setdefault(SLOW, None)  # type: ignore[arg-type]  # as if it were not installed
    for name in (*builtin_extensions, *EXTENSIONS):
        importlib.import_module(name)
    nocolor()
    gc.collect()
    gc.freeze()  # what is imported stays: no build needs to look for garbage in it
    for line in sys.stdin:
        print(build(json.loads(line)), flush=True)


def build(request: dict[str, Any]) -> int | None:
    """Build in a fork and return its exit status; that of one that a signal ended is negative."""
    fork = get_context("fork").Process(target=run, kwargs=request)
    fork.start()
    if fork.sentinel not in wait([sys.stdin.fileno(), fork.sentinel]):
        os.killpg(0, signal.SIGKILL)  # whoever asked is gone
    fork.join()
    return fork.exitcode


def run(
    builder: str,
    source: str,
    target: str,
    doctrees: str,
    warnings: str,
    log: str,
    fresh: bool,
    settings: dict[str, Any],
) -> None:
    """Run Sphinx: its warnings go to one file, what else it says to another."""
    with Path(log).open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        with (
            Path(warnings).open("w", encoding="utf-8") as stream,
            patch_docutils(source),
            docutils_namespace(),
        ):
            app = Sphinx(
                source,
                source,
                target,
                doctrees,
                builder,
                settings,
                status=None,
                warning=stream,
                freshenv=fresh,
                parallel=usable_cores(),
            )
            app.connect("env-before-read-docs", read_one_here)
            app.connect("env-updated", write_everywhere)
            app.build(force_all=fresh)
    except SphinxError as error:
        sys.exit(f"{error.category}: {error}")
    except OSError as error:  # the disk is full, say
        sys.exit(str(error))
    sys.exit(app.statuscode)


def read_one_here(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Read the page of an author who has just saved it in this process: another takes longer."""
    if len(names) == 1:
        app.parallel = 1


def write_everywhere(app: Sphinx, env: BuildEnvironment) -> None:
    """Write on all cores: where one page has changed, others can show it."""
    app.parallel = usable_cores()


if __name__ == "__main__":
    serve()
