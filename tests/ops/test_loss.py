"""The losses that are ops, beside PyTorch's, to the second derivative."""

import itertools
import math

import numpy as np
import pytest

import minitorch as mt
from minitorch.ops.layers import loss as losses
from tests.ops.orders import assert_all_orders, real

REDUCTIONS = ("mean", "sum", "none")
every_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def labels(*shape, classes=5):
    return np.asarray(np.random.default_rng(4).integers(0, classes, shape))


def share(*shape, seed=5):
    return np.asarray(np.random.default_rng(seed).uniform(0.1, 0.9, shape))


@every_reduction
@pytest.mark.parametrize("ignore_index", [-100, 2, -1])
@pytest.mark.parametrize("weighted", [True, False], ids=["weight", "plain"])
@pytest.mark.parametrize("places", [(4,), (2, 3), (2, 3, 2), ()], ids=str)
def test_nll_all_orders(torch, places, weighted, ignore_index, reduction):
    target = labels(*places)
    if ignore_index < 0 and places:
        target[..., 0] = ignore_index
    shape = (*places[:1], 5, *places[1:])

    def script(torch, log_probs, target):
        weight = torch.tensor([0.5, 1.0, 2.0, 0.1, 3.0], dtype=torch.float64) if weighted else None
        if torch is mt:
            return losses.nll_loss(log_probs, target, weight, ignore_index, reduction)
        return torch.nn.functional.nll_loss(
            log_probs, target, weight, ignore_index=ignore_index, reduction=reduction
        )

    assert_all_orders(torch, script, real(*shape), target)


@pytest.mark.parametrize("label", [5, -1, 10**12, -(2**63)])
def test_nll_refuses_labels_that_are_no_class(label):
    log_probs = mt.zeros(2, 5)
    with pytest.raises(IndexError, match=rf"Target {label} is out of bounds.*5 classes.*0 to 4"):
        losses.nll_loss(log_probs, mt.tensor([0, label]))
    assert losses.nll_loss(log_probs, mt.tensor([0, label]), ignore_index=label).item() == 0


def test_nll_of_nothing(torch):
    for reduction, target in itertools.product(REDUCTIONS, ([], [-100, -100])):
        target = np.array(target, np.int64)
        log_probs = np.zeros((len(target), 3), np.float32)
        ours = losses.nll_loss(mt.from_numpy(log_probs), mt.from_numpy(target), reduction=reduction)
        theirs = torch.nn.functional.nll_loss(
            torch.from_numpy(log_probs), torch.from_numpy(target), reduction=reduction
        )
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_an_ignored_sample_counts_for_nothing_even_at_minus_infinity():
    log_probs = mt.tensor([[-math.inf, math.nan], [-1.0, -2.0]], requires_grad=True)
    loss = losses.nll_loss(log_probs, mt.tensor([-100, 1]))
    loss.backward()
    assert loss.item() == 2
    assert log_probs.grad.tolist() == [[0.0, 0.0], [0.0, -1.0]]


@every_reduction
@pytest.mark.parametrize("shape", [(3, 4), (), (0, 2)], ids=str)
def test_mse_all_orders(torch, shape, reduction):
    def script(torch, x, y):
        if torch is mt:
            return losses.mse_loss(x, y, reduction)
        return torch.nn.functional.mse_loss(x, y, reduction=reduction)

    assert_all_orders(torch, script, real(*shape), real(*shape, seed=1))


def test_mse_broadcasts_and_promotes():
    x = mt.zeros(2, 3, requires_grad=True)
    y = mt.ones(3, dtype=mt.float64, requires_grad=True)
    loss = losses.mse_loss(x, y, "sum")
    loss.backward()
    assert str(loss.dtype) == "torch.float64"
    assert loss.item() == 6
    assert x.grad.tolist() == [[-2.0] * 3] * 2
    assert y.grad.tolist() == [4.0] * 3


@every_reduction
@pytest.mark.parametrize("weighted", [True, False], ids=["weight", "plain"])
@pytest.mark.parametrize("gained", [True, False], ids=["pos_weight", "even"])
def test_binary_cross_entropy_all_orders(torch, gained, weighted, reduction):
    def script(torch, x, y):
        weight = torch.tensor([[0.5], [2.0], [1.0]], dtype=x.dtype) if weighted else None
        gain = torch.tensor([0.5, 2.0, 1.0, 3.0], dtype=x.dtype) if gained else None
        if torch is mt:
            return losses.binary_cross_entropy_with_logits(x, y, weight, gain, reduction)
        return torch.nn.functional.binary_cross_entropy_with_logits(
            x, y, weight, reduction=reduction, pos_weight=gain
        )

    assert_all_orders(torch, script, 2 * real(3, 4), share(3, 4))


def test_binary_cross_entropy_does_not_overflow():
    x = mt.tensor([1e4, -1e4, 1e4, -1e4, 0.0], requires_grad=True)
    y = mt.tensor([1.0, 0.0, 0.0, 1.0, 0.5])
    each = losses.binary_cross_entropy_with_logits(x, y, reduction="none")
    assert each.tolist() == pytest.approx([0.0, 0.0, 1e4, 1e4, math.log(2)])
    each.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0, -1.0, 0.0]


def test_second_derivatives_of_certain_probabilities_are_finite(torch):
    def second(t):
        x = t.tensor([0.0, 1.0, 0.0, 1.0, 0.5], requires_grad=True)
        y = t.tensor([0.0, 0.0, 1.0, 0.5, 0.5], requires_grad=True)
        loss = t.nn.functional.binary_cross_entropy(x, y, reduction="sum")
        (slope,) = t.autograd.grad(loss, x, create_graph=True)
        return [g.tolist() for g in t.autograd.grad(slope.sum(), (x, y))]

    for ours, theirs in zip(second(mt), second(torch), strict=True):
        assert ours == pytest.approx(theirs)


def test_float16_means_do_not_overflow():
    """The sum of the losses is beyond float16, their mean is not."""
    x = mt.full((4096,), 8.0, dtype=mt.float16)
    assert losses.mse_loss(x, mt.zeros(4096, dtype=mt.float16)).item() == 64
    log_probs = mt.full((4096, 2), -32.0, dtype=mt.float16)
    assert losses.nll_loss(log_probs, mt.zeros(4096, dtype=mt.int64)).item() == 32


def test_golden_values():
    log_probs = mt.tensor([[-0.5, -1.5], [-2.0, -0.25]], requires_grad=True)
    target, weight = mt.tensor([0, 1]), mt.tensor([1.0, 3.0])
    assert losses.nll_loss(log_probs, target).item() == 0.375
    assert losses.nll_loss(log_probs, target, weight).item() == 0.3125
    assert losses.nll_loss(log_probs, target, reduction="none").tolist() == [0.5, 0.25]
    assert losses.nll_loss(log_probs, target).grad_fn.name() == "NllLossBackward0"
    images = log_probs.reshape(1, 2, 2, 1)
    assert losses.nll_loss(images, mt.zeros(1, 2, 1, dtype=mt.int64)).grad_fn.name() == (
        "NllLoss2DBackward0"
    )
    mse = losses.mse_loss(log_probs, mt.zeros(2, 2))
    assert mse.item() == 1.640625
    assert mse.grad_fn.name() == "MseLossBackward0"
    bce = losses.binary_cross_entropy_with_logits(log_probs, mt.ones(2, 2))
    assert bce.item() == pytest.approx(1.4070895)
    assert bce.grad_fn.name() == "BinaryCrossEntropyWithLogitsBackward0"
