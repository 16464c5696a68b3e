"""Backward hooks of modules: what they see of the gradients, and may change."""

import gc
import threading
import weakref
from collections import namedtuple
from typing import Any

import pytest

import minitorch as mt
from tests.nn.both import Steps
from tests.support.table import complaint, leaf, refused, row, tap, warned

# Full backward hooks


@row(([(True, ([15.0], [10.0]), ([5.0],))], [15.0], [10.0]))
def test_a_backward_hook_sees_both_gradients(torch: Any) -> Any:
    module, x, y = Steps(torch).Product(), leaf(torch, 2.0), leaf(torch, 3.0)
    seen: list[Any] = []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((m is module, gi, go)))
    (module(x, y) * 5).backward()
    return seen, x.grad, y.grad


@row(([10.0], [40.0]))
def test_a_backward_hook_replaces_the_gradients_of_the_inputs(torch: Any) -> Any:
    module, x, y = Steps(torch).Product(), leaf(torch, 2.0), leaf(torch, 3.0)
    module.register_full_backward_hook(lambda m, gi, go: (gi[0] + 1, gi[1] + 2))
    module.register_full_backward_hook(lambda m, gi, go: [g * 10 for g in gi])
    module.register_full_backward_hook(lambda m, gi, go: (gi[0] * 0, gi[1]), prepend=True)
    module(x, y).backward()
    return x.grad, y.grad


@row(([([1.0],), (([60.0], [40.0]), ([20.0],))], [60.0], [40.0]))
def test_a_backward_pre_hook_replaces_those_of_the_outputs(torch: Any) -> Any:
    module, x, y = Steps(torch).Product(), leaf(torch, 2.0), leaf(torch, 3.0)
    seen: list[Any] = []
    module.register_full_backward_pre_hook(lambda m, go: (go[0] + 1,))
    module.register_full_backward_pre_hook(lambda m, go: (go[0] * 10,))
    module.register_full_backward_pre_hook(lambda m, go: seen.append(go), prepend=True)
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    module(x, y).backward()
    return seen, x.grad, y.grad


@row(refused(RuntimeError, "Backward hook returned an invalid number of grad_input, got"))
def test_the_wrong_number_of_gradients_of_inputs(torch: Any) -> Any:
    module, x, y = Steps(torch).Product(), leaf(torch, 2.0), leaf(torch, 3.0)
    module.register_full_backward_hook(lambda m, gi, go: (gi[0],))
    return complaint(lambda: module(x, y).backward())


@row(refused(RuntimeError, "Backward pre hook returned an invalid number of grad_output,"))
def test_the_wrong_number_of_gradients_of_outputs(torch: Any) -> Any:
    module, x, y = Steps(torch).Product(), leaf(torch, 2.0), leaf(torch, 3.0)
    module.register_full_backward_pre_hook(lambda m, go: (go[0], go[0]))
    return complaint(lambda: module(x, y).backward())


