"""Softmax and its logarithm beside PyTorch's; extremes, dimensions, dtypes."""

import math

import numpy as np
import pytest

import minitorch as mt
from tests.ops.orders import assert_all_orders, real

FUNCTIONS = ["softmax", "log_softmax"]
SHAPES = [((3, 5), 1), ((3, 5), 0), ((2, 3, 4), 1), ((2, 3, 4), -1), ((2, 4, 3, 2), -3), ((6,), 0)]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("shape", "dim"), SHAPES, ids=str)
def test_all_orders(torch, name, shape, dim):
    assert_all_orders(torch, lambda torch, x: getattr(torch, name)(x, dim), 3 * real(*shape))
    assert_all_orders(torch, lambda _, x: getattr(x, name)(dim), 3 * real(*shape))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "rows",
    [
        [1e4, 0.0, -1e4],
        [-math.inf, 0.0, 1.0],
        [math.inf, 0.0, 1.0],
        [-math.inf] * 3,
        [math.nan, 0.0, 1.0],
        [3e38, 3e38, -3e38],
    ],
    ids=str,
)
def test_extremes(torch, name, rows):
    for dtype in ("float32", "float64"):
        ours = getattr(mt, name)(mt.tensor([rows], dtype=getattr(mt, dtype)), 1)
        theirs = getattr(torch, name)(torch.tensor([rows], dtype=getattr(torch, dtype)), 1)
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_dtypes(torch, name):
    def run(torch, source, dtype):
        x = torch.arange(6, dtype=getattr(torch, source)).reshape(2, 3)
        return getattr(torch, name)(x, 1, dtype=dtype and getattr(torch, dtype))

    for source, dtype in [
        ("float16", None), ("float32", "float64"), ("int64", "float32"), ("float16", "float32"),
    ]:  # fmt: skip
        ours, theirs = run(mt, source, dtype), run(torch, source, dtype)
        assert str(ours.dtype) == str(theirs.dtype)
        rtol = 2e-3 if theirs.dtype == torch.float16 else 1e-6
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=rtol)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_bad_input(name):
    function = getattr(mt, name)
    with pytest.raises(IndexError, match=r"range of \[-2, 1\], but got 2"):
        function(mt.zeros(2, 3), 2)
    with pytest.raises(NotImplementedError, match=r"not implemented for .*Long.*float\(\)"):
        function(mt.tensor([1, 2]), 0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_edge_shapes(torch, name):
    for shape, dim in [((), 0), ((), -1), ((0, 3), 0), ((0, 3), 1), ((2, 0), 1), ((1, 1), 0)]:
        assert_all_orders(torch, lambda torch, x, d=dim: getattr(torch, name)(x, d), real(*shape))


def test_golden_values():
    x = mt.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    expected = [0.09003057, 0.24472847, 0.66524096]
    assert mt.softmax(x, 1).tolist()[0] == pytest.approx(expected)
    assert mt.log_softmax(x, 1).tolist()[0] == pytest.approx([-2.4076059, -1.4076059, -0.4076059])
    assert mt.softmax(x, 1).grad_fn.name() == "SoftmaxBackward0"
    assert mt.log_softmax(x, 1).grad_fn.name() == "LogSoftmaxBackward0"


def test_the_logarithm_is_exact_where_the_share_is_nothing():
    assert mt.log_softmax(mt.tensor([0.0, -1000.0]), 0).tolist() == [0.0, -1000.0]
