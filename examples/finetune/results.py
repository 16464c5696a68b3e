"""What came of each way: its accuracies and seconds, as a table and as a picture."""

import contextlib
import dataclasses
import time
from collections.abc import Iterator

from examples.cifar10.plots import draw_learning
from examples.cifar10.run_folder import RunFolder, write_atomically

COLUMNS = ("way", "epoch", "seconds", "train_loss", "test_accuracy")


@dataclasses.dataclass
class Result:
    """One way. Its seconds are those of learning; tests of it are left out."""

    way: str
    seconds: float = 0.0
    learnt: int = 0  # numbers that learnt, at the end
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
            f"{self.way:<13} {self.accuracy:6.1%} of the test images after {len(self.rows)} epochs "
            f"and {self.seconds:,.1f} s; {self.learnt:,} numbers learnt"
        )


def write_results(run: RunFolder, results: list[Result], note: str) -> None:
    """Replaces the table and the picture by those of the ways that are done."""
    rows = [(result.way, *row) for result in results for row in result.rows]
    run.write_table("metrics.csv", COLUMNS, rows)
    write_atomically(run.path / "table.md", table(results, note).encode())
    curves = {f"{result.way}: {result.accuracy:.1%}": result.tests() for result in results}
    title = "Accuracy on new classes, and the seconds it took to learn them"
    draw_learning(run.path / "curves.png", curves, title, note)


def table(results: list[Result], note: str) -> str:
    lines = [
        "| way | numbers that learn | epochs | test accuracy | seconds |",
        "|---|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {result.way} | {result.learnt:,} | {len(result.rows)} | {result.accuracy:.1%} | "
        f"{result.seconds:,.1f} |"
        for result in results
    ]
    return "\n".join([*lines, *([f"\n({note})"] * bool(note)), ""])
