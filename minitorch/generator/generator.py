"""The random number generator: MT19937, drawn from the way PyTorch draws on the CPU.

Every sampler takes as many words from the engine as PyTorch does and turns them into the same
numbers, so calls may be mixed in any order and stay in step. Agreement with PyTorch 2.13 on x86-64
(AVX2): bit for bit for every sampler and dtype here. Elsewhere PyTorch rounds normals and uniforms
differently in the last bits; the words, and so all integers and masks, stay the same.
"""

import math
import operator
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from minitorch.autograd.inference import adopt
from minitorch.autograd.variable import TensorBase
from minitorch.core.devices import CPU
from minitorch.core.dtypes import (
    finfo,
    is_bool,
    is_complex,
    is_float,
    is_half,
    not_implemented,
    real_of,
)
from minitorch.core.layout import prototype
from minitorch.core.silence import quiet, silence
from minitorch.core.threads import slices
from minitorch.generator import checks, transforms
from minitorch.generator.state import State, pack, unpack
from minitorch.generator.transforms import Array, Words, memory_order

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

Shape = Sequence[int]

_DEFAULT_SEED = 67280421310721  # what PyTorch gives a generator that nobody seeded
_WIDE_RANGE = 2**28  # from here on an integer takes two words, to keep `mod` fair
_PIECE = 1 << 16  # numbers made at once
_LARGEST_PERMUTATION = (2**32 - 1) // 20  # PyTorch shuffles more elements by another rule


