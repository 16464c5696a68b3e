"""What does a write into v3.detach().data change?

v3 as well: v3, v3.detach() and .data are three tensors on one memory. Only v3 requires grad. Writes
through .data are not counted, so that backward() goes on with what it finds; writes through
detach() are.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw


def main(save: Save) -> None:
    t1, t2 = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([2.0, 3.0])
    v3 = t1 + t2
    v4 = v3.detach()
    tell(f"{v3 = }")
    tell(">>> v4 = v3.detach(); v4.data.add_(t1)")
    v4.data.add_(t1)
    tell(f"{v3 = }")
    tell(f"{v4 = }", "Both show what was written.")
    tell(f"{v3.requires_grad, v4.requires_grad = }")
    save(draw([v3, v4]), "shared_memory")

    out = t1.exp()
    tell(">>> out = t1.exp(); out.data.zero_(); out.sum().backward()")
    out.data.zero_()
    out.sum().backward()
    tell(f"{t1.grad = }", "Wrong, and nobody noticed; through detach() it is an error.")


if __name__ == "__main__":
    start(main)
