"""Hooks of modules: when they run, what they see, what they may change."""

import copy
import pickle
from collections import OrderedDict
from typing import Any

import minitorch as mt
from tests.nn.both import Steps
from tests.support.table import complaint, leaf, refused, row, tap, warned

# Forward pre-hooks


@row(([(True, ([1.0],))], [5.0], [(True, ([1.0],))]))
def test_a_pre_hook_sees_module_and_positional_arguments(torch: Any) -> Any:
    module, seen = Steps(torch).Times(), []
    module.register_forward_pre_hook(lambda m, args: seen.append((m is module, args)))
    return seen, module(torch.tensor([1.0]), plus=3.0), seen


@row([14.0])
def test_a_pre_hook_replaces_the_arguments(torch: Any) -> Any:
    module = Steps(torch).Times()
    module.register_forward_pre_hook(lambda m, args: (args[0] + 1, 10.0))
    return module(torch.tensor([1.0]))


@row([4.0])
def test_a_single_value_is_wrapped_into_a_tuple(torch: Any) -> Any:
    module = Steps(torch).Times()
    module.register_forward_pre_hook(lambda m, args: args[0] + 1)
    return module(torch.tensor([1.0]))


@row(("list", [1.0]))
def test_a_list_is_one_argument(torch: Any) -> Any:
    module = Steps(torch).Wrapped(lambda x: (type(x).__name__, x[0]))
    module.register_forward_pre_hook(lambda m, args: [args[0]])
    return module(torch.tensor([1.0]))


@row([60.0])
def test_pre_hooks_run_in_order_each_on_what_the_one_before_returned(torch: Any) -> Any:
    module = Steps(torch).Times()
    module.register_forward_pre_hook(lambda m, args: args[0] + 1)
    module.register_forward_pre_hook(lambda m, args: args[0] * 10)
    module.register_forward_pre_hook(lambda m, args: args[0] - 5, prepend=True)
    return module(torch.tensor([7.0]))


@row(([104.0], [(([1.0],), {"plus": 3.0})]))
def test_a_pre_hook_with_kwargs_sees_and_replaces_both(torch: Any) -> Any:
    module, seen = Steps(torch).Times(), []

    def hook(m: Any, args: Any, kwargs: Any) -> Any:
        seen.append((args, dict(kwargs)))
        return (args[0] + 1,), {"plus": 100.0}

    module.register_forward_pre_hook(hook, with_kwargs=True)
    return module(torch.tensor([1.0]), plus=3.0), seen


@row(refused(RuntimeError, "forward pre-hook must return None or a tuple of (new_args,"))
def test_a_pre_hook_with_kwargs_that_returns_something_else(torch: Any) -> Any:
    module = Steps(torch).Times()
    module.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    return module(torch.tensor([1.0]))


@row(refused(RuntimeError, "got (1, 2, 3)"))
def test_a_pre_hook_with_kwargs_that_returns_too_much(torch: Any) -> Any:
    module = Steps(torch).Times()
    module.register_forward_pre_hook(lambda m, args, kwargs: (1, 2, 3), with_kwargs=True)
    return module(torch.tensor([1.0]))


@row(refused(TypeError, "takes 2 positional arguments but 3 were given"))
def test_pre_hooks_take_their_options_by_name_alone(torch: Any) -> Any:
    return complaint(lambda: torch.nn.ReLU().register_forward_pre_hook(print, True))


# Forward hooks


@row(([5.0], [(True, ([1.0],), [5.0])]))
def test_a_hook_sees_module_arguments_and_output(torch: Any) -> Any:
    module, seen = Steps(torch).Times(), []
    module.register_forward_hook(lambda m, args, out: seen.append((m is module, args, out)))
    return module(torch.tensor([1.0]), plus=3.0), seen


@row([100.0])
def test_hooks_replace_the_output_one_after_the_other(torch: Any) -> Any:
    module = Steps(torch).Times()
    module.register_forward_hook(lambda m, args, out: out + 1)
    module.register_forward_hook(lambda m, args, out: None)
    module.register_forward_hook(lambda m, args, out: out * 10)
    module.register_forward_hook(lambda m, args, out: out - 5, prepend=True)
    return module(torch.tensor([7.0]))


