"""What is left of the graph after b.detach_()?

Nothing before b. detach() returns another tensor, detach_() cuts off the tensor itself: it
forgets how it was computed, and becomes a leaf. Gradients that come to it end there.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw


def main(save: Save) -> None:
    a = torch.tensor([1.0], requires_grad=True)
    b = a * 2
    tell(f"{b = }, {b.is_leaf = }")
    tell(">>> b.detach_()")
    b.detach_()
    tell(f"{b = }, {b.is_leaf = }", "No grad_fn: it has forgotten a.")
    tell(">>> b.requires_grad_(); c = b * 3; c.backward()")
    b.requires_grad_()
    c = b * 3
    c.backward()
    tell(f"{b.grad = }", "A leaf that requires grad, so it keeps its gradient.")
    tell(f"{a.grad = }", "Nothing comes here any more.")
    save(draw(c), "detach_in_place")


if __name__ == "__main__":
    start(main)
