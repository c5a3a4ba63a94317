"""The corners of slides: the HTML that `[slides]` gives, its pictures brought along."""

import base64
import mimetypes

from lxml import html

from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import BookError
from d2lbook.publish.brand import is_url


def corner(config: BookConfig, key: str) -> str:
    """Return what goes into a corner of each slide: HTML or text, as `config.ini` has it.

    Pictures that are files of the book become part of it, so that a deck needs none of them.

    Args:
        config: the book's configuration.
        key: top_left or top_right.

    Raises:
        BookError: a picture isn't there.
    """
    text = getattr(config.slides, key)
    if not text:
        return ""
    element = html.fragment_fromstring(text, create_parent="div")
    for image in element.iter("img"):
        source = image.get("src", "")
        if not is_url(source) and not source.startswith("data:"):
            image.set("src", _embedded(config, source, key))
    return html.tostring(element, encoding="unicode")


def _embedded(config: BookConfig, name: str, key: str) -> str:
    try:
        content = (config.root / name).read_bytes()
    except OSError as error:
        raise BookError(f"[slides] {key}: {name}: {error.strerror}", CONFIG_FILE) from None
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"
