"""LeNet-5 in PyTorch, which torchvision does not have."""

from types import ModuleType
from typing import Any


def lenet_of(torch: ModuleType) -> Any:
    """The class, with the names and arguments of ``minitorch.models.LeNet``."""
    nn = torch.nn

    class LeNet(nn.Module):
        def __init__(self, num_classes: int = 10, in_channels: int = 1) -> None:
            super().__init__()
            self.c1 = nn.Conv2d(in_channels, 6, kernel_size=5)
            self.s2 = nn.AvgPool2d(kernel_size=2)
            self.c3 = nn.Conv2d(6, 16, kernel_size=5)
            self.s4 = nn.AvgPool2d(kernel_size=2)
            self.c5 = nn.Conv2d(16, 120, kernel_size=5)
            self.f6 = nn.Linear(120, 84)
            self.output = nn.Linear(84, num_classes)

        def forward(self, x: Any) -> Any:
            x = self.s2(torch.tanh(self.c1(x)))
            x = self.s4(torch.tanh(self.c3(x)))
            x = torch.tanh(self.c5(x)).view(-1, 120)
            return self.output(torch.tanh(self.f6(x)))

    return LeNet
