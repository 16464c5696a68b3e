"""Convolution and its gradients: any geometry, the adjoints, transposed, its edges."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.kernels import NUMPY, conv_output_size, conv_output_sizes
from minitorch.kernels.numpy import unfold
from tests.kernels.back_ends import BACK_ENDS, dtype_of
from tests.kernels.cases import ROWS, conv as cases
from tests.kernels.check import LAYOUTS, check, normal


def check_all(back_end, case, dtype=np.float64, layout="contiguous"):
    for name in ("forward", "input_grad", "weight_grad"):
        field = f"conv.{name}"
        check(back_end, field, ROWS[field], getattr(cases, name)(case, dtype), layout)


@pytest.mark.parametrize(
    "name", ["plain", "groups", "wide plane", "pointwise", "line: plain", "volume: uneven"]
)
def test_small_chunks_change_nothing(name, monkeypatch):
    """A chunk of one image each: the seams between chunks are in the test."""
    monkeypatch.setattr(unfold, "CHUNK_BYTES", 1)
    unfold.make_plan.cache_clear()
    x_shape, *rest = cases.CASES[name]
    try:
        check_all(NUMPY, ((5, *x_shape[1:]), *rest))
    finally:
        unfold.make_plan.cache_clear()


@st.composite
def geometries(draw):
    ndim = draw(st.sampled_from([2, 1, 3]))
    largest = 2 if ndim == 3 else 3  # the loops of the reference take their time

    def sizes(low, high):
        return draw(st.tuples(*[st.integers(low, high)] * ndim))

    groups, kernel, dilation = draw(st.integers(1, largest)), sizes(1, largest), sizes(1, 2)
    stride, padding = sizes(1, 3), sizes(0, 2)
    spare = sizes(0, 2 * largest - 2)
    size = tuple(
        max(1, dilation[i] * (kernel[i] - 1) + 1 - 2 * padding[i] + spare[i]) for i in range(ndim)
    )
    c_group, k_group = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    x_shape = (draw(st.integers(0, 2)), groups * c_group, *size)
    return (x_shape, (groups * k_group, c_group, *kernel), stride, padding, dilation, groups)


@pytest.mark.parametrize("record", BACK_ENDS, ids=lambda record: record.name)
@given(geometries(), st.sampled_from(LAYOUTS))
def test_agrees_for_any_geometry(record, case, layout):
    check_all(record, case, dtype_of(record), layout)


# x, weight, parameters: sizes that the loops cannot reach
LARGE = {
    "line": ((3, 8, 190), (12, 4, 7), ((2,), (2,), (3,), 2)),
    "plane": ((3, 8, 17, 19), (12, 4, 5, 3), ((2, 1), (2, 3), (1, 2), 2)),
    "volume": ((2, 6, 9, 8, 11), (8, 3, 3, 2, 4), ((2, 1, 3), (2, 0, 3), (1, 2, 1), 2)),
}


@pytest.mark.parametrize(("x_shape", "weight_shape", "parameters"), LARGE.values(), ids=LARGE)
def test_gradients_are_the_transpose_of_the_forward(back_end, x_shape, weight_shape, parameters):
    """<conv(x, w), g> = <x, input_grad> = <w, weight_grad>."""
    x, weight = normal(x_shape), normal(weight_shape, seed=1)
    out = back_end.conv.forward(x, weight, None, *parameters)
    grad = normal(out.shape, seed=2)
    expected = np.vdot(out, grad)
    grad_x = back_end.conv.input_grad(grad, weight, x.shape, *parameters)
    grad_weight = back_end.conv.weight_grad(grad, x, weight.shape, *parameters)
    np.testing.assert_allclose([np.vdot(x, grad_x), np.vdot(weight, grad_weight)], expected)


# x, weight, stride, padding, output_padding, dilation, groups of a transposed convolution
TRANSPOSED = {
    "line": ((2, 4, 5), (4, 3, 3), (2,), (1,), (1,), (1,), 2),
    "plane": ((2, 4, 5, 6), (4, 3, 3, 2), (2, 3), (1, 0), (1, 2), (1, 2), 1),
    "plane, step 1": ((2, 3, 4, 4), (3, 5, 3, 3), (1, 1), (1, 1), (0, 0), (1, 1), 1),
    "volume": ((1, 4, 3, 2, 4), (4, 2, 2, 3, 3), (2, 1, 3), (0, 1, 1), (1, 0, 2), (1, 2, 1), 2),
    "a whole stride more": ((1, 2, 4, 5), (2, 3, 3, 2), (1, 2), (1, 0), (1, 3), (2, 4), 1),
}


@pytest.mark.parametrize("case", TRANSPOSED.values(), ids=TRANSPOSED)
def test_the_gradient_for_the_input_is_the_transposed_convolution(torch, back_end, case):
    x_shape, weight_shape, stride, padding, extra, dilation, groups = case
    x, weight = normal(x_shape), normal(weight_shape, seed=1)
    transposed = getattr(torch.nn.functional, f"conv_transpose{len(stride)}d")
    tensors = torch.tensor(x), torch.tensor(weight)
    expected = transposed(*tensors, None, stride, padding, extra, groups, dilation).numpy()
    window = (stride, padding, dilation)
    appended = [(0, e // s) for e, s in zip(extra, stride, strict=True)]
    x = np.pad(x, [(0, 0), (0, 0), *appended])
    assert conv_output_sizes(expected.shape[2:], weight_shape[2:], *window) == x.shape[2:]
    got = back_end.conv.input_grad(x, weight, expected.shape, *window, groups)
    np.testing.assert_allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("plane", [(7, 7), (7,), (3, 3, 3)], ids=str)
def test_nan_and_infinity_stay_in_their_place(back_end, plane):
    x, ones = normal((2, 2, *plane), np.float32), (1,) * len(plane)
    middle = tuple(length // 2 for length in plane)
    x[0, 1, *middle], x[1, 0, *[0] * len(plane)] = np.nan, np.inf
    weight = normal((3, 2, *[3] * len(plane)), np.float32)
    arguments = (x, weight, None, ones, ones, ones, 1)
    check(back_end, "conv.forward", ROWS["conv.forward"], arguments)


# x, weight, dilation, groups: unfolded, folded wide and narrow, depthwise, volumes
NOT_FINITE = {
    "fewer out": ((2, 3, 7, 6), (2, 3, 3, 2), (1, 1), 1),
    "more out": ((2, 2, 11, 10), (7, 2, 3, 3), (1, 1), 1),
    "dilated": ((2, 1, 12, 11), (4, 1, 3, 3), (2, 3), 1),
    "depthwise": ((2, 3, 5, 6), (3, 1, 3, 3), (1, 1), 3),
    "line": ((2, 2, 9), (1, 2, 4), (1,), 1),
    "volume": ((1, 2, 3, 4, 5), (2, 2, 2, 3, 2), (1, 1, 1), 1),
}


@pytest.mark.parametrize("number", [np.inf, np.nan])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("case", NOT_FINITE.values(), ids=NOT_FINITE)
def test_a_weight_that_is_not_finite_meets_no_zeros_beside_a_gradient(
    back_end, case, padding, number
):
    x_shape, weight_shape, dilation, groups = case
    window = ((1,) * len(dilation), (padding,) * len(dilation), dilation)
    size = conv_output_sizes(x_shape[2:], weight_shape[2:], *window)
    grad = normal((x_shape[0], weight_shape[0], *size), np.float32)
    weight = normal(weight_shape, np.float32, 1)
    weight[-1, *[0] * (weight.ndim - 2), 1] = number
    arguments = (grad, weight, x_shape, *window, groups)
    check(back_end, "conv.input_grad", ROWS["conv.input_grad"], arguments)


@pytest.mark.parametrize("name", ["wide plane", "line: wide plane", "volume: same size"])
def test_results_survive_the_next_call(back_end, name):
    """Nothing that is returned lives in a buffer that the next call overwrites."""
    for part in ("forward", "input_grad", "weight_grad"):
        kernel = getattr(back_end.conv, part)
        first, *rest = getattr(cases, part)(cases.CASES[name], np.float64)
        out = kernel(first, *rest)
        kept = out.copy()
        kernel(first + 1, *rest)
        np.testing.assert_array_equal(out, kept)


def test_float16_is_rounded_once(back_end):
    """The parts of a volume add up in float32."""
    x, weight = normal((1, 8, 6, 5, 5), np.float16), normal((4, 8, 5, 3, 3), np.float16, 1)
    window = ((1, 1, 1), (0, 0, 0), (1, 1, 1), 1)
    wide = back_end.conv.forward(x.astype(np.float32), weight.astype(np.float32), None, *window)
    got = back_end.conv.forward(x, weight, None, *window)
    np.testing.assert_array_equal(got, wide.astype(np.float16))


def test_golden_value(back_end):
    x = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    weight = np.float32([[[[1, 0], [0, -1]]]])
    out = back_end.conv.forward(x, weight, np.float32([10]), (1, 1), (0, 0), (1, 1), 1)
    np.testing.assert_array_equal(out, np.full((1, 1, 3, 3), 5, np.float32))


def test_output_sizes():
    assert conv_output_size(5, 3, 2, 1, 1) == 3
    assert conv_output_size(7, 3, 1, 0, 2) == 3
    assert conv_output_size(32, 5, 1, 0, 1) == 28
    assert conv_output_sizes((5, 7), (3, 3), (2, 1), (1, 0), (1, 2)) == (3, 3)
