"""Every optimizer through the same checks: its row of cases is all that a new one has to add.

Those that do not take parameters of any shape have checks besides in `test_optimizers_apart.py`.
"""

import copy
import inspect
import io
import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.optim import Optimizer
from minitorch.optim.rule import Rule
from tests.optim.optimizer_cases import (
    APART,
    ROWS,
    SHAPES,
    all_options,
    golden_steps,
    gradients,
    make,
    start,
    take_step,
    two_groups,
    values,
)
from tests.optim.walk import found, without_row

KINDS = found(Optimizer, "minitorch.optim", abstract=[Rule])
TOLERANCE = {"float16": 5e-3, "float32": 1e-5, "float64": 1e-13}

each = pytest.mark.parametrize("name", ROWS)
each_option = pytest.mark.parametrize(
    ("name", "options"),
    [(name, options) for name in ROWS for options in all_options(name)],
    ids=lambda value: str(value).replace("'", ""),
)
each_golden = pytest.mark.parametrize(
    ("name", "options", "expected"),
    [(name, *golden) for name, row in ROWS.items() for golden in row.golden],
    ids=lambda value: "" if isinstance(value, list) else str(value).replace("'", ""),
)
each_wrong = pytest.mark.parametrize(
    ("name", "wrong"),
    [(name, wrong) for name, row in (ROWS | APART).items() for wrong in row.wrong],
    ids=lambda value: value if isinstance(value, str) else str(value.options),
)


# --- the registry


def test_every_optimizer_has_a_row() -> None:
    missing = without_row(KINDS, ROWS | APART, "tests/optim/optimizer_cases.py")
    assert not missing, "\n".join(missing)
    assert not (ROWS | APART).keys() - KINDS.keys()
    assert "SGD" in KINDS


def test_an_optimizer_without_a_row_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "scratch_optimizers"
    package.mkdir()
    (package / "__init__.py").touch()
    text = "from minitorch.optim.rule import Rule\nclass Forgotten(Rule): ..."
    (package / "forgotten.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    kinds = found(Optimizer, "scratch_optimizers")
    assert without_row(kinds, ROWS, "cases.py") == [
        "scratch_optimizers.forgotten.Forgotten has no row of cases: add 'Forgotten' to ROWS in "
        "cases.py"
    ]
    for module in ("scratch_optimizers", "scratch_optimizers.forgotten"):
        del sys.modules[module]


@pytest.mark.parametrize("name", KINDS)
def test_it_is_public_and_explained(name: str) -> None:
    assert getattr(mt.optim, name) is KINDS[name]
    assert name in mt.optim.__all__
    text = KINDS[name].__doc__ or ""
    for part in ("Args:", "Raises:", "Source:"):
        assert part in text, f"{name}: no {part!r} in its docstring"
    for argument in list(inspect.signature(KINDS[name]).parameters):
        assert f"{argument}:" in text, f"{name}: {argument} is not in its docstring"


@pytest.mark.parametrize("name", KINDS)
def test_constructor_and_options_are_pytorchs(name: str, torch: ModuleType) -> None:
    def arguments(of: Any) -> list[Any]:
        found = inspect.signature(of).parameters.values()
        return [(p.name, repr(p.default), p.kind) for p in found]

    assert arguments(KINDS[name]) == arguments(getattr(torch.optim, name))
    ours, theirs = (make(library, name, [library.ones(1, 1)]) for library in (mt, torch))
    assert list(ours.defaults.items()) == list(theirs.defaults.items())
    assert repr(ours) == repr(theirs)


# --- the numbers


@each_golden
def test_golden_steps(name: str, options: Any, expected: list[float]) -> None:
    assert golden_steps(mt, name, options) == pytest.approx(expected, rel=1e-12)


@each_golden
def test_pytorch_gives_the_golden_steps(
    name: str, options: Any, expected: list[float], torch: ModuleType
) -> None:
    assert golden_steps(torch, name, options) == pytest.approx(expected, rel=1e-12)


@each_option
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_steps_match_pytorch(name: str, options: Any, dtype: str, torch: ModuleType) -> None:
    def run(library: Any) -> tuple[list[Any], Any]:
        params = start(library, dtype)
        optimizer = two_groups(library, name, params, **options)
        for step in range(8):
            take_step(optimizer, params, gradients(library, step, dtype))
        return values(params), optimizer.state_dict()["state"]

    (ours, our_state), (theirs, their_state) = run(mt), run(torch)
    tolerance = TOLERANCE[dtype]
    close = {"rtol": tolerance, "atol": tolerance}
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, **close)
    assert our_state.keys() == their_state.keys()
    for number, kept in their_state.items():
        assert list(our_state[number]) == list(kept)
        for key, value in kept.items():
            mine = our_state[number][key]
            assert isinstance(mine, mt.Tensor) == isinstance(value, torch.Tensor)
            if isinstance(value, torch.Tensor):
                assert (str(mine.dtype), mine.shape) == (str(value.dtype), value.shape)
            np.testing.assert_allclose(np.asarray(mine), np.asarray(value), **close)


