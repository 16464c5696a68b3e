"""What a person sees while it trains, and Ctrl-C."""

import signal
import sys
from types import FrameType

from tqdm import tqdm

from examples.cifar10.config import Config
from examples.cifar10.progress import COLUMNS, Progress
from examples.cifar10.run_folder import RunFolder

_BAR = "{desc} {percentage:3.0f}% {bar:24} {rate_noinv_fmt}, {remaining} left{postfix}"


class Monitor:
    """A progress bar over the whole run, a line per epoch, the tables, and the wish to stop.

    Within it the first Ctrl-C (or SIGTERM) only sets `wants_stop`, a second one stops at once: a
    step that was cut in two could not be resumed, as some parameters would have moved and others
    not.
    """

    def __init__(self, config: Config, run: RunFolder, progress: Progress) -> None:
        self.wants_stop = False
        self._config, self._run = config, run
        self._bar = tqdm(
            total=config.epochs * config.train_images,
            initial=self._images_seen(progress),
            unit=" images",
            bar_format=_BAR,
            mininterval=0.2 if sys.stderr.isatty() else 10,  # a log file needs no animation
        )

    def __enter__(self) -> "Monitor":
        signals = (signal.SIGINT, signal.SIGTERM)
        self._handlers = {number: signal.signal(number, self._note_stop) for number in signals}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._bar.close()

    def after_step(self, progress: Progress) -> None:
        """Moves the bar; logs the mean loss of each `report_every` batches."""
        seen = self._images_seen(progress)
        in_epoch = seen - progress.epoch * self._config.train_images
        self._bar.set_description_str(f"epoch {progress.epoch + 1}/{self._config.epochs}", False)
        self._bar.set_postfix_str(
            f"loss {progress.losses[-1]:.3f}, accuracy {progress.correct / in_epoch:.1%}", False
        )
        self._bar.update(seen - self._bar.n)
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

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        if self.wants_stop:
            raise KeyboardInterrupt
        self.wants_stop = True
        tqdm.write("Stopping after this step; Ctrl-C once more stops at once, without saving.")
