"""Sequential, ModuleList, ModuleDict, ParameterList and ParameterDict, beside PyTorch's."""

from collections import OrderedDict

import pytest

import minitorch as mt
from minitorch import nn
from tests.nn.both import outcome


def three(torch):
    return torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Tanh(), torch.nn.Sigmoid())


def listed(torch):
    return torch.nn.ModuleList([torch.nn.ReLU(), torch.nn.Tanh(), torch.nn.ReLU()])


def named(torch):
    return torch.nn.Sequential(OrderedDict(a=torch.nn.ReLU(), b=torch.nn.Tanh()))


def odd(torch):
    names = OrderedDict([("2", torch.nn.ReLU()), ("x", torch.nn.Tanh()), ("0", torch.nn.GELU())])
    return torch.nn.Sequential(names)


def change(make, action):
    """The printed form of a container after a change, and what the change returned."""

    def script(torch):
        container = make(torch)
        result = action(torch, container)
        return repr(container), None if result is container else repr(result)

    return script


def delete(container, key):
    del container[key]


def assign(container, key, value):
    container[key] = value


def heard(action):
    """An action that returns the names which registration hooks were told of."""

    def listen(torch, container):
        names = []
        hooks = torch.nn.modules.module
        handle = hooks.register_module_module_registration_hook(lambda m, n, x: names.append(n))
        with handle:
            action(torch, container)
        return names

    return listen


SAME = {
    "sequential": change(three, lambda t, c: len(c)),
    "item": change(three, lambda t, c: c[1]),
    "last item": change(three, lambda t, c: c[-1]),
    "slice": change(three, lambda t, c: c[1:]),
    "slice with step": change(three, lambda t, c: c[::2]),
    "named slice": change(named, lambda t, c: c[1:]),
    "set item": change(three, lambda t, c: assign(c, 1, t.nn.GELU())),
    "set last": change(named, lambda t, c: assign(c, -1, t.nn.GELU())),
    "delete": change(three, lambda t, c: delete(c, 0)),
    "delete last": change(three, lambda t, c: delete(c, -1)),
    "delete slice": change(three, lambda t, c: delete(c, slice(0, 2))),
    "delete named": change(named, lambda t, c: delete(c, 0)),
    "append": change(three, lambda t, c: c.append(t.nn.GELU())),
    "insert": change(three, lambda t, c: c.insert(1, t.nn.GELU())),
    "insert at the end": change(three, lambda t, c: c.insert(3, t.nn.GELU())),
    "insert at the end of named": change(named, lambda t, c: c.insert(2, t.nn.GELU())),
    "insert before the last": change(three, lambda t, c: c.insert(-1, t.nn.GELU())),
    "extend": change(three, lambda t, c: c.extend([t.nn.GELU(), t.nn.GELU()])),
    "pop": change(three, lambda t, c: c.pop(1)),
    "pop slice": change(three, lambda t, c: c.pop(slice(0, 2))),
    "add": change(three, lambda t, c: c + named(t)),
    "add in place": change(three, lambda t, c: c.__iadd__(named(t))),
    "times": change(named, lambda t, c: c * 2),
    "times from the left": change(named, lambda t, c: 2 * c),
    "times in place": change(three, lambda t, c: c.__imul__(2)),
    "iterate": change(three, lambda t, c: list(c)),
    "holds none": change(lambda t: t.nn.Sequential(None), lambda t, c: len(c)),
    "list": change(listed, lambda t, c: len(c)),
    "list collapses equals": change(
        lambda t: t.nn.ModuleList([t.nn.ReLU(), t.nn.ReLU(), t.nn.Sequential(t.nn.Tanh())]),
        lambda t, c: None,
    ),
    "list slice": change(listed, lambda t, c: c[1:]),
    "list set": change(listed, lambda t, c: assign(c, 1, t.nn.GELU())),
    "list delete": change(listed, lambda t, c: delete(c, 1)),
    "list delete slice": change(listed, lambda t, c: delete(c, slice(None, None, 2))),
    "list append": change(listed, lambda t, c: c.append(t.nn.GELU())),
    "list insert": change(listed, lambda t, c: c.insert(0, t.nn.GELU())),
    "list pop": change(listed, lambda t, c: c.pop(-1)),
    "list add": change(listed, lambda t, c: c.__add__([t.nn.GELU()])),
    "list add in place": change(listed, lambda t, c: c.__iadd__([t.nn.GELU()])),
    "dict": change(
        lambda t: t.nn.ModuleDict({"a": t.nn.ReLU(), "b": t.nn.Tanh()}),
        lambda t, c: (len(c), list(c), list(c.keys()), "a" in c, "z" in c, c["b"]),
    ),
    "dict of pairs": change(
        lambda t: t.nn.ModuleDict([["a", t.nn.ReLU()]]),
        lambda t, c: (list(c.values()), list(c.items()), c.pop("a")),
    ),
    "dict changes": change(
        lambda t: t.nn.ModuleDict({"a": t.nn.ReLU()}),
        lambda t, c: (assign(c, "b", t.nn.Tanh()), delete(c, "a"), c.update({"c": t.nn.GELU()})),
    ),
    "dict of a dict": change(
        lambda t: t.nn.ModuleDict(t.nn.ModuleDict({"a": t.nn.ReLU()})), lambda t, c: c.clear()
    ),
    "parameter list": change(
        lambda t: t.nn.ParameterList([t.nn.Parameter(t.ones(2, 3)), t.ones(3), 4]),
        lambda t, c: (len(c), list(c.state_dict()), c[-1], c[:2], c[1].requires_grad),
    ),
    "parameter list changes": change(
        lambda t: t.nn.ParameterList(),
        lambda t, c: (c.append(t.ones(1)), c.extend([t.ones(2)]), assign(c, 0, t.ones(4)), len(c)),
    ),
    "parameter dict": change(
        lambda t: t.nn.ParameterDict({"a": t.ones(2), "c": 3}),
        lambda t, c: (
            list(c), len(c), c["a"], "a" in c, c.get("z", 1), list(c.keys()), list(c.state_dict()),
        ),
    ),
    "parameter dict changes": change(
        lambda t: t.nn.ParameterDict({"a": t.ones(2)}),
        lambda t, c: (c.update({"b": t.ones(1)}), c.pop("a"), assign(c, "b", t.ones(3)), len(c)),
    ),
    "item of an odd order": change(odd, lambda t, c: ([c[i] for i in range(-3, 3)], c[1:][0])),
    "told of what is inserted": change(three, heard(lambda t, c: c.insert(1, t.nn.GELU()))),
    "told of what is put at the end": change(three, heard(lambda t, c: c.insert(3, t.nn.GELU()))),
    "told of what is left": change(three, heard(lambda t, c: delete(c, 0))),
    "told of what is repeated": change(three, heard(lambda t, c: c.__imul__(2))),
    "list told of what is inserted": change(listed, heard(lambda t, c: c.insert(1, t.nn.GELU()))),
    "list told of what is left": change(listed, heard(lambda t, c: delete(c, slice(0, 2)))),
}  # fmt: skip


