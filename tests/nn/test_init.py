"""Initial values beside PyTorch's, from the same seed."""

import numpy as np
import pytest

import minitorch as mt
from minitorch.nn import init
from tests.nn.both import array, outcome

# name -> fill a tensor; equal to the bit where the last entry is 0
FILLS = {
    "uniform": (lambda t, x: t.nn.init.uniform_(x, -0.3, 1.7), 0),
    "normal": (lambda t, x: t.nn.init.normal_(x, 1.0, 0.2), 1e-6),
    "trunc normal": (lambda t, x: t.nn.init.trunc_normal_(x, std=0.02), 1e-6),
    "trunc normal, cut": (lambda t, x: t.nn.init.trunc_normal_(x, 0.1, 1.0, -0.5, 0.5), 1e-6),
    "trunc normal, thin": (lambda t, x: t.nn.init.trunc_normal_(x, 0.0, 1.0, 0.1, 0.2), 1e-6),
    "constant": (lambda t, x: t.nn.init.constant_(x, 0.1), 0),
    "ones": (lambda t, x: t.nn.init.ones_(x), 0),
    "zeros": (lambda t, x: t.nn.init.zeros_(x), 0),
    "xavier uniform": (lambda t, x: t.nn.init.xavier_uniform_(x, gain=1.3), 0),
    "xavier normal": (lambda t, x: t.nn.init.xavier_normal_(x), 1e-6),
    "kaiming uniform": (lambda t, x: t.nn.init.kaiming_uniform_(x), 0),
    "kaiming uniform, out": (
        lambda t, x: t.nn.init.kaiming_uniform_(x, mode="fan_out", nonlinearity="relu"),
        0,
    ),
    "kaiming normal": (lambda t, x: t.nn.init.kaiming_normal_(x, a=0.2), 1e-6),
    "kaiming normal, tanh": (lambda t, x: t.nn.init.kaiming_normal_(x, nonlinearity="tanh"), 1e-6),
    "orthogonal": (lambda t, x: t.nn.init.orthogonal_(x, gain=1.4), 1e-5),
}
SHAPES = {"matrix": (5, 7), "kernel": (6, 4, 3, 3), "tall": (40, 3), "small": (2, 3)}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(("fill", "tolerance"), FILLS.values(), ids=FILLS)
def test_fills_draw_what_pytorch_draws(torch, fill, tolerance, shape):
    filled = []
    for t in (mt, torch):
        t.manual_seed(3)
        x = t.empty(shape)
        assert fill(t, x) is x
        filled.append(array(x))
    np.testing.assert_allclose(*filled, rtol=tolerance, atol=tolerance)


MATRICES = {
    "eye": lambda t: t.nn.init.eye_(t.empty(3, 5)),
    "sparse": lambda t: t.nn.init.sparse_(t.empty(7, 4), 0.4),
    "dirac": lambda t: t.nn.init.dirac_(t.empty(4, 2, 3, 2)),
    "dirac of sequences": lambda t: t.nn.init.dirac_(t.empty(2, 4, 3)),
    "dirac in groups": lambda t: t.nn.init.dirac_(t.empty(6, 2, 3, 3), groups=2),
    "transposed": lambda t: t.nn.init.normal_(t.empty(20, 3).t()),
    "trunc normal, transposed": lambda t: t.nn.init.trunc_normal_(t.empty(20, 3).t(), a=-0.5),
    "trunc normal, with gaps": lambda t: t.nn.init.trunc_normal_(t.empty(40, 6)[::2, ::2], a=-0.5),
    "generator": lambda t: t.nn.init.kaiming_normal_(
        t.empty(4, 5), generator=t.Generator().manual_seed(7)
    ),
    "generators of all": lambda t: t.stack(
        [
            fill(t.empty(4, 5), generator=t.Generator().manual_seed(5))
            for fill in (
                t.nn.init.uniform_,
                t.nn.init.normal_,
                t.nn.init.trunc_normal_,
                t.nn.init.xavier_uniform_,
                t.nn.init.xavier_normal_,
                t.nn.init.kaiming_uniform_,
                t.nn.init.orthogonal_,
            )
        ]
    ),
    "double": lambda t: t.nn.init.kaiming_uniform_(t.empty(4, 5, dtype=t.float64)),
    "half": lambda t: t.nn.init.uniform_(t.empty(4, 5, dtype=t.float16)),
}


