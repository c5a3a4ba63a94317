"""Models from scratch: their parameters are arrays with gradients, not those of layers."""

import pytest

mxnet = pytest.importorskip("mxnet")

from mxnet import np  # noqa: E402
from nets_mxnet import SmallNet  # noqa: E402

from d2l import mxnet as d2l  # noqa: E402


class Layer(d2l.Module):
    """A dense layer of two arrays."""

    def __init__(self, num_inputs, num_outputs):
        super().__init__()
        self.W = d2l.randn(num_inputs, num_outputs) * 0.01
        self.b = d2l.zeros(num_outputs)

    def forward(self, X):
        return X.reshape(len(X), -1) @ self.W + self.b


class Scratch(d2l.Classifier):
    """Two such layers; ``fixed`` is no parameter."""

    def __init__(self, lr=0.5):
        super().__init__()
        self.save_hyperparameters()
        self.hidden, self.out = Layer(784, 16), Layer(16, 10)
        for param in self.get_scratch_params():
            param.attach_grad()
        self.fixed = np.ones(1)

    def forward(self, X):
        return self.out(np.maximum(self.hidden(X), 0)) * self.fixed


class Listed(Scratch):
    """A model that collects its arrays itself."""

    def collect_params(self, select=None):
        return [self.hidden.W, self.hidden.b, self.out.W, self.out.b]


@pytest.mark.parametrize("cls", [Scratch, Listed])
@pytest.mark.parametrize("clip", [0, 1])
def test_arrays_learn(tiny, cls, clip):
    tiny(64)
    d2l.seed(0)
    model = cls()
    trainer = d2l.Trainer(max_epochs=40, gradient_clip_val=clip)
    trainer.fit(model, d2l.FashionMNIST(batch_size=16))
    assert trainer.metrics.means()["val_acc"] > 0.9
    assert [array.shape for array in model.parameters()] == [(784, 16), (16,), (16, 10), (10,)]
    assert float(model.fixed) == 1
    assert d2l.evaluate_accuracy(model, trainer.val_dataloader) > 0.9


def test_gradients_of_arrays_are_clipped(tiny):
    tiny(32)
    d2l.seed(0)
    model = Scratch(lr=1.0)
    before = [array.copy() for array in model.parameters()]
    d2l.Trainer(1, gradient_clip_val=0.01).fit(model, d2l.FashionMNIST(batch_size=32))
    moved = sum(
        float(((a - b) ** 2).sum()) for a, b in zip(before, model.parameters(), strict=True)
    )
    assert moved**0.5 == pytest.approx(0.01, rel=1e-3)


def test_arrays_are_brought_to_a_device_with_their_gradients():
    model = Scratch()
    model.set_scratch_params_device(mxnet.cpu(1))
    arrays = model.parameters()
    assert len(arrays) == 4
    assert {array.ctx for array in arrays} == {mxnet.cpu(1)}
    assert model.out.W.grad.ctx == mxnet.cpu(1)


def test_a_step_without_a_loss_says_what_to_return(tiny):
    class Forgot(SmallNet):
        def training_step(self, batch):
            super().training_step(batch)

    tiny(16)
    with pytest.raises(TypeError, match=r"Forgot\.training_step\(\) returned nothing"):
        d2l.Trainer(1).fit(Forgot(), d2l.FashionMNIST(batch_size=16))


def test_a_fit_of_one_s_own(tiny):
    class Patient(d2l.Trainer):
        def fit(self, model, data):
            self.prepare_data(data)
            self.prepare_model(model)
            self.optim = model.configure_optimizers()
            self.epoch = self.train_batch_idx = self.val_batch_idx = 0
            while self.epoch < self.max_epochs:
                self.fit_epoch()
                self.epoch += 1

    tiny(64)
    d2l.seed(0)
    trainer = Patient(max_epochs=20)
    trainer.fit(SmallNet(), d2l.FashionMNIST(batch_size=16))
    assert trainer.model.board.data["val_acc"][-1][1] > 0.9


def test_losses_in_half_precision_are_summed_in_full(tiny):
    class Half(SmallNet):
        def loss(self, Y_hat, Y, averaged=True):
            return super().loss(Y_hat, Y, averaged).astype("float16") * 0 + 1000

    tiny(128)
    trainer = d2l.Trainer(1)
    trainer.fit(Half(lr=0.0), d2l.FashionMNIST(batch_size=16))
    assert trainer.metrics.means()["train_loss"] == 1000


def test_a_summary_of_one_layer(capsys):
    class Single(d2l.Classifier):
        def __init__(self):
            super().__init__()
            self.net = mxnet.gluon.nn.Dense(10)
            self.net.initialize()

    Single().layer_summary((2, 4))
    assert capsys.readouterr().out == "Dense              output shape: (2, 10)\n"
    with pytest.raises(AttributeError, match=r"Scratch has no net: set self\.net"):
        Scratch().layer_summary((1, 784))
