"""Checkpoints where PyTorch's behaviour is no guide: memory, what is kept, and better errors."""

import gc
import weakref
from typing import Any

import pytest

import minitorch as torch
from minitorch.utils.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_sequential,
    set_checkpoint_debug_enabled,
    set_checkpoint_early_stop,
)
from tests.support.growth import peak

DEPTH, WIDTH, BATCH = 40, 64, 256
ACTIVATION = BATCH * WIDTH * 4  # bytes


def deep_net() -> Any:
    torch.manual_seed(0)
    layers: list[Any] = []
    for _ in range(DEPTH):
        layers += [torch.nn.Linear(WIDTH, WIDTH), torch.nn.Tanh()]
    return torch.nn.Sequential(*layers)


@pytest.mark.parametrize("reentrant", [False, True])
def test_a_deep_net_needs_a_fraction_of_the_memory(reentrant: bool) -> None:
    net, x = deep_net(), torch.randn(BATCH, WIDTH, requires_grad=True)
    net(x).sum().backward()  # now all gradients have their memory
    wanted = [p.grad.clone() for p in net.parameters()]
    net.zero_grad(set_to_none=False)

    def whole() -> None:
        net(x).sum().backward()

    def in_segments() -> None:
        checkpoint_sequential(net, 8, x, use_reentrant=reentrant).sum().backward()

    without = peak(whole)
    net.zero_grad(set_to_none=False)
    with_segments = peak(in_segments)
    assert without > DEPTH * ACTIVATION
    assert with_segments < 0.4 * without
    for p, grad in zip(net.parameters(), wanted, strict=True):
        assert torch.equal(p.grad, grad)


@pytest.mark.parametrize("reentrant", [False, True])
def test_everything_dies_by_reference_count(reentrant: bool) -> None:
    gc.collect()
    gc.disable()
    try:
        x = torch.ones(3, requires_grad=True)
        y = checkpoint(lambda t: (t * t).exp(), x, use_reentrant=reentrant)
        node = weakref.ref(y.grad_fn)
        y.sum().backward(retain_graph=True)
        del y
        assert node() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_an_except_clause_does_not_catch_the_early_stop() -> None:
    ends = []

    def function(t: Any) -> Any:
        try:
            y = t.exp()
        except Exception:
            ends.append("caught")
            raise
        ends.append("end")
        return y

    x = torch.ones(1, requires_grad=True)
    checkpoint(function, x, use_reentrant=False).backward()
    assert ends == ["end"]
    with set_checkpoint_early_stop(False):
        y = checkpoint(function, x, use_reentrant=False)
    y.backward()
    assert ends == ["end", "end", "end"]


def test_a_saved_value_may_be_read_twice_and_outside_of_backward() -> None:
    runs = []
    x = torch.tensor([2.0], requires_grad=True)
    y = checkpoint(lambda t: (runs.append(1), t * t)[1], x, use_reentrant=False)
    assert y.grad_fn._saved_self.tolist() == y.grad_fn._saved_other.tolist() == [2.0]
    y.backward()
    assert x.grad.tolist() == [4.0]
    assert len(runs) == 4


def test_an_argument_that_was_written_to_is_refused() -> None:
    x = torch.ones(2, requires_grad=True)
    a = x * 1
    y = checkpoint(lambda t: t.exp(), a, use_reentrant=False)
    a.mul_(2)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation.*checkpointed"):
        y.sum().backward()


def test_tensors_among_keywords_are_arguments_too() -> None:
    x, w = (torch.tensor([v], requires_grad=True) for v in (2.0, 3.0))
    a = w * 1
    y = checkpoint(lambda t, *, scale: t * scale, x, scale=a, use_reentrant=False)
    del a
    y.backward()
    assert (x.grad.tolist(), w.grad.tolist()) == ([3.0], [2.0])


def test_hooks_around_a_checkpoint_keep_its_arguments() -> None:
    log: list[str] = []
    hooks = torch.autograd.graph.saved_tensors_hooks(
        lambda t: (log.append("pack"), t.tolist())[1],
        lambda values: (log.append("unpack"), torch.tensor(values))[1],
    )
    x = torch.tensor([2.0], requires_grad=True)
    with hooks:
        y = checkpoint(lambda t: t.exp().log(), x * 1, use_reentrant=False)
    assert log == ["pack"]
    y.backward()
    assert log == ["pack", "unpack"]
    assert x.grad.tolist() == pytest.approx([1.0])


def test_errors_name_the_lines_of_both_runs() -> None:
    runs = []

    def function(t: Any) -> Any:
        runs.append(1)
        if len(runs) == 1:
            return t.exp()
        return t[:1].exp()

    y = checkpoint(function, torch.ones(2, requires_grad=True), use_reentrant=False)
    line = function.__code__.co_firstlineno
    with pytest.raises(CheckpointError) as caught:
        y.sum().backward()
    message = str(caught.value)
    assert f"line {line + 3}, in function" in message
    assert f"line {line + 4}, in function" in message
    assert "torch.Size([2])" in message
    assert "torch.Size([1])" in message


@pytest.mark.parametrize("how", ["argument", "block"])
def test_debug_lists_what_each_run_saved(how: str) -> None:
    runs = []

    def function(t: Any) -> Any:
        runs.append(1)
        return t.exp().log() if len(runs) == 1 else t.exp()

    x = torch.ones(2, requires_grad=True)
    with set_checkpoint_debug_enabled(how == "block" or None):
        y = checkpoint(function, x, use_reentrant=False, debug=how == "argument")
    with pytest.raises(CheckpointError, match="Saved by the original forward:\n  0: file"):
        y.sum().backward()


def test_another_check_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="determinism_check should be one of"):
        checkpoint(torch.exp, torch.ones(1), use_reentrant=False, determinism_check="hash")


def test_running_statistics_move_twice_only_where_forward_runs_twice() -> None:
    norm = torch.nn.BatchNorm1d(3)
    x = torch.randn(8, 3, requires_grad=True)
    with torch.no_grad():
        checkpoint(norm, x, use_reentrant=False)
    assert norm.num_batches_tracked.item() == 1
    checkpoint(norm, x, use_reentrant=False, early_stop=False).sum().backward()
    assert norm.num_batches_tracked.item() == 3


def test_gradients_of_a_function_that_calls_grad() -> None:
    def function(t: Any) -> Any:
        y = (t**3).sum()
        (slope,) = torch.autograd.grad(y, t, create_graph=True)
        return slope * 2

    x = torch.tensor([2.0], requires_grad=True)
    checkpoint(function, x, use_reentrant=False).backward()
    assert x.grad.tolist() == [24.0]


def test_no_gradient_inside_of_the_reentrant_kind() -> None:
    x = torch.ones(1, requires_grad=True)
    y = checkpoint(lambda t: t.detach() * 1, x, use_reentrant=True)
    with pytest.raises(RuntimeError, match="none of output has requires_grad=True"):
        y.backward()
