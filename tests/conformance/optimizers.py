"""Every option set of PyTorch's `optim_db`, over 50 steps on both sides."""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

import minitorch
from tests.conformance.left_out import TOLERANCES
from tests.conformance.modules import Outcome, close, expect_raised, expect_same, raised_by
from tests.conformance.translate import ours
from tests.support.oracles import import_from_tests, import_torch

STEPS = 50
LBFGS_STEPS = 5  # each is twenty iterations
SHAPES = ((4, 3), (2, 5))  # Muon takes matrices alone
CLOSE = {"float64": (1e-7, 1e-9), "float32": (1e-4, 1e-5)}


def database() -> list[Any]:
    return list(import_from_tests("common_optimizers").optim_db)


def name_of(info: Any) -> str:
    return str(info.optim_cls.__name__)


def option_sets(info: Any) -> list[tuple[str, dict[str, Any]]]:
    """The options of each input, alone and with each implementation asked for."""
    flags: list[dict[str, Any]] = [{}, *[{name: True} for name in info.supported_impls]]
    sets = []
    for sample, flag in itertools.product(info.optim_inputs_func(device="cpu"), flags):
        if "fused" in flag and "cpu" not in info.supports_fused_on:
            continue
        kwargs = {**sample.kwargs, **flag}
        label = ", ".join(f"{key}={value}" for key, value in kwargs.items()) or "defaults"
        sets.append((label, kwargs))
    return sets


def run(info: Any, dtype: str, most: int | None = None) -> Iterator[Outcome]:
    """Compare each option set of an optimizer; ``most`` takes the first few."""
    for label, kwargs in option_sets(info)[:most]:
        differences: list[str] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                _compare(info, kwargs, dtype, differences)
            except Exception as error:
                differences.append(f"{type(error).__name__}: {str(error).splitlines()[:1]}")
        yield Outcome(name_of(info), f"{dtype} {label}", tuple(differences))


def _compare(info: Any, kwargs: dict[str, Any], dtype: str, differences: list[str]) -> None:
    torch = import_torch()
    kind = getattr(minitorch.optim, name_of(info))
    mine_kwargs = ours(copy.deepcopy(kwargs))
    theirs = _Side(torch, dtype)
    mine = _Side(minitorch, dtype)
    expected = raised_by(lambda: theirs.start(info.optim_cls, kwargs))
    if expected is not None:
        expect_raised(differences, expected, lambda: mine.start(kind, mine_kwargs))
        return
    mine.start(kind, mine_kwargs)
    steps = LBFGS_STEPS if name_of(info) == "LBFGS" else STEPS
    for step in range(steps):
        expected = raised_by(lambda: theirs.step(step))  # noqa: B023 - called at once
        if expected is not None:
            expect_raised(differences, expected, lambda: mine.step(step))  # noqa: B023
            return
        mine.step(step)
    tolerance = max(CLOSE[dtype], TOLERANCES.get(name_of(info), (0, 0)))
    close(differences, "parameters", theirs.params, mine.params, *tolerance)
    expect_same(differences, "repr", repr(theirs.optimizer), repr(mine.optimizer))
    states = theirs.optimizer.state_dict(), mine.optimizer.state_dict()
    groups = [[sorted(group) for group in state["param_groups"]] for state in states]
    expect_same(differences, "groups", *groups)
    keys = [[sorted(entry) for entry in state["state"].values()] for state in states]
    expect_same(differences, "state", *keys)
    if not differences:
        _resume(theirs, mine, differences, tolerance)


def _resume(theirs: Any, mine: Any, differences: list[str], tolerance: Any) -> None:
    """PyTorch's state, loaded here, goes on as there."""
    mine.optimizer.load_state_dict(ours(copy.deepcopy(theirs.optimizer.state_dict())))
    for step in range(3):
        theirs.step(step)
        mine.step(step)
    close(differences, "resumed", theirs.params, mine.params, *tolerance)


class _Side:
    """Two parameters that one framework pulls towards targets."""

    def __init__(self, framework: Any, dtype: str) -> None:
        random = np.random.RandomState(0)
        self.framework = framework
        self.params = [
            framework.nn.Parameter(framework.from_numpy(random.randn(*shape).astype(dtype)))
            for shape in SHAPES
        ]
        self.targets = [
            framework.from_numpy(random.randn(*shape).astype(dtype)) for shape in SHAPES
        ]
        self.optimizer: Any = None

    def start(self, kind: Any, kwargs: dict[str, Any]) -> None:
        self.params = [self.framework.nn.Parameter(param.detach().clone()) for param in self.params]
        self.optimizer = kind(self.params, **kwargs)

    def loss(self, step: int) -> Any:
        pairs = zip(self.params, self.targets, strict=True)
        return sum(((p - t) ** 2 * (1 + 0.1 * (step % 7))).sum() for p, t in pairs)

    def step(self, step: int) -> None:
        def closure() -> Any:
            self.optimizer.zero_grad()
            loss = self.loss(step)
            loss.backward()
            return loss

        if self.optimizer.defaults.get("differentiable"):
            closure()
            with self.framework.no_grad():  # a leaf that requires grad is not to be written
                self.optimizer.step()
        else:
            self.optimizer.step(closure)


def run_errors(info: Any) -> Iterator[Outcome]:
    """Compare what is raised for each error input of an optimizer."""
    torch = import_torch()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # one of the inputs is refused by a warning
        for error in info.optim_error_inputs_func(device="cpu", dtype=torch.float32):
            sample = error.optimizer_error_input
            differences: list[str] = []
            expected = raised_by(lambda s=sample: _call(torch, info.optim_cls, s.params, s.kwargs))
            if expected is None:
                continue  # PyTorch does not refuse it
            expect_raised(
                differences,
                expected,
                lambda s=sample: _call(
                    minitorch,
                    getattr(minitorch.optim, name_of(info)),
                    ours(s.params),
                    ours(s.kwargs),
                ),
            )
            yield Outcome(name_of(info), f"error: {sample.desc}", tuple(differences))


def _call(framework: Any, kind: Any, params: Any, kwargs: dict[str, Any]) -> None:
    if params is None:
        params = [framework.nn.Parameter(framework.randn(2, 3)) for _ in range(2)]
    optimizer = kind(params, **kwargs)
    for group in optimizer.param_groups:
        for param in group["params"]:
            param.grad = framework.rand_like(param)
    optimizer.step()
