"""``Example``: the array of a batched tensor, which shows one example and holds all of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import numpy as np

from minitorch.core.bfloat16 import buffer_of
from minitorch.core.dtypes import Array, is_float, is_integer, scalar_name

_NO_ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling "
    ".item() on a Tensor, please try to rewrite what you're doing with other operations. There is "
    "one number for each example, and .item() can return only one."
)
_NO_CONTROL_FLOW = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. "
    "We don't support that yet: the examples of a batch would have to go different ways. Use "
    "where() to choose element by element."
)
_NO_POINTER = (
    "Cannot access data pointer of Tensor that doesn't have storage: inside vmap a tensor stands "
    "for all examples at once. Return what is needed from the function, and look at it outside."
)


class Level:
    """One call of vmap while it runs: how many examples, and what randomness does in it."""

    __slots__ = ("depth", "is_open", "randomness", "serial", "size")

    def __init__(self, depth: int, size: int, randomness: str = "error") -> None:
        self.depth = depth  # 1 for a vmap inside of no other
        self.size = size
        self.randomness = randomness
        self.is_open = True  # until the function has returned; gradients enter the level again
        self.serial = next(_serial)  # the order of payloads' dimensions: outer levels are older

    def __repr__(self) -> str:
        return f"Level(depth={self.depth}, size={self.size}, randomness={self.randomness!r})"


Levels = tuple[Level, ...]

_serial = itertools.count()


def in_order(levels: Iterable[Level]) -> Levels:
    """Return levels in the order of payloads' dimensions, each once."""
    return tuple(sorted(dict.fromkeys(levels), key=lambda level: level.serial))


