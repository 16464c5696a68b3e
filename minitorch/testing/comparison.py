"""``assert_close``: tensors, numbers, and sequences and mappings of them are nearly equal."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from minitorch.core import dtypes
from minitorch.core.dtypes import dtype as DType
from minitorch.creation import tensor
from minitorch.ops.elementwise.closeness import isclose
from minitorch.tensor import Tensor

# rtol and atol; other dtypes must be equal.
_TOLERANCES = {
    dtypes.float16: (0.001, 1e-5),
    dtypes.bfloat16: (0.016, 1e-5),
    dtypes.float32: (1.3e-6, 1e-5),
    dtypes.float64: (1e-7, 1e-7),
}


@dataclass(frozen=True)
class _Rule:
    """The arguments of :func:`assert_close`."""

    rtol: float | None
    atol: float | None
    equal_nan: bool
    check_dtype: bool
    check_stride: bool
    allow_subclasses: bool
    msg: str | Callable[[str], str] | None

    def tolerances(self, *kinds: DType) -> tuple[float, float]:
        """Return rtol and atol: the loosest of the dtypes unless they were given."""
        if self.rtol is not None and self.atol is not None:
            return self.rtol, self.atol
        found = [_TOLERANCES.get(kind.to_real(), (0.0, 0.0)) for kind in kinds]
        return max(r for r, _ in found), max(a for _, a in found)

    def fail(self, message: str, path: str) -> NoReturn:
        """Say what differs, and where in sequences and mappings."""
        message = _located(message, path)
        if self.msg is not None:
            message = self.msg(message) if callable(self.msg) else self.msg
        raise AssertionError(message)


def _located(message: str, path: str) -> str:
    return f"{message}\n\nThe failure occurred for item {path}" if path else message


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Require ``|actual - expected| <= atol + rtol · |expected|`` of tensors and what holds them.

    Args:
        actual: a tensor, an array, a number, or a sequence or mapping of such things.
        expected: the same.
        allow_subclasses: whether one may be of a subclass of the other's class.
        rtol: the relative tolerance; given with ``atol``, or else both follow from the dtypes.
        atol: the absolute tolerance.
        equal_nan: whether nan equals nan.
        check_device: without effect, there is one.
        check_dtype: whether dtypes must be equal; else the comparison is in the promoted one.
        check_layout: without effect, there is one.
        check_stride: whether strides must be equal.
        msg: what to say instead, or a function of what would be said.

    Raises:
        AssertionError: saying what differs and how much.
        ValueError: if one tolerance is given without the other.
        TypeError: for things that cannot be compared.

    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.assert_close
    """
    if (rtol is None) != (atol is None):
        raise ValueError(
            "Both 'rtol' and 'atol' must be either specified or omitted, but got no "
            f"{'rtol' if rtol is None else 'atol'}."
        )
    rule = _Rule(rtol, atol, equal_nan, check_dtype, check_stride, allow_subclasses, msg)
    pending = [(actual, expected, "")]
    while pending:
        found, wanted, path = pending.pop()
        pending += reversed(_compare(found, wanted, path, rule))


def _compare(actual: Any, expected: Any, path: str, rule: _Rule) -> list[tuple[Any, Any, str]]:
    """Compare two things, and return the pairs of what they hold."""
    both = (actual, expected)
    if all(isinstance(x, Mapping) for x in both):
        _compare_keys(actual, expected, path, rule)
        return [(actual[key], expected[key], f"{path}[{key!r}]") for key in expected]
    if all(isinstance(x, Sequence) and not isinstance(x, str | bytes) for x in both):
        if len(actual) != len(expected):
            lengths = f"{len(actual)} != {len(expected)}"
            rule.fail(f"The length of the sequences mismatch: {lengths}", path)
        return [(actual[i], expected[i], f"{path}[{i}]") for i in range(len(expected))]
    if any(x is None for x in both):
        if actual is not expected:
            rule.fail(f"None mismatch: {actual} is not {expected}", path)
    elif all(isinstance(x, bool | np.bool_) for x in both):
        if actual != expected:
            rule.fail(f"Booleans mismatch: {actual} is not {expected}", path)
    elif all(isinstance(x, int | float | complex | np.number) for x in both):
        _compare_numbers(actual, expected, path, rule)
    else:
        tensors = _as_tensors(actual, expected, rule)
        if tensors is None:
            raise TypeError(
                _located(
                    "No comparison pair was able to handle inputs of type "
                    f"{type(actual)} and {type(expected)}.",
                    path,
                )
            )
        _compare_tensors(*tensors, path, rule)
    return []


def _compare_keys(
    actual: Mapping[Any, Any], expected: Mapping[Any, Any], path: str, rule: _Rule
) -> None:
    missing = [key for key in expected if key not in actual]
    added = [key for key in actual if key not in expected]
    if missing or added:
        rule.fail(
            "The keys of the mappings do not match:\n"
            f"Missing keys in the actual mapping: {sorted(missing, key=str)}\n"
            f"Additional keys in the actual mapping: {sorted(added, key=str)}",
            path,
        )


