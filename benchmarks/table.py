"""Every row beside PyTorch, in one command, and the page that shows them: `make bench`.

    python -m benchmarks.table [--turns 3] [--seconds 2.5] [--rows mlp-128 arithmetic] [--resume]

A row is measured in turns, and in each turn every one of its runs gets a fresh process, one after
the other. What has been measured is in runs/benchmarks/results.json after each of them; `--resume`
goes on from there. With all rows measured the page is docs/benchmarks.md, else a draft beside the
results.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import minitorch
from benchmarks import others, page
from benchmarks.processes import (
    REPOSITORY,
    installed_sides,
    lower_quartile,
    positive,
    provenance,
    run_worker,
)
from benchmarks.step_worker import CASES
from benchmarks.throughput import step_flops
from benchmarks.train_step import SITUATIONS, busy_loop
from minitorch import kernels
from minitorch.__config__ import kernels_in_use
from minitorch.core.threads import usable_cores

STEPS = [
    ("tutorial", 4),
    ("tutorial", 32),
    ("tutorial", 128),
    ("alexnet", 4),
    ("alexnet", 48),
    ("alexnet", 128),
    ("resnet18_cifar", 16),
    ("vgg", 64),
    ("mlp", 128),
    ("small_mlp", 128),
    ("gru", 32),
    ("lstm", 32),
    ("gpt", 8),
]
BESIDE = [("tutorial", 32), ("alexnet", 48), ("mlp", 128)]
# Convolutions and products are nearly all that they compute.
COUNTED = {"tutorial", "alexnet", "resnet18_cifar", "vgg", "mlp", "small_mlp"}
WITH_OTHERS = {"tutorial-32", "mlp-128", "small_mlp-128"}
NUMPY_KERNELS = {"MINITORCH_KERNELS": "numpy"}
KEPT = ("version", "loss", "losses", "peak_mb")  # of a training turn, beside its time


@dataclass(frozen=True)
class Run:
    """One process, in words."""

    module: str
    arguments: tuple[object, ...]
    threads: int
    nice: int = 0
    is_beside_loop: bool = False
    settings: dict[str, str] | None = None
    python: str = sys.executable
    is_optional: bool = False

    def take(self) -> dict[str, Any]:
        """What the process says; its times as their lower quartile."""
        try:
            with busy_loop() if self.is_beside_loop else nullcontext():
                turn: dict[str, Any] = run_worker(
                    f"benchmarks.{self.module}",
                    *self.arguments,
                    threads=self.threads,
                    nice=self.nice,
                    settings=self.settings,
                    python=self.python,
                )
        except SystemExit as error:
            if not self.is_optional:
                raise
            return {"error": str(error).strip().splitlines()[-1]}
        if "seconds" not in turn:
            return turn
        kept = {name: turn[name] for name in KEPT if name in turn}
        return kept | {"seconds": [lower_quartile(turn["seconds"])], "steps": len(turn["seconds"])}


@dataclass(frozen=True)
class Row:
    """What is compared: runs that take turns."""

    name: str
    kind: str  # of `page`
    runs: dict[str, Run]
    flops: float | None = None  # of a step


def step_row(case: str, batch: int, sides: list[str], options: argparse.Namespace) -> Row:
    """A training step: each side, the kernels in NumPy, and what else was found."""
    name = f"{case}-{batch}"
    size = (case, "--batch", batch, "--steps", CASES[case].steps * 10)
    budget = ("--seconds", options.seconds)
    runs = {side: Run("step_worker", (side, *size, *budget), options.threads) for side in sides}
    if kernels.NATIVE is not None:
        plain = ("minitorch", *size, *budget)
        runs["numpy"] = Run("step_worker", plain, options.threads, settings=NUMPY_KERNELS)
    if name in WITH_OTHERS:
        start = options.folder / f"{name}.npz"
        if options.frameworks and name in options.rows:
            others.write_start(start, case, batch)
        for framework in options.frameworks:
            if framework in others.NETWORKS[case]:
                runs[framework] = Run(
                    "others",
                    (framework, case, "--start", start.resolve(), *budget),
                    options.threads,
                    python=options.others,
                    is_optional=True,
                )
    flops = None
    if case in COUNTED and name in options.rows:
        flops = step_flops(minitorch, replace(CASES[case], batch=batch))
    return Row(name, "step", runs, flops)


def chain_row(sides: list[str], options: argparse.Namespace) -> Row:
    runs = {side: Run("op_chain", ("--side", side), options.threads) for side in sides}
    if kernels.NATIVE is not None:
        arguments = ("--side", "minitorch")
        runs["numpy"] = Run("op_chain", arguments, options.threads, settings=NUMPY_KERNELS)
    return Row("chain", "step", runs)


def beside_row(case: str, batch: int, sides: list[str], options: argparse.Namespace) -> Row:
    """On one thread and on all, alone and beside a busy loop; keys say which."""
    arguments = (case, "--batch", batch, "--steps", CASES[case].steps * 10)
    runs = {
        page.beside_key(side, situation, threads): Run(
            "step_worker",
            (side, *arguments, "--seconds", options.seconds),
            threads,
            nice=nice,
            is_beside_loop=situation != "alone",
        )
        for situation, nice in SITUATIONS.items()
        for side in sides
        for threads in (1, options.threads)
    }
    return Row(f"{case}-{batch}-beside", "beside", runs)


def arithmetic_rows(sides: list[str], options: argparse.Namespace) -> Iterator[Row]:
    peak = Run("peak", ("--threads", options.threads), options.threads)
    yield Row("peak", "peak", {"peak": peak})
    runs = {side: Run("throughput", (side,), options.threads) for side in [*sides, "numpy"]}
    yield Row("arithmetic", "arithmetic", runs)


def all_rows(options: argparse.Namespace) -> list[Row]:
    sides = options.sides
    rows = [step_row(case, batch, sides, options) for case, batch in STEPS]
    rows.append(chain_row(sides, options))
    rows += [beside_row(case, batch, sides, options) for case, batch in BESIDE]
    return [*rows, *arithmetic_rows(sides, options)]


NAMES = [f"{case}-{batch}" for case, batch in STEPS]
NAMES += ["chain", *[f"{case}-{batch}-beside" for case, batch in BESIDE], "peak", "arithmetic"]


def begin(options: argparse.Namespace) -> dict[str, Any]:
    """Results without rows, or those of an earlier run on the same commit and machine."""
    header = f"{provenance(options.threads)}, kernels {kernels_in_use()}"
    path = options.folder / "results.json"
    if options.resume and path.exists():
        results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        # The page itself makes a checkout dirty.
        if results["provenance"].replace("-dirty", "") != header.replace("-dirty", ""):
            raise SystemExit(
                f"{path} was measured elsewhere:\n  {results['provenance']}\n  here: {header}\n"
                "Start anew, without --resume"
            )
        options.seconds = results["seconds"]
        return results
    if path.exists():
        os.replace(path, path.with_name("results-before.json"))
    versions = {"Python": platform.python_version(), "NumPy": metadata.version("numpy")}
    # Programs that ran in the minute before; later it is our own.
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    if load is not None and load > page.BUSY:
        print(f"Other programs are at work (load {load:.1f}): wait, or the figures mean little")
    return {
        "provenance": header,
        "seconds": options.seconds,
        "load": load,
        "versions": versions,
        "rows": {},
    }


def write(path: Path, text: str) -> None:
    """Whole or not at all: what was measured before is never lost."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)


