"""Saving a constructor's arguments, and adding methods to a class later on."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any


class HyperParameters:
    """Gives a class ``save_hyperparameters``: its constructor's arguments as attributes."""

    def save_hyperparameters(self, ignore: Iterable[str] = ()) -> None:
        """Save the arguments of the calling function as attributes, and in ``self.hparams``.

        Only arguments count: other local variables of the caller are left alone, and so are
        the names in ``ignore`` and names that begin with an underscore.
        """
        frame = inspect.currentframe().f_back
        arguments = inspect.getargvalues(frame)
        keyword_only = frame.f_code.co_varnames[len(arguments.args) :][
            : frame.f_code.co_kwonlyargcount
        ]
        names = [*arguments.args[1:], *keyword_only]  # the first argument is self
        names += [name for name in (arguments.varargs, arguments.keywords) if name]
        ignored = {ignore} if isinstance(ignore, str) else set(ignore)
        self.hparams = {
            name: arguments.locals[name]
            for name in names
            if name not in ignored and not name.startswith("_")
        }
        for name, value in self.hparams.items():
            setattr(self, name, value)


def add_to_class(cls: type) -> Callable[[Any], Any]:
    """Return a decorator that adds a function to ``cls`` as a method of the same name."""

    def add(method: Any) -> Any:
        setattr(cls, method.__name__, method)
        return method

    return add
