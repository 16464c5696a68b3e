"""Seconds per epoch of training a head: frozen trunk in the loop, or its features computed once.

    python -m benchmarks.features [--turns 3] [--images 2000] [--batch 128] [--threads 2]

ResNet-18 without its last layer is frozen, and a linear layer learns on top of it, from random
images of 32 x 32 pixels. Four ways: the trunk runs in the loop, in minitorch and in PyTorch;
`CachedFeatures` in memory; and in a file. Each turn gives each way a fresh process, one after the
other; a way's figure is the median over its turns of the median epoch. `ready` is what came before
the first epoch: computing the features, or, of a file that an earlier turn has written, checking
it. All ways start from seed 0, so the losses they print have to agree.
"""

import argparse
import importlib
import importlib.util
import json
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

# Nothing of minitorch up here: PyTorch's process reads this file, too, and its memory is measured.
from benchmarks.processes import peak_megabytes, positive, provenance, run_worker
from tests.support.resnet import resnet18

WAYS = {
    "torch": "trunk in the loop, PyTorch",
    "loop": "trunk in the loop",
    "memory": "features in memory",
    "file": "features in a file",
}


def train(way: str, images: int, batch: int, epochs: int, path: Path | None) -> dict[str, Any]:
    """A few epochs of one way; the loss of the last step tells whether it did the same work."""
    torch = importlib.import_module("torch" if way == "torch" else "minitorch")
    torch.manual_seed(0)
    trunk, head = resnet18(torch, 10), torch.nn.Linear(512, 10)
    trunk.fc = torch.nn.Identity()
    trunk.eval().requires_grad_(False)
    data = torch.utils.data.TensorDataset(
        torch.randn(images, 3, 32, 32), torch.randint(0, 10, (images,))
    )
    start = time.perf_counter()
    is_cached = way in ("memory", "file")
    if is_cached:
        data = torch.utils.data.CachedFeatures(trunk, data, path if way == "file" else None)
    ready = time.perf_counter() - start

    torch.manual_seed(1)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.01, momentum=0.9)
    criterion = torch.nn.CrossEntropyLoss()
    seconds, losses = [], []
    for _ in range(epochs):
        start = time.perf_counter()
        for x, y in torch.utils.data.DataLoader(data, batch, shuffle=True):
            with torch.no_grad():
                features = x if is_cached else trunk(x)
            optimizer.zero_grad()
            loss = criterion(head(features), y)
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)
    peak = peak_megabytes()
    return {"ready": ready, "seconds": seconds, "losses": losses, "peak_mb": peak}


def run_turn(way: str, options: argparse.Namespace, epochs: int, path: Path) -> dict[str, Any]:
    result: dict[str, Any] = run_worker(
        "benchmarks.features", "--way", way, "--path", path, "--images", options.images,
        "--batch", options.batch, "--epochs", epochs, threads=options.threads,
    )  # fmt: skip
    return result


def report(turns: dict[str, list[dict[str, Any]]]) -> list[str]:
    """A line for each way: how much faster than minitorch with the trunk in the loop."""
    epoch = {way: median(median(t["seconds"]) for t in found) for way, found in turns.items()}
    lines = []
    for way, found in turns.items():
        ready = [f"{turn['ready']:.2f}" for turn in found if way in ("memory", "file")]
        peaks = [turn["peak_mb"] for turn in found if turn["peak_mb"] is not None]
        peak = f"   peak {max(peaks):4.0f} MB" if peaks else ""
        lines.append(
            f"  {WAYS[way]:<28}{epoch[way] * 1e3:9.1f} ms/epoch{epoch['loop'] / epoch[way]:8.1f} x"
            f"{peak}   loss {found[0]['losses'][0]:.4f}"
            + (f"   ready in {', '.join(ready)} s" if ready else "")
        )
    return lines


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=positive, default=3)
    parser.add_argument("--images", type=positive, default=2000)
    parser.add_argument("--batch", type=positive, default=128)
    parser.add_argument("--threads", type=positive, help="default: all usable cores")
    parser.add_argument(
        "--epochs", type=positive, default=20, help="with features; 1 with the trunk"
    )
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.way:
        found = train(options.way, options.images, options.batch, options.epochs, options.path)
        print(json.dumps(found))
        return
    from minitorch.core.threads import usable_cores

    options.threads = options.threads or usable_cores()
    print(provenance(options.threads, options.turns))
    ways = [way for way in WAYS if way != "torch" or importlib.util.find_spec("torch")]
    turns: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.turns):
            for way in ways:
                epochs = options.epochs if way in ("memory", "file") else 1
                turn = run_turn(way, options, epochs, Path(folder, "features.npy"))
                turns[way].append(turn)
    print(f"ResNet-18, {options.images} images, batch {options.batch}")
    print("\n".join(report(turns)))


if __name__ == "__main__":
    main()
