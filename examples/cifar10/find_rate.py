"""Finds a learning rate: trains for some steps while the rate grows, and draws the loss over it.

    python -m examples.cifar10.find_rate --config configs/cifar10_quick.toml

Where the rate is too low nothing happens; then the loss falls, and where the rate is too high it
rises again. Nothing of the training is kept but the picture and the numbers.

Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.3.
"""

import argparse
import dataclasses
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

import minitorch as torch
from examples.cifar10.augment import training_batch
from examples.cifar10.config import Config, load_config
from examples.cifar10.data import chosen_images, load_data, same_images
from examples.cifar10.errors import ConfigError, exit_code
from examples.cifar10.files import CLASSES, Batch
from examples.cifar10.monitor import Bar
from examples.cifar10.plots import draw_rates, need_matplotlib
from examples.cifar10.run_folder import RunFolder, command, describe, run_path
from examples.cifar10.train import begin_networks
from examples.cifar10.updates import build_optimizer
from minitorch import nn
from minitorch.optim.lr_scheduler import LambdaLR

LOWEST, HIGHEST = 1e-5, 10.0
KEPT = 0.9  # of the smoothed loss, in each step
NEAR = 1.05  # times the lowest smoothed loss
GUESSING = math.log(CLASSES)
LEARNT = 0.95  # times that
TOO_MUCH = 2.0  # times the lowest smoothed loss: it ends there


class Found(NamedTuple):
    rates: list[float]
    losses: list[float]
    smooth: list[
        float
    ]  # the mean of the losses so far, of which each has 0.9 the weight of the next

    @property
    def lowest(self) -> float:
        """The rate at which the loss was lowest."""
        return self.rates[int(np.argmin(self.smooth))]

    @property
    def has_learnt(self) -> bool:
        """Whether the loss fell clearly below that of saying every class is as likely."""
        return min(self.smooth) < LEARNT * GUESSING

    @property
    def edge(self) -> float:
        """The highest rate at which the loss was still near its lowest."""
        near = NEAR * min(self.smooth)
        return max(rate for rate, loss in zip(self.rates, self.smooth, strict=True) if loss <= near)

    def advice(self, schedule: str) -> float:
        """A rate to try: a cycle, at its peak for a while only, may come closer to the edge."""
        return self.edge / (10 if schedule == "constant" else 3)


def find(config: Config, train_set: Batch, steps: int, say: Callable[[str], None] = print) -> Found:
    """Trains with rates from 1e-5 to 10, each the same factor above the one before."""
    torch.manual_seed(config.seed)
    net1, net2 = begin_networks(config, train_set)
    growth = (HIGHEST / LOWEST) ** (1 / (steps - 1))
    optimizer = build_optimizer(
        nn.ModuleList([net1, net2]), dataclasses.replace(config, learning_rate=LOWEST)
    )
    schedule = LambdaLR(optimizer, lambda step: growth**step)
    criterion = nn.CrossEntropyLoss(label_smoothing=config.label_smoothing)
    found, mean = Found([], [], []), 0.0

    with Bar(steps * config.batch_size, "all steps") as bar:
        for step, indices in enumerate(batches(config, steps), start=1):
            images, labels = training_batch(train_set, indices, config, epoch=0)
            loss = criterion(net2(net1(images)), labels)
            value, rate = loss.item(), schedule.get_last_lr()[0]
            mean = KEPT * mean + (1 - KEPT) * value
            smooth = mean / (1 - KEPT**step)  # so that the first ones do not count as zeros
            if not math.isfinite(value) or smooth > TOO_MUCH * min(found.smooth, default=smooth):
                say(f"It ends at {rate:.2g}: the loss has become {value:.3g}.")
                break
            for values, new in zip(found, (rate, value, smooth), strict=True):
                values.append(new)

            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            bar.show(step * config.batch_size, f"learning rate {rate:.2g}, loss {smooth:.3f}")
            if bar.wants_stop:
                raise KeyboardInterrupt
    return found


def batches(config: Config, steps: int) -> Iterator[np.ndarray]:
    """The numbers of the images in each step, epoch after epoch."""
    while True:
        order = torch.randperm(config.train_images).numpy()
        for start in range(0, len(order), config.batch_size):
            if steps == 0:
                return
            steps -= 1
            yield order[start : start + config.batch_size]


def advise(found: Found, config: Config, options: argparse.Namespace, images: Sequence[str]) -> str:
    """What the curve says, and the training that goes by it."""
    settings = [f"--set={change}" for change in options.set]
    if not found.has_learnt:
        more = ["--config", str(options.config), *settings, f"--steps={3 * options.steps}", *images]
        return (
            f"In these steps the loss did not fall clearly below {GUESSING:.2f}, that of guessing, "
            f"so it cannot tell good rates from poor ones. With three times as many steps:\n"
            f"  {command('cifar10.find_rate', *more)}"
        )
    rate = f"--set=learning_rate={found.advice(config.schedule):.2g}"
    typed = command("cifar10.train", "--config", str(options.config), *settings, rate, *images)
    share = "A tenth" if config.schedule == "constant" else "As the peak of a cycle, a third"
    return (
        f"The loss is lowest at a learning rate of {found.lowest:.2g} and stays near that up to "
        f"{found.edge:.2g}, the edge. {share} of the edge is worth a try:\n  {typed}"
    )


def run_finding(options: argparse.Namespace, typed: str) -> int:
    need_matplotlib()
    if options.steps < 10:
        raise ConfigError(f"--steps must be at least 10, got {options.steps}.")
    config = load_config(options.config, options.set)
    run = RunFolder.create(run_path(options.out, "find_rate"), config)
    with run.logging_errors():
        run.say(describe(typed, config))
        data = load_data(options.data_root, synthetic=options.synthetic, say=run.say)
        train_set, _ = chosen_images(config, data.train, data.test)
        found = find(config, train_set, options.steps, run.say)
        run.write_table("rates.csv", ("rate", "loss", "smoothed"), zip(*found, strict=True))
        title = f"{options.config.stem}: the loss while the learning rate grows"
        advice = found.advice(config.schedule) if found.has_learnt else None
        draw_rates(run.path / "rates.png", found, advice, title, data.note)
        run.say(f"Everything is in {run.path}: rates.png, rates.csv, config and log.")
        run.say(advise(found, config, options, same_images(options, data)))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parse(arguments)
    return exit_code(lambda: run_finding(options, command("cifar10.find_rate", *arguments)))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.cifar10.find_rate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, required=True, help="the settings, as of train")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting"
    )
    parser.add_argument("--steps", type=int, default=150, help="default: %(default)s")
    parser.add_argument("--data-root", type=Path, help="the folder with cifar-10-batches-py")
    parser.add_argument("--synthetic", action="store_true", help="use drawn images")
    parser.add_argument("--out", type=Path, help="the run's folder (default: a new one in runs/)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
