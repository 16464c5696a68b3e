"""What a person sees while it trains, and Ctrl-C."""

import itertools
import math
import os
import signal
import sys
import time
from types import FrameType
from typing import Self

from tqdm import tqdm

from examples.cifar10.board import log_epoch
from examples.cifar10.config import Config
from examples.cifar10.progress import COLUMNS, Progress
from examples.cifar10.run_folder import RunFolder

# The percentage beside the bar is the bar's; that of the epoch stands beside the epoch. All but the
# bar takes 73 columns at most.
_BAR = "{{desc}}, {whole} {{percentage:3.0f}}% {{bar}} {{remaining}} left"
_COLUMNS = 80  # a narrower terminal gets lines, as a file does
_SECONDS = 5  # between two of them

_HEADING = "epoch    train loss  accuracy    test loss  accuracy   images/s      time"


class Bar:
    """A progress bar over the images of a training (the `whole`), and the wish to stop.

    Where there is no room for a bar, a line now and then says the same.

    Within it the first Ctrl-C (or SIGTERM) only sets `wants_stop`, a second one stops at once: a
    step that was cut in two could not be resumed, as some parameters would have moved and others
    not.
    """

    def __init__(self, images: int, whole: str, seen: int = 0) -> None:
        self.wants_stop = False
        self._whole = whole
        self._bar = tqdm(
            total=images,
            initial=seen,
            desc="the images are being prepared",
            bar_format=_BAR.format(whole=whole),
            dynamic_ncols=True,
            mininterval=0.2,
            disable=_columns() < _COLUMNS,
        )
        self._first = seen
        self._began = self._said = time.monotonic()

    def __enter__(self) -> Self:
        signals = (signal.SIGINT, signal.SIGTERM)
        self._handlers = {number: signal.signal(number, self._note_stop) for number in signals}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._bar.close()

    def show(self, seen: int, text: str) -> None:
        """Moves to so many images: in which part of the training they end, and how it goes."""
        if not self._bar.disable:
            self._bar.set_description_str(text, refresh=seen == self._bar.n)
            self._bar.update(seen - self._bar.n)
        elif time.monotonic() >= self._said + _SECONDS:
            self._said = time.monotonic()
            line = f"{text}, {self._whole} {seen / self._bar.total:4.0%}"
            if seen > self._first:
                speed = (seen - self._first) / (self._said - self._began)
                left = tqdm.format_interval((self._bar.total - seen) / speed)
                line += f", {speed:,.0f} images/s, {left} left"
            print(line, file=sys.stderr, flush=True)

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        if self.wants_stop:
            raise KeyboardInterrupt
        self.wants_stop = True
        tqdm.write("Stopping after this step; Ctrl-C once more stops at once, without saving.")


class Monitor(Bar):
    """The bar over all epochs, a line for each, and the tables."""

    def __init__(self, config: Config, run: RunFolder, progress: Progress) -> None:
        self._config, self._run = config, run
        super().__init__(config.epochs * config.train_images, "run", self._images_seen(progress))
        if progress.losses:
            run.say(self._where(progress))
        if progress.epoch < config.epochs:
            run.say(_HEADING)

    def after_step(self, progress: Progress) -> None:
        """Moves the bar; logs the mean loss of each `report_every` batches."""
        seen = self._images_seen(progress)
        in_epoch = seen - progress.epoch * self._config.train_images
        done, accuracy = in_epoch / self._config.train_images, progress.correct / in_epoch
        self.show(seen, f"{self._epoch(progress)} {done:4.0%}, loss {progress.losses[-1]:.3f}, "
                        f"accuracy {accuracy:.1%}")  # fmt: skip
        every = self._config.report_every
        if every and progress.batch % every == 0:
            self._run.say(
                f"epoch {progress.epoch + 1}, batch {progress.batch:6,}: "
                f"mean loss of {every:,} batches {progress.mean_loss(every):.3f}"
            )

    def before_test(self, progress: Progress) -> None:
        self.show(self._images_seen(progress), f"{self._epoch(progress)}, test images")

    def after_epoch(self, progress: Progress) -> None:
        """A line of the table whose heading the monitor has begun with; and the files."""
        row = progress.history[-1]
        epoch = f"{row['epoch']}/{self._config.epochs}"
        seconds = tqdm.format_interval(row["seconds"])
        self._run.say(
            f"{epoch:<9}{row['train_loss']:10.3f}{row['train_accuracy']:10.1%}"
            f"{row['test_loss']:13.3f}{row['test_accuracy']:10.1%}"
            f"{row['images_per_second']:11,.0f}{seconds:>10}{'  best' * progress.is_best}"
        )
        self._run.write_table("metrics.csv", COLUMNS, (row.values() for row in progress.history))
        norms = {f"gradient_norm_{name}": values for name, values in progress.norms.items()}
        self._run.write_table(
            "losses.csv", ("step", "loss", "learning_rate", *norms),
            zip(itertools.count(1), progress.losses, progress.rates, *norms.values()),
        )  # fmt: skip
        log_epoch(self._run.path, progress)

    def _epoch(self, progress: Progress) -> str:
        return f"epoch {progress.epoch + 1}/{self._config.epochs}"

    def _where(self, progress: Progress) -> str:
        """Where a run goes on that was stopped, or is made longer."""
        config = self._config
        if progress.epoch == config.epochs:
            done = f"All {config.epochs} epochs are" if config.epochs > 1 else "Its one epoch is"
            return f"{done} done. What came of it, once more:"
        batches = math.ceil(config.train_images / config.batch_size)
        after = f"after batch {progress.batch} of {batches}" if progress.batch else "at its start"
        new = ", with a new cycle of the learning rate" * (progress.epoch == config.epochs_before)
        return (
            f"Goes on in epoch {progress.epoch + 1} of {config.epochs}, {after}{new}: "
            f"{len(progress.losses):,} of {batches * config.epochs:,} steps are done."
        )

    def _images_seen(self, progress: Progress) -> int:
        """In all epochs."""
        images = self._config.train_images
        return progress.epoch * images + min(progress.batch * self._config.batch_size, images)


def _columns() -> int:
    """Of the terminal that the bar is for; 0 where there is none, or one that does not say."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (AttributeError, ValueError, OSError):
        return 0
