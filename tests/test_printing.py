"""Tensors print as PyTorch prints them, character by character."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import minitorch as mt
from minitorch import printing
from minitorch.core import dtypes
from minitorch.printing import printoptions, set_printoptions, tensor_repr

DTYPES = ("float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
NAN, INF = float("nan"), float("inf")


def show(values, dtype="float32", **facts):
    return tensor_repr(np.array(values, dtype), **facts)


GOLDEN = {
    "tensor(3.)": ([], 3.0, "float32"),
    "tensor(3.1416)": ([], 3.14159265, "float32"),
    "tensor(5)": ([], 5, "int64"),
    "tensor(True)": ([], True, "bool"),
    "tensor([1., 2.])": ([2], [1, 2], "float32"),
    "tensor([1.0000, 2.5000])": ([2], [1, 2.5], "float32"),
    "tensor([ 1., -2., nan, inf, -inf])": ([5], [1, -2, NAN, INF, -INF], "float32"),
    "tensor([1.0000e+00, 2.0000e-05])": ([2], [1, 2e-5], "float32"),
    "tensor([1.0000e+00, 1.0010e+03])": ([2], [1, 1001], "float32"),
    "tensor([ 1000., -1000.], dtype=torch.float64)": ([2], [1000, -1000], "float64"),
    "tensor([0.5000], dtype=torch.float16)": ([1], [0.5], "float16"),
    "tensor([  1, 255], dtype=torch.uint8)": ([2], [1, 255], "uint8"),
    "tensor([ True, False])": ([2], [True, False], "bool"),
    "tensor([])": ([0], [], "float32"),
    "tensor([], dtype=torch.int64)": ([0], [], "int64"),
    "tensor([], size=(0, 3))": ([0, 3], [], "float32"),
    "tensor([], size=(2, 0), dtype=torch.bool)": ([2, 0], [], "bool"),
    "tensor([[1, 2],\n        [3, 4]])": ([2, 2], [1, 2, 3, 4], "int64"),
    "tensor([[[1, 2]],\n\n        [[3, 4]]])": ([2, 1, 2], [1, 2, 3, 4], "int64"),
}  # fmt: skip


@pytest.mark.parametrize("text", GOLDEN)
def test_golden(text):
    shape, values, dtype = GOLDEN[text]
    assert tensor_repr(np.array(values, dtype).reshape(shape)) == text


def test_more_than_the_threshold_shows_the_edges():
    assert show(np.arange(1001), "int64") == "tensor([   0,    1,    2,  ...,  998,  999, 1000])"
    assert show(np.zeros((1001, 2))) == (
        "tensor([[0., 0.],\n        [0., 0.],\n        [0., 0.],\n        ...,\n"
        "        [0., 0.],\n        [0., 0.],\n        [0., 0.]])"
    )


def test_long_vectors_wrap_at_the_line_width():
    assert show(np.arange(20.0)) == (
        "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,\n"
        "        14., 15., 16., 17., 18., 19.])"
    )


def test_gradient_suffixes():
    assert show([1.0], requires_grad=True) == "tensor([1.], requires_grad=True)"
    assert (
        show([1.0], requires_grad=True, grad_fn_name="AddBackward0")
        == "tensor([1.], grad_fn=<AddBackward0>)"
    )
    assert show([1.0], "float64", requires_grad=True) == (
        "tensor([1.], dtype=torch.float64, requires_grad=True)"
    )


def test_suffixes_that_do_not_fit_go_to_a_new_line():
    values = np.arange(12.0)
    assert show(values, "float64", grad_fn_name="UnsafeViewBackward0") == (
        "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11.],\n"
        "       dtype=torch.float64, grad_fn=<UnsafeViewBackward0>)"
    )


def test_a_subclass_indents_by_its_name():
    assert show([[1], [2]], "int64", prefix="Weight(") == "Weight([[1],\n        [2]])"


def test_the_default_dtype_is_not_named():
    before = dtypes.get_default_dtype()
    dtypes.set_default_dtype(dtypes.float64)
    try:
        assert show([1.0], "float64") == "tensor([1.])"
        assert show([1.0], "float32") == "tensor([1.], dtype=torch.float32)"
    finally:
        dtypes.set_default_dtype(before)


def test_format_of_a_number_and_of_a_tensor():
    assert format(mt.tensor(3.14159), ".2f") == "3.14"
    assert format(mt.tensor(7), ">4d") == "   7"
    assert format(mt.ones(2), "") == "tensor([1., 1.])"
    with pytest.raises(TypeError, match=r"unsupported format string passed to Tensor.__format__"):
        format(mt.ones(2), ".2f")
    parameter = mt.nn.Parameter(mt.tensor(2.5))
    assert format(parameter, "") == "Parameter containing:\ntensor(2.5000, requires_grad=True)"
    with pytest.raises(TypeError, match=r"unsupported format string passed to Parameter"):
        format(parameter, ".2f")


def test_options_are_set_shown_and_restored():
    default = printing.get_printoptions()
    with printoptions(precision=2, sci_mode=True):
        assert show([1.5]) == "tensor([1.50e+00])"
        assert printing.get_printoptions()["precision"] == 2
    assert printing.get_printoptions() == default
    try:
        set_printoptions(profile="full", edgeitems=5)
        assert "..." not in show(np.zeros(1001))
        set_printoptions(threshold=3)
        assert show(np.arange(20.0)).count("...") == 1
        assert printing.get_printoptions()["edgeitems"] == 5
    finally:
        set_printoptions(profile="default")
    assert printing.get_printoptions() == default
    with pytest.raises(ValueError, match=r"'tiny'.*default, short, full"):
        set_printoptions(profile="tiny")


@st.composite
def arrays(draw):
    """Arrays whose numbers span what decides the notation: whole or not, sizes, nan and inf."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = draw(
        st.lists(st.integers(0, 4), max_size=4)
        | st.lists(st.integers(1, 40), max_size=2)
        | st.sampled_from([[1000], [1001], [7, 7, 30], [500, 3], [2, 600], [2, 3, 200]])
    )
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    if dtype.kind == "b":
        return np.asarray(rng.random(shape) < 0.5)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        low, high = draw(
            st.sampled_from([(0, 9), (max(info.min, -120), 120), (info.min, info.max)])
        )
        return np.asarray(rng.integers(low, high, shape, dtype, endpoint=True))
    values = rng.standard_normal(shape) * 10.0 ** draw(st.integers(-6, 9))
    values = values * 10.0 ** rng.uniform(0, draw(st.sampled_from([0, 0, 2, 4, 30])), shape)
    if draw(st.booleans()):
        values = np.rint(values)
    odd = draw(st.sampled_from([[], [0.0], [NAN], [INF, -INF], [0.0, -0.0, NAN, INF]]))
    if odd:
        values = np.where(
            rng.random(shape) < draw(st.sampled_from([0.2, 1.0])), rng.choice(odd, shape), values
        )
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(dtype)


