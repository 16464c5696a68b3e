"""What do two backward() calls leave in .grad?

Their sum. backward() adds to .grad, it does not replace it; that is why training loops call
zero_grad(). retain_graph=True on the first call keeps what the second one needs.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([1.0], requires_grad=True)
    y = x.sum()
    tell(">>> y = x.sum(); y.backward(retain_graph=True)")
    y.backward(retain_graph=True)
    tell(f"{x.grad = }")
    tell(">>> y.backward()")
    y.backward()
    tell(f"{x.grad = }", "1 + 1: the second gradient was added to the first.")

    tell(">>> x.grad = None; x.sum().backward()")
    x.grad = None
    y = x.sum()
    y.backward()
    tell(f"{x.grad = }", "Cleared before, as zero_grad() does.")
    save(draw(y), "retain_graph")


if __name__ == "__main__":
    start(main)
