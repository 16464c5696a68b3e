"""Pooling: the NumPy back end beside the reference and, where it is installed, PyTorch."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.kernels import NUMPY, pool_output_size
from tests.kernels.compare import DTYPES, LAYOUTS, check, normal

# x, kernel_size, stride, padding, dilation, ceil_mode
MAX_CASES = {
    "halves": ((2, 3, 6, 8), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "halves, odd size": ((2, 3, 7, 5), (2, 2), (2, 2), (0, 0), (1, 1), False),
    "halves, odd size, ceil": ((2, 3, 7, 5), (2, 2), (2, 2), (0, 0), (1, 1), True),
    "overlapping": ((2, 2, 7, 7), (3, 3), (2, 2), (1, 1), (1, 1), False),
    "overlapping, ceil": ((2, 2, 8, 7), (3, 3), (2, 2), (1, 1), (1, 1), True),
    "uneven": ((1, 2, 9, 8), (3, 2), (2, 3), (1, 0), (1, 2), False),
    "dilated with padding": ((1, 2, 9, 9), (3, 3), (1, 2), (1, 1), (3, 2), False),
    "gaps between windows": ((1, 2, 9, 9), (2, 2), (4, 3), (0, 0), (1, 1), True),
    "whole plane": ((2, 2, 3, 4), (3, 4), (3, 4), (0, 0), (1, 1), False),
    "large window": ((1, 1, 18, 17), (17, 17), (1, 1), (8, 8), (1, 1), False),
    "empty batch": ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1), False),
}


def check_max_pooling(x, geometry, layout="contiguous"):
    kernel_size, stride, padding, dilation, ceil_mode = geometry
    places = (kernel_size, stride, padding, dilation)
    _, codes = check("max_pool2d", x, *places, ceil_mode, layout=layout)
    indices = check("window_indices", codes, x.shape, *places)
    assert indices.dtype == np.int64
    grad = normal(codes.shape, x.dtype, 5)
    check("scatter_windows", grad, codes, x.shape, *places, layout=layout)
    check("gather_windows", x, codes, *places, layout=layout)


@pytest.mark.parametrize("case", MAX_CASES.values(), ids=MAX_CASES.keys())
@pytest.mark.parametrize("dtype", DTYPES)
def test_max_pooling_agrees_with_the_reference(case, dtype):
    check_max_pooling(normal(case[0], dtype), case[1:])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["halves", "overlapping"])
def test_max_pooling_takes_any_strides(name, layout):
    case = MAX_CASES[name]
    check_max_pooling(normal(case[0], np.float32), case[1:], layout)


@st.composite
def max_geometries(draw):
    def pair(low, high):
        return draw(st.tuples(st.integers(low, high), st.integers(low, high)))

    kernel_size, dilation, stride = pair(1, 3), pair(1, 2), pair(1, 4)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel_size)
    spare = pair(0, 5)
    size = tuple(
        max(1, dilation[i] * (kernel_size[i] - 1) + 1 - 2 * padding[i] + spare[i]) for i in (0, 1)
    )
    # Few distinct values make ties, some of them infinite or NaN.
    values = st.sampled_from([-np.inf, -1.0, 0.0, 1.0, np.inf, np.nan])
    count = 2 * size[0] * size[1]
    x = np.array(draw(st.lists(values, min_size=count, max_size=count)))
    return x.reshape(1, 2, *size), (kernel_size, stride, padding, dilation, draw(st.booleans()))


@given(max_geometries())
def test_ties_infinities_and_nan_choose_the_same_place(case):
    x, geometry = case
    kernel_size, stride, padding, dilation, ceil_mode = geometry
    _, codes = check("max_pool2d", x, kernel_size, stride, padding, dilation, ceil_mode)
    grad = normal(codes.shape)
    check("scatter_windows", grad, codes, x.shape, kernel_size, stride, padding, dilation)


def test_integers():
    x = np.random.default_rng(0).integers(-5, 5, (2, 2, 7, 7))
    for dtype in (np.int64, np.int8, np.int32):
        check("max_pool2d", x.astype(dtype), (3, 3), (2, 2), (1, 1), (1, 1), True)


def test_first_of_equals_and_last_nan():
    """Golden: what PyTorch 2.13 answers."""
    x = np.float32([[[[1, 1], [1, 1]], [[0, np.nan], [np.nan, 5]], [[-np.inf] * 2, [-np.inf] * 2]]])
    out, codes = NUMPY.max_pool2d(x, (2, 2), (2, 2), (0, 0), (1, 1), False)
    np.testing.assert_array_equal(out.ravel(), np.float32([1, np.nan, -np.inf]))
    np.testing.assert_array_equal(codes.ravel(), [0, 2, 0])


def test_scatter_keeps_zeros_plain_where_the_gradient_is_odd():
    """Places that were not chosen get +0, whatever the gradient is."""
    codes = np.zeros((1, 1, 1, 3), np.uint8)
    grad = np.float32([[[[-1, np.nan, np.inf]]]])
    out = NUMPY.scatter_windows(grad, codes, (1, 1, 2, 6), (2, 2), (2, 2), (0, 0), (1, 1))
    np.testing.assert_array_equal(out[0, 0], [[-1, 0, np.nan, 0, np.inf, 0], [0] * 6])
    assert not np.signbit(out[0, 0, 1]).any() and not np.signbit(out[0, 0, 0, 1])


def test_codes_take_one_byte_where_they_can():
    x = normal((1, 1, 20, 20))
    for size, dtype in ((2, np.uint8), (16, np.uint8), (17, np.uint16)):
        kernel = (size, size)
        assert NUMPY.max_pool2d(x, kernel, kernel, (0, 0), (1, 1), False)[1].dtype == dtype


def test_pool_output_sizes():
    assert pool_output_size(7, 2, 2, 0, 1, False) == 3
    assert pool_output_size(7, 2, 2, 0, 1, True) == 4
    # A window that would start in the right padding is dropped.
    assert pool_output_size(5, 2, 3, 1, 1, True) == 2
    assert pool_output_size(4, 1, 4, 0, 1, True) == 1


# x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
AVG_CASES = {
    "halves": ((2, 3, 6, 8), (2, 2), (2, 2), (0, 0), False, True, None),
    "overlapping": ((2, 2, 7, 7), (3, 3), (2, 2), (1, 1), False, True, None),
    "padding not counted": ((2, 2, 7, 7), (3, 3), (2, 2), (1, 1), False, False, None),
    "ceil": ((2, 2, 8, 7), (3, 3), (2, 2), (1, 1), True, True, None),
    "ceil, padding not counted": ((2, 2, 8, 7), (3, 2), (2, 3), (1, 1), True, False, None),
    "ceil, no padding": ((1, 2, 7, 8), (2, 3), (2, 3), (0, 0), True, True, None),
    "divisor": ((1, 2, 7, 8), (2, 3), (2, 1), (0, 1), True, True, 5),
    "gaps between windows": ((1, 2, 9, 9), (2, 2), (4, 3), (0, 0), True, False, None),
    "empty batch": ((0, 2, 4, 4), (2, 2), (2, 2), (0, 0), False, True, None),
}


@pytest.mark.parametrize("case", AVG_CASES.values(), ids=AVG_CASES.keys())
@pytest.mark.parametrize("dtype", DTYPES)
def test_average_pooling_agrees_with_the_reference(case, dtype):
    x = normal(case[0], dtype)
    out = check("avg_pool2d", x, *case[1:])
    check("avg_pool2d_grad", normal(out.shape, dtype, 1), x.shape, *case[1:])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_average_pooling_takes_any_strides(layout):
    case = AVG_CASES["ceil, padding not counted"]
    x = normal(case[0])
    out = check("avg_pool2d", x, *case[1:], layout=layout)
    check("avg_pool2d_grad", normal(out.shape), x.shape, *case[1:], layout=layout)
    out = check("adaptive_avg_pool2d", x, (3, 4), layout=layout)
    check("adaptive_avg_pool2d_grad", normal(out.shape), x.shape, layout=layout)


@pytest.mark.parametrize("size", [(1, 1), (2, 4), (3, 3), (7, 8), (9, 10)])
@pytest.mark.parametrize("n_images", [0, 2])
@pytest.mark.parametrize("dtype", DTYPES)
def test_adaptive_pooling_agrees_with_the_reference(size, n_images, dtype):
    x = normal((n_images, 2, 7, 8), dtype)
    out = check("adaptive_avg_pool2d", x, size)
    check("adaptive_avg_pool2d_grad", normal(out.shape, dtype), x.shape)


@given(max_geometries())
def test_max_pooling_agrees_with_pytorch(torch, case):
    x, (kernel_size, stride, padding, dilation, ceil_mode) = case
    expected, places = torch.nn.functional.max_pool2d(
        torch.tensor(x), kernel_size, stride, padding, dilation, ceil_mode, return_indices=True
    )
    out, codes = NUMPY.max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode)
    np.testing.assert_array_equal(out, expected)
    indices = NUMPY.window_indices(codes, x.shape, kernel_size, stride, padding, dilation)
    np.testing.assert_array_equal(indices, places)


@pytest.mark.parametrize("case", AVG_CASES.values(), ids=AVG_CASES.keys())
def test_average_pooling_agrees_with_pytorch(torch, case):
    shape, *parameters = case
    x = torch.tensor(normal(shape), requires_grad=True)
    expected = torch.nn.functional.avg_pool2d(x, *parameters)
    out = NUMPY.avg_pool2d(normal(shape), *parameters)
    np.testing.assert_allclose(out, expected.detach(), atol=1e-14)
    grad = normal(out.shape, seed=1)
    expected.backward(torch.tensor(grad))
    np.testing.assert_allclose(NUMPY.avg_pool2d_grad(grad, shape, *parameters), x.grad, atol=1e-14)


@pytest.mark.parametrize("size", [(1, 1), (3, 4), (9, 10)])
def test_adaptive_pooling_agrees_with_pytorch(torch, size):
    x = torch.tensor(normal((2, 2, 7, 8)), requires_grad=True)
    expected = torch.nn.functional.adaptive_avg_pool2d(x, size)
    out = NUMPY.adaptive_avg_pool2d(normal((2, 2, 7, 8)), size)
    np.testing.assert_allclose(out, expected.detach(), atol=1e-14)
    grad = normal(out.shape, seed=1)
    expected.backward(torch.tensor(grad))
    np.testing.assert_allclose(
        NUMPY.adaptive_avg_pool2d_grad(grad, (2, 2, 7, 8)), x.grad, atol=1e-14
    )
