"""Training: it learns, it repeats, it reports, and it says what is wrong."""

import itertools
import re

import numpy as np
import pytest


def fit(d2l, model, *, epochs, batch_size=32, size=28, seed=0, **options):
    """Train a model on Fashion-MNIST, as it is now; return its trainer."""
    trainer = d2l.Trainer(max_epochs=epochs, **options)
    trainer.fit(model, d2l.FashionMNIST(batch_size=batch_size, resize=(size, size)))
    return trainer


def seeded(d2l, make, seed=0, **options):
    """Train a fresh model from a seed."""
    d2l.seed(seed)
    return fit(d2l, make(), **options)


def test_a_small_convnet_learns_64_images(d2l, nets, tiny):
    tiny(64)
    trainer = seeded(d2l, nets.SmallNet, epochs=40, batch_size=16)
    assert trainer.metrics.means()["val_acc"] == 1.0


def test_the_same_seed_gives_the_same_curve(d2l, nets, tiny):
    tiny(96)
    curves = [
        seeded(d2l, lambda: nets.SmallNet(dropout=0.5), epochs=3).model.board.data for _ in range(2)
    ]
    assert curves[0]["train_loss"] == curves[1]["train_loss"]
    other = seeded(d2l, lambda: nets.SmallNet(dropout=0.5), seed=1, epochs=3)
    assert curves[0]["train_loss"] != other.model.board.data["train_loss"]


def test_a_fit_starts_from_the_weights_of_its_key(d2l, nets, edition, tiny):
    if edition != "jax":
        pytest.skip("only JAX's fit takes a key")
    import jax

    tiny(32)
    key = jax.random.key(5)
    model, images = nets.SmallNet(lr=0.0), d2l.FashionMNIST(batch_size=32)
    trainer = d2l.Trainer(max_epochs=1)
    trainer.fit(model, images, key=key)
    X, _ = next(iter(images.val_dataloader()))
    first = model.apply_init([X], key)["params"]
    jax.tree.map(np.testing.assert_array_equal, trainer.state.params, first)


def test_an_untrained_network_has_the_loss_of_guessing(d2l, nets, tiny):
    tiny(64)
    trainer = seeded(d2l, lambda: nets.SmallNet(lr=0.0), epochs=1)
    assert trainer.metrics.means()["val_loss"] == pytest.approx(np.log(10), abs=0.35)


def test_the_closing_line(d2l, nets, tiny, capsys):
    tiny(70)
    seeded(d2l, nets.SmallNet, epochs=2)
    line = capsys.readouterr().out.strip()
    assert re.fullmatch(
        r"loss \d\.\d{3}, train acc \d\.\d{3}, test acc \d\.\d{3}, [\d.]+ examples/sec on \S+",
        line,
    )


def test_a_capped_run_says_so(d2l, nets, tiny, capsys, monkeypatch):
    tiny(90)
    monkeypatch.setenv("D2L_MAX_EPOCHS", "1")
    monkeypatch.setenv("D2L_DATASET_LIMIT", "40")
    monkeypatch.setenv("D2L_MAX_SIDE", "20")
    seeded(d2l, nets.SmallNet, epochs=3)
    line = capsys.readouterr().out.splitlines()[-1]
    limits = "1 of 3 epochs, 40 of 90 training images, 20×20 pixels instead of 28×28"
    assert line == f"capped run: {limits}"


def test_one_batch_still_plots(d2l, nets, tiny):
    tiny(10)
    board = seeded(d2l, nets.SmallNet, epochs=1).model.board
    assert {label: len(points) for label, points in board.data.items()} == {
        **{"train_loss": 1, "train_acc": 1},
        **{"val_loss": 1, "val_acc": 1},
    }


def test_the_last_partial_batch_counts_by_its_size(d2l, nets, tiny):
    tiny(33)
    trainer = seeded(d2l, lambda: nets.SmallNet(lr=0.0), epochs=1, batch_size=32)
    accuracy = trainer.metrics.means()["val_acc"]
    assert accuracy * 33 == pytest.approx(round(accuracy * 33), abs=1e-4)


