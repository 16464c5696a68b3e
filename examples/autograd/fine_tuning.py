"""A new last layer on a frozen ResNet-18: what trains?

All parameters are frozen, then model.fc is replaced. The new layer's parameters require grad, as
those of any new layer do, so they alone get gradients and move. The forward pass through the
trunk builds no graph. Without --weights the trunk is a random one, which makes no difference to
what is shown here; with --weights DEFAULT torchvision's published weights are fetched.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw, nn
from minitorch.models import resnet18


def main(save: Save, weights: str | None = None) -> None:
    torch.manual_seed(0)
    model = resnet18(weights=weights)
    tell(">>> for p in model.parameters(): p.requires_grad = False")
    for p in model.parameters():
        p.requires_grad = False
    tell(">>> model.fc = nn.Linear(512, 100)")
    model.fc = nn.Linear(512, 100)
    tell(f"{model.fc.weight.requires_grad = }", "New parameters always do; the old fc is gone.")

    graphs = []
    model.avgpool.register_forward_hook(lambda module, args, out: graphs.append(out.grad_fn))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer = torch.optim.SGD(model.fc.parameters(), lr=1e-2, momentum=0.9)
    images, labels = torch.randn(4, 3, 64, 64), torch.tensor([1, 4, 99, 50])
    for step in (1, 2):
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        tell(f"step {step}: loss {loss.item():.4f}")
    moved = [name for name, p in model.named_parameters() if (p != before[name]).any()]
    tell(f"{moved = }", f"Two of {len(before)} parameters.")
    tell(f"{[n for n, p in model.named_parameters() if p.grad is not None] = }")
    tell(f"{graphs = }", "grad_fn of what leaves the trunk, step by step: no graph in there.")
    save(draw(model, images, depth=1), "fine_tuning")


if __name__ == "__main__":
    start(main, weights="DEFAULT, or the name of published weights")
