"""The pictures of a run. Matplotlib is imported when the first one is drawn."""

import importlib.util
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from examples.cifar10.errors import ExampleError
from examples.cifar10.files import Batch
from examples.cifar10.progress import Curve
from examples.cifar10.run_folder import write_atomically

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAIN_COLOUR, TEST_COLOUR = "#8a8a8a", "#0b5fa5"
CURVE_COLOURS = ("#0b5fa5", "#c4262e")
RIGHT_COLOUR, WRONG_COLOUR = "#1a7f37", "#c4262e"
GRID_ROWS, GRID_COLUMNS = 4, 10


def need_matplotlib() -> None:
    """Refuses to begin what would end without its pictures."""
    if importlib.util.find_spec("matplotlib") is None:
        raise ExampleError(
            "the pictures of a run need matplotlib, which is not installed: "
            "python -m pip install matplotlib"
        )


def draw_curves(
    path: Path,
    losses: list[float],
    history: list[dict[str, float]],
    title: str,
    note: str,
    classes: int = 10,
) -> None:
    """Loss of every step (smoothed) and of every epoch's test, and the accuracies beside them."""
    figure = _figure(10, 4, title, note)
    left, right = figure.subplots(1, 2)
    epochs = [row["epoch"] for row in history]
    steps_per_epoch = len(losses) / len(history)

    steps, smooth, label = _smoothed(losses)
    left.plot(steps / steps_per_epoch, smooth, color=TRAIN_COLOUR, label=label)
    left.plot(epochs, [row["test_loss"] for row in history], "o-", color=TEST_COLOUR, label="test")
    left.set(xlabel="epoch", ylabel="cross-entropy loss", ylim=(0, None))

    right.plot(
        epochs, [100 * row["train_accuracy"] for row in history], "o-", color=TRAIN_COLOUR,
        label="training, while it went on",
    )  # fmt: skip
    right.plot(
        epochs, [100 * row["test_accuracy"] for row in history], "o-", color=TEST_COLOUR,
        label="test",
    )  # fmt: skip
    right.axhline(100 / classes, color="black", linewidth=0.8, linestyle=":", label="chance")
    right.set(xlabel="epoch", ylabel="accuracy, %", ylim=(0, 100))
    _finish((left, right), max(epochs))
    _save(figure, path)


def draw_comparison(
    path: Path, curves: dict[str, Curve], always: float, title: str, note: str
) -> None:
    """Loss and test accuracy over the steps of several trainings on the same batches.

    `always` is how often the more frequent class is right.
    """
    figure = _figure(10, 4, title, note)
    left, right = figure.subplots(1, 2)
    for colour, (name, curve) in zip(CURVE_COLOURS, curves.items(), strict=False):
        at = [row.step for row in curve.tests]
        steps, smooth, label = _smoothed(curve.losses)
        left.plot(steps, smooth, color=colour, alpha=0.4, label=f"{name}: {label}")
        left.plot(at, [row.test_loss for row in curve.tests], "o-", color=colour,
                  label=f"{name}: test")  # fmt: skip
        right.plot(at, [100 * row.test_accuracy for row in curve.tests], "o-", color=colour,
                   label=name)  # fmt: skip
    right.axhline(
        100 * always, color="black", linewidth=0.8, linestyle=":", label="the larger class, always"
    )
    left.set(xlabel="step", ylabel="cross-entropy loss", ylim=(0, None))
    right.set(xlabel="step", ylabel="test accuracy, %", ylim=(0, 100))
    _finish((left, right), max(len(curve.losses) for curve in curves.values()))
    _save(figure, path)


def draw_confusion(
    path: Path, counts: np.ndarray, classes: tuple[str, ...], title: str, note: str
) -> None:
    """Which class is taken for which; each row adds up to 100 %."""
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = _figure(7.4, 7.2, f"{title}\nWhat is taken for what, % of each true class", note)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    for row, column in np.ndindex(*shares.shape):
        share = shares[row, column]
        if share >= 1:
            axes.text(
                column, row, f"{share:.0f}", ha="center", va="center",
                color="white" if share > 55 else "black",
            )  # fmt: skip
    axes.set_xticks(range(len(classes)), classes, rotation=45, ha="right")
    axes.set_yticks(range(len(classes)), classes)
    axes.set(xlabel="predicted", ylabel="true")
    _save(figure, path)


def draw_predictions(
    path: Path,
    split: Batch,
    predictions: np.ndarray,
    classes: tuple[str, ...],
    title: str,
    note: str,
) -> None:
    """The first test images, as they come, under what the networks say about them."""
    shown = min(GRID_ROWS * GRID_COLUMNS, len(predictions))
    right = int(np.sum(predictions[:shown] == split.labels[:shown]))
    counts = f"The first {shown} test images: {right} right (green), {shown - right} wrong (red)"
    figure = _figure(12, 6.6, f"{title}\n{counts}", note)
    grid = figure.subplots(GRID_ROWS, GRID_COLUMNS).ravel()
    for axes in grid:
        axes.axis("off")
    for axes, image, label, said in zip(
        grid, split.images, split.labels, predictions, strict=False
    ):
        axes.imshow(image.transpose(1, 2, 0))  # (3, 32, 32) to (32, 32, 3)
        is_right = label == said
        text = classes[said] if is_right else f"{classes[said]}\n(is {classes[label]})"
        axes.set_title(text, fontsize=9, color=RIGHT_COLOUR if is_right else WRONG_COLOUR)
    _save(figure, path)


def draw_learning(
    path: Path, curves: dict[str, list[tuple[float, float]]], title: str, note: str
) -> None:
    """Accuracies on the test images over the seconds of learning, by what the curves are called."""
    figure = _figure(7.5, 4.8, title, note)
    axes = figure.subplots()
    for name, points in curves.items():
        seconds, accuracies = zip(*points, strict=True)
        axes.plot(seconds, [100 * accuracy for accuracy in accuracies], "o-", label=name)
    axes.set(xlabel="seconds of learning", ylabel="test accuracy, %", xscale="log", ylim=(0, 100))
    axes.grid(alpha=0.3)
    axes.legend()
    _save(figure, path)


def _smoothed(losses: list[float]) -> tuple[np.ndarray, np.ndarray, str]:
    """Steps, the mean training loss of a window that ends there, and what to call it."""
    window = max(1, len(losses) // 200)
    smooth = np.convolve(losses, np.ones(window) / window, mode="valid")
    label = f"training, mean of {window} steps" if window > 1 else "training"
    return np.arange(len(smooth)) + window, smooth, label


def _finish(both: tuple["Axes", "Axes"], last: float) -> None:
    for axes in both:
        axes.set_xlim(0, last * 1.03)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.legend()


def _figure(width: float, height: float, title: str, note: str) -> "Figure":
    from matplotlib.figure import Figure  # not pyplot: no window, no state shared between plots

    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    # A run's folder is named by its user: a $ there begins no formula.
    figure.suptitle(f"{title}\n({note})" if note else title, fontsize=11, parse_math=False)
    return figure


def _save(figure: "Figure", path: Path) -> None:
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    write_atomically(path, picture.getvalue())
