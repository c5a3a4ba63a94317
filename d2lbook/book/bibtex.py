"""The keys of a BibTeX file."""

import re

_ENTRY = re.compile(r"(?<![\w.])@(\w+)\s*[{(]\s*([^\s,{}()\"]+)\s*,")
_NOT_ENTRIES = {"comment", "string", "preamble"}


def citation_keys(text: str) -> frozenset[str]:
    """The keys that `:cite:` may name."""
    entries = _ENTRY.findall(text)
    return frozenset(key for kind, key in entries if kind.lower() not in _NOT_ENTRIES)
