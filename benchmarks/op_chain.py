"""What one op costs on small tensors, forward and backward, minitorch beside PyTorch.

    python -m benchmarks.op_chain [--turns 5] [--size 4]

A chain of 150 elementwise ops on a few numbers: nearly all of the time is the framework's own.
Each turn runs each side in a process of its own, on one thread. A turn's time is its fastest chain
of many, because whatever else the machine does only adds.
"""

import argparse
import importlib
import json
import time
from statistics import median
from typing import Any

from benchmarks.processes import (
    installed_sides,
    peak_megabytes,
    positive,
    provenance,
    run_worker,
)

OPS = 150
REPEATS = 400


def chain(x: Any, c: Any) -> Any:
    """150 ops: products, sums, differences, and a tanh in every ten to keep them in bounds."""
    y = x
    for _ in range(OPS // 10):
        y = (((((y * c + c) * c - c) * c + c) * c - c) * c).tanh()
    return y


def time_chain(side: str, size: int) -> dict[str, Any]:
    """Seconds of each chain, and of its parts; the sum of its gradient stands for a loss."""
    torch = importlib.import_module(side)
    x = torch.linspace(-1, 1, size).requires_grad_()
    c = torch.linspace(0.5, 1, size)
    start_grad = torch.ones(size)
    forward, backward = [], []
    for _ in range(REPEATS):
        start = time.perf_counter()
        y = chain(x, c)
        middle = time.perf_counter()
        y.backward(start_grad)
        backward.append(time.perf_counter() - middle)
        forward.append(middle - start)
        checked, x.grad = x.grad.sum().item(), None
    return {
        "version": str(torch.__version__),
        "seconds": [sum(parts) for parts in zip(forward, backward, strict=True)],
        "forward": forward,
        "backward": backward,
        "loss": checked,
        "losses": [checked],
        "peak_mb": peak_megabytes(),
    }


def run_turn(side: str, size: int) -> tuple[float, float]:
    """Seconds per op, forward and backward, in a fresh process."""
    arguments = ["--side", side, "--size", size]
    turn = run_worker("benchmarks.op_chain", *arguments, threads=1)
    return min(turn["forward"]) / OPS, min(turn["backward"]) / OPS


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=positive, default=5, help="processes per side")
    parser.add_argument("--size", type=positive, default=4, help="elements of each tensor")
    parser.add_argument(
        "--side", choices=["minitorch", "torch"], help="run this side here and print JSON"
    )
    options = parser.parse_args(arguments)
    if options.side:
        print(json.dumps(time_chain(options.side, options.size)))
        return
    print(f"{provenance(1, options.turns)}, {options.size} elements")
    sides = installed_sides()
    turns = [{side: run_turn(side, options.size) for side in sides} for _ in range(options.turns)]
    for side in sides:
        forward, backward = map(median, zip(*[t[side] for t in turns], strict=True))
        print(f"  {side:<10} {forward * 1e6:5.2f} + {backward * 1e6:5.2f} us per op")
    if "torch" in sides:
        ratios = [sum(t["minitorch"]) / sum(t["torch"]) for t in turns]
        print(
            f"  cost {median(ratios):.2f} x PyTorch's (turn by turn {min(ratios):.2f} to "
            f"{max(ratios):.2f})"
        )


if __name__ == "__main__":
    main()
