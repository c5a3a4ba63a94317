"""One contract, four editions: the same names with the same parameters."""

import inspect
import subprocess
import sys

import pytest

NAMES = (
    *("HyperParameters", "add_to_class", "ProgressBoard", "Module", "Classifier", "DataModule"),
    *("FashionMNIST", "CIFAR10", "Trainer", "init_cnn", "cpu", "gpu", "num_gpus", "try_gpu"),
    *(
        "try_all_gpus",
        "Timer",
        "costs",
        "plot",
        "set_figsize",
        "show_images",
        "use_svg_display",
        "seed",
    ),
    *("DataError", "Accumulator", "Animator", "load_data_fashion_mnist", "train_ch6", "accuracy"),
    *("evaluate_accuracy", "evaluate_accuracy_gpu", "get_fashion_mnist_labels"),
    *("ones", "zeros", "arange", "tensor", "randn", "normal", "rand", "matmul", "reshape"),
    *("concat", "stack", "exp", "log", "tanh", "sin", "cos", "abs", "reduce_sum", "reduce_mean"),
    *("argmax", "astype", "transpose", "size", "to", "numpy", "sigmoid", "expand_dims"),
    *("swapaxes", "repeat", "batch_matmul", "eye"),
)
SAVED = (  # what the chapters define
    *("DenseBlock", "Inception", "InvertedResidual", "ResNeXtBlock", "ResNet", "Residual"),
    *("SqueezeExcitation", "ChannelNorm", "ConvNeXtBlock", "nin_block", "vgg_block"),
)
DTYPES = ("int32", "int64", "float32")
PARAMETERS = {
    "HyperParameters.save_hyperparameters": ["self", "ignore"],
    "add_to_class": ["cls"],
    "ProgressBoard.draw": ["self", "x", "y", "label", "every_n"],
    "FashionMNIST": ["batch_size", "resize"],
    "FashionMNIST.get_dataloader": ["self", "train"],
    "FashionMNIST.train_dataloader": ["self"],
    "FashionMNIST.val_dataloader": ["self"],
    "FashionMNIST.text_labels": ["self", "indices"],
    "FashionMNIST.visualize": ["self", "batch", "nrows", "ncols", "labels"],
    "CIFAR10": ["batch_size", "resize"],
    "Trainer": ["max_epochs", "num_gpus", "gradient_clip_val"],
    "Module.plot": ["self", "key", "value", "train"],
    "Module.configure_optimizers": ["self"],
    "gpu": ["i"],
    "try_gpu": ["i"],
    "seed": ["value"],
    "Timer": [],
    "show_images": ["imgs", "num_rows", "num_cols", "titles", "scale"],
    "set_figsize": ["figsize"],
    "Accumulator": ["n"],
    "Accumulator.add": ["self", "args"],
    "Animator.add": ["self", "x", "y"],
    "load_data_fashion_mnist": ["batch_size", "resize"],
    "accuracy": ["y_hat", "y"],
    "get_fashion_mnist_labels": ["labels"],
    "astype": ["x", "dtype"],
    "expand_dims": ["x", "axis"],
    "repeat": ["x", "repeats", "axis"],
    "size": ["x"],
    "to": ["x", "device"],
    "numpy": ["x"],
}
METHODS = {
    "Module.training_step": ["self", "batch"],
    "Module.validation_step": ["self", "batch"],
    "Classifier.loss": ["self", "Y_hat", "Y", "averaged"],
    "Classifier.accuracy": ["self", "Y_hat", "Y", "averaged"],
    "Classifier.layer_summary": ["self", "X_shape"],
    "Trainer.fit": ["self", "model", "data"],
    "costs": ["model", "X_shape"],
    "train_ch6": ["net", "train_iter", "test_iter", "num_epochs", "lr", "device"],
    "evaluate_accuracy": ["net", "data_iter", "device"],
    "evaluate_accuracy_gpu": ["net", "data_iter", "device"],
}
# What an edition has otherwise.
JAX_METHODS = {
    "Module.training_step": ["self", "params", "batch", "state"],
    "Module.validation_step": ["self", "params", "batch", "state"],
    "Classifier.loss": ["self", "params", "X", "Y", "state", "averaged"],
    "Classifier.accuracy": ["self", "params", "X", "Y", "state", "averaged"],
    "Classifier.layer_summary": ["self", "X_shape", "key"],
    "Trainer.fit": ["self", "model", "data", "key"],
    "costs": ["model", "X_shape", "key"],
}


OTHER_METHODS = {
    "jax": JAX_METHODS,
    "tensorflow": {
        "train_ch6": ["net_fn", "train_iter", "test_iter", "num_epochs", "lr", "device"]
    },
    "mxnet": {
        "train_ch6": ["net", "train_iter", "test_iter", "num_epochs", "lr", "device", "ctx"],
        "evaluate_accuracy": ["net", "data_iter", "device", "ctx"],
        "evaluate_accuracy_gpu": ["net", "data_iter", "device", "ctx"],
    },
}


def lookup(d2l, path):
    """The object that a dotted path names."""
    for name in path.split("."):
        d2l = getattr(d2l, name)
    return d2l


@pytest.mark.parametrize("name", NAMES + SAVED)
def test_every_edition_has_the_name_with_a_docstring(d2l, name):
    assert inspect.getdoc(getattr(d2l, name))


@pytest.mark.parametrize(("path", "parameters"), PARAMETERS.items())
def test_every_edition_keeps_the_parameters(d2l, path, parameters):
    assert list(inspect.signature(lookup(d2l, path)).parameters) == parameters


@pytest.mark.parametrize("path", METHODS)
def test_every_edition_keeps_the_methods(d2l, edition, path):
    expected = OTHER_METHODS.get(edition, {}).get(path, METHODS[path])
    assert list(inspect.signature(lookup(d2l, path)).parameters) == expected


def test_editions_export_nothing_beyond_the_contract(d2l, edition):
    public = {
        name
        for name, value in vars(d2l).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    extra = {"get_key"} if edition == "jax" else set()
    assert public - extra - {"missing_name", "environment_seed"} == {*NAMES, *DTYPES, *SAVED}


def run_python(code):
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_d2l_imports_no_framework():
    frameworks = {"torch", "jax", "tensorflow", "mxnet", "numpy"}
    assert run_python(f"import d2l, sys; print(sorted({frameworks!r} & {{*sys.modules}}))") == "[]"


def test_importing_an_edition_imports_nothing_heavy(edition):
    heavy = {"pandas", "scipy", "PIL", "torchvision", "matplotlib", "IPython", "pooch", "requests"}
    others = {"torch", "jax", "tensorflow", "mxnet"} - {edition}
    # What the framework itself imports is not the edition's doing.
    code = (
        f"import sys, {edition}\n"
        f"before = {{*sys.modules}}\n"
        f"import d2l.{edition}\n"
        f"print(sorted(({heavy!r} | {others!r}) & ({{*sys.modules}} - before)))"
    )
    assert run_python(code) == "[]"