def test_prediction_uses_no_dropout(d2l, nets, tiny):
    tiny(32)
    trainer = seeded(d2l, lambda: nets.SmallNet(dropout=0.9), epochs=1)
    X = np.random.default_rng(0).random(nets.input_shape(4, 1, 28), dtype=np.float32)
    np.testing.assert_array_equal(nets.outputs(trainer, X), nets.outputs(trainer, X))


def test_batch_normalization_keeps_running_statistics(d2l, nets, tiny):
    tiny(64)
    trainer = seeded(d2l, nets.BatchNormNet, epochs=25, batch_size=16)
    assert np.abs(nets.running_mean(trainer)).max() > 1e-3
    assert trainer.metrics.means()["val_acc"] > 0.9


def test_an_overridden_loss_is_used(d2l, nets, tiny):
    tiny(64)
    plain = seeded(d2l, lambda: nets.SmallNet(lr=0.0), epochs=1).metrics.means()
    doubled = seeded(d2l, lambda: nets.DoubledLoss(lr=0.0), epochs=1).metrics.means()
    assert doubled["train_loss"] == pytest.approx(2 * plain["train_loss"], rel=1e-4)
    assert doubled["val_loss"] == pytest.approx(2 * plain["val_loss"], rel=1e-4)


def test_clipped_gradients_move_little(d2l, nets, tiny):
    tiny(32)
    options = {"epochs": 1, "batch_size": 32}
    still = seeded(d2l, lambda: nets.SmallNet(lr=0.0), **options)
    free = seeded(d2l, lambda: nets.SmallNet(lr=1.0), **options)
    clipped = seeded(d2l, lambda: nets.SmallNet(lr=1.0), gradient_clip_val=1e-4, **options)
    loss = [t.metrics.means()["val_loss"] for t in (still, free, clipped)]
    assert abs(loss[2] - loss[0]) < 1e-3 < abs(loss[1] - loss[0])


def test_labels_out_of_range(d2l, nets, tiny):
    tiny(32)
    with pytest.raises(ValueError, match=r"labels go up to 9.*has 5 outputs.*num_classes=10"):
        fit(d2l, nets.SmallNet(num_classes=5), epochs=1)


def test_images_of_the_wrong_size_say_how_to_ask_for_others(d2l, nets, tiny):
    tiny(4)
    with pytest.raises(Exception) as error:  # noqa: PT011 - the framework's own kind
        fit(d2l, nets.AlexNet(), epochs=1, size=28)
    text = str(error.value) + "".join(getattr(error.value, "__notes__", []))
    assert "AlexNet was given images of shape" in text
    assert "resize=(height, width)" in text


def test_a_missing_net(d2l, nets, tiny):
    tiny(4)
    with pytest.raises(Exception, match="NoNet has no net"):
        fit(d2l, nets.NoNet(), epochs=1)


def test_more_gpus_than_there_are_fall_back_with_a_word(d2l, nets, tiny, capsys):
    tiny(8)
    seeded(d2l, nets.SmallNet, epochs=1, num_gpus=d2l.num_gpus() + 1)
    assert f"there are {d2l.num_gpus()}, training on" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("data, model", "model is .*FashionMNIST, which has no configure_optimizers"),
        ("type(model), data", "model is the class SmallNet.*give an object"),
        ("model, data.train_dataloader()", "data is .*Loader, which has no train_dataloader"),
        ("model, type(data)", "data is the class FashionMNIST"),
    ],
)
def test_what_is_fitted_is_a_model_and_data(d2l, nets, tiny, arguments, problem):
    tiny(8)
    names = {"model": nets.SmallNet(), "data": d2l.FashionMNIST()}
    with pytest.raises(TypeError, match=problem):
        d2l.Trainer(max_epochs=1).fit(*eval(arguments, names))


