"""Complex numbers as the pairs of real ones that they are in memory, and back.

A view of the one is no stretch of elements of the other. So where history reads a view of another
dtype out of its root, or writes one into it, the root is seen as that dtype first, and for a write
back again after it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.autograd.conjugates import OWN
from minitorch.autograd.op import Grads, Op, record
from minitorch.autograd.writes.views import ViewOp
from minitorch.core.dtypes import Array, complex_of, is_complex, real_of
from minitorch.core.storage import elements_strides, parts_of


def _last_dims(cls: Any, /, batch: Any, x: Array) -> Array:
    return cls.forward(x)


class ViewAsReal(ViewOp):
    """Real and imaginary parts along a last dimension, in the same memory: (*) -> (*, 2)."""

    complex = OWN

    @staticmethod
    def forward(x: Array) -> Array:
        return parts_of(x)

    batched = classmethod(_last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return ViewAsComplex.apply(grad.contiguous())

    parity = staticmethod(lambda torch, x: torch.view_as_real(x))
    reference = staticmethod(lambda x: np.stack([x.real, x.imag], -1))

    @staticmethod
    def samples(s: Any) -> Any:
        yield from s.unary(s.complex)


class ViewAsComplex(ViewOp):
    """Complex numbers of pairs of real ones, in the same memory if it is: (*, 2) -> (*)."""

    complex = OWN

    @staticmethod
    def forward(x: Array) -> Array:
        steps = elements_strides(x)
        if x.size and (steps[-1] != 1 or any([step % 2 for step in steps[:-1]])):
            x = np.ascontiguousarray(x)  # no user's tensor: a tangent, or the examples of a batch
        return x.view(complex_of(x.dtype))[..., 0]

    batched = classmethod(_last_dims)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return ViewAsReal.apply(grad)

    parity = staticmethod(lambda torch, x: torch.view_as_complex(x))
    reference = staticmethod(lambda x: x[..., 0] + 1j * x[..., 1])

    @staticmethod
    def samples(s: Any) -> Any:
        yield s(s.real(2, 3, 2))
        yield s(s.real(2))


class OtherKind(Op):
    """The same bytes as numbers of the other kind, in a shape: (*) -> shape."""

    name = "CopySlices"  # it stands beside one, and is no step of its own in PyTorch
    complex = OWN
    in_own_dtype = True  # there are no complex numbers of half floats

    @staticmethod
    def forward(x: Array, *, shape: tuple[int, ...]) -> Array:
        other = real_of(x.dtype) if is_complex(x.dtype) else complex_of(x.dtype)
        return np.array(x, order="C").reshape(-1).view(other).reshape(shape)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return OtherKind.apply(grad, shape=ctx.input_shapes[0])

    @staticmethod
    def reference(x: Array, *, shape: tuple[int, ...]) -> Array:
        if np.iscomplexobj(x):
            return np.stack([x.real, x.imag], -1).reshape(shape)
        pairs = x.reshape(-1, 2)
        return (pairs[:, 0] + 1j * pairs[:, 1]).reshape(shape)

    @staticmethod
    def samples(s: Any) -> Any:
        yield s(s.complex(2, 3), shape=(2, 3, 2))
        yield s(s.real(4, 3), shape=(6,))


def seen_as(root: Any, like: Any) -> Any:
    """Return a root as numbers of the kind of its view: itself if they are of one kind.

    Raises:
        NotImplementedError: inside of vmap, or for a root with gaps, if they are not.
    """
    x = root._array
    if is_complex(x.dtype) == is_complex(like._array.dtype):
        return root
    if type(x) is not np.ndarray or type(like._array) is not np.ndarray:
        raise NotImplementedError(
            "inside of vmap no part of complex numbers may be written to: write the whole."
        )
    if is_complex(x.dtype):
        other = parts_of(x)
    elif x.flags.c_contiguous and x.size % 2 == 0:
        other = x.reshape(-1).view(complex_of(x.dtype))
    else:
        raise NotImplementedError(
            "of a tensor that is not contiguous no pairs may be written to as complex numbers: "
            "make it contiguous() first."
        )
    return record(OtherKind, (root,), {"shape": other.shape}, other)


def seen_back(written: Any, root: Any) -> Any:
    """Return the history of a root, as numbers of its own kind."""
    if is_complex(written._array.dtype) == is_complex(root._array.dtype):
        return written
    return record(OtherKind, (written,), {"shape": root._array.shape}, root._array)
