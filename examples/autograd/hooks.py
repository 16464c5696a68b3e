"""How is a gradient in the middle seen, or changed?

By a hook: a function that backward() calls with the gradient when it comes past. register_hook()
returns a handle that removes it. What a hook returns, if anything, goes on instead of the
gradient.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    z = y.sum()
    seen = []
    tell(">>> h = y.register_hook(seen.append)")
    h = y.register_hook(seen.append)
    save(draw(z), "hooks")
    tell(">>> z.backward(retain_graph=True)")
    z.backward(retain_graph=True)
    tell(f"{seen = }", "The gradient of y: a sum passes 1 on to each entry.")
    tell(">>> h.remove(); z.backward()")
    h.remove()
    z.backward()
    tell(f"{len(seen) = }", "Removed, so it was not called again.")
    tell(f"{x.grad = }", "2 from each backward(): they add up.")

    x.grad = None
    y = x * 2
    tell(">>> y.register_hook(lambda grad: grad * torch.tensor([1.0, 10.0, 100.0]))")
    y.register_hook(lambda grad: grad * torch.tensor([1.0, 10.0, 100.0]))
    tell(">>> y.sum().backward()")
    y.sum().backward()
    tell(f"{x.grad = }", "2 times what the hook returned.")


if __name__ == "__main__":
    start(main)
