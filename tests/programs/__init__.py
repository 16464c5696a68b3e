"""Ten training programs, written once in PyTorch's API and run on both libraries.

A program is a function of the library that trains without end and yields the loss of each step::

    def least_squares(torch):
        w = torch.zeros(2, requires_grad=True)
        ...
        while True:
            ...
            yield loss

`python -m tests.programs` runs fifty steps of each, here and in PyTorch from the same seed, and
prints how far the two curves are apart.

Note [Chaos]
~~~~~~~~~~~~
In two of them (the AlexNet, the GAN) a difference of one rounding grows tenfold every few steps,
as a maximum or a ReLU decides otherwise: after fifty steps in float32, PyTorch with oneDNN and
PyTorch without it are 4e-2 and 2e-3 apart, as far as we from either. Their curves say nothing in
float32; in float64 they agree to the last digits. So these two train in float64.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from tests.programs.generative import gan, vae
from tests.programs.images import alexnet, lenet, mlp, siamese
from tests.programs.language import gpt, gru_language_model, lstm_language_model
from tests.programs.sequences import transformer_encoder

Program = Callable[[Any], Iterator[Any]]

PROGRAMS: dict[str, Program] = {
    "MLP": mlp,
    "LeNet": lenet,
    "split AlexNet": alexnet,
    "VAE": vae,
    "LSTM language model": lstm_language_model,
    "GRU language model": gru_language_model,
    "Transformer encoder": transformer_encoder,
    "small GPT": gpt,
    "GAN": gan,
    "siamese network": siamese,
}


def losses(name: str, torch: Any, steps: int) -> list[float]:
    """The first losses of a program, from seed 0."""
    torch.manual_seed(0)
    return [loss.item() for loss in islice(PROGRAMS[name](torch), steps)]


def apart(ours: list[float], theirs: list[float]) -> float:
    """The worst relative difference of two curves; infinite where one is no number."""
    differences = [abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True)]
    return max(d if d == d else float("inf") for d in differences)
