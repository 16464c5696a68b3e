"""What does a loss return, and does it require grad?

By default the mean over all entries; reduction="sum" and "none" give their sum, and all of them.
It requires grad if its input does: losses and activations have no parameters of their own.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw, nn


def main(save: Save) -> None:
    x, target = torch.tensor([1.0, 2.0, 4.0]), torch.zeros(3)
    tell(f"{nn.MSELoss()(x, target) = }", "(1 + 4 + 16) / 3.")
    tell(f"{nn.MSELoss(reduction='sum')(x, target) = }")
    tell(f"{nn.MSELoss(reduction='none')(x, target) = }")
    results = [layer(x) for layer in (nn.ReLU(), nn.Tanh(), nn.Sigmoid())]
    results += [loss(x, target) for loss in (nn.MSELoss(), nn.L1Loss())]
    tell(f"{[r.requires_grad for r in results] = }", "x does not, and they add nothing that does.")

    tell(">>> x.requires_grad_(); loss = nn.MSELoss()(x, target)")
    x.requires_grad_()
    loss = nn.MSELoss()(x, target)
    tell(f"{loss = }")
    tell(">>> loss.backward()")
    loss.backward()
    tell(f"{x.grad = }", "2 · x / 3.")
    save(draw(loss), "losses")


if __name__ == "__main__":
    start(main)
