"""Every differentiable operation: one class each, and the function that calls it."""

from minitorch.ops.activation import (
    Relu,
    Sigmoid,
    Tanh,
    elu,
    erf,
    gelu,
    leaky_relu,
    relu,
    sigmoid,
    silu,
    softplus,
    tanh,
)
from minitorch.ops.arithmetic import (
    Abs,
    Add,
    Div,
    FloorDivide,
    Mul,
    Neg,
    Pow,
    PowScalar,
    Remainder,
    Sub,
    abs,
    add,
    div,
    floor_divide,
    mul,
    neg,
    pow,
    remainder,
    sign,
    sub,
)
from minitorch.ops.cast import Copy, Fill, cast, clone, contiguous, sum_to_size
from minitorch.ops.compare import (
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    eq,
    ge,
    gt,
    isfinite,
    isinf,
    isnan,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
)
from minitorch.ops.conv import conv2d
from minitorch.ops.dropout import dropout
from minitorch.ops.exponential import Exp, Log, Sqrt, exp, log, sqrt
from minitorch.ops.loss import binary_cross_entropy_with_logits, mse_loss, nll_loss
from minitorch.ops.norm import batch_norm, batch_norm_inference
from minitorch.ops.padding import pad
from minitorch.ops.pool import adaptive_avg_pool2d, avg_pool2d, max_pool2d, max_pool2d_with_indices
from minitorch.ops.selection import Clamp, clamp, maximum, minimum, where
from minitorch.ops.softmax import log_softmax, softmax
