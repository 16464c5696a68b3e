"""Does detach() change the tensor it is called on?

No. It returns a second tensor on the same memory, without a history. As long as nobody writes
into that one, the gradients of the first are what they were.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw


def main(save: Save) -> None:
    a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    out = a.sigmoid()
    tell(">>> out = a.sigmoid(); c = out.detach()")
    c = out.detach()
    tell(f"{out.requires_grad, c.requires_grad = }", "c has no way back to a.")
    tell(f"{c.data_ptr() == out.data_ptr() = }", "One memory, two tensors: nothing was copied.")

    total = out.sum()
    save(draw([total, c]), "detach")
    tell(">>> out.sum().backward()")
    total.backward()
    tell(f"{a.grad = }", "out · (1 − out), as if c were not there.")


if __name__ == "__main__":
    start(main)
