"""Weights divided by their largest singular value before each call: the older of two ways.

The newer one is ``parametrizations.spectral_norm``.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.core.blas import held
from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter, is_lazy
from minitorch.nn.utils.weight_norm import find
from minitorch.tensor import Tensor

_M = TypeVar("_M", bound=Module)


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """Bring a dimension to the front and flatten the others: (*) -> (H, W)."""
    if dim != 0:
        weight = weight.permute(dim, *[d for d in range(weight.ndim) if d != dim])
    return weight.reshape(weight.shape[0], -1)


def dim_of_outputs(module: Module, dim: int | None) -> int:
    """Return the dimension of a weight that counts its outputs, unless one is given."""
    if dim is None:
        return 1 if getattr(module, "transposed", False) else 0
    return dim


class SpectralNorm:
    """The hook that computes a weight before each call of its module."""

    _version = 1

    def __init__(
        self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12
    ) -> None:
        self.name = name
        self.dim = dim
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        self.n_power_iterations = n_power_iterations
        self.eps = eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        """Return the weight; in training, after steps towards its largest singular value."""
        weight, u, v = (getattr(module, self.name + end) for end in ("_orig", "_u", "_v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    F.normalize(matrix.t().mv(u), dim=0, eps=self.eps, out=v)
                    F.normalize(matrix.mv(v), dim=0, eps=self.eps, out=u)
                # Two forwards may come before a backward, as in a GAN's: each keeps its own.
                u, v = u.clone(), v.clone()
        divided: Tensor = weight / u.dot(matrix.mv(v))
        return divided

    @staticmethod
    def apply(
        module: Module, name: str, n_power_iterations: int, dim: int, eps: float
    ) -> SpectralNorm:
        """Put the hook on a module."""
        if find(module, "_forward_pre_hooks", SpectralNorm, name) is not None:
            raise RuntimeError(
                f"Cannot register two spectral_norm hooks on the same parameter {name}"
            )
        hook = SpectralNorm(name, n_power_iterations, dim, eps)
        weight = module._parameters[name]
        if weight is None:
            raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
        if is_lazy(weight):
            raise ValueError(
                "The module passed to `SpectralNorm` can't have uninitialized parameters. Make "
                "sure to run the dummy forward before applying spectral normalization"
            )
        with no_grad():
            h, w = as_matrix(weight, dim).shape
            u, v = (F.normalize(weight.new_empty(n).normal_(0, 1), dim=0, eps=eps) for n in (h, w))
        delattr(module, name)
        module.register_parameter(name + "_orig", weight)
        setattr(module, name, weight.data)
        module.register_buffer(name + "_u", u)
        module.register_buffer(name + "_v", v)
        module.register_forward_pre_hook(hook)
        module._register_state_dict_hook(SpectralNormStateDictHook(hook))
        module._register_load_state_dict_pre_hook(SpectralNormLoadStateDictPreHook(hook))
        return hook

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for end in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + end)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


class SpectralNormStateDictHook:
    """Notes the version in the state's metadata."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn
        self.name = fn.name

    def __call__(self, module: Module, state_dict: Any, prefix: str, local_metadata: Any) -> None:
        notes = local_metadata.setdefault("spectral_norm", {})
        key = self.name + ".version"
        if key in notes:
            raise RuntimeError(f"Unexpected key in metadata['spectral_norm']: {key}")
        notes[key] = self.fn._version


class SpectralNormLoadStateDictPreHook:
    """Makes ``_v`` for states from before PyTorch 1.0, which had the weight in its place."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn
        self.name = fn.name

    def __call__(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        version = local_metadata.get("spectral_norm", {}).get(self.name + ".version")
        key = prefix + self.name
        if version is not None and version >= 1:
            return
        is_new = all(key + end in state_dict for end in ("_orig", "_u", "_v"))
        if version is None and is_new and key not in state_dict:
            return
        missing = [key + end for end in ("_orig", "", "_u") if key + end not in state_dict]
        if missing:
            missing_keys += missing if strict else []
            return
        with no_grad():
            original, weight = state_dict[key + "_orig"], state_dict.pop(key)
            sigma = (original / weight).mean()
            matrix, u = as_matrix(original, self.fn.dim), state_dict[key + "_u"]
            with held:
                v = Tensor._wrap(np.linalg.pinv(matrix._array) @ u._array)
            state_dict[key + "_v"] = v.mul_(sigma / u.dot(matrix.mv(v)))


def spectral_norm(
    module: _M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> _M:
    """Divide a weight by its largest singular value, which each call in training approaches.

    Args:
        module: whose parameter.
        name: its name; ``<name>_orig`` is what is trained.
        n_power_iterations: steps per call.
        eps: a norm to divide by is no smaller.
        dim: that counts the outputs; 1 for transposed convolutions, else 0.

    Returns:
        The module.

    Raises:
        RuntimeError: if it is so already.
        ValueError: for fewer than one step, or a parameter that is None or uninitialised.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html
    """
    SpectralNorm.apply(module, name, n_power_iterations, dim_of_outputs(module, dim), eps)
    return module


def remove_spectral_norm(module: _M, name: str = "weight") -> _M:
    """Undo :func:`spectral_norm`; the weight keeps its value.

    Raises:
        ValueError: if there is none.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.remove_spectral_norm.html
    """
    key = find(module, "_forward_pre_hooks", SpectralNorm, name)
    if key is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    module._forward_pre_hooks.pop(key).remove(module)
    for table, kind in (
        ("_state_dict_hooks", SpectralNormStateDictHook),
        ("_load_state_dict_pre_hooks", SpectralNormLoadStateDictPreHook),
    ):
        key = find(module, table, kind, name)
        if key is not None:
            del getattr(module, table)[key]
    return module
