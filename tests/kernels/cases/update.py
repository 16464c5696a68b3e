"""Cases of updates by optimizers."""

from functools import partial
from typing import Any

from tests.kernels.check import Row, normal

# lr, momentum, dampening, weight_decay, nesterov, maximize
SGD = {
    "plain": (0.1, 0.0, 0.0, 0.0, False, False),
    "uphill, decayed": (0.5, 0.0, 0.0, 0.01, False, True),
    "momentum": (0.1, 0.9, 0.0, 0.0, False, False),
    "momentum, dampened": (0.1, 0.9, 0.25, 0.01, False, False),
    "nesterov": (0.1, 0.9, 0.0, 0.01, True, False),
    "nesterov, dampened": (0.1, 0.9, 0.25, 0.0, True, True),
}
SHAPES = [(), (0,), (3, 2), (2, 3, 2)]


def first(options: Any, shape: Any, dtype: Any) -> tuple[Any, ...]:
    return normal(shape, dtype), normal(shape, dtype, 1), None, *options


def later(options: Any, shape: Any, dtype: Any) -> tuple[Any, ...]:
    return normal(shape, dtype), normal(shape, dtype, 1), normal(shape, dtype, 2), *options


def sgd(
    torch: Any, param: Any, grad: Any, buffer: Any, lr: float, momentum: float, dampening: float,
    weight_decay: float, nesterov: bool, maximize: bool,
) -> Any:  # fmt: skip
    """One step of PyTorch's optimizer: buffer, param and, where one came in, the buffer again."""
    parameter = torch.nn.Parameter(torch.tensor(param))
    optimizer = torch.optim.SGD([parameter], lr, momentum, dampening, weight_decay)
    # Set here, for the constructor refuses Nesterov's form with dampening.
    optimizer.param_groups[0].update(nesterov=nesterov, maximize=maximize)
    if buffer is not None:
        optimizer.state[parameter]["momentum_buffer"] = torch.tensor(buffer)
    parameter.grad = torch.tensor(grad)
    optimizer.step()
    out = optimizer.state[parameter].get("momentum_buffer")
    return out, parameter, None if buffer is None else out


ROWS = {
    "update.sgd_": Row(
        {
            f"{name}, {shape}, {build.__name__} step": partial(build, options, shape)
            for name, options in SGD.items()
            for shape in SHAPES
            for build in ((first, later) if options[1] else (first,))
        },
        sgd,
        writes=(0, 2),
        tolerance={2: 1e-3, 4: 1e-6, 8: 1e-14},
    )
}
