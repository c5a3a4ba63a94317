"""What the tool says to readers, in the language of the book.

`templates/words/LANGUAGE.toml` has the words of a language by the English ones; what is in none is
said in English. Sphinx's words, and those of its theme, can be among them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from d2lbook.errors import counted

FOLDER = resources.files("d2lbook") / "templates" / "words"
LANGUAGES = {"zh": "zh_CN"}
"""Languages that Sphinx calls otherwise."""


def locale_of(lang: str) -> str:
    """Return Sphinx's name of a language."""
    return LANGUAGES.get(lang, lang)


@cache
def words_of(lang: str) -> Mapping[str, str]:
    """Return the words of a language by the English ones; none of a language that nobody wrote."""
    file = FOLDER / f"{locale_of(lang)}.toml"
    words = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return MappingProxyType(words)


@dataclass(frozen=True)
class Say:
    """Says things in a language."""

    lang: str

    def __call__(self, text: str, *values: object) -> str:
        """Return a text, with the values in place of its `{}`."""
        said = words_of(self.lang).get(text, text)
        return said.format(*values) if values else said

    def count(self, number: int, unit: str) -> str:
        """Return a number with its unit: "1 epoch", "2,048 images"."""
        said = words_of(self.lang).get(f"{{}} {unit}s")
        return said.format(f"{number:,}") if said else counted(number, unit)


ENGLISH = Say("en")
