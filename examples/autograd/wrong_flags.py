"""Which tensors can requires_grad not be set on?

Not False on a computed tensor: it requires grad because its inputs do; detach() gives one that
does not. Not True on integers: a derivative asks for small steps, and integers have none.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_error
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([1.0], requires_grad=True)
    y = x * 2
    tell(">>> y = x * 2; y.requires_grad = False")
    try:
        y.requires_grad = False
    except RuntimeError as error:
        tell_error(error)
    tell(f"{y.detach().requires_grad = }")

    counts = torch.tensor([1])
    tell(">>> counts = torch.tensor([1]); counts.requires_grad = True")
    try:
        counts.requires_grad = True
    except RuntimeError as error:
        tell_error(error)
    tell(">>> torch.tensor([1], requires_grad=True)")
    try:
        torch.tensor([1], requires_grad=True)
    except RuntimeError as error:
        tell_error(error)
    tell(f"{counts.float().requires_grad_() = }")
    z = y.detach() * x
    save(draw(z), "wrong_flags")


if __name__ == "__main__":
    start(main)
