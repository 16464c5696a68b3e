"""Hooks around state dicts, modules that load in their own way, and modules put in place."""

import copy
from collections import OrderedDict
from typing import Any

from tests.support.table import complaint, refused, row, tap


def _net(torch: Any) -> Any:
    """(outer: (inner: (a, b), c)), each leaf with one number."""

    class Leaf(torch.nn.Module):
        def __init__(self, value: float) -> None:
            super().__init__()
            self.w = torch.nn.Parameter(torch.tensor([value]))

    inner = torch.nn.Sequential(OrderedDict(a=Leaf(1.0), b=Leaf(2.0)))
    return torch.nn.Sequential(OrderedDict(inner=inner, c=Leaf(3.0)))


# state_dict()


@row(
    [
        ("", "net.", True),
        ("inner", "net.inner.", True),
        ("inner.a", "net.inner.a.", True),
        ("inner.a", ["net.inner.a.w"], "net.inner.a.", {"version": 1}),
        ("inner.b", "net.inner.b.", True),
        ("inner.b", ["net.inner.a.w", "net.inner.b.w"], "net.inner.b.", {"version": 1}),
        ("inner", ["net.inner.a.w", "net.inner.b.w"], "net.inner.", {"version": 1}),
        ("c", "net.c.", True),
        ("c", ["net.inner.a.w", "net.inner.b.w", "net.c.w"], "net.c.", {"version": 1}),
        ("", ["net.inner.a.w", "net.inner.b.w", "net.c.w"], "net.", {"version": 1}),
    ]
)
def test_when_hooks_run_and_what_they_see(torch: Any) -> Any:
    net, log = _net(torch), []

    def before(name: str) -> Any:
        return lambda m, prefix, keep_vars: log.append((name, prefix, keep_vars))

    def after(name: str) -> Any:
        return lambda m, state, prefix, notes: log.append((name, list(state), prefix, notes))

    for name, module in net.named_modules():
        module.register_state_dict_pre_hook(before(name))
        module.register_state_dict_post_hook(after(name))
    net.state_dict(keep_vars=True, prefix="net.")
    return log


@row({"inner.b.w": [2.0], "inner.renamed": [1.0], "c.w": [3.0]})
def test_a_post_hook_changes_the_dict(torch: Any) -> Any:
    net = _net(torch)

    def rename(module: Any, state: Any, prefix: str, notes: Any) -> None:
        state[prefix + "renamed"] = state.pop(prefix + "a.w")

    net.inner.register_state_dict_post_hook(rename)
    return net.state_dict()


@row({"inner.a.w": [1.0], "inner.b.w": [2.0], "c.w": [6.0]})
def test_a_pre_hook_changes_the_module(torch: Any) -> Any:
    net = _net(torch)

    def double(module: Any, prefix: str, keep_vars: bool) -> None:
        with torch.no_grad():
            module.w *= 2

    net.c.register_state_dict_pre_hook(double)
    return net.state_dict()


@row(refused(RuntimeError, "state_dict post-hook must return None"))
def test_a_post_hook_returns_nothing(torch: Any) -> Any:
    net = _net(torch)
    net.inner.register_state_dict_post_hook(lambda *all: {})
    return complaint(net.state_dict)


@row(({"count": 3}, [{"count": 3}]))
def test_hooks_of_the_old_kind_may_return_another_dict(torch: Any) -> Any:
    net, seen = _net(torch), []
    net._register_state_dict_hook(lambda m, state, prefix, notes: {"count": len(state)})
    net._register_state_dict_hook(lambda m, state, prefix, notes: seen.append(state))
    return net.state_dict(), seen


@row(({"inner.a.w": [1.0], "inner.b.w": [2.0], "c.w": [3.0]}, {"count": 2}))
def test_but_not_below_another_module(torch: Any) -> Any:
    net = _net(torch)
    net.inner._register_state_dict_hook(lambda m, state, prefix, notes: {"count": len(state)})
    return net.state_dict(), net.inner.state_dict()


