"""Sums of many numbers: they keep float32's digits whatever the axis and the order in memory."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.kernels.sums import add_floats, add_products

SHAPES = [
    (300_000, 2),
    (2, 300_000),
    (100_000, 3, 2),
    (2, 100_000, 3),
    (3, 2, 100_000),
    (500, 500, 3),
    (70, 300, 20),
    (1000, 5, 1, 60),
]
LAYOUTS = {
    "contiguous": lambda x: x,
    "transposed": lambda x: x.T,
    "first_axis_inside": lambda x: np.moveaxis(np.moveaxis(x, 0, -1).copy(), -1, 0),
    "with_gaps": lambda x: np.repeat(x, 2, -1)[..., ::2],
    "rows_reversed": lambda x: x[::-1],
}


@pytest.mark.parametrize("spread", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_digits_along_every_axis(shape, spread):
    x = spread(np.random.default_rng(0).random(shape, np.float32) + np.float32(0.5))
    for count in range(1, x.ndim + 1):
        for dims in itertools.combinations(range(x.ndim), count):
            out = add_floats(x, dims)
            assert out.dtype == np.float32
            np.testing.assert_allclose(out, x.sum(dims, np.float64), rtol=1.5e-6)
            assert add_floats(x, dims[::-1], True).shape == x.sum(dims, keepdims=True).shape
    np.testing.assert_allclose(add_floats(x), x.sum(dtype=np.float64), rtol=1.5e-6)


@pytest.mark.parametrize("dims", [(0,), (1,), (0, 1), (1, 2), (0, 1, 2), None], ids=str)
def test_ones_are_counted_beyond_2_to_the_24(dims):
    for shape in [(2**13, 2**12 + 1, 1), (1, 2**25 + 2, 1), (3, 2**24 + 2, 1)]:
        ones = np.broadcast_to(np.float32(1), shape)
        count = math.prod(shape if dims is None else [shape[d] for d in dims])
        assert np.all(add_floats(ones, dims) == count)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=4), st.data())
def test_any_shape_and_dims(shape, data):
    order = data.draw(st.permutations(range(len(shape))))
    steps = data.draw(
        st.lists(st.sampled_from([1, 2, -1]), min_size=len(shape), max_size=len(shape))
    )
    dims = tuple(data.draw(st.lists(st.sampled_from(range(len(shape))), unique=True)))
    count = math.prod(shape)
    x = (np.arange(count) % 7).reshape(shape).transpose(order)
    x = x[tuple([slice(None, None, n) for n in steps])]
    for dtype in (np.float32, np.float16, np.float64):
        for keepdims in (False, True):
            out = add_floats(x.astype(dtype, order="K"), dims, keepdims)
            np.testing.assert_array_equal(out, x.sum(dims, keepdims=keepdims))


@pytest.mark.parametrize(
    ("left", "right"),
    [((2, -1), (-1, 3)), ((1, -1), (-1, 1)), ((0, -1), (-1, 2)),
     ((2, -1), (-1,)), ((-1,), (-1, 2)), ((-1,), (-1,)),
     ((3, 1, 2, -1), (2, -1, 2)), ((2, -1), (3, -1, 1))],
)  # fmt: skip
def test_products_of_long_rows_and_columns(left, right):
    n = 70_001
    draw = np.random.default_rng(0)
    a, b = (draw.random([n if s < 0 else s for s in x], np.float32) for x in (left, right))
    for x, y in ((a, b), (np.asfortranarray(a), np.asfortranarray(b)), (a[..., ::-1], b)):
        out = add_products(x, y)
        assert out.dtype == np.float32
        np.testing.assert_allclose(out, x.astype(np.float64) @ y.astype(np.float64), rtol=2e-6)


def test_products_with_expanded_vectors_count_beyond_2_to_the_24():
    ones = np.broadcast_to(np.float32(1), (1, 2**24 + 64))
    assert add_products(ones, ones.T).item() == 2**24 + 64
    assert add_products(ones, ones[0]).item() == 2**24 + 64


def test_float16_is_added_in_float32():
    out = add_floats(np.ones((70_000, 2), np.float16), (0,))
    assert out.dtype == np.float32
    assert out.tolist() == [70_000] * 2


def test_nan_and_infinity_arrive():
    x = np.ones((5000, 3), np.float32)
    x[4321, 0], x[70, 1] = np.nan, -np.inf
    np.testing.assert_array_equal(add_floats(x, (0,)), [np.nan, -np.inf, 5000])
