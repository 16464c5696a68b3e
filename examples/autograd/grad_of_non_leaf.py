"""How does one get the gradient of a non-leaf?

autograd.grad(z, y) returns it and writes no .grad anywhere. retain_grad(), called before
backward(), makes y keep its own.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_warnings
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    z = y.sum()
    tell(">>> torch.autograd.grad(z, y)")
    grads = torch.autograd.grad(z, y)
    tell(f"{grads = }", "A tuple, with a gradient for each tensor that was asked for.")
    tell(f"{x.grad = }", "It did not even go on to x.")
    with tell_warnings():
        tell(f"{y.grad = }")

    tell(">>> y.retain_grad(); z.backward()")
    y = x * 2
    y.retain_grad()
    z = y.sum()
    z.backward()
    tell(f"{y.grad = }", "Kept, as it was asked for.")
    tell(f"{x.grad = }", "backward() goes all the way to the leaves.")
    save(draw(z), "grad_of_non_leaf")


if __name__ == "__main__":
    start(main)
