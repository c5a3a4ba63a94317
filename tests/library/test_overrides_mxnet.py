"""Methods and blocks of one's own in a fit: the compiled network must not bypass any of them."""

import pytest

mxnet = pytest.importorskip("mxnet")

from mxnet import gluon, init, np  # noqa: E402
from mxnet.gluon import nn  # noqa: E402
from nets_mxnet import SmallNet, sequential  # noqa: E402

from d2l import mxnet as d2l  # noqa: E402


def fit(model, data=None, epochs=1, **options):
    """Train a model; return its trainer."""
    trainer = d2l.Trainer(max_epochs=epochs, **options)
    trainer.fit(model, data or d2l.FashionMNIST(batch_size=16))
    return trainer


def means(model, **options):
    """The means of the last epoch, of training from seed 0."""
    d2l.seed(0)
    return fit(model, **options).metrics.means()


def test_methods_added_to_classifier_between_two_fits(tiny, own):
    tiny(32)
    model = SmallNet(lr=0.0)
    before = means(model)

    @own(d2l.Classifier)
    def loss(self, Y_hat, Y, averaged=True):
        value = gluon.loss.SoftmaxCrossEntropyLoss()(Y_hat, Y)
        return 3 * (value.mean() if averaged else value)

    @own(d2l.Classifier)
    def accuracy(self, Y_hat, Y, averaged=True):
        return 0.25

    after = means(model)
    assert after["train_loss"] == pytest.approx(3 * before["train_loss"], rel=1e-5)
    assert after["val_loss"] == pytest.approx(3 * before["val_loss"], rel=1e-5)
    assert after["train_acc"] == after["val_acc"] == 0.25


@pytest.mark.parametrize("cls", [d2l.Module, d2l.Classifier, SmallNet])
def test_an_optimizer_added_to_a_class(tiny, own, cls):
    tiny(32)

    @own(cls)
    def configure_optimizers(self):
        return gluon.Trainer(self.parameters(), "adam", {"learning_rate": 0.01})

    model = SmallNet(lr=None)
    assert means(model, epochs=20)["val_acc"] > 0.9


def test_steps_that_count_their_calls_and_go_on_to_the_librarys(tiny):
    class Counting(SmallNet):
        calls = ()

        def training_step(self, batch):
            self.calls += ("train",)
            return super().training_step(batch)

        def validation_step(self, batch):
            self.calls += ("val",)
            super().validation_step(batch)

    tiny(40)
    model = Counting()
    result = means(model, epochs=2)
    assert model.calls == (("train",) * 3 + ("val",) * 3) * 2
    assert result == means(SmallNet(), epochs=2)


def test_a_step_without_super(tiny):
    class Own(SmallNet):
        def training_step(self, batch):
            loss = self.loss(self(*batch[:-1]), batch[-1]) * 2
            self.plot("twice", loss, train=True)
            return loss

    tiny(32)
    trainer = fit(Own(lr=0.0))
    twice, once = (trainer.metrics.means()[key] for key in ("train_twice", "val_loss"))
    assert twice == pytest.approx(2 * once, rel=1e-5)


def test_an_accuracy_in_numpy(tiny):
    class Numeric(SmallNet):
        def accuracy(self, Y_hat, Y, averaged=True):
            compare = Y_hat.asnumpy().argmax(axis=1) == Y.asnumpy()
            return compare.mean() if averaged else compare

    tiny(40)
    assert means(Numeric(), epochs=2) == pytest.approx(means(SmallNet(), epochs=2), rel=1e-5)


@pytest.mark.parametrize("hybrid", [True, False])
def test_forward_of_ones_own(tiny, hybrid):
    class Scaled(d2l.Classifier):
        def __init__(self):
            super().__init__()
            self.lr = 0.0
            self.net = nn.HybridSequential() if hybrid else nn.Sequential()
            self.net.add(nn.Flatten(), nn.Dense(10))
            self.net.initialize(init.Xavier())

        def forward(self, X):
            return 0 * self.net(X)

    tiny(32)
    assert means(Scaled())["train_loss"] == pytest.approx(np.log(10).item(), abs=1e-5)


class PlainBlock(nn.Block):
    """A block that can't be compiled, and counts."""

    calls = 0

    def forward(self, X):
        PlainBlock.calls += 1
        return X


