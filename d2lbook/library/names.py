"""The names of a library file: what it defines, and what it has to import."""

import builtins
from collections.abc import Collection, Iterable, Mapping

from d2lbook.config import CONFIG_FILE, LibraryConfig
from d2lbook.errors import BookError
from d2lbook.library.code import bound_names, free_names
from d2lbook.library.saved import Import, Saved

BUILTINS = {*dir(builtins), "__file__", "display", "get_ipython"}
"""Names that need no import; IPython has two more."""


class Names:
    """What each top-level name of one library file stands for."""

    def __init__(self, module: str, imports: Mapping[str, tuple[Import, ...]]) -> None:
        """Args: module: the dotted name of the file; imports: those of the cells, by page."""
        self.errors: list[BookError] = []
        self.warnings: list[BookError] = []
        self.by_hand: set[str] = set()
        """What the part that is written by hand defines."""
        self.definitions: dict[str, str] = {}
        """The place of each name that the generated part defines."""
        self.itself: set[str] = set()
        """Names of the library file itself: `d2l`, as a rule."""
        self.package: set[str] = set()
        """Names of packages that the file is in, and that hand its names on."""
        self.uses_itself: set[str] = set()
        """Those of `itself` that the file needs."""
        self._module = module
        self._by_page = imports
        self._imported: dict[str, Import] = {}
        self._given: set[str] = set()
        """Import statements that the file has already."""
        self._statements: dict[str, None] = {}
        for one in self._everywhere():
            if one.target == module:
                self.itself.add(one.name)
            elif module.startswith(f"{one.target}."):
                self.package.add(one.name)

    @property
    def import_statements(self) -> list[str]:
        """What has to be added at the top."""
        return [one for one in self._statements if one not in self._given]

    @property
    def known(self) -> set[str]:
        """Every name that the file has so far."""
        return {*self.by_hand, *self.definitions, *self._imported, *self.itself}

    def given(self, names: Iterable[str], imports: Iterable[Import]) -> None:
        """Take note of what the part that is written by hand defines and imports."""
        self.by_hand |= set(names)
        for one in imports:
            self._imported[one.name] = one
            self._given.add(one.statement)

    def define(self, saved: Saved) -> None:
        """Take note of what a statement defines; a name that is saved twice is an error."""
        for name in sorted(bound_names(saved.code.text)):
            if other := self.definitions.get(name):
                message = f"{name!r} is saved here and in {other}: rename one, or save only one"
                self.errors.append(BookError(message, saved.code.path, saved.code.line))
            if name in self.by_hand:
                message = f"{name!r}, which is saved here, replaces that of the library's own file"
                self.warnings.append(BookError(message, saved.code.path, saved.code.line))
            self.definitions.setdefault(name, saved.place)

    def is_own(self, prefix: str, name: str) -> bool:
        """Whether `prefix.name` is this file's `name`."""
        defined = name in self.definitions or name in self.by_hand
        return (prefix in self.package and defined) or (
            prefix in self.itself and name in self.known
        )

    def add_import(self, wanted: Import) -> None:
        """Have something imported; two things of one name are an error."""
        other = self._imported.setdefault(wanted.name, wanted)
        place = f"{other.path}:{other.line}"
        if self._is_reimport(wanted) or wanted.name in self.by_hand:
            return
        if wanted.name in self.definitions:
            what, place = "defined", self.definitions[wanted.name]
        elif other.target != wanted.target:
            what = f"that of {other.statement!r}"
        else:
            self._statements[wanted.statement] = None
            return
        message = f"saved code needs {wanted.name!r} of {wanted.statement!r}, but it is {what} in "
        message += f"{place}: give one of them another name"
        self.errors.append(BookError(message, wanted.path, wanted.line))

    def need(self, saved: Saved) -> None:
        """Have everything imported that a statement uses, as its page imports it."""
        for name in sorted(free_names(saved.code.text)):
            here = [i for i in self._by_page[saved.code.path] if i.name == name]
            above = [one for one in here if one.line <= saved.code.line]
            if name in self.itself:
                self.uses_itself.add(name)
            elif here:
                nearest = above[-1] if above else here[0]
                for one in here:
                    if one.target == nearest.target:
                        self.add_import(one)
            elif name not in self.known | BUILTINS:
                message = f"the saved code uses {name!r}, which nothing saved defines and no cell "
                message += "of the page imports: save it, too"
                self.warnings.append(BookError(message, saved.code.path, saved.code.line))

    def need_anywhere(self, statement: str) -> None:
        """Have imported what an alias of `config.ini` uses, as the first page imports it."""
        for name in sorted(free_names(statement) - self.known - BUILTINS):
            found = next((one for one in self._everywhere() if one.name == name), None)
            if found:
                self.add_import(found)
            else:
                message = f"the alias {statement!r} uses {name!r}, which no cell imports"
                self.warnings.append(BookError(message, CONFIG_FILE))

    def _is_reimport(self, wanted: Import) -> bool:
        """Whether an import asks this file, or its package, for what is defined here."""
        module, _, name = wanted.target.rpartition(".")
        inside = f"{self._module}.".startswith(f"{module}.")
        return inside and name == wanted.name and name in self.definitions

    def _everywhere(self) -> Iterable[Import]:
        return (one for imports in self._by_page.values() for one in imports)


def aliases(library: LibraryConfig, taken: Collection[str]) -> dict[str, str]:
    """The statements of the aliases by name, but for names that the library itself defines.

    Raises: BookError if a line of `alias` isn't Python.
    """
    found: dict[str, str] = {}
    if library.lib_name:
        for name, own in library.simple_alias.items():
            found[name] = f"{name} = {library.lib_name}.{own}"
    for name, method in library.fluent_alias.items():
        found[name] = f"{name} = lambda x, *args, **kwargs: x.{method}(*args, **kwargs)"
    for line in library.alias:
        try:
            found |= dict.fromkeys(bound_names(line), line)
        except SyntaxError as error:
            raise BookError(f"alias {line!r} isn't Python: {error.msg}", CONFIG_FILE) from None
    return {name: line for name, line in found.items() if name not in taken}
