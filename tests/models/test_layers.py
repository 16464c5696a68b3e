"""Layers of models: torchvision's printed forms, draws and numbers."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.models import layers

LAYERS = [
    "ops.Conv2dNormActivation(3, 4, (3, 5), stride=2, dilation=(1, 2))",
    "ops.Conv2dNormActivation(3, 4, 5, dilation=3, padding='same', norm_layer=None)",
    "ops.Conv2dNormActivation(3, 6, 1, groups=3, activation_layer=nn.GELU, inplace=None)",
    "ops.Conv2dNormActivation(3, 4, 4, padding=0, activation_layer=None, bias=True)",
    "ops.SqueezeExcitation(3, 2)",
    "ops.MLP(5, [4, 6, 3], norm_layer=nn.LayerNorm, inplace=True, bias=False)",
    "ops.MLP(5, [3], dropout=0.4)",
    "ops.Permute([0, 2, 3, 1])",
    "ops.StochasticDepth(0.3, 'row')",
    "ops.StochasticDepth(0.3, 'batch')",
    "ops.StochasticDepth(1.0, 'row')",
    "ops.StochasticDepth(1, 'batch')",
    "ops.StochasticDepth(0.0, 'row')",
]


@pytest.mark.parametrize("is_training", [True, False])
@pytest.mark.parametrize("layer", LAYERS)
def test_layers_are_torchvisions(
    layer: str, is_training: bool, torch: ModuleType, torchvision: ModuleType
) -> None:
    x = np.random.default_rng(0).standard_normal((6, 3, 9, 5))
    results: list[Any] = []
    for library, ops in ((mt, layers), (torch, torchvision.ops)):
        library.manual_seed(5)
        module = eval(layer, {"ops": ops, "nn": library.nn}).double().train(is_training)
        y = library.from_numpy(x.copy()).requires_grad_()
        out = module(y * 1)
        (out * out).sum().backward()
        results.append((repr(module), out.detach().numpy(), y.grad.numpy()))
    (our_repr, *ours), (their_repr, *theirs) = results
    assert our_repr == their_repr
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("shape", "p", "mode"),
    [((), 0.5, "batch"), ((), 0.5, "row"), ((0, 2), 0.5, "row"), ((3,), 0.5, "row"),
     ((3, 2), -0.1, "row"), ((3, 2), 1.1, "row"), ((3, 2), 0.5, "rows")],
)  # fmt: skip
def test_stochastic_depth_at_its_bounds(
    shape: tuple[int, ...], p: float, mode: str, torch: ModuleType, torchvision: ModuleType
) -> None:
    sides = []
    for library, ops in ((mt, layers), (torch, torchvision.ops)):
        library.manual_seed(5)
        try:
            out = ops.stochastic_depth(library.ones(shape), p, mode)
            sides.append(out.tolist())
        except (ValueError, IndexError) as error:
            sides.append((type(error), str(error)[:30] if isinstance(error, ValueError) else ""))
    assert sides[0] == sides[1]


@pytest.mark.parametrize("v", [0.1, 3, 4, 12, 13.9, 17.7, 20, 92.4])
@pytest.mark.parametrize("least", [None, 1, 16])
def test_make_divisible(v: float, least: int | None, torchvision: ModuleType) -> None:
    theirs = torchvision.models._utils._make_divisible
    assert layers.make_divisible(v, 8, least) == theirs(v, 8, least)
