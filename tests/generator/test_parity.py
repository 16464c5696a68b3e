"""Over any mix of calls the generator stays in step with PyTorch's, bit for bit."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from minitorch.generator import Generator, memory_order, trunc_normal
from minitorch.generator.counts import binomial, poisson

FLOATS = ("float32", "float64", "float16")
DTYPES = (*FLOATS, "int64", "int32", "int16", "int8", "uint8", "bool")


def seeded(seed=0):
    return Generator().manual_seed(seed)


SHAPES = st.sampled_from(
    [(), (0,), (1,), (2,), (3,), (15,), (16,), (17,), (33,), (3, 5), (4, 4), (2, 0), (5, 7, 9)]
)
MEAN_STD = st.sampled_from([(0.0, 1.0), (0.3, 1.7), (-5.0, 1e-3), (1e3, 2.0), (0.0, 0.0)])


@st.composite
def integer_ranges(draw, dtype):
    if dtype == "bool":
        return 0, draw(st.integers(1, 2))
    if dtype in FLOATS:
        return draw(st.integers(-50, 0)), draw(st.integers(1, 50))
    info = np.iinfo(dtype)
    least, most = int(info.min), int(info.max)
    low = draw(st.integers(least, most - 1))
    return low, draw(st.integers(low + 1, min(low + 2**30, most)) | st.integers(low + 1, most))


def contiguous_call(draw, torch, kind):
    """A pair of functions, from our generator and from PyTorch's to the numbers of one call."""
    shape, dtype, real = draw(SHAPES), draw(st.sampled_from(DTYPES)), draw(st.sampled_from(FLOATS))
    as_any, as_real = getattr(torch, dtype), getattr(torch, real)
    empty = lambda kind: torch.empty(shape, dtype=kind)  # noqa: E731
    mean, std = draw(MEAN_STD)
    match kind:
        case "rand":
            return (
                lambda g: g.rand(shape, real),
                lambda g: torch.rand(shape, dtype=as_real, generator=g),
            )
        case "uniform":
            low, high = draw(st.sampled_from([(-1, 1), (-0.3, 0.7), (5, 5.001), (2, 2), (0, 1e3)]))
            return (
                lambda g: g.uniform(shape, low, high, real),
                lambda g: empty(as_real).uniform_(low, high, generator=g),
            )
        case "normal":
            return (
                lambda g: g.normal(shape, mean, std, real),
                lambda g: empty(as_real).normal_(mean, std, generator=g),
            )
        case "normal of tensors":
            rng = np.random.default_rng(draw(st.integers(0, 99)))
            means = np.asarray(rng.standard_normal(shape)).astype(real)
            stds = np.asarray(rng.random(shape)).astype(real)
            m, s = draw(st.sampled_from([(means, stds), (mean, stds), (means, std)]))
            tensors = [torch.from_numpy(x) if isinstance(x, np.ndarray) else x for x in (m, s)]
            return lambda g: g.normal(shape, m, s, real), lambda g: torch.normal(
                *tensors, generator=g
            )
        case "exponential":
            rate = draw(st.sampled_from([1.0, 0.3, 7.0]))
            return (
                lambda g: g.exponential(shape, rate, real),
                lambda g: empty(as_real).exponential_(rate, generator=g),
            )
        case "cauchy" | "log_normal" | "geometric":
            return spread_call(draw, torch, kind, shape)
        case "randint":
            low, high = draw(integer_ranges(dtype))
            return (
                lambda g: g.randint(low, high, shape, dtype),
                lambda g: torch.randint(low, high, shape, dtype=as_any, generator=g),
            )
        case "random":
            return lambda g: g.random(shape, dtype), lambda g: empty(as_any).random_(generator=g)
    raise AssertionError(kind)


