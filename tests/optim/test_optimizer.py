"""Parameter groups, state and the errors that all update rules share."""

import copy
import itertools
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.optim import SGD, Optimizer
from minitorch.optim.optimizer import required
from tests.support.growth import steps


def leaf(*values: float) -> mt.Tensor:
    return mt.tensor(list(values), requires_grad=True)


def with_grad(*values: float) -> mt.Tensor:
    param = leaf(*values)
    param.grad = mt.tensor([1.0] * len(values))
    return param


class Model:
    """Something with parameters that is not iterable."""

    def parameters(self) -> list[mt.Tensor]:
        return [leaf(1.0)]


# --- what may be optimized


@pytest.mark.parametrize(
    "wrap",
    [
        list,
        tuple,
        iter,
        lambda ps: (p for p in ps),
        lambda ps: {i: p for i, p in enumerate(ps)}.values(),
    ],
    ids=["list", "tuple", "iterator", "generator", "dict values"],
)
def test_any_ordered_iterable_will_do(wrap: Callable[[Any], Any]) -> None:
    params = [leaf(1.0), leaf(2.0)]
    optimizer = SGD(wrap(params))
    assert [id(p) for p in optimizer.param_groups[0]["params"]] == [id(p) for p in params]


def test_chained_generators_make_one_group() -> None:
    first, second = [leaf(1.0)], [leaf(2.0), leaf(3.0)]
    optimizer = SGD(itertools.chain(iter(first), iter(second)), lr=0.1)
    assert len(optimizer.param_groups) == 1
    assert len(optimizer.param_groups[0]["params"]) == 3


def test_groups_keep_their_options_and_get_the_defaults() -> None:
    a, b = leaf(1.0), leaf(2.0)
    optimizer = SGD([{"params": a, "lr": 1.0}, {"params": iter([b])}], lr=0.1, momentum=0.9)
    first, second = optimizer.param_groups
    assert (first["lr"], first["momentum"]) == (1.0, 0.9)
    assert (second["lr"], second["momentum"]) == (0.1, 0.9)
    assert first["params"] == [a] and second["params"] == [b]
    assert optimizer.defaults["lr"] == 0.1


def test_named_parameters_are_remembered() -> None:
    a, b = leaf(1.0), leaf(2.0)
    optimizer = SGD([("w", a), ("b", b)])
    assert optimizer.param_groups[0]["param_names"] == ["w", "b"]
    assert optimizer.param_groups[0]["params"][1] is b
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["w", "b"]


def test_frozen_parameters_are_accepted_and_do_not_move() -> None:
    frozen, free = mt.tensor([1.0]), with_grad(1.0)
    SGD([frozen, free], lr=0.5, weight_decay=1.0).step()
    assert frozen.item() == 1.0
    assert free.item() == 0.0


def test_add_param_group_joins_later() -> None:
    optimizer = SGD([leaf(1.0)], lr=0.1)
    late = with_grad(1.0)
    optimizer.add_param_group({"params": late, "lr": 1.0})
    optimizer.step()
    assert late.item() == 0.0


def test_a_group_without_parameters_is_allowed() -> None:
    SGD([{"params": []}, {"params": [leaf(1.0)]}]).step()


