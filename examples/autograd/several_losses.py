"""Several losses over one network: what is the gradient?

The sum of the gradients, as one backward() of the sum of the losses would give. Where the losses
share a part of the graph, all calls but the last need retain_graph=True.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw, nn


def main(save: Save) -> None:
    torch.manual_seed(0)
    net, x = nn.Linear(3, 2), torch.randn(4, 3)
    tell(">>> a, b = net(x).pow(2).mean(), net(x).abs().mean()")
    a, b = net(x).pow(2).mean(), net(x).abs().mean()
    save(draw([a, b]), "several_losses")
    tell(">>> a.backward(); b.backward()")
    a.backward()
    b.backward()
    one_by_one = net.weight.grad
    tell(f"{net.bias.grad = }")

    tell(">>> net.zero_grad(); (net(x).pow(2).mean() + net(x).abs().mean()).backward()")
    net.zero_grad()
    (net(x).pow(2).mean() + net(x).abs().mean()).backward()
    tell(f"{net.bias.grad = }", "The same.")
    tell(f"{torch.allclose(net.weight.grad, one_by_one) = }")

    tell(">>> out = net(x); a, b = out.pow(2).mean(), out.abs().mean()")
    net.zero_grad()
    out = net(x)
    a, b = out.pow(2).mean(), out.abs().mean()
    save(draw([a, b]), "several_losses_shared")
    tell(">>> a.backward(retain_graph=True); b.backward()")
    a.backward(retain_graph=True)
    b.backward()
    tell(f"{torch.allclose(net.weight.grad, one_by_one) = }", "net was called once, for both.")


if __name__ == "__main__":
    start(main)
