"""Outputs made safe to publish: nothing in them runs, and nothing in them is fetched."""

from collections.abc import Iterable, Mapping
from typing import Any

import nh3

SHOWN = ("image/svg+xml", "image/png", "image/jpeg", "text/html", "text/plain")
"""Types that a page shows. Pictures go into files of their own, where a script can't run."""

FORMATS = "b br code del em hr i kbd pre s samp small span strong sub sup u"
STRUCTURES = "blockquote dd details div dl dt li ol p summary ul a"
TABLES = "caption col colgroup table tbody td tfoot th thead tr"
TAGS = {*FORMATS.split(), *STRUCTURES.split(), *TABLES.split()}
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}


def inert(outputs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a cell's notebook outputs without scripts, styles and anything from elsewhere."""
    return [
        {**output, "data": inert_data(output["data"])} if "data" in output else dict(output)
        for output in outputs
    ]


def inert_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the types of one output that a page shows, its HTML cleaned."""
    shown = {mime: data[mime] for mime in SHOWN if mime in data}
    if "text/html" in shown:
        shown["text/html"] = clean_html(joined(shown["text/html"]))
        if not shown["text/html"].strip():
            del shown["text/html"]
    return shown or {"text/plain": f"(not shown here: {', '.join(data)})"}


def clean_html(text: str) -> str:
    """Return HTML with tags that format text and tables, and no others."""
    return nh3.clean(text, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https"})


def joined(value: str | list[str]) -> str:
    """Return a notebook's multi-line string as one string."""
    return value if isinstance(value, str) else "".join(value)
