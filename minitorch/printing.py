"""How a tensor prints: digit by digit what PyTorch prints, worked out on plain arrays.

All numbers of a tensor get one width and one notation: integers, integers with a point (floats that
are all whole), fixed point or scientific. Above ``threshold`` elements only the edges of each axis
are shown, and only they decide the notation.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from minitorch.autograd.vmap.example import Example
from minitorch.core import dtypes

Array = NDArray[Any]


@dataclass(frozen=True)
class PrintOptions:
    """What `set_printoptions` sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=np.inf),
}
_options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors print, until the next call. What is not given stays, but for ``sci_mode``.

    Args:
        precision: digits after the point.
        threshold: number of elements above which only the edges are shown.
        edgeitems: elements shown at either end of an axis then.
        linewidth: characters of a line.
        profile: ``"default"``, ``"short"`` or ``"full"``, under the other arguments.
        sci_mode: scientific notation always, never, or (None) where the numbers call for it.

    Raises:
        ValueError: for an unknown profile (PyTorch takes no notice of one).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
    """
    global _options
    if profile is not None and profile not in _PROFILES:
        raise ValueError(f"unknown profile {profile!r}, expected one of {', '.join(_PROFILES)}")
    base = _options if profile is None else _PROFILES[profile]
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    _options = replace(base, **changes, sci_mode=sci_mode)


def get_printoptions() -> dict[str, Any]:
    """Return the options as keyword arguments for `set_printoptions`."""
    return asdict(_options)


@contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """Set options for the length of a ``with`` block; arguments as `set_printoptions`."""
    global _options
    before = _options
    set_printoptions(**options)
    try:
        yield
    finally:
        _options = before


def tensor_repr(
    array: Array,
    *,
    requires_grad: bool = False,
    grad_fn_name: str | None = None,
    prefix: str = "tensor(",
) -> str:
    """Return what ``repr`` of a tensor shows.

    Args:
        array: the elements.
        requires_grad: whether the tensor requires a gradient.
        grad_fn_name: name of the node that made it, such as ``"AddBackward0"``.
        prefix: opening of the text; a subclass passes ``"ItsName("``.

    Example:
        >>> tensor_repr(np.array([1.0, 2.5], np.float32), requires_grad=True)
        'tensor([1.0000, 2.5000], requires_grad=True)'
    """
    if isinstance(array, Example):
        return _batched_repr(array)
    options = _options
    indent = len(prefix)
    contents = _contents(array, indent, options)
    suffixes = _suffixes(array, requires_grad, grad_fn_name, options)
    return _with_suffixes(prefix + contents, suffixes, indent, options.linewidth) + ")"


def _batched_repr(array: Example) -> str:
    """Show all examples, and which vmap each level belongs to."""
    lines = tensor_repr(array.payload).splitlines()
    for level in array.levels:
        inner = ["    " + line for line in lines]
        lines = [f"BatchedTensor(lvl={level.depth}, bdim=0, value=", *inner, ")"]
    return "\n".join(lines)


def _suffixes(
    array: Array, requires_grad: bool, grad_fn_name: str | None, options: PrintOptions
) -> list[str]:
    dtype = dtypes.from_numpy(array.dtype)
    # Elements tell int64 and bool from other types; where there are none, they cannot.
    default = dtypes.get_default_dtype()
    understood = [default]
    if array.size:
        understood += [dtypes.int64, dtypes.bool_]
        understood.append(dtypes.complex128 if default is dtypes.float64 else dtypes.complex64)
    suffixes = []
    if (array.ndim != 1) if array.size == 0 else (options.edgeitems == 0):
        suffixes.append(f"size={array.shape}")
    if dtype not in understood:
        suffixes.append(f"dtype={dtype}")
    if grad_fn_name is not None:
        suffixes.append(f"grad_fn=<{grad_fn_name}>")
    elif requires_grad:
        suffixes.append("requires_grad=True")
    return suffixes


def _with_suffixes(text: str, suffixes: list[str], indent: int, linewidth: int) -> str:
    """Append each suffix, on a line of its own where it would not fit."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text


