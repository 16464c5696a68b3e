"""Random tensors and the state of the default generator; PyTorch's numbers from the same seed."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minitorch.autograd.inference import adopt
from minitorch.autograd.vmap import randomness
from minitorch.autograd.vmap.randomness import drawn, drawn_from, drawn_one_by_one
from minitorch.core import dtypes
from minitorch.core.devices import check_device, device
from minitorch.core.dtypes import dtype as DType, not_implemented
from minitorch.core.size import check_broadcast
from minitorch.core.strided import memory_format as Format, preserve_format
from minitorch.creation import AnyDevice, empty_like, finish, numpy_dtype, size_tuple
from minitorch.generator import Generator, default_generator
from minitorch.ops.dims import read_int
from minitorch.ops.elementwise.arithmetic import add
from minitorch.ops.layers.random import Normal
from minitorch.ops.out import makes, makes_out
from minitorch.tensor import Tensor
from minitorch.tensor.data import read_size


@makes_out
def rand(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return uniform random numbers in [0, 1): () -> size, given as ints or as one tuple."""
    shape = read_size(sizes, "rand", size)
    source, kind = _of(generator), numpy_dtype(dtype)
    array = drawn(shape, lambda size: source.rand(size, kind))
    return finish(array, requires_grad, device)


@makes_out
def randn(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return normal random numbers of mean 0 and variance 1: () -> size."""
    shape = read_size(sizes, "randn", size)
    source, kind = _of(generator), numpy_dtype(dtype)
    array = drawn(shape, lambda size: source.randn(size, kind))
    return finish(array, requires_grad, device)


@makes_out
def randint(
    *bounds_and_size: Any,
    low: int | None = None,
    high: int | None = None,
    size: Any = None,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return random integers in [low, high): ``randint(high, size)``, ``randint(low, high, size)``.

    Raises:
        RuntimeError: if low >= high, or the dtype cannot hold them.
    """
    low, high, size = _read_bounds(bounds_and_size, low, high, size)
    kind = np.dtype(np.int64) if dtype is None else dtypes.read(dtype).numpy
    if dtypes.is_complex(kind):
        raise RuntimeError(
            "check_random_bounds handles only integral, floating-point and boolean types"
        )
    source = _of(generator)
    array = drawn(
        read_size((size,), "randint"), lambda shape: source.randint(low, high, shape, kind)
    )
    return finish(array, requires_grad, device)


def _read_bounds(given: tuple[Any, ...], low: Any, high: Any, size: Any) -> tuple[int, int, Any]:
    values = [*given, *(x for x in (low, high, size) if x is not None)]
    if low is None and len(values) == 2:
        values = [0, *values]
    if len(values) != 3 or not isinstance(values[2], tuple | list):
        raise TypeError(
            "randint() takes (high, size) or (low, high, size), the size as a tuple of ints: got "
            f"({', '.join(type(x).__name__ for x in values)})"
        )
    bounds = []
    for name, bound in zip(("low", "high"), values, strict=False):
        if not hasattr(bound, "__index__"):
            raise TypeError(f"randint(): argument '{name}' must be int, not {type(bound).__name__}")
        bounds.append(int(bound))
    return bounds[0], bounds[1], values[2]


@makes_out
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return the integers 0 to n - 1 in random order: () -> (n,)."""
    n = read_int(n, "n")
    kind = np.dtype(np.int64) if dtype is None else dtypes.read(dtype).numpy
    source = _of(generator)
    array = drawn_one_by_one(lambda: source.randperm(n, kind))
    return finish(array, requires_grad, device)


@makes_out
def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return normal random numbers.

    Args:
        mean: the mean, or a tensor of means.
        std: the standard deviation, or a tensor of them.
        size: the shape, where mean and std are numbers; their broadcast shape otherwise.
        generator: source of the numbers.
        dtype: floating-point dtype, where mean and std are numbers.
        device: "cpu" or None.
        requires_grad: whether gradients are wanted.

    Raises:
        RuntimeError: if a standard deviation is negative.
    """
    tensors = [x for x in (mean, std) if isinstance(x, Tensor)]
    if size is not None and not tensors:
        shape = read_size((size_tuple(size, "normal"),), "normal")
        source, kind = _of(generator), numpy_dtype(dtype)
        if not dtypes.is_differentiable(kind):
            raise not_implemented("normal_kernel_cpu", kind)
        array = drawn(shape, lambda size: source.normal(size, mean, std, kind))
        return finish(array, requires_grad, device)
    if not tensors or size is not None:
        raise TypeError(
            "normal(): argument 'mean' must be Tensor, or size must be given with two numbers."
        )
    kind = tensors[0]._array.dtype if dtype is None else numpy_dtype(dtype)
    if not dtypes.is_differentiable(kind):
        raise not_implemented("normal_kernel_cpu", kind)
    if isinstance(std, Tensor) and dtypes.is_complex(std._array.dtype):
        raise RuntimeError("normal expects standard deviation to be non-complex")
    check_broadcast([x._array for x in tensors])
    source = _of(generator)

    def draw(means: Any, stds: Any) -> Any:
        shape = np.broadcast_shapes(np.shape(means), np.shape(stds))
        return source.normal(shape, means, stds, kind)

    arrays = [x._array if isinstance(x, Tensor) else x for x in (mean, std)]
    numbers = drawn_from(draw, *arrays)
    if any(x.requires_grad for x in tensors):
        return Normal.apply(add(mean, std), drawn=numbers)
    return adopt(Tensor._wrap(numbers))


@makes
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
    memory_format: Format | None = preserve_format,
) -> Tensor:
    """Return uniform random numbers in the shape, dtype and order of a tensor: (*) -> (*)."""
    numbers = _room(input, dtype, device, memory_format).uniform_(generator=generator)
    if requires_grad:
        numbers.requires_grad = True
    return numbers


