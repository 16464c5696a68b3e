"""``why``: the sentence names what cut the path, where, and what to do."""

import re
from collections.abc import Callable
from typing import Any

import pytest

import minitorch as mt
from minitorch import nn


def leaf() -> Any:
    return mt.ones(2, requires_grad=True)


def under_no_grad() -> Any:
    w = leaf()
    with mt.no_grad():  # the line of the block
        return w * 2


def frozen_layer() -> Any:
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    net.requires_grad_(False)
    return net, net(mt.ones(1, 2))


def volatile() -> Any:
    with pytest.warns(UserWarning, match="volatile"):
        return mt.autograd.Variable(mt.ones(2), volatile=True) * leaf()


CASES: list[tuple[Callable[[], Any], list[str]]] = [
    (lambda: mt.ones(2), ["requires no grad", "nobody asked", "requires_grad_()"]),
    (lambda: mt.ones(2, dtype=mt.int64), ["torch.int64", ".float()"]),
    (lambda: (leaf() * 2).detach(), ["detach() cut it off", "test_why.py"]),
    (lambda: (leaf() * 2).detach().exp() + 1, ["detach() cut it off", "test_why.py"]),
    (under_no_grad, ["grad mode was off", "test_why.py", "in under_no_grad"]),
    (lambda: under_no_grad() + mt.ones(2), ["no_grad()", "in under_no_grad"]),
    (lambda: leaf() > 0, ["Gt gives", "no slope"]),
    (lambda: (leaf() * 3).argmax(), ["ArgMax gives"]),
    (lambda: leaf().requires_grad_(False), ["the frozen leaf", "requires_grad_()"]),
    (lambda: frozen_layer()[1], ["computed from the frozen leaf", "nothing else"]),
    (volatile, ["volatile"]),
    (leaf, ["a leaf that requires grad", "no graph leads to it"]),
    (lambda: leaf() * 2, ["no leaf: MulBackward0 computed it", "retain_grad()"]),
]


@pytest.mark.parametrize(("make", "phrases"), CASES)
def test_the_answer_names_the_reason(make: Callable[[], Any], phrases: list[str]) -> None:
    answer = mt.why(make())
    assert [p for p in phrases if p not in answer] == [], answer


def test_a_frozen_parameter_goes_by_its_name() -> None:
    net, out = frozen_layer()
    assert "'0." in mt.why(out)
    assert "the frozen leaf '0.weight' of Sequential" in mt.why(net[0].weight)


def test_the_life_of_a_gradient() -> None:
    w = leaf()
    loss = (w * w).sum()
    assert "call backward()" in mt.why(w)
    loss.backward()
    assert "has put its gradient into .grad" in mt.why(w)
    middle = w * w
    middle.sum().backward()
    assert "freed its graph" in mt.why(middle)


def test_a_retained_gradient() -> None:
    y = leaf() * 2
    y.retain_grad()
    assert "retain_grad() is on" in mt.why(y)
    y.sum().backward()
    assert "retain_grad() keeps it" in mt.why(y) or "keeps its gradient" in mt.why(y)


def test_whether_a_loss_depends_on_a_leaf() -> None:
    used, unused = leaf(), leaf()
    loss = (used * 2).sum()
    assert "backward() on the result reaches it" in mt.why(used, of=loss)
    assert "draw(result, mark=tensor)" in mt.why(used, of=loss)
    assert re.search("does not depend on it, .* it was not used, or", mt.why(unused, of=loss))
    assert "has no graph" in mt.why(used, of=loss.detach())


def test_thawing_takes_the_note_back() -> None:
    w = leaf().requires_grad_(False)
    w.requires_grad_()
    assert "a leaf that requires grad" in mt.why(w)


def test_only_tensors_have_reasons() -> None:
    with pytest.raises(TypeError, match="explains a Tensor, but got int"):
        mt.why(3)


@pytest.mark.parametrize("write", ["add_", "clamp_", "copy_"])
def test_a_write_that_nobody_recorded_is_the_reason(write: str) -> None:
    w = mt.ones(3, requires_grad=True)
    target = (w * 1).detach()
    with mt.no_grad():
        getattr(target, write)(w)
    assert "grad mode was off" in mt.why(target)
