"""Seconds and memory per training step, minitorch beside PyTorch, in one run.

    python -m benchmarks.train_step [--cases tutorial alexnet] [--turns 5] [--threads 2]

Each turn runs each side once, in a process of its own (two thread pools in one process disturb
each other), one after the other, so that a machine that slows down slows both. A side's time is
the median over its turns of the median step; the speed is PyTorch's time over minitorch's, and
its range is the range of that ratio turn by turn.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.step_worker import CASES
from minitorch.__main__ import processor
from minitorch.core.threads import usable_cores

REPOSITORY = Path(__file__).resolve().parent.parent
THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Turns = list[dict[str, Any]]


def run_turn(side: str, case: str, steps: int, threads: int) -> dict[str, Any]:
    """One side in a fresh process with the same number of threads for every pool it has."""
    environment = os.environ | {name: str(threads) for name in THREAD_SETTINGS}
    command = [sys.executable, "-m", "benchmarks.step_worker", side, case, "--steps", str(steps)]
    run = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{run.stderr}")
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def measure(case: str, sides: list[str], options: argparse.Namespace) -> dict[str, Turns]:
    """All turns of one case: A B A B …"""
    steps = options.steps or CASES[case].steps
    turns: dict[str, Turns] = {side: [] for side in sides}
    for turn in range(options.turns):
        for side in sides:
            print(f"{case}: turn {turn + 1} of {options.turns}, {side} ", end="\r", file=sys.stderr)
            turns[side].append(run_turn(side, case, steps, options.threads))
    print(" " * 60, end="\r", file=sys.stderr)
    return turns


def summarize(turns: Turns) -> dict[str, Any]:
    medians = [median(turn["seconds"]) for turn in turns]
    peaks = [turn["peak_mb"] for turn in turns if turn["peak_mb"] is not None]
    return {
        "version": turns[0]["version"],
        "seconds": median(medians),
        "turns": medians,
        "peak_mb": max(peaks, default=None),
        "loss": turns[-1]["loss"],
    }


def report(case: str, summary: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"{case}, batch {CASES[case].batch}"
    for side, row in summary.items():
        time = f"{row['seconds'] * 1e3:9.3f} ms/step"
        peak = "" if row["peak_mb"] is None else f"   peak {row['peak_mb']:5.0f} MB"
        yield f"  {side + ' ' + row['version']:<20}{time}{peak}   last loss {row['loss']:.4f}"
    if "torch" in summary:
        yield from compare(summary["minitorch"], summary["torch"])


def compare(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    speed = theirs["seconds"] / ours["seconds"]
    each = [b / a for a, b in zip(ours["turns"], theirs["turns"], strict=True)]
    yield f"  speed  {speed:.2f} x PyTorch's (turn by turn {min(each):.2f} to {max(each):.2f})"
    if ours["peak_mb"] is not None:
        yield f"  memory {ours['peak_mb'] / theirs['peak_mb']:.2f} x PyTorch's"


def provenance(options: argparse.Namespace) -> str:
    git = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    commit = git.stdout.strip() or "unknown"
    core_type = os.environ.get("OPENBLAS_CORETYPE", "as detected")
    return (
        f"commit {commit}, seed 0, {processor()}, {options.threads} threads of "
        f"{usable_cores()} usable cores, OpenBLAS kernels {core_type}, {options.turns} turns"
    )


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--turns", type=int, default=5, help="processes per side and case")
    parser.add_argument("--steps", type=int, help="timed steps per turn (default: by case)")
    parser.add_argument("--threads", type=int, default=usable_cores())
    parser.add_argument("--json", type=Path, help="also write every number to this file")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse_options(arguments)
    header = provenance(options)
    print(header)
    sides = ["minitorch"]
    if importlib.util.find_spec("torch"):
        sides.append("torch")
    else:
        print("PyTorch is not installed: minitorch alone (`make parity` installs it)")
    results = {}
    for case in options.cases:
        turns = measure(case, sides, options)
        results[case] = {side: summarize(turns[side]) for side in sides}
        print("\n".join(report(case, results[case])), flush=True)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"provenance": header, "results": results}, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
