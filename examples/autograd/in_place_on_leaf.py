"""Why may a leaf that requires grad not be written to?

A leaf is where gradients end: x.grad is the derivative by the x that was there. After x.add_(1)
the tensor would have been computed from an earlier x, and no longer be a leaf. Updates of
parameters are not meant to be recorded: they are written within no_grad().
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_error
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([1.0], requires_grad=True)
    tell(">>> x.add_(1)")
    try:
        x.add_(1)
    except RuntimeError as error:
        tell_error(error)

    tell(">>> with torch.no_grad(): x.add_(1)")
    with torch.no_grad():
        x.add_(1)
    tell(f"{x = }, {x.is_leaf = }", "Written without a record: how optimizers do it.")
    tell(">>> y = x.clone().add_(1)")
    y = x.clone().add_(1)
    tell(f"{y = }", "A copy is no leaf: here the write is recorded.")
    tell(">>> y.backward()")
    y.backward()
    tell(f"{x.grad = }")
    save(draw(y), "in_place_on_leaf")


if __name__ == "__main__":
    start(main)
