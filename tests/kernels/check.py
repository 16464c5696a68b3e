"""Run one kernel of a back end beside the reference, on arrays it must not write."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

import numpy as np

from minitorch.kernels import Kernels
from minitorch.kernels.reference import REFERENCE

LAYOUTS = ("contiguous", "transposed", "strided", "reversed", "offset")
DTYPES = (np.float16, np.float32, np.float64)

# Relative to the largest value: float16 and float32 are rounded once or many times, by kernel.
TOLERANCE = {2: 2e-3, 4: 1e-5, 8: 1e-12}

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Row:
    """What a kernel is tried on.

    Each case makes the arguments from a dtype. A kernel that writes its arguments says at which
    positions; the written arrays are then compared as further results, to within a tolerance
    relative to the largest number that came in: what is left where large numbers cancel has no
    more digits than they. `parity` is what PyTorch says: (torch, *arguments) -> the results, None
    for one that it does not give.
    """

    cases: Mapping[str, Callable[[Any], Arguments]]
    parity: Callable[..., Any] | None = None
    refused: tuple[str, ...] = ()  # names of cases that PyTorch does not take
    writes: tuple[int, ...] = ()
    follows: bool = False  # results lie in memory as inputs do
    lists: int = 0  # so many arguments are lists in the contract: a case has one of each
    tolerance: Mapping[int, float] = dataclasses.field(default_factory=lambda: TOLERANCE)


def fields_of(record: Any, prefix: str = "") -> Iterator[str]:
    """Yield the names of all kernels in a record: "conv.forward"."""
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if dataclasses.is_dataclass(value):
            yield from fields_of(value, f"{prefix}{field.name}.")
        elif callable(value):
            yield prefix + field.name


def kernel_of(record: Any, field: str) -> Any:
    """Return the kernel of that name."""
    return reduce(getattr, field.split("."), record)


def lay_out(array: np.ndarray, layout: str, writable: bool = False) -> np.ndarray:
    """The same values in other strides, read-only, so that a kernel that writes them fails."""
    if not array.ndim:
        array = array.copy()
    elif layout == "transposed":
        array = np.array(array.T, order="C").T
    elif layout == "strided":
        wide = np.zeros((*array.shape[:-1], array.shape[-1] * 2), array.dtype)
        wide[..., ::2] = array
        array = wide[..., ::2]
    elif layout == "reversed":
        array = np.array(array[::-1])[::-1]
    elif layout == "offset":
        wide = np.zeros((array.shape[0] + 1, *array.shape[1:]), array.dtype)
        wide[1:] = array
        array = wide[1:]
    else:
        array = array.copy()
    array.flags.writeable = writable
    return array


def normal(shape: tuple[int, ...], dtype: Any = np.float64, seed: int = 0) -> np.ndarray:
    """Reproducible normal numbers."""
    return np.asarray(np.random.default_rng(seed).standard_normal(shape)).astype(dtype)


def largest(*values: Any) -> float:
    """The largest finite magnitude among arrays, 1 where there is none."""
    floats = [v for v in values if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    sizes = [np.abs(v[np.isfinite(v)]).max(initial=0).item() for v in floats]
    return max(sizes, default=0.0) or 1.0


def check_close(got: Any, expected: Any, tolerance: float | None = None, scale: float = 0) -> None:
    """Compare results, tuples included: shape, dtype, values (NaN equals NaN).

    The tolerance is relative to `scale`, or to the largest value expected.
    """
    if isinstance(expected, tuple):
        assert isinstance(got, tuple) and len(got) == len(expected)
        for g, e in zip(got, expected, strict=True):
            check_close(g, e, tolerance, scale)
        return
    if expected is None:
        assert got is None
        return
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    if expected.dtype.kind in "iu":
        np.testing.assert_array_equal(got, expected)
        return
    limit = tolerance or TOLERANCE[expected.itemsize]
    atol = limit * (scale or largest(expected))
    np.testing.assert_allclose(got, expected, rtol=limit, atol=atol)


def run(record: Kernels, field: str, row: Row, arguments: Arguments, layout: str) -> Any:
    """Call a kernel; what it wrote comes after what it returned."""
    laid_out = [
        lay_out(a, layout, i in row.writes) if isinstance(a, np.ndarray) else a
        for i, a in enumerate(arguments)
    ]
    got = kernel_of(record, field)(*([a] for a in laid_out[: row.lists]), *laid_out[row.lists :])
    if row.lists:
        got = got[0] if got else None
    written = [laid_out[i] for i in row.writes]
    for array in got if isinstance(got, tuple) else (got,):
        if array is not None and not any(array is w for w in written):
            _check_is_new(array, laid_out)
            # The state that an update starts lies in memory as its parameter does.
            assert array.flags.c_contiguous or row.writes or row.follows
    return (got, *written) if written else got


def _check_is_new(array: np.ndarray, arguments: list[Any]) -> None:
    """A new array in memory of its own, which an engine may keep."""
    assert array.flags.writeable
    assert array.base is None, "a view: who keeps it keeps what is behind it"
    inputs = [a for a in arguments if isinstance(a, np.ndarray)]
    assert not any(np.may_share_memory(array, a) for a in inputs)


def check(
    record: Kernels,
    field: str,
    row: Row,
    arguments: Arguments,
    layout: str = "contiguous",
    expected: Any = None,
) -> Any:
    """Compare a kernel with the reference (or what is expected) and return its result."""
    got = run(record, field, row, arguments, layout)
    if expected is None:
        expected = run(REFERENCE, field, row, arguments, "contiguous")
    floats = [a for a in arguments if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    tolerance = row.tolerance[floats[0].itemsize] if floats else None
    check_close(got, expected, tolerance, largest(*floats) if row.writes else 0)
    return got


@cache
def case(build: Callable[[Any], Arguments], dtype: Any) -> Arguments:
    """The arguments of a case, made once."""
    return build(dtype)
