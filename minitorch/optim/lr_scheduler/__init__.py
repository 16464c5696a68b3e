"""Learning-rate schedules; one file per schedule or family, on the base in ``scheduler.py``."""

import typing as _typing

if _typing.TYPE_CHECKING:
    from minitorch.optim.lr_scheduler.composed import (
        ChainedScheduler as ChainedScheduler,
        SequentialLR as SequentialLR,
    )
    from minitorch.optim.lr_scheduler.cosine import (
        CosineAnnealingLR as CosineAnnealingLR,
        CosineAnnealingWarmRestarts as CosineAnnealingWarmRestarts,
    )
    from minitorch.optim.lr_scheduler.cyclic import CyclicLR as CyclicLR
    from minitorch.optim.lr_scheduler.exponential import ExponentialLR as ExponentialLR
    from minitorch.optim.lr_scheduler.lambdas import (
        LambdaLR as LambdaLR,
        MultiplicativeLR as MultiplicativeLR,
    )
    from minitorch.optim.lr_scheduler.linear import ConstantLR as ConstantLR, LinearLR as LinearLR
    from minitorch.optim.lr_scheduler.one_cycle import OneCycleLR as OneCycleLR
    from minitorch.optim.lr_scheduler.plateau import ReduceLROnPlateau as ReduceLROnPlateau
    from minitorch.optim.lr_scheduler.polynomial import PolynomialLR as PolynomialLR
    from minitorch.optim.lr_scheduler.scheduler import LRScheduler as LRScheduler
    from minitorch.optim.lr_scheduler.steps import MultiStepLR as MultiStepLR, StepLR as StepLR
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = ""
    _FILES = {
        "minitorch.optim.lr_scheduler.composed": "ChainedScheduler SequentialLR",
        "minitorch.optim.lr_scheduler.cosine": "CosineAnnealingLR CosineAnnealingWarmRestarts",
        "minitorch.optim.lr_scheduler.cyclic": "CyclicLR",
        "minitorch.optim.lr_scheduler.exponential": "ExponentialLR",
        "minitorch.optim.lr_scheduler.lambdas": "LambdaLR MultiplicativeLR",
        "minitorch.optim.lr_scheduler.linear": "ConstantLR LinearLR",
        "minitorch.optim.lr_scheduler.one_cycle": "OneCycleLR",
        "minitorch.optim.lr_scheduler.plateau": "ReduceLROnPlateau",
        "minitorch.optim.lr_scheduler.polynomial": "PolynomialLR",
        "minitorch.optim.lr_scheduler.scheduler": "LRScheduler",
        "minitorch.optim.lr_scheduler.steps": "MultiStepLR StepLR",
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
