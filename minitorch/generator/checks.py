"""Complaints of the samplers: PyTorch's class and key phrase, then what would be right."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from minitorch.autograd.sites import warn_user
from minitorch.core import dtypes

_C_NAMES = {
    "bool": "bool", "uint8": "unsigned char", "int8": "signed char", "int16": "short",
    "int32": "int", "int64": "long",
    "uint16": "short unsigned int", "uint32": "unsigned int", "uint64": "long unsigned int",
    "float16": "c10::Half", "float32": "float", "float64": "double",
    "bfloat16": "c10::BFloat16",
}  # fmt: skip


def check_floating(dtype: np.dtype[Any], kernel: str) -> None:
    """Require a floating-point dtype; ``kernel`` is the name PyTorch's message gives."""
    if not dtypes.is_float(dtype):
        name = dtypes.SCALAR_NAMES[dtypes.from_numpy(dtype)]
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{name}'; use a floating-point dtype."
        )


def check_continuous(distribution: str, dtype: np.dtype[Any]) -> None:
    """Require a floating-point dtype, in the words of distributions that others cannot hold."""
    if not dtypes.is_float(dtype):
        raise RuntimeError(
            f"{distribution} distribution is a continuous probability distribution. "
            f"dtype must be a floating point but you specified {dtype}"
        )


def check_numbers(function: str, **numbers: Any) -> None:
    """Require what Python makes floats of."""
    for name, value in numbers.items():
        if not hasattr(value, "__float__"):
            raise TypeError(
                f"{function}(): argument '{name}' must be float, not {type(value).__name__}"
            )


def check_uniform(low: float, high: float, dtype: np.dtype[Any]) -> None:
    """Require finite bounds in order, and a difference that the dtype can hold."""
    limit = float(dtypes.finfo(dtype).max)
    for name, bound in (("from", low), ("to", high)):
        if not -limit <= bound <= limit:
            raise RuntimeError(
                f"{name} is out of bounds for {_C_NAMES[dtype.name]}: got {bound:g}, "
                f"expected a number in [{-limit:g}, {limit:g}]."
            )
    if low > high:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}"
        )
    if high - low > limit:
        name = dtypes.SCALAR_NAMES[dtypes.from_numpy(dtype)]
        raise RuntimeError(
            f"uniform_ expects to-from <= std::numeric_limits<{name}>::max(), but found "
            f"to={high:g} and from={low:g} which result in to-from to exceed the limit"
        )


def check_std(std: float | NDArray[Any]) -> None:
    """Require standard deviations that are not negative."""
    if isinstance(std, np.ndarray):
        if not (std >= 0).all():
            raise RuntimeError(
                f"normal expects all elements of std >= 0.0, but found {std.min():g}"
            )
    elif not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")


def integer_range(low: int, high: int, dtype: np.dtype[Any]) -> tuple[int, int]:
    """Require low < high, and both ends of [low, high) within the dtype; return the range to draw.

    Of floats beyond their digits, not each integer of it is there: PyTorch warns, and moves the
    ends inwards to those that are.
    """
    if low >= high:
        raise RuntimeError(
            f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    smallest, largest, shown = _integer_bounds(dtype)
    limit = float(dtypes.finfo(dtype).max) if dtypes.is_float(dtype) else largest
    for name, end in (("from", low), ("to - 1", high - 1)):
        if smallest <= end <= largest:
            continue
        if not -limit <= end <= limit or not dtypes.is_float(dtype):
            raise RuntimeError(f"{name} is out of bounds for {shown}: got {end}.")
        digits = largest.bit_length() - 1
        warn_user(
            f"{name} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations "
            f"{shown} can support discrete uniform distribution only within this range. This "
            "warning will become an error in later versions."
        )
    if not dtypes.is_float(dtype) or (smallest <= low and high <= largest):
        return low, high
    start, end = _moved_inwards(low, high, dtype)
    if start >= end:
        raise RuntimeError(
            "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got "
            f"from={start} >= to={end}"
        )
    return start, end


def _moved_inwards(low: int, high: int, dtype: np.dtype[Any]) -> tuple[int, int]:
    """Return the range without its ends where rounding leaves them."""

    def step(n: int) -> int:  # between floats of that size
        return 1 << max(abs(n).bit_length() - np.finfo(dtype).nmant - 1, 0)

    first, last = int(dtype.type(low + 1)), int(dtype.type(high - 1))
    start = first + step(low + 1) if first < low else low
    if high <= last < 2**63:  # as PyTorch's int64 has it
        return start, last - step(high - 1)
    return start, high


def _integer_bounds(dtype: np.dtype[Any]) -> tuple[int, int, str]:
    """The integers a dtype holds without gaps, and PyTorch's words for them."""
    if dtypes.is_bool(dtype):
        return 0, 1, "bool"
    if dtypes.is_float(dtype):
        digits = dtypes.finfo(dtype).nmant + 1
        limit = 2**digits
        return -limit, limit, _C_NAMES[dtype.name]
    info = np.iinfo(dtype)
    return int(info.min), int(info.max), f"{_C_NAMES[dtype.name]} [{info.min}, {info.max}]"


def check_permutation(n: int, dtype: np.dtype[Any]) -> None:
    """Require a length whose largest index, n - 1, fits into the dtype."""
    if n < 0:
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {n}: [{n}]; randperm needs n >= 0."
        )
    if dtypes.is_bool(dtype):
        raise NotImplementedError("\"randperm\" not implemented for 'Bool'; use an integer dtype.")
    largest = _integer_bounds(dtype)[1]
    if n > largest + 1:
        raise RuntimeError(
            f"n cannot be greater than {largest + 1} for {_C_NAMES[dtype.name]}, but got n={n}; "
            "use dtype int64."
        )


def check_probability(p: float | NDArray[Any]) -> None:
    """Require probabilities in [0, 1]."""
    if isinstance(p, np.ndarray):
        check_floating(p.dtype, "bernoulli_tensor_cpu_p_")
        if not ((p >= 0) & (p <= 1)).all():
            raise RuntimeError(
                "Expected p_in >= 0 && p_in <= 1 to be true, but got false: bernoulli expects "
                f"probabilities in [0, 1], but found values from {p.min():g} to {p.max():g}."
            )
    elif not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p:g}")


def check_multinomial(weights: NDArray[Any], num_samples: int, replacement: bool) -> None:
    """Require what PyTorch requires of ``multinomial``, in its order."""
    if not 1 <= weights.ndim <= 2:
        raise RuntimeError(f"prob_dist must be 1 or 2 dim, but has {weights.ndim}")
    if not dtypes.is_float(weights.dtype):
        name = dtypes.SCALAR_NAMES[dtypes.from_numpy(weights.dtype)]
        raise RuntimeError(
            f"multinomial only supports floating-point dtypes for input, got: {name}"
        )
    if num_samples <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples, got {num_samples}")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError(
            "cannot sample n_sample > prob_dist.size(-1) samples without replacement: "
            f"got {num_samples} samples of {weights.shape[-1]} categories."
        )
    if not ((weights >= 0) & (weights < np.inf)).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if not (weights.sum(-1) > 0).all():
        raise RuntimeError(
            "invalid multinomial distribution (sum of probabilities <= 0): "
            "each row needs a category with a positive weight."
        )
