"""The generator gives PyTorch's numbers, here as literals, and complains in PyTorch's words.

The golden numbers are PyTorch 2.13's (CPU, x86-64), printed so that they read back exactly. What
goes through the C library's logarithms and cosines is held to a few last bits, which vary with it.
"""

import copy
import hashlib
import math
import pickle
import tracemalloc

import numpy as np
import pytest

import minitorch as mt
from minitorch.generator import (
    Generator,
    default_generator,
    generator,
    manual_seed,
    trunc_normal,
)
from minitorch.generator.counts import binomial, poisson

TENTHS = np.array([0.1, 0.2, 0.3, 0.4], np.float32)


def seeded(seed=0):
    return Generator().manual_seed(seed)


EXACT = {
    "rand float32": (
        lambda g: g.rand((4,)),
        np.float32([0.4962566, 0.7682218, 0.08847743, 0.13203049]),
    ),
    "rand float64": (
        lambda g: g.rand((3,), "float64"),
        np.float64([0.9700530018065531, 0.707819864399788, 0.45938294312745087]),
    ),
    "rand float16": (
        lambda g: g.rand((3,), "float16"),
        np.float16([0.496337890625, 0.76806640625, 0.0885009765625]),
    ),
    "uniform float32": (
        lambda g: g.uniform((4,), -0.3, 0.7),
        np.float32([0.19625658, 0.46822178, -0.21152258, -0.16796952]),
    ),
    "uniform float64": (
        lambda g: g.uniform((3,), -0.3, 0.7, "float64"),
        np.float64([0.6700530018065531, 0.40781986439978796, 0.15938294312745088]),
    ),
    "randint": (lambda g: g.randint(0, 10, (8,)), np.array([4, 9, 3, 0, 3, 9, 7, 3])),
    "randint, a range of two words": (
        lambda g: g.randint(-5, 2**28, (3,)),
        np.array([1139187, 17684937, 51010772]),
    ),
    "randint, a range of 2**63": (
        lambda g: g.randint(-(2**62), 2**62, (2,)),
        np.array([-3711235831533098449, -642142871786238784]),
    ),
    "random int64": (
        lambda g: g.random((2,)),
        np.array([900450186894289455, 3969543146641149120]),
    ),
    "random uint8": (lambda g: g.random((5,), "uint8"), np.uint8([172, 47, 117, 192, 67])),
    "random float32": (lambda g: g.random((2,), "float32"), np.float32([8325664.0, 12888472.0])),
    "randperm": (lambda g: g.randperm(10), np.array([4, 1, 7, 5, 3, 9, 0, 8, 6, 2])),
    "bernoulli": (
        lambda g: g.bernoulli((10,), 0.3),
        np.array([0, 0, 0, 0, 0, 0, 1, 0, 0, 1], bool),
    ),
    "bernoulli of float32 probabilities": (
        lambda g: g.bernoulli((10,), np.full(10, 0.3, np.float32)),
        np.array([0, 0, 1, 1, 0, 0, 0, 0, 0, 0], bool),
    ),
    "multinomial": (lambda g: g.multinomial(TENTHS, 3), np.array([2, 1, 3])),
    "multinomial with replacement": (
        lambda g: g.multinomial(TENTHS, 8, True),
        np.array([3, 3, 2, 3, 3, 3, 1, 2]),
    ),
    "multinomial with replacement, one sample": (
        lambda g: g.multinomial(np.tile(TENTHS, (3, 1)), 1, True),
        np.array([[2], [2], [3]]),
    ),
}