class Generator:
    """A stream of random numbers, PyTorch's ``torch.Generator``.

    Samplers return new contiguous arrays. ``dtype`` is a NumPy dtype.

    Args:
        device: ``"cpu"``, the only device there is, or None.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Generator.html

    Example:
        >>> Generator().manual_seed(0).randperm(5)
        array([4, 1, 2, 0, 3])
    """

    def __init__(self, device: object = "cpu") -> None:
        if device is not None and str(device).split(":")[0] != "cpu":
            raise RuntimeError(
                f"Expected device cpu, but got {device}: all computing is on the CPU."
            )
        self.device = CPU
        self._bits = np.random.MT19937(0)
        self.manual_seed(_DEFAULT_SEED)

    def manual_seed(self, seed: int) -> "Generator":
        """Start the stream of a seed and return the generator.

        Args:
            seed: an integer in [-2**63, 2**64 - 1]; a negative one counts from 2**64 down. The
                engine uses the low 32 bits.

        Raises:
            RuntimeError: if ``seed`` is not an integer.
            ValueError: if it is out of range.
        """
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        seed = operator.index(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError(
                f"Overflow when unpacking long long: seed {seed} is not in [-2**63, 2**64 - 1]"
            )
        self._seed = seed % 2**64
        np.random.RandomState(self._bits).seed(self._seed % 2**32)
        self._is_unused = True
        self._normal: float | None = None
        return self

    def seed(self) -> int:
        """Seed from the operating system's randomness and return the seed."""
        self.manual_seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    def initial_seed(self) -> int:
        """Return the seed the stream started from."""
        return self._seed

    def get_state(self) -> "Tensor":
        """Return the state as a uint8 tensor of 5056 bytes, in PyTorch's layout."""
        engine: Any = self._bits.state["state"]
        state = State(self._seed, engine["key"], engine["pos"], self._is_unused, self._normal)
        return adopt(TensorBase._result_class._wrap(pack(state)))

    def set_state(self, new_state: "Tensor") -> None:
        """Go on from a state that `get_state` or ``torch.get_rng_state`` returned.

        Raises:
            TypeError: if it is no uint8 tensor.
            RuntimeError: if it is no state of such a generator.
        """
        if not isinstance(new_state, TensorBase):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        state = unpack(new_state._array)
        engine: Any = {"key": state.block, "pos": state.position}
        self._bits.state = {"bit_generator": "MT19937", "state": engine}
        self._seed, self._is_unused, self._normal = state.seed, state.is_unused, state.normal

    def clone_state(self) -> "Generator":
        """Return a new generator that continues as this one would."""
        clone = Generator(self.device)
        clone.set_state(self.get_state())
        return clone

    def _words(self, n: int) -> Words:
        """Draw n words of 32 bits."""
        self._is_unused = self._is_unused and n == 0
        words: Words = self._bits.random_raw(n)
        return words

    def _wide_words(self, n: int) -> Words:
        """Draw n words of 64 bits."""
        return transforms.widen(self._words(2 * n))

    def _unit(self, n: int, dtype: np.dtype[Any]) -> Array:
        """Draw n uniforms in [0, 1): float64 for float64, else float32."""
        if dtype == np.float64:
            return transforms.unit_float64(self._wide_words(n))
        return transforms.unit_float32(self._words(n))

    def rand(self, shape: Shape, dtype: DTypeLike = np.float32) -> Array:
        """Draw uniforms from [0, 1): float64 takes two words each, others one."""
        return self.uniform(shape, 0.0, 1.0, dtype)

    def uniform(
        self, shape: Shape, low: float = 0.0, high: float = 1.0, dtype: DTypeLike = np.float32
    ) -> Array:
        """Draw uniforms from [low, high): ``unit * (high - low) + low``, rounded once.

        Raises:
            RuntimeError: if low > high, or a bound does not fit the dtype.
        """
        kind: np.dtype[Any] = np.dtype(dtype)
        if is_complex(kind):
            return self.uniform((*shape, 2), low, high, real_of(kind)).view(kind)[..., 0]
        checks.check_floating(kind, "check_uniform_bounds")
        checks.check_uniform(low, high, kind)

        def draw(count: int) -> Array:
            numbers = self._unit(count, kind)
            start, end = numbers.dtype.type(low), numbers.dtype.type(high)
            if (low, high) != (0, 1):
                numbers = transforms.fused(numbers, end - start, start)
            numbers = numbers.astype(kind, copy=False)
            numbers[numbers == kind.type(high)] = kind.type(low)  # rounding may reach the open end
            return numbers

        return in_pieces(draw, math.prod(shape), kind).reshape(shape)

    def randn(self, shape: Shape, dtype: DTypeLike = np.float32) -> Array:
        """Draw normals of mean 0 and standard deviation 1; see `normal`."""
        return self.normal(shape, dtype=dtype)

    @quiet
    def normal(
        self,
        shape: Shape,
        mean: float | Array = 0.0,
        std: float | Array = 1.0,
        dtype: DTypeLike = np.float32,
        *,
        contiguous: bool = True,
    ) -> Array:
        """Draw normals.

        Sixteen numbers or more come in blocks of sixteen. Fewer come in float64 pairs whose second
        number waits in the generator for the next such call.

        Args:
            shape: shape of the result.
            mean: mean, or an array of means that broadcasts to ``shape``.
            std: standard deviation, or an array of them.
            dtype: a floating-point dtype.
            contiguous: whether the numbers go into a contiguous tensor; PyTorch makes pairs,
                however many, for a tensor that is not (see `memory_order`).

        Raises:
            RuntimeError: if a standard deviation is negative.
        """
        dtype = np.dtype(dtype)
        checks.check_std(std)
        if is_complex(dtype):  # whose parts have half the variance each
            parts = self.normal((*shape, 2), 0.0, 1 / math.sqrt(2), real_of(dtype))
            return parts.view(dtype)[..., 0] * std + mean
        checks.check_floating(dtype, "normal_kernel_cpu")
        if isinstance(mean, np.ndarray) or isinstance(std, np.ndarray):
            scale = 1.0 if isinstance(std, np.ndarray) else std
            numbers = self.normal(shape, 0.0, scale, dtype, contiguous=contiguous)
            if isinstance(std, np.ndarray):
                numbers *= std
            numbers += mean
            return numbers
        checks.check_numbers("normal", mean=mean, std=std)
        n = math.prod(shape)
        draw = self._blocks_of_normals if n >= 16 and contiguous else self._pairs_of_normals
        return draw(n, float(mean), float(std), dtype).reshape(shape)

    def _pairs_of_normals(self, n: int, mean: float, std: float, dtype: np.dtype[Any]) -> Array:
        numbers = np.empty(n, np.float64)
        waiting, kept = 0, self._normal  # read once: another thread may be drawing
        if n and kept is not None:
            numbers[0], self._normal, waiting = kept, None, 1
        pairs = (n - waiting + 1) // 2
        fresh = transforms.normal_pairs(self._unit(2 * pairs, np.dtype(np.float64)))
        if fresh.size > n - waiting:
            self._normal = float(fresh[-1])
        numbers[waiting:] = fresh[: n - waiting]
        return transforms.narrow(transforms.fused(numbers, std, mean), dtype)

    def _blocks_of_normals(self, n: int, mean: float, std: float, dtype: np.dtype[Any]) -> Array:
        """Fill whole blocks; where some numbers remain, redraw the last sixteen."""
        whole = n - n % 16
        drawn = whole if is_half(dtype) else n  # which never draw the remainder
        numbers: Array = np.empty(n, np.float64 if dtype == np.float64 else np.float32)
        for piece in slices(drawn, _PIECE):
            numbers[piece] = self._unit(piece.stop - piece.start, dtype)
        transforms.normal_blocks(numbers[:whole])
        if whole < n:
            numbers[-16:] = self._unit(16, dtype)
            transforms.normal_blocks(numbers[-16:])
        as_type = numbers.dtype.type
        if std == 1.0:
            numbers += as_type(mean)
        else:
            for piece in slices(n, _PIECE):
                numbers[piece] = transforms.fused(numbers[piece], as_type(std), as_type(mean))
        return numbers.astype(dtype, copy=False)

    def exponential(self, shape: Shape, lambd: float = 1.0, dtype: DTypeLike = np.float32) -> Array:
        """Draw from the density ``lambd * exp(-lambd * x)``: ``-log1p(-unit) / lambd`` in float64.

        Raises:
            RuntimeError: if ``lambd`` is not positive, or the dtype not floating-point.
        """
        dtype = np.dtype(dtype)
        if not lambd > 0:
            raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd:g}")
        checks.check_continuous("Exponential", dtype)
        unit = self._unit(math.prod(shape), np.dtype(np.float64))
        # np.log1p is faster; its last bit, which may differ, is lost in the smaller dtypes.
        logs = transforms.libm(math.log1p, -unit) if dtype == np.float64 else np.log1p(-unit)
        numbers = (-1.0 / lambd) * logs
        return transforms.narrow(numbers, dtype).reshape(shape)

    def cauchy(
        self, shape: Shape, median: float = 0.0, sigma: float = 1.0, dtype: DTypeLike = np.float32
    ) -> Array:
        """Draw Cauchy's numbers: ``median + sigma tan(pi (unit - 1/2))`` in float64.

        Raises:
            RuntimeError: if ``sigma`` is not positive, or the dtype not floating-point.
        """
        dtype = np.dtype(dtype)
        checks.check_numbers("cauchy_", median=median, sigma=sigma)
        if not sigma > 0:
            raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
        checks.check_continuous("Cauchy", dtype)
        unit = self._unit(math.prod(shape), np.dtype(np.float64))
        tangents = transforms.libm(math.tan, math.pi * (unit - 0.5))
        numbers = transforms.fused(tangents, sigma, median)
        return transforms.narrow(numbers, dtype).reshape(shape)

    def geometric(self, shape: Shape, p: float, dtype: DTypeLike = np.float32) -> Array:
        """Draw how many trials it takes to the first success: ``ceil(log(unit) / log1p(-p))``.

        Raises:
            RuntimeError: if p is not in (0, 1).
        """
        dtype = np.dtype(dtype)
        checks.check_numbers("geometric_", p=p)
        if not 0 < p < 1:
            raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
        if is_bool(dtype):
            raise not_implemented("geometric_cpu", dtype)
        unit = self._unit(math.prod(shape), np.dtype(np.float64))
        with silence():  # of a uniform that is 0
            numbers = np.ceil(np.log(unit) / math.log1p(-p))
            return numbers.astype(dtype).reshape(shape)

    def log_normal(
        self, shape: Shape, mean: float = 1.0, std: float = 2.0, dtype: DTypeLike = np.float32
    ) -> Array:
        """Draw exponentials of normals, which come in float64 pairs (see `normal`).

        Raises:
            RuntimeError: if ``std`` is not positive.
        """
        dtype = np.dtype(dtype)
        checks.check_numbers("log_normal_", mean=mean, std=std)
        if not std > 0:
            raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
        checks.check_floating(dtype, "log_normal_cpu")
        double = np.dtype(np.float64)
        normals = self._pairs_of_normals(math.prod(shape), float(mean), float(std), double)
        with silence():  # beyond the largest number
            exact = dtype == np.float64  # see `exponential`
            numbers = np.exp(normals)
            if exact:
                finite = np.isfinite(numbers)
                numbers[finite] = transforms.libm(math.exp, normals[finite])
        return transforms.narrow(numbers, dtype).reshape(shape)

    def randint(self, low: int, high: int, shape: Shape, dtype: DTypeLike = np.int64) -> Array:
        """Draw integers from [low, high): ``low + word mod (high - low)``.

        A word has 64 bits from a range of 2**28 on. Any dtype will do.

        Raises:
            RuntimeError: if low >= high, or the dtype cannot hold them.

        Warns:
            UserWarning: of a floating-point dtype that cannot hold each of them.
        """
        dtype = np.dtype(dtype)
        low, high = checks.integer_range(low, high, dtype)
        span, n = high - low, math.prod(shape)
        words = self._words(n) if span < _WIDE_RANGE else self._wide_words(n)
        if span < 2**64:
            words %= np.uint64(span)
        integers = words.view(np.int64)
        integers += low
        return integers.astype(dtype, copy=False).reshape(shape)

    def random(self, shape: Shape, dtype: DTypeLike = np.int64) -> Array:
        """Draw what ``Tensor.random_()`` draws: 0 … the largest integer, or 0 … 2**digits.

        Integer dtypes reach their largest value; floating-point ones as far as every integer is
        representable.
        """
        dtype = np.dtype(dtype)
        n = math.prod(shape)
        words = self._wide_words(n) if dtype.itemsize == 8 else self._words(n)
        if is_float(dtype):
            last = 2 ** (int(finfo(dtype).nmant) + 1)
        else:
            last = 1 if is_bool(dtype) else int(np.iinfo(dtype).max)
        if last < 2**64 - 1:
            words %= np.uint64(last + 1)
        return words.astype(dtype).reshape(shape)

    def random_int64(self) -> int:
        """Draw one integer in [0, 2**63), as a data loader draws the seed of an epoch."""
        return int(self.random((), np.int64))

    def randperm(self, n: int, dtype: DTypeLike = np.int64) -> Array:
        """Permute 0 … n - 1; the dtype does not change the order.

        Raises:
            RuntimeError: if n is negative or too large for the dtype.
        """
        dtype = np.dtype(dtype)
        checks.check_permutation(n, dtype)
        if n >= _LARGEST_PERMUTATION:
            raise RuntimeError(
                f"randperm of {n} elements is not supported, {_LARGEST_PERMUTATION - 1} at most."
            )
        if n < 2:
            return np.arange(n, dtype=dtype)
        return transforms.shuffled(self._words(n - 1)).astype(dtype, copy=False)

    def bernoulli(self, shape: Shape, p: float | Array = 0.5) -> NDArray[np.bool_]:
        """Draw booleans that are true with probability p: ``unit < p``.

        The uniforms are float64 (two words) where p is a number or a float64 array, else float32.

        Raises:
            RuntimeError: if a probability is not in [0, 1].
        """
        checks.check_probability(p)
        n = math.prod(shape)
        if isinstance(p, np.ndarray):
            return self._unit(n, p.dtype).reshape(shape) < p
        # The uniforms are integers times 2**-53, so the integers can be compared.
        threshold = np.uint64(math.ceil(p * 2.0**53))

        def draw(count: int) -> NDArray[np.bool_]:
            return transforms.unit_integers(self._wide_words(count)) < threshold

        return in_pieces(draw, n, np.dtype(np.bool_)).reshape(shape)

    def multinomial(
        self, weights: Array, num_samples: int, replacement: bool = False
    ) -> NDArray[np.int64]:
        """Draw indices of categories with probabilities in proportion to their weights.

        Shapes: (K,) -> (num_samples,), (N, K) -> (N, num_samples).

        Raises:
            RuntimeError: if a weight is negative or not finite, all are zero, the weights are not
                floating-point or have other dimensions, or there are too few to draw from.
        """
        checks.check_multinomial(weights, num_samples, replacement)
        if weights.size == 0:
            return np.empty((*weights.shape[:-1], num_samples), np.int64)
        if replacement and num_samples > 1:
            return self._with_replacement(weights, num_samples)
        # The largest of weight / exponential is category k with probability weight[k] / sum, the
        # runner-up is drawn from those that remain, and so on.
        with silence():  # where an exponential is 0 or tiny
            noise = np.empty_like(prototype(weights))
            rows = memory_order(noise)
            rows[...] = self.exponential(rows.shape, 1.0, weights.dtype)
            scores = weights / noise
        if num_samples == 1:
            return scores.argmax(-1, keepdims=True)
        return np.argsort(-scores, axis=-1, kind="stable")[..., :num_samples].copy()

    def _with_replacement(self, weights: Array, num_samples: int) -> NDArray[np.int64]:
        rows = np.atleast_2d(weights)
        rows = rows.astype(np.result_type(rows, np.float32), copy=False)
        bounds = rows.cumsum(-1)
        bounds /= bounds[:, -1:].copy()
        bounds[:, -1] = 1
        picked = np.empty((len(rows), num_samples), np.int64)
        for bound, pick in zip(bounds.astype(np.float64), picked, strict=True):
            pick[:] = bound.searchsorted(self._unit(num_samples, np.dtype(np.float64)))
        return picked.reshape(*weights.shape[:-1], num_samples)


def in_pieces(draw: Callable[[int], Array], n: int, dtype: np.dtype[Any]) -> Array:
    """Draw n numbers, in order: what they are made of takes up to sixteen times their memory."""
    if n <= _PIECE:
        return draw(n)
    numbers = np.empty(n, dtype)
    for piece in slices(n, _PIECE):
        numbers[piece] = draw(piece.stop - piece.start)
    return numbers


default_generator = Generator()
default_generator.seed()  # two runs differ until someone calls manual_seed


def manual_seed(seed: int) -> Generator:
    """Seed the default generator and return it."""
    return default_generator.manual_seed(seed)
