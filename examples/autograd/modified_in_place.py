"""What if a tensor that backward() needs is overwritten?

sigmoid saved its result, for its derivative is out · (1 − out). c = out.detach() is the same
memory, and c.zero_() overwrote it: the gradient would be wrong. The versions tell, and
backward() refuses. A copy, clone(), may be written to.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_error
from minitorch import draw


def main(save: Save) -> None:
    a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    out = a.sigmoid()
    c = out.detach()
    tell(">>> c = out.detach(); c.zero_()")
    c.zero_()
    tell(f"{out = }", "Same memory: out is overwritten, too.")
    tell(">>> out.sum().backward()")
    total = out.sum()
    save(draw(total), "modified_in_place")
    try:
        total.backward()
    except RuntimeError as error:
        tell_error(error)

    out = a.sigmoid()
    tell(">>> c = out.detach().clone(); c.zero_()")
    c = out.detach().clone()
    c.zero_()
    tell(">>> out.sum().backward()")
    out.sum().backward()
    tell(f"{a.grad = }", "A copy was overwritten; out is what it was.")


if __name__ == "__main__":
    start(main)
