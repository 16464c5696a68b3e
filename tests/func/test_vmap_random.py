"""Random numbers inside ``vmap``: from the same seed those of PyTorch."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.func import vmap

X = np.random.default_rng(1).standard_normal((4, 3))

# Draws, the same in PyTorch under the same seed.
DRAWS: dict[str, Any] = {
    "rand": lambda t, x: t.rand(3),
    "randn": lambda t, x: t.randn(3) * 2,
    "many normals": lambda t, x: t.randn(20)[:3],
    "randint": lambda t, x: t.randint(0, 9, (3,)),
    "randperm": lambda t, x: t.randperm(5),
    "rand_like": lambda t, x: t.rand_like(x),
    "randn_like of what is shared": lambda t, x: t.randn_like(t.ones(2, 3)),
    "bernoulli p": lambda t, x: t.bernoulli(t.full((3,), 0.5)),
    "normal_": lambda t, x: x.clone().normal_(),
    "uniform_": lambda t, x: x.clone().uniform_(1, 2),
    "bernoulli_": lambda t, x: x.clone().bernoulli_(0.5),
    "exponential_": lambda t, x: x.clone().exponential_(),
    "random_": lambda t, x: x.clone().random_(0, 9),
    "dropout": lambda t, x: t.nn.functional.dropout(x, 0.5),
    "dropout of what is shared": lambda t, x: t.nn.functional.dropout(t.ones(3), 0.5),
    "normal": lambda t, x: t.normal(t.zeros(3), 1.0),
    "normal of numbers": lambda t, x: t.normal(0.0, 1.0, (3,)),
}
# Fills, of the batch's tensors and of one that its examples share.
FILLS: dict[str, Any] = {
    "uniform_": lambda t, x: t.nn.init.uniform_(x),
    "normal_": lambda t, x: t.nn.init.normal_(x),
    "trunc_normal_": lambda t, x: t.nn.init.trunc_normal_(x),
    "trunc_normal_, thin": lambda t, x: t.nn.init.trunc_normal_(x, 0, 1, 0.1, 0.2),
    "xavier_uniform_": lambda t, x: t.nn.init.xavier_uniform_(x),
    "kaiming_normal_": lambda t, x: t.nn.init.kaiming_normal_(x),
    "orthogonal_": lambda t, x: t.nn.init.orthogonal_(x),
    "sparse_": lambda t, x: t.nn.init.sparse_(x, 0.5),
    "Linear": lambda t, x: t.nn.Linear(3, 2).weight,
}
DEPENDENT: dict[str, Any] = {
    "bernoulli": lambda t, x: t.bernoulli(x.sigmoid()),
    "bernoulli_": lambda t, x: x.clone().bernoulli_(x.sigmoid()),
    "multinomial": lambda t, x: t.multinomial(x.exp(), 2),
    "normal": lambda t, x: t.normal(x, 1.0),
    "normal of both": lambda t, x: t.normal(x, x.exp()),
}


@pytest.mark.parametrize("randomness", ["same", "different"])
@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers_are_pytorchs(torch: Any, name: str, randomness: str) -> None:
    for in_dims in (0, 1):
        _compare_draws(torch, DRAWS[name], randomness, X.astype(np.float32), in_dims)


@pytest.mark.parametrize("name", DEPENDENT)
def test_random_numbers_that_depend_on_the_batch(torch: Any, name: str) -> None:
    _compare_draws(torch, DEPENDENT[name], "different", X.astype(np.float32), 0)
    with pytest.raises(RuntimeError, match="does not currently support same randomness"):
        vmap(lambda x: DEPENDENT[name](mt, x), randomness="same")(mt.tensor(X))
    with pytest.raises(
        RuntimeError, match="called random operation while in randomness error mode"
    ):
        vmap(lambda x: DEPENDENT[name](mt, x))(mt.tensor(X))


@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers_are_refused(name: str) -> None:
    with pytest.raises(
        RuntimeError, match="called random operation while in randomness error mode"
    ):
        vmap(lambda x: DRAWS[name](mt, x))(mt.tensor(X))
    with pytest.raises(
        RuntimeError, match="called random operation while in randomness error mode"
    ):
        inner = vmap(lambda x: DRAWS[name](mt, x), randomness="same")
        vmap(inner)(mt.tensor(X)[None])


@pytest.mark.parametrize("randomness", ["error", "same", "different"])
@pytest.mark.parametrize("name", FILLS)
def test_initial_values_are_drawn_as_vmap_says(torch: Any, name: str, randomness: str) -> None:
    def shared(t: Any, x: Any) -> Any:
        return FILLS[name](t, t.empty(4, 3)).detach() + 0 * x.sum()

    if randomness == "same":
        _compare_draws(torch, shared, randomness, X.astype(np.float32), 0)
    else:
        said = "called random operation" if randomness == "error" else "different inplace random"
        for library, batched in ((mt, vmap), (torch, torch.func.vmap)):
            with pytest.raises(RuntimeError, match=said):
                call = batched(lambda x: shared(library, x), randomness=randomness)  # noqa: B023
                call(library.tensor(X))


@pytest.mark.parametrize("randomness", ["same", "different"])
@pytest.mark.parametrize(
    "name", sorted({*FILLS} - {"trunc_normal_", "trunc_normal_, thin", "Linear"})
)
def test_initial_values_of_each_example(torch: Any, name: str, randomness: str) -> None:
    x = np.ones((2, 4, 3), np.float32)
    _compare_draws(torch, lambda t, x: FILLS[name](t, x.clone()), randomness, x, 0)


def _compare_draws(torch: Any, draw: Any, randomness: str, x: Any, in_dims: int) -> None:
    results = []
    for library, batched in ((mt, vmap), (torch, torch.func.vmap)):
        library.manual_seed(7)
        call = batched(lambda a: draw(library, a), in_dims, randomness=randomness)  # noqa: B023
        results.append((call(library.tensor(x)), library.rand(1)))
    _compare(results[0], results[1], 1e-5)


@pytest.mark.parametrize("outer", ["same", "different"])
@pytest.mark.parametrize("inner", ["same", "different"])
def test_random_numbers_at_two_levels(torch: Any, outer: str, inner: str) -> None:
    results = []
    for library, batched in ((mt, vmap), (torch, torch.func.vmap)):
        library.manual_seed(1)
        call = batched(
            batched(lambda a: a + library.randn(2), randomness=inner),  # noqa: B023
            randomness=outer,
        )
        results.append(call(library.zeros(2, 3, 2)))
    _compare(results[0], results[1], 1e-6)


def test_golden_random_numbers() -> None:
    mt.manual_seed(0)
    drawn = vmap(lambda a: mt.randn(3), randomness="different")(mt.zeros(2, 1))
    mt.manual_seed(0)
    assert drawn.tolist() == mt.randn(2, 3).tolist()


def test_different_numbers_do_not_fit_into_what_is_shared() -> None:
    with pytest.raises(
        RuntimeError, match="Cannot ask for different inplace randomness on an unba"
    ):
        vmap(lambda a: mt.zeros(3).normal_(), randomness="different")(mt.tensor(X))
    with pytest.raises(
        RuntimeError, match=r"inplace bernoulli\(self, \*extra_args\) is not possible"
    ):
        vmap(lambda a: mt.zeros(3).bernoulli_(a.sigmoid()), randomness="different")(mt.tensor(X))


def _compare(ours: Any, theirs: Any, rtol: float) -> None:
    if isinstance(ours, tuple):
        for a, b in zip(ours, theirs, strict=True):
            _compare(a, b, rtol)
        return
    assert str(ours.dtype) == str(theirs.dtype)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=rtol, atol=rtol)
