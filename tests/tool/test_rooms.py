"""The rooms of the tool: imports go one way."""

import ast
from pathlib import Path

import d2lbook

FOLDER = Path(d2lbook.__file__).parent
ORDER = ("__init__", *d2lbook.BASE, *d2lbook.ROOMS, *d2lbook.TOP)


def room_of(name):
    """Return the place in `ORDER` of what is imported as `name`, None where it has none."""
    inside = name.removeprefix("d2lbook").removeprefix(".") or "__init__"
    fitting = [room for room in ORDER if f"{inside}.".startswith(f"{room}.")]
    return ORDER.index(max(fitting, key=len)) if fitting else None


def modules():
    """Yield the name of each module of the tool, and its syntax tree."""
    for path in sorted(FOLDER.rglob("*.py")):
        parts = path.relative_to(FOLDER.parent).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        yield name, ast.parse(path.read_text("utf-8"))


def imports_of(tree):
    """Yield the names of the tool's modules that a module imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (name for name in names if name.partition(".")[0] == "d2lbook")


def test_every_module_is_in_a_room_and_every_room_is_there():
    names = [name for name, _ in modules()]
    assert [name for name in names if room_of(name) is None] == []
    assert sorted({room_of(name) for name in names}) == list(range(len(ORDER)))


def test_rooms_import_only_from_those_before_them():
    wrong = [
        f"{name} imports {imported}"
        for name, tree in modules()
        for imported in imports_of(tree)
        if room_of(imported) > room_of(name)
    ]
    assert wrong == []


def test_rooms_say_what_enters_and_leaves():
    silent = [
        name
        for name, tree in modules()
        if (FOLDER.parent / name.replace(".", "/")).is_dir() and not ast.get_docstring(tree)
    ]
    assert silent == []