def _contents(array: Array, indent: int, options: PrintOptions) -> str:
    if array.size == 0:
        return "[]"
    is_cut = array.size > options.threshold
    kind = _ComplexNotation if dtypes.is_complex(array.dtype) else _Notation
    notation = kind(_edges(array, options.edgeitems) if is_cut else array, options)
    if array.ndim == 0:
        return notation.write(array.item())
    edge = options.edgeitems if is_cut else None
    return _nested(array, indent, notation, edge, options.linewidth)


def _edges(array: Array, edge: int) -> Array:
    """Keep the elements that are shown: `edge` of them at either end of each axis."""
    for axis, size in enumerate(array.shape):
        if size > 2 * edge:
            shown = [*range(edge), *range(size - edge, size)]
            array = array.take(shown, axis)
    return array


def _nested(
    array: Array, indent: int, notation: "_Notation", edge: int | None, linewidth: int
) -> str:
    """Write an array with dimensions; ``edge`` is None where nothing is left out."""
    is_cut = edge is not None and len(array) > 2 * edge
    head, tail = (
        (array[:edge], array[len(array) - cast(int, edge) :]) if is_cut else (array, array[:0])
    )
    if array.ndim == 1:
        dots = [" ..." if edge else "..."] if is_cut else []
        words = notation.write_all(head) + dots + notation.write_all(tail)
        return _bracketed_lines(words, indent, notation.width + 2, linewidth)
    parts = [_nested(row, indent + 1, notation, edge, linewidth) for row in head]
    parts += ["..."] if is_cut else []
    parts += [_nested(row, indent + 1, notation, edge, linewidth) for row in tail]
    between = "," + "\n" * (array.ndim - 1) + " " * (indent + 1)
    return "[" + between.join(parts) + "]"


def _bracketed_lines(words: list[str], indent: int, word_length: int, linewidth: int) -> str:
    """Set words into as many lines as they need, the later ones indented past the bracket."""
    per_line = max(1, (linewidth - indent) // word_length)
    lines = [", ".join(words[i : i + per_line]) for i in range(0, len(words), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


class _Notation:
    """One width and one way of writing for all the numbers of a tensor.

    Zeros, infinities and nan take part in neither choice, as in PyTorch; they may stick out.
    """

    def __init__(self, shown: Array, options: PrintOptions) -> None:
        telling = shown.ravel()
        if dtypes.is_float(shown.dtype):
            telling = telling[np.isfinite(telling) & (telling != 0)]
            self._plain = _float_writer(telling, options)
        else:
            self._plain = str
        self.width = max(map(len, map(self._plain, telling.tolist())), default=1)

    def write(self, value: Any) -> str:
        """Write a Python number, padded to the common width."""
        return self._plain(value).rjust(self.width)

    def write_all(self, vector: Array) -> list[str]:
        """Write each element of a vector."""
        return [self.write(value) for value in vector.tolist()]


class _ComplexNotation(_Notation):
    """One notation for all real parts, and one for all imaginary ones."""

    def __init__(self, shown: Array, options: PrintOptions) -> None:
        self._real, self._imag = _Notation(shown.real, options), _Notation(shown.imag, options)
        self.width = self._real.width + self._imag.width + 1

    def write(self, value: Any) -> str:
        imag = self._imag.write(value.imag).lstrip()
        sign = "" if imag.startswith("-") else "+"
        return f"{self._real.write(value.real)}{sign}{imag}j"


def _float_writer(telling: Array, options: PrintOptions) -> Callable[[Any], str]:
    """Choose how floats are written, from those that are finite and not zero."""
    if _needs_exponent(telling, options.sci_mode):
        return f"{{:.{options.precision}e}}".format
    if (telling == np.ceil(telling)).all():
        return _write_whole
    return f"{{:.{options.precision}f}}".format


def _needs_exponent(telling: Array, sci_mode: bool | None) -> bool:
    if telling.size == 0:
        return False
    if sci_mode is not None:
        return sci_mode
    sizes = np.abs(telling).astype(np.float64)
    least, most = float(sizes.min()), float(sizes.max())
    return most / least > 1000.0 or most > 1.0e8 or least < 1.0e-4


def _write_whole(value: float) -> str:
    """Write a float without fraction, the point telling it from an integer."""
    return f"{value:.0f}." if np.isfinite(value) else f"{value:.0f}"
