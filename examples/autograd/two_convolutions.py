"""Do F.conv2d and nn.Conv2d compute the same?

Yes. The function is given its filters, the module owns them: parameters that require grad and
that model.parameters() finds. With the same filters the results are the same.
"""

import minitorch as torch
import minitorch.nn.functional as F
from examples.autograd.telling import Save, start, tell
from minitorch import draw, nn


def main(save: Save) -> None:
    torch.manual_seed(0)
    inputs = torch.randn(1, 4, 5, 5)
    filters = nn.Parameter(torch.randn(8, 4, 3, 3))
    tell(">>> by_function = F.conv2d(inputs, filters, stride=2, padding=1)")
    by_function = F.conv2d(inputs, filters, stride=2, padding=1)
    tell(f"{by_function.shape = }", "(5 + 2 · 1 − 3) // 2 + 1 = 3: eight maps of 3×3.")
    tell(">>> layer = nn.Conv2d(4, 8, 3, stride=2, padding=1)")
    layer = nn.Conv2d(4, 8, 3, stride=2, padding=1)
    by_layer = layer(inputs)
    tell(f"{by_layer.shape = }")
    tell(f"{[name for name, _ in layer.named_parameters()] = }")
    save(draw([by_function, by_layer]), "two_convolutions")

    with torch.no_grad():
        layer.weight.copy_(filters)
        layer.bias.zero_()
    tell(f"{torch.equal(layer(inputs), by_function) = }", "With the same filters, and no bias.")


if __name__ == "__main__":
    start(main)