class Example(np.ndarray[Any, np.dtype[Any]]):
    """What stands in ``_array`` of a batched tensor.

    Shape, dtype, strides and flags are those of one example; ``payload`` holds all, with leading
    dimensions for ``levels``, the outermost first. It never gives values, because one example's
    would be as good as right: what asks for them gets PyTorch's error. NumPy's C code cannot be
    kept from looking (``np.asarray``, ``memoryview``); it sees NaN, or the smallest integer.
    """

    payload: Array
    levels: Levels

    def __new__(cls, payload: Array, levels: Levels) -> Example:
        """Show the examples of ``payload``, whose first dimensions belong to ``levels``."""
        shape = payload.shape[len(levels) :]
        dtype = payload.dtype
        poison = _poisons.get(dtype)
        if poison is None:
            poison = _poison(dtype)
        self = np.ndarray.__new__(cls, shape, dtype, poison, 0, (0,) * len(shape))
        self.payload = payload
        self.levels = levels
        return self

    @property
    def first(self) -> Array:
        """The first example as a plain array, for its layout in memory alone."""
        if self.payload.size == 0:
            return np.empty(self.shape, self.dtype)
        return self.payload[(0,) * len(self.levels) + (...,)]

    # What can be said without a value.

    @property  # type: ignore[misc]
    def strides(self) -> tuple[int, ...]:
        return self.payload.strides[len(self.levels) :]

    @property
    def flags(self) -> Any:
        return self.first.flags

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """Where the first example is in memory: views are found in their bases by that."""
        data = self.payload.__array_interface__["data"]
        return {**np.empty(self.shape, self.dtype).__array_interface__, "data": data}

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        payload = self.payload.astype(dtype, *args, **kwargs)
        return self if payload is self.payload else Example(payload, self.levels)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        return self.made(lambda once: once.copy(*args, **kwargs))

    def made(self, function: Callable[[Array], Array]) -> Example:
        """Return new memory for the examples: what they share here they share there, too."""
        payload, lead = self.payload, len(self.levels)
        index = tuple([slice(None) if step else slice(0, 1) for step in payload.strides[:lead]])
        out = function(payload[index])
        return Example(shared(out, payload.shape[:lead] + out.shape[lead:]), self.levels)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        answer = _WITHOUT_VALUES.get(func)
        if answer is None:
            refuse(getattr(func, "__name__", "this function"))
        return answer(func, *args, **kwargs)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> NoReturn:
        refuse(ufunc.__name__)

    def __repr__(self) -> str:
        sizes = " x ".join(str(level.size) for level in self.levels)
        return f"Example({sizes} of shape {self.shape}, {self.dtype})"

    __str__ = __repr__

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    # What would have to say a value.

    def _no_item(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(_NO_ITEM)

    def _no_branch(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(_NO_CONTROL_FLOW)

    def _no_pointer(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(_NO_POINTER)

    def _no_values(self, *args: Any, **kwargs: Any) -> Any:
        refuse("a method of the array")

    item = __float__ = __int__ = __complex__ = __index__ = __contains__ = _no_item
    __format__ = _no_item
    __bool__ = _no_branch
    tolist = tobytes = tofile = dump = dumps = __array__ = __reduce__ = __reduce_ex__ = _no_pointer
    __dlpack__ = __dlpack_device__ = _no_pointer
    ctypes = data = __array_struct__ = property(_no_pointer)
    __getitem__ = _no_pointer
    __setitem__ = __iter__ = _no_values
    flat = real = imag = T = mT = property(_no_values)
    all = any = argmax = argmin = argpartition = argsort = byteswap = choose = clip = _no_values
    compress = conj = conjugate = cumprod = cumsum = diagonal = dot = fill = flatten = _no_values
    getfield = max = mean = min = nonzero = partition = prod = put = ravel = repeat = _no_values
    reshape = resize = round = searchsorted = setfield = setflags = sort = squeeze = _no_values
    std = sum = swapaxes = take = trace = transpose = var = view = _no_values


_poisons: dict[np.dtype[Any], Array] = {}


def _poison(dtype: np.dtype[Any]) -> Array:
    """One element that nobody takes for a result."""
    value: Any = np.nan if is_float(dtype) else True
    if is_integer(dtype):
        info = np.iinfo(dtype)
        value = info.min or info.max
    poison = _poisons[dtype] = buffer_of(np.full((), value, dtype))
    poison.flags.writeable = False
    return poison


def refuse(what: str) -> NoReturn:
    """Say that values were asked for where there are those of many examples.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(
        f"vmap: {what} needs the values of a tensor that stands for a whole batch of examples. "
        "Either the tensor has left its vmap by another way than being returned, or this function "
        "is not supported inside vmap: rewrite it with other operations."
    )


def refuse_pointer_of(array: Array) -> None:
    """Refuse to say where a batched array is in memory.

    Raises:
        RuntimeError: if it is batched.
    """
    if isinstance(array, Example):
        raise RuntimeError(_NO_POINTER)


def refuse_shape(name: str) -> NoReturn:
    """Refuse an operation whose result has a shape that depends on values.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(
        "vmap: We do not support batching operators that can output dynamic shape. Attempted to "
        f"vmap over aten::{name}. Each example would get a result of its own shape: use a mask and "
        "where() instead."
    )


def refuse_shape_of(name: str, *arrays: Any) -> None:
    """As :func:`refuse_shape`, if one of the arrays is batched."""
    if any([isinstance(x, Example) for x in arrays]):
        refuse_shape(name)


def refuse_outcome_of(name: str, *arrays: Any) -> None:
    """Refuse an operation that returns a Python truth value, if one of the arrays is batched.

    Raises:
        RuntimeError: if so.
    """
    if any([isinstance(x, Example) for x in arrays]):
        raise RuntimeError(
            f"vmap over torch.{name} isn't supported yet: it returns one truth value, and each "
            "example has its own. Compare element by element, and reduce with .all(), instead."
        )


def like_batch(array: Array, of: Array) -> Array:
    """Return a new array for each example of a batched one, if it is batched."""
    if not isinstance(of, Example):
        return array
    lead = len(of.levels)
    return of.made(lambda once: np.broadcast_to(array, once.shape[:lead] + array.shape).copy())


def shared(array: Array, shape: tuple[int, ...]) -> Array:
    """Return an array broadcast to a shape, and as writable as it is.

    Where all examples share memory, all may write the same into it (``facing``).
    """
    if array.shape == shape:
        return array
    out = np.broadcast_to(array, shape)
    if array.flags.writeable:
        out.flags.writeable = True
    return out


def values_of(array: Array) -> Array:
    """Return an array, or all values of a batched one: for checks that must hold for each."""
    return array.payload if isinstance(array, Example) else array


def by_element(function: Callable[[Array], Array], array: Array) -> Array:
    """Return a function of each element, batched as the array is."""
    if isinstance(array, Example):
        return Example(function(array.payload), array.levels)
    return function(array)


def reshaped(array: Array, shape: tuple[int, ...]) -> Array:
    """Return an array in another shape; a batched one with its examples in it."""
    if isinstance(array, Example):
        lead = array.payload.shape[: len(array.levels)]
        return Example(array.payload.reshape(lead + shape), array.levels)
    return array.reshape(shape)


def is_batched(array: Any) -> bool:
    """Whether an array stands for one example of several."""
    return isinstance(array, Example)


# NumPy's functions that need no value, or make an array like another.


def _result_type(func: Any, *operands: Any) -> Any:
    return func(*[x.dtype if isinstance(x, Example) else x for x in operands])


def _of_shape(func: Any, array: Any, *args: Any) -> Any:
    return {"shape": array.shape, "ndim": array.ndim, "size": array.size}[func.__name__]


def _like(func: Any, array: Any, *args: Any, **kwargs: Any) -> Any:
    if not isinstance(array, Example):
        refuse(func.__name__)  # the value to fill with is batched
    return array.made(lambda once: func(once, *args, **kwargs))


def _share(func: Any, a: Any, b: Any, *args: Any) -> bool:
    return bool(func(values_of(a), values_of(b), *args))


_WITHOUT_VALUES: dict[Any, Callable[..., Any]] = {
    np.result_type: _result_type,
    np.shape: _of_shape,
    np.ndim: _of_shape,
    np.size: _of_shape,
    np.zeros_like: _like,
    np.ones_like: _like,
    np.empty_like: _like,
    np.full_like: _like,
    np.may_share_memory: _share,
    np.shares_memory: _share,
}


def shape_mismatch(name: str, own: Array, given: Array) -> RuntimeError:
    """Build the error for a write of a batched tensor into one that has no room for its examples.

    ``own`` and ``given`` are named, so that one sees which tensor is meant.
    """
    return RuntimeError(
        f"vmap: inplace {name}(self, *extra_args) is not possible because there exists a Tensor "
        "`other` in extra_args that has more elements than `self`. This happened due to `other` "
        "being vmapped over but `self` not being vmapped over in a vmap. Please try to use "
        f"out-of-place operators instead of inplace {name}: here a torch.{scalar_name(own)}Tensor "
        f"{list(own.shape)} shared by all examples would get each one's {list(given.shape)}."
    )


def examples_in(value: Any) -> Sequence[Example]:
    """Return the batched arrays among a parameter's: itself, or members of a tuple."""
    if type(value) is Example:
        return (value,)
    if isinstance(value, tuple | list):
        return [x for x in value if type(x) is Example]
    return ()


def count(levels: Levels) -> int:
    """Return how many examples there are, of all levels together."""
    return math.prod([level.size for level in levels])
