"""Training."""

import warnings

import mxnet as mx
from mxnet import autograd, np, npx
from mxnet.gluon import nn

from d2l.loading import BatchLoader
from d2l.mxnet import devices
from d2l.mxnet.data import to_device
from d2l.mxnet.modules import as_hybrid, check_initialized, is_hybridized, layer_parameters
from d2l.training import TrainerBase


class Trainer(TrainerBase):
    """Fits a model to data: ``Trainer(max_epochs).fit(model, data)``.

    The network is compiled to one graph (hybridized) where all its layers are hybrid blocks.
    """

    compiled: nn.HybridBlock | None = None  # the network as one graph, during a fit

    def available_gpus(self, num_gpus: int) -> list[mx.Context]:
        """Return the first ``num_gpus`` GPUs, or as many as there are."""
        return [devices.gpu(i) for i in range(min(num_gpus, devices.num_gpus()))]

    @property
    def device(self) -> mx.Context:
        """The device that training runs on."""
        return self.gpus[0] if self.gpus else devices.cpu()

    def prepare_batch(self, batch):
        """Return the batch on the training device."""
        return to_device(batch, self.device)

    def prepare_model(self, model) -> None:
        """Tie model and trainer together, on the training device."""
        check_initialized(model)
        super().prepare_model(model)
        for param in layer_parameters(model):
            if param.list_ctx() != [self.device]:
                param.reset_ctx(self.device)
        model.set_scratch_params_device(self.device)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the model's outputs; nothing random or learnt changes."""
        Y_hat = self.model(X)
        npx.waitall()  # an error in a kernel shows now, not at some later line
        return Y_hat

    def run_epochs(self) -> None:
        """Run all epochs, on the compiled network where there is one."""
        try:
            self.compile()
            super().run_epochs()
        finally:
            self.release()

    def compile(self) -> None:
        """Hybridize the network, and try it; what can't be traced runs as it is.

        So does what its author hybridized. A warning counts as a failure: a graph doesn't call the
        hooks of its layers, for example.
        """
        net = as_hybrid(getattr(self.model, "net", None))
        ours = isinstance(self.train_dataloader, BatchLoader)
        if net is None or not ours or is_hybridized(net):
            return
        X, _ = self.prepare_batch(self.train_dataloader.sample())
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.compiled = net
            net.hybridize(static_alloc=True)
            try:
                self.predict(X)
            except Exception as error:  # whatever a layer's own code raises when it is traced
                caught.append(error)
            if caught:
                self.release()

    def release(self) -> None:
        """Give the memory of the compiled network back."""
        if self.compiled is not None:
            self.compiled.hybridize(False)
            self.compiled = None

    def fit_epoch(self) -> None:
        """Run one epoch: every training batch once, then every validation batch."""
        self.last_loss = None
        super().fit_epoch()

    def train_batch(self, batch) -> None:
        """Run one step of the optimizer."""
        optim = self.returned("configure_optimizers", self.optim)
        with autograd.record():
            loss = self.returned("training_step", self.model.training_step(batch))
        loss.backward()
        if self.gradient_clip_val > 0:
            self.clip_gradients(self.gradient_clip_val, self.model)
        optim.step(1)  # the loss is a mean over the batch already
        self.keep_pace(loss)

    def keep_pace(self, loss: np.ndarray) -> None:
        """Wait for the batch before this one.

        MXNet runs behind Python: unless Python waits, the batches of a whole epoch queue up, and
        their images fill the memory.
        """
        if self.last_loss is not None:
            self.last_loss.wait_to_read()
        self.last_loss = loss.detach()

    def validate_batch(self, batch) -> None:
        """Run one validation step, without dropout."""
        self.model.validation_step(batch)
        npx.waitall()

    def synchronize(self) -> None:
        """Wait for the device."""
        npx.waitall()

    def clip_gradients(self, grad_clip_val: float, model) -> None:
        """Scale all gradients so that their norm is at most ``grad_clip_val``."""
        params = model.parameters()
        if isinstance(params, list):
            gradients = [array.grad for array in params]
        else:
            gradients = [p.grad() for p in params.values() if p.grad_req != "null"]
        norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
        scale = np.minimum(1, grad_clip_val / norm)
        for gradient in gradients:
            gradient *= scale
