"""Batch normalisation, softmax and the negative log likelihood where numbers are hard."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tests.kernels.back_ends import BACK_ENDS
from tests.kernels.cases import ROWS
from tests.kernels.check import check, check_close, normal


def test_a_constant_channel_is_divided_by_the_root_of_eps(back_end):
    out, mean, invstd = back_end.norm.batch(np.full((4, 1), 7.0), None, None, 1e-4)
    np.testing.assert_array_equal(out, np.zeros((4, 1)))
    np.testing.assert_allclose([mean[0], invstd[0]], [7, 100])


@pytest.mark.parametrize("shape", [(2000, 1), (50, 1, 10, 20), (2, 1, 400, 400)])
def test_the_variance_keeps_its_digits_far_from_zero(back_end, shape):
    """The mean is taken off before squaring: 10,000 +- 0.01 in float32 has a variance."""
    x = (10_000 + 0.01 * normal(shape)).astype(np.float32)
    invstd = back_end.norm.batch(x, None, None, 0.0)[2]
    np.testing.assert_allclose(invstd, 1 / x.astype(np.float64).std(), rtol=1e-3)


@st.composite
def arrays_and_dims(draw):
    shape = tuple(draw(st.lists(st.integers(0, 4), min_size=1, max_size=4)))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    return normal(shape) * 10, dim


@pytest.mark.parametrize("record", BACK_ENDS, ids=lambda record: record.name)
@given(arrays_and_dims())
def test_softmax_of_any_shape(record, case):
    x, dim = case
    for name in ("softmax.forward", "softmax.log"):
        out = check(record, name, ROWS[name], (x, dim))
        name = name.replace("forward", "grad").replace("log", "log_grad")
        check(record, name, ROWS[name], (normal(x.shape, seed=1), out, dim))


def test_softmax_of_large_and_infinite_values(back_end):
    x = np.float32([[1e4, 0], [-np.inf, 0], [np.inf, 0], [-np.inf, -np.inf]])
    nan = np.nan
    np.testing.assert_array_equal(
        back_end.softmax.forward(x, 1), [[1, 0], [0, 1], [nan, nan], [nan, nan]]
    )
    expected = [[0, -1e4], [-np.inf, 0], [nan, nan], [nan, nan]]
    np.testing.assert_array_equal(back_end.softmax.log(x, 1), expected)


def test_an_ignored_sample_counts_nothing_even_where_it_is_infinite(back_end):
    x, target = np.float32([[-np.inf, np.nan], [-1.0, -2.0]]), np.array([-100, 1])
    for reduction, expected in {"none": [0, 2], "mean": 2, "sum": 2}.items():
        loss = back_end.loss.nll(x, target, None, -100, reduction)
        np.testing.assert_array_equal(loss, expected)


@pytest.mark.parametrize("label", [-1, 2, -101, -(1 << 63)])
def test_a_label_that_is_no_class_is_named(back_end, label):
    for dtype in ("float32", "float64"):
        with pytest.raises(IndexError, match=f"Target {label} is out of bounds"):
            back_end.loss.nll(np.zeros((2, 2), dtype), np.array([-100, label]), None, -100, "mean")


@pytest.mark.parametrize(("name", "grad_name"), [("forward", "grad"), ("log", "log_grad")])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softmax_agrees_with_pytorch(torch, back_end, name, grad_name, dtype):
    x = normal((6, 5, 4), dtype) * 5
    tensor = torch.tensor(x, requires_grad=True)
    expected = {"forward": torch.softmax, "log": torch.log_softmax}[name](tensor, 1)
    out = getattr(back_end.softmax, name)(x, 1)
    check_close(out, expected.detach().numpy())
    grad = normal(x.shape, dtype, 1)
    expected.backward(torch.tensor(grad))
    check_close(getattr(back_end.softmax, grad_name)(grad, out, 1), tensor.grad.numpy())
