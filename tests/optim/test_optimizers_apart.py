"""Optimizers that do not take parameters of every shape: on matrices, down a real loss."""

import copy
import io
import pickle
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.optim.line_search import Point, strong_wolfe
from tests.optim.optimizer_cases import APART, all_options, make, values

SHAPES: dict[str, list[tuple[int, ...]]] = {
    "Adafactor": [(3, 2), (4,), (), (2, 3, 2), (2, 2, 1, 3)],
    "LBFGS": [(3, 2), (4,), ()],
    "Muon": [(3, 2), (2, 4), (1, 1)],
}
TOLERANCE = {"float32": 1e-3, "float64": 1e-12}

each_option = pytest.mark.parametrize(
    ("name", "options"),
    [(name, options) for name in SHAPES for options in all_options(name)],
    ids=lambda value: str(value).replace("'", ""),
)


def start(library: Any, name: str, dtype: str = "float64") -> list[Any]:
    rng = np.random.default_rng(3)
    return [
        library.tensor(rng.normal(size=shape).tolist(), dtype=getattr(library, dtype))
        .reshape(shape)
        .requires_grad_()
        for shape in SHAPES[name]
    ]


def descend(optimizer: Any, params: list[Any], steps: int) -> None:
    """Steps down a loss with curvature, and a valley between the parameters."""

    def closure() -> Any:
        optimizer.zero_grad()
        loss = sum(((p - 0.5) ** 4).sum() + (p * p).sum() for p in params)
        loss = loss + params[0].sum() * params[1].sum()
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)


def kept(value: Any) -> Any:
    """State as numbers, in lists as it is."""
    if isinstance(value, list):
        return [kept(v) for v in value]
    return value if isinstance(value, int) or value is None else np.asarray(value)


@each_option
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad")  # PyTorch's
def test_steps_match_pytorch(name: str, options: Any, dtype: str, torch: ModuleType) -> None:
    def run(library: Any) -> tuple[list[Any], Any]:
        params = start(library, name, dtype)
        optimizer = make(library, name, params, **options)
        descend(optimizer, params, 4)
        return values(params), optimizer.state_dict()["state"]

    (ours, our_state), (theirs, their_state) = run(mt), run(torch)
    close = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, **close)
    assert our_state.keys() == their_state.keys()
    for number, theirs_of in their_state.items():
        assert our_state[number].keys() == theirs_of.keys()
        for key, value in theirs_of.items():
            mine = our_state[number][key]
            assert type(mine).__name__ == type(value).__name__
            if not isinstance(value, list):
                np.testing.assert_allclose(kept(mine), kept(value), **close)
            else:
                assert len(mine) == len(value)


@each_option
def test_a_loaded_optimizer_continues_exactly(name: str, options: Any) -> None:
    params = start(mt, name)
    optimizer = make(mt, name, params, **options)
    descend(optimizer, params, 2)
    file = io.BytesIO()
    mt.save(optimizer.state_dict(), file)
    file.seek(0)
    fresh = [mt.tensor(v.tolist(), dtype=mt.float64).requires_grad_() for v in values(params)]
    loaded = make(mt, name, fresh)
    loaded.load_state_dict(mt.load(file))
    twins = [copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))]
    descend(optimizer, params, 3)
    descend(loaded, fresh, 3)
    for other in (loaded, *twins):
        theirs = other.param_groups[0]["params"]
        if other is not loaded:
            descend(other, theirs, 3)
        for a, b in zip(values(theirs), values(params), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", APART)
def test_rates_of_several_elements_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="Tensor lr must be 1-element"):
        make(mt, name, [mt.ones(1, 1)], lr=mt.tensor([0.1, 0.2]))


def test_sparse_adam_refuses_dense_gradients() -> None:
    w = mt.ones(2, requires_grad=True)
    optimizer = mt.optim.SparseAdam([w])
    optimizer.step()
    w.grad = mt.ones(2)
    with pytest.raises(RuntimeError, match="does not support dense gradients, please consider Ad"):
        optimizer.step()


def test_muon_takes_matrices_only() -> None:
    with pytest.raises(ValueError, match=r"Muon only supports 2D parameters .* size: torch.Size\("):
        mt.optim.Muon([mt.ones(2, 3, 4)])


@pytest.mark.parametrize(
    ("options", "phrase"),
    [({"ns_steps": 100}, "Number of steps"), ({"ns_coefficients": (1.0, 2.0)}, "exactly 3 values")],
)
def test_muon_refuses_other_iterations(options: Any, phrase: str) -> None:
    w = mt.ones(2, 2, requires_grad=True)
    w.grad = mt.ones(2, 2)
    with pytest.raises(ValueError, match=phrase):
        mt.optim.Muon([w], **options).step()


def test_lbfgs_takes_one_group_and_a_known_line_search() -> None:
    a, b = mt.ones(1, requires_grad=True), mt.ones(1, requires_grad=True)
    with pytest.raises(ValueError, match="LBFGS doesn't support per-parameter options"):
        mt.optim.LBFGS([{"params": [a]}, {"params": [b]}])
    optimizer = mt.optim.LBFGS([a], line_search_fn="mine")
    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
        descend(optimizer, [a, b], 1)


def test_lbfgs_finds_the_minimum_of_rosenbrocks_valley() -> None:
    w = mt.tensor([-1.5, 2.0], dtype=mt.float64, requires_grad=True)
    optimizer = mt.optim.LBFGS([w], line_search_fn="strong_wolfe", max_iter=100)

    def closure() -> mt.Tensor:
        optimizer.zero_grad()
        loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 12.5  # the loss before
    np.testing.assert_allclose(w.tolist(), [1.0, 1.0], atol=1e-5)


def test_the_line_search_satisfies_wolfes_conditions() -> None:
    def at(t: Any) -> Point:
        x = mt.tensor(float(t), dtype=mt.float64)
        grad = 4 * (x - 3) ** 3
        return Point(t, float((x - 3) ** 4), grad.reshape(1), grad)

    for first in (1e-3, 1.0, 5.9, 40.0):
        point, _ = strong_wolfe(at, at(0.0), first, 1.0, 25)
        assert point.loss <= at(0.0).loss + 1e-4 * point.t * at(0.0).slope
        assert abs(point.slope) <= 0.9 * abs(at(0.0).slope)
