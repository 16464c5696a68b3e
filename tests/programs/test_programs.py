"""The first twelve steps of every program; `python -m tests.programs` takes fifty.

Golden: what PyTorch 2.13 gave, every third step.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest

import minitorch
from tests.programs import PROGRAMS, apart, losses

STEPS = 12
GOLDEN = {
    "MLP": [0.669844, 0.576773, 0.507993, 0.475379],
    "LeNet": [2.31722, 2.28162, 2.31894, 2.27601],
    "split AlexNet": [2.39706, 2.28065, 2.42894, 2.35819],
    "VAE": [197.139, 180.333, 155.118, 121.947],
    "LSTM language model": [3.38437, 3.26494, 3.24533, 3.22036],
    "GRU language model": [3.41085, 3.26763, 3.1662, 2.96741],
    "Transformer encoder": [2.59237, 2.33907, 2.46217, 1.72161],
    "small GPT": [3.49346, 3.36852, 3.30003, 3.23504],
    "GAN": [2.59949, 2.80853, 3.11915, 3.33694],
    "siamese network": [0.328108, 0.137751, 0.182234, 0.132526],
}


@cache
def our_losses(name: str) -> list[float]:
    return losses(name, minitorch, STEPS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_losses_on_record(name: str) -> None:
    np.testing.assert_allclose(our_losses(name)[2::3], GOLDEN[name], rtol=1e-4)


@pytest.mark.parametrize("name", PROGRAMS)
def test_pytorch_gives_the_same_losses(name: str, torch: Any) -> None:
    assert apart(our_losses(name), losses(name, torch, STEPS)) <= 1e-4


@pytest.mark.parametrize(
    ("ours", "difference"), [([1.0, 3.0], 0.5), ([float("nan"), 2.0], float("inf"))]
)
def test_the_distance_of_two_curves(ours: list[float], difference: float) -> None:
    assert apart(ours, [1.0, 2.0]) == difference