def spread_call(draw, torch, kind, shape):
    dtype = draw(st.sampled_from(FLOATS if kind != "geometric" else (*FLOATS, "int64", "uint8")))
    settings = (draw(st.sampled_from([0.9, 0.5, 0.1])),) if kind == "geometric" else (0.3, 1.7)
    empty = torch.empty(shape, dtype=getattr(torch, dtype))
    return (
        lambda g: getattr(g, kind)(shape, *settings, dtype),
        lambda g: getattr(empty, f"{kind}_")(*settings, generator=g),
    )


def other_call(draw, torch, kind):
    shape, real = draw(SHAPES), draw(st.sampled_from(FLOATS))
    as_real = getattr(torch, real)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    match kind:
        case "randperm":
            n = draw(st.integers(0, 300) | st.integers(490, 2000))  # in turn, and at once
            dtype = draw(st.sampled_from([*FLOATS, "int64", "int16"]))
            return (
                lambda g: g.randperm(n, dtype),
                lambda g: torch.randperm(n, dtype=getattr(torch, dtype), generator=g),
            )
        case "bernoulli":
            p = draw(st.sampled_from([0.0, 1.0, 0.5, 0.3, 0.999]) | st.floats(0, 1))
            return (
                lambda g: g.bernoulli(shape, p),
                lambda g: torch.empty(shape, dtype=torch.bool).bernoulli_(p, generator=g),
            )
        case "bernoulli of a tensor":
            p = np.asarray(rng.random(shape)).astype(real)
            return (
                lambda g: g.bernoulli(shape, p),
                lambda g: torch.bernoulli(torch.from_numpy(p), generator=g).bool(),
            )
        case "multinomial":
            weights = rng.random(draw(st.sampled_from([(5,), (3, 5), (2, 100)]))).astype(real)
            weights += np.array(0.01, real)
            count, replacement = draw(st.integers(1, 5)), draw(st.booleans())
            return (
                lambda g: g.multinomial(weights, count, replacement),
                lambda g: torch.multinomial(
                    torch.from_numpy(weights), count, replacement, generator=g
                ),
            )
        case "poisson":
            rates = np.asarray(rng.random(shape) * draw(st.sampled_from([5, 50]))).astype(real)
            return (
                lambda g: poisson(g, rates),
                lambda g: torch.poisson(torch.from_numpy(rates), g).double(),
            )
        case "binomial":
            trials = np.asarray(rng.integers(0, draw(st.sampled_from([5, 90])), shape) * 1.0)
            p = np.asarray(rng.random(shape))
            return (
                lambda g: binomial(g, trials, p),
                lambda g: torch.binomial(torch.from_numpy(trials), torch.from_numpy(p), g),
            )
        case "trunc_normal":
            bounds = draw(st.sampled_from([(-2, 2), (-0.1, 0.1), (1, 3), (0.2, 0.3)]))
            return (
                lambda g: trunc_normal(g, shape, 0.1, 0.9, *bounds, real),
                lambda g: torch.nn.init.trunc_normal_(
                    torch.empty(shape, dtype=as_real), 0.1, 0.9, *bounds, generator=g
                ),
            )
        case "not contiguous":
            return strided_call(draw, torch, real)
    raise AssertionError(kind)


def strided_call(draw, torch, real):
    """Filling a view in place: PyTorch goes by memory, not by index."""
    views = [
        lambda x: x.transpose(2, 0, 1) if isinstance(x, np.ndarray) else x.permute(2, 0, 1),
        lambda x: x[:, ::2],
        lambda x: x[1:3].swapaxes(0, 1),
        lambda x: x[..., 1],
    ]
    view, kind = draw(st.sampled_from(views)), draw(st.sampled_from(["normal", "uniform"]))

    def ours(generator):
        array = view(np.zeros((6, 4, 3), real))
        walked = memory_order(array)
        if kind == "normal":
            walked[...] = generator.normal(
                walked.shape, 0.3, 1.7, real, contiguous=array.flags.c_contiguous
            )
        else:
            walked[...] = generator.uniform(walked.shape, -1, 1, real)
        return array

    def theirs(generator):
        tensor = view(torch.zeros(6, 4, 3, dtype=getattr(torch, real)))
        arguments = (0.3, 1.7) if kind == "normal" else (-1, 1)
        return getattr(tensor, kind + "_")(*arguments, generator=generator)

    return ours, theirs


