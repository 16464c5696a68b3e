"""From random words to numbers: the arithmetic of PyTorch's CPU samplers on whole arrays.

Pure functions. A *word* is one 32-bit output of the engine; words come as ``uint64`` arrays, the
way ``MT19937.random_raw`` returns them.

Note [Fused multiply-add]
PyTorch's x86-64 builds round ``a * b + c`` once where C++ writes it as two operations. NumPy has no
such operation. In float32 the product of two floats is exact in float64, so compute there and round
once more at the end (a double rounding differs in about one of 2**29 results). In float64 the error
of the product is recovered by Dekker's splitting.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minitorch.core.dtypes import is_half
from minitorch.core.layout import memory_axes
from minitorch.core.silence import quiet, silence

Array = NDArray[Any]
Words = NDArray[np.uint64]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

_LOW24 = np.uint64(2**24 - 1)
_LOW53 = np.uint64(2**53 - 1)
_SHIFT32 = np.uint64(32)
_BLOCK = 16  # normals are made sixteen at a time: eight radii, eight angles
_CHUNK = 2048 * _BLOCK  # numbers; measured: the intermediate arrays then stay in the L2 cache


def unit_float32(words: Words) -> Float32:
    """Map each word to a float32 in [0, 1), a multiple of 2**-24."""
    numbers = (words & _LOW24).astype(np.float32)
    numbers *= np.float32(2**-24)
    return numbers


def unit_integers(wide: Words) -> Words:
    """Keep the low 53 bits, the integers behind `unit_float64`."""
    return wide & _LOW53


def unit_float64(wide: Words) -> Float64:
    """Map each 64-bit word to a float64 in [0, 1), a multiple of 2**-53."""
    numbers = unit_integers(wide).astype(np.float64)
    numbers *= 2.0**-53
    return numbers


def widen(words: Words) -> Words:
    """Join pairs of words into 64-bit words, the first one high."""
    high = words[0::2] << _SHIFT32
    high |= words[1::2]
    return high


def libm(function: Callable[[float], float], x: Float64) -> Float64:
    """Apply a function of ``math`` to each element.

    NumPy's own vector forms of log, sin and cos differ from the C library's, which PyTorch calls
    for float64, in the last bit of some results.
    """
    numbers = np.fromiter(map(function, x.ravel().tolist()), np.float64, x.size)
    return numbers.reshape(x.shape)


@quiet
def narrow(numbers: Float64, dtype: np.dtype[Any]) -> Array:
    """Convert float64 numbers; PyTorch rounds to float32 on the way to numbers of two bytes."""
    if is_half(dtype):
        return numbers.astype(np.float32).astype(dtype)
    return numbers.astype(dtype, copy=False)


def fused(a: Array, b: Any, c: Any) -> Array:
    """Compute ``a * b + c`` rounded once, in the dtype of ``a``; see Note [Fused multiply-add]."""
    if a.dtype == np.float64:
        return _fused64(a, np.float64(b), np.float64(c))
    return _fused32(a, b, c)


@quiet
def _fused32(a: Array, b: Any, c: Any) -> Float32:
    total = np.multiply(a, b, dtype=np.float64)
    total += c
    return total.astype(np.float32)


def _fused64(a: Float64, b: np.float64, c: np.float64) -> Float64:
    with silence():
        product = a * b
        a_high, a_low = _split(a)
        b_high, b_low = _split(b)
        error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
        total = product + c
        carried = total - product
        error += (product - (total - carried)) + (c - carried)
        exact = total + error
    return np.where(np.isfinite(exact), exact, total)  # splitting overflows beyond 1e300


def _split(x: Any) -> tuple[Any, Any]:
    """Split into two halves of 26 bits, whose products are exact (Dekker 1971)."""
    scaled = x * 134217729.0  # 2**27 + 1
    high = scaled - (scaled - x)
    return high, x - high


def normal_pairs(unit: Float64) -> Float64:
    """Box-Muller in float64 on pairs (angle, radius): 2k uniforms give 2k normals.

    ``radius = sqrt(-2 log1p(-u2))``, ``angle = 2 pi u1``; each pair gives cosine, then sine.
    """
    angle = unit[0::2] * (2 * math.pi)
    radius = np.sqrt(-2.0 * libm(math.log1p, -unit[1::2]))
    normals = np.empty_like(unit)
    normals[0::2] = radius * libm(math.cos, angle)
    normals[1::2] = radius * libm(math.sin, angle)
    return normals


def normal_blocks(unit: Array) -> None:
    """Box-Muller in place on blocks of sixteen uniforms, float32 or float64.

    In each block ``u1 = 1 - x[:8]`` and ``u2 = x[8:]`` give ``radius = sqrt(-2 log u1)`` and
    ``angle = 2 pi u2``; the first eight become cosines, the last eight sines.
    """
    transform = _block64 if unit.dtype == np.float64 else _block32
    for start in range(0, unit.size, _CHUNK):
        transform(unit[start : start + _CHUNK].reshape(-1, 2, _BLOCK // 2))


def _block64(unit: Float64) -> None:
    radius = np.sqrt(-2.0 * libm(math.log, 1.0 - unit[:, 0]))
    angle = unit[:, 1] * (2 * math.pi)
    unit[:, 0] = radius * libm(math.cos, angle)
    unit[:, 1] = radius * libm(math.sin, angle)


def _block32(unit: Float32) -> None:
    radius = np.sqrt(np.float32(-2) * _log32(np.float32(1) - unit[:, 0]))
    sine, cosine = _sincos32(np.float32(2 * math.pi) * unit[:, 1])
    np.multiply(radius, cosine, out=unit[:, 0])
    np.multiply(radius, sine, out=unit[:, 1])


def _horner32(x: Float64, coefficients: tuple[float, ...]) -> Float32:
    """Evaluate a polynomial, highest power first, rounding to float32 after each fused step."""
    first, *rest = [np.float32(c) for c in coefficients]
    value: Any = first
    for c in rest:
        value = _fused32(value, x, c)
    return np.asarray(value)


# Cephes' single-precision polynomials (S. L. Moshier, netlib.org/cephes: logf.c and sinf.c), in the
# order of operations of PyTorch's AVX2 code. NumPy's log, sin and cos are as good, but two of three
# normals would then differ from PyTorch's in the last bits.
_LOG = (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
_LN2_LOW, _LN2_HIGH = np.float32(-2.12194440e-4), np.float32(0.693359375)
_SQRT_HALF = np.float32(math.sqrt(0.5))
_COS = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_SIN = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_QUARTER_PI_PARTS = [np.float32(p) for p in (0.78515625, 2.4187564849853516e-4, 3.7748949774e-8)]
_HALF, _ONE = np.float32(0.5), np.float32(1)


def _log32(x: Float32) -> Float32:
    """Natural logarithm of positive normal numbers."""
    x, exponent = np.frexp(x)
    small = x < _SQRT_HALF
    x += x * small  # now in [sqrt(1/2), sqrt(2)), and 1 is taken off
    x -= _ONE
    exponents = (exponent - small).astype(np.float32)
    square = x * x
    value = _horner32(x.astype(np.float64), _LOG)
    value *= x
    value = _fused32(value, square, exponents * _LN2_LOW)
    value -= square * _HALF
    value += x
    return _fused32(exponents, _LN2_HIGH, value)


def _sincos32(x: Float32) -> tuple[Float32, Float32]:
    """Sine and cosine of angles in [0, 2 pi]."""
    octant = (x * np.float32(4 / math.pi)).astype(np.int32)
    octant += 1
    octant &= -2  # the nearest even octant
    turns = octant.astype(np.float32)
    for part in _QUARTER_PI_PARTS:
        x = _fused32(turns, -part, x)
    square = x * x
    wide = square.astype(np.float64)
    near_one = _horner32(wide, _COS)
    near_one *= square
    near_one = _fused32(near_one, wide, square * -_HALF)
    near_one += _ONE
    near_zero = _horner32(wide, _SIN)
    near_zero *= square
    near_zero = _fused32(near_zero, x, x)
    swap = (octant & 2) != 0
    sine, cosine = np.where(swap, near_one, near_zero), np.where(swap, near_zero, near_one)
    np.negative(sine, out=sine, where=(octant & 4) != 0)
    np.negative(cosine, out=cosine, where=((octant + 2) & 4) != 0)
    return sine, cosine


# Note [Shuffles without a loop]
# Turn i of a shuffle swaps what lies at place i with what lies at a place t[i] >= i. Later turns
# leave place i alone, so its final number is what the turn finds at t[i]: the place's own number,
# or what the last turn before that went there brought along, which is what that turn j found at
# place j. And that is found the same way: it is j itself, or what the last turn before j that went
# to j brought along. All turns are sorted by where they go, which shows for each the turn before,
# and chains of "brought along" are followed for all places at once, twice as far in each round.
# Half of the places have no chain, a quarter one of a single link, and so on.

_FEW = 500  # elements; measured: up to here the loop is as fast


def shuffled(words: Words) -> Array:
    """Permute 0 … n-1 with n-1 words: swap i with i + word mod (n - i), from the front."""
    n = len(words) + 1
    targets = np.arange(n)
    targets[:-1] += (words % np.arange(n, 1, -1, dtype=np.uint64)).view(np.int64)
    return swapped_in_turn(targets) if n < _FEW else swapped_at_once(targets)


def swapped_in_turn(targets: NDArray[np.int64]) -> Array:
    """Swap i with ``targets[i]``, not before i, for each i in turn, in 0 … n-1: (n) -> (n)."""
    order = list(range(len(targets)))
    for i, j in enumerate(targets.tolist()):
        order[i], order[j] = order[j], order[i]
    return np.array(order)


def swapped_at_once(targets: NDArray[np.int64]) -> Array:
    """Do as `swapped_in_turn` by Note [Shuffles without a loop], n below 2**31."""
    turns = np.arange(len(targets))
    pairs = targets << 32
    pairs |= turns
    pairs.sort()
    places, turns_there = (pairs >> 32).astype(np.int32), pairs.astype(np.int32)
    is_last = np.append(places[1:] != places[:-1], True)
    brought = turns.astype(np.int32)  # by each turn to where it goes
    far = places[is_last]
    brought[far] = turns_there[is_last]
    while far.size:
        nearer = brought[far]
        nearest = brought[nearer]
        has_moved = nearest != nearer
        far = far[has_moved]
        brought[far] = nearest[has_moved]
    before = np.flatnonzero(~is_last)
    order = targets.copy()
    order[turns_there[before + 1]] = brought[turns_there[before]]
    return order


def memory_order(array: Array) -> Array:
    """Return a view of an array whose axes run from the widest stride to the narrowest.

    PyTorch fills a tensor that is not contiguous in the order of its memory, so::

        view = memory_order(array)
        view[...] = generator.uniform(view.shape)
    """
    return array.transpose(memory_axes(array))
