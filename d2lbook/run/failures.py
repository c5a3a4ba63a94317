"""From a failed run to one message: the page's line, the cell, what went wrong, the way out."""

import difflib
import re
from collections.abc import Sequence

from d2lbook.errors import BookError
from d2lbook.records.outputs import without_middle
from d2lbook.run.execute import Failure, Job
from d2lbook.source.page import Block

FRAME = re.compile(r"^ *(?:Cell In|File )", re.MULTILINE)
LINES, WIDTH = 60, 1000
"""What is shown of a traceback or a message; a recursion without an end has thousands of lines."""
MISSING_MODULE = re.compile(r"No module named '([\w.]+)'")


def explain(failure: Failure, job: Job, cells: Sequence[Block], lines: Sequence[str]) -> BookError:
    """Return the message for a run that failed.

    Args:
        failure: what went wrong.
        job: the notebook.
        cells: its cells, as the tab's reader sees them.
        lines: the lines of the page's file.
    """
    if failure.kind == "unstarted":
        return BookError(_unstarted(failure, job), job.page)
    if failure.cell >= len(cells):
        return BookError(f"the notebook ran, but left no receipt: {_detail(failure)}", job.page)
    cell = cells[failure.cell]
    said = "\n".join(filter(None, (_headline(failure, job), marked(cell.source, failure.line))))
    if len(FRAME.findall(failure.traceback)) > 1 and not _missing_module(failure):
        said += "\n\n" + _indent(shortened(failure.traceback))
    return BookError(said, job.page, page_line(cell, failure.line, lines))


def page_line(cell: Block, line: int, lines: Sequence[str]) -> int:
    """Return the line of the page's file that holds a cell's line.

    A cell's source lacks the lines and branches that were meant for others, so that the two are
    matched by what they say; a line that was rewritten is taken for the one after its neighbor.

    Args:
        cell: the cell, as the tab's reader sees it.
        line: 1-based line within the cell; 0 for its start.
        lines: the lines of the page's file.
    """
    if not line:
        return cell.line
    end = next(
        (i for i in range(cell.line, len(lines)) if lines[i].lstrip().startswith("```")), len(lines)
    )
    written = lines[cell.line - 1 : end]
    matcher = difflib.SequenceMatcher(None, cell.source.splitlines(), written, autojunk=False)
    offset = 0
    for block in matcher.get_matching_blocks():
        if block.size and block.a < line:
            offset = block.b - block.a
    return cell.line + line - 1 + offset


def marked(source: str, line: int) -> str:
    """Return a cell's source, indented, with ``>`` before the given line."""
    return "\n".join(
        (("  > " if number == line else "    ") + text).rstrip()
        for number, text in enumerate(source.splitlines(), start=1)
    )


def _headline(failure: Failure, job: Job) -> str:
    tab = f" in tab {job.tab!r}" if job.tab else ""
    if failure.kind == "raised":
        missing = _missing_module(failure)
        return (
            _not_installed(missing, job) if missing else f"{_detail(failure)}{tab}, in this cell:"
        )
    if failure.kind == "timeout":
        return (
            f"the notebook was ended{tab} after {job.timeout:g} s, its time limit (timeout in "
            "section [eval] of config.ini), while this cell ran:"
        )
    if failure.kind == "flooded":
        return (
            f"the notebook was ended{tab}, since this cell's output grew beyond "
            f"{job.max_output_bytes:,} bytes (max_output_bytes in section [eval] of config.ini):"
        )
    if failure.kind == "malformed":
        what = _detail(failure).partition("\n")[0]
        return f"what this cell shows{tab} is no output of a notebook ({what}):"
    memory = (
        "; a system that is out of memory does this: try --jobs 1"
        if "SIGKILL" in failure.error
        else ""
    )
    return f"the kernel died{tab} ({failure.error}{memory}) in this cell:"


def _detail(failure: Failure) -> str:
    return shortened(f"{failure.error}: {failure.message}" if failure.message else failure.error)


def shortened(text: str) -> str:
    """Return a text without the middle of many lines, and without the ends of long ones."""
    lines = (line if len(line) <= WIDTH else f"{line[:WIDTH]}…" for line in text.splitlines())
    return without_middle("\n".join(lines), LINES)


def _missing_module(failure: Failure) -> str:
    match = MISSING_MODULE.match(failure.message)
    return match[1] if failure.error == "ModuleNotFoundError" and match else ""


def _not_installed(module: str, job: Job) -> str:
    """Say what is missing from which environment, and how to get it."""
    package = module.partition(".")[0]
    provided = {name.removesuffix("-cpu") for name in job.declared} | {"torch", "d2l"}
    pip = f"{job.python} -m pip install"
    if job.declared and package in provided:
        way_out = f"{pip} 'd2l[{job.tab}]', then d2lbook build eval --tab {job.tab}"
    else:
        way_out = f"{pip} {package}"
    tab = f"tab {job.tab!r}" if job.tab else "the book"
    return f"{package!r} is not installed for {tab}, which runs on {job.python}: {way_out}"


def _unstarted(failure: Failure, job: Job) -> str:
    tab = f" for tab {job.tab!r}" if job.tab else ""
    if "No module named ipykernel" in failure.message:
        way_out = f"{job.python} -m pip install ipykernel"
        return f"ipykernel is not installed{tab}, which runs on {job.python}: {way_out}"
    return f"no kernel starts{tab} on {job.python}:\n{_indent(failure.message)}"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
