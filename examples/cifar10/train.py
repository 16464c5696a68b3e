"""Trains a network of two halves on CIFAR-10.

    python -m examples.cifar10.train --config configs/cifar10_alexnet.toml

`net1` holds the convolutions, `net2` the fully connected layers. One graph runs through both and
one optimizer moves both. Nothing is hidden: the loop stands in `train`, below.
"""

import argparse
import math
import sys
import time
from collections.abc import Sequence

import minitorch as torch
from examples.cifar10.augment import scale_pixels, training_batch
from examples.cifar10.checkpoint import Checkpoint
from examples.cifar10.config import Config
from examples.cifar10.data import Cifar10, chosen_images, load_data, same_images
from examples.cifar10.diagnosis import check_finite
from examples.cifar10.errors import exit_code
from examples.cifar10.evaluation import Evaluation, class_table, evaluate
from examples.cifar10.files import Batch
from examples.cifar10.models import build_networks, summarize
from examples.cifar10.monitor import Monitor
from examples.cifar10.plots import (
    draw_confusion,
    draw_curves,
    draw_mistakes,
    draw_predictions,
    need_matplotlib,
)
from examples.cifar10.progress import Progress
from examples.cifar10.record import WHITENING_IMAGES, Record1, whiten_
from examples.cifar10.report import write_report
from examples.cifar10.run_folder import RunFolder, command, describe, open_run, parse_run
from examples.cifar10.updates import Lookahead, build_optimizer, build_schedule, gradient_norms
from minitorch import nn


def train(config: Config, data: Cifar10, run: RunFolder, *, resume: bool = False) -> bool:
    """Trains to the end and returns True, or until Ctrl-C and returns False."""
    torch.manual_seed(config.seed)
    train_set, test_set = chosen_images(config, data.train, data.test)

    net1, net2 = begin_networks(config, train_set)
    run.say(summarize(net1, net2))
    networks = nn.ModuleList([net1, net2])
    optimizer = build_optimizer(networks, config)
    per_epoch = math.ceil(config.train_images / config.batch_size)
    steps = config.epochs * per_epoch
    schedule = build_schedule(optimizer, config, steps - config.epochs_before * per_epoch)
    lookahead = Lookahead(networks, config, steps) if config.lookahead else None
    criterion = nn.CrossEntropyLoss(label_smoothing=config.label_smoothing)

    parts = {"net1": net1, "net2": net2, "optimizer": optimizer, "schedule": schedule}
    parts |= {"lookahead": lookahead} if lookahead else {}
    checkpoint = Checkpoint(run.checkpoint_path, config, data.is_synthetic, parts)
    progress = checkpoint.restore() if resume else Progress()

    with Monitor(config, run, progress) as monitor:
        while progress.epoch < config.epochs:
            if progress.batch == 0:
                progress.begin_epoch(torch.randperm(config.train_images))
            if isinstance(net1, Record1):
                net1.whiten.bias.requires_grad_(progress.epoch < config.whitening_epochs)

            for indices in progress.batches_left(config.batch_size):
                images, labels = training_batch(train_set, indices, config, progress.epoch)
                outputs1 = net1(images)  # (N, 3, 32, 32) -> features (N, C, H, W)
                outputs2 = net2(outputs1)  # -> (N, 10), one score per class
                loss = criterion(outputs2, labels)
                loss_value = loss.item()
                check_finite(loss_value, net1, net2, images, progress, schedule)

                optimizer.zero_grad()
                loss.backward()  # through net2, then net1: the graph does not know of the cut
                optimizer.step()

                correct = (outputs2.argmax(dim=1) == labels).sum().item()
                rate, norms = schedule.get_last_lr()[0], gradient_norms(net1=net1, net2=net2)
                progress.end_step(loss_value, correct, rate, norms)
                schedule.step()
                if lookahead:
                    lookahead.after_step(len(progress.losses), progress.epoch)
                monitor.after_step(progress)
                if monitor.wants_stop:
                    checkpoint.save(progress)
                    return False

            if lookahead:
                lookahead.return_to_average()
            monitor.before_test(progress)
            result = evaluate(net1, net2, test_set, config.scaling)
            progress.end_epoch(result, schedule.get_last_lr()[0])
            checkpoint.save_epoch(progress)
            monitor.after_epoch(progress)

    report(run, data, progress, final_test(net1, net2, test_set, config, run))
    return True


def begin_networks(config: Config, train_set: Batch) -> tuple[nn.Module, nn.Module]:
    """Both halves with random weights, but for those that come from the images."""
    net1, net2 = build_networks(config)
    if isinstance(net1, Record1):
        whiten_(net1.whiten, scale_pixels(train_set.images[:WHITENING_IMAGES], config.scaling))
    return net1, net2


def final_test(
    net1: nn.Module, net2: nn.Module, test_set: Batch, config: Config, run: RunFolder
) -> Evaluation:
    """How good the trained networks are; with `augment_test` by six views of each image."""
    start = time.perf_counter()
    result = evaluate(net1, net2, test_set, config.scaling, augment=config.augment_test)
    if config.augment_test:
        seconds = time.perf_counter() - start
        run.say(f"Each test image seen six ways, and the scores averaged, in {seconds:.0f} s more:")
    return result


def report(run: RunFolder, data: Cifar10, progress: Progress, result: Evaluation) -> None:
    """What came out: accuracies as text, the pictures, and a page that holds them all."""
    run.say(class_table(result, data.classes))
    title = f"{run.name}: test accuracy {result.accuracy:.1%}"
    counts = result.confusion(len(data.classes))
    said = (data.test, result, data.classes, title, data.note)
    draw_curves(run.path / "curves.png", progress, title, data.note)
    draw_confusion(run.path / "confusion.png", counts, data.classes, title, data.note)
    draw_predictions(run.path / "predictions.png", *said)
    draw_mistakes(run.path / "mistakes.png", *said)
    run.say(f"Everything is in {run.path}: report.html with the log and the pictures, metrics.csv, "
            f"losses.csv, the last checkpoint.pt and the best.pt, config and log.")  # fmt: skip
    write_report(run, title, data.note)


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parse_run(arguments, "examples.cifar10.train", __doc__)
    return exit_code(lambda: run_training(options, command("cifar10.train", *arguments)))


def run_training(options: argparse.Namespace, typed: str) -> int:
    """Does what the options ask for; `typed` is how they were given."""
    need_matplotlib()
    run, config = open_run(options)
    with run.logging_errors():
        run.say(describe(typed, config))
        data = load_data(options.data_root, synthetic=options.synthetic, say=run.say)
        is_done = train(config, data, run, resume=options.resume is not None)
    images = same_images(options, data)
    if not is_done:
        again = command("cifar10.train", "--resume", str(run.path), *images)
        run.say(f"Stopped and saved. To go on exactly where it was:\n  {again}")
        return 130
    run.say(what_next(run, config, images))
    return 0


def what_next(run: RunFolder, config: Config, images: list[str]) -> str:
    """What can be done after a run, and the commands for it."""
    path, epochs = str(run.path), f"epochs={config.epochs + 2}"
    lines = []
    if config.full_run:
        full = command("cifar10.train", "--config", config.full_run, *images)
        lines += ["That was the short run. The full one:", f"  {full}"]
    lines += [
        "Two more epochs of this one, in a new cycle of the learning rate:",
        f"  {command('cifar10.train', '--resume', path, '--set', epochs, *images)}",
        "Fine-tuning what it has learnt for another task:",
        f"  {command('cifar10.finetune', '--checkpoint', path, *images)}",
        "How to ask it what pictures of your own show:",
        f"  {command('cifar10.classify', '--help')}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
