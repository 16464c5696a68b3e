"""Fifty steps of every program on both libraries: python -m tests.programs [NAME ...]."""

from __future__ import annotations

import argparse
import sys
import time

import minitorch
from tests.programs import PROGRAMS, apart, losses
from tests.support.oracles import import_torch

BAR = 1e-4  # relative


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROGRAMS))
    parser.add_argument("--steps", type=int, default=50)
    options = parser.parse_args()
    torch = import_torch()

    print(f"{'program':<20} {'steps':>5} {'first loss':>10} {'last loss':>10} "
          f"{'worst relative difference':>26} {'seconds here, in PyTorch':>25}")  # fmt: skip
    worst = 0.0
    for name in options.names or PROGRAMS:
        start = time.perf_counter()
        ours = losses(name, minitorch, options.steps)
        middle = time.perf_counter()
        theirs = losses(name, torch, options.steps)
        end = time.perf_counter()
        difference = apart(ours, theirs)
        worst = max(worst, difference)
        print(f"{name:<20} {len(ours):>5} {ours[0]:>10.4f} {ours[-1]:>10.4f} {difference:>26.1e} "
              f"{middle - start:>16.2f} {end - middle:>8.2f}", flush=True)  # fmt: skip
    print(f"worst of all: {worst:.1e}, allowed: {BAR:.0e}")
    return int(worst > BAR)


if __name__ == "__main__":
    sys.exit(main())
