"""Tabbed chapters, live in Jupyter.

A chapter file that is opened as a notebook starts with

    %load_ext d2lbook.tab
    tab.interact_select(["pytorch", "jax"])

From then on a cell that begins with `%%tab pytorch` or `#@tab pytorch` runs only while that tab is
chosen, and `tab.selected("jax")` tells whether another is. Readers choose with buttons where
ipywidgets is installed, and with `tab.select("jax")` everywhere.

A build gives a page's cells without a mark to the default tab alone, and so does `d2lbook lab`. A
cell that a reader adds runs whatever tab is chosen, until the page is opened again with it: few
would mark what they only try out. Where nobody tells the kernel which is which, all of them run.

The module needs nothing but IPython: it loads in the environment of any framework.
"""

import os
import re
import sys
from collections.abc import Iterable
from itertools import dropwhile
from pathlib import Path
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import display

PAGE_CELL = re.compile(r"[0-9a-f]{12}-\d+")
"""Ids that `live.notebook` gives to cells of a page, outside of what `:begin_tab:` wraps."""


class Chooser:
    """The tabs of a notebook, and the one that is chosen."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        """The tabs that are offered; none before the setup cell has run."""
        self.chosen = os.environ.get("D2LBOOK_TAB") or Path(sys.prefix).name.lower()
        """At first the tab that the kernel was started for, or whose environment it runs in."""
        self._default = os.environ.get("D2LBOOK_DEFAULT_TAB", "")

    def interact_select(self, *names: str | Iterable[str]) -> None:
        """Offer tabs, given one by one or as a list; the first is chosen unless another was.

        In the environment of one of them, that one is chosen first.

        Raises: ValueError without a name.
        """
        self.names = tuple(dict.fromkeys(_flat(names)))
        if not self.names:
            raise ValueError("name the tabs: tab.interact_select(['pytorch', 'jax'])")
        if self.chosen not in self.names:
            self.chosen = self.names[0]
        _register(get_ipython())
        if not self._show_buttons():
            self._tell()

    def select(self, name: str) -> None:
        """Choose a tab.

        Raises: ValueError if it isn't offered.
        """
        if name.strip().lower() not in self.names:
            raise ValueError(f"tab {name!r} is not offered (tabs: {', '.join(self.names)})")
        self.chosen = name.strip().lower()
        self._tell()

    def selected(self, *names: str | Iterable[str]) -> bool:
        """Whether one of the tabs is chosen; "all" always is.

        Raises: RuntimeError before the setup cell has run.
        """
        if not self.names:
            raise RuntimeError("no tab is chosen yet: run the cell with tab.interact_select first")
        return not {self.chosen, "all"}.isdisjoint(_flat(names))

    def choose_cell(self, lines: list[str]) -> list[str]:
        """What IPython is to run: a cell without its marks, or a note that it is skipped.

        Marks are found where a build finds them.

        Raises: SyntaxError for a mark without names; RuntimeError before the setup cell has run.
        """
        if not any("tab" in line for line in lines):
            return self._choose_unmarked(lines)
        from d2lbook.source.cells import tab_marks

        marks = tab_marks([line.rstrip("\n") for line in lines])
        names = [_flat(mark.split(",")) for mark in marks.values()]
        if not all(names):
            raise SyntaxError("name a tab: %%tab pytorch, jax")
        if not marks:
            return self._choose_unmarked(lines)
        if self.selected(*names):
            code = (line for index, line in enumerate(lines) if index not in marks)
            return list(dropwhile(str.isspace, code))
        return self._skipped(", ".join(dict.fromkeys(name for some in names for name in some)))

    def _choose_unmarked(self, lines: list[str]) -> list[str]:
        """What IPython is to run for a cell without a mark; a page's is for the default tab."""
        if not (self.names and self._default) or self.chosen == self._default or not _of_page():
            return lines
        from d2lbook.source.cells import is_setup

        if is_setup("".join(lines)):
            return lines
        return self._skipped(f"{self._default}, as it has no mark")

    def _skipped(self, tabs: str) -> list[str]:
        message = f"Skipped: for {tabs}; the chosen tab is {self.chosen}."
        return [f"print({message!r})\n"]

    def _tell(self) -> None:
        others = ", ".join(f"tab.select({name!r})" for name in self.names if name != self.chosen)
        print(f"The chosen tab is {self.chosen}." + (f" For another: {others}" if others else ""))

    def _show_buttons(self) -> bool:
        """Show a button for each tab; False outside of Jupyter, or without ipywidgets."""
        if get_ipython() is None:
            return False
        try:
            from ipywidgets import ToggleButtons
        except ImportError:
            return False
        buttons = ToggleButtons(options=self.names, value=self.chosen, description="Tab")
        buttons.observe(lambda change: setattr(self, "chosen", change["new"]), names="value")
        display(buttons)
        return True


def _of_page() -> bool:
    """Whether the front end has said that what runs is a cell of a page."""
    shell: Any = get_ipython()
    request = getattr(shell, "parent_header", None) or {}
    return bool(PAGE_CELL.fullmatch(str(request.get("metadata", {}).get("cellId"))))


def _flat(names: Iterable[str | Iterable[str]]) -> list[str]:
    """Names in lower case, from single ones and lists of them."""
    given = [one for name in names for one in ([name] if isinstance(name, str) else name)]
    return [name.strip().lower() for name in given if name.strip()]


_chooser = Chooser()  # a kernel has one choice, however often the extension is loaded
interact_select = _chooser.interact_select
select = _chooser.select
selected = _chooser.selected


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext d2lbook.tab`: make `tab` and `%%tab` known."""
    shell.push({"tab": sys.modules[__name__]})
    _register(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext d2lbook.tab`: every cell runs again."""
    if _chooser.choose_cell in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(_chooser.choose_cell)


def _register(shell: Any) -> None:
    """Let IPython pass its cells through the chooser."""
    if shell is not None and _chooser.choose_cell not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(_chooser.choose_cell)
