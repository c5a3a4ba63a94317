"""What a page refers to: labels, citations, images, bibliographies."""

import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from d2lbook.book.bibtex import citation_keys
from d2lbook.config import BookConfig
from d2lbook.errors import BookError, Unresolved, nearest, unreadable
from d2lbook.source.constructs import CITATIONS, REFERENCES, ROLES, SLIDE_MARKS, intended_role
from d2lbook.source.images import html_files, images, linked_files
from d2lbook.source.inline import Role, scan_inline
from d2lbook.source.page import Block, Page

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_RST_LABEL = re.compile(r"^\s*(?:\.\. _`?([^:`]+)`?:\s*$|:(?:name|label):\s*(\S+))", re.M)
_RST_BIBLIOGRAPHY = re.compile(r"^[ \t]*\.\. bibliography::[ \t]+(\S.*)$", re.M)
_RST_FILE = re.compile(
    r"^[ \t]*(?:\.\. (?:\|[^|\n]+\| )?(?:image|figure|include|literalinclude)::|:file:)[ \t]+(\S+)",
    re.M,
)
_NO_KEY = re.compile(r"[\s{}]")
_ANY_LABEL = re.compile(r":(?:eq)?label:`+([^`]+)`")
_LITERAL_KINDS = {"cell", "setup", "listing", "toc", "rst", "equation", "bibliography"}


@dataclass
class References:
    """Everything that can be referred to, and what was found wrong."""

    config: BookConfig
    broken: Collection[str] = ()
    """Pages that couldn't be read in full: what they may define isn't missed."""
    labels: dict[str, tuple[Page, Block]] = field(default_factory=dict)
    citation_keys: set[str] = field(default_factory=set)
    bibliographies: dict[str, None] = field(default_factory=dict)
    """Paths relative to `source_dir`, in order."""
    images: dict[str, None] = field(default_factory=dict)
    """Paths relative to `source_dir`, in order."""
    files: set[str] = field(default_factory=set)
    """Other files that text leads to, relative to `source_dir`."""
    html_files: set[str] = field(default_factory=set)
    """Files that HTML leads to, which nobody else will bring to the site."""
    errors: list[BookError] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    """References that lead nowhere."""
    _other_labels: set[str] = field(default_factory=set)
    """Labels in reStructuredText files, and in text that a mistake may have hidden."""
    _places: dict[str, tuple[Page, Block, int]] = field(default_factory=dict)

    def define(self, page: Page) -> None:
        """Learn what the page defines: its labels and its bibliographies."""
        for block in page.blocks:
            for label, line in _labels(block):
                self._define_label(label, page, block, line)
            for name, line in _bibliographies(block):
                self.read_bibliography(name, page.path, line)
            if page.path in self.broken:
                self._other_labels |= set(_ANY_LABEL.findall(block.source))

    def define_rst(self, path: Path) -> None:
        """Learn what a reStructuredText page defines."""
        text = (self.config.source_dir / path).read_text(encoding="utf-8", errors="replace")
        block = Block("rst", text, 1)
        self._other_labels |= {label for label, _ in _labels(block)}
        for name, line in _bibliographies(block):
            self.read_bibliography(name, path.as_posix(), line)
        self._note_files(block, path.as_posix())

    def check(self, page: Page) -> None:
        """Note what the page refers to that isn't there."""
        for block in page.blocks:
            for role in _roles(block):
                self._check_role(role, page, role.line)
            for target, line in _images(block):
                self._check_image(target, page, line)
            self._note_files(block, page.path)

    def read_bibliography(self, name: str, where: str, line: int | None = None) -> None:
        """Learn the keys of a BibTeX file that a file of the book names.

        Raises: BookError if it can't be read; which citations are known depends on it.
        """
        folders = (posixpath.dirname(where), "")
        paths = [posixpath.normpath(posixpath.join(folder, name)) for folder in folders]
        path = next(filter(self.config.has_source, paths), None)
        if path is None:
            self.errors.append(BookError(f"bibliography {name!r} isn't there", where, line))
        elif path not in self.bibliographies:
            self.bibliographies[path] = None
            try:
                content = (self.config.source_dir / path).read_bytes()
            except OSError as error:
                raise unreadable(error, path) from None
            try:
                content.decode("utf-8")
            except UnicodeDecodeError as error:
                self.errors.append(unreadable(error, path))
            self.citation_keys |= citation_keys(content.decode("utf-8", "replace"))

    def _define_label(self, label: str, page: Page, block: Block, line: int) -> None:
        first = self._places.setdefault(label, (page, block, line))
        other_page, other, other_line = first
        if other is block and line == other_line:
            self.labels[label] = (page, block)
        elif not (block.tabs and other.tabs and block.tabs.isdisjoint(other.tabs)):
            where = f"{other_page.path}:{other_line}"
            message = f"label {label!r} is already defined at {where}: rename one of the two"
            self.errors.append(BookError(message, page.path, line))

    def _check_role(self, role: Role, page: Page, line: int) -> None:
        if role.name not in ROLES:
            message = f"role :{role.name}: is unknown; did you mean :{intended_role(role.name)}:?"
            self.errors.append(BookError(message, page.path, line))
        elif role.name in REFERENCES | CITATIONS and not role.keys:
            self.errors.append(BookError(f"role :{role.name}: names nothing", page.path, line))
        elif role.name in REFERENCES:
            for key in role.keys:
                if key not in self.labels and key not in self._other_labels:
                    message = f"label {key!r} is not defined{nearest(key, self.labels)}"
                    self.unresolved.append(Unresolved(message, page.path, line, key=key))
        elif role.name in CITATIONS:
            for key in role.keys:
                if _NO_KEY.search(key):
                    message = f"citation {key!r} is no key: write a comma between two"
                    self.errors.append(BookError(message, page.path, line))
                elif key not in self.citation_keys:
                    message = self._unknown_key(key)
                    self.unresolved.append(Unresolved(message, page.path, line, key=key))

    def _unknown_key(self, key: str) -> str:
        if not self.bibliographies:
            return f"citation {key!r}: the book has no bibliography; add :bibliography:`refs.bib`"
        where = ", ".join(self.bibliographies)
        return f"citation key {key!r} is not in {where}{nearest(key, self.citation_keys)}"

    def _note_files(self, block: Block, path: str) -> None:
        """Learn which files of the book a block leads to."""
        if block.kind not in ("prose", "table", "rst"):
            return
        targets = set(linked_files(block.source) if block.kind != "rst" else ())
        targets |= set(_RST_FILE.findall(block.source) if block.kind == "rst" else ())
        html = set(html_files(block.source))
        found = {target: file_of(target, path) for target in targets | html}
        there = {target for target, file in found.items() if file and self.config.has_source(file)}
        self.files |= {found[target] for target in there}
        self.html_files |= {found[target] for target in there & html}

    def _check_image(self, target: str, page: Page, line: int) -> None:
        path = file_of(target, page.path)
        if not path:
            return
        if self.config.has_source(path):
            self.images[path] = None
            return
        names = _names_in((self.config.source_dir / path).parent)
        message = f"figure {target!r} isn't there{nearest(posixpath.basename(path), names)}"
        self.errors.append(BookError(message, page.path, line))


