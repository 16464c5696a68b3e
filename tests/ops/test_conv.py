"""Convolution beside PyTorch's, to the second derivative, and what it must not compute."""

import dataclasses
import itertools

import numpy as np
import pytest

import minitorch as mt
from minitorch import kernels
from minitorch.kernels.reference import REFERENCE
from minitorch.nn import functional as F
from tests.ops.orders import assert_all_orders, forbidden, real

# (N, C_in, H, W), (C_out, C_in/groups, KH, KW), groups
OPERANDS = {
    "square": ((2, 3, 7, 7), (4, 3, 3, 3), 1),
    "oblong": ((1, 2, 9, 7), (3, 2, 2, 3), 1),
    "grouped": ((2, 4, 8, 7), (6, 2, 3, 2), 2),
    "depthwise": ((2, 3, 7, 8), (6, 1, 2, 2), 3),
    "pointwise": ((2, 3, 7, 6), (2, 3, 1, 1), 1),
}
WINDOWS = list(
    itertools.product([1, (2, 3)], [0, (1, 2)], [1, (2, 1)])
)  # stride, padding, dilation


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("operands", OPERANDS.values(), ids=OPERANDS)
def test_all_orders(torch, operands, window):
    x_shape, weight_shape, groups = operands

    def script(torch, x, weight, bias):
        return torch.nn.functional.conv2d(x, weight, bias, *window, groups=groups)

    assert_all_orders(torch, script, real(*x_shape), real(*weight_shape), real(weight_shape[0]))


def test_all_orders_without_bias(torch):
    def script(torch, x, weight):
        return torch.nn.functional.conv2d(x, weight, padding=1)

    assert_all_orders(torch, script, real(2, 2, 5, 5), real(3, 2, 3, 3))


def test_third_derivative(torch):
    """The family is closed: its gradients are made of its members, to any order."""

    def third(torch):
        x = torch.tensor(real(1, 2, 4, 4)).requires_grad_()
        weight = torch.tensor(real(2, 2, 3, 3)).requires_grad_()
        out = torch.nn.functional.conv2d(x, weight, padding=1)
        total = (out**3).sum()
        for _ in range(3):
            (grad,) = torch.autograd.grad(total, (weight,), create_graph=True)
            total = (grad**2).sum()
        return total.item()

    assert third(mt) == pytest.approx(third(torch), rel=1e-10)


def test_golden_values():
    x = mt.arange(16.0).reshape(1, 1, 4, 4)
    weight = mt.tensor([[[[1.0, 0.0], [0.0, -1.0]]]])
    assert F.conv2d(x, weight).tolist() == [[[[-5.0] * 3] * 3]]
    out = F.conv2d(x, weight, mt.tensor([0.5]), (2, 2), (1, 1))
    assert out.tolist() == [[[[0.5, -1.5, 0.5], [-7.5, -4.5, 7.5], [0.5, 13.5, 15.5]]]]


@pytest.mark.parametrize("needs", list(itertools.product([True, False], repeat=3))[:-1], ids=str)
def test_computes_only_gradients_asked_for(needs):
    """A network's first layer does not need the gradient of the images, a frozen one no other."""
    fields = {
        name: forbidden
        for name, needed in zip(("input_grad", "weight_grad"), needs, strict=False)
        if not needed
    }
    leaves = [
        mt.from_numpy(a).requires_grad_(needed)
        for a, needed in zip((real(1, 2, 4, 4), real(3, 2, 3, 3), real(3)), needs, strict=True)
    ]
    family = dataclasses.replace(kernels.NUMPY.conv, **fields)
    with kernels.using(dataclasses.replace(kernels.NUMPY, conv=family)):
        F.conv2d(*leaves).sum().backward()
    assert [x.grad is not None for x in leaves] == list(needs)


def test_runs_on_the_kernels_in_use():
    calls = []

    def forward(*args):
        calls.append(args[0].shape)
        return kernels.NUMPY.conv.forward(*args)

    family = dataclasses.replace(kernels.NUMPY.conv, forward=forward)
    with kernels.using(dataclasses.replace(kernels.NUMPY, conv=family)):
        F.conv2d(mt.zeros(1, 1, 3, 3), mt.zeros(1, 1, 3, 3))
    assert calls == [(1, 1, 3, 3)]


def test_back_ends_agree():
    leaves = [mt.from_numpy(a).requires_grad_() for a in (real(2, 2, 5, 5), real(3, 2, 3, 3))]
    grads = []
    for record in (kernels.NUMPY, REFERENCE):
        with kernels.using(record):
            out = F.conv2d(*leaves, None, (2, 1), (1, 0))
            grads.append(mt.autograd.grad((out * out).sum(), leaves))
    for ours, theirs in zip(*grads, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-9)


def test_results_are_contiguous():
    x, weight = mt.randn(2, 3, 6, 6, requires_grad=True), mt.randn(4, 3, 3, 3, requires_grad=True)
    out = F.conv2d(x, weight, None, (1, 1), (1, 1))
    grads = mt.autograd.grad(out, (x, weight), mt.ones(2, 4, 6, 6))
    assert all(t.is_contiguous() for t in (out, *grads))
    assert out.grad_fn.name() == "ConvolutionBackward0"


def test_no_images():
    x = mt.zeros(0, 2, 4, 4, requires_grad=True)
    weight, bias = mt.ones(3, 2, 3, 3, requires_grad=True), mt.ones(3, requires_grad=True)
    out = F.conv2d(x, weight, bias)
    assert out.shape == (0, 3, 2, 2)
    out.sum().backward()
    assert x.grad.shape == x.shape
    assert not weight.grad.numpy().any()
    assert not bias.grad.numpy().any()
