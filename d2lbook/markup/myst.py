"""Blocks of a page as MyST Markdown, the dialect that Sphinx reads."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from d2lbook.source.constructs import constructs
from d2lbook.source.images import mask_literals
from d2lbook.source.inline import Role, render_inline
from d2lbook.source.page import Block
from d2lbook.source.pycode import Edit, apply_edits
from d2lbook.source.tables import escape_bars

NO_TEXT = "\N{ZERO WIDTH SPACE}"
"""Caption of a figure or table with a label alone: Sphinx numbers nothing without a caption.

It also keeps a caption a paragraph that begins as something else.
"""
NOTHING = "<!-- -->"
"""Punctuation that nobody sees."""
_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_PLAIN = re.compile(r"\w(?:[\w ./%(),;-]|:(?=\w))*")
_ROLE_OR_TARGET = re.compile(r"\{(?=[\w:+-]+\}`)|\((?=[^\s()]+\)=[ \t]*$)", re.M)
_DIRECTIVE = re.compile(r"(`{3,}|~{3,})[ \t]*\{\.?([\w+#-]*)[^\n]*")
_BLOCK_START = re.compile(r">|(?:[-+*]|\d{1,9}[.)]|#{1,6})(?:\s|$)")
"""What makes a paragraph a list, a quotation or a heading."""
_STARS = re.compile(r"(?<![\\*])\*+")


def to_myst(block: Block) -> str:
    """Return the MyST of a block that holds no code to run."""
    return WRITERS[block.kind](block)


def prose(block: Block) -> str:
    """Markdown as written, its roles in MyST's spelling."""
    return inline(block.source)


def heading(block: Block) -> str:
    """A heading, with its label as a target before it."""
    target = f"({block.label})=\n" if block.label else ""
    return f"{target}{'#' * block.level} {inline(block.source)}"


def figure(block: Block) -> str:
    """An image; one with a caption or a label becomes a numbered figure."""
    options = {key: block.options.get(key, "") for key in ("width", "height")}
    options["alt"] = plain_text(block.caption)
    target = block.target.replace(" ", "%20")
    if not (block.caption or block.label):
        return directive("image", target, options)
    options["name"] = block.label
    caption = inline(one_line(block.caption))
    if not caption or _BLOCK_START.match(caption):
        caption = NO_TEXT + caption
    return directive("figure", target, options, caption)


def table(block: Block) -> str:
    """A pipe table, with its caption and label where it has them."""
    rows = "\n".join(inline(escape_bars(row)) for row in block.source.split("\n"))
    if not (block.caption or block.label):
        return rows
    caption = inline(one_line(block.caption)) or NO_TEXT
    return directive("table", caption, {"name": block.label}, rows)


def equation(block: Block) -> str:
    """A displayed formula."""
    return directive("math", "", {"label": block.label}, block.source.strip("\n"))


def listing(block: Block) -> str:
    """Code that is shown and never run."""
    language = re.match(r"[\w+#.-]*", block.options.get("language", ""))
    ticks = fence(block.source)
    return f"{ticks}{language[0] if language else ''}\n{block.source}\n{ticks}"


def toc(block: Block) -> str:
    """A table of contents."""
    return directive("toctree", "", block.options, "\n".join(block.entries))


def rst(block: Block) -> str:
    """reStructuredText as written, right below its fence, so that its lines can be counted."""
    ticks = fence(block.source)
    return f"{ticks}{{eval-rst}}\n{block.source}\n{ticks}"


def bibliography(block: Block) -> str:
    """The list of references."""
    return directive("bibliography", block.source, {})


WRITERS: Mapping[str, Callable[[Block], str]] = {
    "prose": prose,
    "heading": heading,
    "figure": figure,
    "table": table,
    "equation": equation,
    "listing": listing,
    "toc": toc,
    "rst": rst,
    "bibliography": bibliography,
}


def in_tabs(text: str, group: int, tabs: Sequence[str]) -> str:
    """Return MyST that only readers of some tabs see."""
    return directive("tab-prose", f"{group} {','.join(tabs)}", {}, text)


def cell_slot(number: int) -> str:
    """Return the place in a list item or quotation where a code cell belongs."""
    return directive("cell-slot", str(number), {})


def directive(name: str, argument: str, options: Mapping[str, str], content: str = "") -> str:
    """Return a MyST directive; options without a value are left out, flags are "true"."""
    marks = fence(content, "~" if "`" in argument else "`")
    lines = [f"{marks}{{{name}}} {argument}".rstrip()]
    given = [(key, value) for key, value in options.items() if value]
    lines += [f":{k}:" if value == "true" else f":{k}: {quoted(value)}" for k, value in given]
    lines += ["", content] if content else []
    return "\n".join([*lines, marks])


