"""Saving and loading state dicts: what is in them, and what is reported when they do not fit."""

from collections import OrderedDict

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from tests.nn.both import outcome


def linear(torch):
    return torch.nn.Linear(2, 3)


def stack(torch):
    return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))


def with_absent_child(torch):
    net = stack(torch)
    net.register_module("down", None)
    return net


def scalar(torch):
    module = torch.nn.Module()
    module.register_buffer("scale", torch.zeros(()))
    return module


def integers(torch):
    return {"weight": torch.ones(3, 2).long(), "bias": torch.ones(3).double()}


def summary(net, result):
    """What a load did, in terms that both libraries share."""
    tensors = [(name, str(t.dtype), t.tolist()) for name, t in net.state_dict().items()]
    return [list(result.missing_keys), list(result.unexpected_keys), repr(result), tensors]


def load(make, state, **options):
    def script(torch):
        torch.manual_seed(0)
        net = make(torch)
        return summary(net, net.load_state_dict(state(torch), **options))

    return script


SAVED = {
    "itself": load(stack, lambda torch: stack(torch).state_dict()),
    "nothing, not strict": load(linear, lambda torch: {}, strict=False),
    "some and others, not strict": load(
        stack,
        lambda torch: {"0.bias": torch.ones(3), "1.x": torch.ones(1), "y": 3, "0.weight.z": 1},
        strict=False,
    ),
    "other dtypes are converted": load(linear, integers),
    "assigned": load(
        linear,
        lambda torch: {"weight": torch.ones(3, 2), "bias": torch.ones(3).double()},
        assign=True,
    ),
    "leftovers of an absent child": load(
        with_absent_child, lambda torch: {**stack(torch).state_dict(), "down.weight": 1}
    ),
    "one number for a scalar": load(scalar, lambda torch: {"scale": torch.ones(1)}),
    "a checkpoint from before batches were counted": load(
        stack,
        lambda torch: {
            name: t for name, t in stack(torch).state_dict().items() if "num_batches" not in name
        },
    ),
}


@pytest.mark.parametrize("script", SAVED.values(), ids=SAVED)
def test_loading_gives_what_pytorch_gives(torch, script):
    assert outcome(script, mt) == outcome(script, torch)


def without_count(torch):
    state = stack(torch).state_dict()
    del state["1.num_batches_tracked"]
    return state


# Class and lines of the message, which are PyTorch's; a remedy may follow.
ERRORS = {
    "nothing": (
        load(linear, lambda torch: {}),
        'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "weight", '
        '"bias". ',
    ),
    "all at once": (
        load(stack, lambda torch: {"0.weight": torch.ones(2), "foo.x": 3, "0.b": 3}),
        "Error(s) in loading state_dict for Sequential:\n\t"
        'Missing key(s) in state_dict: "0.bias", "1.weight", "1.bias", "1.running_mean", '
        '"1.running_var". \n\t'
        'Unexpected key(s) in state_dict: "foo.x", "0.b". \n\t'
        "size mismatch for 0.weight: copying a param with shape torch.Size([2]) from checkpoint, "
        "the shape in current model is torch.Size([3, 2]).",
    ),
    "sizes, not strict": (
        load(linear, lambda torch: {"weight": torch.ones(3, 3)}, strict=False),
        "Error(s) in loading state_dict for Linear:\n\t"
        "size mismatch for weight: copying a param with shape torch.Size([3, 3]) from checkpoint, "
        "the shape in current model is torch.Size([3, 2]).",
    ),
    "a count that was saved and is gone": (
        load(stack, without_count),
        'Missing key(s) in state_dict: "1.num_batches_tracked". ',
    ),
    "an array": (
        load(linear, lambda torch: {"weight": np.ones((3, 2)), "bias": torch.ones(3)}),
        'While copying the parameter named "weight", expected torch.Tensor or Tensor-like object '
        "from checkpoint but received <class 'numpy.ndarray'>",
    ),
    "assigning integers": (
        load(linear, integers, assign=True),
        'While copying the parameter named "weight", whose dimensions in the model are '
        "torch.Size([3, 2]) and whose dimensions in the checkpoint are torch.Size([3, 2]), an "
        "exception occurred : (",
    ),
}


