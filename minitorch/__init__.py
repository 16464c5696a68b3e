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
    batch_norm,
    detach,
    detach_,
    dropout,
    dropout_,
    index_put,
    index_put_,
    is_same_size,
    is_signed,
    masked_scatter,
    swapaxes,
    swapdims,
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
from minitorch.nn.functional import conv2d, max_pool2d
from minitorch.ops import (
    argsort,
    broadcast_to,
    chunk,
    count_nonzero,
    flatten,
    flip,
    index_fill,
    masked_fill,
    meshgrid,
    movedim,
    narrow,
    permute,
    ravel,
    repeat_interleave,
    reshape,
    return_types,
    roll,
    select,
    split,
    squeeze,
    std_mean,
    t,
    tile,
    trace,
    transpose,
    unbind,
    unflatten,
    unique,
    unsqueeze,
    var_mean,
)
from minitorch.ops.elementwise.activation import (
    erf as erf,
    erf_ as erf_,
    relu as relu,
    relu_ as relu_,
    sigmoid as sigmoid,
    sigmoid_ as sigmoid_,
    tanh as tanh,
    tanh_ as tanh_,
)
from minitorch.ops.elementwise.arithmetic import (
    add as add,
    mul as mul,
    mul as multiply,
    neg as neg,
    neg as negative,
    neg_ as neg_,
    neg_ as negative_,
    rsub as rsub,
    sub as sub,
    sub as subtract,
)
from minitorch.ops.elementwise.bitwise import (
    bitwise_and as bitwise_and,
    bitwise_left_shift as bitwise_left_shift,
    bitwise_not as bitwise_not,
    bitwise_or as bitwise_or,
    bitwise_right_shift as bitwise_right_shift,
    bitwise_xor as bitwise_xor,
)
from minitorch.ops.elementwise.clamping import (
    clamp as clamp,
    clamp as clip,
    clamp_ as clamp_,
    clamp_ as clip_,
    clamp_max as clamp_max,
    clamp_max_ as clamp_max_,
    clamp_min as clamp_min,
    clamp_min_ as clamp_min_,
)
from minitorch.ops.elementwise.closeness import (
    allclose as allclose,
    equal as equal,
    isclose as isclose,
)
from minitorch.ops.elementwise.comparison import (
    eq as eq,
    ge as ge,
    ge as greater_equal,
    gt as greater,
    gt as gt,
    le as le,
    le as less_equal,
    lt as less,
    lt as lt,
    ne as ne,
    ne as not_equal,
)
from minitorch.ops.elementwise.copies import (
    clone as clone,
)
from minitorch.ops.elementwise.division import (
    div as div,
    div as divide,
    floor_divide as floor_divide,
    reciprocal as reciprocal,
    reciprocal_ as reciprocal_,
    remainder as remainder,
    true_divide as true_divide,
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
from minitorch.ops.elementwise.filling import (
    fill as fill,
    fill_ as fill_,
    zero_ as zero_,
)
from minitorch.ops.elementwise.finite import (
    isfinite as isfinite,
    isinf as isinf,
    isnan as isnan,
)
from minitorch.ops.elementwise.logical import (
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
)
from minitorch.ops.elementwise.power import (
    pow as pow,
    square as square,
    square_ as square_,
)
from minitorch.ops.elementwise.rounding import (
    ceil as ceil,
    ceil_ as ceil_,
    floor as floor,
    floor_ as floor_,
    round as round,
    round_ as round_,
    trunc as fix,
    trunc as trunc,
    trunc_ as fix_,
    trunc_ as trunc_,
)
from minitorch.ops.elementwise.selection import (
    maximum as maximum,
    minimum as minimum,
    where as where,
)
from minitorch.ops.elementwise.signs import (
    abs as abs,
    abs as absolute,
    abs_ as abs_,
    positive as positive,
    sign as sign,
)
from minitorch.ops.elementwise.trigonometry import (
    acos as acos,
    acos as arccos,
    acos_ as acos_,
    acos_ as arccos_,
    asin as arcsin,
    asin as asin,
    asin_ as arcsin_,
    asin_ as asin_,
    atan as arctan,
    atan as atan,
    atan_ as arctan_,
    atan_ as atan_,
    cos as cos,
    cos_ as cos_,
    cosh as cosh,
    cosh_ as cosh_,
    sin as sin,
    sin_ as sin_,
    sinh as sinh,
    sinh_ as sinh_,
    tan as tan,
    tan_ as tan_,
)
from minitorch.ops.elementwise.weighted_sum import (
    addcdiv as addcdiv,
    addcmul as addcmul,
    lerp as lerp,
)
from minitorch.ops.linalg.einsum import einsum
from minitorch.ops.shape.diagonal import diagonal
from minitorch.outs import (
    addmm,
    all,
    amax,
    amin,
    any,
    arange,
    argmax,
    argmin,
    bernoulli,
    bmm,
    cat,
    concat,
    concatenate,
    cumsum,
    diag,
    dot,
    empty,
    eye,
    full,
    gather,
    hstack,
    index_add,
    index_copy,
    index_select,
    inner,
    linspace,
    log_softmax,
    logsumexp,
    masked_select,
    matmul,
    max,
    mean,
    min,
    mm,
    multinomial,
    mv,
    nonzero,
    norm,
    ones,
    outer,
    prod,
    rand,
    randint,
    randn,
    randperm,
    scatter,
    scatter_add,
    softmax,
    sort,
    stack,
    std,
    sum,
    take_along_dim,
    tensordot,
    topk,
    tril,
    triu,
    var,
    vstack,
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
