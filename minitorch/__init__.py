"""PyTorch's semantics on NumPy: ``import minitorch as torch`` runs ordinary training code."""

import math as _math
import types as _types
import typing as _typing

from minitorch import (
    autograd as autograd,
    nn as nn,
    optim as optim,
    random as random,
    utils as utils,
)
from minitorch.autograd import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from minitorch.core.devices import device as device
from minitorch.core.dtypes import (
    bfloat16 as bfloat16,
    bool_ as _bool,
    can_cast as can_cast,
    complex64 as complex64,
    complex128 as complex128,
    dtype as dtype,
    float16 as float16,
    float32 as float32,
    float64 as float64,
    get_default_dtype as get_default_dtype,
    int8 as int8,
    int16 as int16,
    int32 as int32,
    int64 as int64,
    promote_types as promote_types,
    set_default_dtype as set_default_dtype,
    uint8 as uint8,
    uint16 as uint16,
    uint32 as uint32,
    uint64 as uint64,
)
from minitorch.core.limits import finfo as finfo, iinfo as iinfo
from minitorch.core.memory import keep_freed as _keep_freed
from minitorch.core.size import Size as Size
from minitorch.core.strided import (
    channels_last as channels_last,
    channels_last_3d as channels_last_3d,
    contiguous_format as contiguous_format,
    layout as layout,
    memory_format as memory_format,
    preserve_format as preserve_format,
    sparse_coo as sparse_coo,
    sparse_csr as sparse_csr,
    strided as strided,
)
from minitorch.core.threads import (
    get_num_interop_threads as get_num_interop_threads,
    get_num_threads as get_num_threads,
    set_num_interop_threads as set_num_interop_threads,
    set_num_threads as set_num_threads,
)
from minitorch.creation import (
    as_tensor as as_tensor,
    empty as empty,
    empty_like as empty_like,
    empty_permuted as empty_permuted,
    empty_strided as empty_strided,
    eye as eye,
    full as full,
    full_like as full_like,
    ones as ones,
    ones_like as ones_like,
    scalar_tensor as scalar_tensor,
    tensor as tensor,
    tril_indices as tril_indices,
    triu_indices as triu_indices,
    zeros as zeros,
    zeros_like as zeros_like,
)
from minitorch.generator import Generator as Generator, default_generator as default_generator
from minitorch.interchange import (
    asarray as asarray,
    from_dlpack as from_dlpack,
    from_numpy as from_numpy,
    frombuffer as frombuffer,
    to_dlpack as to_dlpack,
)
from minitorch.ops import return_types as return_types
from minitorch.ops.elementwise.activation import (
    celu as celu,
    celu_ as celu_,
    erf as erf,
    erf_ as erf_,
    relu as relu,
    relu_ as relu_,
    selu as selu,
    selu_ as selu_,
    sigmoid as sigmoid,
    sigmoid_ as sigmoid_,
    tanh as tanh,
    tanh_ as tanh_,
)
from minitorch.ops.elementwise.arithmetic import (
    add as add,
    mul as mul,
    neg as neg,
    neg_ as neg_,
    rsub as rsub,
    sub as sub,
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
    clamp_ as clamp_,
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
    gt as gt,
    le as le,
    lt as lt,
    ne as ne,
)
from minitorch.ops.elementwise.copies import clone as clone
from minitorch.ops.elementwise.division import (
    div as div,
    floor_divide as floor_divide,
    fmod as fmod,
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
from minitorch.ops.elementwise.filling import fill as fill, fill_ as fill_, zero_ as zero_
from minitorch.ops.elementwise.finite import (
    isfinite as isfinite,
    isinf as isinf,
    isnan as isnan,
    isneginf as isneginf,
    isposinf as isposinf,
)
from minitorch.ops.elementwise.logical import (
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
)
from minitorch.ops.elementwise.piecewise import (
    hardshrink as hardshrink,
    prelu as prelu,
    rrelu as rrelu,
    rrelu_ as rrelu_,
    threshold as threshold,
    threshold_ as threshold_,
)
from minitorch.ops.elementwise.power import (
    float_power as float_power,
    pow as pow,
    square as square,
    square_ as square_,
)
from minitorch.ops.elementwise.rounding import (
    ceil as ceil,
    ceil_ as ceil_,
    floor as floor,
    floor_ as floor_,
    frac as frac,
    frac_ as frac_,
    round as round,
    round_ as round_,
    trunc as trunc,
    trunc_ as trunc_,
)
from minitorch.ops.elementwise.selection import (
    maximum as maximum,
    minimum as minimum,
    where as where,
)
from minitorch.ops.elementwise.signs import (
    abs as abs,
    abs_ as abs_,
    positive as positive,
    sgn as sgn,
    sign as sign,
)
from minitorch.ops.elementwise.trigonometry import (
    acos as acos,
    acos_ as acos_,
    asin as asin,
    asin_ as asin_,
    atan as atan,
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
from minitorch.ops.index.flat import put as put, take as take
from minitorch.ops.index.gather import (
    gather as gather,
    scatter as scatter,
    scatter_add as scatter_add,
    take_along_dim as take_along_dim,
)
from minitorch.ops.index.getitem import index_put as index_put, index_put_ as index_put_
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
    argwhere as argwhere,
    nonzero as nonzero,
    nonzero_static as nonzero_static,
)
from minitorch.ops.index.reducing import (
    index_reduce as index_reduce,
    scatter_reduce as scatter_reduce,
)
from minitorch.ops.layers.softmax import log_softmax as log_softmax, softmax as softmax
from minitorch.ops.linalg.affine import (
    addbmm as addbmm,
    addmm as addmm,
    addmv as addmv,
    addmv_ as addmv_,
    addr as addr,
    baddbmm as baddbmm,
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
    vdot as vdot,
)
from minitorch.ops.reduce.any_all import all as all, any as any, count_nonzero as count_nonzero
from minitorch.ops.reduce.extreme import (
    amax as amax,
    amin as amin,
    aminmax as aminmax,
    argmax as argmax,
    argmin as argmin,
    max as max,
    min as min,
)
from minitorch.ops.reduce.histograms import (
    bincount as bincount,
    histc as histc,
    histogram as histogram,
)
from minitorch.ops.reduce.product import prod as prod
from minitorch.ops.reduce.quantile import nanquantile as nanquantile, quantile as quantile
from minitorch.ops.reduce.ranks import (
    kthvalue as kthvalue,
    median as median,
    mode as mode,
    nanmedian as nanmedian,
)
from minitorch.ops.reduce.scan import (
    cummax as cummax,
    cummin as cummin,
    cumprod as cumprod,
    cumsum as cumsum,
    logcumsumexp as logcumsumexp,
)
from minitorch.ops.reduce.sorting import (
    argsort as argsort,
    msort as msort,
    sort as sort,
    topk as topk,
)
from minitorch.ops.reduce.sums import logsumexp as logsumexp, mean as mean, sum as sum
from minitorch.ops.reduce.unique import unique as unique, unique_consecutive as unique_consecutive
from minitorch.ops.reduce.variance import (
    std as std,
    std_mean as std_mean,
    var as var,
    var_mean as var_mean,
)
from minitorch.ops.reduce.vector_norm import norm as norm
from minitorch.ops.reduce.without_nan import nanmean as nanmean, nansum as nansum
from minitorch.ops.shape.atleast import (
    atleast_1d as atleast_1d,
    atleast_2d as atleast_2d,
    atleast_3d as atleast_3d,
)
from minitorch.ops.shape.diagonal import (
    diag as diag,
    diag_embed as diag_embed,
    diagflat as diagflat,
    diagonal as diagonal,
)
from minitorch.ops.shape.expand import (
    broadcast_shapes as broadcast_shapes,
    broadcast_tensors as broadcast_tensors,
    broadcast_to as broadcast_to,
    meshgrid as meshgrid,
)
from minitorch.ops.shape.flip import (
    flip as flip,
    fliplr as fliplr,
    flipud as flipud,
    roll as roll,
    rot90 as rot90,
)
from minitorch.ops.shape.joining import (
    cat as cat,
    chunk as chunk,
    column_stack as column_stack,
    concat as concat,
    concatenate as concatenate,
    dstack as dstack,
    hstack as hstack,
    split as split,
    split_with_sizes as split_with_sizes,
    stack as stack,
    unbind as unbind,
    vstack as vstack,
)
from minitorch.ops.shape.narrow import narrow as narrow, select as select
from minitorch.ops.shape.permute import (
    adjoint as adjoint,
    moveaxis as moveaxis,
    movedim as movedim,
    permute as permute,
    swapaxes as swapaxes,
    swapdims as swapdims,
    t as t,
    transpose as transpose,
)
from minitorch.ops.shape.placing import (
    as_strided_scatter as as_strided_scatter,
    diagonal_scatter as diagonal_scatter,
    select_scatter as select_scatter,
    slice_scatter as slice_scatter,
)
from minitorch.ops.shape.repeat import repeat_interleave as repeat_interleave, tile as tile
from minitorch.ops.shape.splitting import (
    dsplit as dsplit,
    hsplit as hsplit,
    tensor_split as tensor_split,
    unsafe_chunk as unsafe_chunk,
    unsafe_split as unsafe_split,
    unsafe_split_with_sizes as unsafe_split_with_sizes,
    vsplit as vsplit,
)
from minitorch.ops.shape.squeeze import squeeze as squeeze, unsqueeze as unsqueeze
from minitorch.ops.shape.triangle import tril as tril, triu as triu
from minitorch.ops.shape.view import (
    flatten as flatten,
    ravel as ravel,
    reshape as reshape,
    unflatten as unflatten,
)
from minitorch.ops.shape.windows import as_strided as as_strided, as_strided_ as as_strided_
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
    logspace as logspace,
    range as range,
)
from minitorch.serialization import load as load, save as save
from minitorch.tensor import Tensor as Tensor
from minitorch.tensor.detach import detach as detach, detach_ as detach_
from minitorch.tensor.drawing import (
    bernoulli as bernoulli,
    binomial as binomial,
    multinomial as multinomial,
    poisson as poisson,
)
from minitorch.tensor.legacy import (
    BFloat16Tensor as BFloat16Tensor,
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
    typename as typename,
)
from minitorch.tensor.resize import resize_as_ as resize_as_
from minitorch.version import __version__ as __version__

