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
