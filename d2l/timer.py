"""Measuring running times."""

import time

import numpy as np


class Timer:
    """Records running times, in seconds; it starts when it is made."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start()

    def start(self) -> None:
        """Start the clock."""
        self._started = time.perf_counter()

    def stop(self) -> float:
        """Stop the clock, record the time since ``start``, and return it."""
        self.times.append(time.perf_counter() - self._started)
        return self.times[-1]

    def avg(self) -> float:
        """Return the mean of the recorded times."""
        return self.sum() / max(1, len(self.times))

    def sum(self) -> float:
        """Return the sum of the recorded times."""
        return sum(self.times)

    def cumsum(self) -> list[float]:
        """Return the running totals of the recorded times."""
        return np.cumsum(self.times).tolist()
