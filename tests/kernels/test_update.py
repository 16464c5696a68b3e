"""Index-add and the SGD update beside the reference and PyTorch."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.kernels import NUMPY, numpy_kernels
from minitorch.kernels.reference import REFERENCE
from tests.kernels.compare import DTYPES, LAYOUTS, check, check_close, lay_out, normal

INDICES = {
    "rows": ((5, 3), np.array([4, 0, 4, 4, 1])),
    "rows, negative": ((5, 3), np.array([-1, 4, 0])),
    "rows, two dims of index": ((5, 2), np.array([[0, 0, 1], [4, 0, -5]])),
    "no rows": ((5, 3), np.array([], np.int64)),
    "one axis": ((4,), np.array([1, 1, 1, 2])),
    "two axes": ((3, 4), (np.array([0, 2, 0]), np.array([1, 1, 1]))),
    "two axes, broadcast": ((3, 4), (np.array([[0], [2]]), np.array([1, 1, 3]))),
    "slice and rows": ((3, 4, 2), (slice(None), np.array([0, 0, 3]))),
    "a mask": ((3, 4), np.arange(12).reshape(3, 4) % 3 == 0),
    "an ellipsis": ((2, 3, 4), (..., np.array([1, 1]))),
    "int32": ((5, 3), np.array([4, 4, 0], np.int32)),
}


@pytest.mark.parametrize("case", INDICES.values(), ids=INDICES.keys())
@pytest.mark.parametrize("dtype", DTYPES)
def test_index_add_agrees_with_the_reference(case, dtype):
    shape, index = case
    values = normal(np.zeros(shape)[index].shape, dtype)
    check("index_add", values, index, shape)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_index_add_takes_any_strides(layout):
    check("index_add", normal((3, 4)), np.array([1, 1, 0]), (2, 4), layout=layout)


def test_index_add_of_integers():
    out = check("index_add", np.array([1, 2, 3]), np.array([0, 0, 1]), (2,))
    np.testing.assert_array_equal(out, [3, 3])


NAMES = ("lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize")
OPTIONS = st.fixed_dictionaries(
    {
        "lr": st.sampled_from([0.1, 0.5]),
        "momentum": st.sampled_from([0.0, 0.9]),
        "dampening": st.sampled_from([0.0, 0.25]),
        "weight_decay": st.sampled_from([0.0, 0.01]),
        "nesterov": st.booleans(),
        "maximize": st.booleans(),
    }
)


@given(OPTIONS, st.sampled_from([(), (0,), (3, 2)]), st.sampled_from(DTYPES))
def test_sgd_agrees_with_the_reference(options, shape, dtype):
    param, start = normal(shape, dtype), None
    expected, expected_start = param.copy(), None
    for step in range(3):
        grad = lay_out(normal(shape, dtype, step + 1), "contiguous")
        start = NUMPY.sgd_(param, grad, start, *(options[name] for name in NAMES))
        expected_start = REFERENCE.sgd_(
            expected, grad, expected_start, *(options[name] for name in NAMES)
        )
        check_close(param, expected, 4e-3 if dtype == np.float16 else 1e-6)
        assert (start is None) == (expected_start is None) == (not options["momentum"])
        if start is not None:
            assert start is not grad
            check_close(start, expected_start, 4e-3 if dtype == np.float16 else 1e-6)


@pytest.mark.parametrize("layout", ["transposed", "strided", "reversed"])
def test_sgd_writes_through_any_strides(layout, monkeypatch):
    """Where the parameter or its buffer is a view, the memory behind it changes."""
    monkeypatch.setattr(numpy_kernels, "SGD_CHUNK", 8)
    values = normal((6, 5))
    param, buffer = lay_out(values, layout), lay_out(values, layout)
    param.flags.writeable = buffer.flags.writeable = True
    expected, expected_buffer = values.copy(), values.copy()
    options = (0.1, 0.9, 0.0, 0.01, True, False)
    assert NUMPY.sgd_(param, values * 2, buffer, *options) is buffer
    REFERENCE.sgd_(expected, values * 2, expected_buffer, *options)
    check_close(param, expected)
    check_close(buffer, expected_buffer)


@pytest.mark.parametrize("size", [63, 64, 65, 200])
def test_sgd_in_slices(size, monkeypatch):
    monkeypatch.setattr(numpy_kernels, "SGD_CHUNK", 64)
    param, buffer, grad = normal((size,)), normal((size,), seed=1), normal((size,), seed=2)
    expected, expected_buffer = param.copy(), buffer.copy()
    options = (0.1, 0.9, 0.5, 0.01, True, True)
    NUMPY.sgd_(param, grad, buffer, *options)
    REFERENCE.sgd_(expected, grad, expected_buffer, *options)
    check_close(param, expected)
    check_close(buffer, expected_buffer)


@given(OPTIONS)
def test_sgd_agrees_with_pytorch(torch, options):
    if options["nesterov"] and (not options["momentum"] or options["dampening"]):
        options["nesterov"] = False  # PyTorch refuses it
    parameter = torch.nn.Parameter(torch.tensor(normal((4, 3))))
    optimizer = torch.optim.SGD([parameter], **options)
    param, buffer = normal((4, 3)), None
    for step in range(3):
        grad = normal((4, 3), seed=step + 1)
        parameter.grad = torch.tensor(grad)
        optimizer.step()
        buffer = NUMPY.sgd_(param, grad, buffer, *(options[name] for name in NAMES))
        np.testing.assert_allclose(param, parameter.detach(), rtol=1e-12, atol=1e-14)