@row(refused(RuntimeError, "Cannot register the same function as the state dict post hook"))
def test_one_function_is_of_one_kind(torch: Any) -> Any:
    net = _net(torch)

    def hook(*args: Any) -> None:
        pass

    net.register_state_dict_post_hook(hook)
    return complaint(lambda: net._register_state_dict_hook(hook))


@row(
    {
        "": {"version": 1},
        "inner": {"version": 7},
        "inner.a": {"version": 1},
        "inner.b": {"version": 1},
        "c": {"version": 1},
    }
)
def test_notes_are_kept_in_the_dict(torch: Any) -> Any:
    net = _net(torch)

    def note(module: Any, state: Any, prefix: str, notes: Any) -> None:
        notes["version"] = 7

    net.inner.register_state_dict_post_hook(note)
    return dict(net.state_dict()._metadata)


@row(["pre", "post"])
def test_handles_remove(torch: Any) -> Any:
    net, log = _net(torch), []
    with net.register_state_dict_pre_hook(tap(log, "pre")):
        net.state_dict()
    handle = net.register_state_dict_post_hook(tap(log, "post"))
    net.state_dict()
    handle.remove()
    net.state_dict()
    return log


@row(({"0.w": [1.0]}, [["destination", "keep_vars", "prefix"], "pre", "post", "net"]))
def test_a_child_with_a_state_dict_of_its_own(torch: Any) -> Any:
    log: list[Any] = []

    class Own(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = torch.nn.Parameter(torch.ones(1))

        def state_dict(self, *args: Any, **kwargs: Any) -> Any:
            log.append(sorted(kwargs))
            return super().state_dict(*args, **kwargs)

    net = torch.nn.Sequential(Own())
    net.register_state_dict_post_hook(tap(log, "net"))
    net[0].register_state_dict_pre_hook(tap(log, "pre"))
    net[0].register_state_dict_post_hook(tap(log, "post"))
    return net.state_dict(), log


# load_state_dict()


@row(
    [
        ("", ["c.w", "inner.a.w", "inner.x.w"], "", {"version": 1}, [[], [], []], True),
        ("inner", ["inner.a.w", "inner.x.w"], "inner.", {"version": 1}, [[], [], []], True),
        ("inner.a", ["inner.a.w"], "inner.a.", {"version": 1}, [[], ["inner.x.w"], []], True),
        ("inner.a", [], ["inner.x.w"]),
        ("inner.b", [], "inner.b.", {"version": 1}, [[], ["inner.x.w"], []], True),
        ("inner.b", ["inner.b.w"], ["inner.x.w"]),
        ("inner", ["inner.b.w"], ["inner.x.w"]),
        ("c", ["c.w"], "c.", {"version": 1}, [["inner.b.w"], ["inner.x.w"], []], True),
        ("c", ["inner.b.w"], ["inner.x.w"]),
        ("", ["inner.b.w"], ["inner.x.w"]),
    ]
)
def test_when_hooks_for_loading_run_and_what_they_see(torch: Any) -> Any:
    net, log = _net(torch), []

    def before(name: str) -> Any:
        def hook(m: Any, state: Any, prefix: str, notes: Any, *rest: Any) -> None:
            log.append((name, sorted(state), prefix, notes, [list(x) for x in rest[1:]], rest[0]))

        return hook

    def after(name: str) -> Any:
        return lambda m, keys: log.append((name, list(keys.missing_keys), keys.unexpected_keys[:]))

    state = net.state_dict()
    del state["inner.b.w"]
    state["inner.x.w"] = torch.ones(1)
    for name, module in net.named_modules():
        module.register_load_state_dict_pre_hook(before(name))
        module.register_load_state_dict_post_hook(after(name))
    net.load_state_dict(state, strict=False)
    return log


@row(
    (
        "<All keys matched successfully>",
        {"inner.a.w": [0.0], "inner.b.w": [9.0], "c.w": [0.0]},
        ["inner.a.w", "inner.old", "c.w"],
    )
)
def test_a_pre_hook_renames(torch: Any) -> Any:
    net = _net(torch)

    def rename(m: Any, state: Any, prefix: str, *rest: Any) -> None:
        state[prefix + "b.w"] = state.pop(prefix + "old")

    net.inner.register_load_state_dict_pre_hook(rename)
    state = {"inner.a.w": torch.zeros(1), "inner.old": torch.ones(1) * 9, "c.w": torch.zeros(1)}
    return repr(net.load_state_dict(state)), net.state_dict(), list(state)


@row([({"version": 1, "assign_to_params_buffers": True}, ["", "c", "inner", "inner.a", "inner.b"])])
def test_a_pre_hook_at_the_root_sees_the_notes(torch: Any) -> Any:
    net, seen = _net(torch), []
    net.register_load_state_dict_pre_hook(
        lambda m, state, prefix, notes, *rest: seen.append((notes, sorted(state._metadata)))
    )
    net.load_state_dict(net.state_dict(), assign=True)
    return seen


@row([7, 8])
def test_the_old_kind_is_not_given_the_module(torch: Any) -> Any:
    net, seen = _net(torch), []
    net._register_load_state_dict_pre_hook(lambda *all: seen.append(len(all)))
    net._register_load_state_dict_pre_hook(lambda *all: seen.append(len(all)), with_module=True)
    net.load_state_dict(net.state_dict())
    return seen


@row("<All keys matched successfully>")
def test_a_post_hook_forgives(torch: Any) -> Any:
    net = _net(torch)

    def forgive(module: Any, keys: Any) -> None:
        keys.missing_keys.clear()
        keys.unexpected_keys.remove("inner.x.w")

    net.inner.register_load_state_dict_post_hook(forgive)
    state = net.state_dict()
    del state["inner.b.w"]
    state["inner.x.w"] = torch.ones(1)
    return repr(net.load_state_dict(state))


@row(refused(AssertionError, "Hooks registered with ``register_load_state_dict_post_hook``"))
def test_a_post_hook_that_returns_something(torch: Any) -> Any:
    net = _net(torch)
    net.register_load_state_dict_post_hook(lambda m, keys: keys)
    return complaint(lambda: net.load_state_dict(net.state_dict()))


@row(["Error(s) in loading state_dict for Sequential:", "\tinner. is too old."])
def test_a_pre_hook_adds_errors(torch: Any) -> Any:
    net = _net(torch)

    def refuse(m: Any, state: Any, prefix: str, notes: Any, strict: bool, *lists: Any) -> None:
        lists[2].append(f"{prefix} is too old.")

    net.inner.register_load_state_dict_pre_hook(refuse)
    return complaint(lambda: net.load_state_dict(net.state_dict())).message.split("\n")[:2]


@row([True, True])
def test_copies_have_the_hooks_and_those_get_the_copy(torch: Any) -> Any:
    net, seen = _net(torch), []
    net.register_load_state_dict_pre_hook(lambda m, *rest: seen.append(m))
    net.register_load_state_dict_post_hook(lambda m, keys: seen.append(m))
    twin = copy.deepcopy(net)
    twin.load_state_dict(net.state_dict())
    return [m is twin for m in seen]


# Modules that load in their own way


def _loader(torch: Any, more: bool = False) -> Any:
    class Loader(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = torch.nn.Parameter(torch.ones(1))
            if more:
                self.child = torch.nn.Linear(1, 1)

        def _load_from_state_dict(self, state: Any, prefix: str, *rest: Any) -> None:
            self.found = sorted(state)

    return torch.nn.Sequential(Loader())


@row(("<All keys matched successfully>", ["0.old", "0.old.er", "0.w"]))
def test_what_a_module_loads_without_super_is_its_own_business(torch: Any) -> Any:
    net = _loader(torch)
    one = torch.ones(1)
    keys = net.load_state_dict({"0.w": one, "0.old": one, "0.old.er": one}, strict=False)
    return repr(keys), net[0].found


@row((["0.child.weight"], ["x", "0.child.old"]))
def test_but_not_what_belongs_to_its_children(torch: Any) -> Any:
    net = _loader(torch, more=True)
    one = torch.ones(1)
    state = {"0.child.bias": one, "0.child.old": one, "x": one}
    keys = net.load_state_dict(state, strict=False)
    return keys.missing_keys, keys.unexpected_keys


@row(["d", "c._extra_state", "c.w.x"])
def test_unknown_extra_state(torch: Any) -> Any:
    net, one = _net(torch), torch.ones(1)
    state = {**net.state_dict(), "c._extra_state": 3, "c.w.x": one, "d": one}
    return net.load_state_dict(state, strict=False).unexpected_keys


@row([(["m.weight"], ["m.x", "m.y.z"], []), ([], [], [])])
def test_loading_one_module_by_hand(torch: Any) -> Any:
    module, one = torch.nn.Linear(1, 1), torch.ones(1)
    found = []
    for strict in (True, False):
        lists: tuple[list[Any], ...] = ([], [], [])
        state = {"m.bias": one, "m.x": one, "m.y.z": one, "other": one, "m.weight": one}
        del state["m.weight"]
        module._load_from_state_dict(state, "m.", {}, strict, *lists)
        found.append(lists)
    return found


# set_submodule(), to_empty()


@row(
    (
        "Sequential(\n",
        [
            ("inner", "Sequential"),
            ("inner.a", "ReLU"),
            ("inner.b", "Leaf"),
            ("inner.new", "Tanh"),
            ("c", "Tanh"),
        ],
    )
)
def test_a_module_in_the_place_of_another(torch: Any) -> Any:
    net = _net(torch)
    net.set_submodule("inner.a", torch.nn.ReLU())
    net.set_submodule("c", torch.nn.Tanh(), strict=True)
    net.set_submodule("inner.new", torch.nn.Tanh())
    return repr(net)[:12], [(name, type(m).__name__) for name, m in net.named_modules()][1:]


@row(
    [
        refused(ValueError, "Cannot set the submodule without a target name!"),
        refused(AttributeError, "Sequential has no attribute `nowhere`"),
        refused(AttributeError, "Sequential has no attribute `new`"),
        refused(AttributeError, "`w` is not an nn.Module"),
        refused(ValueError, "`module` is not an nn.Module, found <class 'int'>"),
    ]
)
def test_places_that_there_are_not(torch: Any) -> Any:
    net, relu = _net(torch), torch.nn.ReLU()
    return [
        complaint(lambda: net.set_submodule("", relu)),
        complaint(lambda: net.set_submodule("nowhere.a", relu)),
        complaint(lambda: net.set_submodule("inner.new", relu, strict=True)),
        complaint(lambda: net.set_submodule("c.w", relu)),
        complaint(lambda: net.set_submodule("inner.a", 3)),
    ]


@row(
    (
        True,
        True,
        False,
        [
            ("0.weight", (2,), "torch.float32"),
            ("0.bias", (2,), "torch.float32"),
            ("0.running_mean", (2,), "torch.float32"),
            ("0.running_var", (2,), "torch.float32"),
            ("0.num_batches_tracked", (), "torch.int64"),
        ],
        True,
        "TypeError",
    )
)
def test_to_empty(torch: Any) -> Any:
    net = torch.nn.Sequential(torch.nn.BatchNorm1d(2))
    weight, mean = net[0].weight, net[0].running_mean
    result = net.to_empty(device="cpu")
    return (
        result is net,
        net[0].weight is weight,
        net[0].running_mean is mean,
        [(name, tuple(t.shape), str(t.dtype)) for name, t in net.state_dict().items()],
        weight.requires_grad,
        complaint(net.to_empty).kind,
    )


@row((False, True))
def test_to_empty_of_one_module(torch: Any) -> Any:
    net = torch.nn.Sequential(torch.nn.BatchNorm1d(2))
    net.register_buffer("own", torch.ones(2))
    own, mean = net.own, net[0].running_mean
    net.to_empty(device="cpu", recurse=False)
    return net.own is own, net[0].running_mean is mean
