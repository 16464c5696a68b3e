"""How is what goes through a layer seen, or replaced?

By hooks of the module: before and after forward(), and before and after its backward. Each may
only look, or return what is to go on instead. The handle that registering returns removes it.
"""

import minitorch as torch
from examples.autograd.telling import Save, start, tell
from minitorch import draw, nn


def main(save: Save) -> None:
    torch.manual_seed(0)
    layer, x = nn.Linear(3, 2), torch.ones(4, 3)
    tell(">>> layer.register_forward_hook(lambda module, args, output: ...)")
    look = layer.register_forward_hook(
        lambda module, args, out: tell(f"    in {tuple(args[0].shape)}, out {tuple(out.shape)}")
    )
    replace = layer.register_forward_hook(lambda module, args, output: output * 0 + 1)
    tell(f"{layer(x)[0] = }", "What the second hook returned.")
    replace.remove()
    look.remove()
    tell(f"{layer(x)[0] = }", "Both removed: the layer's own result.")

    relu = nn.ReLU()
    with relu.register_forward_pre_hook(lambda module, args: (-args[0],)):
        tell(f"{relu(torch.tensor([-1.0, 2.0])) = }", "A pre-hook turned the sign of the input.")

    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    tell(">>> relu.register_full_backward_hook(lambda module, grad_input, grad_output: ...)")
    relu.register_full_backward_hook(
        lambda module, grad_input, grad_output: tell(f"    {grad_output = }\n    {grad_input = }")
    )
    out = relu(x)
    save(draw(out), "module_hooks")
    tell(">>> relu(x).sum().backward()")
    out.sum().backward()
    tell(f"{x.grad = }")
    tell(">>> relu.register_full_backward_pre_hook(lambda module, grad_output: ...)")
    relu.register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 5,))
    x.grad = None
    relu(x).sum().backward()
    tell(f"{x.grad = }", "A pre-hook made the gradient five times as large, on its way in.")


if __name__ == "__main__":
    start(main)
