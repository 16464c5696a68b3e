"""What came of each way: its accuracies and seconds, as a table and as a picture."""

import contextlib
import dataclasses
import math
import time
from collections.abc import Iterator

from examples.cifar10.plots import draw_learning
from examples.cifar10.run_folder import RunFolder, write_atomically

# Ways in which only a head learns, and how to speak of them.
HEADS = {"head": "The head alone", "stages, cached": "The head that sees all stages"}
COLUMNS = ("way", "epoch", "seconds", "train_loss", "test_accuracy")


# What `Result.line` stands under.
HEADING = f"{'way':<16}{'epoch':>5}{'learns':>12}{'train loss':>12}{'accuracy':>10}{'seconds':>10}"


@dataclasses.dataclass
class Result:
    """One way. Its seconds are those of learning; tests of it are left out."""

    way: str
    seconds: float = 0.0
    learnt: int = 0  # numbers that learn by now
    rows: list[tuple[int, float, float, float | None]] = dataclasses.field(default_factory=list)

    @contextlib.contextmanager
    def timing(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - began

    def end_epoch(self, train_loss: float, test_accuracy: float | None) -> None:
        """Notes what an epoch brought; None where it was not tested."""
        self.rows.append((len(self.rows) + 1, self.seconds, train_loss, test_accuracy))

    def tests(self) -> list[tuple[float, float]]:
        """Seconds, and the accuracy after them."""
        return [(row[1], row[-1]) for row in self.rows if row[-1] is not None]

    @property
    def accuracy(self) -> float:
        return self.rows[-1][-1]

    def line(self) -> str:
        return (
            f"{self.way:<16}{len(self.rows):>5}{self.learnt:>12,}{self.rows[-1][2]:>12.3f}"
            f"{self.accuracy:>10.1%}{self.seconds:>10,.1f}"
        )


def write_results(run: RunFolder, results: list[Result], images: int, note: str) -> None:
    """Replaces the table and the picture by those of the ways that are done."""
    rows = [(result.way, *row) for result in results for row in result.rows]
    run.write_table("metrics.csv", COLUMNS, rows)
    write_atomically(run.path / "table.md", table(results, images, note).encode())
    curves = {f"{result.way}: {result.accuracy:.1%}": result.tests() for result in results}
    title = "Accuracy on new classes, and the seconds it took to learn them"
    draw_learning(run.path / "curves.png", curves, title, note)


def table(results: list[Result], images: int, note: str) -> str:
    """A line per way, as Markdown; `images` were tested."""
    lines = [
        "| way | numbers that learn | epochs | test accuracy | seconds |",
        "|---|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {result.way} | {result.learnt:,} | {len(result.rows)} | {result.accuracy:.1%} | "
        f"{result.seconds:,.1f} |"
        for result in results
    ]
    for line in verdicts(results, images):
        lines += ["", line]
    if note:
        lines += ["", f"({note})"]
    return "\n".join(lines) + "\n"


def verdicts(results: list[Result], images: int) -> list[str]:
    """A sentence for each head, where there is a training from scratch beside it."""
    accuracies = {result.way: result.accuracy for result in results}
    scratch = accuracies.get("from scratch")
    return [
        verdict(subject, accuracies[way], scratch, images)
        for way, subject in HEADS.items()
        if way in accuracies and scratch is not None
    ]


def verdict(subject: str, head: float, scratch: float, images: int) -> str:
    """Whether a head does better: clearly, where chance in the test images is no reason."""
    difference = head - scratch
    error = math.sqrt((head * (1 - head) + scratch * (1 - scratch)) / images)
    side = "above" if difference > 0 else "below"
    kind = f"clearly {side}" if abs(difference) > 3 * error else "not clearly apart from"
    return (
        f"{subject} is {kind} training from scratch: {100 * difference:+.1f} points, with a "
        f"standard error of {100 * error:.1f} from {images:,} test images."
    )
