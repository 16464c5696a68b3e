"""Sizes, dimensions and values of functions of shapes and indices, given by keyword."""

from typing import Any

import pytest

import minitorch as mt
from tests.support.table import row


@row([[3, 2], [6], [3, 2], [2, 3, 2], [4, 3], [1, 4, 3], [3, 2], [3, 2]])
def test_sizes_and_dimensions(torch: Any) -> Any:
    x = torch.arange(6.0).view(size=(2, 3))
    shapes = [
        x.view(size=(3, 2)),
        x.reshape(shape=(6,)),
        torch.reshape(x, shape=(3, 2)),
        x.t().expand(size=(2, 3, 2)),
        x.repeat(repeats=(2, 1)),
        x.tile(dims=(1, 2, 1)),
        torch.permute(x, dims=(1, 0)),
        x.moveaxis(0, 1),
    ]
    return [list(y.shape) for y in shapes]


@row([[[2.0, 1.0, 0.0], [5.0, 4.0, 3.0]], [[3.0, 4.0, 5.0], [0.0, 1.0, 2.0]], [[0.0, 3.0]]])
def test_dimensions_to_reverse_and_swap(torch: Any) -> Any:
    x = torch.arange(6.0).view(2, 3)
    return [torch.flip(x, dims=(1,)), x.flip(dims=[0]), x.permute(dims=(1, 0))[:1]]


@row([[0.0, 7.0], [7.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0, 7.0]])
def test_values(torch: Any) -> Any:
    x, i = torch.zeros(2), torch.tensor([1])
    return [
        torch.scatter(x, 0, i, value=7.0),
        x.clone().scatter_(0, torch.tensor([0]), value=7.0),
        torch.repeat_interleave(torch.arange(2.0), 2, output_size=4),
        torch.scatter(x, 0, i, value=7.0, out=torch.empty(2)),
    ]


def test_sizes_given_twice_are_refused() -> None:
    with pytest.raises(TypeError, match="by position and"):
        mt.ones(6).reshape(2, 3, shape=(6,))


@pytest.mark.parametrize("given", [{}, {"src": mt.ones(1), "value": 1.0}])
def test_scatter_takes_one_of_src_and_value(given: Any) -> None:
    with pytest.raises(TypeError, match="give one of them"):
        mt.zeros(2).scatter(0, mt.tensor([1]), **given)
