"""Where a run stands: what a checkpoint has to remember beside the networks."""

import dataclasses
import math
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

import minitorch as torch
from examples.cifar10.evaluation import Evaluation
from minitorch import Tensor

# One row of `history`, and of metrics.csv, per epoch.
COLUMNS = (
    "epoch", "steps", "learning_rate", "train_loss", "train_accuracy", "test_loss",
    "test_accuracy", "images_per_second", "seconds",
)  # fmt: skip
# And of a fine-tuning's, per test: the training's name and what a `Tested` holds.
TEST_COLUMNS = ("network", "step", "train_loss", "test_loss", "test_accuracy")


class Tested(NamedTuple):
    step: int  # steps done
    train_loss: float  # the mean since the row before
    test_loss: float
    test_accuracy: float


@dataclasses.dataclass
class Curve:
    """How a training went that is counted in steps."""

    losses: list[float] = dataclasses.field(default_factory=list)  # of every step
    tests: list[Tested] = dataclasses.field(default_factory=list)
    times: list[tuple[float, float, float]] = dataclasses.field(default_factory=list)
    is_stopped: bool = False  # by Ctrl-C

    def end_step(self, loss: float, times: tuple[float, float, float]) -> None:
        """`times` are the seconds of the forward, of the backward and of the whole step."""
        self.losses.append(loss)
        self.times.append(times)

    def test(self, result: Evaluation) -> Tested:
        """Adds a row and returns it."""
        since = self.losses[self.tests[-1].step if self.tests else 0 :]
        mean = sum(since) / len(since) if since else math.nan
        self.tests.append(Tested(len(self.losses), mean, result.loss, result.accuracy))
        return self.tests[-1]


@dataclasses.dataclass
class Progress:
    """Counts and results, always as they are between two steps."""

    epoch: int = 0  # epochs done
    batch: int = 0  # batches done in the epoch under way
    correct: int = 0  # images classified rightly in it, before the step each one caused
    epoch_seconds: float = 0.0  # spent in its steps
    seconds: float = 0.0  # since the run began, the time between stop and resume left out
    order: Tensor = dataclasses.field(default_factory=lambda: torch.zeros(0, dtype=torch.int64))
    losses: list[float] = dataclasses.field(default_factory=list)  # of every step so far
    rates: list[float] = dataclasses.field(default_factory=list)  # the learning rate of each
    norms: dict[str, list[float]] = dataclasses.field(
        default_factory=dict
    )  # of gradients, likewise
    history: list[dict[str, float]] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        self._mark = time.perf_counter()

    def begin_epoch(self, order: Tensor) -> None:
        """Sets out on an epoch that shows the images in this order."""
        self._lap()
        self.order, self.batch, self.correct, self.epoch_seconds = order, 0, 0, 0.0

    def batches_left(self, batch_size: int) -> Iterator[np.ndarray]:
        """The numbers of the images in each batch that the epoch still has to show."""
        order = self.order.numpy()
        for start in range(self.batch * batch_size, len(order), batch_size):
            yield order[start : start + batch_size]

    def end_step(self, loss: float, correct: int, rate: float, norms: dict[str, float]) -> None:
        """`norms` are those of the gradients in each network, by its name."""
        self.losses.append(loss)
        self.rates.append(rate)
        for name, norm in norms.items():
            unknown = [math.nan] * (len(self.losses) - 1)
            self.norms.setdefault(name, unknown).append(norm)
        self.correct += correct
        self.batch += 1
        self.epoch_seconds += self._lap()

    def end_epoch(self, test: Evaluation, learning_rate: float) -> dict[str, float]:
        """Closes the epoch and returns its row."""
        self._lap()
        self.epoch += 1
        values = (
            self.epoch, len(self.losses), learning_rate, self.mean_loss(self.batch),
            self.correct / len(self.order), test.loss, test.accuracy,
            len(self.order) / self.epoch_seconds, self.seconds,
        )  # fmt: skip
        row = dict(zip(COLUMNS, values, strict=True))
        self.history.append(row)
        self.batch = 0
        return row

    @property
    def is_best(self) -> bool:
        """Whether no epoch before the last one was better on the test images."""
        *before, last = (row["test_accuracy"] for row in self.history)
        return last >= max(before, default=0.0)

    def mean_loss(self, batches: int) -> float:
        """Of the last so many."""
        return sum(self.losses[-batches:]) / batches

    def state_dict(self) -> dict[str, Any]:
        state = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        norms = {name: _packed(values) for name, values in self.norms.items()}
        return {
            **state, "losses": _packed(self.losses), "rates": _packed(self.rates), "norms": norms
        }  # fmt: skip

    @classmethod
    def from_state_dict(cls, state: dict[str, Any]) -> "Progress":
        losses = state["losses"].tolist()
        unknown = torch.full((len(losses),), math.nan)  # to a run that began without them
        rates = state.get("rates", unknown).tolist()
        norms = {name: values.tolist() for name, values in state.get("norms", {}).items()}
        return cls(**{**state, "losses": losses, "rates": rates, "norms": norms})

    def _lap(self) -> float:
        now = time.perf_counter()
        lap, self._mark = now - self._mark, now
        self.seconds += lap
        return lap


def _packed(values: list[float]) -> Tensor:
    """A list of thousands of numbers is slow to write and to read."""
    return torch.tensor(values, dtype=torch.float64)
