"""What all benchmarks do alike: a fresh process per turn and side, what it needed, where it ran."""

import contextlib
import importlib.util
import json
import math
import os
import re
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any, TypeVar

T = TypeVar("T")

REPOSITORY = Path(__file__).resolve().parent.parent
THREAD_SETTINGS = (
    "MINITORCH_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)
STATUS = Path("/proc/self/status")  # Linux


def run_worker(
    module: str,
    *arguments: object,
    threads: int | None = None,
    nice: int = 0,
    settings: dict[str, str] | None = None,
    python: str = sys.executable,
) -> Any:
    """`python -m module` in a fresh process, and the JSON that it prints.

    Every pool of threads it has gets that many; None leaves them as they are. `settings` are
    further variables of its environment.
    """
    environment = os.environ | (dict.fromkeys(THREAD_SETTINGS, str(threads)) if threads else {})
    command = [python, "-m", module, *map(str, arguments)]
    command = ["nice", "-n", str(nice), *command] if nice else command
    run = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment | (settings or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{run.stderr}")
    return json.loads(run.stdout)


FIRST = 3  # steps that compile, start threads and touch memory; no clock has begun
CHECKED = 5  # that many losses every turn has, however slow it is


def take_steps(
    step: Callable[[], tuple[T, float]], warm_up: int, steps: int, seconds: float = math.inf
) -> tuple[list[T], list[float]]:
    """What `step` says of the steps that are timed, and the losses of all.

    It returns what it measured and its loss. After the first few, all end when the seconds are
    over, the warm-up after a third of them.
    """
    measured, losses = [], []
    begin = time.perf_counter()
    while len(losses) < warm_up + steps:
        elapsed = time.perf_counter() - begin
        if elapsed > seconds and len(losses) >= CHECKED:
            break
        if elapsed > seconds / 3 and len(losses) >= FIRST:
            warm_up = min(warm_up, len(losses))
        found, loss = step()
        measured.append(found)
        losses.append(loss)
        if len(losses) == FIRST:
            begin = time.perf_counter()
    return measured[warm_up:], losses


def lower_quartile(times: Sequence[float]) -> float:
    """A quarter of them are below: other work on the machine only adds, now and then."""
    return quantiles(times, n=4, method="inclusive")[0] if len(times) > 1 else times[0]


def installed_sides(*needed: str) -> list[str]:
    """Both, where PyTorch and what else is needed beside it are there."""
    missing = [name for name in ("torch", *needed) if not importlib.util.find_spec(name)]
    if not missing:
        return ["minitorch", "torch"]
    print(f"Not installed: {', '.join(missing)}. So minitorch alone (see `make parity`)")
    return ["minitorch"]


def peak_megabytes() -> float | None:
    """The most memory this process has had resident; None where the system does not tell."""
    # First here: `ru_maxrss` is no less than what the parent had when it started this process.
    with contextlib.suppress(OSError):
        if found := re.search(r"VmHWM:\s*(\d+) kB", STATUS.read_text()):
            return int(found[1]) / (1 << 10)
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20) if sys.platform == "darwin" else peak / (1 << 10)


def forget_peak() -> float | None:
    """Count the peak from here on, where the system can; returns what it starts at."""
    with contextlib.suppress(OSError):
        STATUS.with_name("clear_refs").write_text("5")
    return peak_megabytes()


def positive(text: str) -> int:
    """The type of an argument that counts: nothing is measured of none."""
    if (count := int(text)) < 1:
        raise ArgumentTypeError(f"expected 1 or more, got {count}")
    return count


def provenance(threads: int, turns: int | None = None) -> str:
    """Where figures come from; it goes with them into any document."""
    # Later than the rest: workers that measure what an import takes import this file before.
    from minitorch.__main__ import processor
    from minitorch.core.threads import usable_cores

    commit = "unknown"
    with contextlib.suppress(OSError, subprocess.SubprocessError):  # no git, or not its checkout
        git = ["git", "describe", "--always", "--dirty"]
        asked = subprocess.run(git, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        commit = asked.stdout.strip()
    core_type = os.environ.get("OPENBLAS_CORETYPE", "as detected")
    return (
        f"commit {commit}, seed 0, {processor()}, {threads} threads of "
        f"{usable_cores()} usable cores, OpenBLAS kernels {core_type}"
        + ("" if turns is None else f", {turns} turns")
    )


def write_results(path: Path | None, header: str, results: dict[str, Any]) -> None:
    """Every number, as JSON, if a path was given."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"provenance": header, "results": results}, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
