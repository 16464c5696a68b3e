"""Seconds and memory per training step, minitorch beside PyTorch, in one run.

    python -m benchmarks.train_step [--cases tutorial alexnet] [--turns 5] [--threads 2]
    python -m benchmarks.train_step --beside-busy-loop [--cases alexnet] [--batch 48]

Each turn runs each side once, in a process of its own (two thread pools in one process disturb
each other), one after the other, so that a machine that slows down slows both. A turn's time is
the lower quartile of its steps, a side's that of its turns; the speed is PyTorch's time over
minitorch's, and its range is the range of that ratio turn by turn.

Beside a busy loop (a process that computes all the time on one core) each side runs on one thread
and on all of them: alone, beside the loop, and beside it at a lower priority.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from benchmarks.processes import (
    installed_sides,
    lower_quartile,
    positive,
    provenance,
    run_worker,
    write_results,
)
from benchmarks.step_worker import CASES
from minitorch.core.threads import usable_cores

EVERYDAY = ["tutorial", "alexnet", "gru", "lstm", "gpt"]  # `freezing` measures the others

Turns = list[dict[str, Any]]


def run_turn(
    side: str, case: str, steps: int, threads: int, *, batch: int | None = None, nice: int = 0
) -> dict[str, Any]:
    """One side in a fresh process with the same number of threads for every pool it has."""
    size = ["--batch", batch] if batch else []
    arguments = [side, case, "--steps", steps, *size]
    turn: dict[str, Any] = run_worker(
        "benchmarks.step_worker", *arguments, threads=threads, nice=nice
    )
    return turn


def measure(case: str, sides: list[str], options: argparse.Namespace) -> dict[str, Turns]:
    """All turns of one case: A B A B …"""
    steps = options.steps or CASES[case].steps
    turns: dict[str, Turns] = {side: [] for side in sides}
    for turn in range(options.turns):
        for side in sides:
            print(f"{case}: turn {turn + 1} of {options.turns}, {side} ", end="\r", file=sys.stderr)
            turn_of = run_turn(side, case, steps, options.threads, batch=options.batch)
            turns[side].append(turn_of)
    print(" " * 60, end="\r", file=sys.stderr)
    return turns


# It ends with whoever started it, however that ended.
LOOP = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(1_000_000):
        pass
"""


@contextmanager
def busy_loop() -> Iterator[None]:
    """Another program on one of the cores."""
    loop = subprocess.Popen([sys.executable, "-c", LOOP])
    try:
        yield
    finally:
        loop.kill()
        loop.wait()


# What is going on beside the training, and how much lower its priority is.
SITUATIONS = {"alone": 0, "beside a busy loop": 0, "beside it, nice -n 5": 5}


def measure_beside(case: str, sides: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """Per side and situation the summaries on one thread and on all: A B A B … in each."""
    steps = options.steps or CASES[case].steps
    results: dict[str, Any] = {side: {} for side in sides}
    for situation, nice in SITUATIONS.items():
        if nice and not shutil.which("nice"):
            continue
        turns: dict[tuple[str, int], Turns] = {
            (s, n): [] for s in sides for n in (1, options.threads)
        }
        with nullcontext() if situation == "alone" else busy_loop():
            for turn in range(options.turns):
                for side, threads in turns:
                    where = f"{case} {situation}: turn {turn + 1} of {options.turns}"
                    print(f"{where}, {side} on {threads} ", end="\r", file=sys.stderr)
                    turn_of = run_turn(side, case, steps, threads, batch=options.batch, nice=nice)
                    turns[side, threads].append(turn_of)
        print(" " * 70, end="\r", file=sys.stderr)
        for side in sides:
            one, all_ = summarize(turns[side, 1]), summarize(turns[side, options.threads])
            results[side][situation] = {"one thread": one, "all threads": all_}
    return results


def report_beside(case: str, batch: int, threads: int, results: dict[str, Any]) -> Iterator[str]:
    yield f"{case}, batch {batch}, ms/step on one thread, on {threads}, ratio of the two, peak"
    for side, situations in results.items():
        for situation, row in situations.items():
            one, all_ = row["one thread"], row["all threads"]
            times = f"{one['seconds'] * 1e3:9.1f} {all_['seconds'] * 1e3:9.1f}"
            ratio = f"{all_['seconds'] / one['seconds']:6.2f}"
            peak = "" if all_["peak_mb"] is None else f"   {all_['peak_mb']:5.0f} MB"
            yield f"  {side:<10}{situation:<22}{times} {ratio}{peak}"


def summarize(turns: Turns) -> dict[str, Any]:
    quartiles = [lower_quartile(turn["seconds"]) for turn in turns]
    peaks = [turn["peak_mb"] for turn in turns if turn["peak_mb"] is not None]
    return {
        "version": turns[0]["version"],
        "seconds": lower_quartile(quartiles),
        "turns": quartiles,
        "peak_mb": max(peaks, default=None),
        "loss": turns[-1]["loss"],
    }


def report(case: str, batch: int, summary: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"{case}, batch {batch}"
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


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=EVERYDAY)
    parser.add_argument("--turns", type=positive, default=5, help="processes per side and case")
    parser.add_argument("--steps", type=positive, help="timed steps per turn (default: by case)")
    parser.add_argument("--threads", type=positive, default=usable_cores())
    parser.add_argument("--batch", type=positive, help="examples per step (default: by case)")
    parser.add_argument("--beside-busy-loop", action="store_true", help="beside another program")
    parser.add_argument("--json", type=Path, help="also write every number to this file")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse_options(arguments)
    header = provenance(options.threads, options.turns)
    print(header)
    sides = installed_sides()
    results: dict[str, Any] = {}
    for case in options.cases:
        batch = options.batch or CASES[case].batch
        if options.beside_busy_loop:
            results[case] = measure_beside(case, sides, options)
            print("\n".join(report_beside(case, batch, options.threads, results[case])), flush=True)
            continue
        turns = measure(case, sides, options)
        results[case] = {side: summarize(turns[side]) for side in sides}
        print("\n".join(report(case, batch, results[case])), flush=True)
    write_results(options.json, header, results)


if __name__ == "__main__":
    main()
