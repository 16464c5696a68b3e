"""docs/benchmarks.md: the tables that `table` has measured, with what has to be known to read them.

Sentences here say how figures came about, never how they turned out.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

from benchmarks import chart
from benchmarks.processes import lower_quartile
from benchmarks.throughput import PARTS
from benchmarks.train_step import SITUATIONS, summarize

NAMES = {
    "minitorch": "minitorch",
    "numpy": "minitorch, NumPy kernels",
    "torch": "PyTorch",
    "jax": "JAX",
    "tinygrad": "tinygrad",
    "mygrad": "MyGrad",
    "autograd": "HIPS autograd",
}
OURS, OTHERS = ("minitorch", "numpy", "torch"), ("jax", "tinygrad", "mygrad", "autograd")
TITLES = {
    "tutorial": "tutorial network",
    "alexnet": "split AlexNet",
    "resnet18_cifar": "ResNet-18, CIFAR form",
    "vgg": "VGG-like, BatchNorm",
    "mlp": "MLP 784-512-512-10",
    "small_mlp": "MLP 10-32-10",
    "gru": "GRU, 40 steps × 128",
    "lstm": "LSTM, 40 steps × 128",
    "gpt": "GPT, 4 layers × 128, 64 tokens",
}
BUSY = 0.5  # processes that were at work before the first of ours
SAME = 1e-3  # losses that are further apart come from other work

Runs = dict[str, list[dict[str, Any]]]
"""Turns by who ran them."""

INTRODUCTION = """\
# Benchmarks

Training steps in minitorch and in PyTorch, on the same machine in the same hour, and what the
machine could do at best. Written by `make bench`; [`benchmarks/README.md`](../benchmarks/README.md)
says how it measures. Absolute times belong to this machine, ratios less so.

Measured on {provenance}, {turns} turns of {seconds:g} s{load}.{warning}

{versions}.
"""
WARNING = """
**Other programs were at work on the machine: these times and ratios are no comparison.**"""
STEPS = """\
## Training steps

Milliseconds of a step: `zero_grad`, forward, loss, `backward`, optimizer step and `loss.item()`;
of the chain, forward and backward of 150 elementwise operations on four numbers. A turn's time is
the lower quartile of its steps, a row's that of its turns. The speed is PyTorch's time over
minitorch's: above 1 minitorch is faster. Behind it stands the same, turn by turn.
"NumPy kernels" is minitorch under `MINITORCH_KERNELS=numpy`, as it runs where nothing was compiled.
"Apart" are the first losses of minitorch and PyTorch, in the worst case, relatively: on both sides
the same work from the same weights.
"""
MEMORY = """\
## Memory

Megabytes: the most that the process had resident at any time, interpreter and libraries included.
The ratios are minitorch's memory over PyTorch's: below 1 minitorch needs less.
"""
BESIDE = """\
## Beside other work

The same steps beside a program that computes all the time on one core, at the same priority and at
a lower one (`nice -n 5`). "All / one" is the time on all threads over that on one thread in
the same situation: who waits without spinning stays near 1 beside the program. The speed is
PyTorch's time over minitorch's, both on all threads; megabytes are those of that run.
"""
FRAMEWORKS = """\
## Other frameworks

The same step from the same weights, written as each one's documentation does
([`benchmarks/others.py`](../benchmarks/others.py)), with the threads that it takes by itself. The
speed is its time over minitorch's: above 1 minitorch is faster. What is compiled is compiled
before the clock starts. "Apart" are its losses and minitorch's.
"""
ARITHMETIC = """\
## Convolutions and products

