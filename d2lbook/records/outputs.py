"""Outputs of cells, made fit for keeping: without what differs each time or says nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]")
START_UP_LOG = re.compile(
    r"^(?:I\d{4} \d\d:\d\d:\S+ .*|WARNING: All log messages before absl::InitializeLog.*)\n?",
    re.MULTILINE,
)
"""Lines in which TensorFlow's core says, with time and process, how it was built."""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""Characters that show nothing, as the bell's; no file of XML or LaTeX may hold them."""
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
WIDGET = "application/vnd.jupyter.widget-view+json"
"""A live widget; without its kernel it shows nothing, and its plain text says what it was."""


def clean(outputs: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return a cell's outputs without counters, times, addresses and overwritten progress."""
    cleaned = map(_cleaned, _merged(outputs))
    return tuple(output for output in cleaned if output.get("text") != "")


def _cleaned(output: Mapping[str, Any]) -> dict[str, Any]:
    kind = output["output_type"]
    if kind == "stream":
        text = START_UP_LOG.sub("", plain_text(output["text"]))
        return {"output_type": kind, "name": output["name"], "text": text}
    if kind == "error":
        return {name: output[name] for name in ("output_type", "ename", "evalue", "traceback")}
    data = {mime: _clean_value(mime, value) for mime, value in output["data"].items()}
    data.pop(WIDGET, None)
    cleaned = {"output_type": kind, "data": data, "metadata": dict(output["metadata"])}
    return cleaned | ({"execution_count": None} if kind == "execute_result" else {})


def _clean_value(mime: str, value: Any) -> Any:
    if mime.endswith("json"):
        return value
    text = "".join(value)  # a list of lines is as good
    if mime == "text/plain":
        return plain_text(text)
    return "".join(text.split()) if mime in ("image/png", "image/jpeg") else text


def plain_text(text: str) -> str:
    """Return text as a terminal would leave it, without colors and memory addresses."""
    lines = ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    return CONTROLS.sub("", ADDRESS.sub("", "\n".join(map(_last_state, lines))))


def _last_state(line: str) -> str:
    """Return what carriage returns and backspaces, a progress bar's say, leave of a line."""
    line = next(filter(None, reversed(line.split("\r"))), "")
    if "\b" not in line:
        return line
    kept: list[str] = []
    for character in line:
        if character != "\b":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)


def _merged(outputs: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Join what a stream wrote in one go but the kernel sent in pieces."""
    for key, run in groupby(outputs, key=lambda output: output.get("name")):
        pieces = list(run)
        if key is None:
            yield from pieces
        else:
            yield {**pieces[0], "text": "".join(piece["text"] for piece in pieces)}


def without_middle(text: str, most: int) -> str:
    """Return a text of more lines than ``most`` with its first and last ones alone."""
    lines = text.split("\n")
    if (left_out := len(lines) - most) > 0:
        half = most // 2
        lines[half:-half] = [f"… {left_out:,} lines are left out …"]
    return "\n".join(lines)
