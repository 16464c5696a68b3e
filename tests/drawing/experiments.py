"""The experiments of `tests/test_seed_experiments.py`, drawn: a function for each graph.

`golden.txt` has the texts; `python -m tests.drawing.experiments` writes it anew.
"""

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import minitorch as torch
import minitorch.nn.functional as F
from examples.cifar10 import models
from examples.cifar10.models import Net1, Net2
from minitorch import nn, optim
from minitorch.drawing import Picture, watch
from tests.support import resnet
from tests.support.resnet import resnet18

GOLDEN = Path(__file__).with_name("golden.txt")
# Whose lines stand in pictures, by what these call them.
SOURCES = {path.name: path for path in map(Path, (__file__, models.__file__, resnet.__file__))}


def leaf(*values: float) -> Any:
    return torch.tensor(list(values), requires_grad=True)


def leaves_and_a_non_leaf() -> Picture:  # 1
    w1, w2, x2 = leaf(2.0), leaf(2.0), leaf(0.5)
    y2 = x2**w1
    z2 = w2 * y2 + 1
    return torch.draw(z2)


def the_same_after_backward() -> Picture:  # 1
    w1, w2, x2 = leaf(2.0), leaf(2.0), leaf(0.5)
    y2 = x2**w1
    y2.retain_grad()
    z2 = w2 * y2 + 1
    z2.backward()
    return torch.draw(z2)


def the_split_network() -> Picture:  # 2
    net1, net2 = Net1(), Net2()
    optim.SGD(itertools.chain(net1.parameters(), net2.parameters()), lr=0.001, momentum=0.9)
    inputs, labels = torch.zeros(4, 3, 32, 32), torch.tensor([1, 5, 0, 9])
    with watch():
        outputs1 = net1(inputs)
        outputs2 = net2(outputs1)
        loss = F.cross_entropy(outputs2, labels)
        return torch.draw(loss)


def the_split_network_as_recorded() -> Picture:  # 2
    net1, net2 = Net1(), Net2()
    outputs1 = net1(torch.zeros(4, 3, 32, 32))
    loss = net2(outputs1).sum()
    return torch.draw(loss, depth=0)


def freezing_a_part() -> Picture:  # 3
    first, middle, last = nn.Linear(3, 4), nn.Linear(4, 4), nn.Linear(4, 2)
    for p in middle.parameters():
        p.requires_grad = False
    model = nn.Sequential(first, middle, nn.ReLU(), last)
    return torch.draw(model, torch.ones(5, 3))


def freezing_what_comes_first() -> Picture:  # 3
    trunk, head = nn.Linear(3, 4), nn.Linear(4, 2)
    trunk.requires_grad_(False)
    features = trunk(torch.ones(5, 3))
    out = head(features)
    return torch.draw(out)


def fine_tuning() -> Picture:  # 4
    model = resnet18(torch)
    for p in model.parameters():
        p.requires_grad = False
    model.fc = nn.Linear(512, 100)
    return torch.draw(model, torch.zeros(1, 3, 64, 64), depth=1)


def requires_grad_is_contagious() -> Picture:  # 5
    x, y, z = torch.ones(2), torch.ones(2), torch.ones(2, requires_grad=True)
    with watch():
        total = x + y + z
        return torch.draw(total)


def nothing_requires_grad() -> Picture:  # 6
    total = torch.ones(1) * 2
    return torch.draw(total)


def a_hook_on_a_non_leaf() -> Picture:  # 8
    x = leaf(1.0, 2.0, 3.0)
    y = x * 2
    y.register_hook(lambda grad: grad)
    x.register_hook(lambda grad: grad)
    z = y.sum()
    return torch.draw(z, mark=y)


def a_freed_graph() -> Picture:  # 11
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    y.backward()
    return torch.draw(y)


def several_losses_over_one_network() -> Picture:  # 13
    net, x = nn.Linear(3, 2), torch.ones(4, 3)
    with watch():
        a, b = net(x).pow(2).mean(), net(x).abs().mean()
        return torch.draw([a, b])


def detach_left_alone() -> Picture:  # 14
    a = leaf(1.0, 2.0, 3.0)
    with watch():
        out = a.sigmoid()
        c = out.detach()
        total = out.sum()
        return torch.draw([total, c])