@row({"out": [14.0], "label": "x"})
def test_an_output_may_become_something_else(torch: Any) -> Any:
    module = Steps(torch).Times()
    module.register_forward_hook(lambda m, args, out: {"out": out, "label": "x"})
    return module(torch.tensor([7.0]))


@row([(([1.0],), {"plus": 3.0}, [5.0])])
def test_a_hook_with_kwargs(torch: Any) -> Any:
    module, seen = Steps(torch).Times(), []
    module.register_forward_hook(lambda *all: seen.append(all[1:]), with_kwargs=True)
    module(torch.tensor([1.0]), plus=3.0)
    return seen


@row([(([2.0],), {"plus": 1.0}, [5.0])])
def test_hooks_see_the_arguments_that_pre_hooks_gave(torch: Any) -> Any:
    module, seen = Steps(torch).Times(), []
    module.register_forward_hook(lambda *all: seen.append(all[1:]), with_kwargs=True)
    module.register_forward_pre_hook(
        lambda m, args, kwargs: ((args[0] * 2,), {"plus": 1.0}), with_kwargs=True
    )
    module(torch.tensor([1.0]), plus=3.0)
    return seen


@row(["hook", "hook", "hook"])
def test_the_same_function_runs_as_often_as_it_is_registered(torch: Any) -> Any:
    module, log = Steps(torch).Times(), []
    first = module.register_forward_hook(tap(log, "hook"))
    module.register_forward_hook(tap(log, "hook"))
    module(torch.tensor([1.0]))
    first.remove()
    first.remove()
    module(torch.tensor([1.0]))
    return log


@row(["once", "other", "other"])
def test_a_hook_may_remove_itself(torch: Any) -> Any:
    module, log = Steps(torch).Times(), []

    def once(*args: Any) -> None:
        log.append("once")
        handle.remove()

    handle = module.register_forward_hook(once)
    module.register_forward_hook(tap(log, "other"))
    module(torch.tensor([1.0]))
    module(torch.tensor([1.0]))
    return log


@row((["hook"], 0))
def test_a_handle_ends_with_its_block(torch: Any) -> Any:
    module, log = Steps(torch).Times(), []
    with module.register_forward_hook(tap(log, "hook")):
        module(torch.tensor([1.0]))
    module(torch.tensor([1.0]))
    return log, len(module._forward_hooks)


@row(["by hand"])
def test_tables_can_be_cleared_by_hand(torch: Any) -> Any:
    module, log = Steps(torch).Times(), []
    module.register_forward_hook(tap(log, "hook"))
    module._forward_hooks.clear()
    module._forward_pre_hooks[0] = lambda m, args: log.append("by hand")
    module(torch.tensor([1.0]))
    module._forward_pre_hooks = OrderedDict()
    module(torch.tensor([1.0]))
    return log


@row(["before ", "before 0", "after 0", "before 1", "before 1.0", "after 1.0", "after 1", "after "])
def test_nested_modules(torch: Any) -> Any:
    log: list[Any] = []
    net = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Sequential(torch.nn.Tanh()))
    for name, module in net.named_modules():
        module.register_forward_pre_hook(tap(log, f"before {name}"))
        module.register_forward_hook(tap(log, f"after {name}"))
    net(torch.tensor([1.0]))
    return log


# always_call


@row((refused(ValueError, "forward failed"), [(([1.0],), None), (([1.0],), {}, None)]))
def test_hooks_that_are_always_called(torch: Any) -> Any:
    module, log = Steps(torch).Fails(), []
    module.register_forward_hook(tap(log, "not called"))
    module.register_forward_hook(lambda *all: log.append(all[1:]), always_call=True)
    module.register_forward_hook(
        lambda *all: log.append(all[1:]), always_call=True, with_kwargs=True
    )
    return complaint(lambda: module(torch.tensor([1.0]))), log


@row((refused(ValueError, "hook failed"), ["first", [2.0]]))
def test_after_a_hook_that_raises(torch: Any) -> Any:
    module, log = Steps(torch).Times(), []

    def fails(m: Any, args: Any, out: Any) -> None:
        raise ValueError("hook failed")

    module.register_forward_hook(tap(log, "first"), always_call=True)
    module.register_forward_hook(fails)
    module.register_forward_hook(tap(log, "skipped"))
    module.register_forward_hook(lambda m, args, out: log.append(out), always_call=True)
    return complaint(lambda: module(torch.tensor([1.0]))), log


