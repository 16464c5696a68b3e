"""Modules in plain lists and dicts, where nobody finds their parameters."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from minitorch.autograd.sites import warn_user

if TYPE_CHECKING:
    from minitorch.nn.modules.module import Module

LOOKED_AT = 8  # elements: those of ordinary data are many, and all alike


def notice(module: Module, base: type[Module], name: str, value: Any) -> None:
    """Warn of a list or a dict, just assigned, with modules in it that are not registered.

    Args:
        module: whose attribute it has become.
        base: ``Module``.
        name: of the attribute.
        value: the list or dict.
    """
    is_dict = isinstance(value, dict)
    found = islice(value.values() if is_dict else value, LOOKED_AT)
    inside = [x for x in found if isinstance(x, base)]
    if not inside or "_modules" not in module.__dict__:
        return
    known = set(module.modules())
    if all(x in known for x in inside):
        return
    example = (
        f"nn.ModuleDict({{{next(iter(value))!r}: ...}})" if is_dict else "nn.ModuleList([...])"
    )
    warn_user(
        f"{type(module).__name__}.{name} is a plain {type(value).__name__} with modules in it "
        f"({type(inside[0]).__name__}): parameters(), state_dict(), to() and train() do not see "
        f"them, so an optimizer would not train them. Write self.{name} = {example}; if they are "
        "not to be registered, keep them in a tuple."
    )