@pytest.mark.parametrize(
    "options", [{"num_gpus": -1}, {"num_gpus": "1"}, {"gradient_clip_val": None}]
)
def test_what_a_trainer_is_told_are_numbers(d2l, options):
    with pytest.raises(ValueError, match="give a number from 0 on"):
        d2l.Trainer(max_epochs=1, **options)


def test_a_metric_of_each_example(d2l, nets, tiny):
    tiny(8)
    model = nets.SmallNet()
    fit(d2l, model, epochs=1)
    with pytest.raises(ValueError, match=r"plot\('acc'\) was given an array of shape \(2,\)"):
        model.plot("acc", d2l.ones((2,)), train=True)


def test_a_second_fit_draws_its_own_curves(d2l, nets, tiny):
    tiny(40)
    model, data = nets.SmallNet(), d2l.FashionMNIST(batch_size=32)
    for _ in range(2):
        d2l.Trainer(max_epochs=2).fit(model, data)
    assert [x for x, _ in model.board.data["val_loss"]] == [1, 2]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_a_fit_that_was_stopped_can_be_repeated(d2l, nets, tiny, capsys, error):
    tiny(64)
    model, data, trainer = nets.SmallNet(), d2l.FashionMNIST(16), d2l.Trainer(max_epochs=2)
    plot = type(model).plot

    def stop(self, key, value, train):
        plot(self, key, value, train)
        if trainer.train_batch_idx == 2:
            raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(model), "plot", stop)
        with pytest.raises(error):
            trainer.fit(model, data)
    trainer.fit(model, data)
    assert trainer.train_batch_idx == 8
    assert [x for x, _ in model.board.data["val_loss"]] == [1, 2]
    assert capsys.readouterr().out.count("loss") == 1


def test_there_may_be_no_curve_of_training(d2l, nets, tiny, capsys):
    tiny(40)
    model = nets.SmallNet()
    model.plot_train_per_epoch = 0
    d2l.Trainer(max_epochs=1).fit(model, d2l.FashionMNIST(batch_size=32))
    assert set(model.board.data) == {"val_loss", "val_acc"}
    assert "train acc" in capsys.readouterr().out


def test_epochs_may_be_numpys(d2l):
    assert d2l.Trainer(max_epochs=np.int64(3)).max_epochs == 3


@pytest.mark.parametrize("epochs", [0, -1, 2.5, "3", True])
def test_max_epochs_must_be_a_number_of_epochs(d2l, epochs):
    with pytest.raises(ValueError, match="max_epochs"):
        d2l.Trainer(max_epochs=epochs)


@pytest.mark.parametrize("cap", ["many", "0"])
def test_a_cap_that_is_no_number(d2l, monkeypatch, cap):
    monkeypatch.setenv("D2L_MAX_EPOCHS", cap)
    with pytest.raises(ValueError, match=f"D2L_MAX_EPOCHS='{cap}' is not a whole number from 1"):
        d2l.Trainer(max_epochs=1)


def own_data(d2l, get_dataloader):
    """Data whose loaders are those of a function of (image data, train)."""

    class Own(d2l.DataModule):
        def __init__(self):
            super().__init__()
            self.images = d2l.FashionMNIST(batch_size=16)

        def get_dataloader(self, train):
            return get_dataloader(self.images, train)

    return Own()


def generated(images, train):
    """A generator of batches, as notebooks write it to show what a loader does."""
    yield from images.get_dataloader(train)


@pytest.mark.parametrize(
    "get_dataloader",
    [lambda images, train: list(images.get_dataloader(train)), generated],
    ids=["a list", "a generator"],
)
def test_loaders_of_ones_own(d2l, nets, tiny, get_dataloader):
    tiny(64)
    d2l.seed(0)
    trainer = d2l.Trainer(max_epochs=30)
    trainer.fit(nets.SmallNet(), own_data(d2l, get_dataloader))
    assert trainer.num_train_batches == trainer.num_val_batches == 4
    assert trainer.train_batch_idx == 30 * 4
    assert trainer.metrics.means()["val_acc"] > 0.9


