"""Why does a second backward() fail?

x * x saved x, for its derivative is made of it. The first backward() lets go of what was saved
as it goes, so that memory is free again; the second finds nothing. retain_graph=True keeps it.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_error
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    save(draw(y), "freed_graph_before")
    tell(">>> y = (x * x).sum(); y.backward()")
    y.backward()
    tell(f"{x.grad = }", "2 · x.")
    tell(">>> y.backward()")
    try:
        y.backward()
    except RuntimeError as error:
        tell_error(error)
    save(draw(y), "freed_graph")

    x.grad = None
    y = (x * x).sum()
    tell(">>> y.backward(retain_graph=True); y.backward()")
    y.backward(retain_graph=True)
    y.backward()
    tell(f"{x.grad = }", "2 · x, twice. The last call may free the graph.")


if __name__ == "__main__":
    start(main)