@row(
    (
        [refused(ValueError, "forward failed")],
        [
            refused(
                UserWarning,
                "module forward hook with ``always_call=True`` raised an",
            )
        ],
    )
)
def test_an_error_in_a_hook_always_called_is_a_warning_beside_another(torch: Any) -> Any:
    module, raised = Steps(torch).Fails(), []

    def fails(m: Any, args: Any, out: Any) -> None:
        raise KeyError("hook failed")

    module.register_forward_hook(fails, always_call=True)
    warnings = warned(lambda: raised.append(complaint(lambda: module(torch.tensor([1.0])))))
    return raised, warnings


@row(refused(KeyError, "'hook failed'"))
def test_an_error_in_a_hook_always_called_is_an_error_alone(torch: Any) -> Any:
    module = Steps(torch).Times()

    def fails(m: Any, args: Any, out: Any) -> None:
        raise KeyError("hook failed")

    module.register_forward_hook(fails, always_call=True)
    return complaint(lambda: module(torch.tensor([1.0])))


# Hooks of all modules


@row(
    [
        "all pre",
        "own pre",
        "all",
        "own",
        "all backward pre",
        "own backward pre",
        "all backward",
        "own backward",
        "removed",
    ]
)
def test_hooks_of_all_modules_come_first(torch: Any) -> Any:
    log: list[Any] = []
    hooks, module = torch.nn.modules.module, Steps(torch).Times()
    module.register_forward_pre_hook(tap(log, "own pre"))
    module.register_forward_hook(tap(log, "own"))
    module.register_full_backward_pre_hook(tap(log, "own backward pre"))
    module.register_full_backward_hook(tap(log, "own backward"))
    handles = [
        hooks.register_module_forward_pre_hook(tap(log, "all pre")),
        hooks.register_module_forward_hook(tap(log, "all")),
        hooks.register_module_full_backward_pre_hook(tap(log, "all backward pre")),
        hooks.register_module_full_backward_hook(tap(log, "all backward")),
    ]
    try:
        module(leaf(torch, 1.0)).backward()
    finally:
        for handle in handles:
            handle.remove()
    log.append("removed")
    Steps(torch).Times()(leaf(torch, 1.0)).backward()
    return log


@row(([40.0], [2.0]))
def test_a_hook_of_all_modules_replaces(torch: Any) -> Any:
    hooks, module = torch.nn.modules.module, Steps(torch).Times()
    with (
        hooks.register_module_forward_pre_hook(lambda m, args: args[0] + 1),
        hooks.register_module_forward_hook(lambda m, args, kwargs, out: out * 10, with_kwargs=True),
    ):
        inside = module(torch.tensor([1.0]))
    return inside, module(torch.tensor([1.0]))


@row((refused(ValueError, "forward failed"), [(([1.0],), None)]))
def test_a_hook_of_all_modules_that_is_always_called(torch: Any) -> Any:
    hooks, log = torch.nn.modules.module, []
    with hooks.register_module_forward_hook(lambda *all: log.append(all[1:]), always_call=True):
        raised = complaint(lambda: Steps(torch).Fails()(torch.tensor([1.0])))
    return raised, log


@row(
    [
        ("module", "Module", "child", False),
        ("module", "Module", "child", True),
        ("module", "Module", "other", False),
        ("parameter", "Module", "weight", False),
        ("buffer", "Module", "count", False),
        ("buffer", "Module", "count", False),
        ("buffer", "Module", "size", False),
        ("buffer", "Module", "none", True),
    ]
)
def test_hooks_at_registration(torch: Any) -> Any:
    hooks, log = torch.nn.modules.module, []

    def note(kind: str) -> Any:
        return lambda m, name, x: log.append((kind, type(m).__name__, name, x is None))

    with (
        hooks.register_module_module_registration_hook(note("module")),
        hooks.register_module_parameter_registration_hook(note("parameter")),
        hooks.register_module_buffer_registration_hook(note("buffer")),
    ):
        net = torch.nn.Module()
        net.child = torch.nn.ReLU()
        net.child = None
        net.add_module("other", torch.nn.ReLU())
        net.weight = torch.nn.Parameter(torch.ones(1))
        net.weight = None
        net.register_parameter("bias", None)
        net.register_buffer("count", torch.ones(1))
        net.count = torch.zeros(1)
        net.size = torch.nn.Buffer(torch.ones(1))
        net.register_buffer("none", None)
        net.plain = 3
    torch.nn.Module().child = torch.nn.ReLU()
    return log


