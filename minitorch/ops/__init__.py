"""Every differentiable operation: one class each, and the function that calls it."""

from minitorch.ops.index.gather import (
    gather,
    one_hot,
    scatter,
    scatter_add,
    scatter_add_call,
    scatter_call,
    take_along_dim,
)
from minitorch.ops.index.getitem import getitem, index_put_, setitem
from minitorch.ops.index.select import (
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
from minitorch.ops.shape.diagonal import diagonal
from minitorch.ops.shape.joining import (
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
from minitorch.ops.shape.narrow import narrow, select
from minitorch.ops.shape.rearrange import (
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
from minitorch.ops.shape.view import (
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
