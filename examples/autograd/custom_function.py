"""How does one write an operation of one's own?

As a class with two static methods: forward() computes and saves what is needed; backward() gets
the gradient of the result and returns one for each input, None where none is needed. It is
called by .apply(), and the graph has a node of its name.
"""

from typing import Any

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import Tensor, draw


class MultiplyAdd(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, w: Tensor, x: Tensor, b: Tensor) -> Tensor:
        ctx.save_for_backward(w, x)
        return w * x + b

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor | None, Tensor]:
        w, x = ctx.saved_tensors
        return grad * x, grad * w if ctx.needs_input_grad[1] else None, grad


def main(save: Save) -> None:
    torch.manual_seed(0)
    x = torch.ones(1)
    w, b = torch.rand(1, requires_grad=True), torch.rand(1, requires_grad=True)
    tell(f"{w = }, {b = }")
    tell(">>> z = MultiplyAdd.apply(w, x, b)")
    z = MultiplyAdd.apply(w, x, b)
    tell(f"{z = }", "w · x + b, by a node with the name of the class.")
    tell(">>> z.backward()")
    z.backward()
    tell(f"{w.grad, b.grad = }", "x, and 1.")
    tell(f"{x.grad = }", "x requires no grad: backward() returned None for it.")
    save(draw(z), "custom_function")


if __name__ == "__main__":
    start(main)
