"""Cases of functions of each element."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from tests.kernels.check import Row, normal

SHAPES = {
    "a few": (5,),
    "rows": (3, 37),
    "three dimensions": (2, 3, 70),
    "tiles and a rest": ((1 << 18) + 13,),
    "none": (0, 3),
}
ENDS = np.array([0, -0.0, 1e-5, -1e-5, 3.9, -4.1, 9, -9, 11, -11, np.nan])


def arrays(shape: Any, count: int, dtype: Any) -> tuple[np.ndarray, ...]:
    """Numbers of all sizes; those that are special meet each other."""
    made = [normal(shape, dtype, seed) * dtype(3) for seed in range(count)]
    for seed, array in enumerate(made):
        some = array.reshape(-1)[: len(ENDS)]
        some[:] = np.roll(ENDS, seed)[: some.size]
    return tuple(made)


def _cases(count: int, *rest: Any) -> dict[str, Callable[[Any], tuple[Any, ...]]]:
    def build(shape: Any, dtype: Any) -> tuple[Any, ...]:
        return (*arrays(shape, count, dtype), *rest)

    return {name: partial(build, shape) for name, shape in SHAPES.items()}


def _row(parity: Callable[..., Any], count: int, *rest: Any) -> Row:
    def said(torch: Any, *arguments: Any) -> Any:
        tensors = [torch.tensor(a) for a in arguments[:count]]
        return parity(torch.ops.aten, *tensors, *arguments[count:])

    return Row(_cases(count, *rest), said, follows=True)


def _gelu_row(name: str, count: int) -> Row:
    def said(torch: Any, *arguments: Any) -> Any:
        tensors = [torch.tensor(a) for a in arguments[:count]]
        return getattr(torch.ops.aten, name)(*tensors, approximate=arguments[count])

    both = {
        f"{approximate}: {case}": build
        for approximate in ("none", "tanh")
        for case, build in _cases(count, approximate).items()
    }
    return Row(both, said, follows=True)


def _relu_(torch: Any, x: Any) -> Any:
    return None, torch.relu(torch.tensor(x))


ROWS = {
    "elementwise.relu": _row(lambda aten, x: aten.relu(x), 1),
    "elementwise.relu_": Row(_cases(1), _relu_, writes=(0,)),
    "elementwise.threshold_grad": _row(lambda aten, g, o: aten.threshold_backward(g, o, 0), 2),
    "elementwise.leak": _row(
        lambda aten, v, x, slope: aten.leaky_relu_backward(v, x, slope, False), 2, -0.3
    ),
    "elementwise.sigmoid": _row(lambda aten, x: aten.sigmoid(x), 1),
    "elementwise.sigmoid_grad": _row(lambda aten, g, o: aten.sigmoid_backward(g, o), 2),
    "elementwise.tanh_grad": _row(lambda aten, g, o: aten.tanh_backward(g, o), 2),
    "elementwise.silu": _row(lambda aten, x: aten.silu(x), 1),
    "elementwise.silu_grad": _row(lambda aten, g, x: aten.silu_backward(g, x), 2),
    "elementwise.gelu": _gelu_row("gelu", 1),
    "elementwise.gelu_grad": _gelu_row("gelu_backward", 2),
    "elementwise.erf": _row(lambda aten, x: aten.erf(x), 1),
}
