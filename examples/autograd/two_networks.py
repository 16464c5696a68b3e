"""Does the gradient cross from one network to another?

The network of PyTorch's CIFAR-10 tutorial, cut into net1 (convolutions) and net2 (fully
connected). The graph knows of no cut: what net1's last operation gives, net2's first one takes. So
one backward() reaches the parameters of both, one optimizer moves them, and in which order it
was given them makes no difference. The images, and what passes from net1 to net2, get no .grad.
"""

import itertools

import minitorch as torch
import minitorch.nn.functional as F
from examples.autograd.telling import Save, start, tell, tell_warnings
from minitorch import draw, nn


class Net1(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 6, 5), nn.Conv2d(6, 16, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # (N, 3, 32, 32)
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)  # (N, 6, 14, 14)
        return F.max_pool2d(F.relu(self.conv2(x)), 2)  # (N, 16, 5, 5)


class Net2(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:  # (N, 16, 5, 5)
        x = F.relu(self.fc1(x.flatten(1)))
        return self.fc3(F.relu(self.fc2(x)))  # (N, 10)


def main(save: Save) -> None:
    ends = []
    for order in (1, -1):
        torch.manual_seed(0)
        net1, net2 = Net1(), Net2()
        parameters = [*net1.parameters(), *net2.parameters()]
        before = [p.detach().clone() for p in parameters]
        nets = [net1, net2][::order]
        chain = itertools.chain(nets[0].parameters(), nets[1].parameters())
        optimizer = torch.optim.SGD(chain, lr=0.001, momentum=0.9)
        inputs, labels = torch.randn(4, 3, 32, 32), torch.tensor([1, 5, 0, 9])
        outputs1 = net1(inputs)
        outputs2 = net2(outputs1)
        loss = nn.CrossEntropyLoss()(outputs2, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ends.append(parameters)

    tell(">>> outputs1 = net1(inputs); outputs2 = net2(outputs1)")
    tell(">>> loss = nn.CrossEntropyLoss()(outputs2, labels); loss.backward()")
    tell(f"{inputs.requires_grad, inputs.grad = }", "Nobody asked for gradients of the images.")
    tell(f"{outputs1.requires_grad = }", "It was computed from net1's parameters.")
    with tell_warnings():
        tell(f"{outputs1.grad = }", "But it is no leaf: its gradient went on into net1.")
    tell(f"{net2.fc3.bias.grad is None = }", "A leaf, close to the loss.")
    tell(f"{net1.conv1.bias.grad is None = }", "A leaf of the other network, at the far end.")
    tell(">>> SGD(itertools.chain(net1.parameters(), net2.parameters())).step()")
    moved = [bool((p != b).any()) for p, b in zip(parameters, before, strict=True)]
    tell(f"{all(moved) = }", "All ten parameters, of both networks.")
    same = all(torch.equal(p, q) for p, q in zip(*ends, strict=True))
    tell(f"{same = }", "With net2's parameters first, each ends at the same value to the last bit.")
    save(draw(loss, depth=0), "two_networks")


if __name__ == "__main__":
    start(main)
