"""PyTorch's semantics on NumPy: ``import minitorch as torch`` runs ordinary training code."""

import math as _math
from typing import Any as _Any

from minitorch import autograd, nn, optim, utils
from minitorch.autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from minitorch.creation import (
    arange,
    as_tensor,
    asarray,
    bernoulli,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    get_rng_state,
    initial_seed,
    linspace,
    manual_seed,
    normal,
    ones,
    ones_like,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
    tensor,
    zeros,
    zeros_like,
)
from minitorch.dtypes import bool_ as bool
from minitorch.dtypes import (
    dtype,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    promote_types,
    set_default_dtype,
    uint8,
)
from minitorch.dtypes import float16 as half
from minitorch.dtypes import float32 as float
from minitorch.dtypes import float64 as double
from minitorch.dtypes import int16 as short
from minitorch.dtypes import int32 as int
from minitorch.dtypes import int64 as long
from minitorch.generator import Generator
from minitorch.ops import (
    abs,
    add,
    addmm,
    amax,
    amin,
    argmax,
    argmin,
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    bmm,
    broadcast_to,
    cat,
    chunk,
    clamp,
    clone,
    concat,
    concatenate,
    cumsum,
    diag,
    diagonal,
    div,
    dot,
    eq,
    erf,
    exp,
    flatten,
    flip,
    floor_divide,
    gather,
    ge,
    gt,
    hstack,
    index_select,
    isfinite,
    isinf,
    isnan,
    le,
    log,
    log_softmax,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    logsumexp,
    lt,
    masked_fill,
    masked_select,
    matmul,
    max,
    maximum,
    mean,
    meshgrid,
    min,
    minimum,
    mm,
    movedim,
    mul,
    mv,
    narrow,
    ne,
    neg,
    nonzero,
    outer,
    permute,
    pow,
    prod,
    ravel,
    relu,
    remainder,
    repeat_interleave,
    reshape,
    roll,
    scatter,
    scatter_add,
    select,
    sigmoid,
    sign,
    softmax,
    split,
    sqrt,
    squeeze,
    stack,
    std,
    std_mean,
    sub,
    sum,
    t,
    tanh,
    tile,
    transpose,
    tril,
    triu,
    unbind,
    unflatten,
    unsqueeze,
    var,
    var_mean,
    vstack,
    where,
)
from minitorch.serialization import load, save
from minitorch.size import Size
from minitorch.tensor import Tensor

__version__ = "0.1.0"

pi = _math.pi
e = _math.e
inf = _math.inf
nan = _math.nan


def __getattr__(name: str) -> _Any:
    from minitorch.errors import missing_attribute

    raise missing_attribute(__name__, name)
