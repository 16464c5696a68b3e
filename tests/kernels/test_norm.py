"""Batch normalisation, softmax and the negative log likelihood beside the reference and PyTorch."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.kernels import NUMPY
from tests.kernels.compare import DTYPES, LAYOUTS, check, check_close, normal

NORM_SHAPES = [(5, 3), (4, 3, 5), (2, 3, 4, 5), (2, 1, 2, 3, 2), (1, 2, 3, 3), (0, 3, 2, 2)]


@pytest.mark.parametrize("shape", NORM_SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("affine", [True, False])
def test_batch_norm_agrees_with_the_reference(shape, dtype, affine):
    x = normal(shape, dtype) * dtype(2) + dtype(3)
    weight = normal(shape[1:2], dtype, 1) if affine else None
    bias = normal(shape[1:2], dtype, 2) if affine else None
    _, mean, invstd = check("batch_norm", x, weight, bias, 1e-5)
    check("batch_norm_grad", normal(shape, dtype, 3), x, weight, mean, invstd)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_batch_norm_takes_any_strides(layout):
    x, weight, bias = normal((2, 3, 4, 5)), normal((3,), seed=1), normal((3,), seed=2)
    _, mean, invstd = check("batch_norm", x, weight, bias, 1e-3, layout=layout)
    check("batch_norm_grad", normal(x.shape), x, weight, mean, invstd, layout=layout)


def test_a_constant_channel_is_divided_by_the_root_of_eps():
    out, mean, invstd = NUMPY.batch_norm(np.full((4, 1), 7.0), None, None, 1e-4)
    np.testing.assert_array_equal(out, np.zeros((4, 1)))
    np.testing.assert_allclose([mean[0], invstd[0]], [7, 100])


@pytest.mark.parametrize("shape", [(2000, 1), (50, 1, 10, 20)])
def test_the_variance_keeps_its_digits_far_from_zero(shape):
    """The mean is taken off before squaring: 10,000 +- 0.01 in float32 has a variance."""
    x = (10_000 + 0.01 * normal(shape)).astype(np.float32)
    invstd = NUMPY.batch_norm(x, None, None, 0.0)[2]
    np.testing.assert_allclose(invstd, 1 / x.astype(np.float64).std(), rtol=1e-3)


@st.composite
def arrays_and_dims(draw):
    shape = tuple(draw(st.lists(st.integers(0, 4), min_size=1, max_size=4)))
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    return normal(shape) * 10, dim


@given(arrays_and_dims())
def test_softmax_agrees_with_the_reference(case):
    x, dim = case
    for name in ("softmax", "log_softmax"):
        out = check(name, x, dim)
        check(f"{name}_grad", normal(x.shape, seed=1), out, dim)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_softmax_takes_any_dtype_and_strides(dtype, layout):
    x = normal((3, 4, 5), dtype)
    for name in ("softmax", "log_softmax"):
        out = check(name, x, 1, layout=layout)
        check(f"{name}_grad", normal(x.shape, dtype, 1), out, 1, layout=layout)


def test_softmax_of_large_and_infinite_values():
    x = np.float32([[1e4, 0], [-np.inf, 0], [np.inf, 0], [-np.inf, -np.inf]])
    nan = np.nan
    np.testing.assert_array_equal(NUMPY.softmax(x, 1), [[1, 0], [0, 1], [nan, nan], [nan, nan]])
    expected = [[0, -1e4], [-np.inf, 0], [nan, nan], [nan, nan]]
    np.testing.assert_array_equal(NUMPY.log_softmax(x, 1), expected)


LOSS_SHAPES = [(4, 5), (0, 5), (3, 4, 2), (2, 3, 2, 3)]


@pytest.mark.parametrize("shape", LOSS_SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("ignore_index", [-100, 1])
def test_nll_loss_agrees_with_the_reference(shape, dtype, weighted, ignore_index):
    target_shape = (shape[0], *shape[2:])
    target = np.random.default_rng(0).integers(0, shape[1], target_shape)
    target.reshape(-1)[:1] = ignore_index
    weight = np.abs(normal((shape[1],), dtype, 1)) if weighted else None
    check("nll_loss", normal(shape, dtype), target, weight, ignore_index)
    grad = normal(target_shape, dtype, 2)
    check("nll_loss_grad", grad, target, weight, ignore_index, shape)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nll_loss_takes_any_strides(layout):
    target = np.array([[1, 0], [3, 2], [2, 2]])
    weight = np.array([0.5, 1, 2, 0])
    check("nll_loss", normal((3, 4, 2)), target, weight, -100, layout=layout)
    check("nll_loss_grad", normal((3, 2)), target, weight, -100, (3, 4, 2), layout=layout)


def test_an_ignored_sample_counts_nothing_even_where_it_is_infinite():
    losses, weights = NUMPY.nll_loss(
        np.array([[-np.inf, np.nan], [-1.0, -2.0]]), np.array([-100, 1]), None, -100
    )
    np.testing.assert_array_equal(losses, [0, 2])
    np.testing.assert_array_equal(weights, [0, 1])


@pytest.mark.parametrize("shape", [s for s in NORM_SHAPES if s[0]])
def test_batch_norm_agrees_with_pytorch(torch, shape):
    x, weight, bias = normal(shape), normal(shape[1:2], seed=1), normal(shape[1:2], seed=2)
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, weight, bias)]
    expected = torch.nn.functional.batch_norm(
        tensors[0], None, None, tensors[1], tensors[2], training=True, eps=1e-5
    )
    out, mean, invstd = NUMPY.batch_norm(x, weight, bias, 1e-5)
    np.testing.assert_allclose(out, expected.detach(), atol=1e-12)
    grad = normal(shape, seed=3)
    expected.backward(torch.tensor(grad))
    got = NUMPY.batch_norm_grad(grad, x, weight, mean, invstd)
    check_close(got, tuple(t.grad.numpy() for t in tensors), 1e-11)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softmax_agrees_with_pytorch(torch, name, dtype):
    x = normal((6, 5, 4), dtype) * 5
    tensor = torch.tensor(x, requires_grad=True)
    expected = getattr(torch, name)(tensor, 1)
    out = getattr(NUMPY, name)(x, 1)
    check_close(out, expected.detach().numpy())
    grad = normal(x.shape, dtype, 1)
    expected.backward(torch.tensor(grad))
    check_close(getattr(NUMPY, f"{name}_grad")(grad, out, 1), tensor.grad.numpy())


@pytest.mark.parametrize("shape", [s for s in LOSS_SHAPES if s[0]])
def test_nll_loss_agrees_with_pytorch(torch, shape):
    target = np.random.default_rng(0).integers(0, shape[1], (shape[0], *shape[2:]))
    target.reshape(-1)[0] = -100
    weight = np.abs(normal((shape[1],), seed=1))
    x = torch.tensor(normal(shape), requires_grad=True)
    expected = torch.nn.functional.nll_loss(
        x, torch.tensor(target), torch.tensor(weight), reduction="none"
    )
    losses, weights = NUMPY.nll_loss(normal(shape), target, weight, -100)
    np.testing.assert_allclose(losses, expected.detach())
    grad = normal(target.shape, seed=2)
    expected.backward(torch.tensor(grad))
    np.testing.assert_allclose(NUMPY.nll_loss_grad(grad, target, weight, -100, shape), x.grad)
    mean = torch.nn.functional.nll_loss(x, torch.tensor(target), torch.tensor(weight))
    np.testing.assert_allclose(losses.sum() / weights.sum(), mean.item())
