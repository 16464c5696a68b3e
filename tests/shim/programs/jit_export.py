from typing import List, Optional
import torch
from torch import Tensor, nn
import torch.jit
from torch.jit import Final


@torch.jit.script
def fused(x: Tensor, y: Tensor) -> Tensor:
    return torch.tanh(x) * torch.sigmoid(y)


class Cell(torch.jit.ScriptModule):
    __constants__ = ["n"]
    n: Final[int]

    def __init__(self, n: int):
        super().__init__()
        self.n = n
        self.lin = nn.Linear(n, 2 * n)

    @torch.jit.script_method
    def forward(self, x: Tensor) -> Tensor:
        a, b = self.lin(x).chunk(2, dim=-1)
        return fused(a, b)

    @torch.jit.ignore
    def describe(self) -> str:
        return "cell of %d" % self.n

    @torch.jit.unused
    def never(self, x: Optional[List[int]]):
        raise NotImplementedError


torch.manual_seed(0)
m = Cell(3)
x = torch.randn(2, 3)
if not torch.jit.is_scripting() and not torch.jit.is_tracing():
    s = torch.jit.script(m)
    t = torch.jit.trace(m, (x,))
    print(m.describe(), torch.allclose(s(x), t(x)), torch.jit.annotate(List[int], []))
    print(["%.4f" % v for v in m(x).sum(0).tolist()])
