"""autograd.graph: hooks on saved tensors, hooks on several gradients, edges as inputs."""

import gc
import weakref
from typing import Any

from tests.support.table import complaint, leaf, refused, row, tap

# saved_tensors_hooks


@row(
    [
        ("pack", [7.38906]),
        ("pack", [7.38906]),
        "forward is done",
        ("unpack", [7.38906]),
        ("unpack", [7.38906]),
    ]
)
def test_pack_runs_in_forward_and_unpack_in_backward(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)

    def pack(t: Any) -> Any:
        log.append(("pack", t.tolist()))
        return t

    def unpack(t: Any) -> Any:
        log.append(("unpack", t.tolist()))
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = x.exp().log()
    log.append("forward is done")
    y.backward()
    return log


@row(([[2.0], [3.0]], [[8.0]]))
def test_inputs_are_packed_before_outputs(torch: Any) -> Any:
    log, x, w = [], leaf(torch, 2.0), leaf(torch, 3.0)

    def pack(t: Any) -> Any:
        log.append(t.tolist())
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        x**w
    return sorted(log[:2]), log[2:]


@row([4.0])
def test_what_is_packed_may_be_anything(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.tolist(), torch.tensor):
        y = x * x
    y.backward()
    return x.grad


@row([400.0])
def test_unpack_decides_what_the_rule_sees(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t * 100):
        y = x * x
    y.backward()
    return x.grad


@row([])
def test_hooks_belong_to_the_forward_not_to_the_backward(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)
    hooks = (lambda t: (log.append("pack"), t)[1], lambda t: (log.append("unpack"), t)[1])
    y = x * x
    with torch.autograd.graph.saved_tensors_hooks(*hooks):
        y.backward()
    return log


