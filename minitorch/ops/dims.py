"""Reading the arguments that name dimensions and sizes, with PyTorch's errors."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any, TypeVar, cast

from minitorch.ops.arguments import Flags, explained

Shape = tuple[int, ...]
F = TypeVar("F", bound=Callable[..., Any])


def numpy_names(function: F) -> F:
    """Let ``axis`` and ``keepdims`` stand for ``dim`` and ``keepdim``, as PyTorch does.

    And refuse what :func:`~minitorch.ops.arguments.takes_tensors` does.
    """
    flags = Flags(function)

    @functools.wraps(function)
    def renaming(*args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) > flags.first:
            if "axis" in kwargs:
                kwargs["dim"] = kwargs.pop("axis")
            if "keepdims" in kwargs:
                kwargs["keepdim"] = kwargs.pop("keepdims")
            flags.check(args, kwargs)
        try:
            return function(*args, **kwargs)
        except AttributeError as error:
            raise explained(error, function, args, kwargs) from None

    return cast("F", renaming)


def wrap_dim(dim: int, ndim: int, *, of_scalars: bool = True) -> int:
    """Return a dimension counted from the front; a 0-d tensor takes 0 and -1.

    Raises:
        IndexError: if there is no such dimension; of 0-d tensors always without ``of_scalars``.
        TypeError: for what is no int.
        ValueError: for one of more than 64 bits.
    """
    if type(dim) is not int:
        dim = read_int(dim, "dim")
    if not ndim and not of_scalars:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    span = ndim or 1
    if not -span <= dim < span:
        check_range(dim)
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-span}, {span - 1}], "
            f"but got {dim})"
            " [explain: no-such-dim]"
        )
    return dim + span if dim < 0 else dim


def wrap_dims(dims: Any, ndim: int) -> Shape:
    """Return dimensions counted from the front: of one int, several, or None or () for all.

    Raises:
        IndexError: if there is no such dimension.
        RuntimeError: if one is named twice.
    """
    if dims is None:
        return tuple(range(ndim))
    if not isinstance(dims, tuple | list):
        wrapped = wrap_dim(dims, ndim)
        return (wrapped,) if ndim else ()
    if not dims:
        return tuple(range(ndim))
    several = tuple([wrap_dim(d, ndim) for d in dims])
    refuse_repeats(several)
    return several if ndim else ()


def refuse_repeats(dims: Shape) -> None:
    """Raise PyTorch's error if a dimension is named twice."""
    for i, d in enumerate(dims):
        if d in dims[:i]:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims")


def read_int(value: Any, name: str, what: str = "int") -> int:
    """Return an int, which may come as a tensor or as one of NumPy's.

    Raises:
        TypeError: for anything else, also bools and floats.
    """
    if hasattr(value, "__index__") and not isinstance(value, bool):
        return check_range(operator.index(value))
    raise TypeError(f"argument '{name}' must be {what}, not {type(value).__name__}")


def read_float(value: Any, name: str) -> float:
    """Return a float, which may come as any number or as a tensor of no dimensions.

    Raises:
        TypeError: for anything else.
    """
    if hasattr(value, "__float__") and not getattr(value, "ndim", 0):
        return float(value)
    raise TypeError(f"argument '{name}' must be float, not {type(value).__name__}")


def check_range(value: int) -> int:
    """Return an int, if it has at most 64 bits.

    Raises:
        ValueError: for more.
    """
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"Overflow when unpacking long long: {value} has more than 64 bits")
    return value


def sizes_of(args: tuple[Any, ...], named: Any = None, name: str = "size") -> Shape:
    """Read sizes (or dimensions) given as several ints, as one sequence of them, or by keyword.

    Raises:
        TypeError: for sizes by position and by keyword at once, or what are no ints.
    """
    if named is not None:
        if args:
            raise TypeError(f"got the sizes {list(args)} by position and {named} by keyword")
        args = (named,)
    if len(args) == 1 and isinstance(args[0], tuple | list):
        (args,) = args
    return tuple([n if type(n) is int else read_int(n, name, "tuple of ints") for n in args])


def dims_of(args: tuple[Any, ...], named: Any = None) -> Any:
    """Read dimensions given one by one, as one int or sequence, or by keyword; None for none.

    Raises:
        TypeError: for dimensions by position and by keyword at once.
    """
    if not args:
        return named
    if named is not None:
        raise TypeError(f"got the dimensions {list(args)} by position and {named} by keyword")
    return args[0] if len(args) == 1 else args


def refuse_to_keep(keepdim: bool, name: str) -> None:
    """Refuse ``keepdim`` where everything is reduced and no ``dim`` is given.

    Raises:
        TypeError: for a true one.
    """
    if keepdim:
        raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')


def kept_shape(shape: Shape, dims: Shape) -> Shape:
    """Return the shape with 1 for the reduced dimensions."""
    return tuple([1 if i in dims else n for i, n in enumerate(shape)])


def infer_shape(shape: Shape, size: int) -> Shape:
    """Return the shape with its -1 replaced by what makes ``size`` elements.

    Raises:
        RuntimeError: if nothing does.
    """
    known = 1
    unknown = -1
    for i, n in enumerate(shape):
        if n >= 0:
            known *= n
        elif n < -1:
            raise RuntimeError(
                f"invalid shape dimension {n} at index {i} of shape {list(shape)}: sizes are not "
                "negative; -1 stands for the one that follows from the others"
            )
        elif unknown >= 0:
            raise RuntimeError(f"only one dimension can be inferred, {list(shape)} has several -1")
        else:
            unknown = i
    if unknown < 0:
        if known == size:
            return shape
    elif known == 0 and size == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified "
            "dimension size -1 can be any value and is ambiguous"
        )
    elif known and size % known == 0:
        return (*shape[:unknown], size // known, *shape[unknown + 1 :])
    product = math.prod(n for n in shape if n >= 0)
    raise RuntimeError(
        f"shape '{list(shape)}' is invalid for input of size {size}: the sizes given make {product}"
        " [explain: view-size]"
    )