@pytest.mark.parametrize("make", MATRICES.values(), ids=MATRICES)
def test_special_fills(torch, make):
    made = []
    for t in (mt, torch):
        t.manual_seed(3)
        made.append(array(make(t)))
    assert made[0].dtype == made[1].dtype
    np.testing.assert_allclose(*made, rtol=1e-5, atol=1e-6)


def test_the_same_numbers_without_pytorch():
    mt.manual_seed(0)
    assert init.uniform_(mt.empty(3)).tolist() == pytest.approx(
        [0.49626, 0.76822, 0.08848], abs=1e-5
    )
    matrix = init.orthogonal_(mt.empty(3, 5))
    np.testing.assert_allclose(array(matrix) @ array(matrix).T, np.eye(3), atol=1e-6)
    assert init.eye_(mt.empty(2, 3)).tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    cut = array(init.trunc_normal_(mt.empty(1000), std=2.0, a=-1.0, b=3.0))
    assert -1 <= cut.min() < -0.9
    assert 2.8 < cut.max() <= 3


def test_parameters_are_filled_without_a_trace():
    parameter = mt.nn.Parameter(mt.ones(3))
    loss = (parameter**2).sum()
    init.uniform_(parameter)
    assert parameter.is_leaf
    assert parameter.requires_grad
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


GAINS = ["linear", "conv2d", "conv_transpose3d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]


def test_gains(torch):
    for name in GAINS:
        assert init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    assert init.calculate_gain("leaky_relu", 2) == torch.nn.init.calculate_gain("leaky_relu", 2)


ERRORS = {
    "eye of a vector": lambda t: t.nn.init.eye_(t.ones(3)),
    "dirac of a vector": lambda t: t.nn.init.dirac_(t.ones(3)),
    "dirac in odd groups": lambda t: t.nn.init.dirac_(t.ones(3, 3, 3), 2),
    "fan of a vector": lambda t: t.nn.init.xavier_uniform_(t.ones(3)),
    "mode": lambda t: t.nn.init.kaiming_uniform_(t.ones(3, 3), mode="foo"),
    "nonlinearity": lambda t: t.nn.init.kaiming_uniform_(t.ones(3, 3), nonlinearity="foo"),
    "gain": lambda t: t.nn.init.calculate_gain("foo"),
    "slope": lambda t: t.nn.init.calculate_gain("leaky_relu", "a"),
    "orthogonal vector": lambda t: t.nn.init.orthogonal_(t.ones(3)),
    "sparse vector": lambda t: t.nn.init.sparse_(t.ones(3), 0.1),
    "bounds": lambda t: t.nn.init.uniform_(t.ones(3), 3, 1),
    "NaN among integers": lambda t: t.nn.init.constant_(t.ones(3).long(), float("nan")),
    "spread": lambda t: t.nn.init.normal_(t.ones(3), 3, -1),
}


@pytest.mark.parametrize("script", ERRORS.values(), ids=ERRORS)
def test_errors_begin_as_pytorchs(torch, script):
    kind, (message, _) = outcome(script, mt)
    their_kind, (their_message, _) = outcome(script, torch)
    assert kind == their_kind != "value"
    assert message.startswith(their_message)


WARNINGS = {
    "empty": lambda t: t.nn.init.kaiming_uniform_(t.ones(0, 3)).tolist(),
    "empty layer": lambda t: t.nn.Linear(0, 3).bias.tolist(),
    "mean outside": lambda t: t.nn.init.trunc_normal_(t.ones(3), mean=9) is None,
    "old names": lambda t: [
        getattr(t.nn.init, name)(t.ones(2, 2, 2)).tolist()
        for name in ("normal", "uniform", "dirac", "xavier_normal", "kaiming_uniform")
    ],
    "old constant": lambda t: t.nn.init.constant(t.ones(2), 3.0).tolist(),
}


@pytest.mark.parametrize("script", WARNINGS.values(), ids=WARNINGS)
def test_warnings_are_pytorchs(torch, script):
    results = []
    for t in (mt, torch):
        t.manual_seed(0)
        results.append(outcome(script, t))
    ours, theirs = results
    assert ours[0] == theirs[0] == "value"
    assert ours[1][1] == theirs[1][1] != []
    np.testing.assert_allclose(ours[1][0], theirs[1][0], rtol=1e-6)
