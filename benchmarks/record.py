"""The recipe of configs/cifar10_record.toml beside PyTorch: some steps, the minutes of a whole run.

    python -m benchmarks.record [--turns 3] [--steps 5] [--threads 2] [--set batch_size=512]

Each turn gives each side a fresh process, one after the other. The steps are those of
`examples.cifar10.train`, augmentation included, of the epochs in which the whitening's bias learns
and of the others, which need no gradient there. A whole run is all steps of the config, a test
after each epoch and the last one with six views. The first losses have to agree; later ones part,
for at rates as large as these a difference of rounding soon shows; with `--dtype float64` it does
not.
"""

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.processes import (
    installed_sides,
    positive,
    provenance,
    run_worker,
    write_results,
)
from benchmarks.record_worker import CONFIG
from examples.cifar10.config import Config, load_config
from minitorch.core.threads import usable_cores

PARTS = ("learning whitening", "afterwards", "test")
VIEWS = 6


def summarize(turns: list[dict[str, Any]], config: Config) -> dict[str, Any]:
    """Medians over the turns of each part's median, and what they make of a whole run."""
    parts = {part: median(median(turn[part]) for turn in turns) for part in PARTS}
    first = min(config.epochs, config.whitening_epochs)
    steps = math.ceil(config.train_images / config.batch_size)
    tests = config.epochs + (VIEWS if config.augment_test else 1)
    seconds = (
        steps * first * parts["learning whitening"]
        + steps * (config.epochs - first) * parts["afterwards"]
        + tests * config.test_images * parts["test"]
    )
    peaks = [turn["peak_mb"] for turn in turns if turn["peak_mb"] is not None]
    return parts | {
        "version": turns[0]["version"],
        "minutes": seconds / 60,
        "losses": turns[-1]["losses"],
        "peak_mb": max(peaks, default=None),
    }


def report(summary: dict[str, dict[str, Any]], config: Config) -> Iterator[str]:
    yield (
        f"batches of {config.batch_size:,}, seconds per step; "
        f"a whole run is {config.epochs} epochs of {config.train_images:,} images"
    )
    for side, row in summary.items():
        peak = "" if row["peak_mb"] is None else f"   peak {row['peak_mb']:5.0f} MB"
        yield (
            f"  {side + ' ' + row['version']:<20}"
            f"{row['learning whitening']:7.3f} while the whitening learns,"
            f"{row['afterwards']:7.3f} afterwards; whole run {row['minutes']:5.1f} minutes{peak}"
            f"   last loss {row['losses'][-1]:.4f}"
        )
    if "torch" in summary:
        speed = summary["torch"]["minutes"] / summary["minitorch"]["minutes"]
        losses = zip(summary["minitorch"]["losses"], summary["torch"]["losses"], strict=True)
        apart = [abs(ours - theirs) for ours, theirs in losses]
        yield f"  speed  {speed:.2f} x PyTorch's"
        yield f"  losses {max(apart[:3]):.1e} apart in three steps, {max(apart):.1e} in all"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=positive, default=3, help="processes per side")
    parser.add_argument("--steps", type=positive, default=5, help="timed steps of either kind")
    parser.add_argument("--threads", type=positive, default=usable_cores())
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--json", type=Path, help="also write every number to this file")
    options = parser.parse_args(arguments)
    config = load_config(options.config, options.set)
    header = provenance(options.threads, options.turns)
    print(header)
    worker = ["--config", options.config.resolve(), "--steps", options.steps]
    worker += ["--dtype", options.dtype]
    worker += [part for change in options.set for part in ("--set", change)]
    sides = installed_sides()
    turns: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for turn in range(options.turns):
        for side in sides:
            print(f"turn {turn + 1} of {options.turns}, {side} ", end="\r", file=sys.stderr)
            found = run_worker("benchmarks.record_worker", side, *worker, threads=options.threads)
            turns[side].append(found)
    print(" " * 40, end="\r", file=sys.stderr)
    summary = {side: summarize(turns[side], config) for side in sides}
    print("\n".join(report(summary, config)))
    write_results(options.json, header, summary)


if __name__ == "__main__":
    main()
