"""3x3 convolution by Winograd filtering: exactness of the method, error in float32, its limits."""

import numpy as np
import pytest

from minitorch.kernels import NUMPY
from minitorch.kernels.numpy import winograd
from tests.kernels.check import normal


def by_unfolding(x, weight, padding):
    """The same convolution and its gradients in float64, which never takes the quick path."""
    x, weight = x.astype(np.float64), weight.astype(np.float64)
    out = NUMPY.conv.forward(x, weight, None, (1, 1), padding, (1, 1), 1)
    grad = normal(out.shape, np.float32, 9)
    wide = grad.astype(np.float64)
    parameters = ((1, 1), padding, (1, 1), 1)
    return (
        grad,
        out,
        NUMPY.conv.input_grad(wide, weight, x.shape, *parameters),
        NUMPY.conv.weight_grad(wide, x, weight.shape, *parameters),
    )


def check_error(got, exact, limit=1e-5):
    assert got.dtype == np.float32 and got.shape == exact.shape and got.flags.c_contiguous
    assert np.abs(got - exact).max() <= limit * np.abs(exact).max()


def test_filter_matrices_compute_a_correlation():
    a_t, g, b_t = winograd.filter_matrices()
    signal, taps = normal((6,)), normal((3,), seed=1)
    expected = np.correlate(signal, taps, "valid")
    np.testing.assert_allclose(a_t @ ((g @ taps) * (b_t @ signal)), expected, rtol=1e-12)


@pytest.mark.parametrize("padding", [(0, 0), (1, 1), (2, 1), (4, 5)])
@pytest.mark.parametrize("size", [(8, 8), (7, 10), (3, 3), (5, 33)])
@pytest.mark.parametrize("n_images", [1, 5])
def test_agrees_with_unfolding(n_images, size, padding):
    x = normal((n_images, 5, *size), np.float32)
    weight = normal((7, 5, 3, 3), np.float32, 1)
    grad, out, grad_x, grad_weight = by_unfolding(x, weight, padding)
    check_error(winograd.forward(x, weight, padding), out)
    check_error(winograd.input_grad(grad, weight, x.shape, padding), grad_x)
    check_error(winograd.weight_grad(grad, x, padding), grad_weight)


def test_several_chunks(monkeypatch):
    monkeypatch.setattr(winograd, "ROWS", 8)
    x, weight = normal((5, 4, 8, 8), np.float32), normal((3, 4, 3, 3), np.float32, 1)
    grad, out, grad_x, grad_weight = by_unfolding(x, weight, (1, 1))
    check_error(winograd.forward(x, weight, (1, 1)), out)
    check_error(winograd.input_grad(grad, weight, x.shape, (1, 1)), grad_x)
    check_error(winograd.weight_grad(grad, x, (1, 1)), grad_weight)


def test_the_error_in_float32_is_small_where_many_channels_add_up():
    """One of AlexNet's layers, a few images: about twice the error of a plain product."""
    x = normal((16, 384, 8, 8), np.float32)
    weight = normal((32, 384, 3, 3), np.float32, 1) * np.float32(0.02)
    grad, out, grad_x, grad_weight = by_unfolding(x, weight, (1, 1))
    parameters = ((1, 1), (1, 1), (1, 1), 1)
    assert winograd.suits(x.shape, weight.shape, *parameters, x.dtype)
    check_error(NUMPY.conv.forward(x, weight, None, *parameters), out, 5e-6)
    check_error(NUMPY.conv.input_grad(grad, weight, x.shape, *parameters), grad_x, 5e-6)
    check_error(NUMPY.conv.weight_grad(grad, x, weight.shape, *parameters), grad_weight, 5e-6)


@pytest.mark.parametrize("layout", ["transposed", "strided"])
def test_bias_strides_and_float16_on_the_quick_path(layout):
    x = normal((32, 16, 8, 8), np.float32)
    weight, bias = normal((16, 16, 3, 3), np.float32, 1), normal((16,), np.float32, 2)
    parameters = ((1, 1), (1, 1), (1, 1), 1)
    assert winograd.suits(x.shape, weight.shape, *parameters, x.dtype)
    expected = by_unfolding(x, weight, (1, 1))[1] + bias.reshape(16, 1, 1)
    if layout == "transposed":
        x, weight = x.transpose(2, 3, 0, 1).copy().transpose(2, 3, 0, 1), np.asfortranarray(weight)
    else:
        x = np.repeat(x, 2, axis=3)[..., ::2]
    check_error(NUMPY.conv.forward(x, weight, bias, *parameters), expected)
    half = [a.astype(np.float16) for a in (x, weight, bias)]
    got = NUMPY.conv.forward(*half, *parameters)
    assert got.dtype == np.float16
    assert np.abs(got - expected).max() < 0.01 * np.abs(expected).max()


