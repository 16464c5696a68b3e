"""Pooling beside PyTorch's, to the second derivative; ties, NaN and borders."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

import minitorch as mt
from minitorch import kernels
from minitorch.nn import functional as F
from tests.ops.orders import assert_all_orders, distinct, real

# kernel_size, stride, padding, dilation
MAX_WINDOWS = [
    (2, None, 0, 1),
    ((3, 2), 1, 1, 1),
    (3, 2, (1, 0), 1),
    ((2, 3), (2, 1), 1, (3, 2)),
    (5, 3, 2, 1),
]


@pytest.mark.parametrize("ceil_mode", [False, True], ids=["floor", "ceil"])
@pytest.mark.parametrize("window", MAX_WINDOWS, ids=str)
def test_max_pool_all_orders(torch, window, ceil_mode):
    def script(torch, x):
        return torch.nn.functional.max_pool2d(x, *window, ceil_mode=ceil_mode)

    assert_all_orders(torch, script, distinct(2, 2, 8, 7))
    assert_all_orders(torch, script, distinct(1, 8, 9))  # without a batch


@pytest.mark.parametrize("window", MAX_WINDOWS, ids=str)
def test_max_pool_indices(torch, window):
    x = distinct(2, 3, 9, 8)
    ours = F.max_pool2d(mt.from_numpy(x), *window, return_indices=True)
    theirs = torch.nn.functional.max_pool2d(torch.from_numpy(x), *window, return_indices=True)
    for a, b in zip(ours, theirs, strict=True):
        assert str(a.dtype) == str(b.dtype)
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_max_pool_of_ties_takes_the_first():
    x = mt.ones(1, 1, 2, 4, requires_grad=True)
    out, indices = F.max_pool2d_with_indices(x, (2, 2), (2, 2))
    assert indices.tolist() == [[[[0, 2]]]]
    assert not indices.requires_grad
    out.sum().backward()
    assert x.grad.tolist() == [[[[1.0, 0.0, 1.0, 0.0], [0.0] * 4]]]


def test_max_pool_hands_on_nan():
    x = mt.tensor([[[[1.0, math.nan, 3.0, 4.0]]]])
    out, indices = F.max_pool2d_with_indices(x, (1, 2), (1, 2))
    np.testing.assert_array_equal(out.numpy(), [[[[math.nan, 4.0]]]])
    assert indices.tolist() == [[[[1, 3]]]]


def test_max_pool_of_infinities_and_padding(torch):
    """Padding loses even against -inf."""
    x = np.full((1, 1, 3, 3), -np.inf)
    ours = F.max_pool2d_with_indices(mt.from_numpy(x), (2, 2), (2, 2), (1, 1))
    theirs = torch.nn.functional.max_pool2d(torch.from_numpy(x), 2, 2, 1, return_indices=True)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_max_pool_adds_up_where_windows_overlap():
    x = mt.tensor([[[[0.0, 0.0, 9.0, 0.0, 0.0]]]], requires_grad=True)
    F.max_pool2d(x, (1, 3), (1, 1)).sum().backward()
    assert x.grad.tolist() == [[[[0.0, 0.0, 3.0, 0.0, 0.0]]]]


@pytest.mark.parametrize("options", [{}, {"count_include_pad": False}, {"divisor_override": -2}])
@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
def test_pooling_of_integers(torch, name, options):
    x = np.random.default_rng(0).integers(-9, 9, (2, 2, 5, 6))
    options = options if name == "avg_pool2d" else {}
    ours = getattr(F, name)(mt.from_numpy(x), 3, 2, 1, **options)
    theirs = getattr(torch.nn.functional, name)(torch.from_numpy(x), 3, 2, 1, **options)
    assert str(ours.dtype) == "torch.int64"
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_max_pool_keeps_small_codes_and_works_out_indices_only_when_asked():
    calls = []

    def indices(*args):
        calls.append(args)
        return kernels.NUMPY.pool.indices(*args)

    x = mt.randn(1, 2, 4, 4, requires_grad=True)
    family = dataclasses.replace(kernels.NUMPY.pool, indices=indices)
    with kernels.using(dataclasses.replace(kernels.NUMPY, pool=family)):
        out = F.max_pool2d(x, (2, 2), (2, 2))
        out.sum().backward()
        assert not calls
        F.max_pool2d_with_indices(x, (2, 2), (2, 2))
        assert len(calls) == 1


@pytest.mark.parametrize("include", [True, False], ids=["include", "exclude"])
@pytest.mark.parametrize("ceil_mode", [False, True], ids=["floor", "ceil"])
@pytest.mark.parametrize(
    ("window", "divisor"),
    [((2, None, 0), None), (((3, 2), 1, 1), None), ((3, 2, (1, 0)), None), ((3, (2, 3), 1), 4)],
    ids=str,
)
def test_avg_pool_all_orders(torch, window, ceil_mode, include, divisor):
    def script(torch, x):
        return torch.nn.functional.avg_pool2d(x, *window, ceil_mode, include, divisor)

    assert_all_orders(torch, script, real(2, 2, 8, 7))


@pytest.mark.parametrize(
    ("shape", "size"),
    list(itertools.product([(2, 3, 7, 5), (3, 4, 6)], [1, (1, 3), (2, 3), (7, None), 8])),
    ids=str,
)
def test_adaptive_avg_pool_all_orders(torch, shape, size):
    def script(torch, x):
        return torch.nn.functional.adaptive_avg_pool2d(x, size)

    assert_all_orders(torch, script, real(*shape))


def test_the_tangent_of_unpooling_is_that_of_the_value_that_stays():
    """Golden: what PyTorch 2.13 answers; its gradient is that of all values, though."""
    places = mt.tensor([[[0, 0, 1]]])

    def unpool(x):
        return F.max_unpool1d(x, places, 1, output_size=[3])

    x = mt.tensor([[[1.0, 2, 3]]])
    out, tangent = mt.func.jvp(unpool, (x,), (10 * x,))
    assert (out.tolist(), tangent.tolist()) == ([[[2, 3, 0]]], [[[20, 30, 0]]])


def test_golden_values():
    x = mt.arange(16.0).reshape(1, 1, 4, 4).requires_grad_()
    assert F.max_pool2d(x, (2, 2), (2, 2)).tolist() == [[[[5.0, 7.0], [13.0, 15.0]]]]
    assert F.avg_pool2d(x, (2, 2), (2, 2)).tolist() == [[[[2.5, 4.5], [10.5, 12.5]]]]
    assert F.avg_pool2d(x, (2, 2), (3, 3), (1, 1)).tolist() == [[[[0.0, 1.25], [5.0, 12.5]]]]
    assert F.adaptive_avg_pool2d(x, (1, 1)).tolist() == [[[[7.5]]]]
    assert F.adaptive_avg_pool2d(x, (1, 3)).tolist() == [[[[6.5, 7.5, 8.5]]]]


def test_names_are_those_of_pytorch():
    x = mt.randn(1, 1, 4, 4, requires_grad=True)
    names = {
        F.max_pool2d(x, (2, 2), (2, 2)): "MaxPool2DWithIndicesBackward0",
        F.avg_pool2d(x, (2, 2), (2, 2)): "AvgPool2DBackward0",
        F.adaptive_avg_pool2d(x, (2, 2)): "AdaptiveAvgPool2DBackward0",
        F.adaptive_avg_pool2d(x, (1, 1)): "MeanBackward1",
    }
    for out, name in names.items():
        assert out.grad_fn.name() == name
        assert out.is_contiguous()


UNBATCHED = {
    "max_pool2d": lambda F, x: F.max_pool2d(x, 2),
    "max_pool3d": lambda F, x: F.max_pool3d(x[None], 2),
    "avg_pool2d": lambda F, x: F.avg_pool2d(x, 2),
    "adaptive_avg_pool2d": lambda F, x: F.adaptive_avg_pool2d(x, 3),
    "adaptive_max_pool2d": lambda F, x: F.adaptive_max_pool2d(x, 3),
    "fractional_max_pool2d": lambda F, x: F.fractional_max_pool2d(x, 2, 2),
    "max_unpool2d": lambda F, x: F.max_unpool2d(x, (x * 0).long(), 2),
    "affine_grid": lambda F, x: F.affine_grid(x[:, :2, :3], (2, 1, 4, 4), False),
}


@pytest.mark.parametrize("name", UNBATCHED)
def test_without_a_batch_results_are_no_views(torch, name):
    """So they can be written into, also where they come out of no_grad()."""

    def script(torch):
        x = torch.arange(32.0).reshape(2, 4, 4)
        with torch.no_grad():
            out = UNBATCHED[name](torch.nn.functional, x)
        is_view = out._is_view()
        out.mul_(torch.ones(1, requires_grad=True))
        return is_view, out.requires_grad

    assert script(mt) == script(torch) == (False, True)


def test_positions_written_over_are_noticed():
    x = mt.randn(2, 4, 4, requires_grad=True)
    out, places = F.adaptive_max_pool2d(x, 2, return_indices=True)
    places.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()


@pytest.mark.parametrize("pool", [F.max_pool2d, F.avg_pool2d])
def test_no_images(pool):
    x = mt.zeros(0, 2, 4, 4, requires_grad=True)
    out = pool(x, (2, 2), (2, 2))
    assert out.shape == (0, 2, 2, 2)
    out.sum().backward()
    assert x.grad.shape == x.shape
