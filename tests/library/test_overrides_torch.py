"""Methods, steps and blocks of one's own in a fit."""

import copy
import pickle

import pytest

torch = pytest.importorskip("torch")

from nets_torch import BatchNormNet, SmallNet  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

from d2l import torch as d2l  # noqa: E402


def means(model, epochs=1):
    """The means of the last epoch, of training from seed 0."""
    d2l.seed(0)
    trainer = d2l.Trainer(max_epochs=epochs)
    trainer.fit(model, d2l.FashionMNIST(batch_size=16))
    return trainer.metrics.means()


def test_methods_added_to_classifier_between_two_fits(tiny, own):
    tiny(32)
    model = SmallNet(lr=0.0)
    before = means(model)

    @own(d2l.Classifier)
    def loss(self, Y_hat, Y, averaged=True):
        return 3 * F.cross_entropy(Y_hat, Y, reduction="mean" if averaged else "none")

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
        return torch.optim.Adam(self.parameters(), 0.01)

    model = SmallNet(lr=None)
    assert means(model, epochs=20)["val_acc"] > 0.9


@pytest.mark.parametrize("cls", [d2l.Module, d2l.Classifier, SmallNet])
def test_a_validation_step_added_to_a_class(tiny, own, cls):
    tiny(32)

    @own(cls)
    def validation_step(self, batch):
        self.plot("twice", 2 * self.loss(self(*batch[:-1]), batch[-1]), train=False)

    result = means(SmallNet(lr=0.0))
    assert result["val_twice"] == pytest.approx(2 * result["train_loss"], rel=1e-4)
    assert "val_loss" not in result


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


def test_an_accuracy_in_numpy(tiny):
    class Numeric(SmallNet):
        def accuracy(self, Y_hat, Y, averaged=True):
            compare = Y_hat.detach().numpy().argmax(axis=1) == Y.numpy()
            return compare.mean() if averaged else compare

    tiny(40)
    assert means(Numeric(), epochs=2) == pytest.approx(means(SmallNet(), epochs=2), rel=1e-5)


class Residual(nn.Module):
    """A block defined in a cell."""

    def __init__(self, num_channels):
        super().__init__()
        self.conv = nn.LazyConv2d(num_channels, kernel_size=3, padding=1)

    def forward(self, X):
        return F.relu(self.conv(X) + X)