@makes
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
    memory_format: Format | None = preserve_format,
) -> Tensor:
    """Return normal random numbers in the shape, dtype and order of a tensor: (*) -> (*)."""
    numbers = _room(input, dtype, device, memory_format).normal_(generator=generator)
    if requires_grad:
        numbers.requires_grad = True
    return numbers


@makes
def randint_like(
    input: Tensor,
    low: int,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
    memory_format: Format | None = preserve_format,
) -> Tensor:
    """Return random integers in [low, high), or [0, low), in the shape of a tensor: (*) -> (*)."""
    low, high = (0, low) if high is None else (low, high)
    numbers = _room(input, dtype, device, memory_format).random_(low, high, generator=generator)
    if requires_grad:
        numbers.requires_grad = True
    return numbers


def _room(
    input: Tensor, dtype: DType | None, device: AnyDevice, memory_format: Format | None
) -> Tensor:
    """Return memory for numbers to go with a tensor; in vmap those of all examples, maybe."""
    like = empty_like(input, dtype=dtype, device=device, memory_format=memory_format)
    room: Tensor = adopt(like._plain(randomness.empty_like(like._array)))
    return room


def _of(generator: Generator | None) -> Generator:
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(
            f"argument 'generator' must be torch.Generator, not {type(generator).__name__}"
        )
    return generator


def manual_seed(seed: Any) -> Generator:
    """Start the default random numbers anew; the same seed gives PyTorch's numbers."""
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Start the default random numbers from the system's randomness, and return the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """Return the seed that the default random numbers started from."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """Return the state of the default random numbers, as a uint8 tensor."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Restore a state that :func:`get_rng_state` returned.

    Raises:
        TypeError: if it is no uint8 tensor.
        RuntimeError: if it is no such state.
    """
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(
    devices: Any = None, enabled: builtins.bool = True, device_type: str = "cuda"
) -> Iterator[None]:
    """Restore the default random numbers' state after a ``with`` block.

    Args:
        devices: other devices to do so for, where there are any: here none may be named.
        enabled: whether to do so at all.
        device_type: of what type those would be.

    Raises:
        AssertionError: for devices of CUDA's.
    """
    device(device_type)
    if enabled and devices:
        check_device(device_type)
    state = default_generator.get_state()
    try:
        yield
    finally:
        if enabled:
            default_generator.set_state(state)
