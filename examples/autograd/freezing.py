"""What becomes of parameters with requires_grad=False?

They get no gradient and do not move, and what comes before and after them still trains:
gradients go through a frozen layer, they only do not end there. Where nothing before it needs a
gradient either, no graph is built at all, so that backward() costs nothing there.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw, nn


def main(save: Save) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    tell(">>> for p in model[1].parameters(): p.requires_grad = False")
    for p in model[1].parameters():
        p.requires_grad = False
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    before = [p.detach().clone() for p in model.parameters()]
    x = torch.randn(5, 3)
    for _ in range(2):
        optimizer.zero_grad()
        model(x).pow(2).sum().backward()
        optimizer.step()
    tell("Two steps of training later:")
    for (name, p), b in zip(model.named_parameters(), before, strict=True):
        grad = "no gradient" if p.grad is None else "gradient"
        tell(f"    {name:9} {grad:12} {'moved' if (p != b).any() else 'where it was'}")
    tell("", "Layer 1 let the gradient through to layer 0. Weight decay left it alone, too.")
    save(draw(model, x), "freezing")

    trunk, head = nn.Linear(3, 4), nn.Linear(4, 2)
    tell(">>> trunk.requires_grad_(False)")
    trunk.requires_grad_(False)
    features = trunk(x)
    out = head(features)
    tell(f"{features.grad_fn = }", "Nothing in there needs a gradient: no graph was built.")
    tell(f"{out.requires_grad = }", "The head trains; its backward() ends where the trunk begins.")
    save(draw(out), "freezing_trunk")


if __name__ == "__main__":
    start(main)
