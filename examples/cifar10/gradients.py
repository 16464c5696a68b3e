"""One network cut in two, one training step, and where the gradients are afterwards.

    python -m examples.cifar10.gradients

The small network of the tutorial, split into `net1` (convolutions) and `net2` (fully connected),
one optimizer over both. The images are drawn by the program: which tensors get gradients does not
depend on what they show.
"""

import argparse
import itertools
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

import minitorch as torch
from examples.cifar10.augment import scale_pixels
from examples.cifar10.models import Net1, Net2
from examples.cifar10.synthetic import draw_images
from minitorch import Tensor, nn
from minitorch.optim import SGD

LEAF_WITH_GRAD = "a parameter: a leaf that requires grad, so backward() leaves its gradient here"
PLAIN_INPUT = "does not require grad: nobody asked how the loss depends on the images"
PASSED_ON = "not a leaf: backward() passes its gradient on and drops it; only leaves keep theirs"


class Row(NamedTuple):
    name: str
    shape: tuple[int, ...]
    is_leaf: bool
    requires_grad: bool
    has_grad: bool
    why: str


class Experiment(NamedTuple):
    net1: nn.Module
    net2: nn.Module
    before: dict[str, np.ndarray]  # the parameters, as they were built
    after: dict[str, np.ndarray]  # and after one step
    rows: list[Row]
    loss: float


def run_experiment(*, net1_first: bool = True) -> Experiment:
    """One step of the split network, from seed 0."""
    torch.manual_seed(0)
    net1, net2 = Net1(), Net2()
    halves = [net1, net2] if net1_first else [net2, net1]
    optimizer = SGD(
        itertools.chain.from_iterable(net.parameters() for net in halves), lr=0.001, momentum=0.9
    )
    before = parameter_values(net1, net2)

    labels = np.array([3, 8, 8, 0])
    inputs = scale_pixels(draw_images(labels, np.random.RandomState(0)), "symmetric")
    outputs1 = net1(inputs)
    outputs2 = net2(outputs1)
    loss = nn.CrossEntropyLoss()(outputs2, torch.from_numpy(labels))
    optimizer.zero_grad()
    loss.backward()
    tensors = [
        ("inputs", inputs),
        *named_parameters("net1", net1),
        ("outputs1 = net1(inputs)", outputs1),
        *named_parameters("net2", net2),
        ("outputs2 = net2(outputs1)", outputs2),
        ("loss", loss),
    ]
    rows = [describe(name, tensor) for name, tensor in tensors]

    optimizer.step()
    return Experiment(net1, net2, before, parameter_values(net1, net2), rows, loss.item())


def describe(name: str, tensor: Tensor) -> Row:
    with warnings.catch_warnings():
        # Reading .grad of a tensor that is not a leaf warns that it is None: the point, here.
        warnings.simplefilter("ignore", UserWarning)
        has_grad = tensor.grad is not None
    if not tensor.requires_grad:
        why = PLAIN_INPUT
    else:
        why = LEAF_WITH_GRAD if tensor.is_leaf else PASSED_ON
    return Row(name, tuple(tensor.shape), tensor.is_leaf, tensor.requires_grad, has_grad, why)


def named_parameters(prefix: str, net: nn.Module) -> Iterable[tuple[str, Tensor]]:
    return ((f"{prefix}.{name}", parameter) for name, parameter in net.named_parameters())


def parameter_values(net1: nn.Module, net2: nn.Module) -> dict[str, np.ndarray]:
    named = itertools.chain(named_parameters("net1", net1), named_parameters("net2", net2))
    return {name: parameter.detach().numpy().copy() for name, parameter in named}


def table(rows: list[Row]) -> str:
    """The rows under a heading; each reason is spelled out once, below."""
    reasons = list(dict.fromkeys(row.why for row in rows))
    line = "{:<26} {:<16} {:<5} {:<14} {:<5} {}"
    lines = [line.format("tensor", "shape", "leaf", "requires_grad", "grad", "why"), "-" * 74]
    lines += [
        line.format(
            row.name, "×".join(map(str, row.shape)) or "scalar", _yes(row.is_leaf),
            _yes(row.requires_grad), "set" if row.has_grad else "None",
            f"({reasons.index(row.why) + 1})",
        )
        for row in rows
    ]  # fmt: skip
    lines += ["", *(f"({number}) {reason}" for number, reason in enumerate(reasons, start=1))]
    return "\n".join(lines)


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def movement(experiment: Experiment) -> str:
    """How far each parameter went in the step."""
    return "\n".join(
        f"  {name:<18} moved by up to {np.abs(experiment.after[name] - value).max():.2e}"
        for name, value in experiment.before.items()
    )


def main(arguments: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(
        prog="python -m examples.cifar10.gradients",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    forwards, backwards = run_experiment(), run_experiment(net1_first=False)
    print("    outputs1 = net1(inputs)        # convolutions")
    print("    outputs2 = net2(outputs1)      # fully connected layers")
    print("    loss = criterion(outputs2, labels)")
    print("    loss.backward()\n")
    print(table(forwards.rows))
    print(f"\nThe loss is {forwards.loss:.4f}. One optimizer holds the parameters of both nets:")
    print("    SGD(itertools.chain(net1.parameters(), net2.parameters()), lr=0.001, momentum=0.9)")
    print("and after its step() both nets have moved:")
    print(movement(forwards))
    same = all(np.array_equal(forwards.after[name], backwards.after[name])
               for name in forwards.after)  # fmt: skip
    print("\nThe same with itertools.chain(net2.parameters(), net1.parameters()): every parameter "
          f"ends {'at exactly the same value' if same else 'ELSEWHERE'}, bit for bit.")  # fmt: skip
    print("The order only says who is updated first; the gradients were complete before.")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
