"""Hooks of optimizers: around steps, and around state dicts."""

import copy
import pickle
import sys
from typing import Any

import minitorch as mt
from tests.support.table import complaint, leaf, refused, row, tap


def _sgd(torch: Any, lr: float = 0.5, momentum: float = 0.0) -> Any:
    """An optimizer of one parameter, whose gradient is there."""
    x = leaf(torch, 1.0)
    x.grad = torch.ones(1)
    return x, torch.optim.SGD([x], lr=lr, momentum=momentum)


def _module_of(torch: Any) -> Any:
    # PyTorch's package hides its file behind the attribute.
    return sys.modules[f"{torch.__name__}.optim.optimizer"]


@row([("pre", True, 1, {}, [1.0]), ("post", True, 1, {}, [0.5])])
def test_hooks_around_a_step(torch: Any) -> Any:
    (x, optimizer), seen = _sgd(torch), []

    def note(when: str) -> Any:
        return lambda o, args, kwargs: seen.append((when, o is optimizer, len(args), kwargs, x + 0))

    optimizer.register_step_pre_hook(note("pre"))
    optimizer.register_step_post_hook(note("post"))
    optimizer.step()
    return seen


@row([True, ((None,), {}), True, ((), {"closure": None})])
def test_arguments_begin_with_the_optimizer(torch: Any) -> Any:
    (_, optimizer), seen = _sgd(torch), []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(args[0] is o))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append((args[1:], kwargs)))
    optimizer.step(None)
    optimizer.step(closure=None)
    return seen


@row((5.0, [2]))
def test_a_pre_hook_replaces_the_arguments(torch: Any) -> Any:
    (_, optimizer), seen = _sgd(torch), []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((o, lambda: 5.0), {}))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(len(args)))
    return optimizer.step(), seen


@row(
    (
        refused(RuntimeError, "must return None or a tuple of (new_args, new_kwargs), but got 3."),
        [1.0],
    )
)
def test_a_pre_hook_that_returns_something_else(torch: Any) -> Any:
    x, optimizer = _sgd(torch)
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
    return complaint(optimizer.step), x


@row(None)
def test_what_a_post_hook_returns_is_ignored(torch: Any) -> Any:
    _, optimizer = _sgd(torch)
    optimizer.register_step_post_hook(lambda o, args, kwargs: 3)
    return optimizer.step()


@row(["all pre", "own pre", "own post", "all post", "removed", "own pre", "own post"])
def test_hooks_of_all_optimizers(torch: Any) -> Any:
    (_, optimizer), log = _sgd(torch), []
    optimizer.register_step_pre_hook(tap(log, "own pre"))
    optimizer.register_step_post_hook(tap(log, "own post"))
    module = _module_of(torch)
    with (
        module.register_optimizer_step_pre_hook(tap(log, "all pre")),
        module.register_optimizer_step_post_hook(tap(log, "all post")),
    ):
        optimizer.step()
    log.append("removed")
    optimizer.step()
    return log


@row(["pre", "post"])
def test_handles_remove(torch: Any) -> Any:
    (_, optimizer), log = _sgd(torch), []
    before = optimizer.register_step_pre_hook(tap(log, "pre"))
    with optimizer.register_step_post_hook(tap(log, "post")):
        optimizer.step()
    before.remove()
    optimizer.step()
    return log


@row((refused(ValueError, "closure failed"), []))
def test_after_an_error_no_post_hook_runs(torch: Any) -> Any:
    (_, optimizer), log = _sgd(torch), []
    optimizer.register_step_post_hook(tap(log, "post"))

    def fails() -> None:
        raise ValueError("closure failed")

    return complaint(lambda: optimizer.step(fails)), log


@row((False, [0.95]))
def test_hooks_may_clip(torch: Any) -> Any:
    x, optimizer = _sgd(torch)
    optimizer.register_step_pre_hook(lambda *all: torch.nn.utils.clip_grad_value_([x], 0.1))
    return complaint(optimizer.step) is not None, x


