"""Learning-rate schedules; one file per schedule or family, on the base in ``scheduler.py``."""

from typing import Any as _Any

from minitorch.optim.lr_scheduler.cosine import CosineAnnealingLR as CosineAnnealingLR
from minitorch.optim.lr_scheduler.exponential import ExponentialLR as ExponentialLR
from minitorch.optim.lr_scheduler.lambdas import LambdaLR as LambdaLR
from minitorch.optim.lr_scheduler.linear import ConstantLR as ConstantLR, LinearLR as LinearLR
from minitorch.optim.lr_scheduler.one_cycle import OneCycleLR as OneCycleLR
from minitorch.optim.lr_scheduler.scheduler import LRScheduler as LRScheduler
from minitorch.optim.lr_scheduler.steps import MultiStepLR as MultiStepLR, StepLR as StepLR

__all__ = [  # what `import *` takes: no files of the package
    "ConstantLR",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "StepLR",
]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
