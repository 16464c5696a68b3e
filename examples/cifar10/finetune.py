"""Fine-tunes a trained network for another task: two classes, and only a new last layer learns.

    python -m examples.cifar10.finetune --checkpoint runs/cifar10_quick-...

Everything that was trained is frozen, `net2` gets a new `fc3`, and the two classes are CIFAR-10's
vehicles and its animals (of the drawn images: textures and shapes).
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import minitorch as torch
from examples.cifar10.augment import scale_pixels
from examples.cifar10.checkpoint import check_images, load_part, read_checkpoint
from examples.cifar10.config import Config, restore_config
from examples.cifar10.data import Cifar10, load_data
from examples.cifar10.errors import ExampleError
from examples.cifar10.evaluation import evaluate
from examples.cifar10.files import Batch
from examples.cifar10.gradients import parameter_values
from examples.cifar10.models import build_networks
from minitorch import nn
from minitorch.optim import SGD

GROUP_1 = (0, 1, 8, 9)  # airplane, automobile, ship, truck
GROUP_NAMES = ("animals", "vehicles")
SYNTHETIC_GROUP_NAMES = ("shapes", "textures")
BATCH = 128
TIMED_STEPS = 7


class Trained(NamedTuple):
    """What a checkpoint holds, and where it is."""

    path: Path
    content: dict[str, Any]


class StepTimes(NamedTuple):
    """Medians, in milliseconds."""

    forward: float
    backward: float
    step: float


def freeze(modules: Iterable[nn.Module]) -> None:
    for module in modules:
        for parameter in module.parameters():
            parameter.requires_grad = False


def open_run(path: Path) -> Trained:
    """The checkpoint of a run folder, or that of its file."""
    path = path / "checkpoint.pt" if path.is_dir() else path
    return Trained(path, read_checkpoint(path))


def load_networks(path: Path, content: dict[str, Any]) -> tuple[Config, nn.Module, nn.Module]:
    """The networks of a checkpoint, as they were trained, with a new fc3 for two classes."""
    config = restore_config(content["config"], str(path))
    net1, net2 = build_networks(config)
    load_part(path, content, "net1", net1)
    load_part(path, content, "net2", net2)
    net2.fc3 = nn.Linear(net2.fc3.in_features, 2)  # its parameters require grad, as any new ones
    return config, net1, net2


def two_classes(split: Batch) -> Batch:
    return Batch(split.images, np.isin(split.labels, GROUP_1).astype(np.int64))


def finetune(
    net1: nn.Module, net2: nn.Module, parameters: Iterable[torch.Tensor], split: Batch,
    scaling: str, steps: int,
) -> StepTimes:  # fmt: skip
    """Takes `steps` steps that move `parameters`, and says how long one takes."""
    optimizer = SGD(parameters, lr=0.01, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    times = []
    for indices in torch.randint(0, len(split.labels), (steps, BATCH)).numpy():
        images = scale_pixels(split.images[indices], scaling)
        labels = torch.from_numpy(split.labels[indices])

        start = time.perf_counter()
        loss = criterion(net2(net1(images)), labels)
        forward_done = time.perf_counter()
        optimizer.zero_grad()
        loss.backward()
        backward_done = time.perf_counter()
        optimizer.step()
        times.append((forward_done - start, backward_done - forward_done,
                      time.perf_counter() - start))  # fmt: skip
    return StepTimes(*(1000 * statistics.median(column) for column in zip(*times, strict=True)))


def run(trained: Trained, data: Cifar10, steps: int) -> bool:
    """Prints the whole story; returns whether every frozen parameter stayed as it was."""
    train_set, test_set = two_classes(data.train), two_classes(data.test)
    names = SYNTHETIC_GROUP_NAMES if data.is_synthetic else GROUP_NAMES
    largest = max(np.mean(test_set.labels), 1 - np.mean(test_set.labels))
    torch.manual_seed(0)

    config, net1, net2 = load_networks(*trained)
    everything = [*net1.parameters(), *net2.parameters()]
    unfrozen = finetune(net1, net2, everything, train_set, config.scaling, TIMED_STEPS)

    config, net1, net2 = load_networks(*trained)  # again, as they were trained
    freeze([net1, net2.fc1, net2.fc2])
    before = parameter_values(net1, net2)
    print(f"Two classes: {names[0]} and {names[1]}; always saying the more frequent one is right "
          f"for {largest:.1%}.")  # fmt: skip
    print(f"With the new fc3 untrained: {accuracy(net1, net2, test_set, config):.1%}.")
    print(f"Training net2.fc3 alone, {steps} steps of {BATCH} images ...")
    frozen = finetune(net1, net2, net2.fc3.parameters(), train_set, config.scaling, steps)
    print(f"After it:                   {accuracy(net1, net2, test_set, config):.1%}.\n")

    is_still = show_movement(before, parameter_values(net1, net2))
    show_cut(net1, net2, scale_pixels(train_set.images[:BATCH], config.scaling))
    show_times(unfrozen, frozen)
    return is_still


def accuracy(net1: nn.Module, net2: nn.Module, split: Batch, config: Config) -> float:
    return evaluate(net1, net2, split, config.scaling).accuracy


def show_movement(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> bool:
    """Prints which parameters moved; returns whether only fc3's did."""
    moved = [name for name in before if before[name].tobytes() != after[name].tobytes()]
    still = [name for name in before if name not in moved]
    print(f"Moved:                    {', '.join(moved) or 'nothing'}")
    print(f"Bit for bit as they were: {', '.join(still) or 'nothing'}\n")
    return moved == ["net2.fc3.weight", "net2.fc3.bias"]


def show_cut(net1: nn.Module, net2: nn.Module, images: torch.Tensor) -> None:
    """Below the new layer nothing requires grad, so nothing is recorded there."""
    outputs1 = net1(images)
    outputs2 = net2(outputs1)
    for name, tensor in (("outputs1 = net1(images)", outputs1), ("outputs2 = net2(…)", outputs2)):
        graph = "none" if tensor.grad_fn is None else tensor.grad_fn.name()
        print(f"{name:<24} requires_grad {tensor.requires_grad!s:<6} grad_fn {graph}")


def show_times(unfrozen: StepTimes, frozen: StepTimes) -> None:
    print(f"\nmilliseconds per step of {BATCH} images (medians)")
    print(f"{'':<22}{'forward':>10}{'backward':>10}{'step':>10}")
    for name, times in (("everything trains", unfrozen), ("only fc3 trains", frozen)):
        print(f"{name:<22}" + "".join(f"{value:>10.2f}" for value in times))
    print(
        f"The backward takes {frozen.backward / unfrozen.backward:.1%} of the time: it ends at fc3."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m examples.cifar10.finetune",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="a run folder or its file")
    parser.add_argument("--data-root", type=Path, help="the folder with cifar-10-batches-py")
    parser.add_argument("--synthetic", action="store_true", help="use drawn images")
    parser.add_argument("--steps", type=int, default=150)
    options = parser.parse_args(arguments)
    if options.steps < 1:
        parser.error(f"--steps must be at least 1, got {options.steps}")
    try:
        trained = open_run(options.checkpoint)
        load_networks(*trained)  # what does not fit is refused before the images are loaded
        data = load_data(options.data_root, synthetic=options.synthetic)
        check_images(*trained, data.is_synthetic)
        is_still = run(trained, data, options.steps)
    except ExampleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0 if is_still else 1


if __name__ == "__main__":
    sys.exit(main())