CLOSE = {
    "randn of fewer than 16": (
        lambda g: g.randn((3,)),
        np.float32([1.5409961, -0.2934289, -2.1787894]),
    ),
    "randn of 16": (
        lambda g: g.randn((16,)),
        np.float32(
            [-1.1258398, -1.1523602, -0.25057858, -0.4338788, 0.84871036, 0.69200915, -0.31601277,
             -2.1152194, 0.32227492, -1.2633348, 0.3499832, 0.30813393, 0.11984151, 1.2376579,
             1.1167772, -0.24727815]
        ),
    ),
    "randn of 19, its ends": (
        lambda g: g.randn((19,))[[0, 1, -4, -3, -2, -1]],
        np.float32([-1.1258398, -1.1523602, -0.84367675, 0.9318266, 1.2590092, 2.0049806]),
    ),
    "randn of 17 float64, its ends": (
        lambda g: g.randn((17,), "float64")[[0, 1, -2, -1]],
        np.float64(
            [-2.310411800234176, -0.6332746088675096, -0.8910030351707375, 0.6748575435940039]
        ),
    ),
    "normal of 17 float16, its ends": (
        lambda g: g.normal((17,), 1, 2, "float16")[[0, 1, -2, -1]],
        np.float16([-1.251953125, -1.705078125, 2.892578125, -0.6875]),
    ),
    "normal float64": (
        lambda g: g.normal((2,), 3, 0.5, "float64"),
        np.float64([3.7704980541220214, 2.8532855471195266]),
    ),
    "exponential": (
        lambda g: g.exponential((3,), 2.0),
        np.float32([1.7541631, 0.61519235, 0.30752206]),
    ),
    "exponential float64": (
        lambda g: g.exponential((2,), dtype="float64"),
        np.float64([3.508326186707642, 1.2303847641796768]),
    ),
    "cauchy": (
        lambda g: g.cauchy((3,), 1, 2),
        np.float32([22.195459365844727, 2.5295345783233643, 0.743401288986206]),
    ),
    "geometric": (lambda g: g.geometric((3,), 0.2), np.float32([1, 2, 4])),
    "log_normal float64": (
        lambda g: g.log_normal((3,), 0.5, 1, "float64"),
        np.float64([7.698273694803759, 1.2294551382875698, 0.18659974034522378]),
    ),
    "poisson": (
        lambda g: poisson(g, np.array([0.0, 3.0, 30.0, 30.0])),
        np.float64([0, 6, 27, 26]),
    ),
    "binomial": (
        lambda g: binomial(g, np.array([9, 9, 90, 90]), np.array([0.3, 0.8, 0.3, 0.8])),
        np.float64([6, 7, 26, 74]),
    ),
    "trunc_normal": (
        lambda g: trunc_normal(g, (3,)),
        np.float32([1.5409961, -0.2934289, -1.3985955]),
    ),
    "trunc_normal of a tail": (
        lambda g: trunc_normal(g, (3,), a=1, b=2),
        np.float32([1.4962566, 1.7682219, 1.0884774]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_golden_bits(name):
    draw, expected = EXACT[name]
    drawn = draw(seeded())
    assert drawn.dtype == expected.dtype
    np.testing.assert_array_equal(drawn, expected)


@pytest.mark.parametrize("name", CLOSE)
def test_golden_numbers(name):
    draw, expected = CLOSE[name]
    drawn = draw(seeded())
    assert drawn.dtype == expected.dtype
    np.testing.assert_allclose(drawn, expected, rtol=8 * np.finfo(expected.dtype).eps)


def test_the_second_normal_of_a_pair_waits_for_the_next_call():
    generator = seeded()
    generator.randn((3,))
    expected = np.float32([0.56843126, -1.0845224])
    np.testing.assert_allclose(generator.randn((2,)), expected, rtol=1e-6)
    generator.randn((1,))
    generator.manual_seed(0)  # forgets it
    np.testing.assert_allclose(generator.randn((1,)), np.float32([1.5409961]), rtol=1e-6)


WORDS_OF_THE_STATE = "0b681f16ad4133d6577bb34e70d2c5eed9507dc44b59a884d1ab3fdef6f9c6a0"


def test_golden_state():
    generator = seeded()
    generator.rand((5,))
    generator.randn((3,))
    state = generator.get_state().numpy()
    assert state.dtype == np.uint8 and state.shape == (5056,)
    assert state[8:24].tolist() == [100, 2, 0, 0, 1, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0]
    # The waiting normal, bytes 5024 to 5031, may differ in its last bit where libm does.
    words = state[:5024].tobytes()
    assert hashlib.sha256(words).hexdigest() == WORDS_OF_THE_STATE
    waiting = state[5024:5032].view(np.float64)[0]
    assert waiting == pytest.approx(0.24900222346962442, rel=1e-14) and state[5040] == 1


def test_seeds():
    assert seeded(-1).initial_seed() == 2**64 - 1
    np.testing.assert_array_equal(seeded(-1).rand((2,)), np.float32([0.9937994, 0.57130635]))
    np.testing.assert_array_equal(seeded(2**32).rand((9,)), seeded(0).rand((9,)))
    assert Generator().initial_seed() == 67280421310721
    assert seeded(np.int64(3)).initial_seed() == 3
    generator = Generator()
    assert generator.seed() == generator.initial_seed() != generator.seed()


def test_manual_seed_seeds_the_default_generator():
    before = default_generator.get_state()
    try:
        assert manual_seed(5) is default_generator
        np.testing.assert_array_equal(default_generator.rand((3,)), seeded(5).rand((3,)))
    finally:
        default_generator.set_state(before)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))])