@row(("Tanh", [2.0], [3.0]))
def test_what_hooks_at_registration_return_is_registered(torch: Any) -> Any:
    hooks, nn = torch.nn.modules.module, torch.nn
    with (
        hooks.register_module_module_registration_hook(lambda m, name, x: nn.Tanh()),
        hooks.register_module_parameter_registration_hook(
            lambda m, name, x: nn.Parameter(x.detach() * 2)
        ),
        hooks.register_module_buffer_registration_hook(lambda m, name, x: x * 3),
    ):
        net = nn.Module()
        net.child = nn.ReLU()
        net.weight = nn.Parameter(torch.ones(1))
        net.register_buffer("count", torch.ones(1))
    return type(net.child).__name__, net.weight, net.count


# Copies, files, state


@row((1, True))
def test_a_copy_has_the_hooks_and_they_get_the_copy(torch: Any) -> Any:
    module, seen = torch.nn.ReLU(), []
    handle = module.register_forward_hook(lambda m, args, out: seen.append(m))
    twin = copy.deepcopy(module)
    handle.remove()
    module(torch.ones(1))
    twin(torch.ones(1))
    return len(seen), seen[0] is twin


@row([2.0])
def test_a_copy_of_a_module_with_backward_hooks(torch: Any) -> Any:
    module, x = torch.nn.ReLU(), leaf(torch, 1.0)
    module.register_full_backward_hook(_double)
    copy.deepcopy(module)(x).backward()
    return x.grad


def _double(module: Any, grad_input: Any, grad_output: Any) -> Any:
    return (grad_input[0] * 2,)


def _plus_one(module: Any, args: Any, output: Any) -> Any:
    return output + 1


@row(([2.0], [2.0], [1.0]))
def test_pickled_modules_keep_hooks(torch: Any) -> Any:
    module, x = torch.nn.ReLU(), leaf(torch, 1.0)
    handle = module.register_forward_hook(_plus_one)
    module.register_full_backward_hook(_double)
    module, handle = pickle.loads(pickle.dumps((module, handle)))
    out = module(x)
    out.backward()
    handle.remove()
    return out, x.grad, module(x)


@row((["weight", "bias"], "Linear(in_features=1, out_features=1, bias=True)"))
def test_hooks_are_no_state(torch: Any) -> Any:
    module = torch.nn.Linear(1, 1)
    module.register_forward_hook(tap([], ""))
    module.register_full_backward_hook(tap([], ""))
    return list(module.state_dict()), repr(module)


@row(True)
def test_the_handle_is_the_one_of_utils_hooks(torch: Any) -> Any:
    handle = torch.nn.ReLU().register_forward_hook(tap([], ""))
    return isinstance(handle, torch.utils.hooks.RemovableHandle)


def test_a_module_without_hooks_has_no_tables():
    module = mt.nn.ReLU()
    assert not [name for name in vars(module) if "hook" in name]
    assert len(module._forward_hooks) == 0


def test_hooks_of_modules_pickled_elsewhere_run() -> None:
    module = mt.nn.ReLU()
    module.__setstate__({**vars(mt.nn.ReLU()), "_forward_hooks": OrderedDict({0: _plus_one})})
    assert module(mt.ones(1)).item() == 2.0


def test_hooks_of_all_modules_get_keyword_arguments_after_an_error_too() -> None:
    seen: list[Any] = []
    module = Steps(mt).Fails()
    with mt.nn.modules.module.register_module_forward_hook(
        lambda m, args, kwargs, out: seen.append(kwargs), with_kwargs=True, always_call=True
    ):
        assert complaint(lambda: module(x=1)).kind == "ValueError"
    assert seen == [{"x": 1}]


def test_modules_that_were_not_initialised_can_be_called() -> None:
    class Bare(mt.nn.Module):
        def __init__(self) -> None:
            pass

        def forward(self) -> int:
            return 3

    assert Bare()() == 3
