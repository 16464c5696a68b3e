"""Why does backward() of a vector fail?

A gradient says how one number changes. For a single number backward() begins with 1, the
derivative of the number by itself. For a vector it must be told how much each entry counts:
gradient= is that weight, and what arrives is the gradient of the weighted sum.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_error
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    tell(f"{y = }")
    tell(">>> y.backward()")
    try:
        y.backward()
    except RuntimeError as error:
        tell_error(error)

    tell(">>> y.backward(gradient=torch.tensor([1.0, 0.1, 0.01]))")
    y.backward(gradient=torch.tensor([1.0, 0.1, 0.01]))
    tell(f"{x.grad = }", "2 for each entry, times its weight.")

    tell(">>> weighted = (x * 2 * torch.tensor([1.0, 0.1, 0.01])).sum()")
    weighted = (x * 2 * torch.tensor([1.0, 0.1, 0.01])).sum()
    tell(f"{torch.autograd.grad(weighted, x) = }", "The gradient of the weighted sum.")
    save(draw(y), "not_a_scalar")


if __name__ == "__main__":
    start(main)