def measure(rows: list[Row], results: dict[str, Any], options: argparse.Namespace) -> None:
    """All turns that are not there yet, A B C A B C in each row, each written down at once."""
    for number, row in enumerate(rows, 1):
        measured = results["rows"].setdefault(row.name, {"kind": row.kind, "runs": {}})
        measured["flops"] = row.flops
        for turn in range(options.turns):
            for label, run in row.runs.items():
                done = measured["runs"].setdefault(label, [])
                if len(done) > turn or (done and "error" in done[0]):
                    continue
                where = f"[{number}/{len(rows)}] {row.name}: turn {turn + 1} of {options.turns}"
                print(f"\r{where}, {label:<40}", end="", file=sys.stderr, flush=True)
                done.append(run.take())
                write(options.folder / "results.json", json.dumps(results, indent=1) + "\n")
        print("\r" + " " * 90, end="\r", file=sys.stderr, flush=True)
        print("\n".join(page.report(row.name, measured)), flush=True)


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="+", choices=NAMES, default=NAMES, metavar="ROW",
                        help=f"some of {', '.join(NAMES)}")  # fmt: skip
    parser.add_argument("--turns", type=positive, default=3, help="processes per side and row")
    parser.add_argument("--seconds", type=float, default=2.5, help="of training in each process")
    parser.add_argument("--threads", type=positive, default=usable_cores())
    parser.add_argument("--resume", action="store_true", help="go on with what was interrupted")
    parser.add_argument("--others", default=sys.executable, metavar="PYTHON",
                        help="the interpreter that has JAX, tinygrad, ...")  # fmt: skip
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "runs" / "benchmarks")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse_options(arguments)
    options.sides = installed_sides()
    options.frameworks = run_worker("benchmarks.others", "--installed", python=options.others)
    results = begin(options)
    results["versions"] |= {page.NAMES[name]: v for name, v in options.frameworks.items()}
    print(results["provenance"])
    rows = [row for row in all_rows(options) if row.name in options.rows]
    try:
        measure(rows, results, options)
    except KeyboardInterrupt:
        raise SystemExit("\ninterrupted; the same command with --resume goes on") from None
    results["rows"] = {name: results["rows"][name] for name in NAMES if name in results["rows"]}
    finished = len(results["rows"]) == len(NAMES)
    folder = REPOSITORY / "docs" if finished else options.folder
    page.write_page(folder, results, write)
    print(f"{page.versions(results)}\nwritten: {folder / 'benchmarks.md'}")


if __name__ == "__main__":
    main()
