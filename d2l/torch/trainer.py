"""Training."""

import torch

from d2l.torch import devices
from d2l.torch.data import to_device
from d2l.torch.modules import predicting
from d2l.training import TrainerBase


class Trainer(TrainerBase):
    """Fits a model to data: ``Trainer(max_epochs).fit(model, data)``."""

    def available_gpus(self, num_gpus: int) -> list[torch.device]:
        """Return the first ``num_gpus`` GPUs, or as many as there are."""
        return [devices.gpu(i) for i in range(min(num_gpus, devices.num_gpus()))]

    @property
    def device(self) -> torch.device:
        """The device that training runs on."""
        return self.gpus[0] if self.gpus else devices.cpu()

    def prepare_batch(self, batch):
        """Return the batch on the training device."""
        return to_device(batch, self.device)

    def prepare_model(self, model) -> None:
        """Tie model and trainer together, on the training device."""
        super().prepare_model(model)
        model.to(self.device)

    def predict(self, X: torch.Tensor) -> torch.Tensor:
        """Return the model's outputs; nothing random or learnt changes."""
        with predicting(self.model):
            return self.model(X)

    def fit_epoch(self) -> None:
        """Run one epoch: every training batch once, then every validation batch."""
        self.model.train()
        super().fit_epoch()

    def train_batch(self, batch) -> None:
        """Run one step of the optimizer."""
        optim = self.returned("configure_optimizers", self.optim)
        loss = self.returned("training_step", self.model.training_step(batch))
        optim.zero_grad()
        loss.backward()
        if self.gradient_clip_val > 0:
            self.clip_gradients(self.gradient_clip_val, self.model)
        with torch.no_grad():  # a plain object with a step changes tensors in place
            optim.step()

    def validate_batch(self, batch) -> None:
        """Run one validation step, without dropout."""
        self.model.eval()
        with torch.no_grad():
            self.model.validation_step(batch)

    def clip_gradients(self, grad_clip_val: float, model) -> None:
        """Scale all gradients so that their norm is at most ``grad_clip_val``."""
        torch.nn.utils.clip_grad_norm_(model.parameters(), grad_clip_val)
