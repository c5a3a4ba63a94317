"""Displayed formulas as LaTeX takes them; what KaTeX reads is a little more."""

from __future__ import annotations

import re

OUTER = re.compile(
    r"\s*\\begin\{(align|alignat|equation|gather|multline)\*?\}(.*)\\end\{\1\*?\}\s*", re.DOTALL
)
"""A formula that is one of the environments that LaTeX doesn't let stand in another."""
INNER = {"align": "aligned", "alignat": "alignedat", "gather": "gathered", "multline": "gathered"}
TOKEN = re.compile(r"\\(?:begin|end)\s*\{|\\\\|\\.|[{}&]", re.DOTALL)


def display(formula: str, label: str, number: str) -> str:
    """Return a displayed formula, which is made smaller where it is too wide for the page.

    Args:
        formula: the TeX between the dollars.
        label: what LaTeX's references call it; "" for none.
        number: shown beside it; "" for none.
    """
    text = "\n".join(line for line in formula.strip().splitlines() if line.strip())
    if r"\tag" in text:  # which LaTeX allows at the outermost level alone
        return f"\n\\begin{{equation*}}\n{text}\n\\end{{equation*}}\n"
    fitted = f"\\fitdisplay{{{'4em' if number else '0pt'}}}{{%\n{as_one(text)}}}"
    if not number:
        return f"\n\\begin{{equation*}}\n{fitted}\n\\end{{equation*}}\n"
    mark = rf"\label{{{label}}}" if label else ""
    return (
        f"\n\\renewcommand{{\\theequation}}{{{number}}}%\n"
        f"\\begin{{equation}}{mark}\n{fitted}\n\\end{{equation}}\n"
    )


def as_one(text: str) -> str:
    """Return a formula of any number of lines as one that can be part of another."""
    if match := OUTER.fullmatch(text):
        name, inside = match.groups()
        if name == "equation":
            return as_one(inside.strip())
        return rf"\begin{{{INNER[name]}}}{inside}\end{{{INNER[name]}}}"
    own = [token for token, depth in tokens(text) if depth == 0]
    if r"\\" in own:
        name = "aligned" if "&" in own else "gathered"
        return f"\\begin{{{name}}}\n{text}\n\\end{{{name}}}"
    return text


def tokens(text: str) -> list[tuple[str, int]]:
    """Return commands and braces of a formula, each with how deep it is in groups."""
    found, depth = [], 0
    for match in TOKEN.finditer(text):
        token = match[0]
        if token == "}" or token.startswith(r"\end"):
            depth -= 1
        found.append((token, depth))
        if token == "{" or token.startswith(r"\begin"):
            depth += 1
        if re.fullmatch(r"\\(?:begin|end)\s*\{", token):
            depth += 1  # until the brace after the name
    return found
