"""Dual tensors: levels of forward mode, and the tangents that tensors have at each."""

from __future__ import annotations

from typing import Any, NamedTuple

from minitorch.autograd import layers
from minitorch.autograd.forward_ad.tangents import DualLevel, Duals
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.tangents import part_from, tangent_of
from minitorch.core.dtypes import from_numpy, is_differentiable


class UnpackedDualTensor(NamedTuple):
    """A tensor and its tangent; None where it has none."""

    primal: Any
    tangent: Any


def _levels() -> tuple[DualLevel, ...]:
    layer = layers.find(Duals)
    return () if layer is None else layer.levels


def _switch_to(levels: tuple[DualLevel, ...]) -> None:
    layers.exchange(Duals, Duals(levels) if levels else None)


class inner_level:
    """One more level, also inside others: what ``func.jvp`` runs in."""

    def __enter__(self) -> DualLevel:
        levels = _levels()
        self.level = DualLevel(len(levels))
        _switch_to((*levels, self.level))
        return self.level

    def __exit__(self, *exc_info: object) -> None:
        self.level.close()
        _switch_to(tuple([x for x in _levels() if x is not self.level]))


def enter_dual_level() -> int:
    """Begin forward differentiation; :class:`dual_level` ends it, too.

    Raises:
        RuntimeError: inside another one.
    """
    if _levels():
        raise RuntimeError(
            "Nested forward mode AD is not supported at the moment: leave the outer level first, "
            "or nest func.jvp."
        )
    inner_level().__enter__()
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level that :func:`enter_dual_level` began.

    Raises:
        RuntimeError: if there is none.
    """
    levels = _levels()
    if not levels:
        raise RuntimeError(
            "Dual level must be a positive number: there is no level to exit, enter_dual_level() "
            "comes first."
        )
    levels[-1].close()
    _switch_to(levels[:-1])


class dual_level:
    """Forward differentiation for a block.

    Example:
        >>> with dual_level():
        ...     y = f(make_dual(x, v))
        ...     jvp = unpack_dual(y).tangent
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *exc_info: object) -> None:
        exit_dual_level()


def make_dual(tensor: Any, tangent: Any, *, level: int | None = None) -> Any:
    """Return the tensor with a tangent, which all that is computed from it hands on.

    Args:
        tensor: floating-point.
        tangent: of the same shape.
        level: the one that is open, if it is named.

    Raises:
        RuntimeError: outside a level; if shapes differ, or there is a tangent already.
        ValueError: for integers.
    """
    levels = _levels()
    if not levels:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to "
            "enter_dual_level() first."
        )
    for name, x in (("primal", tensor), ("tangent", tangent)):
        if not isinstance(x, TensorBase):
            raise TypeError(f"make_dual(): expected {name} to be a Tensor, got {type(x).__name__}")
    _check_level("make_dual", level)
    return with_tangent(tensor, tangent, levels[-1])


def _check_level(name: str, level: int | None) -> None:
    if level not in (None, 0):
        raise RuntimeError(
            f"Invalid level given to {name}(): {level}. There is one, number 0, which need not be "
            "named."
        )


def with_tangent(tensor: Any, tangent: Any, level: DualLevel) -> Any:
    """Return another handle of the tensor, with a tangent of one level.

    Raises:
        RuntimeError, ValueError: as :func:`make_dual`.
    """
    for name, x in (("primal", tensor), ("tangent", tangent)):
        if not is_differentiable(x._array.dtype):
            raise ValueError(
                f"Expected {name} to be floating point or complex, but got: "
                f"{from_numpy(x._array.dtype)}"
            )
    if tensor._array.shape != tangent._array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original "
            f"Tensor, this is not supported. Tensor is of size {list(tensor._array.shape)} while "
            f"the given forward gradient is of size {list(tangent._array.shape)}."
        )
    if tangent_of(tensor, level) is not None:
        raise RuntimeError(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the "
            f"same level {level.number} is not supported."
        )
    if tangent_of(tangent, level) is not None:
        raise RuntimeError(
            "Setting a forward grad that itself has a forward gradient at the same level "
            f"{level.number} is not supported."
        )
    dual = tensor.view_as(tensor)
    part_from(dual, level, tangent)
    return dual


def unpack_dual(tensor: Any, *, level: int | None = None) -> UnpackedDualTensor:
    """Return a tensor without its tangent, and the tangent.

    Args:
        tensor: any tensor.
        level: the one that is open, if it is named.

    Raises:
        TypeError: if it is no tensor.
    """
    if not isinstance(tensor, TensorBase):
        raise TypeError(f"unpack_dual(): expected a Tensor, got {type(tensor).__name__}")
    _check_level("unpack_dual", level)
    levels = _levels()
    tangent = tangent_of(tensor, levels[-1]) if levels else None
    if tangent is None:
        return UnpackedDualTensor(tensor, None)
    return UnpackedDualTensor(without_tangent(tensor, levels[-1]), tangent)


def without_tangent(tensor: Any, level: DualLevel) -> Any:
    """Return another handle of the tensor, without the tangent of one level."""
    primal = tensor.view_as(tensor)
    part_from(primal, level, None)
    return primal