def test_copies_continue_alike(copied):
    generator = seeded()
    generator.randn((5,))
    twin = copied(generator)
    np.testing.assert_array_equal(twin.randn((4,)), generator.randn((4,)))
    np.testing.assert_array_equal(twin.get_state(), generator.get_state())


def test_set_state_rewinds():
    generator = seeded()
    generator.randn((5,))
    state = generator.get_state()
    first = generator.randn((4,))
    generator.set_state(state)
    np.testing.assert_array_equal(generator.randn((4,)), first)


def test_states_are_exchanged_with_the_default_generator():
    generator = seeded(4)
    before = mt.get_rng_state()
    try:
        mt.set_rng_state(generator.get_state().clone())
        np.testing.assert_array_equal(default_generator.rand((3,)), generator.rand((3,)))
        generator.set_state(mt.get_rng_state())
        np.testing.assert_array_equal(default_generator.rand((3,)), generator.rand((3,)))
    finally:
        mt.set_rng_state(before)


@pytest.mark.parametrize("drawn", [0, 1, 623, 624, 625])
def test_states_at_the_edges_of_the_block(torch, drawn):
    ours, theirs = seeded(), torch.Generator().manual_seed(0)
    ours.rand((drawn,))
    torch.rand(drawn, generator=theirs)
    np.testing.assert_array_equal(ours.get_state(), theirs.get_state().numpy())
    other = Generator()
    other.set_state(mt.from_numpy(theirs.get_state().numpy()))
    np.testing.assert_array_equal(other.get_state(), ours.get_state())
    np.testing.assert_array_equal(other.rand((3,)), torch.rand(3, generator=theirs).numpy())


def broken_state():
    state = seeded().get_state()
    state[8] = 77  # counters that contradict each other
    return state