_keep_freed()

# Second names: an import `as` another name is private to type checkers.
half, float, double = float16, float32, float64
cfloat, cdouble = complex64, complex128
short, int, long = int16, int32, int64
bool = _bool
multiply = mul
negative = neg
negative_ = neg_
subtract = sub
clip = clamp
clip_ = clamp_
greater_equal = ge
greater = gt
less_equal = le
less = lt
not_equal = ne
divide = div
fix = trunc
fix_ = trunc_
absolute = abs
arccos = acos
arccos_ = acos_
arcsin = asin
arcsin_ = asin_
arctan = atan
arctan_ = atan_
ger = outer
row_stack = vstack

pi = _math.pi
e = _math.e
inf = _math.inf
nan = _math.nan
newaxis = None

if _typing.TYPE_CHECKING:
    from minitorch import (
        __config__ as __config__,
        accelerator as accelerator,
        amp as amp,
        array_api as array_api,
        backends as backends,
        compiler as compiler,
        cpu as cpu,
        cuda as cuda,
        distributed as distributed,
        drawing as drawing,
        fft as fft,
        func as func,
        functional as functional,
        hub as hub,
        jit as jit,
        linalg as linalg,
        masked as masked,
        mps as mps,
        multiprocessing as multiprocessing,
        overrides as overrides,
        profiler as profiler,
        shim as shim,
        signal as signal,
        special as special,
        testing as testing,
        types as types,
        version as version,
        xpu as xpu,
    )
    from minitorch.amp.autocast_mode import (
        autocast as autocast,
        get_autocast_dtype as get_autocast_dtype,
        is_autocast_enabled as is_autocast_enabled,
    )
    from minitorch.amp.state import (
        clear_autocast_cache as clear_autocast_cache,
        get_autocast_cpu_dtype as get_autocast_cpu_dtype,
        get_autocast_gpu_dtype as get_autocast_gpu_dtype,
        is_autocast_cache_enabled as is_autocast_cache_enabled,
        is_autocast_cpu_enabled as is_autocast_cpu_enabled,
        set_autocast_cpu_dtype as set_autocast_cpu_dtype,
        set_autocast_cpu_enabled as set_autocast_cpu_enabled,
        set_autocast_dtype as set_autocast_dtype,
        set_autocast_enabled as set_autocast_enabled,
        set_autocast_gpu_dtype as set_autocast_gpu_dtype,
    )
    from minitorch.autograd.explain.anomaly import (
        is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
        is_anomaly_enabled as is_anomaly_enabled,
    )
    from minitorch.autograd.explain.why import why as why
    from minitorch.compiler import compile as compile
    from minitorch.cuda.memory import OutOfMemoryError as OutOfMemoryError
    from minitorch.drawing.draw import draw as draw
    from minitorch.func.vmap import vmap as vmap
    from minitorch.nn.functional import (
        adaptive_avg_pool1d as adaptive_avg_pool1d,
        avg_pool1d as avg_pool1d,
        conv1d as conv1d,
        conv2d as conv2d,
        conv3d as conv3d,
        conv_tbc as conv_tbc,
        conv_transpose1d as conv_transpose1d,
        conv_transpose2d as conv_transpose2d,
        conv_transpose3d as conv_transpose3d,
        max_pool1d as max_pool1d,
        max_pool1d_with_indices as max_pool1d_with_indices,
        max_pool2d as max_pool2d,
        max_pool3d as max_pool3d,
        rms_norm as rms_norm,
    )
    from minitorch.nn.functional.recurrent import (
        gru as gru,
        gru_cell as gru_cell,
        lstm as lstm,
        lstm_cell as lstm_cell,
        rnn_relu as rnn_relu,
        rnn_relu_cell as rnn_relu_cell,
        rnn_tanh as rnn_tanh,
        rnn_tanh_cell as rnn_tanh_cell,
    )
    from minitorch.nn.native import (
        adaptive_max_pool1d as adaptive_max_pool1d,
        affine_grid_generator as affine_grid_generator,
        alpha_dropout as alpha_dropout,
        alpha_dropout_ as alpha_dropout_,
        batch_norm as batch_norm,
        binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
        constant_pad_nd as constant_pad_nd,
        convolution as convolution,
        cosine_embedding_loss as cosine_embedding_loss,
        ctc_loss as ctc_loss,
        dropout as dropout,
        dropout_ as dropout_,
        feature_alpha_dropout as feature_alpha_dropout,
        feature_alpha_dropout_ as feature_alpha_dropout_,
        feature_dropout as feature_dropout,
        feature_dropout_ as feature_dropout_,
        grid_sampler as grid_sampler,
        group_norm as group_norm,
        hinge_embedding_loss as hinge_embedding_loss,
        instance_norm as instance_norm,
        kl_div as kl_div,
        layer_norm as layer_norm,
        margin_ranking_loss as margin_ranking_loss,
        native_layer_norm as native_layer_norm,
        poisson_nll_loss as poisson_nll_loss,
        triplet_margin_loss as triplet_margin_loss,
    )
    from minitorch.ops.elementwise.angles import (
        arctan2 as arctan2,
        atan2 as atan2,
        deg2rad as deg2rad,
        deg2rad_ as deg2rad_,
        hypot as hypot,
        rad2deg as rad2deg,
        rad2deg_ as rad2deg_,
        sinc as sinc,
        sinc_ as sinc_,
    )
    from minitorch.ops.elementwise.choices import (
        fmax as fmax,
        fmin as fmin,
        heaviside as heaviside,
        nan_to_num as nan_to_num,
        nan_to_num_ as nan_to_num_,
    )
    from minitorch.ops.elementwise.divisors import (
        gcd as gcd,
        gcd_ as gcd_,
        lcm as lcm,
        lcm_ as lcm_,
    )
    from minitorch.ops.elementwise.floats import (
        copysign as copysign,
        frexp as frexp,
        ldexp as ldexp,
        ldexp_ as ldexp_,
        nextafter as nextafter,
        signbit as signbit,
    )
    from minitorch.ops.elementwise.hyperbolic import (
        acosh as acosh,
        acosh_ as acosh_,
        arccosh as arccosh,
        arccosh_ as arccosh_,
        arcsinh as arcsinh,
        arcsinh_ as arcsinh_,
        arctanh as arctanh,
        arctanh_ as arctanh_,
        asinh as asinh,
        asinh_ as asinh_,
        atanh as atanh,
        atanh_ as atanh_,
    )
    from minitorch.ops.elementwise.logarithms import (
        logaddexp as logaddexp,
        logaddexp2 as logaddexp2,
        logit as logit,
        logit_ as logit_,
        xlogy as xlogy,
        xlogy_ as xlogy_,
    )
    from minitorch.ops.elementwise.parts import (
        angle as angle,
        conj as conj,
        conj_physical as conj_physical,
        conj_physical_ as conj_physical_,
        imag as imag,
        is_conj as is_conj,
        is_neg as is_neg,
        isreal as isreal,
        real as real,
        resolve_conj as resolve_conj,
        resolve_neg as resolve_neg,
    )
    from minitorch.ops.index.flat import unravel_index as unravel_index
    from minitorch.ops.index.searching import (
        bucketize as bucketize,
        isin as isin,
        searchsorted as searchsorted,
    )
    from minitorch.ops.layers.embedding import (
        embedding as embedding,
        embedding_renorm_ as embedding_renorm_,
    )
    from minitorch.ops.layers.embedding_bag import embedding_bag as embedding_bag
    from minitorch.ops.linalg.arranged import block_diag as block_diag, kron as kron
    from minitorch.ops.linalg.bilinear import bilinear as bilinear
    from minitorch.ops.linalg.chains import (
        chain_matmul as chain_matmul,
        matrix_power as matrix_power,
    )
    from minitorch.ops.linalg.cholesky import (
        cholesky_inverse as cholesky_inverse,
        cholesky_solve as cholesky_solve,
    )
    from minitorch.ops.linalg.determinant import logdet as logdet
    from minitorch.ops.linalg.distances import (
        cdist as cdist,
        cosine_similarity as cosine_similarity,
        pairwise_distance as pairwise_distance,
        pdist as pdist,
    )
    from minitorch.ops.linalg.lowrank import pca_lowrank as pca_lowrank, svd_lowrank as svd_lowrank
    from minitorch.ops.linalg.lu import lu_unpack as lu_unpack
    from minitorch.ops.linalg.matrix_exp import matrix_exp as matrix_exp
    from minitorch.ops.linalg.qr import geqrf as geqrf, ormqr as ormqr
    from minitorch.ops.linalg.root import (
        cholesky as cholesky,
        cross as cross,
        det as det,
        inverse as inverse,
        lu as lu,
        lu_solve as lu_solve,
        orgqr as orgqr,
        pinverse as pinverse,
        qr as qr,
        slogdet as slogdet,
        svd as svd,
        triangular_solve as triangular_solve,
        vander as vander,
    )
    from minitorch.ops.reduce.calculus import (
        cumulative_trapezoid as cumulative_trapezoid,
        diff as diff,
        gradient as gradient,
        trapezoid as trapezoid,
        trapz as trapz,
    )
    from minitorch.ops.reduce.covariance import corrcoef as corrcoef, cov as cov
    from minitorch.ops.reduce.histogram_dd import histogramdd as histogramdd
    from minitorch.ops.reduce.lengths import dist as dist, renorm as renorm
    from minitorch.ops.shape.as_real import (
        complex as complex,
        polar as polar,
        view_as_complex as view_as_complex,
        view_as_real as view_as_real,
    )
    from minitorch.ops.shape.copying import (
        alias_copy as alias_copy,
        as_strided_copy as as_strided_copy,
        detach_copy as detach_copy,
        diagonal_copy as diagonal_copy,
        expand_copy as expand_copy,
        narrow_copy as narrow_copy,
        permute_copy as permute_copy,
        select_copy as select_copy,
        slice_copy as slice_copy,
        split_copy as split_copy,
        split_with_sizes_copy as split_with_sizes_copy,
        squeeze_copy as squeeze_copy,
        t_copy as t_copy,
        transpose_copy as transpose_copy,
        unbind_copy as unbind_copy,
        unfold_copy as unfold_copy,
        unsqueeze_copy as unsqueeze_copy,
        view_copy as view_copy,
    )
    from minitorch.ops.shape.grids import (
        cartesian_prod as cartesian_prod,
        combinations as combinations,
    )
    from minitorch.ops.shape.shuffle import (
        channel_shuffle as channel_shuffle,
        native_channel_shuffle as native_channel_shuffle,
        pixel_shuffle as pixel_shuffle,
        pixel_unshuffle as pixel_unshuffle,
    )
    from minitorch.ops.special.bessel import i0 as i0, i0_ as i0_
    from minitorch.ops.special.error import erfc as erfc, erfc_ as erfc_, erfinv as erfinv
    from minitorch.ops.special.gamma import (
        digamma as digamma,
        igamma as igamma,
        igammac as igammac,
        lgamma as lgamma,
        mvlgamma as mvlgamma,
        polygamma as polygamma,
    )
    from minitorch.settings import (
        are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled,
        get_default_device as get_default_device,
        get_deterministic_debug_mode as get_deterministic_debug_mode,
        get_float32_matmul_precision as get_float32_matmul_precision,
        is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled,  # noqa: E501
        set_default_device as set_default_device,
        set_default_tensor_type as set_default_tensor_type,
        set_deterministic_debug_mode as set_deterministic_debug_mode,
        set_float32_matmul_precision as set_float32_matmul_precision,
        set_flush_denormal as set_flush_denormal,
        use_deterministic_algorithms as use_deterministic_algorithms,
    )
    from minitorch.spectra import istft as istft, stft as stft
    from minitorch.storage import (
        TypedStorage as TypedStorage,
        UntypedStorage as UntypedStorage,
        is_storage as is_storage,
    )
    from minitorch.windows import (
        bartlett_window as bartlett_window,
        blackman_window as blackman_window,
        hamming_window as hamming_window,
        hann_window as hann_window,
        kaiser_window as kaiser_window,
    )
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = " ".join(
        name
        for name, value in vars().items()
        if not (name.startswith("_") or isinstance(value, _types.ModuleType))
    )
    _FILES = {
        "minitorch.__config__": "",
        "minitorch.accelerator": "",
        "minitorch.amp": "",
        "minitorch.amp.autocast_mode": "autocast get_autocast_dtype is_autocast_enabled",
        "minitorch.amp.state": (
            "clear_autocast_cache get_autocast_cpu_dtype get_autocast_gpu_dtype "
            "is_autocast_cache_enabled is_autocast_cpu_enabled set_autocast_cpu_dtype "
            "set_autocast_cpu_enabled set_autocast_dtype set_autocast_enabled "
            "set_autocast_gpu_dtype"
        ),
        "minitorch.array_api": "",
        "minitorch.autograd.explain.anomaly": "is_anomaly_check_nan_enabled is_anomaly_enabled",
        "minitorch.autograd.explain.why": "why",
        "minitorch.backends": "",
        "minitorch.compiler": "compile",
        "minitorch.cpu": "",
        "minitorch.cuda": "",
        "minitorch.cuda.memory": "OutOfMemoryError",
        "minitorch.distributed": "",
        "minitorch.drawing": "",
        "minitorch.drawing.draw": "draw",
        "minitorch.func": "",
        "minitorch.func.vmap": "vmap",
        "minitorch.fft": "",
        "minitorch.functional": "",
        "minitorch.hub": "",
        "minitorch.jit": "",
        "minitorch.linalg": "",
        "minitorch.masked": "",
        "minitorch.mps": "",
        "minitorch.multiprocessing": "",
        "minitorch.nn.functional": (
            "adaptive_avg_pool1d avg_pool1d conv1d conv2d conv3d conv_tbc conv_transpose1d "
            "conv_transpose2d conv_transpose3d max_pool1d max_pool1d_with_indices "
            "max_pool2d max_pool3d rms_norm"
        ),
        "minitorch.nn.functional.recurrent": (
            "gru gru_cell lstm lstm_cell rnn_relu rnn_relu_cell rnn_tanh rnn_tanh_cell"
        ),
        "minitorch.nn.native": (
            "adaptive_max_pool1d affine_grid_generator alpha_dropout alpha_dropout_ "
            "batch_norm binary_cross_entropy_with_logits constant_pad_nd convolution "
            "cosine_embedding_loss ctc_loss dropout dropout_ feature_alpha_dropout "
            "feature_alpha_dropout_ feature_dropout feature_dropout_ grid_sampler "
            "group_norm hinge_embedding_loss instance_norm kl_div layer_norm "
            "margin_ranking_loss native_layer_norm poisson_nll_loss triplet_margin_loss"
        ),
        "minitorch.ops.elementwise.angles": (
            "arctan2 atan2 deg2rad deg2rad_ hypot rad2deg rad2deg_ sinc sinc_"
        ),
        "minitorch.ops.elementwise.choices": "fmax fmin heaviside nan_to_num nan_to_num_",
        "minitorch.ops.elementwise.divisors": "gcd gcd_ lcm lcm_",
        "minitorch.ops.elementwise.floats": "copysign frexp ldexp ldexp_ nextafter signbit",
        "minitorch.ops.elementwise.hyperbolic": (
            "acosh acosh_ arccosh arccosh_ arcsinh arcsinh_ arctanh arctanh_ asinh asinh_ "
            "atanh atanh_"
        ),
        "minitorch.ops.elementwise.logarithms": "logaddexp logaddexp2 logit logit_ xlogy xlogy_",
        "minitorch.ops.elementwise.parts": (
            "angle conj conj_physical conj_physical_ imag is_conj is_neg isreal real "
            "resolve_conj resolve_neg"
        ),
        "minitorch.ops.index.flat": "unravel_index",
        "minitorch.ops.index.searching": "bucketize isin searchsorted",
        "minitorch.ops.layers.embedding": "embedding embedding_renorm_",
        "minitorch.ops.layers.embedding_bag": "embedding_bag",
        "minitorch.ops.linalg.arranged": "block_diag kron",
        "minitorch.ops.linalg.bilinear": "bilinear",
        "minitorch.ops.linalg.chains": "chain_matmul matrix_power",
        "minitorch.ops.linalg.cholesky": "cholesky_inverse cholesky_solve",
        "minitorch.ops.linalg.determinant": "logdet",
        "minitorch.ops.linalg.distances": "cdist cosine_similarity pairwise_distance pdist",
        "minitorch.ops.linalg.lowrank": "pca_lowrank svd_lowrank",
        "minitorch.ops.linalg.lu": "lu_unpack",
        "minitorch.ops.linalg.matrix_exp": "matrix_exp",
        "minitorch.ops.linalg.qr": "geqrf ormqr",
        "minitorch.ops.linalg.root": (
            "cholesky cross det inverse lu lu_solve orgqr pinverse qr slogdet svd "
            "triangular_solve vander"
        ),
        "minitorch.ops.reduce.calculus": "cumulative_trapezoid diff gradient trapezoid trapz",
        "minitorch.ops.reduce.covariance": "corrcoef cov",
        "minitorch.ops.reduce.histogram_dd": "histogramdd",
        "minitorch.ops.reduce.lengths": "dist renorm",
        "minitorch.ops.shape.copying": (
            "alias_copy as_strided_copy detach_copy diagonal_copy expand_copy narrow_copy "
            "permute_copy select_copy slice_copy split_copy split_with_sizes_copy "
            "squeeze_copy t_copy transpose_copy unbind_copy unfold_copy unsqueeze_copy "
            "view_copy"
        ),
        "minitorch.ops.shape.grids": "cartesian_prod combinations",
        "minitorch.ops.shape.shuffle": (
            "channel_shuffle native_channel_shuffle pixel_shuffle pixel_unshuffle"
        ),
        "minitorch.ops.shape.as_real": "complex polar view_as_complex view_as_real",
        "minitorch.ops.special.bessel": "i0 i0_",
        "minitorch.ops.special.error": "erfc erfc_ erfinv",
        "minitorch.ops.special.gamma": "digamma igamma igammac lgamma mvlgamma polygamma",
        "minitorch.overrides": "",
        "minitorch.profiler": "",
        "minitorch.settings": (
            "are_deterministic_algorithms_enabled get_default_device "
            "get_deterministic_debug_mode get_float32_matmul_precision "
            "is_deterministic_algorithms_warn_only_enabled set_default_device "
            "set_default_tensor_type set_deterministic_debug_mode "
            "set_float32_matmul_precision set_flush_denormal use_deterministic_algorithms"
        ),
        "minitorch.shim": "",
        "minitorch.signal": "",
        "minitorch.special": "",
        "minitorch.spectra": "istft stft",
        "minitorch.storage": "TypedStorage UntypedStorage is_storage",
        "minitorch.testing": "",
        "minitorch.types": "",
        "minitorch.version": "",
        "minitorch.windows": (
            "bartlett_window blackman_window hamming_window hann_window kaiser_window"
        ),
        "minitorch.xpu": "",
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
    # PyTorch's `import *` brings no modules: `random` and `types` stay the standard library's.
    __all__ = [name for name in __all__ if f"{__name__}.{name}" not in _FILES]
