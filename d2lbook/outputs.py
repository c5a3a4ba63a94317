"""Outputs of cells, made fit for keeping: without what differs each time or says nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\r\n])")
"""The part of a line before a carriage return; a progress bar has printed over it."""
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
WIDGET = "application/vnd.jupyter.widget-view+json"
"""A live widget; without its kernel it shows nothing, and its plain text says what it was."""


def clean(outputs: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return a cell's outputs without counters, times, addresses and overwritten progress."""
    return tuple(_merged(_cleaned(output) for output in outputs))


def _cleaned(output: Mapping[str, Any]) -> dict[str, Any]:
    kind = output["output_type"]
    if kind == "stream":
        return {"output_type": kind, "name": output["name"], "text": plain_text(output["text"])}
    if kind == "error":
        return {name: output[name] for name in ("output_type", "ename", "evalue", "traceback")}
    data = {mime: _clean_value(mime, value) for mime, value in output["data"].items()}
    data.pop(WIDGET, None)
    cleaned = {"output_type": kind, "data": data, "metadata": dict(output["metadata"])}
    return cleaned | ({"execution_count": None} if kind == "execute_result" else {})


def _clean_value(mime: str, value: Any) -> Any:
    if mime == "text/plain":
        return plain_text(value)
    if mime in ("image/png", "image/jpeg"):
        return "".join(value.split())
    return value


def plain_text(text: str) -> str:
    """Return text as a terminal would leave it, without colors and memory addresses."""
    text = OVERWRITTEN.sub("", ANSI.sub("", text).replace("\r\n", "\n"))
    return ADDRESS.sub("", text.replace("\r", ""))


def _merged(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Join what a stream wrote in one go but the kernel sent in pieces."""
    last: dict[str, Any] = {}
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] == last.get("name"):
            last["text"] += output["text"]
            continue
        if last:
            yield last
        last = output
    if last:
        yield last
