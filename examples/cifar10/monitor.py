"""What a person sees while it trains, and Ctrl-C."""

import os
import signal
import sys
import time
from types import FrameType
from typing import Self

from tqdm import tqdm

from examples.cifar10.config import Config
from examples.cifar10.progress import COLUMNS, Progress
from examples.cifar10.run_folder import RunFolder

# 78 columns at most before the bar, which takes what is left.
_BAR = "{desc} {percentage:3.0f}%{postfix}, {rate_noinv_fmt}, {remaining} left {bar}"
_COLUMNS = 80  # a narrower terminal gets lines, as a file does
_SECONDS = 10  # between two of them


class Bar:
    """A progress bar over the images of a training, and the wish to stop.

    Where there is no room for a bar, a line now and then says the same.

    Within it the first Ctrl-C (or SIGTERM) only sets `wants_stop`, a second one stops at once: a
    step that was cut in two could not be resumed, as some parameters would have moved and others
    not.
    """

    def __init__(self, images: int, seen: int = 0) -> None:
        self.wants_stop = False
        self._bar = tqdm(
            total=images,
            initial=seen,
            unit=" images",
            unit_scale=True,  # 1.23k images/s
            bar_format=_BAR,
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

    def show(self, seen: int, part: str, result: str) -> None:
        """Moves to so many images: which part of the training they end in, and how it goes."""
        if not self._bar.disable:
            self._bar.set_description_str(part, False)
            self._bar.set_postfix_str(result, False)
            self._bar.update(seen - self._bar.n)
        elif time.monotonic() >= self._said + _SECONDS:
            self._said = time.monotonic()
            speed = (seen - self._first) / (self._said - self._began)
            left = tqdm.format_interval((self._bar.total - seen) / speed)
            line = f"{part} {seen / self._bar.total:4.0%}, {result}, {speed:,.0f} images/s, {left}"
            print(line, "left", file=sys.stderr, flush=True)

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        if self.wants_stop:
            raise KeyboardInterrupt
        self.wants_stop = True
        tqdm.write("Stopping after this step; Ctrl-C once more stops at once, without saving.")


class Monitor(Bar):
    """The bar over all epochs, a line for each, and the tables."""

    def __init__(self, config: Config, run: RunFolder, progress: Progress) -> None:
        self._config, self._run = config, run
        super().__init__(config.epochs * config.train_images, self._images_seen(progress))

    def after_step(self, progress: Progress) -> None:
        """Moves the bar; logs the mean loss of each `report_every` batches."""
        seen = self._images_seen(progress)
        in_epoch = seen - progress.epoch * self._config.train_images
        epoch = f"epoch {progress.epoch + 1}/{self._config.epochs}"
        accuracy = progress.correct / in_epoch
        self.show(seen, epoch, f"loss {progress.losses[-1]:.3f}, accuracy {accuracy:.1%}")
        every = self._config.report_every
        if every and progress.batch % every == 0:
            self._run.say(
                f"epoch {progress.epoch + 1}, batch {progress.batch:6,}: "
                f"mean loss of {every:,} batches {progress.mean_loss(every):.3f}"
            )

    def after_epoch(self, progress: Progress) -> None:
        row = progress.history[-1]
        self._run.say(
            f"epoch {row['epoch']}/{self._config.epochs}   "
            f"training loss {row['train_loss']:.3f}, accuracy {row['train_accuracy']:.1%}   "
            f"test loss {row['test_loss']:.3f}, accuracy {row['test_accuracy']:.1%}   "
            f"{row['images_per_second']:,.0f} images/s, {row['seconds']:,.0f} s so far"
        )
        self._run.write_table("metrics.csv", COLUMNS, (row.values() for row in progress.history))
        self._run.write_table("losses.csv", ("step", "loss"), enumerate(progress.losses, start=1))

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
