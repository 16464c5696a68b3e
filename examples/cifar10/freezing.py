"""What freezing leaves alone, where it cuts the graph, and what it saves: as text."""

import statistics

import numpy as np

from examples.cifar10.progress import Curve
from minitorch import Tensor, nn

MODES = (
    "What is frozen stays in evaluation mode, whatever train() says: dropout passes everything on "
    "there. (Batch norm would keep its statistics; these networks have none.)"
)


def moved_names(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> list[str]:
    """The parameters of which at least one bit is another."""
    return [name for name in before if before[name].tobytes() != after[name].tobytes()]


def movement(names: list[str], moved: list[str]) -> str:
    still = [name for name in names if name not in moved]
    return (
        f"Moved: {', '.join(moved) or 'nothing'}\n"
        f"Bit for bit as they were: {', '.join(still) or 'nothing'}"
    )


def graph_cut(net1: nn.Module, net2: nn.Module, images: Tensor) -> str:
    """Below the new layer nothing requires grad, so nothing is recorded there."""
    outputs1 = net1(images)
    outputs2 = net2(outputs1)
    lines = []
    for name, tensor in (("outputs1 = net1(images)", outputs1), ("outputs2 = net2(…)", outputs2)):
        graph = "none" if tensor.grad_fn is None else tensor.grad_fn.name()
        lines.append(f"{name:<24} requires_grad {tensor.requires_grad!s:<6} grad_fn {graph}")
    return "\n".join(lines)


def times_table(everything: Curve, head: Curve, batch_size: int) -> str:
    lines = [
        f"milliseconds per step of {batch_size} images (medians)",
        f"{'':<22}{'forward':>10}{'backward':>10}{'step':>10}",
    ]
    backwards = []
    for name, curve in (("everything trains", everything), ("only fc3 trains", head)):
        medians = [1000 * statistics.median(column) for column in zip(*curve.times, strict=True)]
        lines.append(f"{name:<22}" + "".join(f"{value:>10.2f}" for value in medians))
        backwards.append(medians[1])
    share = backwards[1] / backwards[0]
    lines.append(f"The backward takes {share:.1%} of the time: it ends at fc3.")
    return "\n".join(lines)
