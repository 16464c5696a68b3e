"""Reading and writing the weights of a ResNet-18, 45 MB, beside PyTorch.

    python -m benchmarks.files [--turns 3] [--only read "read mapped"]

Each turn does one thing on one side in a process of its own, a few times over; its time is the
fastest, as other programs only add. The file is warm in the cache of the system. Memory is the peak
of the first time beyond what was resident before, over the size of the file; where the system
cannot count it anew (it is not Linux), it is beyond the peak before. minitorch's `save` waits until
all is on the disk and only then replaces the file; PyTorch's does neither. On its side
safetensors maps the file, and nothing is read until it is used; minitorch reads it.
"""

import argparse
import importlib
import importlib.util
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

from benchmarks.processes import (
    forget_peak,
    installed_sides,
    peak_megabytes,
    positive,
    provenance,
    run_worker,
    write_results,
)

REPEATS = 5
TASKS = ["read", "read mapped", "write", "read safetensors", "write safetensors"]


def functions(torch: ModuleType, task: str) -> tuple[Callable[[Path], Any], Callable[..., None]]:
    """How that side reads, and how it writes."""
    if "safetensors" in task and torch.__name__ == "torch":
        library = importlib.import_module("safetensors.torch")
        return library.load_file, library.save_file
    if "mapped" in task:
        return lambda path: torch.load(path, mmap=True), torch.save
    return torch.load, torch.save


def carry_out(side: str, task: str, path: Path) -> dict[str, Any]:
    """What one turn has measured. A file to write gets another name beside the one there is."""
    torch = importlib.import_module(side)
    read, write = functions(torch, task)
    if task.startswith("write"):
        weights, path = read(path), path.with_stem("written")
        act = partial(write, weights, path)
    else:
        act = partial(read, path)
    seconds, peaks = [], []
    before = forget_peak()
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = act()
        seconds.append(time.perf_counter() - start)
        peaks.append(peak_megabytes())
        del result  # before the next one is there
    check = float(read(path)["fc.weight"].double().sum())
    return {
        "version": str(torch.__version__),
        "seconds": min(seconds),
        "more_mb": None if before is None else peaks[0] - before,
        "check": check,
    }


def write_weights(folder: Path, suffixes: list[str]) -> None:
    """The files to read; in a process of their own, whose memory nobody inherits."""
    torch = importlib.import_module("minitorch")
    torch.manual_seed(0)
    weights = importlib.import_module("tests.support.resnet").resnet18(torch).state_dict()
    for suffix in suffixes:
        torch.save(weights, folder / f"resnet18{suffix}")


def suffix_of(task: str) -> str:
    return ".safetensors" if "safetensors" in task else ".pth"


def measure(folder: Path, sides: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """Of each task and side: medians over the turns, the sides in turn."""
    results: dict[str, Any] = {}
    for task in options.only:
        path = folder / f"resnet18{suffix_of(task)}"
        turns: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
        for _ in range(options.turns):
            for side in sides:
                arguments = ["--side", side, "--only", task, "--path", path]
                turn = run_worker("benchmarks.files", *arguments, threads=options.threads)
                turns[side].append(turn)
        size = path.stat().st_size / (1 << 20)
        results[task] = {side: summarize(turns[side], size) for side in sides}
    return results


def summarize(turns: list[dict[str, Any]], size: float) -> dict[str, Any]:
    more = [turn["more_mb"] for turn in turns if turn["more_mb"] is not None]
    return {
        **turns[0],
        "seconds": median(turn["seconds"] for turn in turns),
        "file_mb": size,
        "memory": median(more) / size if more else None,
    }


def report(results: dict[str, Any]) -> Iterator[str]:
    for task, row in results.items():
        yield f"{task}, {row['minitorch']['file_mb']:.0f} MB"
        for side, of_side in row.items():
            memory = "" if of_side["memory"] is None else f"   {of_side['memory']:5.2f} x the file"
            yield (
                f"  {side + ' ' + of_side['version']:<20}{of_side['seconds'] * 1e3:9.2f} ms"
                f"{memory}   fc.weight {of_side['check']:.4f}"
            )
        if "torch" in row:
            speed = row["torch"]["seconds"] / row["minitorch"]["seconds"]
            yield f"  speed {speed:.2f} x PyTorch's"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=positive, default=3, help="processes per side and task")
    parser.add_argument("--only", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--threads", type=positive, default=1)
    parser.add_argument("--json", type=Path, help="also write every number to this file")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.side:
        print(json.dumps(carry_out(options.side, options.only[0], options.path)))
        return
    if options.path:  # the folder
        print(json.dumps(write_weights(options.path, sorted({*map(suffix_of, options.only)}))))
        return
    header = provenance(options.threads, options.turns)
    print(header)
    if not importlib.util.find_spec("safetensors"):
        print("safetensors is not installed: nothing is measured of its files")
        options.only = [task for task in options.only if "safetensors" not in task]
        if not options.only:
            return
    with tempfile.TemporaryDirectory() as name:
        run_worker("benchmarks.files", "--path", name, "--only", *options.only)
        results = measure(Path(name), installed_sides(), options)
    print("\n".join(report(results)))
    write_results(options.json, header, results)


if __name__ == "__main__":
    main()
