"""Update rules and learning-rate schedules."""

from typing import Any as _Any

from minitorch.optim import lr_scheduler as lr_scheduler, swa_utils as swa_utils
from minitorch.optim.adadelta import Adadelta as Adadelta
from minitorch.optim.adafactor import Adafactor as Adafactor
from minitorch.optim.adagrad import Adagrad as Adagrad
from minitorch.optim.adam import Adam as Adam, AdamW as AdamW
from minitorch.optim.adamax import Adamax as Adamax
from minitorch.optim.asgd import ASGD as ASGD
from minitorch.optim.lbfgs import LBFGS as LBFGS
from minitorch.optim.muon import Muon as Muon
from minitorch.optim.nadam import NAdam as NAdam
from minitorch.optim.optimizer import Optimizer as Optimizer
from minitorch.optim.radam import RAdam as RAdam
from minitorch.optim.rmsprop import RMSprop as RMSprop
from minitorch.optim.rprop import Rprop as Rprop
from minitorch.optim.sgd import SGD as SGD
from minitorch.optim.sparse_adam import SparseAdam as SparseAdam

__all__ = [
    "ASGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "LBFGS",
    "Muon",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SGD",
    "SparseAdam",
    "lr_scheduler",
    "swa_utils",
]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
