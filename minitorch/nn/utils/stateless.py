"""Calling a module with other parameters and buffers than its own."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor

__all__ = ["functional_call"]

Tensors = dict[str, Any]  # by dotted name
_Place = tuple[Module, str]  # a module, and the name of a tensor in it

_NOTHING: Any = object()  # what stands at a name that leads to no tensor


def functional_call(
    module: Module,
    parameters_and_buffers: Tensors,
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Do as :func:`minitorch.func.functional_call`, whose old place this is."""
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be "
        "removed in a future version of PyTorch. Please use `torch.func.functional_call` instead "
        "which is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    return call(module, parameters_and_buffers, args, kwargs, tie_weights, strict)


def call(
    module: Module,
    tensors: Tensors,
    args: Any,
    kwargs: dict[str, Any] | None,
    tie_weights: bool,
    strict: bool,
) -> Any:
    """Call the module with these tensors in the places of its own."""
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    with _in_place_of_its_own(module, tensors, tie_weights, strict):
        return module(*args, **(kwargs or {}))


@contextmanager
def _in_place_of_its_own(
    module: Module, tensors: Tensors, tie_weights: bool, strict: bool
) -> Iterator[None]:
    """Exchange tensors for the time of a block.

    A tensor that the module replaces there, as in ``self.count = self.count + 1``, is put into the
    dict that was given.
    """
    everywhere = _with_tied_names(module, tensors) if tie_weights else tensors
    if strict:
        _check_names(module, everywhere)
    places: dict[str, _Place] = {}
    own: dict[_Place, Any] = {}  # by place, which has several names where a module has
    try:
        for path, tensor in everywhere.items():
            place = places[path] = _find(module, path)
            if not _may_be_exchanged(tensor):
                raise TypeError(
                    f"{tensor} is not an instance of torch.Tensor: it was given for '{path}'."
                )
            own.setdefault(place, _exchange(place, tensor))
        yield
    finally:
        left = {place: _exchange(place, tensor) for place, tensor in own.items()}
        tensors.update({p: left[places[p]] for p in tensors if places.get(p) in left})


def _named_tensors(module: Module) -> dict[str, Tensor]:
    """Return all parameters and buffers, those with several names under each."""
    return {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }


def _with_tied_names(module: Module, tensors: Tensors) -> Tensors:
    """Return the tensors also under the other names of what each replaces.

    Raises:
        ValueError: if two differ that replace one tensor.
    """
    groups: dict[int, list[str]] = {}
    for name, tensor in _named_tensors(module).items():
        groups.setdefault(id(tensor), []).append(name)
    found = dict(tensors)
    for names in groups.values():
        given = [tensors[name] for name in names if name in tensors]
        if len(names) == 1 or not given:
            continue
        if any([tensor is not given[0] for tensor in given]):
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(names)}, which are tied. "
                "Consider using tie_weights=False"
            )
        found.update(dict.fromkeys(names, given[0]))
    return found


def _check_names(module: Module, tensors: Mapping[str, Any]) -> None:
    own = _named_tensors(module).keys()
    problems = []
    if unexpected := sorted(tensors.keys() - own):
        problems.append(f"Unexpected key(s): {', '.join(map(repr, unexpected))}.")
    if missing := sorted(own - tensors.keys()):
        problems.append(f"Missing key(s): {', '.join(map(repr, missing))}.")
    if problems:
        details = "\n\t".join(problems)
        raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:\n\t{details}")


def _find(module: Module, path: str) -> _Place:
    """Return where a dotted name leads.

    Raises:
        AttributeError: if there is no such module.
    """
    prefix, _, name = path.rpartition(".")
    owner = module.get_submodule(prefix)
    if name == "":
        raise KeyError('tensor name can\'t be empty string ""')
    return owner, name


def _exchange(place: _Place, tensor: Any) -> Any:
    """Put a tensor at a place; return what stood there.

    Raises:
        TypeError: if that is something else.
    """
    owner, name = place
    table: Any
    for table in (owner._parameters, owner._buffers):
        if name in table:
            before = table[name]
            if tensor is _NOTHING:
                del table[name]
            else:
                table[name] = tensor
            return before
    before = getattr(owner, name, _NOTHING)
    if not _may_be_exchanged(before):
        raise TypeError(f"attribute `{name}`: {before} is not an instance of torch.Tensor")
    if tensor is not _NOTHING:
        setattr(owner, name, tensor)
    elif before is not _NOTHING:
        delattr(owner, name)
    return before


def _may_be_exchanged(value: Any) -> bool:
    return value is None or value is _NOTHING or isinstance(value, Tensor)
