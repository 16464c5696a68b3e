"""How does one differentiate a gradient?

create_graph=True records the backward pass like any other computation: the gradient then has a
graph of its own. x² has the derivative 2x, and that has 2. It works through layers and losses as
well, and through a Function of one's own whose backward() is made of differentiable operations.
"""

from typing import Any

import minitorch as torch
import minitorch.nn.functional as F
from examples.autograd.telling import Save, start, tell
from minitorch import Tensor, draw


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return grad * 3 * x**2


def main(save: Save) -> None:
    x = torch.tensor([3.0], requires_grad=True)
    tell(">>> gx, = torch.autograd.grad(x**2, x, create_graph=True)")
    (gx,) = torch.autograd.grad(x**2, x, create_graph=True)
    tell(f"{gx = }", "2 · x, and it has a grad_fn.")
    save(draw(gx), "higher_order")
    tell(">>> torch.autograd.grad(gx, x)")
    tell(f"{torch.autograd.grad(gx, x) = }")

    (gx,) = torch.autograd.grad(Cube.apply(x), x, create_graph=True)
    tell(f"Cube: {gx.item() = }, {torch.autograd.grad(gx, x) = }", "3 · x², and 6 · x.")

    tell("The gradient of how long a gradient is, through")
    images = (torch.arange(32.0).view(1, 2, 4, 4) / 10).sin().requires_grad_()
    filters, labels = torch.ones(2, 2, 3, 3), torch.tensor([1, 0, 7, 3])
    for name, result in {
        "a convolution": F.conv2d(images, filters, padding=1) ** 2,
        "max pooling": F.max_pool2d(images, 2) ** 3,
        "batch norm": F.batch_norm(images, None, None, training=True) ** 3,
        "cross-entropy": F.cross_entropy(images.view(4, 8), labels),
    }.items():
        (first,) = torch.autograd.grad(result.sum(), images, create_graph=True)
        (second,) = torch.autograd.grad((first**2).sum(), images)
        tell(f"    {name:14} {tuple(second.shape)}, {second.abs().sum().item():.3g} in all")


if __name__ == "__main__":
    start(main)
