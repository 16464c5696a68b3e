"""Fine-tunes a trained network for another task: two classes, and only a new last layer learns.

    python -m examples.cifar10.finetune --checkpoint runs/cifar10_quick-...

`net2` gets a new `fc3`, all the rest is frozen, and the two classes are CIFAR-10's vehicles and its
animals (of the drawn images: textures and shapes). What is frozen stays in evaluation mode: the
AlexNet's dropout is off. Then the same network learns the same task from scratch, from the same
batches, and one picture shows both.
"""

import argparse
import dataclasses
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import minitorch as torch
from examples.cifar10 import freezing
from examples.cifar10.augment import scale_pixels
from examples.cifar10.checkpoint import (
    TUNED_FORMAT,
    check_images,
    load_part,
    read_checkpoint,
    write_checkpoint,
)
from examples.cifar10.config import Config, Tuning, restore_config
from examples.cifar10.data import Cifar10, load_data
from examples.cifar10.errors import DivergedError, ExampleError, exit_code
from examples.cifar10.evaluation import evaluate
from examples.cifar10.files import Batch
from examples.cifar10.gradients import parameter_values
from examples.cifar10.models import build_networks, replace_head, summarize
from examples.cifar10.monitor import Bar
from examples.cifar10.plots import draw_comparison, need_matplotlib
from examples.cifar10.progress import TEST_COLUMNS, Curve
from examples.cifar10.report import write_report
from examples.cifar10.run_folder import RunFolder, command, describe, newest_run, run_path
from minitorch import Tensor, nn
from minitorch.optim import SGD

GROUP_1 = (0, 1, 8, 9)  # airplane, automobile, ship, truck
CLASSES = ("animals", "vehicles")
SYNTHETIC_CLASSES = ("shapes", "textures")
HEAD = ["net2.fc3.weight", "net2.fc3.bias"]
SETTINGS = dataclasses.fields(Tuning)[1:]  # the checkpoint comes first
TUNED, SCRATCH = "fine-tuned head", "from scratch"


class Task(NamedTuple):
    """Two classes to tell apart."""

    train: Batch
    test: Batch
    classes: tuple[str, str]
    scaling: str

    @property
    def always(self) -> float:
        """How often it is right to say the more frequent class."""
        share = float(np.mean(self.test.labels))
        return max(share, 1 - share)


def train(
    name: str, net1: nn.Module, net2: nn.Module, task: Task, settings: Tuning,
    say: Callable[[str], None],
) -> Curve:  # fmt: skip
    """Moves what is not frozen, for so many steps or until Ctrl-C."""
    parameters = [*net1.trainable_parameters(), *net2.trainable_parameters()]
    optimizer = SGD(parameters, lr=settings.learning_rate, momentum=settings.momentum)
    criterion = nn.CrossEntropyLoss()
    curve = Curve()

    def test() -> None:
        bar.show(len(curve.losses) * settings.batch_size, f"{name}, test images")
        row = curve.test(evaluate(net1, net2, task.test, task.scaling))
        trained = f"loss {row.train_loss:.3f}, " if row.step else ""
        say(f"{name}, step {row.step}/{settings.steps}: {trained}"
            f"test loss {row.test_loss:.3f}, accuracy {row.test_accuracy:.1%}")  # fmt: skip

    with Bar(settings.steps * settings.batch_size, "training") as bar:
        test()
        for step, (images, labels) in enumerate(batches(task, settings), start=1):
            start = time.perf_counter()
            loss = criterion(net2(net1(images)), labels)
            forward_done = time.perf_counter()
            optimizer.zero_grad()
            loss.backward()  # as far down as something requires grad
            backward_done = time.perf_counter()
            optimizer.step()
            times = forward_done - start, backward_done - forward_done, time.perf_counter() - start

            loss_value = loss.item()
            if not math.isfinite(loss_value):
                raise DivergedError(
                    f"{name}: the loss is no longer finite in step {step:,}: the training has "
                    f"diverged. Try a lower --learning-rate (it was {settings.learning_rate})."
                )
            curve.end_step(loss_value, times)
            accuracy = curve.tests[-1].test_accuracy
            result = f"loss {loss_value:.3f}, test accuracy {accuracy:.1%}"
            bar.show(step * len(labels), f"{name}, {result}")
            if bar.wants_stop:
                break
            if step % settings.test_every == 0 or step == settings.steps:
                test()
        curve.is_stopped = bar.wants_stop
    return curve


def batches(task: Task, settings: Tuning) -> Iterator[tuple[Tensor, Tensor]]:
    """Images and labels for every step, the same for each training."""
    random = torch.Generator().manual_seed(settings.seed)  # dropout draws from another
    for _ in range(settings.steps):
        size = (settings.batch_size,)
        indices = torch.randint(0, len(task.train.labels), size, generator=random).numpy()
        images = scale_pixels(task.train.images[indices], task.scaling)
        yield images, torch.from_numpy(task.train.labels[indices])


def load_networks(path: Path, content: dict[str, Any]) -> tuple[Config, nn.Module, nn.Module]:
    """The networks of a checkpoint, frozen as they were trained but for a new fc3."""
    config = restore_config(content["config"], str(path))
    net1, net2 = build_networks(config)
    load_part(path, content, "net1", net1)
    load_part(path, content, "net2", net2)
    replace_head(net2, 2)
    net1.freeze()
    net2.freeze()
    net2.unfreeze("fc3")
    return config, net1, net2