@each
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_maximizing_is_minimizing_the_negative(name: str, dtype: str) -> None:
    """Also for what PyTorch does not have: a rule gets it from its base."""

    def run(sign: float, maximize: bool) -> list[Any]:
        params = start(mt, dtype)
        optimizer = two_groups(mt, name, params, maximize=maximize)
        for step in range(4):
            grads = gradients(mt, step, dtype)
            take_step(optimizer, params, [g if g is None else g * sign for g in grads])
        return values(params)

    if "maximize" in make(mt, name, [mt.ones(1)]).defaults:
        for a, b in zip(run(1.0, True), run(-1.0, False), strict=True):
            np.testing.assert_array_equal(a, b)


@each
def test_rates_may_be_tensors_and_numbers_of_numpy(name: str) -> None:
    def run(lr: Any) -> list[Any]:
        params = start(mt)
        optimizer = make(mt, name, params, lr=lr)
        for step in range(3):
            take_step(optimizer, params, gradients(mt, step))
        return values(params)

    for lr in (mt.tensor(0.25), mt.tensor([0.25]), np.float64(0.25)):
        for a, b in zip(run(lr), run(0.25), strict=True):
            np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="Tensor lr must be 1-element"):
        make(mt, name, [mt.ones(1)], lr=mt.tensor([0.1, 0.2]))


@each_option
def test_differentiable_steps_have_the_gradients_of_their_numbers(name: str, options: Any) -> None:
    if "differentiable" not in make(mt, name, start(mt)).defaults:
        return

    def stepped(differentiable: bool) -> Any:
        def steps(x: mt.Tensor, g: mt.Tensor) -> mt.Tensor:
            p = x.clone() if differentiable else x.detach().clone().requires_grad_()
            optimizer = make(mt, name, [p], **options, differentiable=differentiable)
            for _ in range(2):
                p.grad = g * p.clone()  # a copy, for p is written
                optimizer.step()
            return p

        return steps

    x = mt.tensor([[0.5, -1.0], [2.0, 0.25]], dtype=mt.float64, requires_grad=True)
    g = mt.tensor([[1.0, -0.5], [0.25, -2.0]], dtype=mt.float64, requires_grad=True)
    np.testing.assert_allclose(
        stepped(True)(x, g).detach().numpy(), stepped(False)(x, g).detach().numpy(), rtol=1e-12
    )
    assert mt.autograd.gradcheck(stepped(True), (x, g), atol=1e-4)


@each
def test_a_differentiable_step_needs_a_copy_of_a_parameter(name: str) -> None:
    """As in PyTorch: a leaf has no history that a step could join."""
    w = mt.ones(2, requires_grad=True)
    if "differentiable" in make(mt, name, [w]).defaults:
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
            take_step(make(mt, name, [w], differentiable=True), [w], [mt.ones(2)])


# --- the state


def trained(name: str, options: Any, steps: int = 5) -> tuple[Any, list[Any]]:
    params = start(mt)
    optimizer = two_groups(mt, name, params, **options)
    for step in range(steps):
        take_step(optimizer, params, gradients(mt, step))
    return optimizer, params


def through_a_file(state: Any) -> Any:
    file = io.BytesIO()
    mt.save(state, file)
    file.seek(0)
    return mt.load(file)


def assert_continues(optimizer: Any, params: list[Any], whole: list[Any]) -> None:
    for step in range(5, 9):
        take_step(optimizer, params, gradients(mt, step))
    for a, b in zip(values(params), whole, strict=True):
        np.testing.assert_array_equal(a, b)