ERRORS = [
    (lambda g: g.manual_seed(2**64), ValueError, "Overflow when unpacking long long"),
    (lambda g: g.manual_seed(-(2**63) - 1), ValueError, "Overflow when unpacking long long"),
    (lambda g: g.manual_seed(1.5), RuntimeError, "manual_seed expected a long, but got float"),
    (lambda g: g.manual_seed(True), RuntimeError, "manual_seed expected a long, but got bool"),
    (lambda g: g.set_state([1]), TypeError, "expected a torch.ByteTensor, but got list"),
    (lambda g: g.set_state(np.zeros(9)), TypeError, "expected a torch.ByteTensor, but got ndarray"),
    (lambda g: g.set_state(mt.zeros(5056)), TypeError, "RNG state must be a torch.ByteTensor"),
    (lambda g: g.set_state(mt.zeros(10).byte()), RuntimeError, "Expected a CPUGeneratorImpl"),
    (lambda g: g.set_state(mt.zeros(5056).byte()), RuntimeError, "Invalid mt19937 state"),
    (lambda g: g.set_state(broken_state()), RuntimeError, "Invalid mt19937 state"),
    (lambda g: Generator("cuda"), RuntimeError, "Expected device cpu, but got cuda"),
    (lambda g: g.bernoulli((2,), np.float32([2])), RuntimeError, "Expected p_in >= 0 && p_in <= 1"),
    (lambda g: g.randperm(2**30), RuntimeError, "randperm of 1073741824 elements"),
    (lambda g: g.randperm(300, "uint8"), RuntimeError, "n cannot be greater than 256"),
]


@pytest.mark.parametrize(("call", "error", "words"), ERRORS)
def test_errors(call, error, words):
    generator = seeded()
    before = generator.get_state()
    with pytest.raises(error) as caught:
        call(generator)
    assert str(caught.value).startswith(words)
    np.testing.assert_array_equal(generator.get_state(), before)


SHARED_ERRORS = [
    (lambda g: g.uniform((2,), 2, 1), lambda t: t.empty(2).uniform_(2, 1)),
    (lambda g: g.uniform((2,), 0, math.inf), lambda t: t.empty(2).uniform_(0, math.inf)),
    (lambda g: g.uniform((2,), -3e38, 3e38), lambda t: t.empty(2).uniform_(-3e38, 3e38)),
    (lambda g: g.rand((2,), "int64"), lambda t: t.rand(2, dtype=t.int64)),
    (lambda g: g.normal((2,), 0, -1), lambda t: t.empty(2).normal_(0, -1)),
    (lambda g: g.randn((2,), "int32"), lambda t: t.randn(2, dtype=t.int32)),
    (
        lambda g: g.normal((2,), 0, np.float32([1, -1])),
        lambda t: t.normal(0.0, t.tensor([1.0, -1.0])),
    ),
    (lambda g: g.bernoulli((2,), 1.23456789), lambda t: t.empty(2).bernoulli_(1.23456789)),
    (lambda g: g.bernoulli((1,), np.array([1])), lambda t: t.bernoulli(t.tensor([1]))),
    (lambda g: g.exponential((2,), 0), lambda t: t.empty(2).exponential_(0)),
    (
        lambda g: g.exponential((2,), 1, "int64"),
        lambda t: t.empty(2, dtype=t.int64).exponential_(1),
    ),
    (lambda g: g.cauchy((2,), 0, 0), lambda t: t.empty(2).cauchy_(0, 0)),
    (lambda g: g.geometric((2,), 1.5), lambda t: t.empty(2).geometric_(1.5)),
    (lambda g: g.log_normal((2,), 0, 0), lambda t: t.empty(2).log_normal_(0, 0)),
    (lambda g: poisson(g, np.array([-1.0])), lambda t: t.poisson(t.tensor([-1.0]))),
    (lambda g: g.randint(5, 5, (2,)), lambda t: t.randint(5, 5, (2,))),
    (
        lambda g: g.randint(0, 300, (2,), "uint8"),
        lambda t: t.randint(0, 300, (2,), dtype=t.uint8),
    ),
    (lambda g: g.randint(-1, 3, (2,), "uint8"), lambda t: t.randint(-1, 3, (2,), dtype=t.uint8)),
    (
        lambda g: g.randint(0, 2**16, (2,), "float16"),
        lambda t: t.randint(0, 2**16, (2,), dtype=t.float16),
    ),
    (lambda g: g.randint(0, 3, (2,), "bool"), lambda t: t.randint(0, 3, (2,), dtype=t.bool)),
    (lambda g: g.randperm(-1), lambda t: t.randperm(-1)),
    (lambda g: g.randperm(3, "bool"), lambda t: t.randperm(3, dtype=t.bool)),
    (lambda g: g.randperm(2050, "float16"), lambda t: t.randperm(2050, dtype=t.float16)),
    (lambda g: g.multinomial(TENTHS * 0, 1), lambda t: t.multinomial(t.zeros(4), 1)),
    (lambda g: g.multinomial(-TENTHS, 1, True), lambda t: t.multinomial(-t.ones(4), 1, True)),
    (
        lambda g: g.multinomial(TENTHS / 0.0, 1),
        lambda t: t.multinomial(t.full((4,), math.inf), 1),
    ),
    (
        lambda g: g.multinomial(TENTHS[:0], 2, True),
        lambda t: t.multinomial(t.ones(0), 2, True),
    ),
    (lambda g: g.multinomial(TENTHS, 5), lambda t: t.multinomial(t.ones(4), 5)),
    (lambda g: g.multinomial(TENTHS, 0), lambda t: t.multinomial(t.ones(4), 0)),
    (lambda g: g.multinomial(np.array([1]), 1), lambda t: t.multinomial(t.tensor([1]), 1)),
    (
        lambda g: g.multinomial(TENTHS[None, None], 1),
        lambda t: t.multinomial(t.ones(1, 1, 4), 1),
    ),
]