@pytest.mark.parametrize("script", SAME.values(), ids=SAME)
def test_containers_do_what_pytorchs_do(torch, script):
    ours = outcome(script, mt)
    assert ours[0] == "value", ours
    assert ours == outcome(script, torch)


def attempt(make, action):
    return lambda torch: action(torch, make(torch))


ERRORS = {
    "no module": (lambda t: t.nn.Sequential(3), "TypeError", "int is not a Module subclass"),
    "a class": (lambda t: t.nn.Sequential(t.nn.ReLU), "TypeError", "is not a Module subclass"),
    "a list": (lambda t: t.nn.Sequential([]), "TypeError", "list is not a Module subclass"),
    "too far": (attempt(three, lambda t, c: c[3]), "IndexError", "index 3 is out of range"),
    "by name": (
        attempt(three, lambda t, c: c["0"]),
        "TypeError",
        "'str' object cannot be interpreted as an integer",
    ),
    "set too far": (
        attempt(three, lambda t, c: assign(c, 3, t.nn.ReLU())),
        "IndexError",
        "index 3 is out of range",
    ),
    "set a number": (
        attempt(three, lambda t, c: assign(c, 0, 3)),
        "TypeError",
        "cannot assign 'int' as child module '0'",
    ),
    "delete too far": (
        attempt(three, lambda t, c: delete(c, 3)),
        "IndexError",
        "index 3 is out of range",
    ),
    "insert too far": (
        attempt(three, lambda t, c: c.insert(5, t.nn.ReLU())),
        "IndexError",
        "Index out of range: 5",
    ),
    "add a number": (
        attempt(three, lambda t, c: c + 5),
        "ValueError",
        "add operator supports only objects of Sequential class, but <class 'int'> is given.",
    ),
    "no times": (attempt(three, lambda t, c: c * 0), "ValueError", "Non-positive multiplication"),
    "half times": (
        attempt(three, lambda t, c: c * 0.5),
        "TypeError",
        "unsupported operand type(s) for *",
    ),
    "two arguments": (
        attempt(three, lambda t, c: c(t.ones(1), 2)),
        "TypeError",
        "forward() takes 2 positional arguments but 3 were given",
    ),
    "list of numbers": (lambda t: t.nn.ModuleList([3]), "TypeError", "int is not a Module"),
    "list of no list": (
        lambda t: t.nn.ModuleList(t.nn.ReLU()),
        "TypeError",
        "ModuleList.extend should be called with an iterable, but got ReLU",
    ),
    "list too far": (attempt(listed, lambda t, c: c[3]), "IndexError", "index 3 is out of range"),
    "list by the place of a name": (
        attempt(listed, lambda t, c: (c.add_module("x", t.nn.ReLU()), c[3])),
        "KeyError",
        "3",
    ),
    "list called": (
        attempt(listed, lambda t, c: c(3)),
        "NotImplementedError",
        'Module [ModuleList] is missing the required "forward" function',
    ),
    "dict of numbers": (lambda t: t.nn.ModuleDict({"a": 3}), "TypeError", "int is not a Module"),
    "dict of a number": (
        lambda t: t.nn.ModuleDict(3),
        "TypeError",
        "ModuleDict.update should be called with an iterable of key/value pairs, but got int",
    ),
    "dict of triples": (
        lambda t: t.nn.ModuleDict([("a", t.nn.ReLU(), 3)]),
        "ValueError",
        "ModuleDict update sequence element #0 has length 3; 2 is required",
    ),
    "dict of no pairs": (
        lambda t: t.nn.ModuleDict([3]),
        "TypeError",
        "ModuleDict update sequence element #0 should be Iterable; is",
    ),
    "dict with a method's name": (
        lambda t: t.nn.ModuleDict({"keys": t.nn.ReLU()}),
        "KeyError",
        "attribute 'keys' already exists",
    ),
    "dict without the key": (lambda t: t.nn.ModuleDict({})["b"], "KeyError", "'b'"),
    "dict with a number as key": (
        lambda t: t.nn.ModuleDict({1: t.nn.ReLU()}),
        "TypeError",
        "module name should be a string. Got int",
    ),
    "parameter list too far": (
        lambda t: t.nn.ParameterList([])[0],
        "IndexError",
        "index 0 is out of range",
    ),
    "parameter dict without a last item": (
        lambda t: t.nn.ParameterDict().popitem(),
        "KeyError",
        "dictionary is empty",
    ),
    "parameter dict with a number as key": (
        lambda t: t.nn.ParameterDict({1: t.ones(1)}),
        "TypeError",
        "Index given to ParameterDict cannot be used as a key as it is not a string (type "
        "is 'int')",
    ),
}


