"""An old or misspelt name says what to use instead."""

import ast
import re

import pytest

from d2l import names


@pytest.mark.parametrize("name", names.REPLACED)
def test_an_old_name_says_what_replaced_it(d2l, name):
    with pytest.raises(AttributeError, match=re.escape(f"use {names.REPLACED[name]}")):
        getattr(d2l, name)


def test_what_replaced_a_name_is_there(d2l):
    """Replacements that are a name of the library, or begin with one, exist in every edition."""
    for replacement in names.REPLACED.values():
        first = re.match(r"(\w+)(\(|, |: | or |$)", replacement)
        if first and first[1] != "nothing":
            assert hasattr(d2l, first[1])


def test_an_optimizer_is_named_for_the_framework(d2l, edition):
    with pytest.raises(AttributeError, match=re.escape(f"use {names.OPTIMIZERS[edition]}")):
        d2l.sgd
    ast.parse(names.OPTIMIZERS[edition])


def test_a_module_of_the_framework_is_imported_by_the_notebook(d2l, edition):
    for name, statement in names.replacements(edition).items():
        if statement.startswith(("import", "from")):
            exec(statement, {})
            if name != edition:
                with pytest.raises(AttributeError, match=f"use {statement}"):
                    getattr(d2l, name)


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        *(("Animater", "Animator"), ("Acumulator", "Accumulator"), ("Trainers", "Trainer")),
        *(("Clasifier", "Classifier"), ("FashonMNIST", "FashionMNIST"), ("CIFAR", "CIFAR10")),
        *(("load_data_fashion_minst", "load_data_fashion_mnist"), ("train_ch_6", "train_ch6")),
        *(("add_to_clas", "add_to_class"), ("progressBoard", "ProgressBoard")),
        ("evaluate_acuracy_gpu", "evaluate_accuracy_gpu"),
        ("get_fashion_mnist_label", "get_fashion_mnist_labels"),
    ],
)
def test_a_misspelt_name_says_the_nearest(d2l, misspelt, meant):
    with pytest.raises(AttributeError, match=f"did you mean '{meant}'"):
        getattr(d2l, misspelt)


def test_a_name_like_no_other(d2l, edition):
    with pytest.raises(AttributeError, match=rf"d2l\.{edition} has no 'xyzzy_42'$"):
        d2l.xyzzy_42


def test_plt_is_there_on_demand(d2l):
    assert d2l.plt.__name__ == "matplotlib.pyplot"
