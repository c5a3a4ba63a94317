"""The site's search: an index of the text of every section, with the tabs that show it.

Sphinx's own knows words and pages; a reader wants the place, in the tab that has it. The index is a
script, which pages can load where they are opened as files too, once somebody searches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from lxml import html as lxml_html
from lxml.etree import ParserError
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import _
from sphinx_design.tabs import sd_tab_input, sd_tab_label

from d2lbook.files import write_atomically
from d2lbook.sphinx_ext.pages.notes import number_of

PAGE = "search"
INDEX = "searchindex.js"
HEAD, TAIL = "d2lSearch.load(", ");\n"
SILENT = (
    nodes.Invisible,
    nodes.system_message,
    nodes.math_block,
    sd_tab_input,
    sd_tab_label,
)
"""What has no text to be found: formulas in TeX, names of tabs."""
TEX_STYLE = re.compile(
    r"\\(?:math\w+|text\w*|operatorname|boldsymbol|(?:left|right)(?![a-zA-Z])|[,;:!])|[{}]"
)
"""What says in TeX only how a formula looks."""
WORDS = (
    "Search",
    "Close",
    "Nothing found.",
    "1 section.",
    "{} sections.",
    "{} sections; the best {} are shown.",
    "The index of the search can't be loaded.",
)
"""What the search says."""
TEX_WORD = re.compile(r"\\([a-zA-Z]+)")

Text = tuple[str, str]
"""A tab, or "" for all, and a text that its readers see."""
Section = tuple[str, str, list[tuple[list[str], str]]]
"""Id, title with number, and texts with their tabs; no tabs means all."""
Pages = dict[str, list[Section]]


def setup(app: Sphinx) -> None:
    """Put this search in the place of Sphinx's."""
    index = Index()
    app.connect("builder-inited", without_own_search)
    app.connect("env-get-updated", index.read)
    app.connect("doctree-resolved", index.add)
    app.connect("html-collect-pages", search_page)
    app.connect("html-page-context", translate)
    app.connect("build-finished", index.write)


def without_own_search(app: Sphinx) -> None:
    """Keep Sphinx from making an index."""
    if is_site(app):
        app.builder.search = False  # type: ignore[attr-defined]


def translate(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Tell the page what the search says in the book's language, where that isn't English."""
    translated = {text: _(text) for text in WORDS}
    context["search_words"] = {k: text for k, text in translated.items() if k != text}


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page that shows what a search found, unless the book has one of that name."""
    if is_site(app) and PAGE not in app.env.found_docs:
        yield PAGE, {}, "search.html"


def is_site(app: Sphinx) -> bool:
    """Whether the site is built, and no other format that is made of HTML."""
    return app.builder.name == "html"


class Index:
    """The index of one build: what the last one found, and what is new on the pages it writes."""

    def __init__(self) -> None:
        self.pages: Pages = {}

    def read(self, app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
        """Read the index of the last build; without a good one, have every page written."""
        if not is_site(app):
            return ()
        try:
            text = Path(app.outdir, INDEX).read_text(encoding="utf-8")
            self.pages = dict(json.loads(text.removeprefix(HEAD).removesuffix(TAIL))["pages"])
        except (OSError, ValueError, TypeError, KeyError):
            return env.found_docs
        return env.found_docs - self.pages.keys()

    def add(self, app: Sphinx, doctree: nodes.document, page: str) -> None:
        """Note the text of a page that is about to be written."""
        if is_site(app):
            self.pages[page] = list(sections(app.env, page, doctree))

    def write(self, app: Sphinx, error: Exception | None) -> None:
        """Write the index, pages in the order of the table of contents."""
        if error or not is_site(app):
            return
        kept = [(page, self.pages[page]) for page in reading_order(app.env) if page in self.pages]
        whole = {"tabs": dict(app.config.d2l_tabs), "pages": kept}
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        write_atomically(
            Path(app.outdir, INDEX), f"{HEAD}{text}{TAIL}".encode("utf-8", "surrogatepass")
        )


def reading_order(env: BuildEnvironment) -> list[str]:
    """Return the pages in the order of the table of contents, and then those outside of it."""
    contents = list(env.collect_relations())
    return contents + sorted(env.found_docs - set(contents))


def sections(env: BuildEnvironment, page: str, document: nodes.document) -> Iterator[Section]:
    """Yield the sections of a page, and first what belongs to none, such as footnotes."""
    found = list(document.findall(nodes.section))
    if outside := by_text(texts(document.children, "")):
        title = numbered_title(env, page, found[0]) if found else plain(env.titles[page])
        yield "", title, outside
    for section in found:
        own = (child for child in section.children if not isinstance(child, nodes.title))
        yield section["ids"][0], numbered_title(env, page, section), by_text(texts(own, ""))


def numbered_title(env: BuildEnvironment, page: str, section: nodes.section) -> str:
    """Return the title of a section, with its number where it has one."""
    _, number = number_of(env, page, section["ids"][0])
    words = [".".join(map(str, number))] if number else []
    return " ".join([*words, plain(section.next_node(nodes.title))])


def texts(children: Iterable[nodes.Node], tab: str) -> Iterator[Text]:
    """Yield the texts of nodes, but for those of sections, each with the tab that it is in."""
    for node in children:
        if isinstance(node, (nodes.section, *SILENT)) or is_hidden(node):
            continue
        if isinstance(node, nodes.TextElement | nodes.raw | nodes.Text):
            yield tab, plain(node)
        elif isinstance(node, nodes.Element):
            yield from texts(node.children, node.get("d2l_tab", tab))


def is_hidden(node: nodes.Node) -> bool:
    """Whether a node is a list of pages, or the label of a run, which searches pass over."""
    return isinstance(node, nodes.Element) and (
        "toctree-wrapper" in node["classes"] or node.get("unsearched", False)
    )


def plain(node: nodes.Node) -> str:
    """Return the text that readers see, on one line."""
    return " ".join("".join(map(shown, node.findall(nodes.Text))).split())


def shown(text: nodes.Text) -> str:
    """Return what readers see of a text, or much the same of HTML and of formulas."""
    if isinstance(text.parent, nodes.math):
        return TEX_WORD.sub(r" \1 ", TEX_STYLE.sub("", text)).replace("\\", "")
    raw = isinstance(text.parent, nodes.raw) and "html" in text.parent.get("format", "").split()
    return visible(text) if raw else text


def visible(markup: str) -> str:
    """Return the text of HTML."""
    try:
        return " ".join(lxml_html.fragment_fromstring(markup, create_parent=True).itertext())
    except (ParserError, ValueError):
        return ""


def by_text(found: Iterable[Text]) -> list[tuple[list[str], str]]:
    """Join what follows one another in a tab, and name all the tabs of texts that are the same."""
    runs: list[list[str]] = []
    for tab, text in found:
        if runs and runs[-1][0] == tab:
            runs[-1][1] += f" {text}"
        elif text:
            runs.append([tab, text])
    tabs: dict[str, list[str]] = {}
    for tab, text in runs:
        tabs.setdefault(text, []).append(tab)
    return [(([] if "" in names else names), text) for text, names in tabs.items()]
