"""Batch normalisation beside PyTorch's, to the third derivative."""

import itertools

import numpy as np
import pytest

import minitorch as mt
from minitorch.ops.layers import norm
from tests.ops.orders import assert_all_orders, real

SHAPES = [(5, 3), (4, 3, 5), (2, 3, 4, 3), (2, 2, 3, 2, 2)]


def affine(shape, weighted, biased):
    weight = [1 + 0.3 * real(shape[1], seed=2)] if weighted else []
    return weight + ([real(shape[1], seed=3)] if biased else [])


# PyTorch has no second derivative with a bias alone.
@pytest.mark.parametrize(
    ("weighted", "biased"), [(True, True), (True, False), (False, False)], ids=str
)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_training_all_orders(torch, shape, weighted, biased):
    def script(torch, x, *parameters):
        left = list(parameters)
        weight = left.pop(0) if weighted else None
        bias = left.pop(0) if biased else None
        return torch.nn.functional.batch_norm(x, None, None, weight, bias, training=True, eps=1e-3)

    assert_all_orders(torch, script, 3 + 2 * real(*shape), *affine(shape, weighted, biased))


@pytest.mark.parametrize("weighted", [True, False], ids=["weight", "plain"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_evaluation_all_orders(torch, shape, weighted):
    def script(torch, x, *parameters):
        channels = shape[1]
        mean = torch.linspace(-1, 2, channels, dtype=torch.float64)
        var = torch.linspace(0.5, 3, channels, dtype=torch.float64)
        return torch.nn.functional.batch_norm(x, mean, var, *parameters, eps=1e-3)

    assert_all_orders(torch, script, real(*shape), *affine(shape, weighted, weighted))


def test_third_derivative(torch):
    def third(torch):
        x = torch.tensor(real(4, 2, 3)).requires_grad_()
        weight = torch.tensor([1.5, 0.5], dtype=torch.float64).requires_grad_()
        out = torch.nn.functional.batch_norm(x, None, None, weight, training=True, eps=0.1)
        total = (out**3).sum()
        for _ in range(3):
            grads = torch.autograd.grad(total, (x, weight), create_graph=True)
            total = sum((g**2).sum() for g in grads)
        return total.item()

    # PyTorch has no third derivative of batch_norm; written out, it has.
    def third_written_out(torch):
        x = torch.tensor(real(4, 2, 3)).requires_grad_()
        weight = torch.tensor([1.5, 0.5], dtype=torch.float64).requires_grad_()
        centered = x - x.mean((0, 2), keepdim=True)
        var = (centered**2).mean((0, 2), keepdim=True)
        out = centered / (var + 0.1).sqrt() * weight.reshape(1, 2, 1)
        total = (out**3).sum()
        for _ in range(3):
            grads = torch.autograd.grad(total, (x, weight), create_graph=True)
            total = sum((g**2).sum() for g in grads)
        return total.item()

    assert third(mt) == pytest.approx(third_written_out(torch), rel=1e-8)


def test_statistics_have_gradients(torch):
    """Mean and 1/std are outputs like any other: no way through them is lost."""
    x = real(4, 3, 2)

    def of(torch, mean, invstd):
        return (mean * torch.arange(3.0)).sum() + (invstd**2).sum()

    ours = mt.from_numpy(x).requires_grad_()
    _, mean, invstd = norm.batch_norm(ours, None, None, 1e-3)
    of(mt, mean, invstd).backward()
    theirs = torch.from_numpy(x).requires_grad_()
    var = theirs.var((0, 2), unbiased=False)
    of(torch, theirs.mean((0, 2)), (var + 1e-3) ** -0.5).backward()
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=1e-10)


def test_golden_values():
    x = mt.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)
    out, mean, invstd = norm.batch_norm(x, mt.tensor([1.0, 2.0]), mt.tensor([0.0, 1.0]), 0.0)
    assert out.tolist() == [[-1.0, -1.0], [1.0, 3.0]]
    assert mean.tolist() == [2.0, 1.0]
    assert invstd.tolist() == pytest.approx([1.0, 1 / 3])
    assert out.grad_fn.name() == "NativeBatchNormBackward0"


def test_bias_alone():
    x, bias = mt.from_numpy(real(4, 3)), mt.tensor([1.0, 2.0, 3.0], dtype=mt.float64)
    with_bias, without = (norm.batch_norm(x, None, b, 1e-5)[0].numpy() for b in (bias, None))
    np.testing.assert_allclose(with_bias, without + bias.numpy())


def test_statistics_far_from_zero(torch):
    """A mean of 1000 does not cost the variance its digits."""
    x = (1000 + real(64, 4, 8)).astype(np.float32)
    ours, _, _ = norm.batch_norm(mt.from_numpy(x), None, None, 1e-5)
    theirs = torch.nn.functional.batch_norm(torch.from_numpy(x), None, None, training=True)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=2e-4)


def test_running_statistics_may_move_before_the_gradient_is_taken():
    x = mt.from_numpy(real(4, 2)).requires_grad_()
    mean, var = mt.zeros(2, dtype=mt.float64), mt.ones(2, dtype=mt.float64)
    weight = mt.ones(2, dtype=mt.float64, requires_grad=True)

    def grads(move):
        out = norm.batch_norm_inference(x, mean, var, weight, None, 1e-5)
        if move:
            mean.add_(5)
            var.mul_(9)
        return mt.autograd.grad((out**2).sum(), (x, weight))

    for still, moved in zip(grads(False), grads(True), strict=True):
        np.testing.assert_array_equal(still.numpy(), moved.numpy())


@pytest.mark.parametrize(
    ("dtype", "contiguous"), list(itertools.product([np.float16, np.float32], [True, False]))
)
def test_dtypes_and_strides(torch, dtype, contiguous):
    x = real(6, 3, 4).astype(dtype) if contiguous else real(4, 3, 6).astype(dtype).T
    weight = np.array([0.5, 1.0, 2.0], dtype)

    def run(torch):
        leaf = torch.from_numpy(x.copy() if contiguous else x).requires_grad_()
        scale = torch.from_numpy(weight).requires_grad_()
        out = torch.nn.functional.batch_norm(leaf, None, None, scale, training=True)
        (out * torch.arange(4.0, dtype=out.dtype)).sum().backward()
        return out, leaf.grad, scale.grad

    rtol = 1e-5 if dtype is np.float32 else 2e-2
    for ours, theirs in zip(run(mt), run(torch), strict=True):
        assert str(ours.dtype) == str(theirs.dtype)
        a, b = (t.detach().numpy().astype(np.float64) for t in (ours, theirs))
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(1.0, np.abs(b).max()))
