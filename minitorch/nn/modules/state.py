"""State dicts: collecting them from a tree of modules, and loading them with a full report."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.sites import warn_user
from minitorch.nn.modules.defaults import Defaults
from minitorch.nn.modules.hooks import WithModule, hooks_of
from minitorch.nn.modules.walk import preorder
from minitorch.nn.parameter import Parameter, is_lazy
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


class LoadReport(_IncompatibleKeys):
    """What ``load_state_dict(mismatched="skip")`` did; as a tuple it is what else comes back.

    Attributes:
        loaded: names whose values were copied.
        skipped: why others were not, by their names.
    """

    loaded: list[str]
    skipped: dict[str, str]

    def __repr__(self) -> str:
        lines = [f"loaded {len(self.loaded)}, skipped {len(self.skipped)}"]
        lines += [f"skipped {name}: {reason}" for name, reason in self.skipped.items()]
        lines += [f"missing {name}" for name in self.missing_keys]
        lines += [f"unexpected {name}" for name in self.unexpected_keys]
        return "\n".join(lines)


class _Problem(str):
    """What is wrong with the value of one key."""

    key: str
    reason: str

    @classmethod
    def of(cls, key: str, message: str, reason: str) -> _Problem:
        problem = cls(message)
        problem.key, problem.reason = key, reason
        return problem


def renamed(state_dict: Mapping[str, Any], patterns: Mapping[str, str]) -> Any:
    """Return a state dict with each pattern replaced in its keys, in the order of the patterns.

    Raises:
        ValueError: two keys become one.
    """

    def new(name: str) -> str:
        for pattern, replacement in patterns.items():
            name = re.sub(pattern, replacement, name)
        return name

    changed: Any = OrderedDict()
    for key, value in state_dict.items():
        if new(key) in changed:
            raise ValueError(f"rename gives two keys the name {new(key)!r}; the second is {key!r}")
        changed[new(key)] = value
    versions = getattr(state_dict, "_metadata", None) or {}
    # Names of modules: with the dot that is there in keys.
    changed._metadata = {
        new(f"{name}.").removesuffix("."): about for name, about in versions.items()
    }
    return changed


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
    return getattr(type(module), method) is not getattr(Defaults, method)


def by_position(
    args: tuple[Any, ...], destination: Any, prefix: str, keep_vars: bool
) -> tuple[Any, str, bool]:
    """Read the arguments of ``state_dict`` where they were given without their names."""
    warn_user(
        "Positional args are being deprecated, use kwargs instead. Refer to "
        "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict "
        "for details.",
        FutureWarning,
    )
    given = (destination, prefix, keep_vars)
    return (*args, *given[len(args) :])


def has_own(method: str, base: type) -> Callable[[Module], bool]:
    """Return a test for modules whose class, or who themselves, replace a method of the base."""
    ours = getattr(base, method)
    return lambda module: getattr(getattr(module, method), "__func__", None) is not ours


def collect(
    root: Module,
    is_special: Callable[[Module], bool],
    destination: Any,
    prefix: str,
    keep_vars: bool,
) -> Any:
    """Put the state of a module and all below it into a dict; see ``Module.state_dict``.

    Modules below that are special are asked for theirs.
    """
    if destination is None:
        destination = OrderedDict()
        destination._metadata = OrderedDict()  # the _version of each module
    notes: dict[str, dict[str, Any]] = {}
    results = {"": destination}  # by name, of modules that all has been said of

    def enter(module: Module, below: str) -> None:
        notes[below] = {"version": module._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[below[:-1]] = notes[below]
        for hook in tuple(hooks_of(module, "_state_dict_pre_hooks").values()):
            hook(module, below, keep_vars)
        module._save_to_state_dict(destination, below, keep_vars)

    def leave(name: str, module: Module) -> None:
        below = f"{prefix}{name}." if name else prefix
        results[name] = _after_saving(module, destination, below, notes.pop(below))

    for name, module in preorder(root, unique=False, stop=is_special, leave=leave):
        below = f"{prefix}{name}." if name else prefix
        if module is root or not is_special(module):
            enter(module, below)
        else:
            module.state_dict(destination=destination, prefix=below, keep_vars=keep_vars)
    return results[""]


def _after_saving(module: Module, destination: Any, prefix: str, note: dict[str, Any]) -> Any:
    """Run the post-hooks; return the dict, or another that one of the old kind returned."""
    for hook in tuple(hooks_of(module, "_state_dict_hooks").values()):
        result = hook(module, destination, prefix, note)
        if result is None:
            continue
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                f"state_dict post-hook must return None, but returned a {type(result).__name__}: "
                "change the dict that it is given."
            )
        destination = result
    return destination


def save_own(module: Module, destination: Any, prefix: str, keep_vars: bool) -> None:
    """Put the state of one module into a dict."""
    for name, tensor in _own_tensors(module).items():
        destination[prefix + name] = tensor if keep_vars or is_lazy(tensor) else tensor.detach()
    if _has(module, "get_extra_state"):
        destination[prefix + _EXTRA] = module.get_extra_state()


def load(
    root: Module, state_dict: Mapping[str, Any], strict: bool, assign: bool, skip: bool = False
) -> _IncompatibleKeys:
    """Load a state dict into a module and all below it; see ``Module.load_state_dict``."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(
            f"Expected state_dict to be dict-like, got {type(state_dict)}. "
            "Pass what state_dict() returned, or what torch.load() read."
        )
    keys = _IncompatibleKeys([], [])
    errors: list[str] = []
    versions = getattr(state_dict, "_metadata", None) or {}
    given: Any = OrderedDict(state_dict)  # modules may rename keys in it
    given._metadata = versions
    parts = {"": given}  # by prefix, for modules to come

    def leave(name: str, module: Module) -> None:
        for hook in tuple(hooks_of(module, "_load_state_dict_post_hooks").values()):
            if hook(module, keys) is not None:
                raise AssertionError(
                    "Hooks registered with ``register_load_state_dict_post_hook`` are not expected "
                    "to return new values, if incompatible_keys need to be modified, it should be "
                    "done inplace."
                )

    for name, module in preorder(root, unique=False, leave=leave):
        prefix = f"{name}." if name else ""
        part = parts.pop(prefix, {})
        metadata = dict(versions.get(name, {}))
        if assign:
            metadata["assign_to_params_buffers"] = True
        module._load_from_state_dict(part, prefix, metadata, True, *keys, errors)
        parts.update(_by_child(part, prefix))
    missing, unexpected = keys
    skipped = {e.key: e.reason for e in errors if skip and isinstance(e, _Problem)}
    if skip:
        errors = [error for error in errors if not isinstance(error, _Problem)]
    if strict and unexpected:
        errors.insert(0, f"Unexpected key(s) in state_dict: {_quote(unexpected)}. ")
    if strict and missing:
        errors.insert(0, f"Missing key(s) in state_dict: {_quote(missing)}. ")
    if errors:
        raise RuntimeError(_report(root, errors, strict and bool(missing or unexpected)))
    if skip:
        keys = LoadReport(*keys)
        keys.skipped = skipped
        # What is left are parts of modules that are None, and unexpected ones.
        left = {key for part in parts.values() for key in part}.union(skipped, unexpected)
        keys.loaded = [key for key in given if key not in left]
    return keys


