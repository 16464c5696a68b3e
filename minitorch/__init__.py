"""PyTorch's semantics on NumPy: ``import minitorch as torch`` runs ordinary training code."""

import math as _math
from typing import TYPE_CHECKING, Any as _Any

from minitorch import (
    accelerator as accelerator,
    autograd as autograd,
    cuda as cuda,
    func as func,
    nn as nn,
    optim as optim,
    profiler as profiler,
    random as random,
    utils as utils,
)
from minitorch.autograd import (
    enable_grad as enable_grad,
    functional as _functional,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from minitorch.autograd.explain.anomaly import (
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
    is_anomaly_enabled as is_anomaly_enabled,
)
from minitorch.autograd.explain.why import (
    why as why,
)
from minitorch.by_name import (
    abs_,
    acos_,
    arccos_,
    arcsin_,
    arctan_,
    asin_,
    atan_,
    batch_norm,
    ceil_,
    clamp_,
    clamp_max,
    clamp_max_,
    clamp_min,
    clamp_min_,
    clip_,
    cos_,
    cosh_,
    dropout,
    dropout_,
    erf_,
    floor_,
    greater,
    greater_equal,
    less,
    less_equal,
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
    tan_,
    tanh_,
    trunc_,
)
from minitorch.core.devices import (
    device as device,
)
from minitorch.core.dtypes import (
    bool_ as bool,
    can_cast as can_cast,
    dtype as dtype,
    finfo as finfo,
    float16 as float16,
    float16 as half,
    float32 as float,
    float32 as float32,
    float64 as double,
    float64 as float64,
    get_default_dtype as get_default_dtype,
    iinfo as iinfo,
    int8 as int8,
    int16 as int16,
    int16 as short,
    int32 as int,
    int32 as int32,
    int64 as int64,
    int64 as long,
    promote_types as promote_types,
    set_default_dtype as set_default_dtype,
    uint8 as uint8,
)
from minitorch.core.size import (
    Size as Size,
)
from minitorch.creation import (
    as_tensor as as_tensor,
    asarray as asarray,
    empty as empty,
    empty_like as empty_like,
    eye as eye,
    from_dlpack as from_dlpack,
    from_numpy as from_numpy,
    frombuffer as frombuffer,
    full as full,
    full_like as full_like,
    ones as ones,
    ones_like as ones_like,
    tensor as tensor,
    zeros as zeros,
    zeros_like as zeros_like,
)
from minitorch.func import (
    vmap as vmap,
)
from minitorch.generator import (
    Generator as Generator,
    default_generator as default_generator,
)
from minitorch.nn.functional import (
    conv2d as conv2d,
    max_pool2d as max_pool2d,
)
from minitorch.ops import (
    allclose,
    argsort,
    count_nonzero,
    equal,
    isclose,
    isfinite,
    isinf,
    isnan,
    positive,
    relu,
    return_types,
    rsub,
    std_mean,
    trace,
    unique,
    var_mean,
)
from minitorch.ops.elementwise.cast import (
    clone as clone,
    fill_ as fill_,
    zero_ as zero_,
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
from minitorch.ops.index.gather import (
    gather as gather,
    scatter as scatter,
    scatter_add as scatter_add,
    take_along_dim as take_along_dim,
)
from minitorch.ops.index.getitem import (
    index_put as index_put,
    index_put_ as index_put_,
)
from minitorch.ops.index.index_select import (
    index_add as index_add,
    index_copy as index_copy,
    index_fill as index_fill,
    index_select as index_select,
)
from minitorch.ops.index.masked import (
    masked_fill as masked_fill,
    masked_scatter as masked_scatter,
    masked_select as masked_select,
)
from minitorch.ops.index.nonzero import (
    nonzero as nonzero,
)
from minitorch.ops.linalg.einsum import (
    einsum as einsum,
)
from minitorch.ops.shape.diagonal import (
    diag as diag,
    diagonal as diagonal,
)
from minitorch.ops.shape.expand import (
    broadcast_to as broadcast_to,
    meshgrid as meshgrid,
)
from minitorch.ops.shape.flip import (
    flip as flip,
    roll as roll,
)
from minitorch.ops.shape.joining import (
    cat as cat,
    chunk as chunk,
    concat as concat,
    concatenate as concatenate,
    hstack as hstack,
    split as split,
    stack as stack,
    unbind as unbind,
    vstack as vstack,
)
from minitorch.ops.shape.narrow import (
    narrow as narrow,
    select as select,
)
from minitorch.ops.shape.permute import (
    moveaxis as moveaxis,
    movedim as movedim,
    permute as permute,
    swapaxes as swapaxes,
    swapdims as swapdims,
    t as t,
    transpose as transpose,
)
from minitorch.ops.shape.repeat import (
    repeat_interleave as repeat_interleave,
    tile as tile,
)
from minitorch.ops.shape.squeeze import (
    squeeze as squeeze,
    unsqueeze as unsqueeze,
)
from minitorch.ops.shape.triangle import (
    tril as tril,
    triu as triu,
)
from minitorch.ops.shape.view import (
    flatten as flatten,
    ravel as ravel,
    reshape as reshape,
    unflatten as unflatten,
)
from minitorch.outs import (
    abs,
    abs as absolute,
    acos,
    add,
    addcdiv,
    addcmul,
    addmm,
    all,
    amax,
    amin,
    any,
    arccos,
    arcsin,
    arctan,
    argmax,
    argmin,
    asin,
    atan,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    bmm,
    ceil,
    clamp,
    clamp as clip,
    cos,
    cosh,
    cumsum,
    div,
    div as divide,
    div as true_divide,
    dot,
    eq,
    erf,
    floor,
    floor_divide,
    ge,
    gt,
    inner,
    le,
    lerp,
    log_softmax,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    logsumexp,
    lt,
    matmul,
    max,
    maximum,
    mean,
    min,
    minimum,
    mm,
    mul,
    mul as multiply,
    mv,
    ne,
    neg,
    neg as negative,
    norm,
    outer,
    pow,
    prod,
    reciprocal,
    remainder,
    round,
    sigmoid,
    sign,
    sin,
    sinh,
    softmax,
    sort,
    square,
    std,
    sub,
    sub as subtract,
    sum,
    tan,
    tanh,
    tensordot,
    topk,
    trunc,
    var,
    where,
)
from minitorch.printing import (
    get_printoptions as get_printoptions,
    printoptions as printoptions,
    set_printoptions as set_printoptions,
)
from minitorch.random import (
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    normal as normal,
    rand as rand,
    rand_like as rand_like,
    randint as randint,
    randint_like as randint_like,
    randn as randn,
    randn_like as randn_like,
    randperm as randperm,
    seed as seed,
    set_rng_state as set_rng_state,
)
from minitorch.sequences import (
    arange as arange,
    linspace as linspace,
)
from minitorch.serialization import (
    load as load,
    save as save,
)
from minitorch.tensor import (
    Tensor as Tensor,
)
from minitorch.tensor.drawing import (
    bernoulli as bernoulli,
    multinomial as multinomial,
)
from minitorch.tensor.legacy import (
    BoolTensor as BoolTensor,
    ByteTensor as ByteTensor,
    CharTensor as CharTensor,
    DoubleTensor as DoubleTensor,
    FloatTensor as FloatTensor,
    HalfTensor as HalfTensor,
    IntTensor as IntTensor,
    LongTensor as LongTensor,
    ShortTensor as ShortTensor,
)
from minitorch.tensor.queries import (
    is_complex as is_complex,
    is_floating_point as is_floating_point,
    is_inference as is_inference,
    is_nonzero as is_nonzero,
    is_same_size as is_same_size,
    is_signed as is_signed,
    is_tensor as is_tensor,
    numel as numel,
    result_type as result_type,
)

detach = Tensor.detach
detach_ = Tensor.detach_

__version__ = "0.1.0"

pi = _math.pi
e = _math.e
inf = _math.inf
nan = _math.nan


if not TYPE_CHECKING:  # which would take any name for one that is there

    def __getattr__(name: str) -> _Any:
        """Say what is near a name that is not there."""
        from minitorch.core.errors import missing_attribute

        raise missing_attribute(__name__, name)
