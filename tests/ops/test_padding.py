"""Padding beside PyTorch's, to the second derivative."""

import numpy as np
import pytest

import minitorch as mt
from minitorch.ops.layers import padding
from tests.ops.orders import assert_all_orders, real

CONSTANT = [(1, 2), (0, 3, 2, 0), (-1, 2, 1, -2), (1, 1, 0, 0, 2, 1), (-1, -1, 0, -3), (0, 0)]
BORDERS = [  # shape, pad
    ((3, 5), (2, 1)),
    ((2, 3, 5), (4, 0)),
    ((2, 3, 5), (-2, 3)),
    ((3, 4, 5), (1, 2, 3, 0)),
    ((2, 3, 4, 5), (-1, 2, 1, -2)),
    ((2, 3, 4, 5), (1, 1, 2, 0, 0, 2)),
]


@pytest.mark.parametrize("value", [None, 0.0, -2.5])
@pytest.mark.parametrize("pad", CONSTANT, ids=str)
def test_constant_all_orders(torch, pad, value):
    def script(torch, x):
        return torch.nn.functional.pad(x, pad, value=value)

    assert_all_orders(torch, script, real(2, 4, 5))


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize(("shape", "pad"), BORDERS, ids=str)
def test_borders_all_orders(torch, shape, pad, mode):
    def script(torch, x):
        return torch.nn.functional.pad(x, pad, mode=mode)

    assert_all_orders(torch, script, real(*shape))


def test_golden_values():
    x = mt.tensor([[1.0, 2.0, 3.0]])
    assert padding.pad(x, (1, 2), "constant", 9.0).tolist() == [[9.0, 1.0, 2.0, 3.0, 9.0, 9.0]]
    assert padding.pad(x, (2, 1), "reflect").tolist() == [[3.0, 2.0, 1.0, 2.0, 3.0, 2.0]]
    assert padding.pad(x, (2, 1), "replicate").tolist() == [[1.0, 1.0, 1.0, 2.0, 3.0, 3.0]]
    assert padding.pad(x, (2, 1), "circular").tolist() == [[2.0, 3.0, 1.0, 2.0, 3.0, 1.0]]
    assert padding.pad(x, (-1, -1)).tolist() == [[2.0]]


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("pad", [(1, 1), (1, 1, 1, 1), (1, 1, 1, 1, 1, 1)], ids=str)
def test_names_are_those_of_pytorch(torch, mode, pad):
    names = []
    for t in (mt, torch):
        x = t.ones((2, 2, *(3,) * (len(pad) // 2)), requires_grad=True)
        out = t.nn.functional.pad(x, pad, mode=mode)
        names.append(out.grad_fn.name().removeprefix("torch::autograd::"))
    assert names[0] == names[1]


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_the_result_has_memory_of_its_own(mode):
    x = mt.zeros(2, 3)
    out = padding.pad(x, (0, 0), mode)
    out += 1
    assert not x.numpy().any()
    assert padding.pad(mt.zeros(3, 4).T, (1, 1), mode).is_contiguous()


def test_integers_and_zero_sizes(torch):
    for x, pad, mode in [
        (np.arange(6).reshape(2, 3), (1, 1), "reflect"),
        (np.arange(6).reshape(2, 3), (1, 1), "constant"),
        (np.array([[True, False, True]]), (1, 1), "constant"),
        (np.zeros((0, 3)), (1, 1), "circular"),
        (np.zeros((0, 2, 3)), (1, 1), "replicate"),
        (np.zeros((2, 0)), (1, 1), "constant"),
    ]:
        ours = mt.nn.functional.pad(mt.from_numpy(x), pad, mode)
        theirs = torch.nn.functional.pad(torch.from_numpy(x), pad, mode)
        assert str(ours.dtype) == str(theirs.dtype)
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
