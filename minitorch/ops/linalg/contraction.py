"""Contractions: sums of products over shared dimensions, as ``einsum`` names by letters."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any, cast

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_bool
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import wrap_dims
from minitorch.ops.linalg import products
from minitorch.ops.linalg.products import rows
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# Without ``out``.
_mm, _bmm = without_out(products.mm), without_out(products.bmm)

# A dimension's name: a letter, or "...0", "...1" counted from the last under an ellipsis.
Labels = list[str]

_LETTERS = string.ascii_uppercase + string.ascii_lowercase


def einsum(equation: Any, *operands: Any) -> Tensor:
    """Return the sum of products that an equation names, for example "bij,bjk->bik".

    Each letter names a dimension; letters missing behind the arrow are summed over. Without an
    arrow the letters that appear once remain, in alphabetical order. "..." stands for dimensions
    that broadcast. Several operands are multiplied from left to right, each step a matrix product.

    Args:
        equation: the letters of each operand, comma between, then "->" and those of the result.
        operands: tensors, or one sequence of them. Instead of an equation a list of numbers, one
            for each dimension, may follow on each tensor, and one for the result on all.

    Raises:
        RuntimeError: if the equation is malformed or does not fit the operands.
        ValueError: without operands.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
    """
    if not operands:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one "
            "operand and its subscripts list"
        )
    if isinstance(equation, TensorBase):
        equation, operands = _of_numbers((equation, *operands))
    if len(operands) == 1 and isinstance(operands[0], tuple | list):
        (operands,) = operands
    for number, x in enumerate(operands):
        if not isinstance(x, TensorBase):
            raise TypeError(
                f"expected Tensor as element {number} in argument 1, but got {type(x).__name__}"
            )
    terms, result = _parse(equation, operands)
    _check_sizes(terms, operands)
    summed = sorted({label for term in terms for label in term} - set(result))
    current, labels = _without_repeats(operands[0], terms[0])
    for number in range(1, len(operands)):
        other, other_labels = _without_repeats(operands[number], terms[number])
        later = result + [n for n in summed if any([n in term for term in terms[number + 1 :]])]
        step = _product if any([n not in later for n in labels if n in other_labels]) else _spread
        current, labels = step(current, labels, other, other_labels, later)
    rest = [i for i, label in enumerate(labels) if label not in result]
    if rest:
        current = current.sum(rest)
        labels = [label for label in labels if label in result]
    order = [labels.index(label) for label in result]
    return current if order == sorted(order) else current.permute(order)


def _of_numbers(args: Any) -> tuple[str, Any]:
    """Turn ``x, [0, 1], y, [1, 2], [0, 2]`` into an equation and its operands."""
    texts = ["".join(map(_letter, numbers)) for numbers in args[1::2]]
    if len(args) % 2 == 0:
        return ",".join(texts), args[::2]
    return ",".join(texts) + "->" + "".join(map(_letter, args[-1])), args[:-1:2]


def _letter(number: Any) -> str:
    if number is Ellipsis:
        return "..."
    if not 0 <= number < len(_LETTERS):
        raise ValueError(
            "einsum(): subscript in subscript list is not within the valid range [0, 52): got "
            f"{number}"
        )
    return _LETTERS[number]


def _parse(equation: str, operands: Any) -> tuple[list[Labels], Labels]:
    """Read the equation into labels for each operand and the result."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    texts = left.split(",")
    if len(texts) != len(operands):
        which = "more" if len(texts) < len(operands) else "fewer"
        raise RuntimeError(
            f"einsum(): {which} operands were provided than specified in the equation: "
            f"{len(operands)} operands for {equation!r}"
        )
    terms = [
        _labels(text, x._array.ndim, number)
        for number, (text, x) in enumerate(zip(texts, operands, strict=True))
    ]
    every = [label for term in terms for label in term]
    dots = sorted({label for label in every if label[0] == "."}, key=lambda d: -int(d[3:]))
    if not arrow:
        return terms, dots + sorted(n for n in set(every) if every.count(n) == 1 and n[0] != ".")
    return terms, _result_labels(right, dots, every)


