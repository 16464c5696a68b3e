"""Factors and statistics count as constants: one that requires grad is refused, as in PyTorch."""

import numpy as np
import pytest

import minitorch as mt

CALLS = {
    "running_mean": lambda t, c: t.nn.functional.batch_norm(t.ones(3, 2), c, t.ones(2)),
    "running_var": lambda t, c: t.nn.functional.batch_norm(
        t.ones(3, 2), t.ones(2), c, training=True
    ),
    "weight of nll_loss": lambda t, c: t.nn.functional.nll_loss(t.ones(1, 2), t.tensor([0]), c),
    "weight of cross_entropy": lambda t, c: t.nn.functional.cross_entropy(
        t.ones(1, 2), t.tensor([0]), c
    ),
    "weight": lambda t, c: t.nn.functional.binary_cross_entropy_with_logits(
        t.ones(2), t.ones(2), c
    ),
    "pos_weight": lambda t, c: t.nn.functional.binary_cross_entropy_with_logits(
        t.ones(2), t.ones(2), pos_weight=c
    ),
}

FACTORS = ("weight", "pos_weight")
TANGENTLESS = {name: call for name, call in CALLS.items() if name not in FACTORS}


def refuse(t, call, name):
    factor = t.ones(2, requires_grad=True)
    match = f"is not differentiable with respect to argument '{name.split()[0]}'"
    with pytest.raises(RuntimeError, match=match):
        call(t, factor)
    call(t, factor.detach())
    with t.no_grad():
        call(t, factor)


@pytest.mark.parametrize(("name", "call"), CALLS.items(), ids=CALLS)
def test_constants_have_no_gradient(name, call):
    refuse(mt, call, name)


@pytest.mark.parametrize(("name", "call"), TANGENTLESS.items(), ids=TANGENTLESS)
def test_constants_have_no_tangent(name, call):
    """PyTorch's is 0 where only the constant has one, silently."""
    match = f"is not differentiable with respect to argument '{name.split()[0]}'"
    with pytest.raises(RuntimeError, match=match):
        mt.func.jvp(lambda c: call(mt, c), (mt.ones(2),), (mt.ones(2),))


@pytest.mark.parametrize(("name", "call"), CALLS.items(), ids=CALLS)
def test_pytorch_refuses_the_same(torch, name, call):
    refuse(torch, call, name)


def test_the_weight_of_probabilities_has_one(torch):
    grads = []
    for t in (mt, torch):
        weight = t.ones(2, requires_grad=True)
        scores, shares = t.tensor([[1.0, 2.0]]), t.tensor([[0.3, 0.7]])
        t.nn.functional.cross_entropy(scores, shares, weight).backward()
        grads.append(weight.grad.tolist())
    assert grads[0] == pytest.approx(grads[1])


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")
@pytest.mark.parametrize("factor", FACTORS)
def test_transforms_differentiate_by_the_factors_of_logits(torch, factor):
    def derivatives(t):
        x, y = t.tensor([[0.3, -200.0], [90.0, 2.0]]), t.tensor([[0.2, 0.0], [1.0, 0.7]])

        def loss(c, x=x, y=y):
            return t.nn.functional.binary_cross_entropy_with_logits(x, y, **{factor: c})

        c, way = t.tensor([0.5, 2.0]), t.tensor([1.0, -3.0])
        found = [*t.func.jvp(loss, (c,), (way,)), t.func.grad(loss)(c)]
        found += t.func.grad(loss, (0, 1, 2))(c, x, y)
        found += [t.func.vmap(t.func.grad(loss))(t.stack([c, way]))]
        return [d.tolist() for d in found]

    for ours, theirs in zip(derivatives(mt), derivatives(torch), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7)
