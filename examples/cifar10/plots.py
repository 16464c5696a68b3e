"""The pictures of a run. Matplotlib is imported when the first one is drawn."""

import importlib.util
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from examples.cifar10.errors import ExampleError
from examples.cifar10.evaluation import Evaluation
from examples.cifar10.files import Batch
from examples.cifar10.progress import Curve, Progress
from examples.cifar10.run_folder import write_atomically

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from examples.cifar10.classify import Answer
    from examples.cifar10.find_rate import Found

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
    progress: Progress,
    title: str,
    note: str,
    classes: int = 10,
) -> None:
    """Losses and accuracies over the epochs; below them learning rates and norms of gradients."""
    figure = _figure(10, 7, title, note)
    (left, right), below = figure.subplots(2, 2)
    history = progress.history
    epochs = [row["epoch"] for row in history]
    steps_per_epoch = len(progress.losses) / len(history)

    steps, smooth, label = _smoothed(progress.losses)
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
    _draw_steps(below, progress, steps_per_epoch)
    _finish((left, right, *below), max(epochs))
    _save(figure, path)


def _draw_steps(both: Sequence["Axes"], progress: Progress, steps_per_epoch: float) -> None:
    """The learning rate of every step, and how long the gradients were."""
    left, right = both
    steps = np.arange(1, len(progress.rates) + 1)
    left.plot(steps / steps_per_epoch, progress.rates, color=TEST_COLOUR, label="learning rate")
    left.set(xlabel="epoch", ylabel="learning rate", ylim=(0, None))
    for colour, (name, norms) in zip(CURVE_COLOURS, progress.norms.items(), strict=False):
        steps, smooth, label = _smoothed(norms)
        label = label.removeprefix("training").strip(", ")
        right.plot(steps / steps_per_epoch, smooth, color=colour,
                   label=f"{name}, {label}" if label else name)  # fmt: skip
    right.set(xlabel="epoch", ylabel="norm of the gradients", yscale="log")


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
    result: Evaluation,
    classes: tuple[str, ...],
    title: str,
    note: str,
) -> None:
    """The first test images, as they come, under what the networks say and how sure they are."""
    first = np.arange(min(GRID_ROWS * GRID_COLUMNS, len(result.labels)))
    right = int(np.sum(result.predictions[first] == result.labels[first]))
    wrong = len(first) - right
    title += f"\nThe first {len(first)} test images: {right} right (green), {wrong} wrong (red)"
    _draw_grid(path, first, split, result, classes, title, note)


def draw_mistakes(
    path: Path,
    split: Batch,
    result: Evaluation,
    classes: tuple[str, ...],
    title: str,
    note: str,
) -> None:
    """The test images about which the networks are wrong, those they are surest of first."""
    wrong = np.flatnonzero(result.predictions != result.labels)
    surest = wrong[np.argsort(-result.confidences[wrong], kind="stable")]
    shown = surest[: GRID_ROWS * GRID_COLUMNS]
    title += f"\nThe {len(shown)} most confident of {len(wrong):,} mistakes"
    _draw_grid(path, shown, split, result, classes, title, note)


def _draw_grid(
    path: Path, shown: np.ndarray, split: Batch, result: Evaluation, classes: tuple[str, ...],
    title: str, note: str,
) -> None:  # fmt: skip
    figure = _figure(12, 6.6, title, note)
    grid = figure.subplots(GRID_ROWS, GRID_COLUMNS).ravel()
    for axes in grid:
        axes.axis("off")
    for axes, index in zip(grid, shown, strict=False):
        axes.imshow(split.images[index].transpose(1, 2, 0))  # (3, 32, 32) to (32, 32, 3)
        label, said = result.labels[index], result.predictions[index]
        is_right = label == said
        text = f"{classes[said]} {result.confidences[index]:.0%}"
        text += "" if is_right else f"\n(is {classes[label]})"
        axes.set_title(text, fontsize=8, color=RIGHT_COLOUR if is_right else WRONG_COLOUR)
    _save(figure, path)


def draw_answers(
    path: Path, answers: Sequence["Answer"], classes: tuple[str, ...], title: str, note: str
) -> None:
    """A row for each picture: as it is, as the networks see it, and how sure they are of what."""
    figure = _figure(9, 0.8 + 2.4 * len(answers), title, note)
    rows = figure.subplots(len(answers), 3, squeeze=False, width_ratios=(1, 1, 2))
    for (left, middle, right), answer in zip(rows, answers, strict=True):
        for axes, image in ((left, answer.picture), (middle, answer.seen)):
            axes.imshow(image)
            axes.axis("off")
        left.set_title(answer.name, fontsize=9, parse_math=False)
        middle.set_title("as the networks see it", fontsize=9)
        best = int(answer.probabilities.argmax())
        colours = [TEST_COLOUR if i == best else TRAIN_COLOUR for i in range(len(classes))]
        bars = right.barh(classes, 100 * answer.probabilities, color=colours)
        right.bar_label(bars, fmt="%.0f", fontsize=8, padding=2)
        right.invert_yaxis()
        right.tick_params(axis="y", labelsize=8)
        right.set(xlim=(0, 108), xlabel="probability, %" if answer is answers[-1] else "")
    _save(figure, path)


def draw_rates(path: Path, found: "Found", advice: float | None, title: str, note: str) -> None:
    """The loss of every step over its learning rate, and the rates that stand out."""
    figure = _figure(7.5, 4.8, title, note)
    axes = figure.subplots()
    axes.plot(found.rates, found.losses, color=TRAIN_COLOUR, alpha=0.4, label="loss of a step")
    axes.plot(found.rates, found.smooth, color=TEST_COLOUR, label="smoothed")
    marks = [("lowest", found.lowest, ":"), ("the edge", found.edge, "--")]
    marks += [("worth a try", advice, "-")] if advice is not None else []
    for name, rate, style in marks:
        axes.axvline(rate, color="black", linewidth=1, linestyle=style, label=f"{name}: {rate:.2g}")
    top = 1.3 * max(found.smooth)
    axes.set(xlabel="learning rate", ylabel="cross-entropy loss", xscale="log", ylim=(0, top))
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left")
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


def _finish(all_axes: Sequence["Axes"], last: float) -> None:
    for axes in all_axes:
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
