"""What became of names that older notebooks use, or that are misspelt."""

import difflib
from collections.abc import Callable, Iterable

RENAMED = {
    "train_ch3": "Trainer(max_epochs).fit(model, data), or train_ch6 for a classic loop",
    "load_data_mnist": "FashionMNIST(batch_size)",
    "get_dataloader_workers": "nothing: the loaders here use no worker processes",
    "FashionMnist": "FashionMNIST",
    "Cifar10": "CIFAR10",
    "progress_board": "ProgressBoard",
    "try_all_gpu": "try_all_gpus",
}


def missing_name(edition: str, names: Iterable[str]) -> Callable[[str], object]:
    """Return a module's ``__getattr__``: ``plt`` on demand, and a helpful AttributeError."""
    known = sorted({*names, "plt"})

    def __getattr__(name: str):
        if name == "plt":
            from matplotlib import pyplot

            return pyplot
        if name in RENAMED:
            raise AttributeError(f"{edition} has no {name!r}: use {RENAMED[name]}")
        near = difflib.get_close_matches(name, known, n=1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise AttributeError(f"{edition} has no {name!r}{hint}")

    return __getattr__
