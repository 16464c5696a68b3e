"""What do old programs mean by Variable and volatile?

Variable once was what held a tensor's history. Tensors have their own now, and Variable(x)
returns a tensor. volatile=True marked inputs of which nothing should be recorded; no_grad() does
that today. It is accepted with a warning and has the effect that it had then: nothing computed
from it requires grad.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_warnings
from minitorch import draw
from minitorch.autograd import Variable


def main(save: Save) -> None:
    x = Variable(torch.ones(2), requires_grad=True)
    tell(">>> x = Variable(torch.ones(2), requires_grad=True)")
    tell(f"{x = }", "A tensor like any other.")
    tell(f"{type(x) is torch.Tensor = }")
    tell(">>> v = Variable(torch.ones(2), volatile=True)")
    with tell_warnings():
        v = Variable(torch.ones(2), volatile=True)
    tell(f"{(v * x).requires_grad = }", "x does, but v was volatile.")

    tell(">>> with torch.no_grad(): y = torch.ones(2) * x")
    with torch.no_grad():
        y = torch.ones(2) * x
    tell(f"{y.requires_grad = }", "How it is said today.")
    save(draw(y), "variable")


if __name__ == "__main__":
    start(main)
