"""The arithmetic of the samplers against its slow, obvious forms."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.generator import Generator, memory_order, transforms
from tests.support.growth import steps


def seeded(seed=0):
    return Generator().manual_seed(seed)


def test_words_are_the_published_mt19937():
    """The reference program of Matsumoto and Nishimura, seeded 5489, gives 3499211612 first."""
    assert seeded(5489)._words(2).tolist() == [3499211612, 581869302]


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3))
def test_fused_float32_rounds_once(numbers):
    a, b, c = (np.float32(x) for x in numbers)
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    fused = transforms.fused(np.array([a]), b, c)[0]
    assert abs(Fraction(float(fused)) - exact) <= Fraction(float(np.spacing(abs(fused)))) / 2 * (
        1 + Fraction(1, 2**20)
    )


@given(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3))
def test_fused_float64_rounds_once(numbers):
    a, b, c = (x if abs(x) > 1e-100 else 0.0 for x in numbers)  # the error must not underflow
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    assert transforms.fused(np.array([a]), b, c)[0] == float(exact)


def test_fused_float64_survives_the_largest_numbers():
    assert transforms.fused(np.array([0.5]), 1.6e308, -0.8e308)[0] == 0.0


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 2e-6), ("float64", 1e-14)])
def test_blocks_are_box_muller(dtype, tolerance):
    unit = seeded().rand((64,), dtype)
    normals = unit.copy()
    transforms.normal_blocks(normals)
    for start in range(0, 64, 16):
        for j in range(start, start + 8):
            radius = math.sqrt(-2 * math.log(1 - float(unit[j])))
            angle = 2 * math.pi * float(unit[j + 8])
            assert normals[j] == pytest.approx(radius * math.cos(angle), abs=tolerance)
            assert normals[j + 8] == pytest.approx(radius * math.sin(angle), abs=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_blocks_take_every_uniform_there_is(dtype):
    """The ends of [0, 1) and the seams between octants, where a wrong sign would show."""
    last = 1 - 2.0 ** (-24 if dtype == "float32" else -53)
    ends = [
        0.0,
        last,
        0.125,
        0.25,
        0.375,
        0.5,
        0.625,
        0.75,
        0.875,
        2**-24,
        0.5 - 2**-24,
        0.125 - 2**-24,
    ]
    unit = np.array([[a] * 8 + [b] * 8 for a in ends for b in ends], dtype).ravel()
    normals = unit.copy()
    transforms.normal_blocks(normals)
    u1, u2 = np.moveaxis(unit.astype(np.float64).reshape(-1, 2, 8), 1, 0)
    radius, angle = np.sqrt(-2 * np.log(1 - u1)), 2 * np.pi * u2
    expected = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()
    np.testing.assert_allclose(normals, expected, atol=5e-6 if dtype == "float32" else 1e-14)


def test_memory_order_walks_from_the_widest_stride():
    array = np.zeros((2, 3, 4)).transpose(1, 2, 0)
    assert memory_order(array).shape == (2, 3, 4)
    assert memory_order(array).flags.c_contiguous
    assert np.shares_memory(memory_order(array), array)


PLACES = {
    "anywhere": lambda i, n: i + seeded(n)._words(n).astype(np.int64) % (n - i),
    "itself": lambda i, n: i,
    "the next": lambda i, n: np.minimum(i + 1, n - 1),
    "the last": lambda i, n: np.full(n, n - 1),
    "the opposite": lambda i, n: np.maximum(i, n - 1 - i),
    "few": lambda i, n: np.maximum(i, n - 1 - i % 3),
}


@pytest.mark.parametrize("n", [1, 2, 3, 10, 1000, 5001])
@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_swaps_at_once_are_those_in_turn(places, n):
    targets = places(np.arange(n), n)
    before = targets.copy()
    order = transforms.swapped_at_once(targets)
    assert order.tolist() == transforms.swapped_in_turn(targets).tolist()
    assert order.dtype == np.int64
    assert (targets == before).all()


def test_a_long_shuffle_takes_no_step_per_element():
    few, many = (steps(lambda n=n: seeded().randperm(n)) for n in (2000, 16000))
    assert many < 2 * few
