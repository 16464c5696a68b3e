"""Making tensors: from data, filled with a value, in sequence, and random."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch import dtypes
from minitorch.dtypes import Array, get_default_dtype
from minitorch.dtypes import dtype as DType
from minitorch.dtypes import from_numpy as dtype_of
from minitorch.generator import Generator, default_generator
from minitorch.tensor import Tensor


def _finish(array: Array, requires_grad: builtins.bool, device: Any = None) -> Tensor:
    if device is not None and str(device) != "cpu":
        raise RuntimeError(f"Expected device 'cpu', the only one there is, got {device!r}")
    result = Tensor._wrap(array)
    if requires_grad:
        result.requires_grad = True
    return result


def _shape(size: tuple[Any, ...]) -> tuple[int, ...]:
    """Read a size given as several ints or as one sequence of them."""
    if len(size) == 1 and not isinstance(size[0], int | np.integer):
        size = tuple(size[0])
    for n in size:
        if n < 0:
            raise RuntimeError(f"Trying to create tensor with negative dimension {n}: {list(size)}")
    return tuple(int(n) for n in size)


def _numpy(dtype: DType | None) -> np.dtype[Any]:
    return (dtype or get_default_dtype()).numpy


def _numpy_like(input: Tensor, dtype: DType | None) -> np.dtype[Any]:
    return input._array.dtype if dtype is None else dtype.numpy


def tensor(
    data: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Make a tensor from numbers, nested sequences, arrays or tensors; always a copy.

    Args:
        data: what to copy. Python floats become the default dtype, ints int64; arrays keep theirs.
        dtype: the dtype to convert to.
        device: "cpu" or None.
        requires_grad: whether gradients are wanted.

    Raises:
        ValueError: for sequences of unequal lengths.
        TypeError: for what no tensor can hold.
    """
    return _finish(_to_array(data, dtype, copy=True), requires_grad, device)


def as_tensor(data: Any, dtype: DType | None = None, device: Any = None) -> Tensor:
    """Return data as a tensor: itself, or in an array's memory, where nothing is to convert."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    return _finish(_to_array(data, dtype, copy=False), False, device)


asarray = as_tensor


def from_numpy(ndarray: Array) -> Tensor:
    """Return a tensor that shares an array's memory.

    Raises:
        TypeError: for anything but an array, or elements that no tensor can hold.
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    dtype_of(ndarray.dtype)
    return Tensor._wrap(ndarray)


def _to_array(data: Any, dtype: DType | None, *, copy: builtins.bool) -> Array:
    if isinstance(data, Tensor):
        array = data._array
    elif isinstance(data, np.ndarray | np.generic):
        array = np.asarray(data)
    else:
        array = _from_sequence(data, dtype)
    target = dtype_of(array.dtype).numpy if dtype is None else dtype.numpy
    return np.array(array, target, order="C") if copy else np.asarray(array, target)


def _from_sequence(data: Any, dtype: DType | None) -> Array:
    """Turn numbers and nested sequences into an array, by PyTorch's rules for their dtype."""
    plain = _plain_numbers(data)
    try:
        array = np.array(plain)
    except ValueError:
        raise ValueError(
            "expected sequences of equal length at every level: the rows have different lengths"
        ) from None
    if array.dtype.kind not in "bif":
        kind = type(data).__name__
        raise TypeError(f"new(): invalid data type '{kind}': expected numbers, got {array.dtype}")
    if dtype is None and (array.dtype.kind == "f" or array.size == 0):
        return array.astype(get_default_dtype().numpy)
    return array


def _plain_numbers(data: Any) -> Any:
    """Replace tensors inside sequences by their numbers."""
    if isinstance(data, Tensor):
        return data._array if data.ndim else data.item()
    if isinstance(data, list | tuple):
        return [_plain_numbers(item) for item in data]
    return data


def zeros(
    *size: Any, dtype: DType | None = None, device: Any = None, requires_grad: builtins.bool = False
) -> Tensor:
    """Return a tensor of zeros."""
    return _finish(np.zeros(_shape(size), _numpy(dtype)), requires_grad, device)


def ones(
    *size: Any, dtype: DType | None = None, device: Any = None, requires_grad: builtins.bool = False
) -> Tensor:
    """Return a tensor of ones."""
    return _finish(np.ones(_shape(size), _numpy(dtype)), requires_grad, device)


def empty(
    *size: Any, dtype: DType | None = None, device: Any = None, requires_grad: builtins.bool = False
) -> Tensor:
    """Return a tensor whose elements are whatever the memory holds."""
    return _finish(np.empty(_shape(size), _numpy(dtype)), requires_grad, device)


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return a tensor filled with one value, whose kind gives the dtype."""
    value = np.asarray(fill_value)
    if dtype is None:
        dtype = get_default_dtype() if value.dtype.kind == "f" else dtype_of(value.dtype)
    return _finish(np.full(_shape((size,)), value, dtype.numpy), requires_grad, device)


def zeros_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return zeros in the shape and dtype of another tensor."""
    return _finish(np.zeros_like(input._array, _numpy_like(input, dtype)), requires_grad, device)


