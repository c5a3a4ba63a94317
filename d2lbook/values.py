"""What one value of `config.ini` may say: from its text to what the configuration holds."""

import configparser
import posixpath
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple


class ConfigValueError(ValueError):
    """A value of `config.ini` that doesn't mean anything: what is wrong with it."""


class HeaderLink(NamedTuple):
    """A link in the header of every page."""

    name: str
    url: str
    icon: str


def file_name(text: str) -> str:
    """What files may be called, without their suffixes."""
    if not re.fullmatch(r"(?!\.)[^/\\\x00-\x1f]+", text):
        raise ConfigValueError(
            f"{text!r} can't be the name of a file: do without / and a first dot"
        )
    return text


def words(text: str) -> tuple[str, ...]:
    """Names, separated by spaces, commas or line breaks."""
    return tuple(text.replace(",", " ").split())


def globs(text: str) -> tuple[str, ...]:
    """Globs, separated likewise."""
    for glob in words(text):
        try:
            glob_matcher((glob,))
        except re.error as error:
            raise ConfigValueError(f"{glob!r} is no glob: {error.msg}") from None
    return words(text)


def page(text: str) -> str:
    """A page, with or without the suffix of its file."""
    return posixpath.normpath(text.removesuffix(".md"))


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def flag(text: str) -> bool:
    states = configparser.ConfigParser.BOOLEAN_STATES
    if text.lower() not in states:
        raise ConfigValueError(f"{text!r} is neither True nor False")
    return states[text.lower()]


def count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d*", text):
        raise ConfigValueError(f"{text!r} is not a whole number above zero")
    return int(text)


def cap(text: str) -> int | None:
    return count(text) if text else None


def url(text: str) -> str:
    """The address of a folder on the web, with a slash at its end."""
    if text and not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ConfigValueError(f"{text!r} is not an address like https://example.org/book/")
    return f"{text.rstrip('/')}/" if text else ""


def edit_url(text: str) -> str:
    """The address at which a page is edited, with `{path}` for the page's own."""
    if text and not re.fullmatch(r"https?://[^\s{}]+\{path\}[^\s{}]*", text):
        example = "https://github.com/owner/name/edit/main/{path}"
        raise ConfigValueError(f"{text!r} is not an address with {{path}} in it, like {example}")
    return text


def tab_names(text: str) -> tuple[str, ...]:
    names = tuple(name.lower() for name in words(text))
    if odd := [name for name in names if not re.fullmatch(r"[\w-]+", name)]:
        raise ConfigValueError(f"{odd[0]!r} names no tab: use letters, digits, - and _")
    if "all" in names:
        raise ConfigValueError("'all' means every tab and can't name one")
    if len(set(names)) < len(names):
        raise ConfigValueError("a tab is listed twice")
    return names


def header_links(text: str) -> tuple[HeaderLink, ...]:
    return tuple(_header_link(line) for line in lines(text))


def _header_link(line: str) -> HeaderLink:
    parts = [part.strip() for part in line.rstrip(",").split(",")]
    if len(parts) not in (2, 3):
        raise ConfigValueError(f"header link {line!r} is not 'name, URL, icon'")
    return HeaderLink(*parts, *[""] * (3 - len(parts)))


def per_tab(text: str) -> Mapping[str, str]:
    """Lines of `tab, value`; a line without a comma is for every tab, under ""."""
    pairs = (line.rpartition(",") for line in lines(text))
    return MappingProxyType({tab.strip().lower(): value.strip() for tab, _, value in pairs})


def renames(text: str) -> Mapping[str, str]:
    """`ones, concat -> cat` as {"ones": "ones", "concat": "cat"}."""
    pairs = (item.partition("->") for item in re.split(r"[,\n]", text))
    return MappingProxyType(
        {old.strip(): new.strip() or old.strip() for old, _, new in pairs if old.strip()}
    )


def patterns(text: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Lines of `pattern -> replacement`."""
    return tuple(_pattern(line) for line in lines(text))


def _pattern(line: str) -> tuple[re.Pattern[str], str]:
    pattern, arrow, replacement = (part.strip() for part in line.rstrip(",").partition("->"))
    if not arrow:
        raise ConfigValueError(f"reverse alias {line!r} is not 'pattern -> replacement'")
    try:
        return re.compile(pattern), replacement
    except re.error as error:
        raise ConfigValueError(f"pattern {pattern!r} of a reverse alias: {error}") from None


def glob_matcher(globs: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a relative path matches one of the globs; a folder stands for all that it holds."""
    pattern = re.compile("|".join(f"(?:{_glob_pattern(glob)})" for glob in globs) or r"(?!)")
    return lambda name: pattern.fullmatch(name) is not None


def _glob_pattern(glob: str) -> str:
    """The regular expression of a glob; `**` crosses folders, `*` doesn't."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[!?.[^\]]*\])", glob.removeprefix("./").rstrip("/"))
    regex = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(regex.get(p) or _one_of(p) or re.escape(p) for p in parts) + "(/.*)?"


def _one_of(part: str) -> str:
    """The regular expression of `[ab]`, `[a-c]`, and `[!ab]` for all others; "" of another part."""
    inside = re.fullmatch(r"\[(!?)(.+)\]", part)
    if not inside:
        return ""
    characters = re.sub(r"([\\^\[\]&|~])", r"\\\1", inside[2])
    return f"(?!/)[{'^' if inside[1] else ''}{characters}]"
