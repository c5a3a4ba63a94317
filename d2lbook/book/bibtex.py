"""The keys of a BibTeX file, and its mistakes."""

import re
from collections.abc import Iterator

from pybtex import errors as pybtex_errors
from pybtex.database.input.bibtex import Parser
from pybtex.exceptions import PybtexError

_ENTRY = re.compile(r"(?<![\w.])@(\w+)\s*[{(]\s*([^\s,{}()\"]+)\s*,")
_NOT_ENTRIES = {"comment", "string", "preamble"}
_LINE = re.compile(r" in line \d+")
_SUBJECT = re.compile(r"(?:entry: |key )(\S+)|'(.+)'")


def citation_keys(text: str) -> frozenset[str]:
    """The keys that `:cite:` may name."""
    entries = _ENTRY.findall(text)
    return frozenset(key for kind, key in entries if kind.lower() not in _NOT_ENTRIES)


def mistakes(text: str) -> Iterator[tuple[int, str]]:
    """What is wrong in a file, with lines: a missing brace, an entry that is there twice."""
    parser = Parser()
    with pybtex_errors.capture() as found:
        try:
            parser.parse_string(text)
        except PybtexError as error:
            found.append(error)
    for one in found:
        yield _line_of(one, text), _LINE.sub("", str(one))


def _line_of(error: PybtexError, text: str) -> int:
    """The line of an error: as it says itself, or where the text that it names is last."""
    if line := getattr(error, "lineno", None):
        return int(line)
    named = _SUBJECT.search(str(error))
    subject = re.escape(named[1] or named[2]) if named else r"\Z"
    places = [match.start(1) for match in re.finditer(rf"[{{(]\s*({subject})(?!\w)", text)]
    return text.count("\n", 0, places[-1] if places else 0) + 1
