"""Update rules and learning-rate schedules."""

import typing as _typing

from minitorch.optim import lr_scheduler as lr_scheduler
from minitorch.optim.optimizer import Optimizer as Optimizer

if _typing.TYPE_CHECKING:
    from minitorch.optim import swa_utils as swa_utils
    from minitorch.optim.adadelta import Adadelta as Adadelta
    from minitorch.optim.adafactor import Adafactor as Adafactor
    from minitorch.optim.adagrad import Adagrad as Adagrad
    from minitorch.optim.adam import Adam as Adam, AdamW as AdamW
    from minitorch.optim.adamax import Adamax as Adamax
    from minitorch.optim.asgd import ASGD as ASGD
    from minitorch.optim.lbfgs import LBFGS as LBFGS
    from minitorch.optim.muon import Muon as Muon
    from minitorch.optim.nadam import NAdam as NAdam
    from minitorch.optim.radam import RAdam as RAdam
    from minitorch.optim.rmsprop import RMSprop as RMSprop
    from minitorch.optim.rprop import Rprop as Rprop
    from minitorch.optim.sgd import SGD as SGD
    from minitorch.optim.sparse_adam import SparseAdam as SparseAdam
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = "Optimizer lr_scheduler"
    _FILES = {
        "minitorch.optim.adadelta": "Adadelta",
        "minitorch.optim.adafactor": "Adafactor",
        "minitorch.optim.adagrad": "Adagrad",
        "minitorch.optim.adam": "Adam AdamW",
        "minitorch.optim.adamax": "Adamax",
        "minitorch.optim.asgd": "ASGD",
        "minitorch.optim.lbfgs": "LBFGS",
        "minitorch.optim.muon": "Muon",
        "minitorch.optim.nadam": "NAdam",
        "minitorch.optim.radam": "RAdam",
        "minitorch.optim.rmsprop": "RMSprop",
        "minitorch.optim.rprop": "Rprop",
        "minitorch.optim.sgd": "SGD",
        "minitorch.optim.sparse_adam": "SparseAdam",
        "minitorch.optim.swa_utils": "",
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
