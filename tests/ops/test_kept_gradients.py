"""A leaf's first gradient is the very array that a kernel made: nothing is copied at a step."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import kernels
from minitorch.ops.linalg.products import Mm


def real(*shape: int) -> Any:
    return np.random.default_rng(0).standard_normal(shape)


def leaf(*shape: int, dtype: Any = np.float32) -> Any:
    return mt.from_numpy(real(*shape).astype(dtype)).requires_grad_()


def recording(function: Callable[..., Any], made: list[Any]) -> Callable[..., Any]:
    """The function, which notes down the arrays that it returns."""

    def noted(*args: Any) -> Any:
        out = function(*args)
        made.extend(out if isinstance(out, tuple) else [out])
        return out

    return noted


def assert_kept(grad: Any, made: list[Any]) -> None:
    array = grad.numpy()
    where = array.__array_interface__["data"][0]
    starts = [a.__array_interface__["data"][0] for a in made if a.shape == array.shape]
    assert where in starts, "the engine copied it"


def conv2d(weight: Any) -> Any:
    return mt.nn.functional.conv2d(mt.from_numpy(real(2, weight.shape[1], 12, 12)).float(), weight)


def batch_norm(weight: Any) -> Any:
    x = mt.from_numpy(real(4, 3, 2, 2)).float().requires_grad_()
    return mt.nn.functional.batch_norm(x, None, None, weight, mt.zeros(3), training=True)


def rows(weight: Any) -> Any:
    return weight[mt.tensor([1, 0, 1])]


# family, kernel, shape of the leaf, function of it
KEPT: dict[str, tuple[str, str, tuple[int, ...], Callable[[Any], Any]]] = {
    "conv2d, unfolded": ("conv", "weight_grad", (5, 3, 3, 3), conv2d),
    "conv2d, many channels": ("conv", "weight_grad", (16, 64, 3, 3), conv2d),
    "conv2d, pointwise": ("conv", "weight_grad", (5, 3, 1, 1), conv2d),
    "batch_norm": ("norm", "batch_grad", (3,), batch_norm),
    "rows": ("index", "add", (4, 3), rows),
}


@pytest.mark.parametrize(("family", "name", "shape", "function"), KEPT.values(), ids=KEPT)
def test_the_gradient_is_the_kernels_own_array(
    family: str, name: str, shape: tuple[int, ...], function: Callable[[Any], Any]
) -> None:
    made: list[Any] = []
    record = kernels.NUMPY
    members = getattr(record, family)
    noting = dataclasses.replace(members, **{name: recording(getattr(members, name), made)})
    weight = leaf(*shape)
    with kernels.using(dataclasses.replace(record, **{family: noting})):
        out = function(weight)
        (out * out).sum().backward()
    assert_kept(weight.grad, made)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("lead", [(5,), (2, 3)], ids=str)
def test_the_gradient_of_a_linear_layer_is_the_products_own_array(
    monkeypatch: pytest.MonkeyPatch, lead: tuple[int, ...], dtype: Any
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(Mm, "forward", staticmethod(recording(Mm.forward, made)))
    monkeypatch.setattr(Mm, "_plan", None)  # which knows the forward
    x, weight = mt.from_numpy(real(*lead, 4).astype(dtype)), leaf(3, 4, dtype=dtype)
    mt.nn.functional.linear(x, weight).sum().backward()
    assert_kept(weight.grad, made)
