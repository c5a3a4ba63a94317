"""Numbers of figures, tables and listings, from outlines of the pages.

Sphinx itself loads every page in full for them, whatever has changed: half of the time that a
large book takes after an edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util.nodes import clean_astext

NUMBERED = "env-get-updated"
"""Sphinx's event for assigning numbers."""


def setup(app: Sphinx) -> None:
    """Take the place of Sphinx's own collector."""
    for listener in list(app.events.listeners[NUMBERED]):
        collector = getattr(listener.handler, "__self__", None)
        if type(collector) is TocTreeCollector:
            collector.disable(app)
    app.add_env_collector(OutlineCollector)


class OutlineCollector(TocTreeCollector):
    """Sphinx's collector, which finds outlines where it looks for pages."""

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Keep the outline of the page that was just read."""
        super().process_doc(app, doctree)
        outlines(app.env)[app.env.docname] = outline(doctree, app.env)

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page."""
        super().clear_doc(app, env, docname)
        outlines(env).pop(docname, None)

    def merge_other(
        self, app: Sphinx, env: BuildEnvironment, docnames: Set[str], other: BuildEnvironment
    ) -> None:
        """Take over the outlines of another process."""
        super().merge_other(app, env, docnames, other)
        outlines(env).update({name: outlines(other)[name] for name in docnames})

    def assign_figure_numbers(self, env: BuildEnvironment) -> list[str]:
        """Number everything; return the pages whose numbers have changed."""
        return super().assign_figure_numbers(cast(BuildEnvironment, Outlined(env)))


class Outlined:
    """Sphinx's environment with outlines in place of pages."""

    def __init__(self, env: BuildEnvironment) -> None:
        vars(self)["_env"] = env

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._env, name, value)

    def get_doctree(self, docname: str) -> nodes.Element:
        """Return the outline of a page."""
        return outlines(self._env)[docname]


def outlines(env: BuildEnvironment) -> dict[str, nodes.Element]:
    """Return the outlines of all pages."""
    kept: dict[str, nodes.Element] = vars(env).setdefault("d2l_outlines", {})
    return kept


def outline(page: nodes.Element, env: BuildEnvironment) -> nodes.Element:
    """Return the sections, tables of contents and numbered elements of a page, and no others."""
    return nodes.Element("", *parts(page, env))


def parts(parent: nodes.Element, env: BuildEnvironment) -> Iterator[nodes.Element]:
    """Yield what the outline has of an element's content."""
    for node in parent.children:
        if not isinstance(node, nodes.Element):
            continue
        if isinstance(node, nodes.section | addnodes.toctree) or bears_number(node, env):
            kept = node.copy()
            kept.extend([*titles(node), *parts(node, env)])
            yield kept
        else:
            yield from parts(node, env)


def bears_number(node: nodes.Element, env: BuildEnvironment) -> bool:
    """Whether an element can have a number."""
    return any(domain.get_enumerable_node_type(node) for domain in env.domains.sorted())


def titles(node: nodes.Element) -> Iterator[nodes.Element]:
    """Yield by what Sphinx sees that an element has a number: its caption, that it holds code."""
    for child in node.children:
        if isinstance(child, nodes.caption | nodes.title | nodes.literal_block):
            kept = child.copy()
            if not isinstance(child, nodes.literal_block):
                kept += nodes.Text(clean_astext(child))
            yield kept
