"""Every differentiable operation, one class each; the functions call them and the tensor offers them."""

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
from minitorch.ops.exponential import Exp, Log, Sqrt, exp, log, sqrt
from minitorch.ops.selection import Clamp, clamp, maximum, minimum, where
