"""Averages of models beside PyTorch's."""

import copy
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt

AVERAGES: dict[str, Any] = {
    "mean": lambda utils: {},
    "ema": lambda utils: {"avg_fn": utils.get_ema_avg_fn(0.9)},
    "ema of lists": lambda utils: {"multi_avg_fn": utils.get_ema_multi_avg_fn(0.9)},
    "mean of one": lambda utils: {"avg_fn": utils.get_swa_avg_fn()},
    "mean of lists": lambda utils: {"multi_avg_fn": utils.get_swa_multi_avg_fn()},
    "own": lambda utils: {"avg_fn": lambda avg, new, n: avg + (new - avg) / (2 * n + 1)},
}


def network(library: Any) -> Any:
    nn = library.nn
    library.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))


def batches(library: Any, n: int) -> list[Any]:
    rng = np.random.default_rng(0)
    drawn = [rng.normal(size=(5, 3)) for _ in range(n)]
    return [library.tensor(batch.tolist(), dtype=library.float32) for batch in drawn]


def train(library: Any, averaged: Any, model: Any) -> None:
    optimizer = library.optim.SGD(model.parameters(), lr=0.1)
    for batch in batches(library, 4):
        optimizer.zero_grad()
        (model(batch) ** 2).mean().backward()
        optimizer.step()
        averaged.update_parameters(model)


def entries(model: Any) -> dict[str, Any]:
    return {name: value.numpy() for name, value in model.state_dict().items()}


@pytest.mark.parametrize("name", AVERAGES)
@pytest.mark.parametrize("use_buffers", [False, True])
def test_averages_match_pytorch(name: str, use_buffers: bool, torch: ModuleType) -> None:
    if use_buffers and name == "mean of lists":
        pytest.skip("PyTorch refuses to average the counts of batch norm in this way")

    def run(library: Any) -> dict[str, Any]:
        utils = library.optim.swa_utils
        model = network(library)
        options = AVERAGES[name](utils)
        averaged = utils.AveragedModel(model, use_buffers=use_buffers, **options)
        train(library, averaged, model)
        return entries(averaged)

    ours, theirs = run(mt), run(torch)
    assert list(ours) == list(theirs)
    for key, value in theirs.items():
        assert ours[key].dtype == value.dtype
        np.testing.assert_allclose(ours[key], value, rtol=1e-5, atol=1e-7, err_msg=key)


@pytest.mark.parametrize("in_tuples", [False, True])
def test_update_bn_matches_pytorch(in_tuples: bool, torch: ModuleType) -> None:
    def run(library: Any) -> dict[str, Any]:
        model = network(library).eval()
        loader = batches(library, 3)
        given = [(batch, 0) for batch in loader] if in_tuples else loader
        library.optim.swa_utils.update_bn(given, model)
        assert not model.training and model[1].momentum == 0.1
        return entries(model)

    ours, theirs = run(mt), run(torch)
    for key, value in theirs.items():
        np.testing.assert_allclose(ours[key], value, rtol=1e-5, atol=1e-7, err_msg=key)


def test_update_bn_without_batch_norm_reads_nothing() -> None:
    mt.optim.swa_utils.update_bn(iter(()), mt.nn.Linear(1, 1))


def test_the_averaged_model_is_apart_saved_and_called() -> None:
    model = network(mt)
    averaged = mt.optim.swa_utils.AveragedModel(model)
    train(mt, averaged, model)
    assert averaged.n_averaged.item() == 4
    other = mt.optim.swa_utils.AveragedModel(network(mt))
    other.load_state_dict(copy.deepcopy(averaged.state_dict()))
    batch = batches(mt, 1)[0]
    for twin in (other, copy.deepcopy(averaged)):
        assert mt.equal(twin.eval()(batch), averaged.eval()(batch))
    assert not mt.equal(averaged(batch), model.eval()(batch))


def test_wrong_averages_are_refused_as_in_pytorch(torch: ModuleType) -> None:
    for library in (mt, torch):
        utils = library.optim.swa_utils
        for make in (utils.get_ema_avg_fn, utils.get_ema_multi_avg_fn):
            for decay in (-0.1, 1.1):
                with pytest.raises(ValueError, match="Invalid decay value"):
                    make(decay)
        with pytest.raises(AssertionError, match="Only one of avg_fn and multi_avg_fn"):
            utils.AveragedModel(
                library.nn.Linear(1, 1),
                avg_fn=utils.get_swa_avg_fn(),
                multi_avg_fn=utils.get_swa_multi_avg_fn(),
            )
