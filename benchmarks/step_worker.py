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
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks.processes import CHECKED, peak_megabytes, take_steps

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


def small_residual_network(torch: ModuleType) -> Network:
    """The ResNet-18 of those who train on CIFAR-10: nothing shrinks before the first block."""
    model = importlib.import_module("tests.support.resnet").resnet18(torch, 10)
    model.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
    model.maxpool = torch.nn.Identity()
    return [model], model


def vgg_network(torch: ModuleType) -> Network:
    """Eight 3 x 3 convolutions with BatchNorm, two a stage, and a linear layer."""
    nn, layers, channels = torch.nn, [], 3
    for stage in ((64, 64), (128, 128), (256, 256), (512, 512)):
        for width in stage:
            convolution = nn.Conv2d(channels, width, 3, padding=1)
            layers += [convolution, nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            channels = width
        layers.append(nn.MaxPool2d(2))
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * channels, 10))
    return [model], model


def layered_network(sizes: tuple[int, ...], torch: ModuleType) -> Network:
    """Linear layers with ReLU between them."""
    nn, layers = torch.nn, [torch.nn.Linear(*sizes[:2])]
    for ends in itertools.pairwise(sizes[1:]):
        layers += [nn.ReLU(), nn.Linear(*ends)]
    model = nn.Sequential(*layers)
    return [model], model


def images(torch: ModuleType, batch: int) -> Any:
    return torch.randn(batch, 3, 32, 32)


def sequences(torch: ModuleType, batch: int) -> Any:
    return torch.randn(40, batch, 128)


def rows(width: int, torch: ModuleType, batch: int) -> Any:
    return torch.randn(batch, width)


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
    # Slowly: a few images and large steps overshoot, and rounding alone makes the losses part.
    "alexnet": Case(
        partial(split_network, "AlexNet1", "AlexNet2"),
        images,
        128,
        2,
        2,
        6,
        {"lr": 1e-4, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4},
    ),
    "gru": Case(partial(recurrent_network, "GRU"), sequences, 32, 4, 10, 100, {"lr": 0.1}),
    "lstm": Case(partial(recurrent_network, "LSTM"), sequences, 32, 4, 10, 100, {"lr": 0.1}),
    "gpt": Case(gpt_network, tokens, 8, 4, 5, 40, {"lr": 1e-3}, "AdamW", (64,)),
    # Slowly, too: batch norm sees one pixel in the last layers.
    "resnet18": Case(partial(residual_network, False), images, 32, 2, 2, 6, {"lr": 1e-4}),
    "resnet18_head": Case(partial(residual_network, True), images, 32, 2, 2, 10, {"lr": 1e-4}),
    "resnet18_cifar": Case(small_residual_network, images, 16, 2, 2, 6, {"lr": 1e-4}),
    "vgg": Case(vgg_network, images, 64, 2, 2, 6, {"lr": 1e-3, "momentum": 0.9}),
    "mlp": Case(
        partial(layered_network, (784, 512, 512, 10)),
        partial(rows, 784),
        128,
        8,
        50,
        500,
        {"lr": 0.01, "momentum": 0.9},
    ),
    "small_mlp": Case(
        partial(layered_network, (10, 32, 10)), partial(rows, 10), 128, 8, 500, 5000, {"lr": 0.1}
    ),
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


def begin(torch: ModuleType, case: Case) -> tuple[Network, list[tuple[Any, Any]]]:
    """The network and its batches, the same numbers on both sides."""
    torch.manual_seed(0)
    network = case.build(torch)
    batches = [
        (
            case.draw(torch, case.batch),
            torch.randint(0, 10, (case.batch, *case.labels)).view(-1),
        )
        for _ in range(case.batches)
    ]
    return network, batches


def train(
    torch: ModuleType, case: Case, steps: int, seconds: float = math.inf
) -> tuple[list[Times], list[float]]:
    """Times of each timed step, and all losses: equal on both sides, or they do other work."""
    (nets, forward), batches = begin(torch, case)
    parameters = [p for net in nets for p in net.parameters() if p.requires_grad]
    optimizer = getattr(torch.optim, case.optimizer)(parameters, **case.options)
    criterion = torch.nn.CrossEntropyLoss()
    endless = itertools.cycle(batches)

    def step() -> tuple[Times, float]:
        inputs, labels = next(endless)
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = criterion(forward(inputs), labels)
        forward_done = time.perf_counter()
        loss.backward()
        backward_done = time.perf_counter()
        optimizer.step()
        last = loss.item()
        whole = time.perf_counter() - start
        return Times(whole, forward_done - start, backward_done - forward_done), last

    return take_steps(step, case.warm_up, steps, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=["minitorch", "torch"])
    parser.add_argument("case", choices=list(CASES))
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no step after them")
    parser.add_argument("--batch", type=int, help="examples per step (default: by case)")
    options = parser.parse_args()

    torch = load_side(options.side)
    case = CASES[options.case]
    case = replace(case, batch=options.batch or case.batch)
    times, losses = train(torch, case, options.steps, options.seconds)
    result = {
        "version": str(torch.__version__),
        **dict(zip(Times._fields, zip(*times, strict=True), strict=True)),
        "loss": losses[-1],
        "losses": losses[:CHECKED],
        "peak_mb": peak_megabytes(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
