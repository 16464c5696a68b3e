"""Convolution and its gradients, unfolding path: the NumPy back end beside the reference."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.kernels import NUMPY, conv_output_size, numpy_conv
from tests.kernels.compare import DTYPES, LAYOUTS, check, normal

# x, weight, stride, padding, dilation, groups
CASES = {
    "one pixel": ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    "plain": ((2, 3, 6, 5), (4, 3, 3, 2), (1, 1), (0, 0), (1, 1), 1),
    "same size": ((2, 3, 5, 5), (2, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "uneven everything": ((2, 2, 9, 8), (3, 2, 3, 2), (2, 3), (1, 2), (2, 1), 1),
    "stride leaves a rest": ((1, 2, 8, 8), (2, 2, 3, 3), (3, 3), (0, 0), (1, 1), 1),
    "stride beyond the kernel": ((1, 2, 9, 9), (2, 2, 2, 2), (4, 4), (0, 0), (1, 1), 1),
    "padding beyond the kernel": ((1, 2, 4, 4), (2, 2, 2, 2), (1, 1), (3, 3), (1, 1), 1),
    "groups": ((2, 4, 5, 5), (6, 2, 3, 3), (1, 1), (1, 1), (1, 1), 2),
    "groups, fewer out": ((2, 6, 5, 5), (2, 3, 3, 3), (1, 1), (1, 1), (1, 1), 2),
    "depthwise": ((2, 3, 5, 6), (3, 1, 3, 3), (1, 1), (1, 1), (1, 1), 3),
    "depthwise, two each": ((2, 3, 5, 6), (6, 1, 3, 3), (2, 2), (1, 1), (1, 1), 3),
    "pointwise": ((2, 3, 4, 4), (5, 3, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    "pointwise, groups": ((2, 4, 4, 4), (6, 2, 1, 1), (1, 1), (0, 0), (1, 1), 2),
    "pointwise, strided": ((2, 3, 5, 5), (5, 3, 1, 1), (2, 2), (0, 0), (1, 1), 1),
    "pointwise, padded": ((2, 3, 4, 4), (5, 3, 1, 1), (1, 1), (1, 1), (1, 1), 1),
    "wide plane": ((2, 2, 10, 10), (3, 2, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "wide plane, pointwise": ((2, 4, 9, 9), (3, 4, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    "wide plane, more out": ((2, 2, 10, 10), (5, 2, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "empty batch": ((0, 3, 5, 5), (4, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    "empty batch, pointwise": ((0, 3, 5, 5), (4, 3, 1, 1), (1, 1), (0, 0), (1, 1), 1),
}


def check_all(case, dtype=np.float64, layout="contiguous"):
    x_shape, weight_shape, *parameters = case
    x, weight = normal(x_shape, dtype, 1), normal(weight_shape, dtype, 2)
    bias = normal(weight_shape[:1], dtype, 3)
    out = check("conv2d", x, weight, bias, *parameters, layout=layout)
    check("conv2d", x, weight, None, *parameters, layout=layout)
    grad = normal(out.shape, dtype, 4)
    check("conv2d_input_grad", grad, weight, x_shape, *parameters, layout=layout)
    check("conv2d_weight_grad", grad, x, weight_shape, *parameters, layout=layout)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("dtype", DTYPES)
def test_agrees_with_the_reference(case, dtype):
    check_all(case, dtype)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["uneven everything", "groups", "pointwise", "wide plane"])
def test_any_strides(name, layout):
    check_all(CASES[name], layout=layout)


@pytest.mark.parametrize("name", ["plain", "groups", "wide plane", "pointwise"])
def test_small_chunks_change_nothing(name, monkeypatch):
    """A chunk of one image each: the seams between chunks are in the test."""
    monkeypatch.setattr(numpy_conv, "CHUNK_BYTES", 1)
    numpy_conv.make_plan.cache_clear()
    x_shape, *rest = CASES[name]
    try:
        check_all(((5, *x_shape[1:]), *rest))
    finally:
        numpy_conv.make_plan.cache_clear()


@st.composite
def geometries(draw):
    def pair(low, high):
        return draw(st.tuples(st.integers(low, high), st.integers(low, high)))

    groups, kernel, dilation = draw(st.integers(1, 3)), pair(1, 3), pair(1, 2)
    stride, padding = pair(1, 3), pair(0, 2)
    spare = pair(0, 4)
    size = tuple(
        max(1, dilation[i] * (kernel[i] - 1) + 1 - 2 * padding[i] + spare[i]) for i in (0, 1)
    )
    per_group = pair(1, 2)
    x_shape = (draw(st.integers(0, 2)), groups * per_group[0], *size)
    return (
        x_shape,
        (groups * per_group[1], per_group[0], *kernel),
        stride,
        padding,
        dilation,
        groups,
    )


@given(geometries(), st.sampled_from(LAYOUTS))
def test_agrees_for_any_geometry(case, layout):
    check_all(case, layout=layout)


def test_gradients_are_the_transpose_of_the_forward():
    """<conv(x, w), g> = <x, input_grad> = <w, weight_grad>, for a size the loops cannot reach."""
    x, weight = normal((3, 8, 17, 19)), normal((12, 4, 5, 3), seed=1)
    parameters = ((2, 1), (2, 3), (1, 2), 2)
    out = NUMPY.conv2d(x, weight, None, *parameters)
    grad = normal(out.shape, seed=2)
    expected = np.vdot(out, grad)
    grad_x = NUMPY.conv2d_input_grad(grad, weight, x.shape, *parameters)
    grad_weight = NUMPY.conv2d_weight_grad(grad, x, weight.shape, *parameters)
    np.testing.assert_allclose([np.vdot(x, grad_x), np.vdot(weight, grad_weight)], expected)


def test_nan_and_infinity_stay_in_their_place():
    x = normal((2, 2, 7, 7), np.float32)
    x[0, 1, 3, 3], x[1, 0, 0, 0] = np.nan, np.inf
    check("conv2d", x, normal((3, 2, 3, 3), np.float32), None, (1, 1), (1, 1), (1, 1), 1)


def test_results_survive_the_next_call():
    """Nothing that is returned lives in a buffer that the next call overwrites."""
    case = CASES["wide plane"]
    x, weight = normal(case[0]), normal(case[1], seed=1)
    first = NUMPY.conv2d(x, weight, None, *case[2:])
    kept = first.copy()
    NUMPY.conv2d(x + 1, weight, None, *case[2:])
    np.testing.assert_array_equal(first, kept)


def test_golden_value():
    x = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    weight = np.float32([[[[1, 0], [0, -1]]]])
    out = NUMPY.conv2d(x, weight, np.float32([10]), (1, 1), (0, 0), (1, 1), 1)
    np.testing.assert_array_equal(out, np.full((1, 1, 3, 3), 5, np.float32))


def test_output_sizes():
    assert conv_output_size(5, 3, 2, 1, 1) == 3
    assert conv_output_size(7, 3, 1, 0, 2) == 3
    assert conv_output_size(32, 5, 1, 0, 1) == 28


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_agrees_with_pytorch(torch, case):
    x_shape, weight_shape, stride, padding, dilation, groups = case
    x, weight, bias = (
        normal(x_shape),
        normal(weight_shape, seed=1),
        normal(weight_shape[:1], seed=2),
    )
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, weight, bias)]
    expected = torch.nn.functional.conv2d(*tensors, stride, padding, dilation, groups)
    out = NUMPY.conv2d(x, weight, bias, stride, padding, dilation, groups)
    np.testing.assert_allclose(out, expected.detach().numpy(), atol=1e-12)
    grad = normal(out.shape, seed=3)
    expected.backward(torch.tensor(grad))
    parameters = (stride, padding, dilation, groups)
    np.testing.assert_allclose(
        NUMPY.conv2d_input_grad(grad, weight, x_shape, *parameters), tensors[0].grad, atol=1e-12
    )
    np.testing.assert_allclose(
        NUMPY.conv2d_weight_grad(grad, x, weight_shape, *parameters), tensors[1].grad, atol=1e-12
    )