@pytest.mark.parametrize(("script", "kind", "phrase"), ERRORS.values(), ids=ERRORS)
def test_errors_say_what_pytorch_says(script, kind, phrase):
    came, (message, _) = outcome(script, mt)
    assert (came, phrase in str(message)) == (kind, True), message


@pytest.mark.parametrize(("script", "kind", "phrase"), ERRORS.values(), ids=ERRORS)
def test_the_table_of_errors_is_pytorchs(torch, script, kind, phrase):
    came, (message, _) = outcome(script, torch)
    assert (came, phrase in str(message)) == (kind, True), message


def test_a_sequential_applies_its_modules_in_order():
    net = nn.Sequential(nn.Identity(1, some="option"), nn.ReLU(), nn.Flatten(0))
    assert net(mt.tensor([[-1.0, 2.0]])).tolist() == [0.0, 2.0]


def test_containers_without_pytorch():
    assert repr(three(mt)[1:]) == "Sequential(\n  (1): Tanh()\n  (2): Sigmoid()\n)"
    assert repr(nn.ModuleList([nn.ReLU(), nn.ReLU()])) == "ModuleList(\n  (0-1): 2 x ReLU()\n)"
    net = three(mt)
    del net[0]
    assert repr(net) == "Sequential(\n  (0): Tanh()\n  (1): Sigmoid()\n)"


def test_what_torch_stumbles_over_works():
    net = named(mt).insert(1, nn.GELU())
    assert (
        repr(net) == "Sequential(\n  (0): ReLU()\n  (1): GELU(approximate='none')\n  (2): Tanh()\n)"
    )
    modules = listed(mt)
    modules.insert(-9, nn.GELU())
    assert isinstance(modules[0], nn.GELU)
    assert len(modules.extend(modules)) == 8


def test_a_class_in_place_of_a_module_is_recognised():
    with pytest.raises(TypeError, match=r"did you mean ReLU\(\)\?"):
        nn.Sequential(nn.ReLU)


def test_subclasses_keep_their_class_when_sliced():
    class Stage(nn.Sequential):
        pass

    assert type(Stage(nn.ReLU(), nn.Tanh())[1:]) is Stage


def test_repeated_modules_share_weights():
    net = nn.Sequential(nn.Linear(2, 2)) * 3
    assert len(list(net.parameters())) == 2
    assert len(net.state_dict()) == 6


@pytest.mark.parametrize("make", [three, listed])
def test_a_refused_insert_changes_nothing(make):
    container = make(mt)
    before = repr(container)
    with pytest.raises(TypeError, match="str is not a Module subclass"):
        container.insert(1, "x")
    assert repr(container) == before


class Unwalked(dict):
    """A table of modules that is only to be looked into by name."""

    def walked(self, *_):
        raise AssertionError("walked over all modules")

    __iter__ = __reversed__ = keys = values = items = walked


def test_a_list_finds_its_modules_without_a_search():
    container = listed(mt)
    container._modules = Unwalked(container._modules)
    assert [type(container[i]).__name__ for i in (-3, 1, 2)] == ["ReLU", "Tanh", "ReLU"]
    assert [type(module).__name__ for module in container[1:2]] == ["Tanh"]
    container[-1] = nn.GELU()
    container.append(nn.Sigmoid()).extend([nn.Tanh()])
    assert (len(container), type(container[3]).__name__) == (5, "Sigmoid")


def test_a_slice_of_parameters_reads_only_those():
    class Read(nn.ParameterList):
        def __iter__(self):
            raise AssertionError("walked over all parameters")

    assert Read(mt.ones(i) for i in range(4))[2:][0].shape == (2,)
