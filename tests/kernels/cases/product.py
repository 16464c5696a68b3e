"""Cases of products of matrices."""

from functools import partial
from typing import Any

from tests.kernels.check import Row, normal

MATRICES = {
    "square": ((5, 5), (5, 5)),
    "whole panels": ((28, 32), (32, 64)),
    "ragged": ((33, 19), (19, 45)),
    "a column more": ((30, 20), (20, 33)),
    "two runs": ((17, 300), (300, 24)),
    "two runs, ragged": ((15, 523), (523, 41)),
    "few columns": ((70, 40), (40, 9)),
    "few columns, two runs": ((33, 257), (257, 10)),
    "few rows": ((9, 40), (40, 70)),
    "one row": ((1, 12), (12, 40)),
    "one column": ((40, 12), (12, 1)),
    "one number each": ((20, 1), (1, 20)),
    "no row": ((0, 3), (3, 4)),
    "no number": ((9, 0), (0, 12)),
    "a stack": ((3, 9, 12), (3, 12, 17)),
    "a stack and a matrix": ((3, 9, 12), (12, 17)),
    "a matrix and a stack": ((9, 12), (3, 12, 17)),
    "a stack of one": ((1, 9, 12), (3, 12, 17)),
    "stacks that broadcast": ((2, 1, 9, 12), (3, 12, 17)),
    "no matrix": ((0, 9, 12), (0, 12, 17)),
    "no matrix and one": ((0, 9, 12), (12, 17)),
    "a stack of one and no matrix": ((1, 9, 12), (0, 12, 17)),
}
# Beyond one tile; the rows or the columns are cut.
TILES = {"tiles of rows": (70, 1500, 62), "tiles of columns": (60, 1500, 72)}
STACKS = {"tiles of examples": (24, 30, 320, 30)}


def _matmul(shapes: Any, dtype: Any) -> tuple[Any, ...]:
    return normal(shapes[0], dtype), normal(shapes[1], dtype, 1)


def _linear(sizes: Any, bias: Any, dtype: Any) -> tuple[Any, ...]:
    n, a, b = sizes
    of = None if bias is None else normal(bias, dtype, 2)
    return normal((n, a), dtype), normal((b, a), dtype, 1), of


def _by_matmul(torch: Any, a: Any, b: Any) -> Any:
    return torch.matmul(torch.tensor(a), torch.tensor(b))


def _by_linear(torch: Any, x: Any, weight: Any, bias: Any) -> Any:
    bias = None if bias is None else torch.tensor(bias)
    return torch.nn.functional.linear(torch.tensor(x), torch.tensor(weight), bias)


LINEAR = {
    "one row": ((1, 5, 4), (4,)),
    "whole panels": ((28, 32, 64), (64,)),
    "ragged, two runs": ((37, 300, 45), (45,)),
    "few columns": ((70, 40, 9), (9,)),
    "without a bias": ((37, 20, 45), None),
    "one bias for all": ((37, 20, 45), (1,)),
    "a number": ((37, 20, 45), ()),
    "no row": ((0, 3, 4), (4,)),
    "no number": ((9, 0, 12), (12,)),
    "tiles": ((70, 1500, 62), (62,)),
}

ROWS = {
    "product.matmul": Row(
        {name: partial(_matmul, shapes) for name, shapes in MATRICES.items()}
        | {name: partial(_matmul, ((m, k), (k, n))) for name, (m, k, n) in TILES.items()}
        | {
            name: partial(_matmul, ((count, m, k), (count, k, n)))
            for name, (count, m, k, n) in STACKS.items()
        },
        _by_matmul,
    ),
    "product.linear": Row(
        {name: partial(_linear, *case) for name, case in LINEAR.items()}, _by_linear
    ),
}
