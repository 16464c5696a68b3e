"""Update rules and learning-rate schedules."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from minitorch.optim import lr_scheduler as lr_scheduler
from minitorch.optim.optimizer import Optimizer as Optimizer

if _TYPE_CHECKING:
    from minitorch.optim.sgd import SGD as SGD
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = "Optimizer lr_scheduler"
    _FILES = {
        "minitorch.optim.sgd": "SGD",
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
