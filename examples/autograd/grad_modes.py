"""How are results computed without a graph?

Within no_grad(), set_grad_enabled(False) or inference_mode() nothing is recorded: results
require no grad, have no grad_fn, and keep nothing alive that they were computed from. What
inference_mode() makes can never go into a graph later, either; use no_grad() where it shall.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell, tell_error
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([1.0], requires_grad=True)
    with torch.no_grad():
        y = x * 2
    tell(">>> with torch.no_grad(): y = x * 2")
    tell(f"{y.requires_grad, y.grad_fn = }", "x requires grad, but nobody took notes.")
    z = y + x
    tell(">>> z = y + x; z.backward()")
    z.backward()
    tell(f"{x.grad = }", "1, not 3: y counts as a constant.")
    save(draw(z), "grad_modes")

    for training in (True, False):
        with torch.set_grad_enabled(training):
            tell(f"set_grad_enabled({training}): {(x * 2).requires_grad = }")
    with torch.inference_mode():
        y = x * 2
    tell(f"inference_mode(): {y.requires_grad, y.is_inference() = }")
    tell(">>> x * y")
    try:
        x * y
    except RuntimeError as error:
        tell_error(error)
    tell(f"{x * y.clone() = }", "A copy made outside is an ordinary tensor.")


if __name__ == "__main__":
    start(main)
