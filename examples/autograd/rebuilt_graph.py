"""Does a graph that is built anew forget what .grad holds?

No. The graph is dynamic: each forward pass builds another one, and backward() frees it. But the
leaves are the same tensors, and .grad is theirs; gradients of all the graphs add up there.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw


def main(save: Save) -> None:
    x = torch.tensor([3.0], requires_grad=True)
    nodes = []
    for turn in (1, 2, 3):
        y = x * x
        nodes.append(y.grad_fn)
        y.backward()
        tell(f"turn {turn}: {x.grad = }")
    tell("", "Each turn adds 2 · x = 6.")
    tell(f"{nodes[0] is nodes[1] = }", "Each forward pass recorded an operation of its own.")
    save(draw(y), "rebuilt_graph")


if __name__ == "__main__":
    start(main)