def quoted(value: str) -> str:
    """Return the value of an option as YAML, which options are read as."""
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def fence(content: str, mark: str = "`") -> str:
    """Return backticks enough to hold the content; tildes where the line they open holds some."""
    runs = re.findall(mark + "{3,}", content)
    return mark * max([3, *(len(run) + 1 for run in runs)])


def inline(text: str) -> str:
    """Return Markdown with the roles of the dialect in MyST's spelling."""
    return stress_cjk(render_inline(without_myst(text), ROLES))


def without_myst(text: str) -> str:
    """Return Markdown in which what MyST alone takes for syntax is text, or a plain listing."""
    if not (_ROLE_OR_TARGET.search(text) or _DIRECTIVE.search(text)):
        return text
    plain = mask_literals(text)
    words = (m.start() for m in _ROLE_OR_TARGET.finditer(text) if plain[m.start()] == m[0])
    literals = (found.start for found in constructs(text) if found.kind == "literal")
    fences = filter(None, (_DIRECTIVE.match(text, start) for start in literals))
    edits = [Edit(start, start, "\\") for start in words]
    return apply_edits(text, [*edits, *(Edit(*m.span(), m[1] + m[2]) for m in fences)])


def stress_cjk(text: str) -> str:
    """Return Markdown whose stars begin and end emphasis where the text has no spaces.

    CommonMark lets no star do so between a letter and a punctuation mark, as in `**注：**图`.
    """
    if "*" not in text or not _CJK.search(text):
        return text
    pieces, done = [], 0
    for stars in _STARS.finditer(mask_literals(text)):
        before, after = text[: stars.start()][-1:], text[stars.end() :][:1]
        if _CJK.search(before + after):
            start = NOTHING if is_letter(before) and is_punctuation(after) else ""
            end = NOTHING if is_punctuation(before) and is_letter(after) else ""
            pieces += [text[done : stars.start()], start, stars[0], end]
            done = stars.end()
    return "".join(pieces) + text[done:]


def is_punctuation(character: str) -> bool:
    """Whether CommonMark takes a character for punctuation."""
    return bool(character) and unicodedata.category(character)[0] in "PS"


def is_letter(character: str) -> bool:
    """Whether a character is neither punctuation nor a space."""
    return bool(character.strip()) and not is_punctuation(character)


def reference(role: Role) -> str:
    """A cross-reference, by number or by title."""
    name = {"eqref": "eq"}.get(role.name, role.name)
    if role.title:
        return f"{{{name}}}`{role.title} <{role.keys[0]}>`"
    return ", ".join(f"{{{name}}}`{key}`" for key in role.keys)


def citation(role: Role) -> str:
    """One or more citations."""
    return f"{{cite:{'t' if role.name == 'citet' else 'p'}}}`{','.join(role.keys)}`"


def label(role: Role) -> str:
    """A name for a place in a text."""
    return f"{{anchor}}`{role.argument.strip()}`"


def nothing(role: Role) -> str:
    """What belongs to a block, and is with none."""
    return ""


ROLES: Mapping[str, Callable[[Role], str]] = {
    "label": label,
    "eqlabel": label,
    "width": nothing,
    "height": nothing,
    "bibliography": nothing,
    "numref": reference,
    "ref": reference,
    "eqref": reference,
    "cite": citation,
    "citet": citation,
}


def plain_text(markdown: str) -> str:
    """Return what a caption says, on one line, without markup, references and citations."""
    titles = {name: lambda role: role.title for name in ("numref", "ref", "eqref")}
    bare = render_inline(markdown, dict.fromkeys(ROLES, nothing) | titles)
    tokens = MarkdownIt("commonmark").parseInline(bare)
    words = " ".join(text_of(token) for token in tokens)
    return re.sub(r"\s*\(\s*\)|\s+(?=[.,;:)])", "", one_line(words)).strip()


def text_of(token: Token) -> str:
    """Return the text inside a Markdown token."""
    inner = "".join(" " if t.type == "softbreak" else text_of(t) for t in token.children or ())
    return inner or ("" if token.type in ("inline", "html_inline") else token.content)


def one_line(text: str) -> str:
    """Return a text with its line breaks and runs of spaces as single spaces."""
    return " ".join(text.split())