@row([])
def test_nothing_is_packed_where_nothing_is_recorded(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(tap(log, "pack"), tap(log, "unpack")):
        with torch.no_grad():
            x * x
        torch.ones(1) * 2
        x + 1
    return log


@row(["outer pack", "inner pack", "outer pack", "outer unpack", "inner unpack", "outer unpack"])
def test_the_innermost_hooks_win(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)

    def hooks(name: str) -> Any:
        return torch.autograd.graph.saved_tensors_hooks(
            lambda t: (log.append(f"{name} pack"), t)[1],
            lambda t: (log.append(f"{name} unpack"), t)[1],
        )

    with hooks("outer"):
        a = x.exp()
        with hooks("inner"):
            b = a.exp()
        c = b.exp()
    c.backward()
    return log


@row([(True, True, False), (True, True, True)])
def test_pack_gets_the_tensors_themselves_with_their_history(torch: Any) -> Any:
    seen, x = [], leaf(torch, 2.0)
    y = x * 3

    def pack(t: Any) -> Any:
        seen.append((t is x or t is y, t.requires_grad, t.is_leaf))
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        x * y
    return sorted(seen)


@row(([27.0], [18.0]))
def test_the_second_order_goes_through_packed_values(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
        y = (x * 1) ** 3
        (first,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    return first, second


@row(["unpack", "again", "unpack"])
def test_unpack_runs_again_for_each_walk(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(
        lambda t: t, lambda t: (log.append("unpack"), t)[1]
    ):
        y = x.exp()
    y.backward(retain_graph=True)
    log.append("again")
    y.backward()
    return log


@row([1.0, 1.0, 1.0])
def test_reading_a_saved_value_unpacks_it(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: "packed", lambda p: torch.ones(3)):
        y = x.exp()
    return y.grad_fn._saved_result


@row(
    refused(
        TypeError, "Output of saved tensor unpack_hook expected to be a Tensor but got result of"
    )
)
def test_unpack_must_give_a_tensor(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: "no tensor"):
        y = x.exp()
    return complaint(y.backward)


@row(refused(RuntimeError, "A saved tensor pack hook is modifying its input in place"))
def test_pack_may_not_write_into_what_it_packs(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda t: t):
        return complaint(lambda: (x * 1).exp())


@row(refused(RuntimeError, "A saved tensor pack hook is modifying its input in place"))
def test_pack_may_not_write_into_a_leaf_either(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.mul_(2), lambda t: t):
        return complaint(lambda: x * x)


@row((["no room"], None))
def test_an_error_in_pack_ends_the_forward_and_the_hooks_still_end(torch: Any) -> Any:
    def pack(t: Any) -> Any:
        raise LookupError("no room")

    x, caught = leaf(torch, 2.0), []
    try:
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
            x.exp()
    except LookupError as error:
        caught.append(str(error))
    return caught, complaint(x.exp)


@row(refused(LookupError, "lost"))
def test_an_error_in_unpack_ends_the_walk(torch: Any) -> Any:
    def unpack(t: Any) -> Any:
        raise LookupError("lost")

    x = leaf(torch, 2.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, unpack):
        y = x.exp()
    return complaint(y.backward)


@row([4.0])
def test_a_copy_that_was_packed_does_not_see_later_writes(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    a = x * 1
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
        y = a * a
    a.add_(100)
    y.backward()
    return x.grad


@row((True, True))
def test_what_was_packed_is_freed_by_backward(torch: Any) -> Any:
    class Packed: ...

    held, x = [], leaf(torch, 2.0)

    def pack(t: Any) -> Any:
        packed = Packed()
        packed.value = t.detach()
        held.append(weakref.ref(packed))
        return packed

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda packed: packed.value):
        y = x.exp()
    alive = held[0]() is not None
    y.backward()
    gc.collect()
    return alive, held[0]() is None


@row(([491.383], 5))
def test_the_hooks_may_be_used_for_indices_into_a_store(torch: Any) -> Any:
    store, x = [], leaf(torch, 2.0)

    def pack(t: Any) -> int:
        store.append(t.detach().clone())
        return len(store) - 1

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda i: store[i]):
        y = (x * x).exp() * x
    y.backward()
    return x.grad, len(store)


@row([(False, False)])
def test_ops_inside_pack_are_neither_recorded_nor_packed(torch: Any) -> Any:
    seen, x = [], leaf(torch, 2.0)

    def pack(t: Any) -> Any:
        seen.append((torch.is_grad_enabled(), t.exp().requires_grad))
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        x.exp()
    return seen


# save_on_cpu, disable_saved_tensors_hooks


@row([218.393])
def test_save_on_cpu_changes_no_gradient(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    with torch.autograd.graph.save_on_cpu():
        y = (x * x).exp()
    y.backward()
    return x.grad


@row(refused(RuntimeError, "not in this block"))
def test_hooks_can_be_disabled_with_a_reason(torch: Any) -> Any:
    graph = torch.autograd.graph
    hooks = graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    with graph.disable_saved_tensors_hooks("not in this block"), hooks:
        pass


@row(refused(RuntimeError, "not in this block"))
def test_hooks_may_not_be_disabled_inside_of_them(torch: Any) -> Any:
    graph = torch.autograd.graph
    hooks = graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    with hooks, graph.disable_saved_tensors_hooks("not in this block"):
        pass


@row([0.0])
def test_the_ban_ends_with_its_block(torch: Any) -> Any:
    graph, x = torch.autograd.graph, leaf(torch, 2.0)
    with graph.disable_saved_tensors_hooks("not in this block"):
        x.exp()
    with graph.saved_tensors_hooks(lambda t: t * 0, lambda t: t):
        y = x.exp()
    y.backward()
    return x.grad


@row(refused(RuntimeError, "inner"))
def test_the_innermost_reason_is_told(torch: Any) -> Any:
    graph = torch.autograd.graph
    disable = graph.disable_saved_tensors_hooks
    hooks = graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    with disable("outer"), disable("inner"), hooks:
        pass


# register_multi_grad_hook


@row([[[3.0], [2.0]]])
def test_a_multi_grad_hook_gets_all_gradients_at_once(torch: Any) -> Any:
    a, b, seen = leaf(torch, 2.0), leaf(torch, 3.0), []
    torch.autograd.graph.register_multi_grad_hook([a, b], seen.append)
    (a * b).backward()
    return seen


@row(["all", "all"])
def test_a_multi_grad_hook_runs_once_per_walk(torch: Any) -> Any:
    a, b, log = leaf(torch, 2.0), leaf(torch, 3.0), []
    torch.autograd.graph.register_multi_grad_hook((a, b), tap(log, "all"))
    y = a * b + a
    y.backward(retain_graph=True)
    y.backward()
    return log


@row([[[5.0], None]])
def test_gradients_that_do_not_come_are_none(torch: Any) -> Any:
    a, b, seen = leaf(torch, 2.0), leaf(torch, 3.0), []
    torch.autograd.graph.register_multi_grad_hook([a, b], seen.append)
    (a * 5).backward()
    return seen


@row(["b", "all", "a", "x"])
def test_a_multi_grad_hook_waits_for_all_that_come(torch: Any) -> Any:
    x, log = leaf(torch, 2.0), []
    a = x * 3
    b = a * 5
    torch.autograd.graph.register_multi_grad_hook([a, b], tap(log, "all"))
    for tensor, name in ((a, "a"), (b, "b"), (x, "x")):
        tensor.register_hook(tap(log, name))
    (b * 1).backward()
    return log


@row([[1.0], [1.0]])
def test_in_mode_any_the_first_gradient_calls_it_once(torch: Any) -> Any:
    x, seen = leaf(torch, 2.0), []
    a = x * 3
    b = a * 5
    torch.autograd.graph.register_multi_grad_hook([a, b], seen.append, mode="any")
    b.backward(retain_graph=True)
    b.backward()
    return seen


@row(([3.0], [2.0]))
def test_what_a_multi_grad_hook_returns_is_ignored(torch: Any) -> Any:
    a, b = leaf(torch, 2.0), leaf(torch, 3.0)
    torch.autograd.graph.register_multi_grad_hook([a, b], lambda grads: [g * 10 for g in grads])
    (a * b).backward()
    return a.grad, b.grad


@row(["all"])
def test_a_multi_grad_hook_is_removed_by_its_handle(torch: Any) -> Any:
    a, b, log = leaf(torch, 2.0), leaf(torch, 3.0), []
    with torch.autograd.graph.register_multi_grad_hook([a, b], tap(log, "all")):
        (a * b).backward()
    (a * b).backward()
    return log


@row(refused(ValueError, "Expects mode to be one of ('all', 'any') but got some"))
def test_other_modes_are_refused(torch: Any) -> Any:
    torch.autograd.graph.register_multi_grad_hook([leaf(torch, 1.0)], print, mode="some")


@row(refused(AssertionError, "Expected gradient function to be set"))
def test_a_multi_grad_hook_needs_tensors_with_gradients(torch: Any) -> Any:
    torch.autograd.graph.register_multi_grad_hook([torch.ones(1)], print)


# Edges


@row((True, 0, "GradientEdge"))
def test_the_edge_of_a_result(torch: Any) -> Any:
    y = leaf(torch, 2.0) * 3
    edge = torch.autograd.graph.get_gradient_edge(y)
    return edge.node is y.grad_fn, edge.output_nr, type(edge).__name__


@row(("AccumulateGrad", True, 0))
def test_the_edge_of_a_leaf(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    edge = torch.autograd.graph.get_gradient_edge(x)
    return type(edge.node).__name__, edge.node.variable is x, edge.output_nr


@row(1)
def test_the_edge_of_the_second_result(torch: Any) -> Any:
    parts = (leaf(torch, 1.0, 2.0) * 1).unbind()
    return torch.autograd.graph.get_gradient_edge(parts[1]).output_nr


@row(
    refused(
        RuntimeError,
        "It is not possible to get the gradient edge for a Tensor that does not require",
    )
)
def test_no_edge_without_a_gradient(torch: Any) -> Any:
    torch.autograd.graph.get_gradient_edge(torch.ones(1))


@row(([12.0], [36.0]))
def test_an_edge_stands_for_its_tensor_in_grad(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * 3
    edge = torch.autograd.graph.get_gradient_edge(y)
    z = y * y
    del y
    return torch.autograd.grad(z, [edge, x])


@row(([3.0],))
def test_the_edge_of_a_leaf_stands_for_it(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    edge = torch.autograd.graph.get_gradient_edge(x)
    return torch.autograd.grad(x * 3, edge)


@row(([4.0],))
def test_an_edge_may_be_a_root(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    edge = torch.autograd.graph.get_gradient_edge(x * x)
    return torch.autograd.grad(edge, x, grad_outputs=torch.ones(1))


@row([4.0])
def test_an_edge_may_be_a_root_of_backward(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    edge = torch.autograd.graph.get_gradient_edge(x * x)
    torch.autograd.backward(edge, torch.ones(1))
    return x.grad


@row(([10.0], [2.0]))
def test_an_edge_of_the_value_before_a_write(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * 3
    before = torch.autograd.graph.get_gradient_edge(y)
    y.mul_(5)
    after = torch.autograd.graph.get_gradient_edge(y)
    return torch.autograd.grad(y * 2, [before, after])


# increment_version


@row(3)
def test_a_version_can_be_counted_up(torch: Any) -> Any:
    x = torch.ones(1)
    torch.autograd.graph.increment_version(x)
    torch.autograd.graph.increment_version([x, x.view(1, 1)])
    return x._version


@row(
    refused(
        RuntimeError, "one of the variables needed for gradient computation has been modified by an"
    )
)
def test_a_version_counted_up_is_a_write(torch: Any) -> Any:
    a = leaf(torch, 2.0) * 1
    y = a * a
    torch.autograd.graph.increment_version(a)
    y.backward()