@pytest.mark.parametrize(("script", "text"), ERRORS.values(), ids=ERRORS)
def test_reports_name_all_that_does_not_fit(script, text):
    kind, (message, _) = outcome(script, mt)
    assert kind == "RuntimeError"
    assert text in message


@pytest.mark.parametrize(("script", "text"), ERRORS.values(), ids=ERRORS)
def test_the_reports_are_pytorchs(torch, script, text):
    kind, (message, _) = outcome(script, torch)
    assert kind == "RuntimeError"
    assert text in message


def test_reports_say_what_to_do():
    net = nn.Linear(2, 3)
    with pytest.raises(RuntimeError, match="strict=False loads the keys that match"):
        net.load_state_dict({})
    with pytest.raises(
        RuntimeError, match="keeps the model's own values of keys whose size differs"
    ):
        net.load_state_dict({"weight": mt.ones(1), "bias": mt.ones(3)})


def test_what_fits_is_loaded_even_so():
    net = nn.Linear(2, 3)
    with pytest.raises(RuntimeError):
        net.load_state_dict({"weight": mt.ones(1), "bias": mt.ones(3)})
    assert net.bias.tolist() == [1.0, 1.0, 1.0]


def test_only_dicts_are_loaded():
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like, got <class 'list'>"):
        nn.Linear(2, 3).load_state_dict([1])


def test_a_state_dict_shares_memory_and_holds_no_graph():
    net = nn.Linear(2, 3)
    state = net.state_dict()
    assert isinstance(state, OrderedDict)
    assert not state["weight"].requires_grad
    state["weight"].zero_()
    assert net.weight.tolist() == [[0.0, 0.0]] * 3
    assert net.state_dict(keep_vars=True)["weight"] is net.weight


def test_loading_keeps_parameters_and_flags():
    net = nn.Linear(2, 3)
    net.weight.requires_grad = False
    weight, bias = net.weight, net.bias
    net.load_state_dict(nn.Linear(2, 3).state_dict())
    assert net.weight is weight
    assert not weight.requires_grad
    net.load_state_dict(nn.Linear(2, 3).state_dict(), assign=True)
    assert net.bias is not bias
    assert net.bias.requires_grad
    assert not net.weight.requires_grad


def test_loading_does_not_touch_the_dict_it_was_given():
    class Renaming(nn.Linear):
        def _load_from_state_dict(self, state_dict, prefix, *args):
            state_dict[prefix + "weight"] = state_dict.pop(prefix + "kernel")
            super()._load_from_state_dict(state_dict, prefix, *args)

    state = {"0.kernel": mt.ones(3, 2), "0.bias": mt.ones(3)}
    net = nn.Sequential(Renaming(2, 3))
    assert repr(net.load_state_dict(state)) == "<All keys matched successfully>"
    assert list(state) == ["0.kernel", "0.bias"]
    assert net[0].weight.tolist() == [[1.0, 1.0]] * 3


def test_extra_state_comes_and_goes():
    class Counting(nn.Linear):
        steps = 0

        def get_extra_state(self):
            return {"steps": self.steps}

        def set_extra_state(self, state):
            self.steps = state["steps"]

    net = nn.Sequential(Counting(2, 3))
    net[0].steps = 7
    state = net.state_dict()
    assert state["0._extra_state"] == {"steps": 7}
    twin = nn.Sequential(Counting(2, 3))
    twin.load_state_dict(state)
    assert twin[0].steps == 7
    del state["0._extra_state"]
    with pytest.raises(RuntimeError, match=r'Missing key.*"0\._extra_state"'):
        twin.load_state_dict(state)


def test_a_child_with_a_state_dict_of_its_own_is_asked():
    class Quiet(nn.Linear):
        def state_dict(self, *, destination, prefix, keep_vars):
            destination[prefix + "only"] = self.bias

    net = nn.Sequential(Quiet(1, 1), nn.Linear(1, 1))
    assert list(net.state_dict()) == ["0.only", "1.weight", "1.bias"]


def versioned(torch):
    """A module that renames what its version 1 saved under another name."""

    class Layer(torch.nn.Linear):
        _version = 2

        def _load_from_state_dict(self, state, prefix, metadata, *args):
            if metadata.get("version", 1) < 2:
                state[prefix + "weight"] = state.pop(prefix + "kernel")
            super()._load_from_state_dict(state, prefix, metadata, *args)

    return torch.nn.Sequential(Layer(1, 1))