@each_option
def test_a_loaded_optimizer_continues_exactly(name: str, options: Any) -> None:
    whole = values(trained(name, options, 9)[1])
    first, params = trained(name, options)
    state = through_a_file(first.state_dict())
    fresh = [mt.tensor(v.tolist()).reshape(v.shape).requires_grad_() for v in values(params)]
    second = two_groups(mt, name, fresh)  # the options come with the state
    second.load_state_dict(state)
    assert_continues(second, fresh, whole)
    assert_continues(first, params, whole)  # undisturbed by the other


@each_option
@pytest.mark.parametrize("twin", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_copies_continue_exactly_and_apart(name: str, options: Any, twin: Any) -> None:
    whole = values(trained(name, options, 9)[1])
    first, params = trained(name, options)
    second = twin(first)
    theirs = [param for group in second.param_groups for param in group["params"]]
    assert_continues(second, theirs, whole)
    assert_continues(first, params, whole)


@each_option
def test_state_of_another_shape_is_refused(name: str, options: Any) -> None:
    optimizer, params = trained(name, options)
    lead = optimizer.state.get(params[1], {})
    shaped = [k for k, v in lead.items() if getattr(v, "shape", None) == SHAPES[1]]
    for key in shaped:
        state = copy.deepcopy(optimizer.state_dict())
        state["state"][1][key] = mt.zeros(3, 2)
        with pytest.raises(ValueError, match=rf"the {key} saved for parameter 1 has shape \(3, 2"):
            optimizer.load_state_dict(state)


# --- the loop


@each_option
def test_without_gradients_nothing_happens(name: str, options: Any) -> None:
    params = start(mt)
    optimizer = two_groups(mt, name, params, **options)
    before, state = values(params), copy.deepcopy(optimizer.state_dict()["state"])
    versions = [param._version for param in params]
    optimizer.step(lambda: 0.0)
    for a, b in zip(values(params), before, strict=True):
        np.testing.assert_array_equal(a, b)
    assert optimizer.state_dict()["state"].keys() == state.keys()
    assert [param._version for param in params] == versions


@each_option
def test_a_step_counts_as_a_write_records_nothing_and_spares_the_gradient(
    name: str, options: Any
) -> None:
    params = start(mt)
    optimizer = two_groups(mt, name, params, **options)
    grads = gradients(mt, 1)
    places = [param.data_ptr() for param in params]
    for _ in range(2):
        take_step(optimizer, params, grads)
    for param, grad, place in zip(params, grads, places, strict=True):
        assert param.is_leaf and param.requires_grad and param.grad_fn is None
        assert param.data_ptr() == place
        assert (param._version > 0) == (grad is not None)
        if grad is not None:
            np.testing.assert_array_equal(param.grad.numpy(), grad.numpy())


@each
def test_a_step_between_forward_and_backward_is_noticed(name: str) -> None:
    w = mt.ones(2, requires_grad=True)
    loss = (w * w).sum()
    take_step(make(mt, name, [w]), [w], [mt.ones(2)])
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@each
def test_the_closure_is_called_with_recording_on_and_its_loss_returned(name: str) -> None:
    w = mt.tensor([3.0], requires_grad=True)
    optimizer = make(mt, name, [w])

    def closure() -> mt.Tensor:
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with mt.no_grad():
        loss = optimizer.step(closure)
    assert loss.item() == 9.0
    assert w.item() < 3.0


@each_option
def test_a_run_that_diverges_is_not_warned_of(name: str, options: Any) -> None:
    """As in PyTorch: the numbers say it. Warnings are errors here."""
    for value in (3e38, np.inf, np.nan):
        w = mt.tensor([value, 1.0], requires_grad=True)
        optimizer = make(mt, name, [w], **{**options, "lr": 10.0})
        for _ in range(2):
            take_step(optimizer, [w], [mt.tensor([-value, np.inf])])
        assert not np.isfinite(w.detach().numpy()).all()


@each
def test_frozen_and_strided_parameters(name: str) -> None:
    frozen, base = mt.tensor([1.0]), mt.zeros(2, 3)
    w = mt.from_numpy(base.numpy().T).requires_grad_()
    take_step(make(mt, name, [frozen, w], lr=1.0), [frozen, w], [None, mt.ones(3, 2)])
    assert frozen.item() == 1.0
    like = mt.zeros(3, 2, requires_grad=True)
    take_step(make(mt, name, [like], lr=1.0), [like], [mt.ones(3, 2)])
    assert base.any()
    np.testing.assert_array_equal(base.numpy().T, like.detach().numpy())


# --- what is refused


@each_wrong
def test_wrong_options_are_refused(name: str, wrong: Any) -> None:
    with pytest.raises(wrong.error) as caught:
        make(mt, name, [mt.ones(1, 1)], **wrong.options)
    assert wrong.phrase in str(caught.value)


@each_wrong
def test_pytorch_refuses_them_the_same_way(name: str, wrong: Any, torch: ModuleType) -> None:
    with pytest.raises(wrong.error) as caught:
        make(torch, name, [torch.ones(1, 1)], **wrong.options)
    assert wrong.phrase in str(caught.value)


@each
@pytest.mark.parametrize("choice", ["foreach", "fused", "capturable"])
def test_the_choice_of_implementation_changes_nothing(name: str, choice: str) -> None:
    for options in all_options(name):
        plain = values(trained(name, options)[1])
        if choice in make(mt, name, start(mt)).defaults:
            other = values(trained(name, {**options, choice: True})[1])
            for a, b in zip(plain, other, strict=True):
                np.testing.assert_array_equal(a, b)


def test_there_are_no_sparse_gradients_yet() -> None:
    """When there are, rules must refuse the first kind: in ``Rule``, with a check of all here."""
    for name in ("sparse_coo_tensor", "sparse_csr_tensor"):
        assert not hasattr(mt, name)
    assert not hasattr(mt.Tensor, "to_sparse")


def test_a_rule_without_update_says_so() -> None:
    w = mt.ones(1, requires_grad=True)
    w.grad = mt.ones(1)
    with pytest.raises(NotImplementedError, match=r"Rule does not implement update\(\)"):
        Rule([w], {}).step()


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "Adagrad"])
def test_a_subclass_that_writes_update_is_asked_for_each_and_may_call_that_of_its_base(
    name: str,
) -> None:
    base = getattr(mt.optim, name)

    class Halved(base):
        def update(self, param: Any, grad: Any, state: Any, group: Any) -> None:
            super().update(param, grad / 2, state, group)

    ends = []
    for kind, factor in ((base, 1.0), (Halved, 2.0)):
        params = start(mt)
        optimizer = kind(params, lr=0.1)
        for _ in range(3):
            for param in params:
                param.grad = mt.full_like(param, factor)
            optimizer.step()
        ends.append(values(params))
    for end, halved in zip(*ends, strict=True):
        np.testing.assert_array_equal(end, halved)


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_parameters_of_one_array_are_not_updated_together(name: str) -> None:
    """As tied weights are, ``nn.Parameter(other.data)``: two threads would write to one place."""
    first, other = mt.nn.Parameter(mt.ones(4)), mt.nn.Parameter(mt.ones(4))
    params = [first, mt.nn.Parameter(first.data), other]
    together = []

    class Watched(getattr(mt.optim, name)):
        def update_all(self, params: Any, *rest: Any) -> None:
            together.append([id(array) for array in params])
            super().update_all(params, *rest)

    for param in params:
        param.grad = mt.ones(4)
    Watched(params, lr=0.1).step()
    assert all(len({*ids}) == len(ids) for ids in together)
    assert sum(map(len, together)) == 3


def test_the_readme_shows_the_rule_as_it_is() -> None:
    folder = Path(mt.optim.__file__ or "").parent
    rule = (folder / "adagrad.py").read_text(encoding="utf-8")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for part in ("    def new_state", "    def update"):
        text = rule[rule.index(part) :].split("\n\n")[0]
        assert text.rstrip() in readme


@pytest.mark.parametrize(("dtype", "large"), [("float16", 1000.0), ("float32", 1e20)])
@pytest.mark.parametrize("rule", ["Adam", "AdamW", "RAdam", "RMSprop"])
def test_a_gradient_whose_square_is_infinite_is_as_good_as_others(
    torch: Any, rule: str, dtype: str, large: float
) -> None:
    results = []
    for library in (mt, torch):
        p = library.ones(1, dtype=getattr(library, dtype)).requires_grad_()
        optimizer = getattr(library.optim, rule)([p], lr=0.1)
        for _ in range(6):
            p.grad = library.full_like(p, large)
            optimizer.step()
        results.append(p.item())
    assert results[0] < 0.99
    np.testing.assert_allclose(*results, rtol=TOLERANCE[dtype])