def all_roles(text: str, line: int) -> Iterator[Role]:
    """The roles of a text that starts at a line, those inside slide marks too."""
    if ":`" not in text:
        return
    for piece in scan_inline(text, slides=True, line=line):
        if isinstance(piece, Role) and piece.name in SLIDE_MARKS.values():
            yield from all_roles(piece.argument, piece.line)
        elif isinstance(piece, Role):
            yield piece


def _roles(block: Block) -> Iterator[Role]:
    if block.kind not in _LITERAL_KINDS:
        texts = [block.caption] if block.kind == "figure" else [block.source, block.caption]
        for text in texts:
            yield from all_roles(text, block.line)


def _labels(block: Block) -> Iterator[tuple[str, int]]:
    """The labels that a block defines, with their lines."""
    if block.label:
        yield block.label, block.line
    if block.kind == "rst":
        for match in _RST_LABEL.finditer(block.source):
            yield match[1] or match[2], block.line + block.source.count("\n", 0, match.start())
    for role in _roles(block):
        if role.name in ("label", "eqlabel"):
            yield role.argument.strip(), role.line


def _bibliographies(block: Block) -> Iterator[tuple[str, int]]:
    """The BibTeX files that a block names, with their lines."""
    if block.kind == "bibliography":
        yield block.source, block.line
    elif block.kind == "rst":
        for match in _RST_BIBLIOGRAPHY.finditer(block.source):
            line = block.line + block.source.count("\n", 0, match.start())
            yield from ((name, line) for name in match[1].split())


def _images(block: Block) -> Iterator[tuple[str, int]]:
    if block.kind == "figure":
        yield block.target, block.line
    elif block.kind in ("prose", "table") and ("![" in block.source or "<img" in block.source):
        for line, target in images(block.source):
            yield target, block.line + line


def file_of(target: str, page: str) -> str:
    """The file, relative to `source_dir`, that a page means by a target; "" where it is none."""
    if not target or _ELSEWHERE.match(target):
        return ""
    folder = "" if target.startswith("/") else posixpath.dirname(page)
    return posixpath.normpath(posixpath.join(folder, unquote(target).lstrip("/")))


def _names_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except (OSError, ValueError):  # no folder, or a name that none can have
        return []
