"""The line below an output that says which run it comes from, with the receipt a click away."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from docutils import nodes


def receipt_html(run: Mapping[str, Any]) -> str:
    """Return a run's label; opened, it shows the receipt.

    `run` is one of the `runs` in a cell's metadata, as `weave` writes them.
    """
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in run["rows"])
    return (
        f'<details class="receipt"><summary>{escape(run["summary"])}</summary>'
        f"<dl>{rows}</dl></details>"
    )


def note_html(note: str) -> str:
    """Return a note on a cell that has not run in some tab."""
    return f'<p class="not-run">{escape(note)}</p>'


def raw_html(markup: str) -> nodes.raw:
    """Return a node that writes HTML as it is, which is no part of what the page says."""
    return nodes.raw("", markup, format="html", unsearched=True)
