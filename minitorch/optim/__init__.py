"""Update rules and learning-rate schedules."""

from typing import Any as _Any

from minitorch.optim import lr_scheduler
from minitorch.optim.optimizer import Optimizer
from minitorch.optim.sgd import SGD

__all__ = ["Optimizer", "SGD", "lr_scheduler"]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
