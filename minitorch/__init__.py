"""PyTorch's semantics on NumPy: ``import minitorch as torch`` runs ordinary training code."""

import math as _math
from typing import Any as _Any

from minitorch import accelerator, autograd, cuda, func, nn, optim, profiler, random, utils
from minitorch.autograd import (
    enable_grad,
    functional as _functional,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from minitorch.autograd.explain.anomaly import is_anomaly_check_nan_enabled, is_anomaly_enabled
from minitorch.autograd.explain.why import why
from minitorch.by_name import (
    abs_,
    acos_,
    arccos_,
    arcsin_,
    arctan_,
    asin_,
    atan_,
    ceil_,
    clamp_,
    clamp_max,
    clamp_max_,
    clamp_min,
    clamp_min_,
    clip_,
    cos_,
    cosh_,
    detach,
    detach_,
    erf_,
    fill_,
    floor_,
    greater,
    greater_equal,
    index_put,
    index_put_,
    is_same_size,
    is_signed,
    less,
    less_equal,
    masked_scatter,
    neg_,
    negative_,
    not_equal,
    reciprocal_,
    relu_,
    round_,
    sigmoid_,
    sin_,
    sinh_,
    square_,
    swapaxes,
    swapdims,
    tan_,
    tanh_,
    trunc_,
    zero_,
)
from minitorch.core.devices import device
from minitorch.core.dtypes import (
    bool_ as bool,
    can_cast,
    dtype,
    finfo,
    float16,
    float16 as half,
    float32,
    float32 as float,
    float64,
    float64 as double,
    get_default_dtype,
    iinfo,
    int8,
    int16,
    int16 as short,
    int32,
    int32 as int,
    int64,
    int64 as long,
    promote_types,
    set_default_dtype,
    uint8,
)
from minitorch.core.size import Size
from minitorch.creation import (
    as_tensor,
    asarray,
    empty_like,
    from_dlpack,
    from_numpy,
    frombuffer,
    full_like,
    ones_like,
    tensor,
    zeros_like,
)
from minitorch.func import vmap
from minitorch.generator import Generator, default_generator
from minitorch.nn.functional import conv2d as conv2d, max_pool2d as max_pool2d
from minitorch.nn.functional.native import (
    batch_norm as batch_norm,
    dropout as dropout,
    dropout_ as dropout_,
)
from minitorch.ops import (
    allclose,
    broadcast_to,
    chunk,
    clone,
    equal,
    flatten,
    flip,
    index_fill,
    isclose,
    isfinite,
    isinf,
    isnan,
    masked_fill,
    meshgrid,
    movedim,
    narrow,
    permute,
    positive,
    ravel,
    relu,
    repeat_interleave,
    reshape,
    return_types as return_types,
    roll,
    rsub,
    select,
    split,
    squeeze,
    t,
    tile,
    transpose,
    unbind,
    unflatten,
    unsqueeze,
)
from minitorch.ops.elementwise.exponential import (
    exp as exp,
    exp2 as exp2,
    exp2_ as exp2_,
    exp_ as exp_,
    expm1 as expm1,
    expm1_ as expm1_,
    log as log,
    log1p as log1p,
    log1p_ as log1p_,
    log2 as log2,
    log2_ as log2_,
    log10 as log10,
    log10_ as log10_,
    log_ as log_,
    rsqrt as rsqrt,
    rsqrt_ as rsqrt_,
    sqrt as sqrt,
    sqrt_ as sqrt_,
)
from minitorch.ops.layers.softmax import (
    log_softmax as log_softmax,
    softmax as softmax,
)
from minitorch.ops.linalg.affine import (
    addmm as addmm,
)
from minitorch.ops.linalg.contraction import (
    einsum as einsum,
    inner as inner,
    tensordot as tensordot,
    trace as trace,
)
from minitorch.ops.linalg.products import (
    bmm as bmm,
    dot as dot,
    matmul as matmul,
    mm as mm,
    mv as mv,
    outer as outer,
)
from minitorch.ops.reduce.any_all import (
    all as all,
    any as any,
    count_nonzero as count_nonzero,
)
from minitorch.ops.reduce.extreme import (
    amax as amax,
    amin as amin,
    argmax as argmax,
    argmin as argmin,
    max as max,
    min as min,
)
from minitorch.ops.reduce.product import (
    prod as prod,
)
from minitorch.ops.reduce.scan import (
    cumsum as cumsum,
)
from minitorch.ops.reduce.sorting import (
    argsort as argsort,
    sort as sort,
    topk as topk,
    unique as unique,
)
from minitorch.ops.reduce.sums import (
    logsumexp as logsumexp,
    mean as mean,
    sum as sum,
)
from minitorch.ops.reduce.variance import (
    std as std,
    std_mean as std_mean,
    var as var,
    var_mean as var_mean,
)
from minitorch.ops.reduce.vector_norm import (
    norm as norm,
)
from minitorch.ops.shape.diagonal import diagonal
from minitorch.outs import (
    abs,
    abs as absolute,
    acos,
    add,
    addcdiv,
    addcmul,
    arange,
    arccos,
    arcsin,
    arctan,
    asin,
    atan,
    bernoulli,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    cat,
    ceil,
    clamp,
    clamp as clip,
    concat,
    concatenate,
    cos,
    cosh,
    diag,
    div,
    div as divide,
    div as true_divide,
    empty,
    eq,
    erf,
    eye,
    floor,
    floor_divide,
    full,
    gather,
    ge,
    gt,
    hstack,
    index_add,
    index_copy,
    index_select,
    le,
    lerp,
    linspace,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    masked_select,
    maximum,
    minimum,
    mul,
    mul as multiply,
    multinomial,
    ne,
    neg,
    neg as negative,
    nonzero,
    ones,
    pow,
    rand,
    randint,
    randn,
    randperm,
    reciprocal,
    remainder,
    round,
    scatter,
    scatter_add,
    sigmoid,
    sign,
    sin,
    sinh,
    square,
    stack,
    sub,
    sub as subtract,
    take_along_dim,
    tan,
    tanh,
    tril,
    triu,
    trunc,
    vstack,
    where,
    zeros,
)
from minitorch.printing import get_printoptions, printoptions, set_printoptions
from minitorch.random import (
    get_rng_state,
    initial_seed,
    manual_seed,
    normal,
    rand_like,
    randint_like,
    randn_like,
    seed,
    set_rng_state,
)
from minitorch.serialization import load, save
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
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
