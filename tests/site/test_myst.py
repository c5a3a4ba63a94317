"""Blocks become MyST."""

import pytest

from d2lbook.markup.myst import in_tabs, plain_text, to_myst
from d2lbook.source.page import Block

BLOCKS = [
    (Block("heading", "Title", 1, level=2, label="sec_a"), "(sec_a)=\n## Title"),
    (Block("heading", "Title", 1, level=1), "# Title"),
    (Block("prose", "See :numref:`a`, :ref:`b` and :eqref:`c`.", 1),
     "See {numref}`a`, {ref}`b` and {eq}`c`."),
    (Block("prose", "By :citet:`k1` and :cite:`k1, k2`.", 1),
     "By {cite:t}`k1` and {cite:p}`k1,k2`."),
    (Block("prose", "See :ref:`that <b>`.", 1), "See {ref}`that <b>`."),
    (Block("prose", "`:numref:` stays, [**this**] too.(~~not this~~)", 1),
     "`:numref:` stays, this too."),
    (Block("equation", "x = 1", 1, label="eq_x"), "```{math}\n:label: eq_x\n\nx = 1\n```"),
    (Block("figure", "", 1, caption="A *cat*.", label="f", target="a.svg",
           options={"width": "9px"}),
     "```{figure} a.svg\n:width: 9px\n:alt: A cat.\n:name: f\n\nA *cat*.\n```"),
    (Block("figure", "", 1, caption="'A': b # c", label="Fig #1", target="a.svg"),
     "```{figure} a.svg\n:alt: \"'A': b # c\"\n:name: \"Fig #1\"\n\n'A': b # c\n```"),
    (Block("figure", "", 1, caption="1. A\n- b", target="a.svg"),
     "```{figure} a.svg\n:alt: 1. A - b\n\n\N{ZERO WIDTH SPACE}1. A - b\n```"),
    (Block("figure", "", 1, target="a.svg"), "```{image} a.svg\n```"),
    (Block("table", "| a |\n|---|\n| :cite:`k` |", 1, caption="T", label="t"),
     "```{table} T\n:name: t\n\n| a |\n|---|\n| {cite:p}`k` |\n```"),
    (Block("table", "| a |\n|---|", 1), "| a |\n|---|"),
    (Block("table", "| a |\n|---|", 1, caption="By :cite:`k`, `x`", label="t"),
     "~~~{table} By {cite:p}`k`, `x`\n:name: t\n\n| a |\n|---|\n~~~"),
    (Block("listing", "ls ```x", 1, options={"language": "bash"}), "````bash\nls ```x\n````"),
    (Block("listing", "x", 1, options={"language": "{.r .x}"}), "```\nx\n```"),
    (Block("toc", "", 1, options={"maxdepth": "2", "numbered": "true"}, entries=("a", "b/c")),
     "```{toctree}\n:maxdepth: 2\n:numbered:\n\na\nb/c\n```"),
    (Block("rst", ".. note:: x", 1), "```{eval-rst}\n.. note:: x\n```"),
    (Block("bibliography", "refs.bib", 1), "```{bibliography} refs.bib\n```"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "expected"), BLOCKS)
def test_blocks(block, expected):
    assert to_myst(block) == expected


def test_tab_prose_holds_what_holds_fences():
    assert in_tabs("```{math}\nx\n```", 3, ["jax"]) == (
        "````{tab-prose} 3 jax\n\n```{math}\nx\n```\n````"
    )


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("The *network* of :citet:`k`, [linked](x).", "The network of, linked."),
        ("Sizes $n \\times n$\nand `code` (:numref:`fig_a`).", "Sizes $n \\times n$ and code."),
        ("", ""),
    ],
)
def test_captions_become_alternative_texts(caption, expected):
    assert plain_text(caption) == expected
