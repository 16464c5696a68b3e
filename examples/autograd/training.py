"""Do a LeNet, a line and an RNN train as in PyTorch?

A LeNet learns sixteen images by heart, with SGD; a line is fitted by least squares, its
parameters updated by hand within no_grad(); an RNN, as a layer and as a cell that is called step
by step, learns to go on with a sine. A few steps each: from the same seed the losses are
PyTorch's.
"""

from collections.abc import Callable

import minitorch as torch
import minitorch.nn.functional as F
from examples.autograd.curves import Curves
from examples.autograd.telling import Save, start, tell
from minitorch import Tensor, draw, nn


def lenet() -> list[float]:
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )
    images, labels = torch.randn(16, 1, 28, 28), torch.randint(10, (16,))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def least_squares() -> list[float]:
    torch.manual_seed(0)
    x = torch.randn(50, 2)
    y = x @ torch.tensor([2.0, -3.4]) + 4.2 + 0.01 * torch.randn(50)
    w, b = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
    losses = []
    for _ in range(30):
        loss = ((x @ w + b - y) ** 2).mean() / 2
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.3 * p.grad
                p.grad.zero_()
        losses.append(loss.item())
    tell(f"    y = {w[0]:.2f} · x1 + {w[1]:.2f} · x2 + {b.item():.2f}, drawn with 2, −3.4 and 4.2")
    return losses


def go_on(layer: nn.Module, forward: Callable[[Tensor], Tensor]) -> list[float]:
    """Learn to predict the next number of a sine."""
    head = nn.Linear(16, 1)
    optimizer = torch.optim.SGD([*layer.parameters(), *head.parameters()], lr=0.1)
    wave = torch.sin(torch.arange(21) * 0.4).reshape(21, 1, 1)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = F.mse_loss(head(forward(wave[:-1])), wave[1:])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main(save: Save) -> None:
    def unrolled(wave: Tensor) -> Tensor:
        h, outs = torch.zeros(1, 16), []
        for x in wave:
            h = cell(x, h)
            outs.append(h)
        return torch.stack(outs)

    losses = {"LeNet": lenet(), "least squares": least_squares()}
    torch.manual_seed(0)
    layer = nn.RNN(1, 16, num_layers=2)
    losses["nn.RNN"] = go_on(layer, lambda wave: layer(wave)[0])
    torch.manual_seed(0)
    cell = nn.RNNCell(1, 16)
    losses["nn.RNNCell"] = go_on(cell, unrolled)
    for name, values in losses.items():
        first, last = " ".join(f"{v:.4f}" for v in values[:5]), f"{values[-1]:.4f}"
        tell(f"{name:14} {first}" + (f" ... {last}" if len(values) > 5 else ""))
    tell("", "All fall. The graph of the cell has it once per step, with the same weights.")
    wave = torch.zeros(3, 1, 1)
    save(draw(unrolled(wave), depth=0), "training")
    save(Curves(losses), "training_losses")


if __name__ == "__main__":
    start(main)
