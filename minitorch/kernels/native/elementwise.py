"""Functions of each element of contiguous float32 in C; of all else as in NumPy."""

from typing import Any

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.elementwise import Elementwise, OfOne, OfTwo
from minitorch.kernels.native import _native
from minitorch.kernels.native.tiles import slices
from minitorch.kernels.numpy import NUMPY

FLOAT = np.dtype(np.float32)
# Elements of a tile, some 6 microseconds: of arithmetic, and of what is made of exponentials.
PLAIN, COSTLY = 1 << 16, 1 << 14


def of_one(name: str, in_numpy: OfOne, tile: int) -> OfOne:
    """The kernel of that name, of one array."""

    def function(x: Array, /) -> Array:
        if x.dtype != FLOAT or not x.flags.c_contiguous:
            return in_numpy(x)
        out = np.empty(x.shape, FLOAT)
        getattr(_native, name)(x.size, x, out, available(), slices(x.size, tile))
        return out

    return function


def call_of_two(kernel: Any, a: Array, b: Array, number: float, tile: int) -> Array | None:
    """The result of a kernel of two arrays and a number; None where they are not for C."""
    if a.dtype != FLOAT or b.dtype != FLOAT or a.shape != b.shape:
        return None
    if not (a.flags.c_contiguous and b.flags.c_contiguous):
        return None
    out = np.empty(a.shape, FLOAT)
    kernel(a.size, a, b, number, out, available(), slices(a.size, tile))
    return out


def of_two(name: str, in_numpy: OfTwo, tile: int) -> OfTwo:
    """The kernel of that name, of two arrays."""

    def function(grad: Array, saved: Array, /) -> Array:
        out = call_of_two(getattr(_native, name), grad, saved, 0.0, tile)
        return in_numpy(grad, saved) if out is None else out

    return function


def relu_(x: Array) -> None:
    """max(x, 0) in place."""
    if x.dtype != FLOAT or not x.flags.c_contiguous:
        NUMPY.elementwise.relu_(x)
    else:
        _native.each_relu(x.size, x, x, available(), slices(x.size, PLAIN))


def leak(values: Array, x: Array, slope: float) -> Array:
    """`values` times 1 where x is above 0, times `slope` elsewhere."""
    out = call_of_two(_native.each_leak, values, x, slope, PLAIN)
    return NUMPY.elementwise.leak(values, x, slope) if out is None else out


_numpy = NUMPY.elementwise
_GELUS = {
    "none": of_one("each_gelu", lambda x: _numpy.gelu(x, "none"), COSTLY),
    "tanh": of_one("each_gelu_tanh", lambda x: _numpy.gelu(x, "tanh"), COSTLY),
}
_GELU_GRADS = {
    "none": of_two("each_gelu_grad", lambda g, x: _numpy.gelu_grad(g, x, "none"), COSTLY),
    "tanh": of_two("each_gelu_tanh_grad", lambda g, x: _numpy.gelu_grad(g, x, "tanh"), COSTLY),
}


def gelu(x: Array, approximate: str) -> Array:
    """X · Φ(x), or its approximation by "tanh": (*) -> (*)."""
    return _GELUS[approximate](x)


def gelu_grad(grad: Array, x: Array, approximate: str) -> Array:
    """Gradient of :func:`gelu`, grad · (Φ(x) + x · Φ'(x)): (*), (*) -> (*)."""
    return _GELU_GRADS[approximate](grad, x)


ELEMENTWISE = Elementwise(
    relu_=relu_,
    relu=of_one("each_relu", _numpy.relu, PLAIN),
    threshold_grad=of_two("each_threshold_grad", _numpy.threshold_grad, PLAIN),
    leak=leak,
    sigmoid=of_one("each_sigmoid", _numpy.sigmoid, COSTLY),
    sigmoid_grad=of_two("each_sigmoid_grad", _numpy.sigmoid_grad, PLAIN),
    tanh_grad=of_two("each_tanh_grad", _numpy.tanh_grad, PLAIN),
    silu=of_one("each_silu", _numpy.silu, COSTLY),
    silu_grad=of_two("each_silu_grad", _numpy.silu_grad, COSTLY),
    gelu=gelu,
    gelu_grad=gelu_grad,
    erf=of_one("each_erf", _numpy.erf, COSTLY),
)