def test_plain_blocks_run_each_time(tiny, monkeypatch):
    monkeypatch.setattr(PlainBlock, "calls", 0)

    class Model(d2l.Classifier):
        def __init__(self, lr=0.1):
            super().__init__()
            self.save_hyperparameters()
            self.net = sequential(nn.Flatten(), PlainBlock(), nn.Dense(10))

    tiny(40)
    fit(Model())
    assert PlainBlock.calls == 1 + 3 + 3  # the check of the model, and the batches


class Untraceable(nn.HybridBlock):
    """A hybrid block that reads values, so that there can be no graph of it."""

    def hybrid_forward(self, F, x):
        return x if float(x.sum()) >= 0 else -x


def test_a_hybrid_block_that_cannot_be_traced_runs_as_it_is(tiny):
    class Model(d2l.Classifier):
        def __init__(self, lr=0.1):
            super().__init__()
            self.save_hyperparameters()
            self.net = sequential(nn.Flatten(), Untraceable(), nn.Dense(10))

    tiny(32)
    model = Model()
    assert means(model, epochs=20)["val_acc"] > 0.9


@pytest.mark.parametrize("layer", [0, None], ids=["of a layer", "of the network"])
def test_forward_hooks_are_called_for_each_batch(tiny, layer):
    tiny(40)
    calls = []
    model = SmallNet()
    hooked = model.net if layer is None else model.net[layer]
    hooked.register_forward_hook(lambda *_: calls.append(1))
    fit(model)
    assert len(calls) >= 3 + 3


def test_a_network_that_was_hybridized_stays_so(tiny, capsys):
    tiny(32)
    net = nn.HybridSequential()
    net.add(nn.Flatten(), nn.Dense(10))
    net.hybridize()
    loaders = d2l.load_data_fashion_mnist(16)
    d2l.train_ch6(net, *loaders, 1, 0.1)
    assert net._active
    assert net[1]._active
    net.hybridize(False)
    d2l.train_ch6(net, *loaders, 1, 0.1)
    assert not net._active
    assert not net[1]._active


def test_train_ch6_starts_from_fresh_weights(tiny, capsys):
    tiny(32)
    net = sequential(nn.Flatten(), nn.Dense(10))
    loaders = d2l.load_data_fashion_mnist(16)
    d2l.train_ch6(net, *loaders, 20, 0.1)
    learnt = net[1].weight.data().asnumpy()
    d2l.train_ch6(net, *loaders, 1, 0.0)
    fresh = net[1].weight.data().asnumpy()
    assert abs(fresh - learnt).max() > 0.01
    assert abs(fresh).max() <= (6 / (784 + 10)) ** 0.5 + 0.1


@pytest.mark.parametrize("options", [{"ctx": d2l.cpu()}, {"ctx": [d2l.cpu()]}, {}])
def test_older_notebooks_say_ctx(tiny, capsys, options):
    tiny(32)
    net = sequential(nn.Flatten(), nn.Dense(10))
    train_iter, test_iter = d2l.load_data_fashion_mnist(16)
    d2l.train_ch6(net, train_iter, test_iter, 1, 0.1, **options)
    assert d2l.evaluate_accuracy(test_iter, net, **options) == pytest.approx(
        d2l.evaluate_accuracy(net, test_iter)
    )


def test_device_and_ctx_are_one_thing():
    with pytest.raises(ValueError, match="two names of one thing"):
        d2l.evaluate_accuracy(len, [], device=d2l.cpu(), ctx=d2l.cpu())


def test_batches_of_gluons_data_loader(tiny, capsys):
    tiny(64)
    images = d2l.FashionMNIST(batch_size=64)
    dataset = gluon.data.ArrayDataset(*next(iter(images.val_dataloader())))
    loaders = [gluon.data.DataLoader(dataset, batch_size=16, shuffle=s) for s in (True, False)]
    d2l.seed(0)
    net = sequential(nn.Flatten(), nn.Dense(10))
    d2l.train_ch6(net, *loaders, 20, 0.1)
    assert "test acc 1.000" in capsys.readouterr().out


def test_the_momentum_of_batch_normalization(tiny):
    tiny(16)
    net = sequential(nn.BatchNorm(), nn.Flatten(), nn.Dense(10))

    class Model(d2l.Classifier):
        def __init__(self, lr=0.0):
            super().__init__()
            self.save_hyperparameters()
            self.net = net

    fit(Model())
    X, _ = next(iter(d2l.FashionMNIST(batch_size=16).val_dataloader()))
    expected = 0.1 * X.mean().item()  # one step from zero
    assert net[0].running_mean.data().item() == pytest.approx(expected, rel=1e-4)
