"""Hooks on saved tensors beyond the tables: one tensor's hooks, in-place ops, what they keep."""

import gc
import importlib
import weakref
from typing import Any

import pytest

import minitorch as mt
from tests.support.table import leaf, refused, row


def identity(torch: Any) -> Any:
    return torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t)


@row(([[7.38906]], [0.0], [0.0]))
def test_hooks_on_one_saved_tensor(torch: Any) -> Any:
    x, seen = leaf(torch, 2.0), []
    y = x.exp()
    raw = y.grad_fn._raw_saved_result
    raw.register_hooks(lambda t: (seen.append(t.tolist()), t)[1], lambda t: t * 0)
    read = y.grad_fn._saved_result.detach()
    y.backward()
    return seen, read, x.grad


@row(refused(RuntimeError, "Calling register_hooks on a saved tensor whose hooks have already"))
def test_one_pair_of_hooks_for_one_tensor(torch: Any) -> Any:
    node = leaf(torch, 2.0).exp().grad_fn  # PyTorch crashes where nobody holds it
    raw = node._raw_saved_result
    raw.register_hooks(lambda t: t, lambda t: t)
    raw.register_hooks(lambda t: t, lambda t: t)


@row(refused(RuntimeError, "Calling register_hooks on a saved tensor after it has been freed"))
def test_no_hooks_on_what_was_freed(torch: Any) -> Any:
    y = leaf(torch, 2.0).exp()
    y.backward()
    y.grad_fn._raw_saved_result.register_hooks(lambda t: t, lambda t: t)


@row(refused(RuntimeError, "Calling register_hooks on a saved tensor with value None"))
def test_no_hooks_on_what_was_not_saved(torch: Any) -> Any:
    node = (leaf(torch, 2.0) * torch.ones(1)).grad_fn
    node._raw_saved_self.register_hooks(lambda t: t, lambda t: t)


@row((["p", "p", "p", "u", "u", "u"], [109.196]))
def test_what_an_in_place_op_saves_is_packed(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(
        lambda t: (log.append("p"), t)[1], lambda t: (log.append("u"), t)[1]
    ):
        y = x * 1
        y.exp_()
        z = y * y
    z.backward()
    return log, x.grad


@row([6.0])
def test_packed_values_count_no_versions(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * 1
    with identity(torch):
        z = y * y
    y.add_(1)
    z.backward()
    return x.grad


@row((["pack", "unpack", "pack"], True))
def test_ops_in_unpack_are_recorded_with_create_graph(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)

    def unpack(t: Any) -> Any:
        log.append("unpack")
        return t

    with torch.autograd.graph.saved_tensors_hooks(
        lambda t: (log.append("pack"), t.detach())[1], unpack
    ):
        y = x.sin()
        (first,) = torch.autograd.grad(y, x, create_graph=True)
    return log[:3], first.requires_grad


@pytest.mark.parametrize("written", [False, True])
def test_graphs_with_packed_tensors_die_by_reference_count(written: bool) -> None:
    gc.collect()
    gc.disable()
    try:
        x = mt.ones(2, requires_grad=True)
        with identity(mt):
            a = x * 1
            y = a * a
            z = y.exp()
        node = weakref.ref(z.grad_fn)
        if written:
            a.add_(z)
        del a, y, z
        assert node() is None
    finally:
        gc.enable()


@row(refused(AttributeError, "the hook's own"))
def test_an_error_of_a_hook_is_not_taken_for_one_of_the_call(torch: Any) -> Any:
    def pack(t: Any) -> Any:
        raise AttributeError("the hook's own")

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        torch.clamp(leaf(torch, 2.0), None, 1.0)


def test_without_hooks_nothing_is_packed() -> None:
    x = mt.ones(2, requires_grad=True)
    with identity(mt):
        pass
    assert type((x * x).grad_fn._saved[0]) is tuple


@row([[[6.0], ["p", "u", "p", "u"]], [[6.0], ["p", "u", "p", "u"]]])
def test_hooks_around_a_reentrant_checkpoint(torch: Any) -> Any:
    """What the checkpoint saves comes back with its history, or running again gives no gradient."""

    def work(pack: Any, unpack: Any) -> Any:
        log, x = [], leaf(torch, 3.0)
        module = importlib.import_module(f"{torch.__name__}.utils.checkpoint")
        with torch.autograd.graph.saved_tensors_hooks(
            lambda t: (log.append("p"), pack(t))[1], lambda t: (log.append("u"), unpack(t))[1]
        ):
            y = module.checkpoint(lambda t: t.square(), x, use_reentrant=True)
            y.sum().backward()
        return [x.grad, log]

    return [work(lambda t: t.clone(), lambda t: t), work(lambda t: t.tolist(), torch.tensor)]


@row([[6.0], [6.0]])
def test_save_on_cpu_around_checkpoints(torch: Any) -> Any:
    module = importlib.import_module(f"{torch.__name__}.utils.checkpoint")
    grads = []
    for reentrant in (True, False):
        x = leaf(torch, 3.0)
        with torch.autograd.graph.save_on_cpu():
            module.checkpoint(lambda t: t.square(), x, use_reentrant=reentrant).sum().backward()
        grads.append(x.grad)
    return grads