class Blocks(d2l.Classifier):
    """A model that has no net, but lazy blocks, a forward, and plain parameters."""

    def __init__(self, lr=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.blocks = nn.ModuleList([Residual(1), nn.Flatten(), nn.LazyLinear(10)])
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return self.scale * X


def test_a_model_of_blocks_with_a_forward_of_its_own(tiny):
    tiny(32)
    model = Blocks()
    assert means(model, epochs=20)["val_acc"] > 0.9
    assert model.scale.item() != 1


def test_methods_of_the_trainer_can_be_replaced(tiny, own, capsys):
    tiny(32)

    @own(d2l.Trainer)
    def prepare_batch(self, batch):
        X, y = batch
        return X, torch.zeros_like(y)

    @own(d2l.Trainer)
    def fit_epoch(self):  # as the chapters write it out
        self.model.train()
        for batch in self.train_dataloader:
            loss = self.model.training_step(self.prepare_batch(batch))
            self.optim.zero_grad()
            with torch.no_grad():
                loss.backward()
                self.optim.step()
            self.train_batch_idx += 1
        self.model.eval()
        for batch in self.val_dataloader:
            with torch.no_grad():
                self.model.validation_step(self.prepare_batch(batch))
            self.val_batch_idx += 1

    assert means(SmallNet(), epochs=10)["val_acc"] == 1
    assert "loss 0.0" in capsys.readouterr().out


def test_predicting_leaves_a_frozen_layer_frozen(tiny):
    tiny(32)
    model = BatchNormNet()
    means(model)
    model.train()
    model.net[1].eval()
    model.layer_summary((2, 1, 28, 28))
    d2l.evaluate_accuracy(model, d2l.FashionMNIST(batch_size=16).val_dataloader())
    assert model.training
    assert not model.net[1].training


def test_train_ch6_starts_from_fresh_weights(tiny, capsys):
    tiny(32)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    loaders = d2l.load_data_fashion_mnist(16)
    d2l.train_ch6(net, *loaders, 20, 0.1)
    d2l.train_ch6(net, *loaders, 1, 0.0)
    weight = net[1].weight.detach()
    bound = (6 / (784 + 10)) ** 0.5  # Xavier's
    assert 0.99 * bound < weight.abs().max() <= bound


def test_batches_of_a_data_loader(tiny, capsys):
    tiny(64)
    dataset = d2l.FashionMNIST().train
    loaders = [torch.utils.data.DataLoader(dataset, 16, shuffle=shuffle) for shuffle in (1, 0)]
    d2l.seed(0)
    d2l.train_ch6(nn.Sequential(nn.Flatten(), nn.LazyLinear(10)), *loaders, 20, 0.1, device="cpu")
    assert "test acc 1.000\n" in capsys.readouterr().out


def test_a_network_that_was_moved_is_evaluated_where_it_is():
    batches = [(torch.zeros(4, 2, device="meta"), torch.zeros(4, dtype=torch.int64))]
    net = nn.Linear(2, 3, device="meta")
    with pytest.raises(RuntimeError, match="meta"):  # it ran there, where nothing has a value
        d2l.evaluate_accuracy(net, batches)


def test_train_ch6_takes_the_network_itself(tiny):
    tiny(8)
    with pytest.raises(TypeError, match="not a function"):
        d2l.train_ch6(lambda: nn.LazyLinear(10), *d2l.load_data_fashion_mnist(8), 1, 0.1)


def test_a_copy_of_a_lazy_network_is_initialized_once():
    net, X = nn.Sequential(nn.LazyLinear(3)), torch.ones(2, 4)
    net.apply(d2l.init_cnn)
    for other in copy.deepcopy(net), pickle.loads(pickle.dumps(net)):
        Y = other(X)
        assert torch.equal(other(X), Y)
        assert not other[0].bias.any()
        assert not other[0]._forward_pre_hooks
    assert net[0].has_uninitialized_params()


def test_weights_that_are_loaded_before_shapes_are_known_stay():
    X = torch.ones(2, 4)
    trained, net = nn.Sequential(nn.Linear(4, 3)), nn.Sequential(nn.LazyLinear(3))
    net.apply(d2l.init_cnn)
    net.load_state_dict(trained.state_dict())
    assert torch.equal(net(X), trained(X))


def test_an_optimizer_from_scratch(tiny):
    tiny(32)

    class Descent:
        def __init__(self, params, lr):
            self.params, self.lr = list(params), lr

        def zero_grad(self):
            for param in self.params:
                param.grad = None

        def step(self):
            for param in self.params:
                param -= self.lr * param.grad

    class Net(SmallNet):
        def configure_optimizers(self):
            return Descent(self.parameters(), self.lr)

    model = Net(lr=0.1)
    model.apply_init([torch.zeros(1, 1, 28, 28)])  # list(parameters) must be the made ones
    reference = copy.deepcopy(model)
    reference.__class__ = SmallNet
    assert means(model) == means(reference)


def test_a_model_can_be_copied_as_it_trains_and_later(tiny):
    tiny(16)

    class Best(SmallNet):
        def validation_step(self, batch):
            self.best = copy.deepcopy(self.net), copy.deepcopy(self.trainer)
            super().validation_step(batch)

    model = Best()
    means(model)
    X = torch.zeros(1, 1, 28, 28)
    assert torch.equal(copy.deepcopy(model)(X), model(X))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_metrics_in_half_precision(tiny, dtype):
    tiny(64)

    class Half(SmallNet):
        def loss(self, Y_hat, Y, averaged=True):
            return 10_000 * super().loss(Y_hat, Y, averaged).to(dtype)

    assert means(Half(lr=0.0))["train_loss"] == pytest.approx(23_000, rel=0.1)


def test_a_step_that_returns_nothing(tiny):
    tiny(8)

    class Forgets(SmallNet):
        def training_step(self, batch):
            super().training_step(batch)

    with pytest.raises(TypeError, match=r"training_step\(\) returned nothing: return the loss"):
        means(Forgets())


def test_a_summary_without_a_stack_of_layers(capsys):
    class Net(d2l.Classifier):
        pass

    model = Net()
    with pytest.raises(AttributeError, match="Net has no net"):
        model.layer_summary((1, 4))
    model.net = nn.Flatten()
    model.layer_summary((1, 2, 2))
    assert "Flatten            output shape: (1, 4)" in capsys.readouterr().out


def test_losses_that_still_have_their_graph_can_be_plotted():
    losses = [torch.ones((), requires_grad=True) * i for i in range(3)]
    d2l.plot(losses)
    values = d2l.plt.gca().lines[0].get_ydata()
    d2l.plt.close("all")
    assert list(values) == [0, 1, 2]


@pytest.mark.parametrize("value", [None, ["sgd"]])
def test_no_optimizer_or_several(tiny, own, value):
    tiny(8)

    @own(SmallNet)
    def configure_optimizers(self):
        return value

    with pytest.raises(TypeError, match=r"configure_optimizers\(\) returned .*: return one opt"):
        means(SmallNet())