def test_choice():
    parameters = ((1, 1), (1, 1), (1, 1), 1)

    def suits(x_shape=(32, 64, 8, 8), weight_shape=(64, 64, 3, 3), dtype=np.float32, **changes):
        names = ("stride", "padding", "dilation", "groups")
        chosen = dict(zip(names, parameters, strict=True)) | changes
        return winograd.suits(x_shape, weight_shape, *chosen.values(), np.dtype(dtype))

    assert suits()
    assert not suits(dtype=np.float64)  # gradcheck's digits
    assert not suits(stride=(2, 1))
    assert not suits(dilation=(1, 2))
    assert not suits(groups=2)
    assert not suits(weight_shape=(64, 64, 5, 5))
    assert not suits(weight_shape=(64, 3, 3, 3), x_shape=(32, 3, 32, 32))
    assert not suits(x_shape=(0, 64, 8, 8))
    assert not suits(x_shape=(32, 64, 8, 224))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["x", "weight"])
def test_what_is_not_finite_stays_in_its_place(value, where):
    """The quick path would spread it over the whole image; PyTorch does not."""
    x, weight = normal((32, 16, 8, 8), np.float32), normal((16, 16, 3, 3), np.float32, 1)
    if where == "x":
        x[3, 5, 4, 4] = value
    else:
        weight[7, 2, 0, 1] = value
    grad = np.ones_like(x)
    if where == "x":
        grad[3, 5, 4, 4] = value
    parameters = ((1, 1), (1, 1), (1, 1), 1)
    wide = [a.astype(np.float64) for a in (x, weight, grad)]
    for got, exact in (
        (NUMPY.conv.forward(x, weight, None, *parameters), (wide[0], wide[1], "forward")),
        (
            NUMPY.conv.input_grad(grad, weight, x.shape, *parameters),
            (wide[2], wide[1], "input_grad"),
        ),
        (
            NUMPY.conv.weight_grad(grad, x, weight.shape, *parameters),
            (wide[2], wide[0], "weight_grad"),
        ),
    ):
        left, right, name = exact
        third = {"forward": None, "input_grad": x.shape, "weight_grad": weight.shape}
        expected = getattr(NUMPY.conv, name)(left, right, third[name], *parameters)
        np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
        np.testing.assert_array_equal(np.isposinf(got), np.isposinf(expected))
        finite = np.isfinite(expected)
        np.testing.assert_allclose(got[finite], expected[finite], atol=1e-3)


def test_sums_that_only_the_quick_path_cannot_hold(back_end):
    """Whichever channel and tile they are in, they are finite in PyTorch."""
    parameters = ((1, 1), (1, 1), (1, 1), 1)
    x, weight = normal((4, 32, 16, 16), np.float32), normal((32, 32, 3, 3), np.float32, 1)
    grad = normal(x.shape, np.float32, 7)

    def exact(name, *arguments):
        wide = [a.astype(np.float64) if isinstance(a, np.ndarray) else a for a in arguments]
        return getattr(NUMPY.conv, name)(*wide, *parameters)

    def huge(out):
        """What takes the largest number to 2e38."""
        return np.float32(2e38 / np.abs(out).max())

    spot, own = x.copy(), weight.copy()
    spot[1, :, 4:8, 4:8] *= 1e16
    own[5] *= huge(exact("forward", spot, weight, None)[:, 5])
    tile, back = grad.copy(), weight.copy()
    tile[1, :, 4:8, 4:8] *= 1e16
    back[:, 5] *= huge(exact("input_grad", tile, weight, x.shape)[:, 5])
    many, few = x.copy(), grad.copy()
    many[:, 7] *= 1e19
    few[:, 5] *= huge(exact("weight_grad", grad, many, weight.shape)[5, 7])
    for name, arguments in {
        "forward": (spot, own, None),
        "input_grad": (tile, back, x.shape),
        "weight_grad": (few, many, weight.shape),
    }.items():
        got = getattr(back_end.conv, name)(*arguments, *parameters)
        expected = exact(name, *arguments)
        assert np.abs(got - expected).max() <= 1e-5 * np.abs(expected).max(), name


def test_same_bits_every_time():
    x, weight = normal((64, 32, 16, 16), np.float32), normal((48, 32, 3, 3), np.float32, 1)
    first = NUMPY.conv.forward(x, weight, None, (1, 1), (1, 1), (1, 1), 1)
    for _ in range(3):
        again = NUMPY.conv.forward(x, weight, None, (1, 1), (1, 1), (1, 1), 1)
        np.testing.assert_array_equal(first, again)


def test_agrees_with_pytorch_on_a_whole_layer(torch):
    x, weight = normal((32, 64, 16, 16), np.float32), normal((96, 64, 3, 3), np.float32, 1)
    expected = torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(weight), padding=1).numpy()
    check_error(NUMPY.conv.forward(x, weight, None, (1, 1), (1, 1), (1, 1), 1), expected)