@row((7, ["pre", "step", "post"]))
def test_an_optimizer_of_ones_own_has_hooks(torch: Any) -> Any:
    class Own(torch.optim.Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {})

        def step(self, closure: Any = None) -> Any:
            log.append("step")
            return 7

    log: list[Any] = []
    optimizer = Own([leaf(torch, 1.0)])
    optimizer.register_step_pre_hook(tap(log, "pre"))
    optimizer.register_step_post_hook(tap(log, "post"))
    return optimizer.step(), log


@row(({"before": 1, "more": 1}, ["first", True, ["before"]]))
def test_state_dict_hooks(torch: Any) -> Any:
    (_, optimizer), log = _sgd(torch), []
    optimizer.register_state_dict_pre_hook(lambda o: log.append(o is optimizer))
    optimizer.register_state_dict_pre_hook(tap(log, "first"), prepend=True)
    optimizer.register_state_dict_post_hook(lambda o, state: log.append(sorted(state)))
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
    optimizer.register_state_dict_post_hook(lambda o, state: {"before": 1}, prepend=True)
    return optimizer.state_dict(), log


@row((["first", (True, False, True), "before", 1.0], ["param_groups", "state"]))
def test_load_state_dict_hooks(torch: Any) -> Any:
    (_, optimizer), log = _sgd(torch), []
    state = optimizer.state_dict()

    def double(o: Any, given: Any) -> Any:
        log.append((o is optimizer, given is state, given == state))
        given["param_groups"][0]["lr"] *= 2
        given["more"] = 1

    optimizer.register_load_state_dict_pre_hook(double)
    optimizer.register_load_state_dict_pre_hook(lambda o, given: log.append("first"), prepend=True)
    optimizer.register_load_state_dict_post_hook(lambda o: log.append(o.param_groups[0]["lr"]))
    optimizer.register_load_state_dict_post_hook(tap(log, "before"), prepend=True)
    optimizer.load_state_dict(state)
    return log, sorted(state)


@row(0.25)
def test_a_load_hook_gives_another_dict(torch: Any) -> Any:
    (_, optimizer), (_, other) = _sgd(torch), _sgd(torch, lr=0.25)
    optimizer.register_load_state_dict_pre_hook(lambda o, given: other.state_dict())
    optimizer.load_state_dict(optimizer.state_dict())
    return optimizer.param_groups[0]["lr"]


@row((refused(ValueError, "loaded state dict has a different number of parameter groups"), []))
def test_no_post_hook_after_a_dict_that_does_not_fit(torch: Any) -> Any:
    (_, optimizer), log = _sgd(torch), []
    optimizer.register_load_state_dict_post_hook(tap(log, "post"))
    return complaint(lambda: optimizer.load_state_dict({"param_groups": [], "state": {}})), log


@row(["the copy's", "the copy's"])
def test_copies_have_no_hooks(torch: Any) -> Any:
    (_, optimizer), log = _sgd(torch), []
    optimizer.register_step_pre_hook(lambda *all: log.append("pre"))
    twins = copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))
    for twin in twins:
        twin.step()
        twin.register_step_pre_hook(lambda *all: log.append("the copy's"))
        twin.step()
    return log


@row([0.5, 0.05, 0.005])
def test_schedulers_still_see_the_step(torch: Any) -> Any:
    (_, optimizer), log = _sgd(torch), []
    optimizer.register_step_post_hook(lambda o, args, kwargs: log.append(o.param_groups[0]["lr"]))
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.1)
    for _ in range(3):
        optimizer.step()
        scheduler.step()
    return log


def test_hooks_run_once_around_a_step_that_calls_the_one_of_its_base() -> None:
    class Twice(mt.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            super().step()
            return super().step(closure)

    log: list[Any] = []
    x = leaf(mt, 1.0)
    optimizer = Twice([x], lr=0.25)
    x.grad = mt.ones(1)
    optimizer.register_step_pre_hook(tap(log, "pre"))
    optimizer.register_step_post_hook(tap(log, "post"))
    optimizer.step()
    assert log == ["pre", "post"]
    assert x.item() == 0.5
