"""Images per second out of a loader: CIFAR-10 with crop, flip and normalisation, beside PyTorch.

    CIFAR10_ROOT=data python -m benchmarks.loader [--workers 0 2] [--turns 5] [--batch 128]

Both sides read the same arrays, with random crops (padding 4), flips, `ToTensor` and `Normalize`:
minitorch with its loader and transforms, PyTorch with its loader and torchvision's, on Pillow
images as `torchvision.datasets.CIFAR10` makes them. Each turn is one pass in a fresh process,
workers started and stopped within it, the sides in turn; a side's figure is its best turn, because
others use the machine too. From the same seed both sides' first batches without workers are the
same pictures: the sum of their pixels is printed and has to agree.
"""

import argparse
import importlib
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.processes import REPOSITORY, installed_sides, positive, provenance, run_worker
from examples.cifar10.files import FOLDER, TRAIN_FILES, read_batch

MEANS = (0.4914, 0.4822, 0.4465)
DEVIATIONS = (0.2470, 0.2435, 0.2616)


def published() -> Path:
    """Where CIFAR-10 should be."""
    return Path(os.environ.get("CIFAR10_ROOT", REPOSITORY / "data"), FOLDER)


def read_images(limit: int | None) -> tuple[np.ndarray, list[int]]:
    """CIFAR-10's training images, (N, H, W, C), or noise of that size where it is not at hand."""
    if (folder := published()).is_dir():
        batches = [read_batch(folder / name) for name in TRAIN_FILES]
        images, labels = (np.concatenate(column) for column in zip(*batches, strict=True))
    else:
        rng = np.random.default_rng(0)
        images = rng.integers(0, 256, (limit or 50_000, 3, 32, 32), np.uint8)
        labels = rng.integers(0, 10, len(images))
    images = np.ascontiguousarray(images[:limit].transpose(0, 2, 3, 1))
    return images, labels[:limit].tolist()


class Pictures:
    def __init__(self, side: str, limit: int | None) -> None:
        self.images, self.labels = read_images(limit)
        if side == "torch":
            from tests.support.oracles import import_torchvision

            transforms = import_torchvision().transforms
            from PIL import Image

            self.open: Any = Image.fromarray
        else:
            from minitorch.vision import transforms

            self.open = None
        self.transform = transforms.Compose(
            [
                transforms.RandomCrop(32, padding=4),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(MEANS, DEVIATIONS),
            ]
        )

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        image = self.images[index]
        return self.transform(self.open(image) if self.open else image), self.labels[index]


def load(side: str, workers: int, batch: int, limit: int | None) -> dict[str, Any]:
    """One pass over the data; the clock runs from `iter()` to the end of the workers."""
    torch = importlib.import_module(side)
    torch.set_num_threads(1)
    data = Pictures(side, limit)
    torch.manual_seed(0)
    loader = torch.utils.data.DataLoader(data, batch, shuffle=True, num_workers=workers)
    start = time.perf_counter()
    batches = 0
    for images, _ in loader:
        if not batches:
            first = float(images.double().sum())
        batches += 1
    seconds = time.perf_counter() - start
    return {
        "version": str(torch.__version__),
        "images_per_second": len(data) / seconds,
        "first": first,
        "batches": batches,
    }


def run_turn(side: str, workers: int, batch: int, limit: int | None) -> dict[str, Any]:
    arguments = ["--side", side, "--workers", workers, "--batch", batch]
    arguments += ["--images", limit] if limit else []
    turn: dict[str, Any] = run_worker("benchmarks.loader", *arguments)
    return turn


def compare(workers: int, sides: list[str], options: argparse.Namespace) -> None:
    turns: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for _ in range(options.turns):
        for side in sides:
            turns[side].append(run_turn(side, workers, options.batch, options.images))
    best = {side: max(t["images_per_second"] for t in turns[side]) for side in sides}
    print(f"batch {options.batch}, {workers} workers")
    for side in sides:
        first = turns[side][0]
        check = f", first batch {first['first']:.4f}" if workers == 0 else ""
        print(f"  {side:<9} {first['version']:<12} {best[side]:8,.0f} images/s{check}")
    if len(sides) == 2:
        print(f"  speed {best['minitorch'] / best['torch']:.2f} x PyTorch's")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 2])
    parser.add_argument("--turns", type=positive, default=5)
    parser.add_argument("--batch", type=positive, default=128)
    parser.add_argument("--images", type=positive, help="only the first so many")
    parser.add_argument("--side", choices=["minitorch", "torch"], help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.side:
        print(json.dumps(load(options.side, options.workers[0], options.batch, options.images)))
        return
    print(provenance(1, options.turns))
    if not published().is_dir():
        print(f"CIFAR-10 is not at hand ({published()}): noise instead")
    sides = installed_sides("torchvision")
    for workers in options.workers:
        compare(workers, sides, options)


if __name__ == "__main__":
    main()