def new_networks(config: Config) -> tuple[nn.Module, nn.Module]:
    """The like for two classes, of which nothing is trained."""
    net1, net2 = build_networks(config)
    replace_head(net2, 2)
    return net1, net2


def restore(saved: dict[str, Any]) -> tuple[nn.Module, nn.Module]:
    """The networks in a checkpoint that this program wrote and `torch.load` read."""
    net1, net2 = new_networks(restore_config(saved["config"], "the checkpoint"))
    net1.load_state_dict(saved["net1"])
    net2.load_state_dict(saved["net2"])
    return net1, net2


def two_classes(split: Batch) -> Batch:
    return Batch(split.images, np.isin(split.labels, GROUP_1).astype(np.int64))


def finetune(
    run: RunFolder, settings: Tuning, data: Cifar10, config: Config, net1: nn.Module,
    net2: nn.Module,
) -> int:  # fmt: skip
    """Both trainings and what is kept of them; returns the exit code."""
    classes = SYNTHETIC_CLASSES if data.is_synthetic else CLASSES
    task = Task(two_classes(data.train), two_classes(data.test), classes, config.scaling)
    run.say(f"Two classes: {classes[0]} and {classes[1]}; always saying the more frequent one is "
            f"right for {task.always:.1%}.")  # fmt: skip
    run.say(f"{summarize(net1, net2).rstrip()}\n\n{freezing.MODES}\n")
    before = parameter_values(net1, net2)

    tuned = train(TUNED, net1, net2, task, settings, run.say)
    content = {
        "format": TUNED_FORMAT,
        "classes": list(classes),
        "config": dataclasses.asdict(config),  # what builds the networks
        "tuning": dataclasses.asdict(settings),
        "trained": HEAD,  # everything else is the other checkpoint's
        "steps": len(tuned.losses),
        "is_synthetic": data.is_synthetic,
        "net1": net1.state_dict(),
        "net2": net2.state_dict(),
    }
    write_checkpoint(run.checkpoint_path, content)
    curves = {TUNED: tuned}
    write_metrics(run, curves)
    moved = freezing.moved_names(before, parameter_values(net1, net2))
    images = scale_pixels(task.train.images[: settings.batch_size], task.scaling)
    run.say(f"\n{freezing.movement(list(before), moved)}\n")
    run.say(f"{freezing.graph_cut(net1, net2, images)}\n")
    if not tuned.is_stopped:
        curves[SCRATCH] = train(SCRATCH, *new_networks(config), task, settings, run.say)
        write_metrics(run, curves)
    if any(curve.is_stopped for curve in curves.values()):
        run.say(f"Stopped. {run.path} holds the fine-tuned network as of step {len(tuned.losses)}, "
                "metrics.csv, config and log.")  # fmt: skip
        return 130

    run.say(f"\n{freezing.times_table(curves[SCRATCH], tuned, settings.batch_size)}\n")
    title = f"{run.name}: {classes[0]} or {classes[1]}"
    draw_comparison(run.path / "curves.png", curves, task.always, title, data.note)
    run.say(f"Everything is in {run.path}: report.html with the log and the picture, curves.png, "
            "metrics.csv, checkpoint, config and log.")  # fmt: skip
    run.say(f"One training step, and which tensors get a gradient in it:\n"
            f"  {command('cifar10.gradients')}")  # fmt: skip
    write_report(run, title, data.note)
    if moved != HEAD:
        raise ExampleError(
            f"{' and '.join(HEAD)} were to move, nothing else. A --learning-rate of "
            f"{settings.learning_rate:g} may be too low to move them by a single bit."
        )
    return 0


def write_metrics(run: RunFolder, curves: dict[str, Curve]) -> None:
    rows = [(name, *row) for name, curve in curves.items() for row in curve.tests]
    run.write_table("metrics.csv", TEST_COLUMNS, rows)


def run_finetuning(options: argparse.Namespace, typed: str) -> int:
    """Does what the options ask for; `typed` is how they were given."""
    need_matplotlib()
    path = options.checkpoint or newest_run()
    path = path / "checkpoint.pt" if path.is_dir() else path
    chosen = (getattr(options, field.name) for field in SETTINGS)
    settings = Tuning(str(path.resolve()), *chosen)
    content = read_checkpoint(path)
    torch.manual_seed(settings.seed)
    networks = load_networks(path, content)  # what does not fit is refused before images are loaded

    run = RunFolder.create(run_path(options.out, "finetune"), settings)
    with run.logging_errors():
        run.say(describe(typed, settings))
        data = load_data(options.data_root, synthetic=options.synthetic, say=run.say)
        check_images(path, content, data.is_synthetic)
        return finetune(run, settings, data, *networks)


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parse(arguments)
    return exit_code(lambda: run_finetuning(options, command("cifar10.finetune", *arguments)))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.cifar10.finetune",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--checkpoint", type=Path, help="a run folder or its file (default: the newest in runs/)"
    )
    parser.add_argument("--data-root", type=Path, help="the folder with cifar-10-batches-py")
    parser.add_argument("--synthetic", action="store_true", help="use drawn images")
    parser.add_argument("--out", type=Path, help="the run's folder (default: a new one in runs/)")
    for field in SETTINGS:
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", type=field.type, default=field.default,
            metavar="N", help="default: %(default)s",
        )  # fmt: skip
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