def _labels(text: str, ndim: int, number: int) -> Labels:
    """Read the letters of one operand."""
    before, dots, after = text.partition("...")
    if "." in before + after:
        raise RuntimeError(
            f"einsum(): found '.' for operand {number} that is not part of its one ellipsis"
        )
    for letter in before + after:
        if not (letter.isascii() and letter.isalpha()):
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {text.index(letter)} in the equation "
                f"string, subscripts must be in [a-zA-Z], got {letter!r}"
            )
    named = len(before) + len(after)
    if named > ndim or (named < ndim and not dots):
        raise RuntimeError(
            f"einsum(): the number of subscripts in the equation ({named}) does not match the "
            f"number of dimensions ({ndim}) for operand {number}"
            + ("" if dots else " and no ellipsis was given")
        )
    hidden = [f"...{i}" for i in range(ndim - named - 1, -1, -1)]
    return [*before, *hidden, *after]


def _result_labels(text: str, dots: Labels, every: Labels) -> Labels:
    before, ellipsis, after = text.partition("...")
    result = [*before, *(dots if ellipsis else []), *after]
    for label in result:
        if result.count(label) > 1:
            raise RuntimeError(f"einsum(): output subscript {label} appears more than once")
        if label not in every:
            raise RuntimeError(
                f"einsum(): output subscript {label} does not appear in the equation for any input "
                "operand"
            )
    return result


def _check_sizes(terms: list[Labels], operands: Any) -> None:
    """Check that a letter names one size, apart from 1, which broadcasts."""
    seen: dict[str, int] = {}
    for number, (term, x) in enumerate(zip(terms, operands, strict=True)):
        own: dict[str, int] = {}
        for label, size in zip(term, x._array.shape, strict=True):
            if own.setdefault(label, size) != size:
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand {number} but the sizes "
                    f"don't match, {size} != {own[label]}"
                )
            known = seen.get(label, 1)
            if 1 not in (known, size) and known != size:
                raise RuntimeError(
                    f"einsum(): subscript {label} has size {size} for operand {number} which does "
                    f"not broadcast with previously seen size {known}"
                )
            seen[label] = size if known == 1 else known


def _without_repeats(x: Any, labels: Labels) -> tuple[Any, Labels]:
    """Take the diagonal where a letter names two dimensions of one operand."""
    labels = list(labels)
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            x = x.diagonal(0, first, second)  # which puts it last
            labels = [n for i, n in enumerate(labels) if i not in (first, second)] + [label]
    return x, labels


def _spread(
    a: Any, a_labels: Labels, b: Any, b_labels: Labels, later: Labels
) -> tuple[Any, Labels]:
    """Multiply two operands that have nothing to sum over in common, element by element."""
    a, a_labels = _sum_own(a, a_labels, b_labels, later)
    b, b_labels = _sum_own(b, b_labels, a_labels, later)
    labels = [n for n in later if n in a_labels or n in b_labels]
    return _aligned(a, a_labels, labels) * _aligned(b, b_labels, labels), labels


def _aligned(x: Any, own: Labels, labels: Labels) -> Any:
    """View an operand in the dimensions ``labels``, of size 1 those it has not."""
    x = x.permute([own.index(n) for n in labels if n in own])
    return x[tuple([slice(None) if n in own else None for n in labels])]


def _product(
    a: Any, a_labels: Labels, b: Any, b_labels: Labels, later: Labels
) -> tuple[Any, Labels]:
    """Multiply two operands and sum over what is not needed later, as one matrix product.

    Its rows are the dimensions that only one has, its columns those of the other: in PyTorch's
    order, so that the result lies in memory as it does there.
    """
    a, a_labels = _sum_own(a, a_labels, b_labels, later)
    b, b_labels = _sum_own(b, b_labels, a_labels, later)
    batch = [n for n in later if n in a_labels and n in b_labels]
    inner = [n for n in a_labels if n in b_labels and n not in later]
    left_only = [n for n in later if n in a_labels and n not in b_labels]
    right_only = [n for n in later if n in b_labels and n not in a_labels]
    if left_only and right_only and later.index(right_only[-1]) < later.index(left_only[0]):
        (a, a_labels, left_only), (b, b_labels, right_only) = (
            (b, b_labels, right_only),
            (a, a_labels, left_only),
        )
    a, b = _same_sizes(a, a_labels, b, b_labels, batch + inner)
    sizes = dict(zip(a_labels, a.shape, strict=True)) | dict(zip(b_labels, b.shape, strict=True))

    def count(labels: Labels) -> int:
        total = 1
        for n in labels:
            total *= sizes[n]
        return total

    left = a.permute([a_labels.index(n) for n in batch + left_only + inner])
    right = b.permute([b_labels.index(n) for n in batch + inner + right_only])
    if batch:
        left = left.reshape(count(batch), count(left_only), count(inner))
        out = _bmm(left, right.reshape(count(batch), count(inner), count(right_only)))
    else:
        left = left.reshape(count(left_only), count(inner))
        out = _mm(left, right.reshape(count(inner), count(right_only)))
    labels = batch + left_only + right_only
    return out.reshape([sizes[n] for n in labels]), labels