def ones_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return ones in the shape and dtype of another tensor."""
    return _finish(np.ones_like(input._array, _numpy_like(input, dtype)), requires_grad, device)


def empty_like(
    input: Tensor,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return an uninitialised tensor in the shape and dtype of another."""
    return _finish(np.empty_like(input._array, _numpy_like(input, dtype)), requires_grad, device)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return one value in the shape and dtype of another tensor."""
    array = np.full_like(input._array, fill_value, _numpy_like(input, dtype))
    return _finish(array, requires_grad, device)


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return start, start + step, ... below end: int64 where all are ints, else the default dtype.

    Raises:
        RuntimeError: if step is zero or leads away from end.
    """
    if end is None:
        start, end = 0, start
    start, end, step = (
        x.item() if isinstance(x, Tensor | np.generic) else x for x in (start, end, step)
    )
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError(
            "upper bound and lower bound inconsistent with step sign: "
            f"start {start}, end {end}, step {step}"
        )
    if dtype is None:
        exact = all(isinstance(x, int) for x in (start, end, step))
        dtype = dtypes.int64 if exact else get_default_dtype()
    count = math.ceil((end - start) / step)
    wide = np.int64 if all(isinstance(x, int) for x in (start, step)) else np.float64
    array = (np.arange(count, dtype=wide) * step + start).astype(dtype.numpy)
    return _finish(array, requires_grad, device)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return ``steps`` numbers from start to end, both included.

    Raises:
        RuntimeError: if ``steps`` is negative.
    """
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative, got {steps}")
    kind = _numpy(dtype)
    lo, hi = kind.type(start), kind.type(end)
    if steps == 1:
        return _finish(np.array([lo]), requires_grad, device)
    # From both ends towards the middle, as PyTorch rounds it.
    step = (
        (hi - lo) / kind.type(max(steps - 1, 1))
        if kind.kind == "f"
        else (end - start) / max(steps - 1, 1)
    )
    index = np.arange(steps)
    half = steps // 2
    up, down = (
        lo + step * index[:half].astype(kind),
        hi - step * index[: steps - half][::-1].astype(kind),
    )
    return _finish(np.concatenate([up, down]).astype(kind), requires_grad, device)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return ones on the diagonal of an n x m matrix of zeros."""
    return _finish(np.eye(n, m, dtype=_numpy(dtype)), requires_grad, device)


def rand(
    *size: Any,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return uniform random numbers in [0, 1)."""
    array = (generator or default_generator).rand(_shape(size), _numpy(dtype))
    return _finish(array, requires_grad, device)


def randn(
    *size: Any,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return normally distributed random numbers of mean 0 and variance 1."""
    array = (generator or default_generator).randn(_shape(size), _numpy(dtype))
    return _finish(array, requires_grad, device)


def normal(
    mean: float,
    std: float,
    size: Sequence[int],
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
) -> Tensor:
    """Return normally distributed random numbers."""
    array = (generator or default_generator).normal(_shape((size,)), mean, std, _numpy(dtype))
    return Tensor._wrap(array)


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: Any = None,
) -> Tensor:
    """Return random integers in [low, high); also called as ``randint(high, size)``."""
    if size is None:
        low, high, size = 0, low, high
    array = (generator or default_generator).randint(low, high, _shape((size,)))
    return _finish(array.astype((dtype or dtypes.int64).numpy, copy=False), False, device)


def randperm(
    n: int, *, generator: Generator | None = None, dtype: DType | None = None, device: Any = None
) -> Tensor:
    """Return the integers 0 to n - 1 in random order."""
    array = (generator or default_generator).randperm(n)
    return _finish(array.astype((dtype or dtypes.int64).numpy, copy=False), False, device)


def rand_like(
    input: Tensor, *, dtype: DType | None = None, generator: Generator | None = None
) -> Tensor:
    """Return uniform random numbers in the shape and dtype of another tensor."""
    return rand(*input.shape, dtype=dtype or input.dtype, generator=generator)


def randn_like(
    input: Tensor, *, dtype: DType | None = None, generator: Generator | None = None
) -> Tensor:
    """Return normally distributed random numbers in the shape and dtype of another tensor."""
    return randn(*input.shape, dtype=dtype or input.dtype, generator=generator)


def randint_like(
    input: Tensor, low: int, high: int | None = None, *, dtype: DType | None = None
) -> Tensor:
    """Return random integers in the shape and dtype of another tensor."""
    if high is None:
        low, high = 0, low
    return randint(low, high, input.shape, dtype=dtype or input.dtype)


def bernoulli(input: Tensor, *, generator: Generator | None = None) -> Tensor:
    """Return ones with the probabilities given, zeros else."""
    drawn = (generator or default_generator).bernoulli(input._array.shape, input._array)
    return Tensor._wrap(drawn.astype(input._array.dtype))


def manual_seed(seed: int) -> Generator:
    """Start the default random numbers anew; the same seed gives PyTorch's numbers."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the default random numbers from the system's randomness, and return the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """Return the seed that the default random numbers started from."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """Return the state of the default random numbers, as a uint8 tensor."""
    return Tensor._wrap(default_generator.get_state())


def set_rng_state(new_state: Tensor) -> None:
    """Restore a state that :func:`get_rng_state` returned."""
    default_generator.set_state(new_state.numpy())