def _compare_numbers(actual: Any, expected: Any, path: str, rule: _Rule) -> None:
    if rule.check_dtype and type(actual) is not type(expected):
        rule.fail(f"The (d)types do not match: {type(actual)} != {type(expected)}.", path)
    a, b = (x.item() if isinstance(x, np.generic) else x for x in (actual, expected))
    kinds = [dtypes.float64 if isinstance(x, float | complex) else dtypes.int64 for x in (a, b)]
    rtol, atol = rule.tolerances(*kinds)
    is_equal = a == b or (rule.equal_nan and a != a and b != b)
    if not is_equal and not abs(a - b) <= atol + rtol * abs(b) < math.inf:
        rule.fail(_scalar_mismatch(a, b, rtol, atol), path)


def _scalar_mismatch(actual: Any, expected: Any, rtol: float, atol: float) -> str:
    difference = abs(actual - expected)
    relative = math.inf if expected == 0 else abs(difference / expected)
    is_exact = not rtol and not atol
    up_to = ["", ""] if is_exact else [f" (up to {atol} allowed)", f" (up to {rtol} allowed)"]
    return (
        f"Scalars are not {'equal' if is_exact else 'close'}!\n\nExpected {expected} but got "
        f"{actual}.\nAbsolute difference: {difference}{up_to[0]}\n"
        f"Relative difference: {relative}{up_to[1]}"
    )


def _as_tensors(actual: Any, expected: Any, rule: _Rule) -> tuple[Tensor, Tensor] | None:
    """Return both as tensors; None if they are no tensors or arrays, or of unrelated classes."""
    kinds = type(actual), type(expected)
    related = isinstance(actual, kinds[1]) or isinstance(expected, kinds[0])
    if not (related if rule.allow_subclasses else kinds[0] is kinds[1]):
        return None
    if isinstance(actual, Tensor):
        return actual.detach(), expected.detach()
    if isinstance(actual, np.ndarray):
        return tensor(actual), tensor(expected)
    return None


def _compare_tensors(actual: Tensor, expected: Tensor, path: str, rule: _Rule) -> None:
    attributes: list[tuple[str, Any, Any, bool]] = [
        ("shape", actual.shape, expected.shape, True),
        ("stride()", actual.stride(), expected.stride(), rule.check_stride),
        ("dtype", actual.dtype, expected.dtype, rule.check_dtype),
    ]
    for name, a, b, checked in attributes:
        if checked and a != b:
            rule.fail(f"The values for attribute '{name}' do not match: {a} != {b}.", path)
    rtol, atol = rule.tolerances(actual.dtype, expected.dtype)
    kind = _common_dtype(actual.dtype, expected.dtype)
    actual, expected = actual.to(kind), expected.to(kind)
    matches = isclose(actual, expected, rtol, atol, equal_nan=rule.equal_nan)
    if not matches.all():
        rule.fail(_mismatch(actual, expected, matches, rtol, atol), path)


def _common_dtype(a: DType, b: DType) -> DType:
    """Return the dtype to compare in; wide unsigned integers, which do not promote, are int64."""
    if a is b:
        return a
    wide = (dtypes.uint16, dtypes.uint32, dtypes.uint64)
    return dtypes.promote_types(*[dtypes.int64 if kind in wide else kind for kind in (a, b)])


def _mismatch(actual: Tensor, expected: Tensor, matches: Tensor, rtol: float, atol: float) -> str:
    """Say how many elements differ, and where they do most."""
    if not matches.shape:
        return _scalar_mismatch(actual.item(), expected.item(), rtol, atol)
    is_exact_kind = not dtypes.is_differentiable(actual._array.dtype)
    wide = dtypes.int64 if is_exact_kind else actual.dtype
    a, b = actual.flatten().to(wide), expected.flatten().to(wide)
    difference = (a - b).abs().masked_fill(matches.flatten(), 0)
    relative = (difference / b.abs()).masked_fill(matches.flatten(), 0)
    count, total = int(matches.logical_not().sum()), matches.numel()
    is_exact = not rtol and not atol
    lines = [
        f"Tensor-likes are not {'equal' if is_exact else 'close'}!\n",
        f"Mismatched elements: {count} / {total} ({count / total:.1%})",
    ]
    for name, of, limit in (("absolute", difference, atol), ("relative", relative, rtol)):
        place = int(of.argmax())
        index = tuple(int(i) for i in np.unravel_index(place, tuple(matches.shape)))
        up_to = "" if is_exact else f" (up to {limit} allowed)"
        lines.append(f"Greatest {name} difference: {of[place].item()} at index {index}{up_to}")
    return "\n".join(lines)
