"""Containers of modules: ``Sequential``, ``ModuleList``, ``ModuleDict``."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from operator import index as to_int
from typing import Any, Self, TypeVar

from minitorch.core.late import late
from minitorch.nn.modules.module import Module

_M = TypeVar("_M", bound="_Numbered")


class _Numbered(Module):
    """What ``Sequential`` and ``ModuleList`` share: children named "0", "1", ... in order."""

    _modules: dict[str, Module]  # type: ignore[assignment]  # none of them is None

    def _renumber(self, modules: Iterable[Module]) -> None:
        """Name modules anew that are known already: nobody is told, as in PyTorch."""
        self._modules = {str(number): module for number, module in enumerate(modules)}

    def _check_index(self, idx: int) -> int:
        number = to_int(idx)
        if not -len(self) <= number < len(self):
            raise IndexError(
                f"index {number} is out of range for a {type(self).__name__} of {len(self)} modules"
            )
        return number

    def _name_at(self, idx: int) -> str:
        raise NotImplementedError

    def _names_in(self, part: slice) -> list[str]:
        raise NotImplementedError

    def __getitem__(self, idx: int | slice) -> Any:
        if isinstance(idx, slice):
            return self._like({name: self._modules[name] for name in self._names_in(idx)})
        return self._modules[self._name_at(idx)]

    def _like(self, modules: dict[str, Module]) -> Self:
        raise NotImplementedError

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._name_at(idx), module)

    def __delitem__(self, idx: int | slice) -> None:
        for name in self._names_in(idx) if isinstance(idx, slice) else [self._name_at(idx)]:
            delattr(self, name)
        self._renumber(self)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._modules.values())

    def pop(self, key: int) -> Any:
        """Take the module at this position out and return it."""
        module = self[key]
        del self[key]
        return module

    def append(self, module: Module) -> Self:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def _insert(self, index: int, module: Module) -> None:
        self._check_child(module)  # before anything is changed
        if index == len(self) and str(index) not in self._modules:
            self._modules[str(index)] = module  # the others keep the names that users gave them
            return
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)


class Sequential(_Numbered):
    """Modules applied one after the other.

    Args:
        args: the modules, or one ``OrderedDict`` that names them.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html

    Example:
        >>> net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        is_named = len(args) == 1 and isinstance(args[0], OrderedDict)
        if is_named:
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            self.extend(args)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input

    # Names may be the user's, in any order, so a position is walked to.

    def _name_at(self, idx: int) -> str:
        number = self._check_index(idx)
        if number < 0:
            return next(islice(reversed(self._modules), -1 - number, None))
        return next(islice(self._modules, number, None))

    def _names_in(self, part: slice) -> list[str]:
        return list(self._modules)[part]

    def _like(self, modules: dict[str, Module]) -> Self:
        return type(self)(OrderedDict(modules))

    def insert(self, index: int, module: Module) -> Self:
        """Put a module in before position ``index``."""
        if not -len(self) <= index <= len(self):
            raise IndexError(
                f"Index out of range: {index}, for a Sequential of {len(self)} modules"
            )
        self._insert(index, module)
        return self

    def __add__(self, other: Sequential) -> Sequential:
        self._require_sequential(other, "add operator")
        return Sequential(*self, *other)

    def __iadd__(self, other: Sequential) -> Self:
        self._require_sequential(other, "add operator")
        return self.extend(other)

    def _require_sequential(self, other: object, what: str) -> None:
        if not isinstance(other, Sequential):
            raise ValueError(
                f"{what} supports only objects of Sequential class, but {type(other)} is given. "
                "Use append() for a module and extend() for a list of them."
            )

    def __mul__(self, other: int) -> Sequential:
        return Sequential(*self._repeated(other))

    __rmul__ = __mul__

    def __imul__(self, other: int) -> Self:
        return self.extend(self._repeated(other)[len(self) :])

    def _repeated(self, times: int) -> list[Module]:
        if not isinstance(times, int):
            raise TypeError(
                f"unsupported operand type(s) for *: {type(self)} and {type(times)}; "
                "a Sequential is multiplied by an int"
            )
        if times <= 0:
            raise ValueError(f"Non-positive multiplication factor {times} for {type(self)}")
        return list(self) * times  # the same modules again: they share their weights


class ModuleList(_Numbered):
    """A list of modules that registers what it holds; it has no ``forward``.

    Args:
        modules: what to begin with.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    # The names are the positions: none is searched for, however long the list.

    def _name_at(self, idx: int) -> str:
        return str(self._check_index(idx) % len(self))

    def _names_in(self, part: slice) -> list[str]:
        return [str(number) for number in range(len(self))[part]]

    def _like(self, modules: dict[str, Module]) -> Self:
        return type(self)(modules.values())

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        if not isinstance(modules, Iterable):
            raise TypeError(
                "ModuleList.extend should be called with an iterable, but got "
                f"{type(modules).__name__}. Put a single module into a list, or use append()."
            )
        return super().extend(modules)

    def insert(self, index: int, module: Module) -> None:
        """Put a module in before position ``index``."""
        self._insert(index, module)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList([*self, *other])

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def _child_lines(self, children: list[tuple[str, str]]) -> list[str]:
        """Write equal neighbours once: ``(0-2): 3 x ReLU()``."""
        lines = []
        for text, group in groupby(children, key=lambda child: child[1]):
            names = [name for name, _ in group]
            count = (
                f"{names[0]}-{names[-1]}): {len(names)} x " if len(names) > 1 else f"{names[0]}): "
            )
            lines.append(f"({count}{text}")
        return lines


class ModuleDict(Module):
    """A dict of modules that registers what it holds; it has no ``forward``.

    Args:
        modules: a mapping or an iterable of (name, module) to begin with.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
    """

    _modules: dict[str, Module]  # type: ignore[assignment]  # none of them is None

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Take all modules out."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Take a module out and return it."""
        return self._modules.pop(key)

    def keys(self) -> Any:
        """Return the names."""
        return self._modules.keys()

    def items(self) -> Any:
        """Return (name, module) pairs."""
        return self._modules.items()

    def values(self) -> Any:
        """Return the modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Add modules from a mapping, or from an iterable of (name, module)."""
        if not isinstance(modules, Iterable):
            raise TypeError(
                "ModuleDict.update should be called with an iterable of key/value pairs, but got "
                f"{type(modules).__name__}"
            )
        pairs = modules.items() if isinstance(modules, Mapping | ModuleDict) else modules
        for number, pair in enumerate(pairs):
            name, module = _as_pair(number, pair)
            self[name] = module


def _as_pair(number: int, pair: Any) -> tuple[str, Module]:
    if not isinstance(pair, Iterable):
        raise TypeError(
            f"ModuleDict update sequence element #{number} should be Iterable; "
            f"is {type(pair).__name__}, expected a (name, module) pair"
        )
    items = list(pair)
    if len(items) != 2:
        raise ValueError(
            f"ModuleDict update sequence element #{number} has length {len(items)}; 2 is required"
        )
    return items[0], items[1]


# Those of parameters are found here, too, where PyTorch has them.
__getattr__ = late(
    __name__, "", {"minitorch.nn.modules.parameters": "ParameterDict ParameterList"}
)[0]
