"""Pooling: ties, infinities and NaN, what PyTorch chooses, codes and sizes."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.kernels import NUMPY, pool_output_size, pool_output_sizes
from tests.kernels.back_ends import BACK_ENDS
from tests.kernels.cases import ROWS, pool as cases
from tests.kernels.check import check, normal

every_back_end = pytest.mark.parametrize("record", BACK_ENDS, ids=lambda record: record.name)


def check_kernel(record, name, *arguments):
    return check(record, f"pool.{name}", ROWS[f"pool.{name}"], arguments)


@st.composite
def max_geometries(draw):
    ndim = draw(st.sampled_from([2, 1, 3]))
    largest = 2 if ndim == 3 else 3  # the loops of the reference take their time

    def sizes(low, high):
        return draw(st.tuples(*[st.integers(low, high)] * ndim))

    kernel_size, dilation, stride = sizes(1, largest), sizes(1, 2), sizes(1, 4)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel_size)
    spare = sizes(0, 5 if ndim < 3 else 2)
    size = tuple(
        max(1, dilation[i] * (kernel_size[i] - 1) + 1 - 2 * padding[i] + spare[i])
        for i in range(ndim)
    )
    # Few distinct values make ties, some of them infinite or NaN.
    values = st.sampled_from([-np.inf, -1.0, 0.0, 1.0, np.inf, np.nan])
    count = 2 * int(np.prod(size))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    x = np.array(draw(st.lists(values, min_size=count, max_size=count)), dtype)
    return x.reshape(1, 2, *size), (kernel_size, stride, padding, dilation, draw(st.booleans()))


@every_back_end
@given(max_geometries())
def test_ties_infinities_and_nan_choose_the_same_place(record, case):
    x, (*window, ceil_mode) = case
    _, codes = check_kernel(record, "max", x, *window, ceil_mode)
    check_kernel(record, "indices", codes, x.shape, *window)
    check_kernel(record, "scatter", normal(codes.shape, x.dtype), codes, x.shape, *window)
    check_kernel(record, "gather", x, codes, *window)


def test_integers(back_end):
    x = np.random.default_rng(0).integers(-5, 5, (2, 2, 7, 7))
    for dtype in (np.int64, np.int8, np.int32):
        check_kernel(back_end, "max", x.astype(dtype), (3, 3), (2, 2), (1, 1), (1, 1), True)
    check_kernel(back_end, "average", x, (3, 3), (2, 2), (1, 1), True, False, None)


def test_first_of_equals_and_last_nan(back_end):
    """Golden: what PyTorch 2.13 answers."""
    x = np.float32([[[[1, 1], [1, 1]], [[0, np.nan], [np.nan, 5]], [[-np.inf] * 2, [-np.inf] * 2]]])
    out, codes = back_end.pool.max(x, (2, 2), (2, 2), (0, 0), (1, 1), False)
    np.testing.assert_array_equal(out.ravel(), np.float32([1, np.nan, -np.inf]))
    np.testing.assert_array_equal(codes.ravel(), [0, 2, 0])


def test_scatter_keeps_zeros_plain_where_the_gradient_is_odd(back_end):
    """Places that were not chosen get +0, whatever the gradient is."""
    codes = np.zeros((1, 1, 1, 3), np.uint8)
    grad = np.float32([[[[-1, np.nan, np.inf]]]])
    out = back_end.pool.scatter(grad, codes, (1, 1, 2, 6), (2, 2), (2, 2), (0, 0), (1, 1))
    np.testing.assert_array_equal(out[0, 0], [[-1, 0, np.nan, 0, np.inf, 0], [0] * 6])
    assert not np.signbit(out[0, 0, 1]).any() and not np.signbit(out[0, 0, 0, 1])


def test_codes_take_one_byte_where_they_can(back_end):
    x = normal((1, 1, 20, 20))
    for size, dtype in ((2, np.uint8), (16, np.uint8), (17, np.uint16)):
        kernel = (size, size)
        assert back_end.pool.max(x, kernel, kernel, (0, 0), (1, 1), False)[1].dtype == dtype


def test_means_of_images_of_many_sizes_keep_no_memory():
    def pool(n):
        return NUMPY.pool.average(np.ones((1, 1, n, n)), (3, 3), (1, 1), (1, 1), False, False, None)

    pool(300)
    tracemalloc.start()
    try:
        for n in range(301, 321):
            pool(n)
        assert tracemalloc.get_traced_memory()[0] < 300 * 300 * 8
    finally:
        tracemalloc.stop()


def test_pool_output_sizes():
    assert pool_output_size(7, 2, 2, 0, 1, False) == 3
    assert pool_output_size(7, 2, 2, 0, 1, True) == 4
    # A window that would start in the right padding is dropped.
    assert pool_output_size(5, 2, 3, 1, 1, True) == 2
    assert pool_output_size(4, 1, 4, 0, 1, True) == 1
    assert pool_output_sizes((7, 5), (2, 2), (2, 3), (0, 1), (1, 1), True) == (4, 2)


@every_back_end
@given(max_geometries())
def test_max_pooling_agrees_with_pytorch(torch, record, case):
    x, window = case
    expected, places = cases.max_pool(torch, x, *window, return_indices=True)
    out, codes = record.pool.max(x, *window)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(record.pool.indices(codes, x.shape, *window[:4]), places)
