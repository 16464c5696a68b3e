"""The functions that take ``out=``, a tensor to write the result into.

Each is the function of the same name without it. A result is computed, and then written: that
costs a copy, which nobody sees who asks for no ``out``.
"""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

from minitorch import creation, ops, random, sequences
from minitorch.autograd.grad_mode import is_grad_enabled, no_grad
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import bump
from minitorch.autograd.writes.inplace import (
    check_no_repeats,
    overlap_in_part,
    requires_grad,
    store_,
)
from minitorch.core.dtypes import is_storable, scalar_name
from minitorch.tensor import Tensor
from minitorch.tensor.resize import resized

Function = Callable[..., Any]


def takes_out(function: Function) -> Function:
    """Return the function with a keyword ``out``: a tensor, or a tuple of one for each result."""

    @wraps(function)
    def with_out(*args: Any, out: Any = None, **params: Any) -> Any:
        if out is None:
            return function(*args, **params)
        return _write(function, args, params, out)

    return with_out


def makes_out(function: Function) -> Function:
    """Return a function of sizes with a keyword ``out``, whose dtype is that of the result."""

    @wraps(function)
    def with_out(*args: Any, out: Any = None, **params: Any) -> Any:
        if out is None:
            return function(*args, **params)
        params.setdefault("dtype", _checked(function, out).dtype)
        return _write(function, args, params, out)

    return with_out


def _write(function: Function, args: Any, params: dict[str, Any], out: Any) -> Any:
    several = isinstance(out, tuple | list)
    outs = tuple([_checked(function, x) for x in (out if several else (out,))])
    given = [*_tensors(args), *_tensors(tuple(params.values()))]
    if is_grad_enabled() and builtins.any([requires_grad(x) for x in (*given, *outs)]):
        raise RuntimeError(
            f"{function.__name__}(): functions with out=... arguments don't support automatic "
            "differentiation, but one of the arguments requires grad. Leave out= away, or wrap "
            "the call in `with no_grad():`."
        )
    with no_grad():
        result = function(*args, **params)
    results = result if isinstance(result, tuple) else (result,)
    if len(results) != len(outs):
        raise TypeError(
            f"{function.__name__}(): expected out to be {len(results)} tensor(s), got {len(outs)}"
        )
    for target, value in zip(outs, results, strict=True):
        _store(function.__name__, target, value, given)
    if not several:
        return out
    return type(result)(*outs) if hasattr(result, "_fields") else outs


def _checked(function: Function, out: Any) -> Any:
    if not isinstance(out, Tensor):
        raise TypeError(
            f"{function.__name__}(): argument 'out' must be Tensor, not {type(out).__name__}"
        )
    return out


def _tensors(args: Any) -> list[Any]:
    """The tensors among arguments, also those in a list of them."""
    found = []
    for x in args:
        if isinstance(x, TensorBase):
            found.append(x)
        elif isinstance(x, tuple | list):
            found += [item for item in x if isinstance(item, TensorBase)]
    return found


def _store(name: str, target: Any, value: Any, given: list[Any]) -> None:
    """Write a result into its target, which is given the result's shape first."""
    own, array = target._array, value._array
    if not is_storable(array.dtype, own.dtype):
        raise RuntimeError(
            f"result type {scalar_name(array)} can't be cast to the desired output type "
            f"{scalar_name(own)}: pass a tensor of dtype {value.dtype} as out."
        )
    if own.shape != array.shape:
        if own.size:
            _warn_of_resizing(own.shape, array.shape)
        target._array = own = resized(own, array.shape)
    check_no_repeats(own)
    if builtins.any([x is not target and overlap_in_part(own, x._array) for x in given]):
        raise RuntimeError(
            "unsupported operation: some elements of the input tensor and the written-to tensor "
            "refer to a single memory location. Please clone() the tensor before performing the "
            "operation."
        )
    store_(own, array)
    bump(target, f"{name}(out=...)", 4)


def _warn_of_resizing(own: Any, needed: Any) -> None:
    warnings.warn(
        f"An output with one or more elements was resized since it had shape {list(own)}, which "
        f"does not match the required output shape {list(needed)}. This behavior is deprecated, "
        "and in a future PyTorch release outputs will not be resized unless they have zero "
        "elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero "
        "elements with t.resize_(0).",
        UserWarning,
        stacklevel=5,
    )


