"""Models: ``Module``, ``Classifier``, and the initialization of convolutional networks."""

from mxnet import gluon, init, np, npx
from mxnet.gluon import nn

from d2l.plots import ProgressBoard
from d2l.training import StepModule, summary_line


def init_cnn(block: nn.Block) -> None:
    """Initialize a dense or convolutional layer: Xavier uniform weights, zero biases.

    Glorot and Bengio (2010), section 4.2.1. For use with ``net.apply(init_cnn)``. Parameters whose
    shapes aren't known yet are initialized when they are. Other layers, such as BatchNorm, get
    their own default, unless they are initialized already.
    """
    if isinstance(block, (nn.Dense, nn.Conv1D, nn.Conv2D, nn.Conv3D)):
        block.weight.initialize(init.Xavier(), force_reinit=True)
        if block.bias is not None:
            block.bias.initialize(init.Zero(), force_reinit=True)
    else:
        init_missing(block.params)


def is_initialized(param: gluon.Parameter) -> bool:
    """Whether a parameter has values, or will have them once its shape is known."""
    try:
        param.list_ctx()
    except RuntimeError:
        return False
    return True


def init_missing(params: gluon.ParameterDict) -> None:
    """Initialize the parameters that aren't, each with its own default."""
    for param in params.values():
        if not is_initialized(param):
            param.initialize()


def layer_parameters(block: nn.Block) -> list[gluon.Parameter]:
    """Return the parameters of a block's layers; one from scratch may collect arrays instead."""
    params = block.collect_params()
    return list(params.values()) if isinstance(params, gluon.ParameterDict) else []


def check_initialized(block: nn.Block) -> None:
    """Raise RuntimeError where a parameter has neither values nor a way to get them."""
    missing = [param.name for param in layer_parameters(block) if not is_initialized(param)]
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise RuntimeError(
            f"{type(block).__name__} has parameters without initialization: "
            f"{', '.join(missing[:3])}{more}. End __init__ with self.net.initialize(init.Xavier()) "
            "or self.net.apply(d2l.init_cnn)."
        )


def as_hybrid(block: nn.Block) -> nn.HybridBlock | None:
    """Return a block that computes the same as one graph; None where a part is a plain Block.

    A Sequential of hybrid blocks, without hooks of its own, becomes a HybridSequential on the same
    parameters.
    """
    if isinstance(block, nn.HybridBlock):
        return block
    if type(block) is not nn.Sequential or block._forward_hooks or block._forward_pre_hooks:
        return None
    layers = [as_hybrid(layer) for layer in block]
    if None in layers:
        return None
    net = nn.HybridSequential(prefix=block.prefix)
    net.add(*layers)
    return net


def is_hybridized(block: nn.Block) -> bool:
    """Whether a part of a network is compiled already, by its author."""
    active: list[bool] = []
    block.apply(lambda part: active.append(getattr(part, "_active", False)))
    return any(active)


def network(model: nn.Block) -> nn.Block:
    """Return ``model.net``; raise AttributeError where there is none."""
    if not hasattr(model, "net"):
        raise AttributeError(
            f"{type(model).__name__} has no net: set self.net in __init__, or define forward(X)"
        )
    return model.net


class ScratchSGD:
    """Stochastic gradient descent on arrays with gradients."""

    def __init__(self, params: list[np.ndarray], lr: float):
        self.params, self.lr = params, lr

    def step(self, batch_size: int) -> None:
        """Move each array against its gradient, a sum over ``batch_size`` losses."""
        for param in self.params:
            param -= self.lr / batch_size * param.grad


class Module(StepModule, nn.Block):
    """The base class of models."""

    def __init__(self, plot_train_per_epoch: int = 2, plot_valid_per_epoch: int = 1):
        super().__init__()
        self.save_hyperparameters()
        self.board = ProgressBoard()

    def forward(self, X: np.ndarray) -> np.ndarray:
        """Return ``self.net(X)``; while the model is trained, the compiled network does that."""
        net = network(self)
        compiled = self.trainer.compiled if self.trainer else None
        return net(X) if compiled is None else compiled(X)

    def plot(self, key: str, value: np.ndarray | float, train: bool) -> None:
        """Add a value to the curve of ``key``, without the graph that it came from."""
        if isinstance(value, np.ndarray):
            # As float32: sums over an epoch overflow in float16.
            value = value.detach().astype("float32", copy=False)
        super().plot(key, value, train)

    def parameters(self) -> gluon.ParameterDict | list[np.ndarray]:
        """Return all parameters of layers, by name; without any, the arrays with gradients."""
        params = self.collect_params()
        if not isinstance(params, gluon.ParameterDict) or params.keys():
            return params
        return [array for array in self.get_scratch_params() if array.grad is not None]

    def get_scratch_params(self) -> list[np.ndarray]:
        """Return the arrays that are attributes of this model, or of models in it."""
        inner = [part for part in self._children.values() if isinstance(part, Module)]
        own = [value for value in vars(self).values() if isinstance(value, np.ndarray)]
        return own + [array for part in inner for array in part.get_scratch_params()]

    def set_scratch_params_device(self, device) -> None:
        """Bring the arrays of :meth:`get_scratch_params` to ``device``, gradients too."""
        for name, value in list(vars(self).items()):
            if isinstance(value, np.ndarray) and value.ctx != device:
                moved = value.as_in_ctx(device)
                if value.grad is not None:
                    moved.attach_grad()
                setattr(self, name, moved)
        for part in self._children.values():
            if isinstance(part, Module):
                part.set_scratch_params_device(device)

    def configure_optimizers(self) -> gluon.Trainer | ScratchSGD:
        """Return stochastic gradient descent with the learning rate ``self.lr``."""
        params = self.parameters()
        if isinstance(params, list):
            return ScratchSGD(params, self.lr)
        return gluon.Trainer(params, "sgd", {"learning_rate": self.lr})

    def apply_init(self, inputs, init=None) -> None:
        """Run the network on ``inputs``, so that deferred shapes are known; then apply ``init``."""
        init_missing(self.collect_params())
        self.forward(*inputs)
        if init is not None:
            self.net.apply(init)


class Classifier(Module):
    """The base class of models whose outputs are the logits of classes."""

    is_classifier = True

    def loss(self, Y_hat: np.ndarray, Y: np.ndarray, averaged: bool = True) -> np.ndarray:
        """Return the cross-entropy of logits (n, classes) and class ids (n,)."""
        Y_hat = Y_hat.reshape(-1, Y_hat.shape[-1])
        losses = -npx.pick(npx.log_softmax(Y_hat), Y.reshape(-1))
        return losses.mean() if averaged else losses

    def accuracy(self, Y_hat: np.ndarray, Y: np.ndarray, averaged: bool = True) -> np.ndarray:
        """Return the fraction of right predictions, or each one's 0 or 1."""
        predictions = Y_hat.reshape(-1, Y_hat.shape[-1]).argmax(axis=1)
        compare = (predictions == Y.reshape(-1).astype(predictions.dtype)).astype("float32")
        return compare.mean() if averaged else compare

    def layer_summary(self, X_shape) -> None:
        """Print each layer's class and output shape for an input of shape ``X_shape``.

        Raises AttributeError where the model has no ``net``.
        """
        net = network(self)
        check_initialized(self)
        param = next(iter(layer_parameters(self)), None)
        X = np.zeros(X_shape, ctx=param.list_ctx()[0] if param else None)
        for layer in net if isinstance(net, (nn.Sequential, nn.HybridSequential)) else [net]:
            X = layer(X)
            print(summary_line(layer, X.shape))
