"""Every differentiable operation: one class each, and the function that calls it."""

from minitorch.ops.activation import (
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
from minitorch.ops.arithmetic import (
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
from minitorch.ops.bitwise import (
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
from minitorch.ops.cast import Copy, Fill, FillNumber, Zero, cast, clone, contiguous, sum_to_size
from minitorch.ops.compare import (
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
from minitorch.ops.conv import conv2d
from minitorch.ops.diagonal import diagonal
from minitorch.ops.division import (
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
from minitorch.ops.draw import Bernoulli, Exponential, Normal, Random, Uniform
from minitorch.ops.dropout import dropout
from minitorch.ops.einsum import einsum, inner, tensordot, trace
from minitorch.ops.exponential import (
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
from minitorch.ops.extreme import amax, amin, argmax, argmin, max, min
from minitorch.ops.fused import Lerp, addcdiv, addcmul, lerp
from minitorch.ops.gather import (
    gather,
    one_hot,
    scatter,
    scatter_add,
    scatter_add_call,
    scatter_call,
    take_along_dim,
)
from minitorch.ops.index import getitem, index_put_, setitem
from minitorch.ops.joining import (
    cat,
    chunk,
    concat,
    concatenate,
    hstack,
    split,
    stack,
    unbind,
    vstack,
)
from minitorch.ops.linalg import addmm, bmm, dot, linear, matmul, mm, mv, outer
from minitorch.ops.loss import binary_cross_entropy_with_logits, mse_loss, nll_loss
from minitorch.ops.norm import batch_norm, batch_norm_inference
from minitorch.ops.padding import pad
from minitorch.ops.parts import narrow, select
from minitorch.ops.pick import (
    index_add,
    index_add_call,
    index_copy,
    index_fill,
    index_select,
    masked_fill,
    masked_fill_call,
    masked_select,
    nonzero,
)
from minitorch.ops.pool import adaptive_avg_pool2d, avg_pool2d, max_pool2d, max_pool2d_with_indices
from minitorch.ops.power import Pow, PowBase, PowScalar, pow, square
from minitorch.ops.reduce import (
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
from minitorch.ops.rounding import Ceil, Floor, Round, Trunc, ceil, floor, round, trunc
from minitorch.ops.selection import clamp, limits, maximum, minimum, where
from minitorch.ops.shape import (
    Tril,
    Triu,
    diag,
    flip,
    meshgrid,
    repeat,
    repeat_interleave,
    roll,
    tile,
    tril,
    triu,
)
from minitorch.ops.softmax import log_softmax, softmax
from minitorch.ops.sort import argsort, sort, topk, unique
from minitorch.ops.trigonometry import (
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
from minitorch.ops.truth import all, any, count_nonzero
from minitorch.ops.vector_norm import norm
from minitorch.ops.view import (
    broadcast_to,
    expand,
    flatten,
    matrix_transpose,
    movedim,
    permute,
    ravel,
    reshape,
    reverse_dims,
    squeeze,
    t,
    transpose,
    unflatten,
    unsqueeze,
    view,
)
