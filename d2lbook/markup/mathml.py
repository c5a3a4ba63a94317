"""TeX formulas as native MathML, made at build time.

KaTeX turns TeX into MathML inside QuickJS, so readers need neither JavaScript nor a network. Its
MathML is written for the full standard; browsers implement MathML Core, and know less of TeX's
spacing. Each function in `REPAIRS` closes one gap.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import metadata

import quickjs
from lxml import etree

NAMESPACE = "http://www.w3.org/1998/Math/MathML"

SCRIPTS = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
APPLY = "\N{FUNCTION APPLICATION}"
"""Invisible operator that KaTeX writes after the name of a function."""
DOTS = frozenset("…⋯")
NO_SPACE = {"lspace": "0", "rspace": "0"}
PRIME = "\N{PRIME}"
THIN_SPACE = "0.1667em"
LONG = 16
"""Letters, digits and operators that fit a line of a phone together."""
BREAKS = frozenset("=≠<>≤≥≈∼≡∝∈⊂⊆→←↦≔+−×⋅,")
OPENING, CLOSING = frozenset("([{⟨"), frozenset(")]}⟩")
STRUT = 0.15
"""In em, above and below each row: TeX gives lines more height than their letters need."""
VARIANTS = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT",
    "fraktur": "FRAKTUR",
    "bold-fraktur": "BOLD FRAKTUR",
    "double-struck": "DOUBLE-STRUCK",
    "monospace": "MONOSPACE",
    "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD",
    "sans-serif-italic": "SANS-SERIF ITALIC",
    "sans-serif-bold-italic": "SANS-SERIF BOLD ITALIC",
}
"""MathML's `mathvariant` values and the words Unicode uses for them in character names."""

RENDER = """
function render(tex, display) {
  return katex.renderToString(tex, {
    output: 'mathml', displayMode: display, throwOnError: true, strict: 'ignore'});
}
"""


class MathError(ValueError):
    """KaTeX cannot read a formula; the message is KaTeX's own, on one line."""


def to_mathml(tex: str, *, display: bool = False) -> str:
    """Return a formula as a `<math>` element that browsers draw right.

    `display` sets it as a block. A block with line breaks outside any environment is aligned,
    as in LaTeX's `split`. A long formula inside a line is several elements, with places to break
    the line between them, since browsers never break one. Raises `MathError` if the TeX is wrong.
    """
    tex = with_split(tex) if display else tex
    try:
        span = etree.fromstring(katex().get("render")(tex, display))
    except quickjs.JSException as error:
        raise MathError(one_line(str(error))) from None
    math = span[0]
    for repair in REPAIRS:
        repair(math)
    math.set("alttext", tex)
    pieces = [math] if display else breakable(math)
    return "<wbr/>".join(etree.tostring(piece, encoding="unicode") for piece in pieces)


@cache
def katex() -> quickjs.Context:
    """Return this process's QuickJS with KaTeX in it (loading takes about 30 ms)."""
    context = quickjs.Context()
    for file in metadata.files("sphinxcontrib-katex") or ():
        if file.name == "katex.min.js":
            context.eval(file.read_text(encoding="utf-8"))
            break
    else:
        raise FileNotFoundError("sphinxcontrib-katex has no katex.min.js: reinstall it")
    context.eval(RENDER)
    return context


def one_line(message: str) -> str:
    """Return the first line of KaTeX's message without its prefix and combining underlines."""
    first = message.partition("\n")[0].removeprefix("ParseError: KaTeX parse error: ")
    return "".join(char for char in first if not unicodedata.combining(char))


def with_split(tex: str) -> str:
    r"""Align a formula that has a `\\` outside of every `\begin … \end`."""
    depth = 0
    for token in re.findall(r"\\begin\b|\\end\b|\\\\|\\.", tex, flags=re.DOTALL):
        depth += {r"\begin": 1, r"\end": -1}.get(token, 0)
        if token == r"\\" and depth == 0:
            return rf"\begin{{aligned}}{tex}\end{{aligned}}"
    return tex


def remove_annotation(math: etree._Element) -> None:
    """Drop the TeX copy inside `<semantics>`; `alttext` holds it."""
    for semantics in list(elements(math, "semantics")):
        semantics.getparent().replace(semantics, semantics[0])


def style_letters(math: etree._Element) -> None:
    """Replace letters that carry a `mathvariant` by Unicode's mathematical letters.

    MathML Core knows `mathvariant="normal"` only.
    """
    for element in math.iter():
        style = VARIANTS.get(element.get("mathvariant", ""))
        if style:
            del element.attrib["mathvariant"]
            element.text = "".join(styled(char, style) for char in element.text or "")


@cache
def styled(char: str, style: str) -> str:
    """Return the mathematical letter for `char` ("x" in "BOLD" is "𝐱"), or `char` if none is."""
    name = re.sub(r"^(LATIN|GREEK) | (LETTER|LUNATE)\b|LUNATE ", "", unicodedata.name(char, ""))
    older = "BLACK-LETTER" if style == "FRAKTUR" else style  # letters Unicode had before 3.1
    for candidate in (f"MATHEMATICAL {style} {name}", f"{older} {name}"):
        try:
            return unicodedata.lookup(candidate)
        except KeyError:
            continue
    return char


def unnest_tokens(math: etree._Element) -> None:
    """Turn a token element that holds elements (`\\stackrel` makes them) into an `<mrow>`."""
    for name in ("mo", "mi"):
        for element in list(elements(math, name)):
            if len(element):
                element.tag = tag("mrow")