def _by_child(given: dict[str, Any], prefix: str) -> dict[str, dict[str, Any]]:
    """Return the entries of what is below a module, by the prefix of the child they belong to."""
    parts: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if key.startswith(prefix):
            child, dot, _ = key[len(prefix) :].partition(".")
            if dot:
                parts.setdefault(f"{prefix}{child}.", {})[key] = value
    return parts


def _report(root: Module, errors: list[str], names_differ: bool) -> str:
    hints = []
    if names_differ:
        hints.append(
            "strict=False loads the keys that match and returns the others. "
            "[explain: state-dict-keys]"
        )
    if any(error.startswith("size mismatch") for error in errors):
        hints.append(
            'mismatched="skip" keeps the model\'s own values of keys whose size differs. '
            "[explain: state-dict-shapes]"
        )
    return "\n\t".join(
        [f"Error(s) in loading state_dict for {type(root).__name__}:", *errors, *hints]
    )


def _quote(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def load_own(
    module: Module,
    given: dict[str, Any],
    prefix: str,
    metadata: dict[str, Any],
    strict: bool,
    missing: list[str],
    unexpected: list[str],
    errors: list[str],
) -> None:
    """Load the state of one module."""
    for hook in tuple(hooks_of(module, "_load_state_dict_pre_hooks").values()):
        arguments = (given, prefix, metadata, strict, missing, unexpected, errors)
        if isinstance(hook, WithModule):
            hook.hook(module, *arguments)
        else:
            hook(*arguments)
    assign = metadata.get("assign_to_params_buffers", False)
    own = _own_tensors(module)
    for name, tensor in own.items():
        key = prefix + name
        if key not in given:
            if strict:
                missing.append(key)
        elif problem := _load_tensor(module, name, key, tensor, given[key], assign):
            errors.append(problem)
    known = {prefix + name for name in own}
    if _has(module, "set_extra_state"):
        extra = prefix + _EXTRA
        known.add(extra)
        if extra in given:
            module.set_extra_state(given[extra])
        elif strict:
            missing.append(extra)
    if strict:
        unexpected += _unclaimed(module, given, prefix, known)


def _unclaimed(module: Module, given: Mapping[str, Any], prefix: str, known: set[str]) -> list[str]:
    """Return the keys that neither this module nor a child of it has a place for."""
    keys = []
    for key in given:
        if key not in known and key.startswith(prefix):
            child, dot, _ = key[len(prefix) :].partition(".")
            if not dot or child not in module._modules:  # one that is None may be in a checkpoint
                keys.append(key)
    return keys


def _load_tensor(
    module: Module, name: str, key: str, tensor: Tensor, value: Any, assign: bool
) -> str:
    """Load one tensor; return what is wrong with it, or ""."""
    if not isinstance(value, Tensor):
        return _Problem.of(
            key,
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like '
            f"object from checkpoint but received {type(value)}",
            f"a {type(value).__name__}, no tensor",
        )
    if is_lazy(tensor):
        if is_lazy(value):
            return ""  # neither knows a shape: there is nothing to copy
        tensor.materialize(value.shape)
    if value.shape == (1,) and tensor.shape == ():  # what a scalar was before PyTorch 0.4
        value = value[0]
    if value.shape != tensor.shape:
        return _Problem.of(
            key,
            f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, "
            f"the shape in current model is {tensor.shape}.",
            f"shape {tuple(value.shape)} does not fit {tuple(tensor.shape)}",
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
        return _Problem.of(
            key,
            f'While copying the parameter named "{key}", whose dimensions in the model are '
            f"{tensor.shape} and whose dimensions in the checkpoint are {value.shape}, "
            f"an exception occurred : {error.args}.",
            str(error),
        )
    return ""
