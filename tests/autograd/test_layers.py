"""The stack of layers: what is rare sees ops, nodes, rules and writes from outside."""

import threading
from typing import Any

import pytest

import minitorch as mt
from minitorch.autograd import layers
from minitorch.autograd.explain.anomaly import Anomaly
from minitorch.autograd.forward_ad.tangents import Duals
from minitorch.autograd.inference import Inference
from minitorch.autograd.layers import Layer
from minitorch.autograd.profiler.profiler import Profiler
from minitorch.autograd.saved import SavedTensorsHooks
from minitorch.autograd.vmap.levels import Vmap


class Tracer(Layer):
    """Writes down what it sees: a feature that no other file knows."""

    order = 15

    def __init__(self) -> None:
        self.seen: list[str] = []

    def apply(self, op: Any, inputs: Any, params: Any) -> Any:
        self.seen.append(f"apply {op.__name__}")
        return NotImplemented

    def recorded(self, node: Any, inputs: Any, results: Any) -> None:
        self.seen.append(f"recorded {node.name()}")

    def run_rule(self, node: Any, rule: Any, grads: Any) -> Any:
        self.seen.append(f"rule of {node.name()}")
        return rule()

    def written(self, target: Any, result: Any) -> None:
        self.seen.append(f"written {tuple(target.shape)}")


class Doubling(Layer):
    """Doubles every result: an interpreter that calls the op past itself."""

    order = 35

    def apply(self, op: Any, inputs: Any, params: Any) -> Any:
        return self.inner(op, inputs, params) * 2 if op.__name__ == "Exp" else NotImplemented


@pytest.fixture
def tracer() -> Any:
    tracer = Tracer()
    layers.put(tracer)
    yield tracer
    layers.drop(Tracer)


def test_a_layer_sees_ops_nodes_rules_and_writes(tracer: Tracer) -> None:
    x = mt.ones(2, requires_grad=True)
    x.exp().sum().backward()
    mt.zeros(3).add_(1)
    assert tracer.seen == [
        "apply Exp",
        "recorded ExpBackward0",
        "apply Sum",
        "recorded SumBackward0",
        "rule of SumBackward0",
        "apply Expand",
        "rule of ExpBackward0",
        "apply Mul",
        "apply Add",
        "written (3,)",
    ]


def test_a_layer_may_compute_ops_past_itself() -> None:
    layers.put(Doubling())
    try:
        assert mt.zeros(2).exp().tolist() == [2.0, 2.0]
        assert layers.find(Doubling) is not None
    finally:
        layers.drop(Doubling)
    assert mt.zeros(2).exp().tolist() == [1.0, 1.0]


def test_layers_meet_an_op_in_their_order(tracer: Tracer) -> None:
    layers.put(Doubling())
    try:
        mt.zeros(1).exp()
    finally:
        layers.drop(Doubling)
    assert tracer.seen == ["apply Exp", "apply Exp", "apply Mul"]  # again, within Doubling
    kinds = [Anomaly, Profiler, Duals, Vmap, Inference, SavedTensorsHooks]
    assert [k.order for k in kinds] == sorted({k.order for k in kinds})


def test_the_layer_put_first_may_be_the_innermost() -> None:
    layers.put(Doubling())
    layers.put(Tracer())
    stack = layers.active()
    try:
        assert stack is not None
        assert [type(x) for x in stack.layers] == [Tracer, Doubling]
    finally:
        layers.restore(None)


def test_one_layer_of_a_class_is_on_and_put_replaces_it() -> None:
    first, second = Tracer(), Tracer()
    layers.put(first)
    layers.put(second)
    try:
        mt.zeros(1).exp()
        assert (first.seen, second.seen) == ([], ["apply Exp"])
    finally:
        layers.drop(Tracer)
    assert layers.active() is None


def test_exchange_puts_back_what_was_found() -> None:
    outer = Tracer()
    layers.put(outer)
    try:
        layers.exchange(Tracer, None)
        assert layers.find(Tracer) is None
        layers.exchange(Tracer, outer)
        assert layers.find(Tracer) is outer
    finally:
        layers.drop(Tracer)


def test_another_thread_has_no_layers(tracer: Tracer) -> None:
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.append((layers.active(), mt.ones(1).exp())))
    thread.start()
    thread.join()
    assert seen[0][0] is None
    assert tracer.seen == []


def test_an_error_in_an_op_leaves_the_stack_as_it_was() -> None:
    layers.put(Doubling())
    stack = layers.active()
    try:
        with pytest.raises(RuntimeError, match="failed"):
            layers.find(Doubling).inner(_Failing, (), {})  # type: ignore[union-attr]
        assert layers.active() is stack
    finally:
        layers.drop(Doubling)


class _Failing:
    @staticmethod
    def apply() -> Any:
        raise RuntimeError("failed")


def test_a_tracer_sees_through_the_other_layers(tracer: Tracer) -> None:
    """It stands outside of vmap and forward mode, and inside of the profiler."""
    x = mt.ones(2, 3)
    mt.func.vmap(lambda t: t.exp())(x)
    mt.func.jvp(lambda t: t.exp(), (x,), (x,))
    assert tracer.seen.count("apply Exp") == 3  # jvp calls the op on the primal, too
    before = len(tracer.seen)
    with mt.autograd.profiler.profile() as profile:
        x.exp()
    assert tracer.seen[before:] == ["apply Exp"]
    assert [event.name for event in profile.function_events] == ["aten::exp"]