CONTIGUOUS = (
    "rand",
    "uniform",
    "normal",
    "normal of tensors",
    "exponential",
    "cauchy",
    "log_normal",
    "geometric",
    "randint",
    "random",
)
OTHERS = (
    "poisson",
    "binomial",
    "randperm",
    "bernoulli",
    "bernoulli of a tensor",
    "multinomial",
    "trunc_normal",
    "not contiguous",
)


@settings(max_examples=150)
@given(data=st.data(), seed=st.integers(-(2**63), 2**64 - 1))
def test_any_mix_of_calls_stays_in_step(torch, data, seed):
    ours, theirs = seeded(seed), torch.Generator().manual_seed(seed)
    assert ours.initial_seed() == theirs.initial_seed()
    for _ in range(6):
        kind = data.draw(st.sampled_from(CONTIGUOUS + OTHERS))
        make = contiguous_call if kind in CONTIGUOUS else other_call
        draw_ours, draw_theirs = make(data.draw, torch, kind)
        drawn, expected = draw_ours(ours), draw_theirs(theirs).numpy()
        assert drawn.dtype == expected.dtype and drawn.shape == expected.shape
        np.testing.assert_array_equal(drawn, expected)
        np.testing.assert_array_equal(ours.get_state(), theirs.get_state().numpy())


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 4096), (0, 65505), (0, 2**24 + 2), (-(2**31), 9), (2**53, 2**53 + 10), (-5, 2**63 - 1)],
)
@pytest.mark.filterwarnings("ignore:.*out of bounds:UserWarning")
def test_integers_that_a_dtype_has_with_gaps(torch, dtype, low, high):
    """They are rounded, and the ends moved inwards so that none is beyond them."""
    theirs = torch.Generator().manual_seed(3)
    try:
        expected = torch.randint(low, high, (50,), dtype=getattr(torch, dtype), generator=theirs)
    except RuntimeError as error:
        with pytest.raises(RuntimeError, match=str(error)):
            seeded(3).randint(low, high, (50,), dtype)
    else:
        np.testing.assert_array_equal(seeded(3).randint(low, high, (50,), dtype), expected.numpy())
        if high > 2**54 or dtype == "float16":
            with pytest.warns(UserWarning, match=r"out of bounds \[-\(2\^\d+\), 2\^\d+\]"):
                seeded(3).randint(low, high, (50,), dtype)


def test_the_widest_unsigned_integers_are_drawn():
    numbers = seeded().random((99,), np.uint64)
    assert numbers.dtype == np.uint64 and numbers.max() > 2**63 > numbers.min()


@pytest.mark.parametrize("dtype", FLOATS)
def test_many_normals_are_pytorchs_to_the_bit(torch, dtype):
    theirs = torch.Generator().manual_seed(1)
    expected = torch.empty(200_003, dtype=getattr(torch, dtype)).normal_(0.3, 1.7, generator=theirs)
    drawn = seeded(1).normal((200_003,), 0.3, 1.7, dtype)
    np.testing.assert_array_equal(drawn, expected.numpy())


def test_weights_and_masks_of_a_network_are_pytorchs(torch):
    torch.manual_seed(0)
    layer = torch.nn.Linear(7, 5)
    mask = torch.nn.functional.dropout(torch.ones(50), 0.3) != 0
    generator, bound = seeded(), 1 / math.sqrt(7)
    np.testing.assert_array_equal(
        generator.uniform((5, 7), -bound, bound), layer.weight.detach().numpy()
    )
    np.testing.assert_array_equal(generator.uniform((5,), -bound, bound), layer.bias.detach())
    np.testing.assert_array_equal(generator.bernoulli((50,), 1 - 0.3), mask)
