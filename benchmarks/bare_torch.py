"""The bare loop of ``train.py`` in PyTorch."""

import numpy as np
import torch
from nets_torch import AlexNet
from torch.nn import functional as F

VERSION = torch.__version__
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def wait(_trainer=None) -> None:
    """Wait for the device."""
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def make_step(batch: int, size: int):
    """A function that runs one training step on random images, and waits for it."""
    rng = np.random.default_rng(0)
    X = torch.tensor(rng.random((batch, 1, size, size), dtype=np.float32)).to(DEVICE)
    y = torch.tensor(rng.integers(0, 10, batch)).to(DEVICE)
    net = AlexNet().net.to(DEVICE)
    with torch.no_grad():
        net(X[:2])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(net(X), y).backward()
        optimizer.step()
        wait()

    return step
