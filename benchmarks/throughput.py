"""GFLOP/s of convolutions, of their gradients, and of products of matrices.

    python -m benchmarks.throughput minitorch|torch|numpy [--seconds 0.2]

One side in this process, as `table` starts it; prints JSON. Counted is the arithmetic of the
definition, so a kernel that does with less (Winograd's, for 3 x 3) can come above the machine's
peak. NumPy's side knows products alone.
"""

import argparse
import importlib
import json
import time
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from benchmarks.processes import lower_quartile
from benchmarks.step_worker import Case, begin


class Convolution(NamedTuple):
    """A layer of one of the networks that `table` trains, with its batch."""

    batch: int
    channels_in: int
    channels_out: int
    kernel: int
    size: int  # of the images, which are square
    stride: int
    padding: int


CONVOLUTIONS = {
    "tutorial, first": Convolution(32, 3, 6, 5, 32, 1, 0),
    "tutorial, second": Convolution(32, 6, 16, 5, 14, 1, 0),
    "AlexNet, first": Convolution(128, 3, 64, 3, 32, 1, 1),
    "AlexNet, second": Convolution(128, 64, 192, 3, 16, 1, 1),
    "AlexNet, third": Convolution(128, 192, 384, 3, 8, 1, 1),
    "AlexNet, fourth": Convolution(128, 384, 256, 3, 8, 1, 1),
    "ResNet-18, stage 1": Convolution(16, 64, 64, 3, 32, 1, 1),
    "ResNet-18, into stage 2": Convolution(16, 64, 128, 3, 32, 2, 1),
    "ResNet-18, shortcut": Convolution(16, 64, 128, 1, 32, 2, 0),
    "ResNet-18, stage 2": Convolution(16, 128, 128, 3, 16, 1, 1),
    "ResNet-18, stage 4": Convolution(16, 512, 512, 3, 4, 1, 1),
    "VGG, first stage": Convolution(64, 64, 64, 3, 32, 1, 1),
    "VGG, second stage": Convolution(64, 128, 128, 3, 16, 1, 1),
    "VGG, third stage": Convolution(64, 256, 256, 3, 8, 1, 1),
    "VGG, fourth stage": Convolution(64, 512, 512, 3, 4, 1, 1),
}
PARTS = ("forward", "input gradient", "weight gradient")
# (M, K) by (K, N).
PRODUCTS = {
    "512": (512, 512, 512),
    "1024": (1024, 1024, 1024),
    "2048": (2048, 2048, 2048),
    "4096": (4096, 4096, 4096),
    "MLP, 128 x 784 by 784 x 512": (128, 784, 512),
}
LEAST = 3  # repetitions


def gigaflops(work: Callable[[], Any], flops: float, seconds: float) -> float:
    """Of the lower quartile of as many repetitions as fit into the seconds."""
    work()
    times: list[float] = []
    while len(times) < LEAST or sum(times) < seconds:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return flops / lower_quartile(times) / 1e9


def convolution_rates(torch: ModuleType, layer: Convolution, seconds: float) -> dict[str, float]:
    """Of each part; a gradient is what `grad` computes when nothing else is asked for."""
    images = torch.randn(layer.batch, layer.channels_in, layer.size, layer.size)
    weight = torch.randn(layer.channels_out, layer.channels_in, layer.kernel, layer.kernel)

    def forward(images: Any = images, weight: Any = weight) -> Any:
        return torch.nn.functional.conv2d(images, weight, None, layer.stride, layer.padding)

    start = torch.ones_like(forward())
    flops = 2.0 * start.numel() * weight[0].numel()
    images_leaf, weight_leaf = (x.detach().requires_grad_() for x in (images, weight))
    by_images, by_weight = forward(images=images_leaf), forward(weight=weight_leaf)
    grad = partial(torch.autograd.grad, grad_outputs=start, retain_graph=True)
    work = (forward, lambda: grad(by_images, images_leaf), lambda: grad(by_weight, weight_leaf))
    return {part: gigaflops(do, flops, seconds) for part, do in zip(PARTS, work, strict=True)}


def product_rate(side: ModuleType, sizes: tuple[int, int, int], seconds: float) -> float:
    m, k, n = sizes
    if side.__name__ == "numpy":
        a, b = (side.ones(shape, side.float32) for shape in ((m, k), (k, n)))
    else:
        a, b = side.ones(m, k), side.ones(k, n)
    return gigaflops(lambda: a @ b, 2.0 * m * k * n, seconds)


def step_flops(torch: ModuleType, case: Case) -> float:
    """Of a training step of convolutions and linear layers: a product forward and two backward.

    The first layer has one backward, since nobody asks for the gradient of the inputs.
    """
    (nets, forward), batches = begin(torch, case)
    counts: list[float] = []

    def count(layer: Any, inputs: Any, outputs: Any) -> None:
        counts.append(2.0 * outputs.numel() * layer.weight[0].numel())

    for layer in (layer for net in nets for layer in net.modules()):
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            layer.register_forward_hook(count)
    with torch.no_grad():
        forward(batches[0][0])
    return 3 * sum(counts) - counts[0]


def measure(side: str, seconds: float) -> dict[str, Any]:
    """GFLOP/s by row."""
    library = importlib.import_module(side)
    layers = {} if side == "numpy" else CONVOLUTIONS
    return {
        "version": str(library.__version__),
        "convolutions": {
            name: convolution_rates(library, layer, seconds) for name, layer in layers.items()
        },
        "products": {name: product_rate(library, s, seconds) for name, s in PRODUCTS.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("side", choices=["minitorch", "torch", "numpy"])
    parser.add_argument("--seconds", type=float, default=0.2, help="for each figure")
    options = parser.parse_args()
    print(json.dumps(measure(options.side, options.seconds)))


if __name__ == "__main__":
    main()
