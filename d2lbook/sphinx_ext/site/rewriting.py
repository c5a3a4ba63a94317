"""Which pages to write again: those that show something of another page that has changed.

Sphinx writes the pages that it has read. But a page shows titles and numbers of others too, in
its references and beside its text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

from d2lbook.sphinx_ext.pages.notes import Reference, notes, number_of

BY_LABEL = {"numref", "ref", "eq"}


def setup(app: Sphinx) -> None:
    """Ask to be asked, after all numbers are known."""
    app.connect("env-get-updated", changed_pages, priority=900)


def changed_pages(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that show of others what they didn't when they were last written."""
    all_seen = vars(env).setdefault("d2l_seen", {})  # by builder
    before = all_seen.get(app.builder.name, {})
    now = all_seen[app.builder.name] = shown(env, digest(linked_files(app)))
    return [page for page, hashed in now.items() if before.get(page) != hashed]


def linked_files(app: Sphinx) -> Iterator[object]:
    """Yield the style sheets and scripts of the site; each page names them with their hashes."""
    for folder in (Path(app.confdir, name) for name in app.config.html_static_path):
        for path in sorted((*folder.rglob("*.css"), *folder.rglob("*.js"))):
            yield path.relative_to(folder)
            yield path.read_bytes()


def shown(env: BuildEnvironment, links: str) -> dict[str, str]:
    """Return a hash of what each page shows of others, and of its own numbers.

    Args:
        links: what every page refers to.
    """
    contents, places, citations = table_of_contents(env), all_places(env), all_citations(env)
    found = {}
    for page, note in notes(env).items():
        parts: list[object] = [links, contents, numbers_in(env, page)]
        parts += [meaning(env, one, citations, places) for one in sorted(note.references)]
        parts += [places, sorted(citations.items())] if note.lists else []
        found[page] = digest(parts)
    return found


def table_of_contents(env: BuildEnvironment) -> str:
    """Return a hash of what is shown beside, before and after the text of any page."""
    parts: list[object] = []
    for page in sorted(env.found_docs):
        lists = env.tocs[page].findall(addnodes.toctree) if page in env.tocs else ()
        parts += [page, env.titles.get(page), env.toc_secnumbers.get(page, {}).get("")]
        parts += [sorted(one.attributes.items()) for one in lists]
    return digest(parts)


def numbers_in(env: BuildEnvironment, page: str) -> list[object]:
    """Return the numbers of a page's sections, figures, tables and equations."""
    figures = env.toc_fignumbers.get(page, {})
    kinds = [(kind, sorted(numbers.items())) for kind, numbers in sorted(figures.items())]
    return [sorted(env.toc_secnumbers.get(page, {}).items()), kinds]


def all_places(env: BuildEnvironment) -> str:
    """Return a hash of all that can be referred to."""
    objects = (repr(one) for domain in env.domains.sorted() for one in domain.get_objects())
    parts: list[object] = [*sorted(objects)]
    for page in sorted(env.found_docs):
        slugs = env.metadata[page].get("myst_slugs")
        parts += [env.tocs.get(page), numbers_in(env, page), slugs]
    return digest(parts)


def all_citations(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return, by key, what citations show and where they lead."""
    found: dict[str, list[str]] = {}
    for citation in env.domains["cite"].data["citations"]:
        where = (citation.citation_id, citation.bibliography_key)
        text = citation.entry.to_string("bibtex")
        found.setdefault(citation.key, []).append(f"{where}: {text}")
    return found


def meaning(
    env: BuildEnvironment, reference: Reference, citations: Mapping[str, list[str]], places: str
) -> object:
    """Return what a reference shows, or else something that changes whenever that may."""
    domain, kind, target = reference
    if domain == "cite":
        return [citations.get(one.key) for one in parse_citation_targets(target)]
    if kind not in BY_LABEL:
        return places
    standard, equations = env.domains.standard_domain, env.domains.math_domain.equations
    page, anchor, title = standard.labels.get(target, ("", "", ""))
    own_page = equations.get(target, [""])[0]
    numbers = [number_of(env, page, anchor), numbers_in(env, own_page) if own_page else None]
    return [page, anchor, title, standard.anonlabels.get(target), equations.get(target), numbers]


def digest(parts: Iterable[object]) -> str:
    """Return a hash of what objects are as text."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()