def raise_primes(math: etree._Element) -> None:
    """Move primes from the script to the base: as characters they are raised and small already."""
    for element in [*elements(math, "msup"), *elements(math, "msubsup")]:
        base, script = element[0], element[-1]
        primes = leading_primes(script)
        if not primes:
            continue
        row = etree.Element(tag("mrow"))
        element.replace(base, row)
        row.extend([base, *primes])
        for prime in primes:
            prime.attrib.update(NO_SPACE)
        if script in primes or not len(script):
            element.tag = tag("mrow") if element.tag == tag("msup") else tag("msub")
            if script not in primes:
                element.remove(script)


def leading_primes(script: etree._Element) -> list[etree._Element]:
    """Return the primes that a superscript begins with."""
    parts = [script] if script.tag == tag("mo") else list(script)
    return list(itertools.takewhile(lambda part: set(part.text or "?") == {PRIME}, parts))


def tighten_dots(math: etree._Element) -> None:
    """Leave no space around an ellipsis but what its neighbors bring."""
    for operator in elements(math, "mo"):
        if operator.text in DOTS:
            operator.attrib.update(NO_SPACE)


def space_functions(math: etree._Element) -> None:
    """Set thin spaces around the names of functions where TeX does: log x, 2 log x, but log(x)."""
    for operator in [mo for mo in elements(math, "mo") if mo.text == APPLY]:
        first, last = function_name(operator)
        before, after = first.getprevious(), last.getnext()
        if after is not None and after.tag != tag("mo"):
            last.addnext(thin_space())
        if before is not None and (before.tag != tag("mo") or before.text in tuple(")]}!")):
            first.addprevious(thin_space())


def function_name(operator: etree._Element) -> tuple[etree._Element, etree._Element]:
    """Return the first and last element of a function's name: itself, or with its scripts."""
    name = operator.getparent()
    if len(name) > 2 or name.getparent() is None or name.getparent().tag not in map(tag, SCRIPTS):
        return operator.getprevious(), operator
    while name.getparent().tag in map(tag, SCRIPTS) and name.getprevious() is None:
        name = name.getparent()
    return name, name


def thin_space() -> etree._Element:
    """Return the space that TeX writes as `\\,`."""
    return etree.Element(tag("mspace"), {"width": THIN_SPACE})


def tighten_scripts(math: etree._Element) -> None:
    """Leave no space around operators in scripts, as in TeX."""
    for element in (found for name in SCRIPTS for found in elements(math, name)):
        for script in element[1:]:
            for operator in script.iter(tag("mo")):
                operator.attrib.update(NO_SPACE)


def align_tables(math: etree._Element) -> None:
    """Say with CSS what MathML Core leaves out of tables: alignment, gaps and rules.

    A cell's formula is a block; browsers that know `-webkit-right` move blocks by it, too.
    """
    for table in elements(math, "mtable"):
        align = table.attrib.pop("columnalign", "center").split()
        gaps = ["0em", *table.attrib.pop("columnspacing", "0.8em").split()]
        lines = ["none", *table.attrib.pop("columnlines", "none").split()]
        between = table.attrib.pop("rowspacing", "0.4em").split()[0]
        half_row = float(between.removesuffix("em")) / 2 + STRUT
        for row in table:
            for column, cell in enumerate(row):
                side = nth(align, column)
                line = nth(lines, column) if column else "none"
                width = cell.attrib.pop("width", "")
                cell.set(
                    "style",
                    f"text-align:{side};text-align:-webkit-{side};"
                    f"padding:{half_row:g}em 0 {half_row:g}em {nth(gaps, column)}"
                    + (";border-left:1px " + line if line != "none" else "")
                    + (f";width:{width}" if width else ""),
                )


def nth(values: list[str], index: int) -> str:
    """Return the value of a column; as in MathML, the last one holds for the columns after it."""
    return values[min(index, len(values) - 1)]


def elements(math: etree._Element, name: str) -> Iterator[etree._Element]:
    """Iterate over the MathML elements of one name, in document order."""
    return math.iter(tag(name))


def tag(name: str) -> str:
    """Return the name of a MathML element with its namespace."""
    return f"{{{NAMESPACE}}}{name}"


def breakable(math: etree._Element) -> list[etree._Element]:
    """Divide a long formula where TeX would break it: after its outermost operators."""
    outer = math[0]
    if outer.tag != tag("mrow") or sum(1 for leaf in math.iter() if not len(leaf)) <= LONG:
        return [math]
    pieces: list[etree._Element] = []
    row = etree.Element(tag("mrow"))
    depth = 0
    for child in list(outer):
        row.append(child)
        depth += (nucleus(child).text in OPENING) - (nucleus(child).text in CLOSING)
        if child.text in BREAKS and depth <= 0:
            child.set("form", "infix")
            pieces.append(row)
            row = etree.Element(tag("mrow"))
    return [wrapped(piece) for piece in [*pieces, row] if len(piece)]


def nucleus(element: etree._Element) -> etree._Element:
    """Return what scripts are attached to: the parenthesis of `)^2`."""
    while element.tag in map(tag, SCRIPTS):
        element = element[0]
    return element


def wrapped(row: etree._Element) -> etree._Element:
    """Return a piece of a formula as a formula."""
    math = etree.Element(tag("math"), nsmap={None: NAMESPACE})
    math.append(row)
    return math


REPAIRS = (
    remove_annotation,
    style_letters,
    unnest_tokens,
    raise_primes,
    tighten_dots,
    space_functions,
    tighten_scripts,
    align_tables,
)