def _sum_own(x: Any, labels: Labels, others: Labels, later: Labels) -> tuple[Any, Labels]:
    """Sum over what only this operand has and nothing needs."""
    own = [i for i, n in enumerate(labels) if n not in others and n not in later]
    if not own:
        return x, labels
    return x.sum(own), [n for i, n in enumerate(labels) if i not in own]


def _same_sizes(
    a: Any, a_labels: Labels, b: Any, b_labels: Labels, shared: Labels
) -> tuple[Any, Any]:
    """Expand dimensions of size 1 to the other operand's size."""
    a_size, b_size = [-1] * len(a_labels), [-1] * len(b_labels)
    for n in shared:
        i, j = a_labels.index(n), b_labels.index(n)
        a_size[i] = b_size[j] = max(a.shape[i], b.shape[j])
        if 0 in (a.shape[i], b.shape[j]):
            a_size[i] = b_size[j] = 0
    return a.expand(a_size), b.expand(b_size)


@takes_out
@takes_tensors
def inner(input: Any, other: Any) -> Tensor:
    """Return the products of vectors along both last dimensions: (*A, C), (*B, C) -> (*A, *B)."""
    if input._array.ndim == 0 or other._array.ndim == 0:
        return input * other
    if input.dtype != other.dtype:
        raise RuntimeError(
            f"both inputs should have same dtype, but got {input.dtype} and {other.dtype}"
            " [explain: dtype-mismatch]"
        )
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    lead = (*input._array.shape[:-1], *other._array.shape[:-1])
    return _mm(rows(input), rows(other).t()).reshape(lead)


@takes_out
def tensordot(a: Any, b: Any, dims: Any = 2) -> Tensor:
    """Return the sum of products over ``dims``: so many last and first ones, or listed pairs.

    Shapes: (*A, *S), (*S, *B) -> (*A, *B), S the dimensions summed over.

    Raises:
        RuntimeError: if these are not as many in both, or their sizes differ.
    """
    pairs = _pairs(a, b, dims)
    a_labels = [f"a{i}" for i in range(a.ndim)]
    b_labels = [f"b{i}" for i in range(b.ndim)]
    for i, j in pairs:
        b_labels[j] = a_labels[i]
    summed = {a_labels[i] for i, _ in pairs}
    later = [n for n in a_labels + b_labels if n not in summed]
    return _product(a, a_labels, b, b_labels, later)[0]


def _pairs(a: Any, b: Any, dims: Any) -> list[tuple[int, int]]:
    """Read the dimensions that a product sums over: of the first tensor, and of the second."""
    if isinstance(dims, TensorBase):
        dims = cast("Tensor", dims).tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims = range(a.ndim - dims, a.ndim), range(dims)
    if not isinstance(dims, tuple | list) or len(dims) != 2:
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] "
            f"containing two lists, but got dims={dims}"
        )
    first, second = [
        wrap_dims([*d], x.ndim) if d else () for d, x in zip(dims, (a, b), strict=True)
    ]
    if len(first) != len(second):
        raise RuntimeError(
            f"both dimension lists should have same length, got {list(first)} and {list(second)}"
        )
    for i, j in zip(first, second, strict=True):
        m, n = a.shape[i], b.shape[j]
        if m != n and 1 not in (m, n):
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {m} in dim {i} and "
                f"second has size {n} in dim {j}"
            )
    return list(zip(first, second, strict=True))


@takes_tensors
def trace(input: Any) -> Tensor:
    """Return the sum of a matrix's diagonal.

    Shapes: (A, B) -> ().

    Raises:
        RuntimeError: for other numbers of dimensions.
    """
    if input._array.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input._array.ndim}")
    if is_bool(input._array.dtype):
        raise NotImplementedError("\"trace\" not implemented for 'Bool'")
    return input.diagonal().sum()
