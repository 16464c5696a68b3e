"""What a frozen trunk saves: ResNet-18 trained whole, and only its last layer, beside PyTorch.

    python -m benchmarks.freezing [--turns 3] [--batch 32] [--threads 2]

Images are 32 x 32. With `model.freeze()` and `model.unfreeze("fc")` nothing is recorded in the
trunk, so the backward ends at once and no activation is kept; on PyTorch's side that is
`requires_grad_(False)` and `eval()`. Measured as in `train_step`.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.processes import (
    installed_sides,
    lower_quartile,
    positive,
    provenance,
    write_results,
)
from benchmarks.step_worker import CASES
from benchmarks.train_step import Turns, measure, summarize
from minitorch.core.threads import usable_cores

ROWS = {"resnet18": "everything", "resnet18_head": "only fc"}
PARTS = ("forward", "backward")


def summarize_parts(turns: Turns) -> dict[str, Any]:
    parts = {part: lower_quartile([lower_quartile(turn[part]) for turn in turns]) for part in PARTS}
    return summarize(turns) | parts


def report(summary: dict[str, dict[str, dict[str, Any]]]) -> Iterator[str]:
    """Of each case and side; the last lines are ratios."""
    yield f"  {'':<20}{'trains':<12}{'forward':>9}{'backward':>10}{'step, ms':>10}{'peak, MB':>10}"
    for case, trained in ROWS.items():
        for side, row in summary[case].items():
            times = "".join(f"{row[part] * 1e3:10.2f}" for part in (*PARTS, "seconds"))
            peak = "" if row["peak_mb"] is None else f"{row['peak_mb']:10.0f}"
            yield f"  {side + ' ' + row['version']:<20}{trained:<11}{times}{peak}"
    whole, head = summary.values()
    for side in whole:
        saved = head[side]["seconds"] / whole[side]["seconds"]
        yield f"  {side}: a step of the frozen network takes {saved:.2f} x the time of a whole one"
    for case, trained in ROWS.items():
        if "torch" in summary[case]:
            ours, theirs = summary[case]["minitorch"], summary[case]["torch"]
            speed = f"speed {theirs['seconds'] / ours['seconds']:.2f} x PyTorch's"
            is_known = ours["peak_mb"] is not None
            memory = f", memory {ours['peak_mb'] / theirs['peak_mb']:.2f} x" if is_known else ""
            losses = f"last losses {ours['loss']:.4f} and {theirs['loss']:.4f}"
            yield f"  {trained}: {speed}{memory}; {losses}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=positive, default=3, help="processes per side and case")
    parser.add_argument("--steps", type=positive, help="timed steps per turn (default: by case)")
    parser.add_argument("--threads", type=positive, default=usable_cores())
    parser.add_argument("--batch", type=positive, help="images per step (default: 32)")
    parser.add_argument("--json", type=Path, help="also write every number to this file")
    options = parser.parse_args(arguments)
    header = provenance(options.threads, options.turns)
    print(header)
    sides = installed_sides()
    summary = {}
    for case in ROWS:
        turns = measure(case, sides, options)
        summary[case] = {side: summarize_parts(turns[side]) for side in sides}
    print(f"ResNet-18, batch {options.batch or CASES['resnet18'].batch}")
    print("\n".join(report(summary)))
    write_results(options.json, header, summary)


if __name__ == "__main__":
    main()
