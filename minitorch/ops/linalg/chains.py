"""Products of many matrices: chains of them, and powers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import c_type_name
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import read_int
from minitorch.ops.elementwise.constant import zeroed
from minitorch.ops.linalg import products
from minitorch.ops.linalg.checks import check_square
from minitorch.ops.linalg.solving import eye_like, inv
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minitorch.tensor import Tensor

# Without ``out``.
_mm, _matmul, _inv = without_out(products.mm), without_out(products.matmul), without_out(inv)


@takes_out
@takes_tensors
def multi_dot(tensors: Sequence[Any]) -> Tensor:
    """Return the product of two or more matrices, multiplied in the order that is the cheapest.

    Shapes: (A, B), (B, C), ..., (Y, Z) -> (A, Z). The first and the last may be vectors.

    Raises:
        RuntimeError: for fewer than two tensors, other numbers of dimensions, different dtypes,
            or sizes that do not fit.
    """
    count = len(tensors)
    if count < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {count}")
    first, last = tensors[0], tensors[-1]
    for name, x in (("the first", first), ("the last", last)):
        if x.ndim not in (1, 2):
            raise RuntimeError(f"multi_dot(): {name} tensor must be 1D or 2D but got {x.ndim}D")
    for i, x in enumerate(tensors):
        if 0 < i < count - 1 and x.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {x.ndim}D")
        if x.dtype != first.dtype:
            raise RuntimeError(
                "multi_dot(): all tensors must have be the same dtype but tensor 0 is "
                f"{c_type_name(first._array)} and tensor {i} {c_type_name(x._array)}"
                " [explain: dtype-mismatch]"
            )
    chain = list(tensors)
    chain[0] = first.unsqueeze(0) if first.ndim == 1 else first
    chain[-1] = last.unsqueeze(1) if last.ndim == 1 else last
    for i in range(count - 1):
        a, b = chain[i], chain[i + 1]
        if a.shape[1] != b.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(a.shape)} and "
                f"{list(b.shape)} cannot be multiplied"
                " [explain: matmul-shapes]"
            )
    out = _in_cheapest_order(chain)
    kept = [size for size, x in zip(out.shape, (first, last), strict=True) if x.ndim == 2]
    return out if len(kept) == 2 else out.reshape(kept)


def _in_cheapest_order(chain: list[Any]) -> Any:
    """Multiply matrices in the order that takes the fewest multiplications."""
    sizes = [chain[0].shape[0], *[x.shape[1] for x in chain]]
    count = len(chain)
    # For matrices i to j: the multiplications that they take, and where they are cut in two.
    best = {(i, i): (0, i) for i in range(count)}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
                for k in range(i, j)
            )

    done: dict[tuple[int, int], Any] = {(i, i): x for i, x in enumerate(chain)}
    todo = [(0, count - 1)]
    while todo:
        i, j = todo[-1]
        k = best[i, j][1]
        parts = [(i, k), (k + 1, j)]
        missing = [part for part in parts if part not in done]
        if missing:
            todo += missing
            continue
        done[i, j] = _mm(done[parts[0]], done[parts[1]])
        todo.pop()
    return done[0, count - 1]


_multi_dot = without_out(multi_dot)


def chain_matmul(*matrices: Any, out: Any = None) -> Tensor:
    """Return the product of one or more matrices, as :func:`multi_dot`: an old name.

    Shapes: (A, B), (B, C), ..., (Y, Z) -> (A, Z).

    Raises:
        RuntimeError: as :func:`multi_dot`.
    """
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    for i, x in enumerate(matrices):
        if x.ndim != 2:
            raise RuntimeError(f"Tensor dimension is {x.ndim}, expected 2 instead: matrix {i}")
    if len(matrices) == 1:
        return matrices[0]
    return _multi_dot(matrices) if out is None else multi_dot(matrices, out=out)


@takes_out
@takes_tensors
def matrix_power(input: TensorBase, n: int) -> Tensor:
    """Return square matrices multiplied ``n`` times; their inverses for a negative ``n``.

    Shapes: (*, A, A) -> (*, A, A).

    Raises:
        RuntimeError: for what is not square; for integers, if ``n`` is negative.
        LinAlgError: for a negative ``n`` of a matrix that has no inverse.
    """
    n = read_int(n, "n")
    check_square("linalg.matrix_power", input)
    x: Any = input
    if n < 0:
        x, n = _inv(x), -n
    if n == 0:
        return zeroed(x) + eye_like(x)
    result: Any = None
    while True:  # by the binary digits of n: x, x^2, x^4, ...
        if n & 1:
            result = x if result is None else _matmul(result, x)
        n >>= 1
        if not n:
            return x.clone() if result is input else result
        x = _matmul(x, x)
