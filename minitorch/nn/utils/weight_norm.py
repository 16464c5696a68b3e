"""Weights as length times direction, recomputed before each call: the older of two ways.

The newer one is ``parametrizations.weight_norm``.
"""

from __future__ import annotations

from typing import Any, TypeVar

from minitorch.autograd.sites import warn_user
from minitorch.nn.functional.checks import require_tensors
from minitorch.nn.modules.hooks import hooks_of
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter, is_lazy
from minitorch.ops.dims import wrap_dim
from minitorch.tensor import Tensor

_M = TypeVar("_M", bound=Module)


def norm_except_dim(v: Tensor, dim: int) -> Tensor:
    """Return the Euclidean norms of the slices along a dimension; −1: of the whole tensor.

    Shapes: (*) -> the same with ones for all sizes but that one; () for -1.
    """
    require_tensors("norm_except_dim(v)", v)
    if dim == -1:
        return v.norm()
    dim = wrap_dim(dim, v.ndim, of_scalars=False)
    slices = v.transpose(0, dim).flatten(1) if v.ndim > 1 else v.unsqueeze(1)
    shape = [1] * v.ndim
    shape[dim] = v.shape[dim]
    return slices.norm(dim=1).view(shape)


def weight_of(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """Return g · v / ‖v‖: (*) -> (*)."""
    return v * (g / norm_except_dim(v, dim))


class WeightNorm:
    """The hook that computes a weight before each call of its module."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        """Return the weight, from its length and direction."""
        g, v = getattr(module, self.name + "_g"), getattr(module, self.name + "_v")
        return weight_of(v, g, self.dim)

    @staticmethod
    def apply(module: Module, name: str, dim: int | None) -> WeightNorm:
        """Put the hook on a module."""
        warn_user(
            "`torch.nn.utils.weight_norm` is deprecated in favor of "
            "`torch.nn.utils.parametrizations.weight_norm`.",
            FutureWarning,
        )
        if find(module, "_forward_pre_hooks", WeightNorm, name) is not None:
            raise RuntimeError(
                f"Cannot register two weight_norm hooks on the same parameter {name}"
            )
        hook = WeightNorm(name, dim)
        weight = getattr(module, name)
        if is_lazy(weight):
            raise ValueError(
                "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure "
                "to run the dummy forward before applying weight normalization"
            )
        lengths = norm_except_dim(weight, hook.dim).data  # which may refuse, before any change
        del module._parameters[name]
        module.register_parameter(name + "_g", Parameter(lengths))
        module.register_parameter(name + "_v", Parameter(weight.data))
        setattr(module, name, hook.compute_weight(module))
        module.register_forward_pre_hook(hook)
        return hook

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        weight = self.compute_weight(module)
        delattr(module, self.name)
        del module._parameters[self.name + "_g"]
        del module._parameters[self.name + "_v"]
        setattr(module, self.name, Parameter(weight.data))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def find(module: Module, table: str, kind: type, name: str) -> int | None:
    """Return the key of the hook of a kind that is about one parameter, or None."""
    for key, hook in hooks_of(module, table).items():
        if isinstance(hook, kind) and getattr(hook, "name", None) == name:
            return int(key)
    return None


def weight_norm(module: _M, name: str = "weight", dim: int | None = 0) -> _M:
    """Replace a weight by ``<name>_g`` and ``<name>_v``, its lengths and its direction.

    Args:
        module: whose parameter.
        name: its name.
        dim: along which each slice has a length of its own; None: one length for all.

    Returns:
        The module.

    Raises:
        RuntimeError: if it is so already.
        ValueError: for an uninitialised parameter.
        IndexError: if there is no such dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.weight_norm.html
    """
    WeightNorm.apply(module, name, dim)
    return module


def remove_weight_norm(module: _M, name: str = "weight") -> _M:
    """Undo :func:`weight_norm`; the weight keeps its value.

    Raises:
        ValueError: if there is none.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.remove_weight_norm.html
    """
    key = find(module, "_forward_pre_hooks", WeightNorm, name)
    if key is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    module._forward_pre_hooks.pop(key).remove(module)
    return module
