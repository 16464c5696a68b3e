"""Differences, integrals, covariances, lengths and windows: values and refusals are PyTorch's."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.parity import assert_same
from tests.support.table import complaint, refused, row, warned


def squares(torch: Any) -> Any:
    return torch.tensor([[1.0, 4.0, 9.0, 16.0], [0.0, 1.0, 0.0, 3.0]])


@row(
    [
        [[3.0, 5.0, 7.0], [1.0, -1.0, 3.0]],
        [[2.0, 2.0], [-2.0, 4.0]],
        [[], []],
        [[-1.0, -3.0, -9.0, -13.0]],
        [[1.0, 3.0, 5.0, 7.0], [0.0, 1.0, -1.0, 3.0]],
        [True, False],
        refused(RuntimeError, "diff expects input to be at least one-dimensional"),
        refused(RuntimeError, "order must be non-negative but got -1"),
        refused(RuntimeError, "diff expects prepend or append to be the same dimension as input"),
        refused(RuntimeError, "diff expects the shape of tensor to prepend or append to match"),
    ]
)
def test_differences(torch: Any) -> Any:
    x = squares(torch)
    return [
        torch.diff(x),
        x.diff(n=2),
        x.diff(5),
        torch.diff(x, axis=0),
        torch.diff(x, prepend=torch.zeros(2, 1)),
        torch.tensor([True, False, False]).diff(),
        complaint(lambda: torch.tensor(1.0).diff()),
        complaint(lambda: x.diff(-1)),
        complaint(lambda: x.diff(prepend=torch.zeros(2))),
        complaint(lambda: x.diff(append=torch.zeros(3, 1))),
    ]


@row(
    [
        [21.5, 2.5],
        [43.0, 5.0],
        [40.5, 4.5],
        [0.5, 2.5, 4.5, 9.5],
        [0.0, 0.0],
        [[2.5, 9.0, 21.5], [0.5, 1.0, 2.5]],
        [[2.5, 15.5, 53.0], [0.5, 1.5, 6.0]],
        "torch.int8",
        refused(RuntimeError, "There must be one `x` value for each sample point"),
        refused(RuntimeError, "received a bool input for `y`, but bool is not supported"),
    ]
)
def test_integrals(torch: Any) -> Any:
    y, x = squares(torch), torch.tensor([0.0, 1.0, 3.0, 6.0])
    return [
        torch.trapezoid(y),
        torch.trapz(y, dx=2),
        torch.trapezoid(y, torch.tensor([[0.0, 1.0, 3.0, 5.0]])),
        torch.trapezoid(y, dim=0),
        torch.trapezoid(torch.zeros(2, 0)),
        torch.cumulative_trapezoid(y),
        torch.cumulative_trapezoid(y, x),
        str(torch.trapezoid(torch.zeros(2, 0, dtype=torch.int8)).dtype),
        complaint(lambda: torch.trapezoid(y, x[:3])),
        complaint(lambda: torch.trapezoid(y > 1)),
    ]


@row(
    [
        [[3.0, 4.0, 6.0, 7.0], [1.0, 0.0, 1.0, 3.0]],
        [[1.5, 2.0, 3.0, 3.5], [0.5, 0.0, 0.5, 1.5]],
        [[1.5, 2.0, 3.0, 3.5], [0.5, 0.0, 0.5, 1.5]],
        [[2.0, 4.0, 6.0, 8.0], [2.0, 0.0, 1.0, 5.0]],
        [3.0, 1.5, -0.25, 2.25],
        refused(RuntimeError, "only supports edge_order=1 and edge_order=2."),
        refused(RuntimeError, "expected each dimension size to be at least edge_order+1"),
        refused(RuntimeError, "a list of length equal to"),
        refused(RuntimeError, "dim 0 appears multiple times in the list of dims"),
        refused(IndexError, "but tensor has no dimensions"),
    ]
)
def test_slopes(torch: Any) -> Any:
    x = squares(torch)
    places = torch.tensor([0.0, 1.0, 3.0, 7.0])
    return [
        torch.gradient(x)[1],
        torch.gradient(x, spacing=2.0, dim=1)[0],
        torch.gradient(x, spacing=torch.tensor(2.0), dim=1)[0],
        torch.gradient(x, dim=1, edge_order=2)[0],
        torch.gradient(x[1] * 3, spacing=(places,))[0],
        complaint(lambda: torch.gradient(x, edge_order=3)),
        complaint(lambda: torch.gradient(x, dim=0, edge_order=2)),
        complaint(lambda: torch.gradient(x, spacing=[1.0, 2.0, 3.0])),
        complaint(lambda: torch.gradient(x, dim=(0, 0))),
        complaint(lambda: torch.gradient(x[0, 0], dim=-1)),
    ]


@row(
    [
        [[17.0 / 3, 4.0], [4.0, 3.0]],
        0.0,
        2.25,
        [[1.0, 0.0], [0.0, 1.0]],
        1.0,
        [refused(UserWarning, "cov(): degrees of freedom is <= 0.")],
        refused(RuntimeError, "expected input to have two or fewer dimensions"),
        refused(RuntimeError, "cov(): bool dtype is not supported for input"),
        refused(RuntimeError, "cov(): expected fweights to have integral dtype"),
        refused(RuntimeError, "cov(): expected aweights to have the same numel"),
        refused(RuntimeError, "cov(): fweights cannot be negative"),
        refused(RuntimeError, "cov(): weights sum to zero, can't be normalized"),
        refused(RuntimeError, "cov(): weights sum to zero, can't be normalized"),
    ]
)
def test_covariances(torch: Any) -> Any:
    x = torch.tensor([[1.0, 2.0, 5.0], [0.0, 0.0, 3.0]])
    pair = torch.tensor([[1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0]])
    ones = torch.ones(3)
    return [
        torch.tensor([[17.0 / 3, 4.0], [4.0, 3.0]]) + 0 * x.cov(),
        torch.cov(torch.tensor([2.0, 2.0, 2.0])),
        x[1].cov(correction=0, fweights=torch.tensor([1, 0, 1])),
        pair.corrcoef(),
        torch.corrcoef(x[0]),
        warned(lambda: torch.cov(torch.ones(2, 1))),
        complaint(lambda: torch.cov(torch.ones(1, 1, 1))),
        complaint(lambda: torch.cov(x > 1)),
        complaint(lambda: torch.cov(x, fweights=ones)),
        complaint(lambda: torch.cov(x, aweights=torch.ones(2))),
        complaint(lambda: torch.cov(x, fweights=torch.tensor([1, 1, -1]))),
        complaint(lambda: torch.cov(x, aweights=torch.zeros(3))),
        complaint(lambda: torch.cov(x[:, :0], aweights=torch.zeros(0))),
    ]


@row(
    [
        5.0,
        7.0,
        [[0.3, 0.4], [1.0, 0.0]],
        [[0.3, 0.4], [1.0, 0.0]],
        refused(RuntimeError, "renorm: input needs at least 2 dimensions, got 1 dimensions"),
        refused(RuntimeError, "renorm: non-positive-norm not supported"),
        refused(RuntimeError, "renorm: expected maxnorm to be >= 0 but got -1"),
    ]
)
def test_lengths(torch: Any) -> Any:
    x, y = torch.tensor([[3.0, 4.0], [1.0, 0.0]]), torch.tensor([0.3, 0.4])
    short = torch.stack([y, x[1]])
    found = torch.stack([y * 10, x[1]]).renorm(2, 0, 1.0)
    assert torch.allclose(found[0], y * 2)
    kept = short.clone()
    return [
        torch.dist(x[0], torch.zeros(2)),
        x[0].dist(torch.zeros(2), 1),
        torch.renorm(short, 2, axis=0, maxnorm=1.0),
        kept.renorm_(2, 0, 1.5),
        complaint(lambda: y.renorm(2, 0, 1.0)),
        complaint(lambda: x.renorm(0, 0, 1.0)),
        complaint(lambda: x.renorm(2, 0, -1)),
    ]


WINDOWS = ["bartlett", "blackman", "hamming", "hann", "kaiser"]
SHAPES = [
    ("bartlett", {}),
    ("blackman", {}),
    ("cosine", {}),
    ("exponential", {"tau": 2.0}),
    ("gaussian", {"std": 3.0}),
    ("general_cosine", {"a": [0.4, 0.3, 0.2]}),
    ("general_hamming", {"alpha": 0.6}),
    ("hamming", {}),
    ("hann", {}),
    ("kaiser", {"beta": 5.0}),
    ("nuttall", {}),
]


every_length = pytest.mark.parametrize("length", [-1, 0, 1, 2, 9, 2.5])


def _same(torch: Any, call: Callable[[Any], Any]) -> None:
    """As `assert_same`, allowing for what is 0 but for rounding."""
    assert_same(torch, lambda lib: call(lib) + 1, rtol=1e-6)


@every_length
@pytest.mark.parametrize("name", WINDOWS)
def test_windows(torch: Any, name: str, length: Any) -> None:
    def window(lib: Any, *args: Any, **named: Any) -> Any:
        return getattr(lib, f"{name}_window")(length, *args, **named)

    _same(torch, lambda lib: window(lib))
    _same(torch, lambda lib: window(lib, False, dtype=lib.float64))
    _same(torch, lambda lib: window(lib, dtype=lib.int64))


@every_length
@pytest.mark.parametrize(("name", "settings"), SHAPES)
def test_shapes_of_signals(torch: Any, name: str, settings: dict[str, Any], length: Any) -> None:
    def window(lib: Any, **named: Any) -> Any:
        return getattr(lib.signal.windows, name)(length, **settings, **named)

    _same(torch, lambda lib: window(lib))
    _same(torch, lambda lib: window(lib, sym=False, dtype=lib.float64))
    _same(torch, lambda lib: window(lib, dtype=lib.float16))
    _same(torch, lambda lib: window(lib, layout=lib.strided))
    _same(torch, lambda lib: window(lib, layout=lib.sparse_coo))


def test_refusals_of_signals(torch: Any) -> None:
    calls = [
        lambda w: w.exponential(3, tau=0),
        lambda w: w.exponential(3, center=1.0),
        lambda w: w.gaussian(3, std=0),
        lambda w: w.kaiser(3, beta=-1),
        lambda w: w.general_cosine(3, a=[]),
        lambda w: w.general_cosine(3, a=3),
    ]
    for call in calls:
        assert_same(torch, lambda lib, call=call: call(lib.signal.windows))
