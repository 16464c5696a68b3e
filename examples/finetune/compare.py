"""Fine-tunes a pretrained ResNet-18 for other classes, few images of each, in five ways.

    python -m examples.finetune.compare --pretrained runs/finetune_pretrain-...
    python -m examples.finetune.compare --weights resnet18-f37072fd.pth

The sixth way learns the same images from scratch. The run folder gets one table and one picture:
accuracy on the new classes' test images, and the seconds that learning took.
"""

import argparse
import copy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import minitorch as torch
from examples.cifar10.config import CONFIGS, load_config
from examples.cifar10.data import first_images, load_data
from examples.cifar10.errors import exit_code
from examples.cifar10.files import Batch
from examples.cifar10.monitor import Bar
from examples.cifar10.run_folder import RunFolder, command, describe, run_path
from examples.cifar10.updates import build_schedule
from examples.finetune.config import CompareConfig
from examples.finetune.network import Stages
from examples.finetune.pictures import Pictures, few_of_each, of_classes, with_copies
from examples.finetune.pretrain import check_finite
from examples.finetune.pretrained import Pretrained, load_pretrained, load_weights
from examples.finetune.results import HEADING, Result, verdicts, write_results
from minitorch import nn
from minitorch.optim import SGD
from minitorch.utils.data import CachedFeatures, DataLoader, Dataset


class Way(NamedTuple):
    """How a network gets to know new classes."""

    name: str
    rate: str  # the setting that is its learning rate
    is_pretrained: bool = True
    is_frozen: bool = False  # all but the new fc, to begin with
    is_cached: bool = False  # what the frozen part makes of the images is computed once
    of_stages: bool = False  # the head sees all four stages, of cropped and flipped copies, too
    thaws: tuple[tuple[str, ...], ...] = ()  # what learns, too, after so many epochs, and so on


TOP_DOWN = (("layer4",), ("layer3",), ("layer2",), ("layer1", "bn1", "conv1"))
WAYS = (
    Way("head, cached", "head_rate", is_frozen=True, is_cached=True),
    Way("head", "head_rate", is_frozen=True),
    Way("stages, cached", "stages_rate", is_frozen=True, is_cached=True, of_stages=True),
    Way("gradual", "full_rate", is_frozen=True, thaws=TOP_DOWN),
    Way("everything", "full_rate"),
    Way("from scratch", "scratch_rate", is_pretrained=False),
)


def fine_tune(
    way: Way,
    pretrained: Pretrained,
    train_split: Batch,
    test_split: Batch,
    config: CompareConfig,
    say: Callable[[str], None] = print,
) -> Result:
    """Learns the new classes in one way, from its own copy of the network."""
    torch.manual_seed(config.seed)
    model = new_network(way, pretrained, len(config.classes))
    if way.of_stages:
        train_split = with_copies(train_split, config.copies)
    augment = config.augment and not way.is_cached
    train_set: Dataset = Pictures(train_split, pretrained.prepare, augment=augment)
    test_set: Dataset = Pictures(test_split, pretrained.prepare)
    result, seen = Result(way.name), 0

    if way.is_cached:
        trunk, model = cut(model, way.of_stages)
        with result.timing():
            train_set = CachedFeatures(trunk, train_set)
        test_set = CachedFeatures(trunk, test_set)

    order = torch.Generator().manual_seed(config.seed)  # the same for every way
    batches = DataLoader(train_set, config.batch_size, shuffle=True, generator=order)
    epochs = config.epochs if way.is_pretrained else config.scratch_epochs
    optimizer = build_optimizer(model, config, getattr(config, way.rate))
    schedule = build_schedule(optimizer, config, epochs * len(batches))
    criterion = nn.CrossEntropyLoss()
    thaws = {(i + 1) * config.thaw_every: parts for i, parts in enumerate(way.thaws)}

    with Bar(epochs * len(train_set), "training") as bar:
        for epoch in range(epochs):
            with result.timing():
                if epoch in thaws:
                    model.unfreeze(*thaws[epoch])
                total = 0.0
                for step, (images, labels) in enumerate(batches, start=epoch * len(batches) + 1):
                    loss = criterion(model(images), labels)
                    check_finite(loss.item(), step, way.rate)
                    total += loss.item() * len(labels)

                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    schedule.step()
                    seen += len(labels)
                    text = f"{way.name}, epoch {epoch + 1}/{epochs}, loss {loss.item():.3f}"
                    bar.show(seen, text)
                    if bar.wants_stop:
                        raise KeyboardInterrupt
            result.learnt = sum(p.numel() for p in model.parameters() if p.requires_grad)
            is_due = (epoch + 1) % config.evaluate_every == 0 or epoch + 1 == epochs
            result.end_epoch(total / len(train_set), evaluate(model, test_set) if is_due else None)
            if is_due:
                say(result.line())
    return result