WRONG = {
    "bare tensor": (
        lambda w: w,
        TypeError,
        "params argument given to the optimizer should be an iterable of Tensors or dicts, but got",
    ),
    "module": (
        lambda w: Model(),
        TypeError,
        "params argument given to the optimizer should be an iterable of Tensors or dicts.*Model.*"
        r"\.parameters\(\)",
    ),
    "list of modules": (
        lambda w: [Model()],
        TypeError,
        r"optimizer can only optimize Tensors, but one of the params is .*Model.*\.parameters\(\)",
    ),
    "set": (
        lambda w: {w},
        TypeError,
        "optimizer parameters need to be organized in ordered collections",
    ),
    "set in a group": (
        lambda w: [{"params": {w}}],
        TypeError,
        "optimizer parameters need to be organized in ordered collections",
    ),
    "empty": (lambda w: [], ValueError, "optimizer got an empty parameter list"),
    "used generator": (lambda w: iter([]), ValueError, "optimizer got an empty parameter list"),
    "bare dict": (
        lambda w: {"params": [w]},
        TypeError,
        "optimizer can only optimize Tensors, but one of the params is str",
    ),
    "number": (
        lambda w: [w, 1.0],
        TypeError,
        r"optimizer can only optimize Tensors, but one of the params is float \(number 1\)",
    ),
    "tensor then group": (
        lambda w: [w, {"params": [w]}],
        TypeError,
        "optimizer can only optimize Tensors, but one of the params is dict.*not both",
    ),
    "group then tensor": (
        lambda w: [{"params": [leaf(1.0)]}, w],
        TypeError,
        "param_group must be a dict, but got <class",
    ),
    "group without params": (lambda w: [{"lr": 1.0}], KeyError, "params"),
    "non-leaf": (lambda w: [w * 2], ValueError, r"can't optimize a non-leaf Tensor.*MulBackward0"),
    "some names": (
        lambda w: [("w", w), leaf(1.0)],
        ValueError,
        "all optimizer params should be with/without names. Some param names are missing",
    ),
    "names in one group": (
        lambda w: [{"params": [("w", w)]}, {"params": [leaf(1.0)]}],
        ValueError,
        "cannot add param group without names to the optimizer",
    ),
    "no names in the first group": (
        lambda w: [{"params": [leaf(1.0)]}, {"params": [("w", w)]}],
        ValueError,
        "cannot add param group with names to the optimizer",
    ),
    "in two groups": (
        lambda w: [{"params": [leaf(1.0, 2.0)]}, {"params": [w]}, {"params": [leaf(1.0), w]}],
        ValueError,
        r"some parameters appear in more than one parameter group: 1 .* in group 1 \(shapes \(1,\)",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_parameters_are_refused(case: str) -> None:
    make, error, text = WRONG[case]
    with pytest.raises(error, match=text):
        SGD(make(leaf(1.0)))


@pytest.mark.parametrize("case", [c for c in WRONG if c not in ("set", "module")])
def test_errors_are_of_pytorchs_class(case: str, torch: ModuleType) -> None:
    class TorchModel(torch.nn.Module):  # type: ignore[name-defined, misc]
        pass

    make, error, text = WRONG[case]
    names = {"leaf": lambda *v: torch.tensor(v, requires_grad=True), "Model": TorchModel}
    same = type(make)(make.__code__, {**make.__globals__, **names})
    with pytest.raises(error) as caught:
        torch.optim.SGD(same(torch.tensor([1.0], requires_grad=True)))
    phrase = re.split(r"[.(<:]\*?|but got|but one", text)[0].strip()
    assert phrase in str(caught.value)


def test_a_parameter_twice_in_a_group_warns() -> None:
    w = leaf(1.0)
    with pytest.warns(UserWarning, match="parameter group with duplicate parameters") as caught:
        SGD([w, w])
    assert caught[0].filename == __file__


def test_a_refused_group_changes_nothing() -> None:
    w = leaf(1.0)
    optimizer = SGD([w], lr=0.1)
    group = {"params": [w]}
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group(group)
    assert len(optimizer.param_groups) == 1
    assert group == {"params": [w]}


def test_required_options_must_be_given() -> None:
    class Rule(Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {"lr": required})

    with pytest.raises(ValueError, match=r"didn't specify a value of required optimization.* lr"):
        Rule([leaf(1.0)])
    assert Rule([{"params": [leaf(1.0)], "lr": 1}]).param_groups[0]["lr"] == 1


def test_the_base_class_has_no_step() -> None:
    with pytest.raises(NotImplementedError):
        Optimizer([leaf(1.0)], {}).step()


# --- gradients


def test_zero_grad_forgets() -> None:
    w = with_grad(1.0)
    SGD([w]).zero_grad()
    assert w.grad is None


def test_zero_grad_can_keep_the_tensor() -> None:
    w, without = with_grad(1.0, 2.0), leaf(1.0)
    grad = w.grad
    SGD([w, without]).zero_grad(set_to_none=False)
    assert w.grad is grad
    assert w.grad.tolist() == [0.0, 0.0]
    assert without.grad is None


def test_the_closure_runs_with_recording_on() -> None:
    w = leaf(3.0)
    optimizer = SGD([w], lr=0.5)

    def closure() -> mt.Tensor:
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with mt.no_grad():
        loss = optimizer.step(closure)
    assert loss.item() == 9.0
    assert w.item() == 0.0


# --- state


def trained(momentum: float = 0.9, steps: int = 2) -> SGD:
    optimizer = SGD(
        [{"params": [with_grad(1.0, 2.0)]}, {"params": [with_grad(3.0)]}], 0.1, momentum
    )
    for _ in range(steps):
        optimizer.step()
    return optimizer


def test_state_dict_has_pytorchs_layout(torch: ModuleType) -> None:
    def layout(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: layout(v) for k, v in value.items()}
        if isinstance(value, list):
            return [layout(v) for v in value]
        return value.tolist() if hasattr(value, "tolist") else value

    a, b = (torch.tensor(v, requires_grad=True) for v in ([1.0, 2.0], [3.0]))
    a.grad, b.grad = torch.ones(2), torch.ones(1)
    theirs = torch.optim.SGD([{"params": [a]}, {"params": [b]}], 0.1, 0.9)
    theirs.step()
    theirs.step()
    ours = trained().state_dict()
    assert layout(ours) == layout(theirs.state_dict())
    assert list(ours["param_groups"][0]) == list(theirs.state_dict()["param_groups"][0])


def test_state_dict_golden() -> None:
    state = trained().state_dict()
    assert [group["params"] for group in state["param_groups"]] == [[0], [1]]
    assert state["state"][0]["momentum_buffer"].tolist() == pytest.approx([1.9, 1.9])
    assert set(state) == {"state", "param_groups"}


def test_a_loaded_optimizer_continues_exactly() -> None:
    first = trained()
    second = trained(steps=0)
    for group, other in zip(first.param_groups, second.param_groups, strict=True):
        for p, q in zip(group["params"], other["params"], strict=True):
            with mt.no_grad():
                q.copy_(p)
    second.load_state_dict(first.state_dict())
    first.step()
    second.step()
    for group, other in zip(first.param_groups, second.param_groups, strict=True):
        assert [p.tolist() for p in group["params"]] == [q.tolist() for q in other["params"]]


def test_loading_copies_tensors() -> None:
    first, second = trained(), trained()
    second.load_state_dict(first.state_dict())
    ours, theirs = first.state_dict()["state"][0], second.state_dict()["state"][0]
    assert not np.shares_memory(ours["momentum_buffer"].numpy(), theirs["momentum_buffer"].numpy())


def test_loading_casts_to_the_parameters_dtype() -> None:
    wide = mt.tensor([1.0, 2.0], dtype=mt.float64, requires_grad=True)
    optimizer = SGD([{"params": [wide]}, {"params": [leaf(1.0)]}])
    state = trained().state_dict()
    state["state"][0]["step"] = mt.tensor(3.0)
    optimizer.load_state_dict(state)
    assert optimizer.state[wide]["momentum_buffer"].dtype is mt.float64
    assert optimizer.state[wide]["step"].dtype is mt.float32  # counters keep their own


def test_loading_takes_over_options_and_keeps_unknown_state() -> None:
    optimizer = trained(steps=0)
    state = trained().state_dict()
    state["param_groups"][0]["lr"] = 7.0
    state["state"]["extra"] = {"seen": 3}
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["lr"] == 7.0
    assert optimizer.state["extra"] == {"seen": 3}
    state["param_groups"][0]["lr"] = 8.0
    assert optimizer.param_groups[0]["lr"] == 7.0  # the groups were copied


def test_loading_fills_in_options_that_the_state_does_not_have() -> None:
    optimizer = trained(steps=0)
    state = trained().state_dict()
    del state["param_groups"][1]["nesterov"]
    optimizer.load_state_dict(state)
    optimizer.step()
    assert optimizer.param_groups[1]["nesterov"] is False


def test_the_state_of_another_rule_does_not_step(torch: ModuleType) -> None:
    for library in (mt, torch):
        for saving, loading, missing in (("Adam", "SGD", "momentum"), ("SGD", "Adam", "betas")):
            x = library.ones(2, requires_grad=True)
            x.grad = library.ones(2)
            saved = getattr(library.optim, saving)([x], lr=0.1).state_dict()
            optimizer = getattr(library.optim, loading)([x], lr=0.1)
            optimizer.load_state_dict(saved)
            with pytest.raises(KeyError, match=missing):
                optimizer.step()
            assert x.tolist() == [1, 1]


def test_the_state_of_something_else_is_refused() -> None:
    with pytest.raises(KeyError, match=r"this one has .*conv1.weight"):
        SGD([leaf(1.0)]).load_state_dict({"conv1.weight": mt.ones(1)})


def test_loading_keeps_names_unless_the_state_has_some() -> None:
    named = SGD([("w", leaf(1.0))])
    plain, other = SGD([leaf(1.0)]).state_dict(), SGD([("v", leaf(1.0))]).state_dict()
    named.load_state_dict(plain)
    assert named.param_groups[0]["param_names"] == ["w"]
    named.load_state_dict(other)
    assert named.param_groups[0]["param_names"] == ["v"]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ([[1]], "loaded state dict has a different number of parameter groups: 2 saved, 1 in"),
        (
            [[2], [1, 1]],
            "contains a parameter group that doesn't match the size of optimizer's group: group 1 "
            "has 1 parameters there and 2 here",
        ),
        ([[3], [1]], r"momentum_buffer saved for parameter 0 has shape \(2,\).* has \(3,\)"),
    ],
)
def test_state_of_another_model_is_refused(params: list[list[int]], text: str) -> None:
    groups = [{"params": [mt.zeros(n, requires_grad=True) for n in sizes]} for sizes in params]
    optimizer = SGD(groups, lr=0.5)
    with pytest.raises(ValueError, match=text):
        optimizer.load_state_dict(trained().state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.5  # as it was
    assert not optimizer.state


def test_deepcopy_is_independent() -> None:
    first = trained()
    second = copy.deepcopy(first)
    second.step()
    (p, q) = (o.param_groups[0]["params"][0] for o in (first, second))
    assert p.tolist() != q.tolist()
    assert first.state[p]["momentum_buffer"].tolist() == pytest.approx([1.9, 1.9])


# --- printing


def test_repr_is_pytorchs(torch: ModuleType) -> None:
    theirs = torch.optim.SGD([{"params": [torch.ones(1)], "lr": 1}, {"params": []}], momentum=0.9)
    ours = SGD([{"params": [mt.ones(1)], "lr": 1}, {"params": []}], momentum=0.9)
    assert repr(ours) == repr(theirs)


def test_repr_golden() -> None:
    options = ["dampening: 0", "differentiable: False", "foreach: None", "fused: None", "lr: 0.1"]
    options += ["maximize: False", "momentum: 0", "nesterov: False", "weight_decay: 0"]
    lines = ["SGD (", "Parameter Group 0", *(f"    {option}" for option in options), ")"]
    assert repr(SGD([leaf(1.0)], lr=0.1)) == "\n".join(lines)


# --- what is not there


def test_absent_names_lead_to_near_ones() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'AdamX'\. Did you mean 'Adam"):
        mt.optim.AdamX  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'StepLRR'\. Did you mean 'StepLR'\?"):
        mt.optim.lr_scheduler.StepLRR  # noqa: B018
    assert not hasattr(mt.optim, "Lion")


def test_a_group_more_costs_the_same_however_many_there_are() -> None:
    def make(n: int) -> Optimizer:
        return SGD([{"params": [parameter]} for parameter in parameters[:n]], lr=0.1)

    parameters = [leaf(1.0) for _ in range(320)]
    assert steps(lambda: make(320)) < 10 * steps(lambda: make(40))


def test_a_new_group_is_compared_with_the_groups_as_they_are() -> None:
    a, b = leaf(1.0), leaf(2.0)
    optimizer = SGD([a], lr=0.1)
    optimizer.param_groups[0]["params"] = [b]
    with pytest.raises(ValueError, match="1 of the new group are in group 0"):
        optimizer.add_param_group({"params": [a, b]})
    optimizer.add_param_group({"params": [a]})
