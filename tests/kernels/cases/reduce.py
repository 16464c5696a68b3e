"""Cases of sums."""

from functools import partial
from typing import Any

from tests.kernels.check import Row, normal

# Shape, dims, keepdims
CASES = {
    "all": ((3, 4, 5), None, False),
    "all, kept": ((3, 4), None, True),
    "columns": ((19, 37), (0,), False),
    "columns, kept": ((9, 32), (0,), True),
    "few columns": ((40, 5), (0,), False),
    "columns of a batch": ((3, 5, 4, 6), (0, 1), False),
    "rows": ((7, 30), (1,), False),
    "channels": ((6, 40, 9, 11), (0, 2, 3), True),
    "channels of small planes": ((700, 6, 2, 2), (0, 2, 3), False),
    "two kept": ((70, 2, 4, 33), (0, 3), False),
    "between": ((3, 4, 50), (1,), False),
    "apart": ((3, 4, 5, 6), (0, 2), False),
    "tiles": ((1403, 403), (0,), False),
    "tiles of channels": ((9, 33, 600), (0, 2), False),
    "none": ((0, 20), (0,), False),
}


def _said(torch: Any, x: Any, dims: Any, keepdims: bool) -> Any:
    return torch.tensor(x).sum(dims, keepdims)


def _arguments(shape: Any, dims: Any, keepdims: bool, dtype: Any) -> tuple[Any, ...]:
    return normal(shape, dtype), dims, keepdims


ROWS = {
    "reduce.sum": Row(
        {name: partial(_arguments, *case) for name, case in CASES.items()}, _said, follows=True
    ),
}