def test_versions_travel_with_the_state(torch):
    for t in (mt, torch):
        net = versioned(t)
        state = net.state_dict()
        assert state._metadata == {"": {"version": 1}, "0": {"version": 2}}
        net.load_state_dict(state)
        state._metadata["0"] = {"version": 1}
        state["0.kernel"] = state.pop("0.weight")
        net.load_state_dict(state)
        net.load_state_dict({"0.kernel": t.ones(1, 1), "0.bias": t.ones(1)})
        assert net[0].weight.item() == 1.0


def test_assigned_parameters_are_the_very_ones():
    net = nn.Linear(2, 3).requires_grad_(False)
    weight = nn.Parameter(mt.ones(3, 2))
    net.load_state_dict({"weight": weight, "bias": mt.ones(3)}, assign=True)
    assert net.weight is weight
    assert not weight.requires_grad, "a frozen place stays frozen"


def test_a_wrapper_does_not_pass_for_what_it_wraps():
    class Wrapper(nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

        def __getattr__(self, name):
            try:
                return super().__getattr__(name)
            except AttributeError:
                return getattr(self.module, name)

    class Stateful(nn.Linear):
        def get_extra_state(self):
            return 1

        def set_extra_state(self, state):
            assert state == 1

    net = Wrapper(Stateful(1, 1, bias=False))
    assert list(net.state_dict()) == ["module.weight", "module._extra_state"]
    assert repr(net.load_state_dict(net.state_dict())) == "<All keys matched successfully>"


# --- what PyTorch's cannot do


def pretrained():
    mt.manual_seed(1)
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 4))


def with_new_head():
    mt.manual_seed(2)
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 5))


def test_a_head_that_does_not_fit_is_skipped_and_the_rest_is_loaded():
    net, head = with_new_head(), with_new_head()[2].state_dict()
    state = pretrained().state_dict()
    with pytest.raises(RuntimeError, match=r"(?s)size mismatch for 2\.weight.*size mismatch"):
        net.load_state_dict(state)
    report = net.load_state_dict(state, mismatched="skip")
    assert report == ([], [])
    assert report.loaded == [key for key in state if not key.startswith("2.")]
    assert report.skipped == {
        "2.weight": "shape (4, 3) does not fit (5, 3)",
        "2.bias": "shape (4,) does not fit (5,)",
    }
    assert "skipped 2.bias: shape (4,) does not fit (5,)" in repr(report)
    assert net[0].weight.tolist() == state["0.weight"].tolist()
    assert net[2].bias.tolist() == head["bias"].tolist()


def test_names_still_have_to_fit_unless_not_strict():
    state = {**pretrained().state_dict(), "2.bias": 3, "more": mt.ones(1)}
    del state["0.bias"]
    with pytest.raises(RuntimeError, match=r'Missing key.*"0\.bias"'):
        with_new_head().load_state_dict(state, mismatched="skip")
    report = with_new_head().load_state_dict(state, strict=False, mismatched="skip")
    assert report.skipped["2.bias"] == "a int, no tensor"
    assert (report.missing_keys, report.unexpected_keys) == (["0.bias"], ["more"])
    assert "more" not in report.loaded
    none = with_new_head()
    none.register_module("none", None)  # whose keys are neither unexpected nor loaded
    report = none.load_state_dict({"none.weight": mt.ones(1)}, strict=False, mismatched="skip")
    assert report.unexpected_keys == report.loaded == []
    with pytest.raises(ValueError, match="mismatched must be 'error' or 'skip', got 'drop'"):
        with_new_head().load_state_dict(state, mismatched="drop")


def test_keys_are_renamed_by_patterns_and_versions_with_them():
    wrapped = nn.Module()
    wrapped.module = pretrained()
    state = wrapped.state_dict()
    net = pretrained()
    assert repr(net.load_state_dict(state, rename={r"^module\.": ""})) == (
        "<All keys matched successfully>"
    )
    old = OrderedDict((k, v) for k, v in state.items() if "num_batches" not in k)
    old._metadata = {**state._metadata, "module.1": {"version": 1}}  # before there was a count
    net.load_state_dict(old, rename={r"^module\.": ""})
    with pytest.raises(ValueError, match="two keys the name 'x'; the second is 'b'"):
        net.load_state_dict({"a": 1, "b": 2}, rename={"[ab]": "x"})
