"""Trains a ResNet-18 on some of CIFAR-10's classes, for `compare` to fine-tune for the others.

    python -m examples.finetune.pretrain --config configs/finetune_pretrain.toml

The run folder gets `resnet18.pth` at the end. Ctrl-C saves; `--resume` goes on exactly there.
"""

import argparse
import math
import sys
from collections.abc import Sequence

import minitorch as torch
from examples.cifar10.augment import crop_and_flip, scale_pixels
from examples.cifar10.checkpoint import Checkpoint
from examples.cifar10.data import Cifar10, chosen_images, load_data, same_images
from examples.cifar10.errors import DivergedError, exit_code
from examples.cifar10.evaluation import Evaluation, class_table, evaluate
from examples.cifar10.monitor import Monitor
from examples.cifar10.plots import draw_curves
from examples.cifar10.progress import Progress
from examples.cifar10.run_folder import RunFolder, command, describe, open_run, parse_run
from examples.cifar10.updates import build_schedule, gradient_norms
from examples.finetune.config import PretrainConfig
from examples.finetune.network import small_resnet18
from examples.finetune.pictures import of_classes
from examples.finetune.pretrained import save_pretrained
from minitorch import nn
from minitorch.optim import SGD


def pretrain(
    config: PretrainConfig, data: Cifar10, run: RunFolder, *, resume: bool = False
) -> bool:
    """Trains to the end and returns True, or until Ctrl-C and returns False."""
    torch.manual_seed(config.seed)
    both = (of_classes(split, config.classes) for split in (data.train, data.test))
    train_set, test_set = chosen_images(config, *both)

    network = small_resnet18(len(config.classes))
    optimizer = build_optimizer(network, config)
    epochs = config.epochs - config.epochs_before
    steps = epochs * math.ceil(config.train_images / config.batch_size)
    schedule = build_schedule(optimizer, config, steps)
    criterion = nn.CrossEntropyLoss()

    parts = {"network": network, "optimizer": optimizer, "schedule": schedule}
    checkpoint = Checkpoint(run.checkpoint_path, config, data.is_synthetic, parts)
    progress = checkpoint.restore() if resume else Progress()

    with Monitor(config, run, progress) as monitor:
        while progress.epoch < config.epochs:
            if progress.batch == 0:
                progress.begin_epoch(torch.randperm(config.train_images))

            for indices in progress.batches_left(config.batch_size):
                images, labels = train_set.images[indices], train_set.labels[indices]
                images = crop_and_flip(images) if config.augment else images
                images, labels = scale_pixels(images, "channels"), torch.from_numpy(labels)
                outputs = network(images)
                loss = criterion(outputs, labels)
                loss_value = loss.item()
                check_finite(loss_value, len(progress.losses) + 1)

                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

                correct = (outputs.argmax(dim=1) == labels).sum().item()
                rate, norms = schedule.get_last_lr()[0], gradient_norms(network=network)
                progress.end_step(loss_value, correct, rate, norms)
                schedule.step()
                monitor.after_step(progress)
                if monitor.wants_stop:
                    checkpoint.save(progress)
                    return False

            monitor.before_test(progress)
            result = evaluate(nn.Identity(), network, test_set, "channels")
            progress.end_epoch(result, schedule.get_last_lr()[0])
            checkpoint.save_epoch(progress)
            monitor.after_epoch(progress)

    path = save_pretrained(run.path, network, config, data.is_synthetic)
    report(run, data, config, progress, evaluate(nn.Identity(), network, test_set, "channels"))
    run.say(f"The network is in {path}.")
    return True


def build_optimizer(network: nn.Module, config: PretrainConfig) -> SGD:
    return SGD(
        network.parameters(),
        lr=config.learning_rate,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        nesterov=True,
    )


def check_finite(loss: float, step: int, rate: str = "learning_rate") -> None:
    if not math.isfinite(loss):
        raise DivergedError(
            f"the loss is {loss} in step {step:,}: the training has diverged. Begin again with a "
            f"lower learning rate (--set {rate}=...) or a longer climb (--set warmup=...)."
        )


def report(
    run: RunFolder, data: Cifar10, config: PretrainConfig, progress: Progress, result: Evaluation
) -> None:
    classes = tuple(data.classes[number] for number in config.classes)
    run.say(class_table(result, classes))
    title = f"{run.path.name}: test accuracy {result.accuracy:.1%}"
    draw_curves(run.path / "curves.png", progress, title, data.note, len(classes))


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parse_run(arguments, "examples.finetune.pretrain", __doc__)
    return exit_code(lambda: run_pretraining(options, command("finetune.pretrain", *arguments)))


def run_pretraining(options: argparse.Namespace, typed: str) -> int:
    run, config = open_run(options, PretrainConfig)
    with run.logging_errors():
        run.say(describe(typed, config))
        data = load_data(options.data_root, synthetic=options.synthetic, say=run.say)
        is_done = pretrain(config, data, run, resume=options.resume is not None)
    images = same_images(options, data)
    if not is_done:
        again = command("finetune.pretrain", "--resume", str(run.path), *images)
        run.say(f"Stopped and saved. To go on exactly where it was:\n  {again}")
        return 130
    run.say(
        f"To fine-tune it:\n  {command('finetune.compare', '--pretrained', str(run.path), *images)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
