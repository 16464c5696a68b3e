"""PyTorch's semantics on NumPy: ``import minitorch as torch`` runs ordinary training code."""

import math as _math
from typing import Any as _Any

from minitorch import accelerator, autograd, cuda, nn, optim, random, utils
from minitorch.autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from minitorch.autograd.anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled
from minitorch.creation import (
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_dlpack,
    from_numpy,
    frombuffer,
    full,
    full_like,
    ones,
    ones_like,
    tensor,
    zeros,
    zeros_like,
)
from minitorch.devices import device
from minitorch.dtypes import bool_ as bool
from minitorch.dtypes import (
    can_cast,
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
from minitorch.generator import Generator, default_generator
from minitorch.nn.functional import conv2d, max_pool2d
from minitorch.ops import (
    abs,
    acos,
    add,
    addcdiv,
    addcmul,
    addmm,
    all,
    allclose,
    amax,
    amin,
    any,
    arccos,
    arcsin,
    arctan,
    argmax,
    argmin,
    argsort,
    asin,
    atan,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    bmm,
    broadcast_to,
    cat,
    ceil,
    chunk,
    clamp,
    clone,
    concat,
    concatenate,
    cos,
    cosh,
    count_nonzero,
    cumsum,
    diag,
    diagonal,
    div,
    dot,
    einsum,
    eq,
    equal,
    erf,
    exp,
    exp2,
    expm1,
    flatten,
    flip,
    floor,
    floor_divide,
    gather,
    ge,
    gt,
    hstack,
    index_add,
    index_copy,
    index_fill,
    index_select,
    inner,
    isclose,
    isfinite,
    isinf,
    isnan,
    le,
    lerp,
    log,
    log1p,
    log2,
    log10,
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
    norm,
    outer,
    permute,
    positive,
    pow,
    prod,
    ravel,
    reciprocal,
    relu,
    remainder,
    repeat_interleave,
    reshape,
    return_types,
    roll,
    round,
    rsqrt,
    rsub,
    scatter,
    scatter_add,
    select,
    sigmoid,
    sign,
    sin,
    sinh,
    softmax,
    sort,
    split,
    sqrt,
    square,
    squeeze,
    stack,
    std,
    std_mean,
    sub,
    sum,
    t,
    take_along_dim,
    tan,
    tanh,
    tensordot,
    tile,
    topk,
    trace,
    transpose,
    tril,
    triu,
    trunc,
    unbind,
    unflatten,
    unique,
    unsqueeze,
    var,
    var_mean,
    vstack,
    where,
)
from minitorch.ops import abs as absolute
from minitorch.ops import clamp as clip
from minitorch.ops import div as divide
from minitorch.ops import div as true_divide
from minitorch.ops import mul as multiply
from minitorch.ops import neg as negative
from minitorch.ops import sub as subtract
from minitorch.printing import get_printoptions, printoptions, set_printoptions
from minitorch.random import (
    bernoulli,
    get_rng_state,
    initial_seed,
    manual_seed,
    multinomial,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)
from minitorch.sequences import arange, linspace
from minitorch.serialization import load, save
from minitorch.size import Size
from minitorch.tensor import Tensor
from minitorch.tensor.legacy import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
)
from minitorch.tensor.queries import (
    is_complex,
    is_floating_point,
    is_inference,
    is_nonzero,
    is_tensor,
    numel,
    result_type,
)

__version__ = "0.1.0"

pi = _math.pi
e = _math.e
inf = _math.inf
nan = _math.nan


def __getattr__(name: str) -> _Any:
    from minitorch.errors import missing_attribute

    raise missing_attribute(__name__, name)