def detach_as_recorded() -> Picture:  # 14
    a = leaf(1.0, 2.0, 3.0)
    c = a.sigmoid().detach()
    total = (c * a).sum()
    return torch.draw(total, mark=c)


def detach_and_data_share_memory() -> Picture:  # 15
    t1, t2 = leaf(1.0, 2.0), torch.tensor([2.0, 3.0])
    with watch():
        v3 = t1 + t2
        v4 = v3.detach()
        v4.data.add_(t1)
        return torch.draw([v3, v4])


def a_detached_tensor_that_is_written() -> Picture:  # 16
    a = leaf(1.0, 2.0, 3.0)
    out = a.sigmoid()
    c = out.detach()
    c.zero_()
    total = out.sum()
    return torch.draw(total)


def detach_in_place() -> Picture:  # 17
    a = leaf(1.0)
    b = a * 2
    b.detach_()
    b.requires_grad_()
    c = b * 3
    return torch.draw(c, mark=a)


def grad_modes() -> Picture:  # 21
    x = leaf(1.0)
    with watch():
        with torch.no_grad():
            y = x * 2
        z = y + x
        return torch.draw(z)


class MultiplyAdd(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, w: Any, x: Any, b: Any) -> Any:
        ctx.save_for_backward(w, x)
        return w * x + b

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        w, x = ctx.saved_tensors
        return grad * x, grad * w, grad


def a_function_of_ones_own() -> Picture:  # 22
    x, w, b = torch.ones(1), leaf(0.5), leaf(0.25)
    with watch():
        z = MultiplyAdd.apply(w, x, b)
        return torch.draw(z)


def higher_order() -> Picture:  # 23
    x = leaf(3.0)
    (gx,) = torch.autograd.grad(x**2, x, create_graph=True)
    return torch.draw(gx)


def two_ways_to_convolve() -> Picture:  # 24
    inputs = torch.zeros(1, 4, 5, 5)
    filters = nn.Parameter(torch.zeros(8, 4, 3, 3))
    layer = nn.Conv2d(4, 8, 3, stride=2, padding=1)
    return torch.draw([F.conv2d(inputs, filters, stride=2, padding=1), layer(inputs)])


def a_view_that_is_written() -> Picture:  # 26
    a = leaf(1.0, 2.0)
    b = a * 1
    b[1] = 10.0
    return torch.draw(b)


def a_network_over_a_sequence() -> Picture:  # 28
    cell, x = nn.RNNCell(2, 3), torch.zeros(3, 1, 2)

    def unrolled(x: Any) -> Any:
        h = torch.zeros(1, 3)
        for step in x:
            h = cell(step, h)
        return h

    return torch.draw(unrolled, x, depth=0)


DRAWN: list[Callable[[], Picture]] = [
    leaves_and_a_non_leaf,
    the_same_after_backward,
    the_split_network,
    the_split_network_as_recorded,
    freezing_a_part,
    freezing_what_comes_first,
    fine_tuning,
    requires_grad_is_contagious,
    nothing_requires_grad,
    a_hook_on_a_non_leaf,
    a_freed_graph,
    several_losses_over_one_network,
    detach_left_alone,
    detach_as_recorded,
    detach_and_data_share_memory,
    a_detached_tensor_that_is_written,
    detach_in_place,
    grad_modes,
    a_function_of_ones_own,
    higher_order,
    two_ways_to_convolve,
    a_view_that_is_written,
    a_network_over_a_sequence,
]


def golden_text(draw: Callable[[], Picture]) -> str:
    """The text of a picture, with the lines themselves instead of their numbers, which change."""

    def shown(match: re.Match[str]) -> str:
        lines = SOURCES[match[1]].read_text(encoding="utf-8").splitlines()
        return f"`{lines[int(match[2]) - 1].strip()}`"

    named = "|".join(map(re.escape, SOURCES))
    short = re.sub(rf'file "[^"]*?({named})", line ', r"\1:", str(draw()))
    return re.sub(rf"\b({named}):(\d+)", shown, short)


def everything() -> str:
    return "\n".join([f"# {draw.__name__}\n{golden_text(draw)}\n" for draw in DRAWN])


if __name__ == "__main__":
    GOLDEN.write_text(everything(), encoding="utf-8")
