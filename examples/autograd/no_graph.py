"""What does backward() say where nothing requires grad?

An error. Without a leaf that requires grad nothing was recorded, so there is no way back to go.
The remedy is to say before the computation which tensor a gradient is wanted for.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_error
from minitorch import draw


def main(save: Save) -> None:
    x = torch.ones(1)
    y = x * 2
    tell(f"{y.requires_grad, y.grad_fn = }", "Computed from a plain tensor: no graph.")
    tell(">>> y.backward()")
    try:
        y.backward()
    except RuntimeError as error:
        tell_error(error)
    save(draw(y), "no_graph")

    tell(">>> x.requires_grad_()")
    x.requires_grad_()
    tell(f"{y.requires_grad = }", "Too late for y: what was not recorded stays so.")
    tell(">>> y = x * 2; y.backward()")
    y = x * 2
    y.backward()
    tell(f"{x.grad = }", "Computed anew, y has a graph.")
    save(draw(y), "no_graph_mended")


if __name__ == "__main__":
    start(main)