GFLOP/s of minitorch and of PyTorch, behind them the share of the peak. Counted is the arithmetic of
the definition: a kernel that gets by with less (Winograd's, for 3 × 3) can show more than was
computed, and more than the peak. A gradient is what `autograd.grad` takes when nothing else is
asked for. Of whole steps the products and convolutions are counted, forward and backward, and all
the time that the step takes.
"""


def beside_key(side: str, situation: str, threads: int) -> str:
    """The name of a run of a row beside other work."""
    return f"{side} {situation}, {threads}"


def title(name: str) -> str:
    if name == "chain":
        return "chain of 150 small ops"
    case, batch = name.removesuffix("-beside").rsplit("-", 1)
    return f"{TITLES[case]}, batch {batch}"


def milliseconds(seconds: float) -> str:
    """Three digits that count."""
    ms = seconds * 1e3
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.1f}" if ms >= 10 else f"{ms:.2f}"


def line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def heading(*cells: str, words: int = 1) -> list[str]:
    """The first columns are words, the others figures."""
    return [line(*cells), line(*["---"] * words, *["--:"] * (len(cells) - words))]


def summaries(runs: Runs) -> dict[str, dict[str, Any]]:
    """Of those that ran to their end at least once."""
    found = {name: [turn for turn in turns if "error" not in turn] for name, turns in runs.items()}
    return {
        name: summarize(turns) | {"losses": turns[0]["losses"]}
        for name, turns in found.items()
        if turns
    }


def apart(a: dict[str, Any], b: dict[str, Any]) -> float:
    """The largest relative difference of two runs' first losses."""
    pairs = zip(a["losses"], b["losses"], strict=False)
    return max(abs(x - y) / max(abs(x), abs(y), 1e-12) for x, y in pairs)


def apart_cell(a: dict[str, Any], b: dict[str, Any]) -> str:
    distance = apart(a, b)
    return f"{distance:.1g}" if distance <= SAME else f"**{distance:.1g}: other work**"


def ratio(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    return f"{theirs['seconds'] / ours['seconds']:.2f}"


def with_range(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    """The ratio, and the same turn by turn."""
    each = [b / a for a, b in zip(ours["turns"], theirs["turns"], strict=False)]
    return f"**{ratio(ours, theirs)}** ({min(each):.2f} … {max(each):.2f})"


def cell(say: Callable[..., str], *rows: dict[str, Any] | None) -> str:
    """A dash where one of them was not measured."""
    return say(*rows) if all(rows) else "–"


def time_cell(row: dict[str, Any]) -> str:
    return milliseconds(row["seconds"])


def memory_cell(row: dict[str, Any]) -> str:
    return "–" if row["peak_mb"] is None else f"{row['peak_mb']:.0f}"


def memory_ratio(ours: dict[str, Any], theirs: dict[str, Any]) -> str:
    if ours["peak_mb"] is None or theirs["peak_mb"] is None:
        return "–"
    return f"{ours['peak_mb'] / theirs['peak_mb']:.2f}"


STEP_HEADING = (
    "step",
    "minitorch",
    "NumPy kernels",
    "PyTorch",
    "speed",
    "of NumPy kernels",
    "apart",
)


def step_line(name: str, runs: Runs) -> str:
    found = summaries(runs)
    ours, plain, theirs = map(found.get, OURS)
    return line(
        title(name),
        *(cell(time_cell, row) for row in (ours, plain, theirs)),
        cell(with_range, ours, theirs),
        cell(ratio, plain, theirs),
        cell(apart_cell, ours, theirs),
    )


MEMORY_HEADING = ("step", "minitorch", "NumPy kernels", "PyTorch", "ratio", "of NumPy kernels")


def memory_line(name: str, runs: Runs) -> str:
    found = summaries(runs)
    ours, plain, theirs = map(found.get, OURS)
    return line(
        title(name),
        *(cell(memory_cell, row) for row in (ours, plain, theirs)),
        cell(memory_ratio, ours, theirs),
        cell(memory_ratio, plain, theirs),
    )


BESIDE_HEADING = (
    "step", "situation", "minitorch, one thread", "all", "all / one", "PyTorch, one thread", "all",
    "all / one", "speed", "MB", "PyTorch's",
)  # fmt: skip


def beside_lines(name: str, runs: Runs) -> Iterator[str]:
    """One for each situation."""
    found = summaries(runs)
    counts = sorted({int(key.rsplit(", ", 1)[1]) for key in runs})
    for situation in SITUATIONS:
        sides = {
            side: [found.get(beside_key(side, situation, n)) for n in (counts[0], counts[-1])]
            for side in ("minitorch", "torch")
        }
        cells = [
            text
            for one, all_ in sides.values()
            for text in (cell(time_cell, one), cell(time_cell, all_), cell(ratio, one, all_))
        ]
        ours, theirs = sides["minitorch"][1], sides["torch"][1]
        memory = cell(memory_cell, ours), cell(memory_cell, theirs)
        yield line(title(name), situation, *cells, cell(ratio, ours, theirs), *memory)


FRAMEWORKS_HEADING = ("step", "framework", "ms", "speed", "MB", "apart")


def framework_lines(name: str, runs: Runs) -> Iterator[str]:
    found = summaries(runs)
    ours = found.get("minitorch")
    for side in ("minitorch", "torch", *OTHERS):
        if row := found.get(side):
            called = f"{NAMES[side]} {row['version']}"
            times = time_cell(row), cell(ratio, ours, row), memory_cell(row)
            yield line(title(name), called, *times, cell(apart_cell, ours, row))
        elif runs.get(side):
            yield line(title(name), NAMES[side], "did not run", "", "", "")


def rate(value: float | None, peak: float | None) -> str:
    """GFLOP/s and their share of the peak."""
    if value is None:
        return "–"
    return f"{value:.0f}" if peak is None else f"{value:.0f} ({value / peak:.0%})"


def rates_in(turns: list[dict[str, Any]], *path: str) -> list[float]:
    """One of each turn."""
    return [reduce(getitem, path, turn) for turn in turns]


def usual(rates: list[float]) -> float | None:
    """That of the lower quartile of their times."""
    return 1 / lower_quartile([1 / value for value in rates]) if rates else None


def peak_of(rows: dict[str, Any]) -> tuple[str, float | None]:
    """What was measured, in words, and GFLOP/s on all threads."""
    turns = rows["peak"]["runs"]["peak"] if "peak" in rows else []
    if not any(turns):
        return "The machine's peak was not measured: that takes a C compiler.", None
    peaks = {threads: max(rates_in(turns, threads)) for threads in turns[0]}
    shown = ", ".join(f"{gflops:.0f} on {threads}" for threads, gflops in peaks.items())
    words = f"The peak, a loop of multiplications and additions alone, GFLOP/s by threads: {shown}."
    return words, list(peaks.values())[-1]


def step_rates(name: str, row: dict[str, Any], peak: float | None) -> str:
    found = summaries(row["runs"])
    rates = [
        row["flops"] / found[side]["seconds"] / 1e9 if side in found else None for side in OURS
    ]
    return line(title(name), f"{row['flops'] / 1e9:.3g}", *[rate(value, peak) for value in rates])


def kernel_tables(runs: Runs, peak: float | None) -> Iterator[str]:
    """Convolutions, then products."""
    sides = [side for side in ("minitorch", "torch", "numpy") if runs.get(side)]
    both = [side for side in sides if side != "numpy"]
    names = runs["minitorch"][0]
    parts = [f"{part}, {NAMES[side]}" for part in PARTS for side in both]
    yield from heading("convolution", *parts)
    for name in names["convolutions"]:
        rates = [
            usual(rates_in(runs[side], "convolutions", name, part))
            for part in PARTS
            for side in both
        ]
        yield line(name, *[rate(value, peak) for value in rates])
    yield ""
    called = {"numpy": "NumPy's BLAS"}
    yield from heading("product", *[called.get(side, NAMES[side]) for side in sides])
    for name in names["products"]:
        rates = [usual(rates_in(runs[side], "products", name)) for side in sides]
        yield line(name, *[rate(value, peak) for value in rates])


def arithmetic_tables(rows: dict[str, Any]) -> Iterator[str]:
    words, peak = peak_of(rows)
    yield f"{words}\n"
    counted = {name: row for name, row in rows.items() if row.get("flops")}
    if counted:
        yield from heading("step", "GFLOP", "minitorch", "NumPy kernels", "PyTorch")
        yield from (step_rates(name, row, peak) for name, row in counted.items())
        yield ""
    if "arithmetic" in rows:
        yield from kernel_tables(rows["arithmetic"]["runs"], peak)


def report(name: str, row: dict[str, Any]) -> Iterator[str]:
    """What a run of `table` prints of a row that it has measured."""
    runs = row["runs"]
    if row["kind"] == "step":
        yield line(*STEP_HEADING)
        yield step_line(name, runs)
        yield f"  MB: {memory_line(name, runs)}"
        if any(side in runs for side in OTHERS):
            yield from (f"  {text}" for text in framework_lines(name, runs))
    elif row["kind"] == "beside":
        yield line(*BESIDE_HEADING)
        yield from beside_lines(name, runs)
    elif row["kind"] == "arithmetic":
        yield from kernel_tables(runs, None)
    else:
        yield peak_of({name: row})[0]


def reasons(rows: dict[str, Any]) -> Iterator[str]:
    """Why a framework is not in the table."""
    said = set()
    for row in rows.values():
        for side, turns in row["runs"].items():
            for turn in turns:
                if "error" in turn and side not in said:
                    said.add(side)
                    yield f"{NAMES[side]} did not run here: `{turn['error']}`."


def versions(results: dict[str, Any]) -> str:
    """Of all that was measured, and of what it ran on."""
    steps = [row["runs"] for row in results["rows"].values() if row["kind"] == "step"]
    ran = {side: t[0] for runs in steps for side, t in runs.items() if "version" in t[0]}
    found = {NAMES[side]: turn["version"] for side, turn in ran.items() if side != "numpy"}
    return ", ".join(f"{name} {version}" for name, version in (found | results["versions"]).items())


def page(results: dict[str, Any], picture: str | None) -> str:
    rows, load = results["rows"], results["load"]
    steps = {name: row["runs"] for name, row in rows.items() if row["kind"] == "step"}
    turns = [len(t) for row in rows.values() for run in row["runs"].values() if (t := run)]
    text = [
        INTRODUCTION.format(
            provenance=results["provenance"],
            turns=max(turns, default=0),
            seconds=results["seconds"],
            load="" if load is None else f"; load average when it began: {load:.2f}",
            warning=WARNING if load is not None and load > BUSY else "",
            versions=versions(results),
        )
    ]
    if picture:
        text.append(f"![PyTorch's time over minitorch's, for each step]({picture})\n")
    if steps:
        lines = [step_line(*item) for item in steps.items()]
        text += [STEPS, *heading(*STEP_HEADING), *lines, ""]
        lines = [memory_line(*item) for item in steps.items()]
        text += [MEMORY, *heading(*MEMORY_HEADING), *lines, ""]
    beside = {name: row["runs"] for name, row in rows.items() if row["kind"] == "beside"}
    if beside:
        lines = [each for item in beside.items() for each in beside_lines(*item)]
        text += [BESIDE, *heading(*BESIDE_HEADING, words=2), *lines, ""]
    lines = [
        each
        for name, runs in steps.items()
        if any(side in runs for side in OTHERS)
        for each in framework_lines(name, runs)
    ]
    if lines:
        text += [FRAMEWORKS, *heading(*FRAMEWORKS_HEADING, words=2), *lines, ""]
        text += [f"{reason}\n" for reason in reasons(rows)]
    text += [ARITHMETIC, *arithmetic_tables(rows)]
    return "\n".join(text).rstrip() + "\n"


def write_page(folder: Path, results: dict[str, Any], write: Callable[[Path, str], None]) -> None:
    """The page, and the picture beside it where matplotlib is there."""
    bars = {}
    for name, row in results["rows"].items():
        found = summaries(row["runs"]) if row["kind"] == "step" else {}
        if theirs := found.get("torch"):
            bars[title(name)] = {
                NAMES[side]: theirs["seconds"] / found[side]["seconds"]
                for side in ("minitorch", "numpy")
                if side in found
            }
    picture = folder / "benchmarks.png"
    is_drawn = bool(bars) and chart.draw(picture, bars)
    write(folder / "benchmarks.md", page(results, picture.name if is_drawn else None))