abs = takes_out(ops.abs)
acos = takes_out(ops.acos)
add = takes_out(ops.add)
addcdiv = takes_out(ops.addcdiv)
addcmul = takes_out(ops.addcmul)
addmm = takes_out(ops.addmm)
all = takes_out(ops.all)
amax = takes_out(ops.amax)
amin = takes_out(ops.amin)
any = takes_out(ops.any)
arccos = takes_out(ops.arccos)
arcsin = takes_out(ops.arcsin)
arctan = takes_out(ops.arctan)
argmax = takes_out(ops.argmax)
argmin = takes_out(ops.argmin)
asin = takes_out(ops.asin)
atan = takes_out(ops.atan)
bernoulli = takes_out(random.bernoulli)
bitwise_and = takes_out(ops.bitwise_and)
bitwise_left_shift = takes_out(ops.bitwise_left_shift)
bitwise_not = takes_out(ops.bitwise_not)
bitwise_or = takes_out(ops.bitwise_or)
bitwise_right_shift = takes_out(ops.bitwise_right_shift)
bitwise_xor = takes_out(ops.bitwise_xor)
bmm = takes_out(ops.bmm)
cat = takes_out(ops.cat)
ceil = takes_out(ops.ceil)
clamp = takes_out(ops.clamp)
concat = takes_out(ops.concat)
concatenate = takes_out(ops.concatenate)
cos = takes_out(ops.cos)
cosh = takes_out(ops.cosh)
cumsum = takes_out(ops.cumsum)
diag = takes_out(ops.diag)
div = takes_out(ops.div)
dot = takes_out(ops.dot)
eq = takes_out(ops.eq)
erf = takes_out(ops.erf)
exp = takes_out(ops.exp)
exp2 = takes_out(ops.exp2)
expm1 = takes_out(ops.expm1)
floor = takes_out(ops.floor)
floor_divide = takes_out(ops.floor_divide)
gather = takes_out(ops.gather)
ge = takes_out(ops.ge)
gt = takes_out(ops.gt)
hstack = takes_out(ops.hstack)
index_add = takes_out(ops.index_add)
index_copy = takes_out(ops.index_copy)
index_select = takes_out(ops.index_select)
inner = takes_out(ops.inner)
le = takes_out(ops.le)
lerp = takes_out(ops.lerp)
log = takes_out(ops.log)
log10 = takes_out(ops.log10)
log1p = takes_out(ops.log1p)
log2 = takes_out(ops.log2)
log_softmax = takes_out(ops.log_softmax)
logical_and = takes_out(ops.logical_and)
logical_not = takes_out(ops.logical_not)
logical_or = takes_out(ops.logical_or)
logical_xor = takes_out(ops.logical_xor)
logsumexp = takes_out(ops.logsumexp)
lt = takes_out(ops.lt)
masked_select = takes_out(ops.masked_select)
matmul = takes_out(ops.matmul)
max = takes_out(ops.max)
maximum = takes_out(ops.maximum)
mean = takes_out(ops.mean)
min = takes_out(ops.min)
minimum = takes_out(ops.minimum)
mm = takes_out(ops.mm)
mul = takes_out(ops.mul)
multinomial = takes_out(random.multinomial)
mv = takes_out(ops.mv)
ne = takes_out(ops.ne)
neg = takes_out(ops.neg)
nonzero = takes_out(ops.nonzero)
norm = takes_out(ops.norm)
outer = takes_out(ops.outer)
pow = takes_out(ops.pow)
prod = takes_out(ops.prod)
reciprocal = takes_out(ops.reciprocal)
remainder = takes_out(ops.remainder)
round = takes_out(ops.round)
rsqrt = takes_out(ops.rsqrt)
scatter = takes_out(ops.scatter)
scatter_add = takes_out(ops.scatter_add)
sigmoid = takes_out(ops.sigmoid)
sign = takes_out(ops.sign)
sin = takes_out(ops.sin)
sinh = takes_out(ops.sinh)
softmax = takes_out(ops.softmax)
sort = takes_out(ops.sort)
sqrt = takes_out(ops.sqrt)
square = takes_out(ops.square)
stack = takes_out(ops.stack)
std = takes_out(ops.std)
sub = takes_out(ops.sub)
sum = takes_out(ops.sum)
take_along_dim = takes_out(ops.take_along_dim)
tan = takes_out(ops.tan)
tanh = takes_out(ops.tanh)
tensordot = takes_out(ops.tensordot)
topk = takes_out(ops.topk)
tril = takes_out(ops.tril)
triu = takes_out(ops.triu)
trunc = takes_out(ops.trunc)
var = takes_out(ops.var)
vstack = takes_out(ops.vstack)
where = takes_out(ops.where)

arange = makes_out(sequences.arange)
empty = makes_out(creation.empty)
eye = makes_out(creation.eye)
full = makes_out(creation.full)
linspace = makes_out(sequences.linspace)
ones = makes_out(creation.ones)
rand = makes_out(random.rand)
randint = makes_out(random.randint)
randn = makes_out(random.randn)
randperm = makes_out(random.randperm)
zeros = makes_out(creation.zeros)
