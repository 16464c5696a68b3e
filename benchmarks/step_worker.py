"""One turn of one side: a fresh process that trains a few steps and prints its times as JSON.

Both sides run the same source: `examples/cifar10/models.py`, a recurrent layer, `gpt.py`, or the
ResNet-18 of the tests. The first says `import minitorch.nn as nn`; on PyTorch's side the name
`minitorch` is made to mean `torch` before it is read, which is the promise of this project turned
round.
"""

import argparse
import importlib
import itertools
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks.processes import peak_megabytes

Network = tuple[list[Any], Callable[[Any], Any]]
"""Modules with parameters, and what computes the outputs."""


def split_network(net1: str, net2: str, torch: ModuleType) -> Network:
    """Two nets of examples/cifar10/models.py, one after the other."""
    models = importlib.import_module("examples.cifar10.models")
    first, second = getattr(models, net1)(), getattr(models, net2)()
    return [first, second], lambda images: second(first(images))


def recurrent_network(kind: str, torch: ModuleType) -> Network:
    """One layer, 128 wide, whose last step is classified."""
    layer, head = getattr(torch.nn, kind)(128, 128), torch.nn.Linear(128, 10)
    return [layer, head], lambda sequences: head(layer(sequences)[0][-1])


def gpt_network(torch: ModuleType) -> Network:
    """A GPT of 65 tokens: 4 layers, 128 wide, 4 heads."""
    models = importlib.import_module("benchmarks.gpt")
    model = models.GPT(65, 64, 4, 4, 128)
    return [model], lambda tokens: model(tokens).view(-1, 65)


def residual_network(is_frozen: bool, torch: ModuleType) -> Network:
    """ResNet-18; frozen, nothing but its last layer learns, and batch norm counts no more."""
    model = importlib.import_module("tests.support.resnet").resnet18(torch, 10)
    if is_frozen and torch.__name__ == "torch":
        model.requires_grad_(False).eval()
        model.fc.requires_grad_(True)
    elif is_frozen:
        model.freeze()
        model.unfreeze("fc")
    return [model], model


def images(torch: ModuleType, batch: int) -> Any:
    return torch.randn(batch, 3, 32, 32)


def sequences(torch: ModuleType, batch: int) -> Any:
    return torch.randn(40, batch, 128)


def tokens(torch: ModuleType, batch: int) -> Any:
    return torch.randint(0, 65, (batch, 64))


@dataclass(frozen=True)
class Case:
    """What is trained, on what, and how: by SGD, if nothing is said."""

    build: Callable[[ModuleType], Network]
    draw: Callable[[ModuleType, int], Any]
    batch: int
    batches: int  # different ones, taken in turn: one alone would soon be learnt by heart
    warm_up: int  # steps before the clock counts: first touch of memory, thread pools
    steps: int  # steps timed in one turn
    options: dict[str, Any]
    optimizer: str = "SGD"
    labels: tuple[int, ...] = ()  # of each example


CASES = {
    "tutorial": Case(
        partial(split_network, "Net1", "Net2"),
        images,
        4,
        64,
        200,
        1000,
        {"lr": 1e-3, "momentum": 0.9},
    ),
    "alexnet": Case(
        partial(split_network, "AlexNet1", "AlexNet2"),
        images,
        128,
        2,
        2,
        6,
        {"lr": 0.001, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4},
    ),
    "gru": Case(partial(recurrent_network, "GRU"), sequences, 32, 4, 10, 100, {"lr": 0.1}),
    "lstm": Case(partial(recurrent_network, "LSTM"), sequences, 32, 4, 10, 100, {"lr": 0.1}),
    "gpt": Case(gpt_network, tokens, 8, 4, 5, 40, {"lr": 1e-3}, "AdamW", (64,)),
    # Slowly, or rounding alone makes the losses part: batch norm sees one pixel in the last layers.
    "resnet18": Case(partial(residual_network, False), images, 32, 2, 2, 6, {"lr": 1e-4}),
    "resnet18_head": Case(partial(residual_network, True), images, 32, 2, 2, 10, {"lr": 1e-4}),
}


class Times(NamedTuple):
    """Seconds of one step, and of its parts; the rest is the optimizer's."""

    seconds: float
    forward: float
    backward: float


ALIASED = (
    "minitorch",
    "minitorch.nn",
    "minitorch.nn.functional",
    "minitorch.optim",
    "minitorch.optim.lr_scheduler",
)


def load_side(side: str) -> ModuleType:
    """The framework; from here on the models are written in it."""
    if side == "torch":
        for name in ALIASED:
            sys.modules[name] = importlib.import_module(name.replace("minitorch", "torch"))
    return importlib.import_module(side)


def train(torch: ModuleType, case: Case, steps: int) -> tuple[list[Times], float]:
    """Times of each timed step, and the last loss: equal on both sides, or they do other work."""
    torch.manual_seed(0)
    nets, forward = case.build(torch)
    parameters = [p for net in nets for p in net.parameters() if p.requires_grad]
    optimizer = getattr(torch.optim, case.optimizer)(parameters, **case.options)
    criterion = torch.nn.CrossEntropyLoss()
    batches = [
        (
            case.draw(torch, case.batch),
            torch.randint(0, 10, (case.batch, *case.labels)).view(-1),
        )
        for _ in range(case.batches)
    ]

    times = []
    for inputs, labels in itertools.islice(itertools.cycle(batches), case.warm_up + steps):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = criterion(forward(inputs), labels)
        forward_done = time.perf_counter()
        loss.backward()
        backward_done = time.perf_counter()
        optimizer.step()
        last = loss.item()
        step = time.perf_counter() - start
        times.append(Times(step, forward_done - start, backward_done - forward_done))
    return times[case.warm_up :], last


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=["minitorch", "torch"])
    parser.add_argument("case", choices=list(CASES))
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch", type=int, help="examples per step (default: by case)")
    options = parser.parse_args()

    torch = load_side(options.side)
    case = CASES[options.case]
    case = replace(case, batch=options.batch or case.batch)
    times, loss = train(torch, case, options.steps)
    result = {
        "version": str(torch.__version__),
        **dict(zip(Times._fields, zip(*times, strict=True), strict=True)),
        "loss": loss,
        "peak_mb": peak_megabytes(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
