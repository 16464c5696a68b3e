"""One network cut in two, one training step, and where the gradients are afterwards.

    python -m examples.cifar10.gradients

The small network of the tutorial, split into `net1` (convolutions) and `net2` (fully connected),
one optimizer over both. Then what to do about "outputs1 has no gradient": three ways to get it,
what happens when it is cut off, and when net1 is frozen. The images are drawn by the program: which
tensors get gradients does not depend on what they show.
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
from examples.output import allow_for_any_terminal
from minitorch import Tensor, nn
from minitorch.optim import SGD

LEAF_WITH_GRAD = "a parameter, a leaf that requires grad: backward() leaves its gradient here"
PLAIN_INPUT = "does not require grad: nobody asked how the loss depends on the images"
PASSED_ON = "not a leaf: its gradient is passed on and dropped; only leaves keep theirs"


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


def build(*, net1_first: bool = True) -> tuple[nn.Module, nn.Module, SGD]:
    """Both networks, from seed 0, and their optimizer."""
    torch.manual_seed(0)
    net1, net2 = Net1(), Net2()
    halves = [net1, net2] if net1_first else [net2, net1]
    optimizer = SGD(
        itertools.chain.from_iterable(net.parameters() for net in halves), lr=0.001, momentum=0.9
    )
    return net1, net2, optimizer


def draw_batch() -> tuple[Tensor, Tensor]:
    """Images (4, 3, 32, 32) and labels (4,)."""
    labels = np.array([3, 8, 8, 0])
    images = scale_pixels(draw_images(labels, np.random.RandomState(0)), "symmetric")
    return images, torch.from_numpy(labels)


def run_experiment(*, net1_first: bool = True) -> Experiment:
    """One step of the split network, from seed 0."""
    net1, net2, optimizer = build(net1_first=net1_first)
    before = parameter_values(net1, net2)

    inputs, labels = draw_batch()
    outputs1 = net1(inputs)
    outputs2 = net2(outputs1)
    loss = nn.CrossEntropyLoss()(outputs2, labels)
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


def gradients_of_outputs1() -> dict[str, Tensor]:
    """What the loss would change by with each number between the networks, got in three ways."""
    net1, net2, _ = build()
    inputs, labels = draw_batch()
    criterion = nn.CrossEntropyLoss()
    found = {}

    outputs1 = net1(inputs)
    outputs1.retain_grad()
    criterion(net2(outputs1), labels).backward()
    found["outputs1.retain_grad()"] = outputs1.grad

    def keep(grad: Tensor) -> None:
        found["outputs1.register_hook(keep)"] = grad.clone()

    outputs1 = net1(inputs)
    outputs1.register_hook(keep)
    criterion(net2(outputs1), labels).backward()

    outputs1 = net1(inputs)
    loss = criterion(net2(outputs1), labels)
    (found["torch.autograd.grad(loss, outputs1)"],) = torch.autograd.grad(loss, outputs1)
    return found


class Cut(NamedTuple):
    requires_grad: bool  # of what goes from net1 to net2
    recorded: int  # operations on the way back through net1
    with_gradient: list[str]  # parameters that backward() gave a gradient
    moved: list[str]  # and those that step() moved


def step_with(*, detach: bool = False, freeze: bool = False) -> Cut:
    """One step in which net2 gets outputs1 without its history, or net1 is frozen."""
    net1, net2, optimizer = build()
    if freeze:
        net1.requires_grad_(False)
    inputs, labels = draw_batch()
    before = parameter_values(net1, net2)
    outputs1 = net1(inputs)
    recorded = count_operations(outputs1)
    if detach:
        outputs1 = outputs1.detach()
    optimizer.zero_grad()
    nn.CrossEntropyLoss()(net2(outputs1), labels).backward()
    optimizer.step()
    after = parameter_values(net1, net2)
    named = itertools.chain(named_parameters("net1", net1), named_parameters("net2", net2))
    return Cut(
        outputs1.requires_grad,
        recorded,
        [name for name, parameter in named if parameter.grad is not None],
        [name for name in before if (before[name] != after[name]).any()],
    )


def count_operations(tensor: Tensor) -> int:
    """How many operations were recorded on the way to a tensor."""
    seen, waiting = set(), [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen and not hasattr(node, "variable"):
            seen.add(node)
            waiting += [source for source, _ in node.next_functions]
    return len(seen)


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


def print_step() -> bool:
    """The first part: which tensors have a gradient, and what moves; whether the order matters."""
    forwards, backwards = run_experiment(), run_experiment(net1_first=False)
    print("    outputs1 = net1(inputs)        # convolutions")
    print("    outputs2 = net2(outputs1)      # fully connected layers")
    print("    loss = criterion(outputs2, labels)")
    print("    loss.backward()\n")
    print(table(forwards.rows))
    print(f"\nThe loss is {forwards.loss:.4f}. One optimizer holds the parameters of both nets:")
    print("    SGD(itertools.chain(net1.parameters(), net2.parameters()),")
    print("        lr=0.001, momentum=0.9)")
    print("and after its step() both nets have moved:")
    print(movement(forwards))
    same = all(np.array_equal(forwards.after[name], backwards.after[name])
               for name in forwards.after)  # fmt: skip
    where = "at exactly the same value" if same else "ELSEWHERE"
    print("\nThe same with itertools.chain(net2.parameters(), net1.parameters()):")
    print(f"every parameter ends {where}, bit for bit.")
    print("The order only says who is updated first; the gradients were complete before.")
    return same


def print_three_ways() -> bool:
    """The second part: the gradient that was dropped."""
    print("\noutputs1.grad is None. Three ways to have the gradient that was passed on:\n")
    found = gradients_of_outputs1()
    first = next(iter(found.values()))
    for way, grad in found.items():
        print(f"    {way:<36} {tuple(grad.shape)}, norm {grad.norm().item():.5f}")
    same = all(torch.equal(grad, first) for grad in found.values())
    print(f"\n{'All three are the same.' if same else 'They are NOT the same.'} "
          "The first two are asked for before backward();")  # fmt: skip
    print("a hook may also change the gradient: what it returns goes on to net1. The third")
    print("one stops at outputs1 and writes no .grad, neither there nor in a parameter.")
    return same


def print_cuts() -> None:
    """The third part: no way back into net1, or no need of one."""
    for code, cut, why in [
        ("outputs2 = net2(outputs1.detach())", step_with(detach=True),
         "Cut off: net1 was recorded, but backward() does not find it."),
        ("net1.requires_grad_(False)", step_with(freeze=True),
         "Frozen: net1 was not even recorded, so backward() has no work there."),
    ]:  # fmt: skip
        print(f"\n    {code}\n")
        print(f"operations recorded in net1:  {cut.recorded}")
        print(f"net2's input requires grad:   {_yes(cut.requires_grad)}")
        for what, names in [("gradients for", cut.with_gradient), ("moved", cut.moved)]:
            nets = sorted({name.partition(".")[0] for name in names})
            print(f"{what + ':':<29} {len(names)} parameters, all of {' and '.join(nets)}")
        print(why)


def main(arguments: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(
        prog="python -m examples.cifar10.gradients",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    allow_for_any_terminal()
    same = print_step()
    same = print_three_ways() and same
    print_cuts()
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