def build_optimizer(model: nn.Module, config: CompareConfig, rate: float) -> SGD:
    return SGD(
        model.parameters(),  # it passes over what is frozen, until that is thawed
        lr=rate,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        nesterov=True,
    )


def new_network(way: Way, pretrained: Pretrained, classes: int) -> nn.Module:
    """A copy of the pretrained network with a new `fc`, frozen where the way asks for it."""
    if not way.is_pretrained:
        return pretrained.build(classes)
    network = copy.deepcopy(pretrained.network)
    network.fc = nn.Linear(network.fc.in_features, classes)
    if way.is_frozen:
        network.freeze()
        network.unfreeze("fc")
    return network


def cut(network: nn.Module, of_stages: bool) -> tuple[nn.Module, nn.Module]:
    """The frozen part, (N, 3, H, W) -> (N, features), and the head, to (N, classes)."""
    head, network.fc = network.fc, nn.Identity()
    if not of_stages:
        return network, head
    features = 64 + 128 + 256 + 512
    linear = nn.Linear(features, head.out_features)
    # The stages speak at different volumes: each number is brought to mean 0 and deviation 1.
    return Stages(network), nn.Sequential(nn.BatchNorm1d(features, affine=False), linear)


def evaluate(model: nn.Module, test_set: Dataset) -> float:
    """The share of the test set that is classified rightly."""
    model.eval()
    with torch.no_grad():
        right = [
            (model(images).argmax(dim=1) == labels).sum().item()
            for images, labels in DataLoader(test_set, batch_size=125)
        ]
    model.train()
    return sum(right) / len(test_set)


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parse(arguments)
    return exit_code(lambda: run_comparison(options, command("finetune.compare", *arguments)))


def run_comparison(options: argparse.Namespace, typed: str) -> int:
    config = load_config(options.config, options.set, CompareConfig)
    path = run_path(options.out, options.config.stem)
    run = RunFolder.create(path, config)
    with run.logging_errors():
        run.say(describe(typed, config))
        data = load_data(options.data_root, synthetic=options.synthetic, say=run.say)
        if options.weights is not None:
            pretrained = load_weights(options.weights, config.weights_size)
        else:
            pretrained = load_pretrained(options.pretrained, config.classes, data.is_synthetic)
        train_split = few_of_each(of_classes(data.train, config.classes), config.images_per_class)
        test_split = of_classes(data.test, config.classes)
        test_split = first_images(test_split, config.test_images, "test_images")
        names = ", ".join(data.classes[number] for number in config.classes)
        run.say(f"New classes: {names}. {len(train_split.labels):,} images to learn them from, "
                f"{len(test_split.labels):,} to test with; {pretrained.origin}.")  # fmt: skip
        run.say(HEADING)
        results: list[Result] = []
        for way in WAYS:
            results.append(fine_tune(way, pretrained, train_split, test_split, config, run.say))
            write_results(run, results, len(test_split.labels), data.note)
    for line in verdicts(results, len(test_split.labels)):
        run.say(line)
    run.say(f"Everything is in {run.path}: table.md, metrics.csv, curves.png, config and log.")
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.finetune.compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--pretrained", type=Path, metavar="RUN", help="a run folder of examples.finetune.pretrain"
    )
    source.add_argument("--weights", type=Path, metavar="FILE", help="torchvision's, of ResNet-18")
    parser.add_argument(
        "--config", type=Path, default=CONFIGS / "finetune_compare.toml", help="the settings"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change one setting"
    )
    parser.add_argument("--data-root", type=Path, help="the folder with cifar-10-batches-py")
    parser.add_argument("--synthetic", action="store_true", help="use drawn images")
    parser.add_argument("--out", type=Path, help="the run's folder (default: a new one in runs/)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