@row(([(([0.0], [7.0]), ([1.0],))], [7.0]))
def test_the_gradient_of_an_input_that_needs_none_is_none(torch: Any) -> Any:
    module, x, seen = Steps(torch).Product(), leaf(torch, 2.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    out = module(torch.tensor([7.0]), x)
    out.backward()
    return seen, x.grad


@row(([(([2.0], None), ([1.0],))], [2.0]))
def test_the_place_of_an_argument_that_is_no_tensor_is_none(torch: Any) -> Any:
    module, x, seen = Steps(torch).Times(), leaf(torch, 2.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    module(x, 3.0).backward()
    return seen, x.grad


@row(([(([2.0],), ([1.0],))], [2.0], [1.0]))
def test_keyword_arguments_are_none_of_its_business(torch: Any) -> Any:
    module, x, y, seen = Steps(torch).Times(), leaf(torch, 2.0), leaf(torch, 3.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    module(x, plus=y).backward()
    return seen, x.grad, y.grad


@row(
    (
        [((None,), ([[3.0]],))],
        [
            refused(
                UserWarning,
                "Full backward hook is firing when gradients are computed with",
            )
        ],
        [[3.0, 3.0]],
    )
)
def test_where_no_input_needs_a_gradient_it_runs_at_the_outputs(torch: Any) -> Any:
    module, seen = torch.nn.Linear(2, 1, bias=False), []
    with torch.no_grad():
        module.weight.fill_(2.0)
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    out = module(torch.ones(1, 2))
    warnings = warned(lambda: (out * 3).sum().backward())
    return seen, warnings, module.weight.grad


@row(
    [
        None,
        refused(
            RuntimeError,
            "Backward hook for Modules where no input requires gradient",
        ),
    ]
)
def test_and_it_may_replace_nothing_there(torch: Any) -> Any:
    module, found = torch.nn.Linear(2, 1), []
    module.register_full_backward_hook(lambda m, gi, go: (None,))
    warned(lambda: found.append(complaint(lambda: module(torch.ones(1, 2)).sum().backward())))
    module.register_full_backward_hook(lambda m, gi, go: go)
    warned(lambda: found.append(complaint(lambda: module(torch.ones(1, 2)).sum().backward())))
    return found


@row(([], False, False))
def test_where_nothing_needs_a_gradient_it_does_not_run(torch: Any) -> Any:
    module, seen = Steps(torch).Times(), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    other = module(torch.tensor([1.0]))
    with torch.no_grad():
        unrecorded = module(leaf(torch, 1.0))
    return seen, other.requires_grad, unrecorded.requires_grad


@row(([(([31.0],), ([5.0], [7.0]))], [31.0]))
def test_outputs_in_a_tuple(torch: Any) -> Any:
    module, x, seen = Steps(torch).Two(), leaf(torch, 1.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    a, b = module(x)
    (a * 5 + b * 7).backward()
    return seen, x.grad


@row(([(None, [7.0]), (([21.0],), (None, [7.0]))], [21.0]))
def test_outputs_that_are_not_used(torch: Any) -> Any:
    module, x, seen = Steps(torch).Two(), leaf(torch, 1.0), []
    module.register_full_backward_pre_hook(lambda m, go: seen.append(go))
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    b = module(x)[1]
    (b * 7).backward()
    return seen, x.grad


@row(([(([0.0], [2.0]), ([1.0],))], [0.0], [2.0]))
def test_inputs_that_are_not_used(torch: Any) -> Any:
    module = Steps(torch).Wrapped(lambda x, y: y * 2)
    x, y, seen = leaf(torch, 1.0), leaf(torch, 2.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    module(x, y).backward()
    return seen, x.grad, y.grad


@row(("pair", "text", [20.0]))
def test_outputs_in_a_named_tuple(torch: Any) -> Any:
    pair = namedtuple("pair", "first second")
    module, x = Steps(torch).Wrapped(lambda x: pair(x * 2, "text")), leaf(torch, 1.0)
    module.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,))
    out = module(x)
    out.first.backward()
    return type(out).__name__, out.second, x.grad


@row(
    (
        [],
        [
            refused(
                UserWarning,
                "received <class 'dict'>",
            )
        ],
        [2.0],
    )
)
def test_outputs_in_a_dict_are_not_seen(torch: Any) -> Any:
    module, x, seen = Steps(torch).Wrapped(lambda x: {"y": x * 2}), leaf(torch, 1.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    outputs: list[Any] = []
    warnings = warned(lambda: outputs.append(module(x)))
    outputs[0]["y"].backward()
    return seen, warnings, x.grad


@row(([], ["UserWarning"], [2.0]))
def test_outputs_in_a_list_are_not_seen(torch: Any) -> Any:
    module, x, seen = Steps(torch).Wrapped(lambda x: [x * 2]), leaf(torch, 1.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    outputs: list[Any] = []
    warnings = warned(lambda: outputs.append(module(x)))
    outputs[0][0].backward()
    return seen, [w.kind for w in warnings], x.grad


@row(
    (
        "BackwardHookFunctionBackward",
        "tensor([2.], grad_fn=<BackwardHookFunctionBackward>)",
        "AddBackward0",
    )
)
def test_the_output_shows_the_node(torch: Any) -> Any:
    module, x = Steps(torch).Times(), leaf(torch, 1.0)
    module.register_full_backward_hook(tap([], ""))
    out = module(x)
    return out.grad_fn.name(), repr(out), out.grad_fn.next_functions[0][0].name()


@row(refused(RuntimeError, "Output 0 of BackwardHookFunction is a view and is being"))
def test_writing_to_the_output_in_place(torch: Any) -> Any:
    module, x = Steps(torch).Times(), leaf(torch, 1.0)
    module.register_full_backward_hook(tap([], ""))
    return complaint(lambda: module(x).add_(1))


@row(refused(RuntimeError, "Output 1 of BackwardHookFunction is a view and is being"))
def test_writing_to_one_of_several_outputs_in_place(torch: Any) -> Any:
    module, x = Steps(torch).Two(), leaf(torch, 1.0)
    module.register_full_backward_hook(tap([], ""))
    return complaint(lambda: module(x)[1].add_(1))


@row(refused(RuntimeError, "Output 0 of BackwardHookFunction is a view and is being"))
def test_writing_to_an_input_in_place(torch: Any) -> Any:
    module, x = Steps(torch).Wrapped(lambda x: x.mul_(2)), leaf(torch, 1.0) * 1
    module.register_full_backward_hook(tap([], ""))
    return complaint(lambda: module(x))


@row(refused(RuntimeError, "Output 0 of BackwardHookFunction is a view and is being"))
def test_in_place_activations(torch: Any) -> Any:
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
    net[0].register_full_backward_hook(tap([], ""))
    net[1].register_forward_pre_hook(lambda m, args: args[0].relu_())
    return complaint(lambda: net(torch.ones(1, 2, requires_grad=True)))


@row(["before ", "before 1", "before 1.0", "after 1.0", "after 1", "before 0", "after 0", "after "])
def test_nested_modules_in_backward(torch: Any) -> Any:
    log: list[Any] = []
    net = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Sequential(torch.nn.Tanh()))
    for name, module in net.named_modules():
        module.register_full_backward_pre_hook(tap(log, f"before {name}"))
        module.register_full_backward_hook(tap(log, f"after {name}"))
    net(leaf(torch, 1.0)).backward()
    return log


@row(([(([2.0],), ([1.0],)), (([4.0],), ([2.0],))], [4.0]))
def test_a_module_called_twice(torch: Any) -> Any:
    module, x, seen = Steps(torch).Times(), leaf(torch, 1.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    module(module(x)).backward()
    return seen, x.grad


@row(([(([2.0],), ([1.0],)), (([2.0],), ([1.0],))], [4.0]))
def test_backward_twice_through_one_graph(torch: Any) -> Any:
    module, x, seen = Steps(torch).Times(), leaf(torch, 1.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    out = module(x)
    out.backward(retain_graph=True)
    out.backward()
    return seen, x.grad


@row(([(([12.0],), ([1.0],))], [12.0], [12.0]))
def test_second_order(torch: Any) -> Any:
    module, x, seen = Steps(torch).Wrapped(lambda x: x**3), leaf(torch, 2.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    (first,) = torch.autograd.grad(module(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    return seen, first, second


@row((([[2.0]],), []))
def test_gradients_of_parameters_alone(torch: Any) -> Any:
    module, x, seen = torch.nn.Linear(1, 1, bias=False), leaf(torch, 2.0), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append(go))
    return torch.autograd.grad(module(x), module.weight), seen


@row(["hook"])
def test_hooks_removed_between_forward_and_backward_still_run(torch: Any) -> Any:
    module, x, log = Steps(torch).Times(), leaf(torch, 1.0), []
    handle = module.register_full_backward_hook(tap(log, "hook"))
    out = module(x)
    handle.remove()
    out.backward()
    return log


@row(refused(ValueError, "hook failed"))
def test_an_error_in_a_backward_hook_is_seen(torch: Any) -> Any:
    module, x = Steps(torch).Times(), leaf(torch, 1.0)

    def fails(m: Any, gi: Any, go: Any) -> None:
        raise ValueError("hook failed")

    module.register_full_backward_hook(fails)
    return complaint(lambda: module(x).backward())


@row(True)
def test_a_gradient_of_another_shape(torch: Any) -> Any:
    module, x = Steps(torch).Times(), leaf(torch, 1.0)
    module.register_full_backward_hook(lambda m, gi, go: (torch.ones(3),))
    return complaint(lambda: module(x).backward()) is not None


@row(
    (
        [4],
        [
            refused(
                UserWarning,
                "received <class 'int'>",
            )
        ],
        [],
    )
)
def test_a_module_without_tensors(torch: Any) -> Any:
    module, log = Steps(torch).Wrapped(lambda x: x + 1), []
    module.register_full_backward_hook(tap(log, "hook"))
    outputs: list[Any] = []
    warnings = warned(lambda: outputs.append(module(3)))
    return outputs, warnings, log


@row(["AddBackward0", "BackwardHookFunctionBackward"])
def test_forward_hooks_run_before_the_output_gets_its_node(torch: Any) -> Any:
    module, names = Steps(torch).Times(), []
    module.register_full_backward_hook(tap([], ""))
    module.register_forward_hook(lambda m, args, out: names.append(out.grad_fn.name()))
    module.register_forward_hook(lambda m, args, out: names.append(args[0].grad_fn.name()))
    module(leaf(torch, 1.0))
    return names


# Backward hooks of the old kind


@row(([(True, ([3.0], [2.0]), ([1.0],))], []))
def test_an_old_hook_sees_the_last_node(torch: Any) -> Any:
    module, x, y = Steps(torch).Product(), leaf(torch, 2.0) * 1, leaf(torch, 3.0) * 1
    seen: list[Any] = []
    module.register_backward_hook(lambda m, gi, go: seen.append((m is module, gi, go)))
    warnings = warned(lambda: module(x, y).backward())
    return seen, warnings


@row(refused(RuntimeError, "hook 'twice' has returned an incorrect number"))
def test_an_old_hook_is_named_in_errors(torch: Any) -> Any:
    def twice(m: Any, grad_input: Any, grad_output: Any) -> Any:
        return grad_input * 2

    module = torch.nn.ReLU()
    module.register_backward_hook(twice)
    return complaint(lambda: warned(lambda: module(leaf(torch, 2.0) * 1).backward()))


@row([5.0])
def test_an_old_hook_replaces(torch: Any) -> Any:
    module, x = torch.nn.ReLU(), leaf(torch, 2.0)
    module.register_backward_hook(lambda m, gi, go: (gi[0] * 5,))
    warned(lambda: module(x * 1).backward())
    return x.grad


@row(
    [
        refused(
            FutureWarning,
            "multiple autograd Nodes is deprecated",
        ),
        refused(
            FutureWarning,
            "generated by different autograd Nodes",
        ),
        refused(
            FutureWarning,
            "does not return a single Tensor",
        ),
        refused(
            FutureWarning,
            "does not take as input a single Tensor",
        ),
    ]
)
def test_what_old_hooks_miss(torch: Any) -> Any:
    made, x = Steps(torch), leaf(torch, 1.0) * 1
    modules = (made.Times(), made.Two(), made.Wrapped(lambda x: {"y": x * 2}))
    found = []
    for module in modules:
        module.register_backward_hook(tap([], ""))
        found += warned(lambda module=module: module(x))
    modules[0].register_backward_hook(tap([], ""))
    return found + warned(lambda: modules[0](x, 3.0))


@row(
    [
        [
            refused(
                FutureWarning,
                "multiple autograd Nodes is deprecated",
            )
        ],
        [
            refused(
                FutureWarning,
                "does not return a single Tensor",
            )
        ],
        [
            refused(
                FutureWarning,
                "multiple autograd Nodes is deprecated",
            )
        ],
    ]
)
def test_what_old_hooks_miss_of_leaves_and_lists(torch: Any) -> Any:
    made, x, found = Steps(torch), leaf(torch, 1.0), []
    for wrap in (lambda x: x * 2, lambda x: [x * 2], lambda x: (x * 2, torch.ones(1))):
        module = made.Wrapped(wrap)
        module.register_backward_hook(tap([], ""))
        found.append(warned(lambda module=module: module(x)))
    return found


@row(
    (
        refused(
            RuntimeError,
            "Cannot use both regular backward hooks and full backward",
        ),
        refused(
            RuntimeError,
            "Cannot use both regular backward hooks and full backward",
        ),
    )
)
def test_both_kinds_on_one_module(torch: Any) -> Any:
    old, new = torch.nn.ReLU(), torch.nn.ReLU()
    old.register_backward_hook(tap([], ""))
    new.register_full_backward_hook(tap([], ""))
    return (
        complaint(lambda: old.register_full_backward_hook(tap([], ""))),
        complaint(lambda: new.register_backward_hook(tap([], ""))),
    )


# What is better here, and what costs nothing


def test_the_two_kinds_go_one_after_the_other():
    module = mt.nn.ReLU()
    module.register_backward_hook(tap([], "")).remove()
    module.register_full_backward_hook(tap([], "")).remove()
    hooks = mt.nn.modules.module
    hooks.register_module_full_backward_hook(tap([], "")).remove()
    match = r"Cannot use both .* as a global Module hook"
    with (
        hooks.register_module_backward_hook(tap([], "")),
        pytest.raises(RuntimeError, match=match),
    ):
        hooks.register_module_full_backward_hook(tap([], ""))


def test_hooks_run_through_vmap():
    module, seen = mt.nn.Linear(2, 3), []
    module.register_forward_hook(lambda m, args, out: seen.append(tuple(out.shape)))
    module.register_full_backward_hook(lambda m, gi, go: seen.append(tuple(gi[0].shape)))
    x = mt.ones(5, 2, requires_grad=True)
    mt.func.vmap(module)(x).sum().backward()
    assert seen[0] == (3,)
    assert x.grad.shape == (5, 2)


def test_graphs_with_hooks_die_by_reference_count():
    module, x = mt.nn.Linear(2, 2), mt.ones(1, 2, requires_grad=True)
    module.register_forward_hook(tap([], ""))
    module.register_full_backward_hook(tap([], ""))
    gc.disable()
    try:
        out = module(x)
        node = weakref.ref(out.grad_fn)
        out.sum().backward()
        del out
        assert node() is None
    finally:
        gc.enable()


def test_backward_in_several_threads_over_one_graph():
    module, x, seen = mt.nn.ReLU(), mt.ones(3, requires_grad=True), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    out = module(x)
    factors = range(1, 9)
    threads = [
        threading.Thread(
            target=lambda k=k: mt.autograd.grad(out, x, mt.ones(3) * k, retain_graph=True)
        )
        for k in factors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(gi[0][0].item() for gi, _ in seen) == list(factors)
    assert all((gi[0] == go[0]).all() for gi, go in seen)
