"""Update rules and learning-rate schedules."""

from typing import Any as _Any

from minitorch.optim import lr_scheduler as lr_scheduler
from minitorch.optim.optimizer import Optimizer as Optimizer
from minitorch.optim.sgd import SGD as SGD

__all__ = ["Optimizer", "SGD", "lr_scheduler"]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
