"""Cases of writes at indices."""

from functools import partial
from typing import Any

import numpy as np

from tests.kernels.check import Row, normal

INDICES = {
    "rows": ((5, 3), np.array([4, 0, 4, 4, 1])),
    "rows, negative": ((5, 3), np.array([-1, 4, 0])),
    "rows, two dims of index": ((5, 2), np.array([[0, 0, 1], [4, 0, -5]])),
    "no rows": ((5, 3), np.array([], np.int64)),
    "one axis": ((4,), np.array([1, 1, 1, 2])),
    "two axes": ((3, 4), (np.array([0, 2, 0]), np.array([1, 1, 1]))),
    "two axes, broadcast": ((3, 4), (np.array([[0], [2]]), np.array([1, 1, 3]))),
    "slice and rows": ((3, 4, 2), (slice(None), np.array([0, 0, 3]))),
    "a mask": ((3, 4), np.arange(12).reshape(3, 4) % 3 == 0),
    "an ellipsis": ((2, 3, 4), (..., np.array([1, 1]))),
    "one number each": ((7, 1), np.array([4, 0, 4, 4, 1, -1])),
    "wide rows, some of them often": ((30, 32, 8), np.arange(200) % 12 * np.arange(200) % 29 - 2),
    "wide rows, all of them often": ((20, 512), np.arange(80).reshape(2, 40) % 20),
    "rows, some of very many": ((70_000, 2), np.arange(20_000) * 7 % 69_000),
    "rows, one of them hundreds of times": ((3, 20), np.arange(700) % 7 // 6),
    "rows of nothing": ((5, 0), np.array([1, 1])),
    "int32": ((5, 3), np.array([4, 4, 0], np.int32)),
}


def add(case: Any, dtype: Any) -> tuple[Any, ...]:
    shape, index = case
    return normal(np.zeros(shape)[index].shape, dtype), index, shape


def integers(dtype: Any) -> tuple[Any, ...]:
    return np.array([1, 2, 3]), np.array([0, 0, 1]), (2,)


def _add_of(torch: Any, values: Any, index: Any, shape: Any) -> Any:
    places = torch.tensor(np.arange(np.prod(shape)).reshape(shape)[index].reshape(-1))
    out = torch.zeros(int(np.prod(shape)), dtype=torch.tensor(values).dtype)
    return out.index_add_(0, places, torch.tensor(values).reshape(-1)).reshape(shape)


ROWS = {
    "index.add": Row(
        {name: partial(add, case) for name, case in INDICES.items()} | {"of integers": integers},
        _add_of,
    )
}
