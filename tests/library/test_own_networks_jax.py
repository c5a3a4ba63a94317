"""Networks built in other ways than the library builds them, and data of one's own."""

import numpy as np
import pytest

jax = pytest.importorskip("jax")

from flax import linen as nn  # noqa: E402
from nets_jax import BATCH, EXAMPLES, Loaders, SmallNet, classic_net, fit, flatten, means  # noqa: E402

from d2l import jax as d2l  # noqa: E402

pytestmark = pytest.mark.usefixtures("small_data")


# The network


def test_forward_overridden_and_replaced():
    class Net(SmallNet):
        def forward(self, X):
            return 0 * super().forward(X)

    model = Net(lr=0.0)
    assert means(model)["train_loss"] == pytest.approx(np.log(10), rel=1e-4)

    @d2l.add_to_class(Net)
    def forward(self, X):
        return self.net(X)

    assert means(model) == pytest.approx(means(SmallNet(lr=0.0)), abs=1e-5)


def test_a_network_built_as_it_is_called():
    class Lazy(d2l.Classifier):
        lr: float = 0.1
        training: bool = True

        @nn.compact
        def __call__(self, X):
            X = nn.relu(nn.Dense(32)(flatten(X)))
            return nn.Dense(10)(nn.Dropout(0.1, deterministic=not self.training)(X))

    assert means(Lazy(), epochs=40)["val_acc"] > 0.9


def test_setup_added_later():
    class Net(d2l.Classifier):
        lr: float = 0.1

    @d2l.add_to_class(Net)
    def setup(self):
        self.net = nn.Sequential([flatten, nn.Dense(32), nn.relu, nn.Dense(10)])

    assert means(Net(), epochs=40)["val_acc"] > 0.9


class Block(nn.Module):
    """A block as a notebook defines it, with batch normalization."""

    channels: int
    training: bool = True

    @nn.compact
    def __call__(self, X):
        X = nn.Conv(self.channels, kernel_size=(3, 3), strides=2)(X)
        X = nn.BatchNorm(not self.training, momentum=0.5)(X)
        return nn.Dropout(0.9, deterministic=not self.training)(nn.relu(X))


def test_a_network_given_as_a_field_gets_its_mode():
    class Given(d2l.Classifier):
        net: nn.Module
        lr: float = 0.01

    model = Given(nn.Sequential([Block(8), flatten, nn.Dense(10)]))
    trainer = fit(model, epochs=2)
    X = d2l.rand(4, 28, 28, 1)
    np.testing.assert_array_equal(trainer.predict(X), trainer.predict(X))
    assert np.abs(trainer.state.batch_stats["net"]["layers_0"]["BatchNorm_0"]["mean"]).max() > 1e-3


def test_blocks_of_a_stack_get_their_mode_in_train_ch6():
    train_iter, test_iter = d2l.load_data_fashion_mnist(BATCH)
    stack = nn.Sequential([Block(8), flatten, nn.Dense(10)])
    net = d2l.train_ch6(stack, train_iter, test_iter, 2, 0.1)
    X, _ = next(iter(test_iter))
    np.testing.assert_array_equal(net(X), net(X))
    again = d2l.train_ch6(net, train_iter, test_iter, 1, 0.1)  # from fresh weights
    assert np.abs(np.asarray(again(X)) - np.asarray(net(X))).max() > 1e-3


def test_train_ch6_draws_weights_by_xavier_s_rule_unless_a_layer_has_another():
    train_iter, _ = d2l.load_data_fashion_mnist(BATCH)
    ones = nn.initializers.ones
    stack = nn.Sequential([flatten, nn.Dense(400), nn.Dense(10, kernel_init=ones)])
    params = d2l.train_ch6(stack, train_iter, None, 1, 0.0).variables["params"]["net"]
    bound = np.sqrt(6 / (784 + 400))
    assert 0.99 * bound < np.abs(params["layers_1"]["kernel"]).max() <= bound
    assert (params["layers_2"]["kernel"] == 1).all()


def test_evaluate_accuracy_of_a_module_bound_to_its_variables():
    _, test_iter = d2l.load_data_fashion_mnist(BATCH)
    stack = nn.Sequential([Block(8), flatten, nn.Dense(10)])
    keys = {"params": d2l.get_key(), "dropout": d2l.get_key()}
    bound = stack.bind(stack.init(keys, d2l.zeros(1, 28, 28, 1)))
    first = d2l.evaluate_accuracy(bound, test_iter)
    assert d2l.evaluate_accuracy(bound, test_iter) == first
    with pytest.raises(ValueError, match=r"Sequential has no variables.*bind"):
        d2l.evaluate_accuracy(classic_net(), test_iter)


# The data


def test_there_may_be_no_validation_data():
    result = means(SmallNet(), data=Loaders(d2l.FashionMNIST(BATCH).train_dataloader()))
    assert set(result) == {"train_loss", "train_acc"}


def test_loaders_may_be_lists_and_generators():
    images = d2l.FashionMNIST(batch_size=EXAMPLES)
    batches = [tuple(map(d2l.numpy, batch)) for batch in images.val_dataloader()]

    class Generated(Loaders):
        def get_dataloader(self, train):
            return (batch for batch in self.loaders[train])

    expected = means(SmallNet(), epochs=3, data=Loaders(batches, batches))
    assert means(SmallNet(), epochs=3, data=Generated(batches, batches)) == expected
    assert expected["val_loss"] < means(SmallNet(lr=0.0), data=Loaders(batches))["train_loss"]
