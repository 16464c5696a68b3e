"""``torch.special``: functions that mathematics has names for; many are at the root, too."""

from minitorch.ops.elementwise.activation import erf as erf, sigmoid as _sigmoid
from minitorch.ops.elementwise.angles import sinc as sinc
from minitorch.ops.elementwise.exponential import exp2 as exp2, expm1 as expm1, log1p as log1p
from minitorch.ops.elementwise.logarithms import (
    entr as entr,
    logit as logit,
    xlog1py as xlog1py,
    xlogy as xlogy,
)
from minitorch.ops.elementwise.rounding import round as round
from minitorch.ops.layers.softmax import log_softmax as log_softmax, softmax as softmax
from minitorch.ops.reduce.sums import logsumexp as logsumexp

expit = _sigmoid
