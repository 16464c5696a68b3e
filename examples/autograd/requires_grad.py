"""When does a result require grad?

As soon as one of its inputs does: requires_grad of a result is the OR over its inputs. For only
then is there a leaf for which a gradient could be wanted.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw


def main(save: Save) -> None:
    x, y = torch.ones(2), torch.ones(2)
    z = torch.ones(2, requires_grad=True)
    tell(f"{x.requires_grad, y.requires_grad, z.requires_grad = }")
    plain = x + y
    tell(f"{(x + y).requires_grad = }", "Neither does: nothing is recorded.")
    total = plain + z
    tell(f"{(x + y + z).requires_grad = }", "z does: + is recorded, with a way back to z alone.")

    tell(">>> total.sum().backward()")
    total.sum().backward()
    tell(f"{z.grad = }")
    tell(f"{x.grad = }", "Not asked for, so not computed.")
    save(draw(total), "requires_grad")


if __name__ == "__main__":
    start(main)
