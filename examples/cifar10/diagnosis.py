"""Why a loss is no longer a number: finds the first layer that says so."""

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np

import minitorch as torch
from examples.cifar10.errors import DivergedError
from examples.cifar10.progress import Progress
from minitorch import Tensor, nn
from minitorch.optim.lr_scheduler import LRScheduler


def check_finite(
    loss: float, net1: nn.Module, net2: nn.Module, images: Tensor, progress: Progress,
    schedule: LRScheduler,
) -> None:  # fmt: skip
    if not math.isfinite(loss):
        raise DivergedError(explain_divergence(net1, net2, images, progress, schedule))


def explain_divergence(
    net1: nn.Module, net2: nn.Module, images: Tensor, progress: Progress, schedule: LRScheduler
) -> str:
    """Runs the failed step's forward once more, layer by layer.

    Call it before the gradients are cleared: those of the step before show where it began.
    """
    return (
        f"the loss is no longer finite in step {len(progress.losses) + 1:,} (epoch "
        f"{progress.epoch + 1}, batch {progress.batch + 1:,}): the training has diverged. "
        f"{_first_broken(net1, net2, images)}\n"
        f"What to try: a lower learning rate (it was {schedule.get_last_lr()[0]:.3g} here: "
        f"--set learning_rate=...), a longer warm-up (--set warmup=...), or less momentum "
        f"(--set momentum=...)."
    )


def _first_broken(net1: nn.Module, net2: nn.Module, images: Tensor) -> str:
    if not _is_finite(images):
        return "The images themselves hold values that are not finite."
    found: list[str] = []
    with _watched(net1, net2, found), torch.no_grad():
        net2(net1(images))
    if not found:
        return "Every layer's output is finite, so it is the loss function that overflowed."
    layer = found[0]
    modules = dict(itertools.chain(_named_layers("net1", net1), _named_layers("net2", net2)))
    causes = [
        f"its {name} is not finite"
        + ("" if p.grad is None or _is_finite(p.grad) else ", nor was the gradient that moved it")
        for name, p in modules[layer].named_parameters(recurse=False)
        if not _is_finite(p)
    ]
    because = "; ".join(causes) or "its parameters are finite, so its input or they grew too large"
    return f"The first layer whose output is not finite is {layer}: {because}."


@contextlib.contextmanager
def _watched(net1: nn.Module, net2: nn.Module, found: list[str]) -> Iterator[None]:
    """Within it, layers append their name to `found` when their output is not finite."""
    layers = [*_named_layers("net1", net1), *_named_layers("net2", net2)]
    for name, layer in layers:
        layer.forward = _watch(name, layer.forward, found)
    try:
        yield
    finally:
        for _, layer in layers:
            del layer.forward  # uncovers the class's own


def _watch(
    name: str, forward: Callable[[Tensor], Tensor], found: list[str]
) -> Callable[[Tensor], Tensor]:
    def watched(x: Tensor) -> Tensor:
        output = forward(x)
        if not _is_finite(output):
            found.append(name)
        return output

    return watched


def _named_layers(prefix: str, net: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    for name, module in net.named_modules():
        if not list(module.children()):
            yield f"{prefix}.{name}", module


def _is_finite(x: Tensor) -> bool:
    return bool(np.isfinite(x.detach().numpy()).all())
