"""Which tensors have a gradient after backward()?

Three tensors are made with requires_grad=True; y2 is computed from them, and z2 from that. Those
that were made are the leaves of the graph: each gets its gradient in .grad. y2 was computed, so
its gradient is needed on the way and then dropped: y2.grad is None, and asking for it warns.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_warnings
from minitorch import draw


def main(save: Save) -> None:
    torch.manual_seed(0)
    w1 = torch.tensor([2.0], requires_grad=True)
    w2 = torch.tensor([2.0], requires_grad=True)
    x2 = torch.rand(1, requires_grad=True)
    tell(f"{x2 = }", "Drawn at random, between 0 and 1. w1 and w2 are 2.")
    tell(">>> y2 = x2**w1")
    y2 = x2**w1
    tell(f"{y2 = }", "It came out of an operation and remembers which: grad_fn.")
    tell(">>> z2 = w2 * y2 + 1")
    z2 = w2 * y2 + 1
    tell(f"{z2 = }", "So the way back is known: through +, * and ** to the leaves.")
    tell(f"{[t.is_leaf for t in (w1, w2, x2, y2, z2)] = }")

    tell(">>> z2.backward()")
    z2.backward()
    tell(f"{x2.grad = }", "2 · w2 · x2: the derivative of w2 · x2² + 1.")
    tell(f"{w1.grad = }", "w2 · x2² · ln x2: below 0, as x2 is below 1.")
    tell(f"{w2.grad = }", "x2².")
    with tell_warnings():
        tell(f"{y2.grad = }", "No leaf: its gradient went on to x2 and w1, and was dropped.")
    save(draw(z2), "leaves")


if __name__ == "__main__":
    start(main)