@pytest.mark.parametrize("dtype", ["uint8", "int32"])
def test_labels_may_be_any_whole_numbers(d2l, nets, tiny, capsys, dtype):
    tiny(8)
    batches = [[d2l.numpy(a) for a in batch] for batch in d2l.FashionMNIST().val_dataloader()]

    class Batches(d2l.DataModule):
        def get_dataloader(self, train):
            return [(X, y.astype(dtype)) for X, y in batches]

    trainer = d2l.Trainer(max_epochs=1)
    trainer.fit(nets.SmallNet(), Batches())
    assert 0 < trainer.metrics.means()["train_loss"] < 5


def test_there_may_be_no_validation_data(d2l, nets, tiny, capsys):
    tiny(32)
    data = own_data(d2l, lambda images, train: images.get_dataloader(True) if train else None)
    d2l.Trainer(max_epochs=2).fit(nets.SmallNet(), data)
    line = r"loss \d\.\d{3}, train acc \d\.\d{3}, [\d.]+ examples/sec on \S+\n"
    assert re.fullmatch(line, capsys.readouterr().out)


def test_an_iterator_would_be_used_up(d2l, nets, tiny):
    tiny(32)
    once = iter([])
    with pytest.raises(TypeError, match=r"train_dataloader\(\) always returns the same list_iter"):
        d2l.Trainer(max_epochs=2).fit(nets.SmallNet(), own_data(d2l, lambda images, train: once))


class Endless:
    """Batches that never end, as a repeated tf.data has them."""

    def __len__(self):
        raise TypeError("The dataset is infinite.")

    def __iter__(self):
        return itertools.repeat(None)


def test_a_loader_without_end(d2l, nets, tiny):
    tiny(32)
    with pytest.raises(ValueError, match="a loader without end"):
        d2l.Trainer(max_epochs=2).fit(nets.SmallNet(), own_data(d2l, lambda *_: Endless()))


def test_data_without_batches(d2l, nets, tiny):
    tiny(32)
    with pytest.raises(ValueError, match=r"Own\.train_dataloader\(\) gives no batches"):
        d2l.Trainer(max_epochs=2).fit(nets.SmallNet(), own_data(d2l, lambda images, train: []))


@pytest.mark.parametrize("net", ["SmallNet", "BatchNormNet"])
def test_a_trainer_rewritten_by_a_notebook(d2l, nets, tiny, monkeypatch, net):
    tiny(64)
    make = getattr(nets, net)
    ours = seeded(d2l, make, epochs=6, batch_size=16).metrics.means()
    num_prepared = []

    def __init__(self, max_epochs, num_gpus=0, gradient_clip_val=0):
        self.save_hyperparameters()
        self.gpus = [d2l.gpu(i) for i in range(min(num_gpus, d2l.num_gpus()))]

    def prepare_batch(self, batch):
        num_prepared.append(len(batch))
        return [d2l.to(a, self.gpus[0]) for a in batch] if self.gpus else batch

    def prepare_model(self, model):
        model.trainer = self
        model.board.xlim = [0, self.max_epochs]
        self.model = model

    for method in (__init__, prepare_batch, prepare_model, nets.fit_epoch):
        monkeypatch.setattr(d2l.Trainer, method.__name__, method)
    trainer = seeded(d2l, make, epochs=6, batch_size=16)
    assert trainer.train_batch_idx == trainer.val_batch_idx == 6 * 4
    assert len(num_prepared) >= 2 * 6 * 4
    assert trainer.metrics.means() == pytest.approx(ours, rel=1e-3)


def test_the_shortest_constructor_of_a_notebook_s_own(d2l, nets, tiny, monkeypatch, capsys):
    tiny(32)
    monkeypatch.setenv("D2L_MAX_EPOCHS", "1")

    def __init__(self, max_epochs):
        self.max_epochs = max_epochs

    monkeypatch.setattr(d2l.Trainer, "__init__", __init__)
    assert fit(d2l, nets.SmallNet(), epochs=3).train_batch_idx == 1
    assert "capped run: 1 of 3 epochs" in capsys.readouterr().out