@pytest.mark.parametrize(("ours", "theirs"), SHARED_ERRORS)
def test_errors_are_pytorchs(torch, ours, theirs):
    with pytest.raises((RuntimeError, NotImplementedError)) as expected:
        theirs(torch)
    with np.errstate(divide="ignore"), pytest.raises(type(expected.value)) as caught:
        ours(seeded())
    words = 4  # enough to find it by; ours goes on with what to do
    assert str(caught.value).split()[:words] == str(expected.value).split()[:words]


def test_samples_have_their_distributions():
    generator = seeded()
    assert generator.exponential((20000,), 4.0).mean() == pytest.approx(0.25, rel=0.05)
    assert generator.bernoulli((20000,), 0.3).mean() == pytest.approx(0.3, abs=0.02)
    counts = np.bincount(generator.multinomial(TENTHS, 20000, True)) / 20000
    assert counts == pytest.approx(TENTHS, abs=0.02)
    cut = trunc_normal(generator, (20000,), 1.0, 2.0, 0.0, 1.5)
    assert cut.min() >= 0 and cut.max() <= 1.5
    assert sorted(generator.randperm(1000)) == list(range(1000))


LARGE = {
    "uniform": lambda g, n: g.uniform((n,), -0.5, 0.7),
    "uniform float64": lambda g, n: g.uniform((n,), -0.5, 0.7, "float64"),
    "uniform float16": lambda g, n: g.uniform((n,), -0.5, 0.7, "float16"),
    "normal": lambda g, n: g.normal((n,), 0.5, 0.02),
    "normal float64": lambda g, n: g.normal((n,), 0.5, 0.02, "float64"),
    "bernoulli": lambda g, n: g.bernoulli((n,), 0.3),
}


@pytest.mark.parametrize("name", LARGE)
def test_numbers_drawn_in_pieces_are_those_drawn_at_once(name, monkeypatch):
    draw = LARGE[name]
    g, other = seeded(), seeded()
    at_once, after = draw(g, 1003), g.rand((2,))
    monkeypatch.setattr(generator, "_PIECE", 48)
    np.testing.assert_array_equal(draw(other, 1003), at_once)
    np.testing.assert_array_equal(other.rand((2,)), after)


@pytest.mark.parametrize("name", LARGE)
def test_large_draws_take_little_more_memory_than_their_numbers(name):
    g = seeded()
    tracemalloc.start()
    try:
        size = LARGE[name](g, 1 << 21).nbytes
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    spare = size if "float16" in name or "normal" in name else 0  # a copy of what is rounded
    assert peak < size + spare + (6 << 20)
