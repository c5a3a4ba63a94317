"""The fingerprint of the library code that a notebook's cells import.

It is taken of syntax trees without docstrings, so that an edit of a comment, a docstring, the
layout or the version number leaves it as it was, and in a form that all Pythons give alike. Of
what was generated from the chapters, only the definitions count that the cells use, directly or
through others: an edit of one chapter leaves the records of the rest as they are.
"""

import ast
import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import d2l
from d2lbook.library.files import MARK
from d2lbook.source.pycode import Code, NotPython

LIBRARY_FOLDER = Path(d2l.__file__).parents[1]
"""Where the d2l package lies; of what else is there, nothing counts."""
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class _Statement:
    """A statement at the top of a file."""

    outline: str
    names: frozenset[str]
    """What it defines or imports by name."""
    uses: frozenset[str]
    """Names that occur in it."""
    source: str
    """The module that it imports names from; empty where it is no such import."""
    generated: bool
    """Whether it was generated from the chapters."""


@dataclass(frozen=True)
class _Module:
    """A file of the library."""

    name: str
    imports: frozenset[str]
    """Everything that may be a module and is imported."""
    statements: tuple[_Statement, ...]

    @property
    def generated(self) -> bool:
        """Whether a part of it was generated from the chapters."""
        return any(statement.generated for statement in self.statements)


class Fingerprints:
    """Takes fingerprints; each library file is read once, each notebook looked at once."""

    def __init__(self, root: Path):
        """Args: root: the book's folder, which its cells can import from."""
        self._root = root
        self._files: dict[Path, _Module] = {}
        self._found: dict[tuple[Sequence[str], Path], str] = {}

    def of(self, sources: Sequence[str], folder: Path) -> str:
        """Return the fingerprint of what these cells import; empty where it is nothing of ours.

        Args:
            sources: the code cells.
            folder: the folder the cells run in, which they can import from, too.
        """
        key = tuple(sources), folder
        if key not in self._found:
            self._found[key] = self._of(sources, folder)
        return self._found[key]

    def _of(self, sources: Sequence[str], folder: Path) -> str:
        importing = (source for source in sources if "import" in source)
        names = {name for source in importing for name in imports(parse_cell(source))}
        files: dict[Path, _Module] = {}
        while names:
            module = names.pop()
            for path, name in self._module_files(module, folder):
                if path not in files:
                    files[path] = self._read(path, name)
                    names |= files[path].imports
        if not files:
            return ""
        code = sorted(counting(sources, list(files.values())))
        return hashlib.sha256(repr(code).encode()).hexdigest()

    def _module_files(self, module: str, folder: Path) -> Iterator[tuple[Path, str]]:
        """Yield the files of a module and of the packages above it, with their dotted names."""
        parts = module.split(".")
        for above in dict.fromkeys((folder, self._root, LIBRARY_FOLDER)):
            if above == LIBRARY_FOLDER and parts[0] != "d2l" and above != self._root:
                continue
            if (above / parts[0]).is_dir() or (above / f"{parts[0]}.py").is_file():
                yield from _files_on_the_way(above, parts)
                return

    def _read(self, path: Path, name: str) -> _Module:
        """Return what counts of a file."""
        if path not in self._files:
            text = path.read_bytes()
            try:
                tree = bare(ast.parse(text))
            except (SyntaxError, ValueError):
                whole = _Statement(text.hex(), frozenset(), frozenset(), "", False)
                self._files[path] = _Module(name, frozenset(), (whole,))
            else:
                package = name if path.name == "__init__.py" else name.rpartition(".")[0]
                mark = text.partition(MARK.encode())
                start = mark[0].count(b"\n") + 1 if mark[1] else len(text)
                statements = tuple(_statement(node, package, start) for node in tree.body)
                self._files[path] = _Module(name, frozenset(imports(tree, package)), statements)
        return self._files[path]


def _statement(node: ast.stmt, package: str, generated_from: int) -> _Statement:
    """Return a statement; from a line on, those of its file are generated."""
    source = _absolute(node, package) if isinstance(node, ast.ImportFrom) else ""
    generated = node.lineno > generated_from
    text = repr(outline(node))
    return _Statement(text, frozenset(_bound(node)), frozenset(_used(node)), source, generated)


def counting(
    sources: Sequence[str], modules: Sequence[_Module]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the modules' names and the outlines of those of their statements that count."""
    everything = {statement for module in modules for statement in module.statements}
    generated = {module.name for module in modules if module.generated}
    spare = {s for s in everything if s.names and (s.generated or s.source in generated)}
    used: set[str] = set()
    if spare:
        used.update(*(statement.uses for statement in everything - spare))
        used.update(*(_used(parse_cell(source)) for source in sources))
    while needed := {statement for statement in spare if statement.names & used}:
        spare -= needed
        used.update(*(statement.uses for statement in needed))
    for module in modules:
        yield module.name, tuple(s.outline for s in module.statements if s not in spare)


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at the top of a file gives a meaning."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _used(tree: ast.AST) -> Iterator[str]:
    """Yield the names that occur in code, also after a dot, and those it imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def _files_on_the_way(above: Path, parts: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Yield a package's own files, its subpackages' down to the module, or the module's file."""
    for depth in range(1, len(parts) + 1):
        place, name = above.joinpath(*parts[:depth]), ".".join(parts[:depth])
        if place.is_dir():
            for path in sorted(place.glob("*.py")):
                yield path, name if path.stem == "__init__" else f"{name}.{path.stem}"
        else:
            if (path := place.with_suffix(".py")).is_file():
                yield path, name
            return


def imports(tree: ast.AST, package: str = "") -> Iterator[str]:
    """Yield the dotted names of everything that may be a module and is imported in ``tree``.

    Args:
        package: the package that relative imports start from.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = _absolute(node, package)
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """Return the absolute name of the module that ``from … import`` names."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - node.level + 1]
    return ".".join([*above, node.module] if node.module else above)


def bare(tree: ast.Module) -> ast.Module:
    """Remove the docstrings and the version number of a syntax tree, in place."""
    tree.body = [node for node in tree.body if not _is_version(node)]
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return tree


def _is_version(node: ast.stmt) -> bool:
    """Whether a statement is ``__version__ = …``."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(name, ast.Name) and name.id == "__version__" for name in targets)


def outline(node: object) -> object:
    """Return a syntax tree as nested tuples that are the same in every version of Python.

    Fields that hold nothing are left out, since versions differ in which of those they have.
    """
    if isinstance(node, ast.AST):
        inside = ((name, getattr(node, name, None)) for name in node._fields)
        return (
            type(node).__name__,
            *(
                (name, outline(value))
                for name, value in inside
                if value is not None and value != []
            ),
        )
    return tuple(map(outline, node)) if isinstance(node, list) else node


def parse_cell(source: str) -> ast.Module:
    """Parse a cell; one that isn't Python imports nothing."""
    code = Code(source, "", 1)
    with contextlib.suppress(NotPython):
        if code.is_python:
            return code.tree
    return ast.Module(body=[], type_ignores=[])
