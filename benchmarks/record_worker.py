"""One turn of one side: a fresh process that takes a few steps of the record's recipe, as JSON.

Both sides run the source of `examples/cifar10/`; on PyTorch's side `minitorch` means `torch` (see
`step_worker.load_side`). The images are patterns of ten classes under noise, made here.
"""

import argparse
import importlib
import json
import time
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from benchmarks.processes import REPOSITORY, peak_megabytes
from benchmarks.step_worker import load_side

CONFIG = REPOSITORY / "configs" / "cifar10_record.toml"
TESTED = 500  # images of a test that is timed


class Images(NamedTuple):
    images: np.ndarray  # uint8 (N, 3, 32, 32)
    labels: np.ndarray  # int64 (N,)


def draw(count: int) -> Images:
    """Each image is its class's pattern and noise in equal parts."""
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 128, (10, 3, 32, 32), dtype=np.uint8)
    labels = rng.integers(0, 10, count)
    noise = rng.integers(0, 128, (count, 3, 32, 32), dtype=np.uint8)
    return Images(patterns[labels] + noise, labels)


def train(torch: ModuleType, config: Any, steps: int, dtype: str) -> dict[str, Any]:
    """Seconds of each step, first with the whitening's bias learning, then without; the losses.

    Each of the two begins with a step that is not timed. A step is what it is in `train.py`.
    """
    kind = getattr(torch, dtype)
    torch.set_default_dtype(kind)
    examples = {
        name: importlib.import_module(f"examples.cifar10.{name}")
        for name in ("augment", "evaluation", "models", "record", "updates")
    }
    augment, updates, evaluation = (examples[n] for n in ("augment", "updates", "evaluation"))
    torch.manual_seed(config.seed)
    split = draw(config.batch_size)
    net1, net2 = examples["models"].build_networks(config)
    scaled = augment.scale_pixels(split.images, config.scaling)
    examples["record"].whiten_(net1.whiten, scaled.to(kind))
    networks = torch.nn.ModuleList([net1, net2])
    optimizer = updates.build_optimizer(networks, config)
    total = 2 * (steps + 1)
    schedule = updates.build_schedule(optimizer, config, total)
    lookahead = updates.Lookahead(networks, config, total)
    criterion = torch.nn.CrossEntropyLoss(label_smoothing=config.label_smoothing)

    seconds: list[list[float]] = [[], []]
    losses = []
    for step in range(total):
        epoch = 0 if step < steps + 1 else max(config.whitening_epochs, config.lookahead_after)
        start = time.perf_counter()
        net1.whiten.bias.requires_grad_(epoch < config.whitening_epochs)
        order = torch.randperm(config.batch_size).numpy()
        images, labels = augment.training_batch(split, order, config, epoch)
        loss = criterion(net2(net1(images.to(kind))), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        lookahead.after_step(step + 1, epoch)
        losses.append(loss.item())
        seconds[epoch > 0].append(time.perf_counter() - start)

    networks.float()
    tested = draw(TESTED)
    start = time.perf_counter()
    evaluation.evaluate(net1, net2, tested, config.scaling)
    return {
        "version": str(torch.__version__),
        "learning whitening": seconds[0][1:],
        "afterwards": seconds[1][1:],
        "test": [(time.perf_counter() - start) / TESTED],  # per image
        "losses": losses,
        "peak_mb": peak_megabytes(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=["minitorch", "torch"])
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--dtype", default="float32")
    options = parser.parse_args()

    torch = load_side(options.side)
    config = importlib.import_module("examples.cifar10.config")
    settings = config.load_config(options.config, options.set)
    print(json.dumps(train(torch, settings, options.steps, options.dtype)))


if __name__ == "__main__":
    main()
