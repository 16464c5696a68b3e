"""The ops that read a view out of its base, and write one into it (Note [Views and in-place])."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Grads, Op
from minitorch.autograd.writes.place import Numbers, Place, numbered, repeats, window
from minitorch.core.dtypes import Array
from minitorch.kernels.sums import add_floats


class AsStrided(Op):
    """Elements of the base at a place: (*) -> place.shape."""

    complex = LINEAR

    @staticmethod
    def forward(x: Array, *, place: Place | Numbers, lead: int = 0) -> Array:
        if isinstance(place, Place):
            return window(np.asarray(x, order="C"), place, lead).copy()
        return x.reshape(*x.shape[:lead], -1)[..., place]

    @staticmethod
    def batched(batch: Any, x: Array, *, place: Place | Numbers) -> Array:
        return AsStrided.forward(x, place=place, lead=batch.lead)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return AsStridedGrad.apply(grad, place=ctx.place, shape=ctx.input_shapes[0])

    @staticmethod
    def reference(x: Array, *, place: Place | Numbers) -> Array:
        numbers = numbered(place)
        return np.array([x.flat[i] for i in numbers.flat], x.dtype).reshape(numbers.shape)

    @staticmethod
    def samples(s: Any) -> Any:
        yield s(s.real(6), place=np.array([[0, 2], [2, 5]]))
        yield s(s.real(2, 3), place=np.array(4))
        yield s(s.real(2, 3), place=Place((3, 2), (1, 3), 0))
        yield s(s.real(2, 3), place=Place((3, 2), (1, 1), 1))
        yield s(s.real(2, 3), place=Place((0, 2), (0, 0), 0))


class AsStridedGrad(Op):
    """Sum of ``grad`` at a place of zeros: place.shape -> shape."""

    complex = LINEAR

    @staticmethod
    def forward(
        grad: Array, *, place: Place | Numbers, shape: tuple[int, ...], lead: int = 0
    ) -> Array:
        out = np.zeros((*grad.shape[:lead], *shape), grad.dtype)
        if isinstance(place, Place):
            grad, place = _added_up(grad, place, lead)
        if isinstance(place, Place) and not repeats(place.shape, place.strides):
            window(out, place, lead)[...] = grad
        else:
            at: Any = (..., numbered(place))
            np.add.at(out.reshape(*out.shape[:lead], -1), at, grad)
        return out

    @staticmethod
    def batched(
        batch: Any, grad: Array, *, place: Place | Numbers, shape: tuple[int, ...]
    ) -> Array:
        return AsStridedGrad.forward(grad, place=place, shape=shape, lead=batch.lead)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return AsStrided.apply(grad, place=ctx.place)

    @staticmethod
    def reference(grad: Array, *, place: Place | Numbers, shape: tuple[int, ...]) -> Array:
        out = np.zeros(shape, grad.dtype)
        for i, g in zip(numbered(place).flat, grad.flat, strict=True):
            out.flat[i] += g
        return out

    @staticmethod
    def samples(s: Any) -> Any:
        yield s(s.real(2, 2), place=np.array([[0, 2], [2, 5]]), shape=(2, 3))
        yield s(s.real(3, 2), place=Place((3, 2), (1, 3), 0), shape=(2, 3))
        yield s(s.real(3, 2), place=Place((3, 2), (1, 1), 1), shape=(2, 3))


def _added_up(grad: Array, place: Place, lead: int) -> tuple[Array, Place]:
    """Sum what lands on the same element because the place was expanded."""
    sizes = zip(place.shape, place.strides, strict=True)
    expanded = tuple([lead + d for d, (n, step) in enumerate(sizes) if step == 0 and n > 1])
    if not expanded:
        return grad, place
    total = add_floats(grad, expanded, True).astype(grad.dtype, copy=False)
    return total, Place(total.shape[lead:], place.strides, place.offset)


class CopySlices(Op):
    """The base with ``values`` written at a place: (*), place.shape -> (*)."""

    complex = LINEAR
    name = "CopySlices"

    @staticmethod
    def forward(base: Array, values: Any, *, place: Place | Numbers, lead: int = 0) -> Array:
        out = np.array(base, order="C")
        if isinstance(place, Place):
            window(out, place, lead)[...] = values
        else:
            out.reshape(*out.shape[:lead], -1)[..., place] = values
        return out

    @staticmethod
    def batched(batch: Any, base: Array, values: Any, *, place: Place | Numbers) -> Array:
        return CopySlices.forward(batch.full(base, 0), values, place=place, lead=batch.lead)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        needs_base, needs_values = ctx.needs_input_grad
        rest = CopySlices.apply(grad, 0, place=ctx.place) if needs_base else None
        return rest, AsStrided.apply(grad, place=ctx.place) if needs_values else None

    @staticmethod
    def reference(base: Array, values: Any, *, place: Place | Numbers) -> Array:
        out = base.copy()
        numbers = numbered(place)
        for i, v in zip(numbers.flat, np.broadcast_to(values, numbers.shape).flat, strict=True):
            out.flat[i] = v
        return out

    @staticmethod
    def samples(s: Any) -> Any:
        yield s(s.real(2, 3), s.real(2), place=np.array([1, 4]))
        yield s(s.real(2, 3), s.real(3, 2), place=Place((3, 2), (1, 3), 0))
        yield s(s.real(2, 3), 0, place=Place((2,), (3,), 1))
