"""Hooks of tensors: what they see, what they may change, and in which order they run."""

from typing import Any

from tests.support.table import complaint, leaf, refused, row, tap

# register_hook


@row([[2.0, 2.0]])
def test_a_hook_sees_the_gradient(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0, 2.0), []
    y = x * 3
    y.register_hook(seen.append)
    (y * 2).sum().backward()
    return seen


@row([3.0])
def test_a_hook_that_returns_none_observes(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.register_hook(lambda grad: None)
    y.backward()
    return x.grad


@row([30.0])
def test_a_hook_that_returns_a_tensor_replaces(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.register_hook(lambda grad: grad * 10)
    y.backward()
    return x.grad


@row([60.0])
def test_a_hook_replaces_what_a_leaf_accumulates(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    x.register_hook(lambda grad: grad * 10)
    (x * 3).backward()
    (x * 3).backward()
    return x.grad


@row([60.0])
def test_hooks_run_in_order_each_on_the_result_of_the_one_before(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.register_hook(lambda grad: grad + 1)
    y.register_hook(lambda grad: None)
    y.register_hook(lambda grad: grad * 10)
    y.backward()
    return x.grad


@row(["hook", "hook"])
def test_one_function_registered_twice_runs_twice(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    hook = tap(log, "hook")
    x.register_hook(hook)
    x.register_hook(hook)
    (x * 3).backward()
    return log


@row(([[5.0]], [150.0]))
def test_a_hook_on_the_root_sees_the_gradient_given(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    y = x * 3
    y.register_hook(seen.append)
    y.register_hook(lambda grad: grad * 10)
    y.backward(torch.tensor([5.0]))
    return seen, x.grad


@row([[7.0]])
def test_a_hook_sees_the_whole_gradient_once(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    y = x * 3
    y.register_hook(seen.append)
    (y * 2 + y * 5).backward()
    return seen


@row(([([3.0], True), ([4.0], False)], [7.0]))
def test_a_hook_on_a_leaf_sees_each_walk_not_the_accumulated_grad(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    x.register_hook(lambda grad: seen.append((grad.tolist(), x.grad is None)))
    (x * 3).backward()
    (x * 4).backward()
    return seen, x.grad


@row(["z", "y", "x"])
def test_hooks_of_the_result_run_before_those_of_the_inputs(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    y = x * 3
    z = y * 2
    for tensor, name in ((x, "x"), (y, "y"), (z, "z")):
        tensor.register_hook(tap(log, name))
    z.backward()
    return log


@row([])
def test_a_hook_does_not_run_where_no_gradient_arrives(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    y, z = x * 2, x * 3
    y.register_hook(tap(log, "y"))
    z.backward()
    return log


@row(([2.0], [2.0, 3.0]))
def test_a_hook_on_one_of_several_results(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0, 2.0), []
    a, b = (x * 1).unbind()
    a.register_hook(seen.append)
    (a * 2 + b * 3).backward()
    return seen, x.grad


@row(([None], [0.0, 1.0]))
def test_a_hook_of_a_result_that_was_not_used(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0, 2.0), []
    a, b = (x * 1).unbind()
    a.register_hook(seen.append)
    b.backward()
    return seen, x.grad


@row([11.0, 1.0])
def test_a_hook_of_a_view(torch: Any) -> Any:
    x = leaf(torch, 1.0, 2.0)
    y = x * 1
    view = y[0]
    view.register_hook(lambda grad: grad * 10)
    (view + y.sum()).backward()
    return x.grad


@row([(False, False)])
def test_what_a_hook_computes_is_not_recorded(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    x.register_hook(lambda grad: seen.append((torch.is_grad_enabled(), grad.requires_grad)))
    (x * x).backward()
    return seen


@row([(True, True)])
def test_with_create_graph_what_a_hook_computes_is_recorded(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    x.register_hook(lambda grad: seen.append((torch.is_grad_enabled(), grad.requires_grad)))
    torch.autograd.grad(x * x, x, create_graph=True)
    return seen


@row(([18.0], [12.0]))
def test_the_second_order_goes_through_a_hook(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    y = x * x
    y.register_hook(lambda grad: grad * x)
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    return first, second


@row((refused(LookupError, "from the hook"), None))
def test_an_error_in_a_hook_ends_the_walk_as_it_is(torch: Any) -> Any:
    def hook(grad: Any) -> None:
        raise LookupError("from the hook")

    x = leaf(torch, 1.0)
    y = x * 3
    y.register_hook(hook)
    return complaint(y.backward), x.grad


# What register_hook refuses


@row(refused(RuntimeError, "cannot register a hook on a tensor that doesn't require gradient"))
def test_no_hook_on_a_tensor_that_requires_no_grad(torch: Any) -> Any:
    torch.ones(1).register_hook(print)


@row(refused(RuntimeError, "hook '<lambda>' has changed the size of value"))
def test_a_hook_may_not_change_the_shape(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.register_hook(lambda grad: torch.ones(2))
    y.backward()


@row(refused(TypeError, "expected Variable, but hook returned 'float'"))
def test_a_hook_may_not_return_a_number(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.register_hook(lambda grad: 2.0)
    y.backward()


@row(refused(RuntimeError, "hook '<lambda>' has changed the type of value"))
def test_a_hook_may_not_change_the_dtype(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.register_hook(lambda grad: grad.double())
    y.backward()
    return x.grad.dtype


# Handles


@row(["a", "c"])
def test_a_handle_removes_its_hook_alone(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    handles = [x.register_hook(tap(log, name)) for name in "abc"]
    handles[1].remove()
    (x * 3).backward()
    return log


@row(([], [None, None]))
def test_a_handle_may_be_used_twice(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    handle = x.register_hook(tap(log, "hook"))
    returned = [handle.remove(), handle.remove()]
    (x * 3).backward()
    return log, returned


@row(["hook"])
def test_a_handle_is_a_context_manager(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    with x.register_hook(tap(log, "hook")):
        (x * 3).backward()
    (x * 3).backward()
    return log


@row(True)
def test_the_context_gives_the_handle(torch: Any) -> Any:
    handle = leaf(torch, 1.0).register_hook(print)
    with handle as entered:
        return entered is handle


@row(["before", "self", "after", "before", "after"])
def test_a_hook_may_remove_itself(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    x.register_hook(tap(log, "before"))
    handle = x.register_hook(lambda grad: (log.append("self"), handle.remove())[1])
    x.register_hook(tap(log, "after"))
    (x * 3).backward()
    (x * 3).backward()
    return log


@row(["removed"])
def test_a_hook_removed_by_an_earlier_one(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    x.register_hook(lambda grad: handle.remove())
    handle = x.register_hook(tap(log, "removed"))
    (x * 3).backward()
    return log


@row(["first", "again", "first", "added"])
def test_a_hook_added_by_another_hook(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []

    def hook(grad: Any) -> None:
        log.append("first")
        if len(log) == 1:
            x.register_hook(tap(log, "added"))

    x.register_hook(hook)
    (x * 3).backward()
    log.append("again")
    (x * 3).backward()
    return log


@row([[2.0]])
def test_a_hook_outlives_its_tensor_in_the_graph(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    y = x * 3
    y.register_hook(seen.append)
    z = y * 2
    del y
    z.backward()
    return seen


# Hooks and in-place operations


@row([("after", 2.0), ("before", 10.0)])
def test_a_hook_sees_the_gradient_of_the_value_it_was_registered_on(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    y = x * 3
    y.register_hook(lambda grad: seen.append(("before", grad.item())))
    y.mul_(5)
    y.register_hook(lambda grad: seen.append(("after", grad.item())))
    (y * 2).backward()
    return seen


@row([3000.0])
def test_a_hook_that_replaces_below_an_in_place_write(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.register_hook(lambda grad: grad * 100)
    y.mul_(5)
    (y * 2).backward()
    return x.grad


@row(([("after", [1.0, 1.0]), ("before", [5.0, 1.0])], [5.0, 1.0]))
def test_hooks_of_a_base_written_through_a_view(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0, 2.0), []
    base = x * 1
    base.register_hook(lambda grad: seen.append(("before", grad.tolist())))
    base[0].mul_(5)
    base.register_hook(lambda grad: seen.append(("after", grad.tolist())))
    base.sum().backward()
    return seen, x.grad


@row([[4.0]])
def test_hooks_of_a_leaf_stay_when_it_is_written(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    x.register_hook(seen.append)
    with torch.no_grad():
        x.add_(1)
    (x * x).backward()
    return seen


# Hooks and autograd.grad, inputs=


@row(([20.0],))
def test_grad_gives_what_the_hook_made_of_it(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.register_hook(lambda grad: grad * 10)
    return torch.autograd.grad(y * 2, y)


# PyTorch captures before the hooks where the node itself has to run as well.
@row(([2.0], [60.0]), ours=([20.0], [60.0]))
def test_grad_gives_it_also_where_the_walk_goes_on(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.register_hook(lambda grad: grad * 10)
    return torch.autograd.grad(y * 2, (y, x))


@row(([30.0],))
def test_grad_of_a_leaf_gives_what_its_hook_made_of_it(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    x.register_hook(lambda grad: grad * 10)
    return torch.autograd.grad(x * 3, x)


@row(["y"])
def test_hooks_below_the_inputs_do_not_run(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    y = x * 3
    x.register_hook(tap(log, "x"))
    y.register_hook(tap(log, "y"))
    torch.autograd.grad(y * 2, y)
    return log


@row(["a"])
def test_hooks_beside_the_inputs_do_not_run(torch: Any) -> Any:
    a, b, log = leaf(torch, 1.0), leaf(torch, 2.0), []
    a.register_hook(tap(log, "a"))
    b.register_hook(tap(log, "b"))
    (a * b).backward(inputs=[a])
    return log


# register_post_accumulate_grad_hook


@row([(True, [3.0]), (True, [6.0])])
def test_a_post_accumulate_hook_gets_the_leaf_with_its_grad(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    x.register_post_accumulate_grad_hook(lambda p: seen.append((p is x, p.grad.tolist())))
    (x * 3).backward()
    (x * 3).backward()
    return seen


@row(([-2.0], None))
def test_a_post_accumulate_hook_may_take_the_grad_away(torch: Any) -> Any:
    def step(p: Any) -> None:
        with torch.no_grad():
            p.sub_(p.grad)
        p.grad = None

    x = leaf(torch, 1.0)
    x.register_post_accumulate_grad_hook(step)
    (x * 3).backward()
    return x, x.grad


@row(["a", "b"])
def test_post_accumulate_hooks_run_once_in_order(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    for name in "ab":
        x.register_post_accumulate_grad_hook(tap(log, name))
    (x * x + x).backward()
    return log


@row([])
def test_post_accumulate_hooks_are_removed_by_their_handles(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    handle = x.register_post_accumulate_grad_hook(tap(log, "removed"))
    handle.remove()
    (x * 3).backward()
    return log


@row([])
def test_grad_accumulates_nothing_and_calls_no_such_hook(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    x.register_post_accumulate_grad_hook(tap(log, "called"))
    torch.autograd.grad(x * 3, x)
    return log


@row(["a"])
def test_inputs_call_the_post_accumulate_hooks_of_theirs(torch: Any) -> Any:
    a, b, log = leaf(torch, 1.0), leaf(torch, 2.0), []
    a.register_post_accumulate_grad_hook(tap(log, "a"))
    b.register_post_accumulate_grad_hook(tap(log, "b"))
    (a * b).backward(inputs=[a])
    return log


@row(refused(RuntimeError, "post accumulate grad hooks cannot be registered on non-leaf tensors"))
def test_post_accumulate_hooks_are_for_leaves(torch: Any) -> Any:
    (leaf(torch, 1.0) * 3).register_post_accumulate_grad_hook(print)


@row(refused(RuntimeError, "cannot register a hook on a tensor that doesn't require gradient"))
def test_post_accumulate_hooks_are_for_what_requires_grad(torch: Any) -> Any:
    torch.ones(1).register_post_accumulate_grad_hook(print)


@row((refused(RuntimeError, "Tensor post accumulate grad hooks should return None."), [3.0]))
def test_post_accumulate_hooks_return_nothing(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    x.register_post_accumulate_grad_hook(lambda p: p.grad * 2)
    return complaint((x * 3).backward), x.grad


# retain_grad


@row((False, True, [2.0]))
def test_a_non_leaf_keeps_its_grad_when_asked(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    before = y.retains_grad
    y.retain_grad()
    (y * 2).backward()
    return before, y.retains_grad, y.grad


@row((None, False))
def test_a_leaf_need_not_be_asked(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    return x.retain_grad(), x.retains_grad


@row(refused(RuntimeError, "can't retain_grad on Tensor that has requires_grad=False"))
def test_no_grad_to_retain(torch: Any) -> Any:
    torch.ones(1).retain_grad()


@row([2.0])
def test_retaining_twice_is_retaining_once(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.retain_grad()
    y.retain_grad()
    (y * 2).backward()
    return y.grad


@row([4.0])
def test_retained_grads_accumulate(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.retain_grad()
    (y * 2).backward(retain_graph=True)
    (y * 2).backward()
    return y.grad


@row([30.0])
def test_what_is_retained_is_what_the_hooks_made_of_it(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.register_hook(lambda grad: grad + 1)
    y.retain_grad()
    y.register_hook(lambda grad: grad * 10)
    (y * 2).backward()
    return y.grad


@row((True, [2.0]))
def test_what_is_retained_is_the_gradient_of_the_value_after_writes(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.retain_grad()
    y.mul_(5)
    (y * 2).backward()
    return y.retains_grad, y.grad


@row([2.0, 2.0])
def test_a_written_base_retains_the_gradient_of_its_new_value(torch: Any) -> Any:
    base = leaf(torch, 1.0, 2.0) * 1
    base.retain_grad()
    base[0].mul_(5)
    (base * 2).sum().backward()
    return base.grad


@row([2.0])
def test_grad_fills_in_what_is_retained_above_its_inputs(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.retain_grad()
    torch.autograd.grad(y * 2, x)
    return y.grad


@row(True)
def test_a_retained_grad_of_create_graph_has_a_history(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.retain_grad()
    (y * y).backward(create_graph=True)
    return y.grad.requires_grad


# All of them together


@row(
    [
        "y tensor",
        "y node pre",
        "y node",
        "x tensor, grad None",
        "x node pre",
        "x post-accumulate",
        "x node, grad 3.0",
    ]
)
def test_the_order_of_every_kind_of_hook(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    y = x * 3
    x.register_post_accumulate_grad_hook(tap(log, "x post-accumulate"))
    x.register_hook(lambda grad: log.append(f"x tensor, grad {x.grad}"))
    accumulate = y.grad_fn.next_functions[0][0]
    accumulate.register_hook(lambda *grads: log.append(f"x node, grad {x.grad.item()}"))
    accumulate.register_prehook(tap(log, "x node pre"))
    y.grad_fn.register_hook(tap(log, "y node"))
    y.grad_fn.register_prehook(tap(log, "y node pre"))
    y.retain_grad()
    y.register_hook(lambda grad: log.append("y tensor"))
    y.backward()
    return log


@row(([20.0],))
def test_what_grad_captures_has_not_passed_the_hooks_of_the_node(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 3
    y.grad_fn.register_prehook(lambda grads: (grads[0] * 100,))
    y.register_hook(lambda grad: grad * 10)
    return torch.autograd.grad(y * 2, y)


@row([])
def test_hooks_of_what_no_target_needs_are_not_called(torch: Any) -> Any:
    calls: list[str] = []
    x = leaf(torch, 1.0)
    x.register_hook(lambda g: calls.append("leaf"))
    middle, beside = x * 2, x * 3
    beside.register_hook(lambda g: calls.append("beside"))
    torch.autograd.grad(middle + x + beside, middle)
    return calls
