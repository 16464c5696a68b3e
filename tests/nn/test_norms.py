"""Norms where a row of cases cannot say it: statistics, mixed dtypes, what PyTorch does oddly."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd import gradcheck
from tests.nn.both import array

X = np.random.default_rng(0).standard_normal((2, 6, 3, 4))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 9])
def test_cross_map_norm_is_pytorchs_and_its_gradient_the_slope(torch: Any, size: int) -> None:
    ours, theirs = (array(t.nn.CrossMapLRN2d(size, alpha=0.5)(t.tensor(X))) for t in (mt, torch))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    layer = mt.nn.CrossMapLRN2d(size, alpha=0.5)
    assert gradcheck(layer, mt.tensor(X, requires_grad=True), fast_mode=True)


def test_batch_norms_become_synchronised_ones_that_share_their_state() -> None:
    norm = mt.nn.BatchNorm2d(6, momentum=0.3).eval()
    model = mt.nn.Sequential(mt.nn.Sequential(norm), mt.nn.InstanceNorm2d(6))
    assert mt.nn.SyncBatchNorm.convert_sync_batchnorm(model) is model
    made = model[0][0]
    assert type(made) is mt.nn.SyncBatchNorm and type(model[1]) is mt.nn.InstanceNorm2d
    assert made.weight is norm.weight and made.running_var is norm.running_var
    assert (made.momentum, made.training) == (0.3, False)
    assert mt.equal(made(mt.tensor(X).float()), norm(mt.tensor(X).float()))


def test_running_statistics_of_instances_are_in_no_state_without_tracking(torch: Any) -> None:
    told = []
    for t in (mt, torch):
        layer, old = t.nn.InstanceNorm1d(2), {"running_mean": t.zeros(2)}
        with pytest.raises(RuntimeError, match="Unexpected running stats buffer") as caught:
            layer.load_state_dict(old)
        told.append('"running_mean" for InstanceNorm1d' in str(caught.value))
    assert told == [True, True]


NORMS = {
    "layer_norm": ((3, 4), lambda t, x, w: t.nn.functional.layer_norm(x, (3, 4), w, w)),
    "group_norm": ((6,), lambda t, x, w: t.nn.functional.group_norm(x, 2, w, w)),
    "rms_norm": ((3, 4), lambda t, x, w: t.nn.functional.rms_norm(x, (3, 4), w)),
}
OVER_PLACES = {
    "batch_norm": ((6,), lambda t, x, w: t.nn.functional.batch_norm(x, None, None, w, w, True)),
    "instance_norm": ((6,), lambda t, x, w: t.nn.functional.instance_norm(x, None, None, w, w)),
}
EVERY = {**NORMS, **OVER_PLACES}


@pytest.mark.filterwarnings("ignore:Mismatch dtype")
@pytest.mark.parametrize("name", EVERY)
def test_inputs_of_half_precision_and_weights_of_single(torch: Any, name: str) -> None:
    shape, norm = EVERY[name]

    def run(t: Any) -> Any:
        x = t.tensor(X, dtype=t.float16, requires_grad=True)
        w = t.full(shape, 1.5, requires_grad=True)
        out = norm(t, x, w)
        out.sum().backward()
        return out, x.grad, w.grad

    for ours, theirs in zip(run(mt), run(torch), strict=True):
        assert str(ours.dtype) == str(theirs.dtype)
        np.testing.assert_allclose(array(ours), array(theirs), rtol=5e-3, atol=5e-3)


@pytest.mark.parametrize("name", NORMS)
def test_far_from_zero(name: str) -> None:
    """A mean of a thousand standard deviations leaves the digits that float32 has of the rest."""
    shape, norm = NORMS[name]
    shift = 0 if name == "rms_norm" else 1000
    near = mt.tensor((X + shift).astype(np.float32), requires_grad=True)
    exact = near.detach().double().requires_grad_()
    for x in (near, exact):
        out = norm(mt, x, mt.full(shape, 1.5, dtype=x.dtype))
        (out**2 * mt.tensor(X).to(x.dtype)).sum().backward()
    scale = abs(array(exact.grad)).max()
    np.testing.assert_allclose(array(near.grad), array(exact.grad), atol=1e-4 * scale)


@pytest.mark.parametrize("name", EVERY)
def test_gradients_of_each_example(torch: Any, name: str) -> None:
    shape, norm = EVERY[name]

    def slopes(t: Any) -> Any:
        def loss(x: Any, w: Any) -> Any:
            return norm(t, x, w).pow(3).sum()

        w = t.full(shape, 1.5, dtype=t.float64)
        x = t.tensor(np.stack([X, X[::-1] * 2]))
        return t.func.vmap(t.func.grad(loss, argnums=(0, 1)), in_dims=(0, None))(x, w)

    for ours, theirs in zip(slopes(mt), slopes(torch), strict=True):
        np.testing.assert_allclose(array(ours), array(theirs), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("use_input_stats", [True, False])
def test_running_statistics_of_another_dtype(torch: Any, dtype: str, use_input_stats: bool) -> None:
    def run(t: Any) -> list[Any]:
        mean, var = (t.ones(6, dtype=getattr(t, dtype)) for _ in range(2))
        x = t.tensor(X).half()
        out = t.nn.functional.instance_norm(x, mean, var, None, None, use_input_stats, 0.3)
        return [out, mean, var]

    for ours, theirs in zip(run(mt), run(torch), strict=True):
        assert str(ours.dtype) == str(theirs.dtype)
        np.testing.assert_allclose(array(ours), array(theirs), rtol=5e-3, atol=5e-3)


@pytest.mark.parametrize("shape", [(1, 4), (2, 4, 1), (1, 4, 1, 1), (2, 4, 3)])
def test_the_roots_norms_take_single_values_and_no_eps(torch: Any, shape: Any) -> None:
    """The functional forms refuse them; without a spread there is nothing to divide by."""
    values = np.random.default_rng(1).standard_normal(shape)
    values[:, 1:3] = 2

    def run(t: Any) -> list[Any]:
        x = t.tensor(values, requires_grad=True)
        mean, var = (t.ones(4, dtype=t.float64) for _ in range(2))
        outs = [
            t.batch_norm(x, None, None, mean, var, True, 0.3, 0.0, False),
            t.instance_norm(x, None, None, None, None, True, 0.3, 0.0, False),
            t.group_norm(x, 4),
        ]
        (grad,) = t.autograd.grad(sum(out.sin().sum() for out in outs), x)
        return [*outs, grad, mean, var]

    for ours, theirs in zip(run(mt), run(torch), strict=True):
        np.testing.assert_allclose(array(ours), array(theirs), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float16", "int64"])
def test_squares_of_neighbours_beyond_half_precision_and_in_integers(
    torch: Any, dtype: str
) -> None:
    """Their sum is beyond float16; their mean is cut to an integer."""

    def run(t: Any) -> Any:
        x = (t.tensor(X[:, :, 0]) * 60).to(getattr(t, dtype))
        return t.nn.functional.local_response_norm(x, 3, alpha=0.01)

    ours, theirs = run(mt), run(torch)
    assert str(ours.dtype) == str(theirs.dtype)
    np.testing.assert_allclose(array(ours), array(theirs), rtol=5e-3)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_layer_norm_with_its_statistics(torch: Any, dtype: str) -> None:
    def run(t: Any) -> Any:
        x = t.tensor(X, requires_grad=True)
        weight = t.full((3, 4), 1.5, dtype=getattr(t, dtype))
        out = t.native_layer_norm(x.to(weight.dtype), (3, 4), weight, None, 1e-5)
        assert [y.requires_grad for y in out] == [True, False, False]
        return [*out, *t.autograd.grad(out[0].sin().sum(), x)]

    for ours, theirs in zip(run(mt), run(torch), strict=True):
        assert str(ours.dtype) == str(theirs.dtype)
        np.testing.assert_allclose(array(ours), array(theirs), rtol=5e-3, atol=5e-3)
