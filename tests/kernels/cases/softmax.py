"""Cases of softmax, its logarithm and their gradients."""

from functools import partial
from typing import Any

from minitorch.kernels.reference import REFERENCE
from tests.kernels.check import Row, kernel_of, normal

CASES = [
    ((3, 4, 5), 1),
    ((3, 4, 5), -1),
    ((3, 4, 5), 0),
    ((6,), 0),
    ((2, 1), 1),
    ((0, 3), 1),
    ((3, 0), 1),
    ((2, 3, 2, 2), -3),
    ((3, 37), 1),
    ((41, 10), 1),
    ((2, 19, 32), 2),
    ((2, 3, 70), -1),
]


def along(shape: Any, dim: int, dtype: Any) -> tuple[Any, ...]:
    return normal(shape, dtype) * dtype(5), dim


def along_grad(name: str, shape: Any, dim: int, dtype: Any) -> tuple[Any, ...]:
    out = kernel_of(REFERENCE, name)(*along(shape, dim, dtype))
    return normal(shape, dtype, 1), out, dim


def _forward(torch: Any, x: Any, dim: int) -> Any:
    return torch.softmax(torch.tensor(x), dim)


def _log(torch: Any, x: Any, dim: int) -> Any:
    return torch.log_softmax(torch.tensor(x), dim)


def _grad(torch: Any, grad: Any, out: Any, dim: int) -> Any:
    tensors = torch.tensor(grad), torch.tensor(out)
    return torch._softmax_backward_data(*tensors, dim, torch.float64)


def _log_grad(torch: Any, grad: Any, out: Any, dim: int) -> Any:
    tensors = torch.tensor(grad), torch.tensor(out)
    return torch._log_softmax_backward_data(*tensors, dim, torch.float64)


def _all(build: Any) -> dict[str, Any]:
    return {f"{shape} along {dim}": partial(build, shape, dim) for shape, dim in CASES}


ROWS = {
    "softmax.forward": Row(_all(along), _forward),
    "softmax.grad": Row(_all(partial(along_grad, "softmax.forward")), _grad),
    "softmax.log": Row(_all(along), _log),
    "softmax.log_grad": Row(_all(partial(along_grad, "softmax.log")), _log_grad),
}
