"""Every differentiable operation: one class each, and the function that calls it."""

from minitorch.ops.elementwise.activation import (
    Erf,
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
from minitorch.ops.elementwise.arithmetic import (
    Abs,
    Add,
    Mul,
    Neg,
    Rsub,
    Sign,
    Sub,
    abs,
    add,
    mul,
    neg,
    positive,
    rsub,
    scaled,
    sign,
    sub,
)
from minitorch.ops.elementwise.bitwise import (
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
    LeftShift,
    RightShift,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
)
from minitorch.ops.elementwise.cast import (
    cast,
    clone,
    contiguous,
    sum_to_size,
)
from minitorch.ops.elementwise.comparison import (
    allclose,
    eq,
    equal,
    ge,
    gt,
    isclose,
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
from minitorch.ops.elementwise.division import (
    Div,
    FloorDivide,
    Reciprocal,
    Remainder,
    div,
    floor_divide,
    reciprocal,
    remainder,
    rounded_division,
)
from minitorch.ops.elementwise.exponential import (
    Exp,
    Log,
    Log1p,
    Rsqrt,
    Sqrt,
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    rsqrt,
    sqrt,
)
from minitorch.ops.elementwise.lerp import Lerp, addcdiv, addcmul, lerp
from minitorch.ops.elementwise.power import Pow, PowBase, PowScalar, pow, square
from minitorch.ops.elementwise.rounding import Ceil, Floor, Round, Trunc, ceil, floor, round, trunc
from minitorch.ops.elementwise.selection import clamp, limits, maximum, minimum, where
from minitorch.ops.elementwise.trigonometry import (
    Cos,
    Sin,
    acos,
    arccos,
    arcsin,
    arctan,
    asin,
    atan,
    cos,
    cosh,
    sin,
    sinh,
    tan,
)
from minitorch.ops.layers.conv import conv2d
from minitorch.ops.layers.draw import Bernoulli, Exponential, Normal, Random, Uniform
from minitorch.ops.layers.dropout import dropout
from minitorch.ops.layers.loss import binary_cross_entropy_with_logits, mse_loss, nll_loss
from minitorch.ops.layers.norm import batch_norm, batch_norm_inference
from minitorch.ops.layers.padding import pad
from minitorch.ops.layers.pool import (
    adaptive_avg_pool2d,
    avg_pool2d,
    max_pool2d,
    max_pool2d_with_indices,
)
from minitorch.ops.layers.softmax import log_softmax, softmax
from minitorch.ops.linalg.einsum import einsum, inner, tensordot, trace
from minitorch.ops.linalg.matmul import addmm, bmm, dot, linear, matmul, mm, mv, outer
from minitorch.ops.reduce.any_all import all, any, count_nonzero
from minitorch.ops.reduce.extreme import amax, amin, argmax, argmin, max, min
from minitorch.ops.reduce.sort import argsort, sort, topk, unique
from minitorch.ops.reduce.sum import (
    cumsum,
    logsumexp,
    mean,
    prod,
    std,
    std_mean,
    sum,
    var,
    var_mean,
)
from minitorch.ops.reduce.vector_norm import norm
