"""One turn of one side: a fresh process that trains a few steps and prints its times as JSON.

Both sides run the same source, `examples/cifar10/models.py`. That file says `import minitorch.nn as
nn`; on PyTorch's side the name `minitorch` is made to mean `torch` before it is read, which is the
promise of this project turned round.
"""

import argparse
import importlib
import itertools
import json
import sys
import time
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Case:
    """What is trained: names in examples/cifar10/models.py, and the options of SGD."""

    net1: str
    net2: str
    batch: int
    batches: int  # different ones, taken in turn: one alone would soon be learnt by heart
    warm_up: int  # steps before the clock counts: first touch of memory, thread pools
    steps: int  # steps timed in one turn
    sgd: dict[str, Any]


CASES = {
    "tutorial": Case("Net1", "Net2", 4, 64, 200, 1000, {"lr": 1e-3, "momentum": 0.9}),
    "alexnet": Case(
        "AlexNet1",
        "AlexNet2",
        128,
        2,
        2,
        6,
        {"lr": 0.001, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4},
    ),
}
ALIASED = ("minitorch", "minitorch.nn", "minitorch.nn.functional")


def load_side(side: str) -> ModuleType:
    """The framework; from here on the models are written in it."""
    if side == "torch":
        for name in ALIASED:
            sys.modules[name] = importlib.import_module(name.replace("minitorch", "torch"))
    return importlib.import_module(side)


def train(torch: ModuleType, case: Case, steps: int) -> tuple[list[float], float]:
    """Seconds of each timed step, and the last loss: equal on both sides, or they do other work."""
    models = importlib.import_module("examples.cifar10.models")
    torch.manual_seed(0)
    net1 = getattr(models, case.net1)()
    net2 = getattr(models, case.net2)()
    parameters = itertools.chain(net1.parameters(), net2.parameters())
    optimizer = torch.optim.SGD(parameters, **case.sgd)
    criterion = torch.nn.CrossEntropyLoss()
    batches = [
        (torch.randn(case.batch, 3, 32, 32), torch.randint(0, 10, (case.batch,)))
        for _ in range(case.batches)
    ]

    seconds = []
    for images, labels in itertools.islice(itertools.cycle(batches), case.warm_up + steps):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = criterion(net2(net1(images)), labels)
        loss.backward()
        optimizer.step()
        last = loss.item()
        seconds.append(time.perf_counter() - start)
    return seconds[case.warm_up :], last


def peak_megabytes() -> float | None:
    """The most memory this process has had resident; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / (1 << 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=["minitorch", "torch"])
    parser.add_argument("case", choices=list(CASES))
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--batch", type=int, help="images per step (default: by case)")
    options = parser.parse_args()

    torch = load_side(options.side)
    case = CASES[options.case]
    case = replace(case, batch=options.batch or case.batch)
    seconds, loss = train(torch, case, options.steps)
    result = {
        "version": str(torch.__version__),
        "seconds": seconds,
        "loss": loss,
        "peak_mb": peak_megabytes(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
