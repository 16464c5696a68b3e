"""State dicts: collecting them from a tree of modules, and loading them with a full report."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from minitorch.autograd.grad_mode import no_grad
from minitorch.nn.modules.walk import preorder
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor

if TYPE_CHECKING:
    from minitorch.nn.modules.module import Module

_EXTRA = "_extra_state"


class _IncompatibleKeys(NamedTuple):
    """What ``load_state_dict(strict=False)`` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return (
            f"_IncompatibleKeys(missing_keys={self.missing_keys}, "
            f"unexpected_keys={self.unexpected_keys})"
        )


def _own_tensors(module: Module) -> dict[str, Tensor]:
    """Return the parameters and persistent buffers of one module."""
    buffers = {
        name: buffer
        for name, buffer in module._buffers.items()
        if name not in module._non_persistent_buffers_set
    }
    tensors: dict[str, Tensor | None] = {**module._parameters, **buffers}
    return {name: tensor for name, tensor in tensors.items() if tensor is not None}


def _has(module: Module, method: str) -> bool:
    """Ask the class: a wrapper may offer the methods of what it wraps as its own."""
    return hasattr(type(module), method)


def save_own(module: Module, destination: Any, prefix: str, keep_vars: bool) -> None:
    """Put the state of one module into a dict."""
    if hasattr(destination, "_metadata"):
        destination._metadata[prefix[:-1]] = {"version": module._version}
    for name, tensor in _own_tensors(module).items():
        destination[prefix + name] = tensor if keep_vars else tensor.detach()
    if _has(module, "get_extra_state"):
        destination[prefix + _EXTRA] = module.get_extra_state()


def load(
    root: Module, state_dict: Mapping[str, Any], strict: bool, assign: bool
) -> _IncompatibleKeys:
    """Load a state dict into a module and all below it; see ``Module.load_state_dict``."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(
            f"Expected state_dict to be dict-like, got {type(state_dict)}. "
            "Pass what state_dict() returned, or what torch.load() read."
        )
    given = OrderedDict(state_dict)  # modules may rename keys in it
    missing: list[str] = []
    unexpected: list[str] = []
    errors: list[str] = []
    versions = getattr(state_dict, "_metadata", None) or {}
    names = []
    for name, module in preorder(root, unique=False):
        names.append((name, module))
        prefix = f"{name}." if name else ""
        metadata = {**versions.get(name, {}), "assign_to_params_buffers": assign}
        module._load_from_state_dict(given, prefix, metadata, True, missing, unexpected, errors)
    unexpected += _unclaimed(given, names)
    if strict and unexpected:
        errors.insert(0, f"Unexpected key(s) in state_dict: {_quote(unexpected)}. ")
    if strict and missing:
        errors.insert(0, f"Missing key(s) in state_dict: {_quote(missing)}. ")
    if errors:
        raise RuntimeError(_report(root, errors, strict and bool(missing or unexpected)))
    return _IncompatibleKeys(missing, unexpected)


def _report(root: Module, errors: list[str], names_differ: bool) -> str:
    hints = []
    if names_differ:
        hints.append("strict=False loads the keys that match and returns the others.")
    if any(error.startswith("size mismatch") for error in errors):
        hints.append("Take keys whose size differs out of the dict to keep the model's own values.")
    return "\n\t".join(
        [f"Error(s) in loading state_dict for {type(root).__name__}:", *errors, *hints]
    )


def _quote(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def _unclaimed(given: Mapping[str, Any], names: list[tuple[str, Module]]) -> list[str]:
    """Return the keys that no module has a place for, module by module."""
    claimed: set[str] = set()
    by_module: dict[str, list[str]] = {}
    empty: set[str] = set()  # a child that is None may be left in a checkpoint
    for name, module in names:
        by_module[name] = []
        prefix = f"{name}." if name else ""
        claimed.update(prefix + own for own in _own_tensors(module))
        if _has(module, "set_extra_state"):
            claimed.add(prefix + _EXTRA)
        empty.update(prefix + child for child, m in module._modules.items() if m is None)
    for key in given:
        if key in claimed:
            continue
        owner = key.rpartition(".")[0]
        while owner not in by_module and owner not in empty:
            owner = owner.rpartition(".")[0]
        if owner not in empty:
            by_module[owner].append(key)
    return [key for keys in by_module.values() for key in keys]


def load_own(
    module: Module,
    given: Mapping[str, Any],
    prefix: str,
    assign: bool,
    missing: list[str],
    errors: list[str],
) -> None:
    """Load the state of one module."""
    for name, tensor in _own_tensors(module).items():
        key = prefix + name
        if key not in given:
            missing.append(key)
        elif problem := _load_tensor(module, name, key, tensor, given[key], assign):
            errors.append(problem)
    if _has(module, "set_extra_state"):
        if prefix + _EXTRA in given:
            module.set_extra_state(given[prefix + _EXTRA])
        else:
            missing.append(prefix + _EXTRA)


def _load_tensor(
    module: Module, name: str, key: str, tensor: Tensor, value: Any, assign: bool
) -> str:
    """Load one tensor; return what is wrong with it, or ""."""
    if not isinstance(value, Tensor):
        return (
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like '
            f"object from checkpoint but received {type(value)}"
        )
    if value.shape == (1,) and tensor.shape == ():  # what a scalar was before PyTorch 0.4
        value = value[0]
    if value.shape != tensor.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, "
            f"the shape in current model is {tensor.shape}."
        )
    try:
        if assign:
            if isinstance(tensor, Parameter):
                value = value if isinstance(value, Parameter) else Parameter(value, False)
                value.requires_grad_(tensor.requires_grad)
            setattr(module, name, value)
        else:
            with no_grad():
                tensor.copy_(value)
    except Exception as error:  # one bad tensor must not hide what is wrong with the others
        return (
            f'While copying the parameter named "{key}", whose dimensions in the model are '
            f"{tensor.shape} and whose dimensions in the checkpoint are {value.shape}, "
            f"an exception occurred : {error.args}."
        )
    return ""
