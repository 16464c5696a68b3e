"""Learning-rate schedules; one file per schedule or family, on the base in ``scheduler.py``."""

from typing import Any as _Any

from minitorch.optim.lr_scheduler.composed import (
    ChainedScheduler as ChainedScheduler,
    SequentialLR as SequentialLR,
)
from minitorch.optim.lr_scheduler.cosine import (
    CosineAnnealingLR as CosineAnnealingLR,
    CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts,
)
from minitorch.optim.lr_scheduler.cyclic import (
    CyclicLR as CyclicLR,
)
from minitorch.optim.lr_scheduler.exponential import (
    ExponentialLR as ExponentialLR,
)
from minitorch.optim.lr_scheduler.lambdas import (
    LambdaLR as LambdaLR,
    MultiplicativeLR as MultiplicativeLR,
)
from minitorch.optim.lr_scheduler.linear import (
    ConstantLR as ConstantLR,
    LinearLR as LinearLR,
)
from minitorch.optim.lr_scheduler.one_cycle import (
    OneCycleLR as OneCycleLR,
)
from minitorch.optim.lr_scheduler.plateau import (
    ReduceLROnPlateau as ReduceLROnPlateau,
)
from minitorch.optim.lr_scheduler.polynomial import (
    PolynomialLR as PolynomialLR,
)
from minitorch.optim.lr_scheduler.scheduler import (
    LRScheduler as LRScheduler,
    _LRScheduler as _LRScheduler,
)
from minitorch.optim.lr_scheduler.steps import (
    MultiStepLR as MultiStepLR,
    StepLR as StepLR,
)

__all__ = [  # what `import *` takes: no files of the package
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
