"""Shows that PyTorch and minitorch read the same file alike, and what each of them costs.

    python -m examples.embed.check [runs/embed/borehole.pth]

Each library predicts from the file in a process of its own, by `surrogate.py` as it is: where it
says `import minitorch as torch`, PyTorch's process is given PyTorch. And the way back: there
`fit.py` fits another network, and both predict from its file too. Without PyTorch it measures
minitorch alone.
"""

import argparse
import contextlib
import importlib
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Nothing heavy up here: the processes that are measured read this file, too.
from benchmarks.processes import peak_megabytes, run_worker

SHIPPED = Path(__file__).with_name("borehole.pth")
TOLERANCE = 1e-5  # of an output: some roundings in float32
COUNT = 2000  # boreholes to predict


def work(library: str, path: Path, back: Path) -> dict[str, Any]:
    """What one process measures: an import, predictions, memory."""
    start = time.perf_counter()
    torch = take_for_minitorch(library)
    if library == "numpy":  # what both stand on
        seconds = time.perf_counter() - start
        return {"version": torch.__version__, "import": seconds, "peak_mb": peak_megabytes()}
    surrogate = importlib.import_module("examples.embed.surrogate")
    row = {"version": str(torch.__version__), "import": time.perf_counter() - start}

    boreholes = draw_boreholes(surrogate.LOWEST, surrogate.HIGHEST)
    surrogate.predict(boreholes, path)
    times = []
    for borehole in boreholes[:200]:
        start = time.perf_counter()
        surrogate.predict(borehole, path)
        times.append(time.perf_counter() - start)
    row |= {"one": min(times), "peak_mb": peak_megabytes()}
    if library == "torch":
        fit_in(torch, back)
    files = [file for file in (path, back) if file.exists()]
    return row | {"outputs": [surrogate.predict(boreholes, file).tolist() for file in files]}


def draw_boreholes(lowest: Any, highest: Any) -> Any:
    """The same in every process."""
    import numpy as np

    share = np.random.default_rng(0).random((COUNT, len(lowest)), np.float32)
    return np.clip(lowest + (highest - lowest) * share, lowest, highest)


def take_for_minitorch(library: str) -> Any:
    """Import a library; `import minitorch` in this process means PyTorch, if it is that."""
    module = importlib.import_module(library)
    if library == "torch":
        sys.modules["minitorch"] = module
    return module


def fit_in(torch: Any, path: Path) -> None:
    """A short fit, in that library, by the program that is written for the other."""
    fit = importlib.import_module("examples.embed.fit")
    torch.manual_seed(0)
    boreholes = fit.draw_boreholes(1000)
    with contextlib.redirect_stdout(sys.stderr):  # here only JSON is printed
        network = fit.fit(boreholes, fit.resistances(boreholes), steps=10)
    torch.save(network.state_dict(), path)


def table(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield f"{'':<22}{'import':>9}{'peak memory':>14}{'one prediction':>17}"
    for library, row in results.items():
        peak = "unknown" if row["peak_mb"] is None else f"{row['peak_mb']:.0f} MB"
        one = f"{row['one'] * 1e6:.0f} µs" if "one" in row else ""
        name = f"{library} {row['version']}"
        yield f"{name:<22}{row['import']:7.2f} s{peak:>14}{one:>17}"


def largest_difference(ours: list[list[float]], theirs: list[list[float]]) -> float:
    """Relative: resistances are all above zero."""
    rows = zip(ours, theirs, strict=True)
    each = [abs(a - b) / b for row in rows for a, b in zip(*row, strict=True)]
    return math.nan if any(map(math.isnan, each)) else max(each)  # max may pass over them


def compare(path: Path) -> Iterator[tuple[str, float]]:
    """Print the table; which file, and by how much the two libraries differ on it at most."""
    # PyTorch before minitorch: it leaves the file that comes back.
    libraries = ["numpy", *(["torch"] if find_spec("torch") else []), "minitorch"]
    with tempfile.TemporaryDirectory() as folder:
        back = Path(folder) / "back.pth"
        results = {
            library: run_worker("examples.embed.check", path, library, back, threads=1)
            for library in libraries
        }
    print("\n".join(table(results)))
    if "torch" not in results:
        print("PyTorch is not installed: nothing to compare with (`make parity` installs it).")
        return
    files = f"{path.name}, fitted in minitorch", "a file fitted in PyTorch"
    outputs = zip(results["minitorch"]["outputs"], results["torch"]["outputs"], strict=True)
    for file, (ours, theirs) in zip(files, outputs, strict=True):
        yield file, largest_difference(ours, theirs)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m examples.embed.check",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", type=Path, nargs="?", default=SHIPPED, help="weights from fit.py")
    parser.add_argument("worker", nargs="*", help=argparse.SUPPRESS)  # a library, a file to leave
    options = parser.parse_args(arguments)
    if not options.path.is_file():
        parser.error(f"there is no file {options.path}")
    if options.worker:
        library, back = options.worker
        print(json.dumps(work(library, options.path, Path(back))))
        return 0
    differences = dict(compare(options.path.resolve()))
    for name, difference in differences.items():
        print(f"{name}: outputs differ by {difference:.1e} of their size at most")
    return int(not all(difference <= TOLERANCE for difference in differences.values()))


if __name__ == "__main__":
    sys.exit(main())
