"""The words of the site and of its theme, where Sphinx has none for them in the book's language."""

from __future__ import annotations

from gettext import NullTranslations

from sphinx.application import Sphinx

from d2lbook.words import Say


def setup(app: Sphinx) -> None:
    """Let Sphinx ask for the words that it lacks."""
    app.translator.add_fallback(OwnWords(app.config.language))


class OwnWords(NullTranslations):
    """What `d2lbook.words` knows, as Sphinx asks for it."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._say = Say(language)

    def gettext(self, message: str) -> str:
        """Return a text in the language, or as it is."""
        return self._say(message)