FUNCTIONS = (None, "leaf", "exp", "view_as")


@settings(max_examples=300)
@given(array=arrays(), history=st.sampled_from(FUNCTIONS))
def test_as_pytorch_prints(torch, array, history):
    tensor = torch.from_numpy(array)
    facts = {}
    if history and array.dtype.kind == "f":
        tensor.requires_grad_()
        facts["requires_grad"] = True
        if history == "exp":
            tensor = tensor.exp()
            array = tensor.detach().numpy()
        elif history == "view_as":
            tensor = tensor.view_as(tensor)
        if tensor.grad_fn is not None:
            facts["grad_fn_name"] = tensor.grad_fn.name()
    assert tensor_repr(array, **facts) == repr(tensor)


@settings(max_examples=150)
@given(
    array=arrays(),
    precision=st.integers(0, 8),
    threshold=st.sampled_from([0, 5, 1000, INF]),
    edgeitems=st.integers(0, 4),
    linewidth=st.sampled_from([10, 40, 80, 200]),
    sci_mode=st.sampled_from([None, True, False]),
)
def test_as_pytorch_prints_with_options(torch, array, **options):
    with printoptions(**options), torch._tensor_str.printoptions(**options):
        assert tensor_repr(array) == repr(torch.from_numpy(array))


@pytest.mark.parametrize("profile", ["default", "short", "full"])
def test_profiles_are_pytorchs(torch, profile):
    array = np.linspace(0, 1, 1100, dtype=np.float32).reshape(2, 550)
    with printoptions(profile=profile), torch._tensor_str.printoptions(profile=profile):
        assert printing.get_printoptions() == torch._tensor_str.get_printoptions()
        assert tensor_repr(array) == repr(torch.from_numpy(array))


@given(value=st.floats(width=32), spec=st.sampled_from(["", ".3f", "10.2e", "g", ">12"]))
def test_format_is_pytorchs(torch, value, spec):
    array = np.array(value, np.float32)
    assert format(mt.from_numpy(array), spec) == format(torch.from_numpy(array), spec)
