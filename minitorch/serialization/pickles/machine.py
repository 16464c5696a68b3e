"""The machine that reads pickles: Note [A pickle that runs nothing]."""

from __future__ import annotations

import struct
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

import numpy as np

from minitorch.serialization.pickles.keys import Keys
from minitorch.serialization.pickles.names import Name, built
from minitorch.serialization.refusals import shown

_MAX_NAME = 1000
_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset)


class _Naming(tuple[Any, ...]):
    """A tuple with a name in it: calls take it, and no value holds it."""

    __slots__ = ()


class Machine:
    """Reads one pickle after the other out of the bytes of a file.

    Args:
        content: The bytes.
        find: Returns what a dotted name stands for: a ``Name``, or a value.
        persistent: Returns what lies outside of the pickle, by its id: a storage.
        position: Where the first pickle begins.
        encoding: Of what Python 2 wrote as text, where bytes are the same: "latin-1" keeps them.
    """

    def __init__(
        self,
        content: bytes | memoryview,
        find: Callable[[str], Any],
        persistent: Callable[[Any], Any],
        position: int = 0,
        encoding: str = "utf-8",
    ) -> None:
        self._content = memoryview(content)
        self._find = find
        self._persistent = persistent
        self.position = position
        self._encoding = encoding
        # Makers copy what they are given, and one piece may be given many times.
        self._may_copy = 4 * len(content) + 1000
        self._keys = Keys()

    def load(self) -> Any:
        """Return the object of the next pickle.

        Raises:
            UnpicklingError: it is none, or holds what is not on the list.
        """
        self._stack: list[Any] = []
        self._marks: list[list[Any]] = []
        self._memo: dict[int, Any] = {}
        self._kinds: dict[int, list[int]] = {}  # where dtypes of NumPy's are kept, by their ids
        while True:
            code = self._bytes(1)[0]
            if code == _STOP:
                return self._values([self._stack.pop()])[0]
            step = _STEPS.get(code)
            if step is None:
                raise UnpicklingError(f"Unsupported operand {code} at byte {self.position - 1}")
            step(self)

    # What instructions are followed by

    def _bytes(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self._content):
            raise EOFError(f"the pickle ends within {count} bytes at {self.position}")
        piece = self._content[self.position : end].tobytes()
        self.position = end
        return piece

    def _number(self, size: int, signed: bool = False) -> int:
        return int.from_bytes(self._bytes(size), "little", signed=signed)

    def _line(self) -> str:
        start = self.position
        while self._bytes(1) != b"\n":
            if self.position - start > _MAX_NAME:
                raise UnpicklingError(f"a name of more than {_MAX_NAME} bytes at {start}")
        return self._content[start : self.position - 1].tobytes().decode()

    def _marked(self) -> list[Any]:
        items = self._stack
        self._stack = self._marks.pop()
        return items

    def _values(self, items: list[Any]) -> list[Any]:
        """Return the items after checking that no name is among them, or in their tuples."""
        for item in items:
            if isinstance(item, Name | _Naming):
                what = "a tuple with a name" if isinstance(item, tuple) else f"{item!r}"
                raise UnpicklingError(f"{what} where data belongs: classes are not read as values")
        return items

    # Instructions

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _mark(self) -> None:
        self._marks.append(self._stack)
        self._stack = []

    def _text(self, size: int) -> None:
        self._push(self._bytes(self._number(size)).decode("utf-8", "surrogatepass"))

    def _old_text(self, size: int) -> None:  # what Python 2 wrote for str
        self._push(self._bytes(self._number(size)).decode(self._encoding, "backslashreplace"))

    def _tuple(self, count: int) -> None:
        items = self._stack[-count:]
        del self._stack[-count:]
        if len(items) < count:
            raise IndexError("pop from an empty stack")
        self._push_tuple(items)

    def _push_tuple(self, items: list[Any]) -> None:
        has_names = any(isinstance(item, Name | _Naming) for item in items)
        self._push(_Naming(items) if has_names else tuple(items))

    def _append(self) -> None:
        item = self._stack.pop()
        self._top(list).extend(self._values([item]))

    def _appends(self) -> None:
        items = self._marked()
        self._top(list).extend(self._values(items))

    def _set_item(self) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._put([key, value])

    def _set_items(self) -> None:
        self._put(self._marked())

    def _put(self, items: list[Any]) -> None:
        mapping = self._top(dict, OrderedDict, Counter, defaultdict)
        for key, value in zip(items[::2], self._values(items[1::2]), strict=True):
            self._keys.check(mapping, key)
            mapping[key] = value

    def _add_items(self) -> None:
        items = self._marked()
        self._fill(self._top(set), items)

    def _frozenset(self) -> None:
        self._push(frozenset(self._fill(set(), self._marked())))

    def _fill(self, target: set[Any], items: list[Any]) -> set[Any]:
        for item in items:
            self._keys.check(target, item)
            target.add(item)
        return target

    def _top(self, *kinds: type) -> Any:
        target = self._stack[-1]
        if type(target) not in kinds:
            raise UnpicklingError(
                f"a {kinds[0].__name__} is to be filled that is none: {shown(target)}"
            )
        return target

    def _global(self) -> None:
        module = self._line()
        self._push(self._find(f"{module}.{self._line()}"))

    def _stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._push(self._find(f"{module}.{name}"))

    def _call(self, how: str) -> None:
        args, name = self._stack.pop(), self._stack.pop()
        if not isinstance(name, Name) or not isinstance(args, tuple):
            raise UnpicklingError(f"Trying to call reduce for unrecognized function {shown(name)}")
        self._copy(args)
        self._push(getattr(name, how)(*args))

    def _build(self) -> None:
        (state,) = self._values([self._stack.pop()])
        self._copy((state,))
        before = self._stack[-1]
        after = built(before, state)
        if after is not before:  # a dtype of NumPy's, which does not change
            self._stack[-1] = after
            for place in self._kinds.pop(id(before), ()):
                if self._memo[place] is before:
                    self._memo[place] = after

    def _copy(self, args: tuple[Any, ...]) -> None:
        parts = [*args, *(part for arg in args if isinstance(arg, tuple) for part in arg)]
        self._may_copy -= sum(len(part) for part in parts if isinstance(part, _SIZED))
        if self._may_copy < 0:
            raise UnpicklingError("the same parts of the file are copied again and again")

    def _persist(self) -> None:
        self._push(self._persistent(self._stack.pop()))

    def _get(self, size: int) -> None:
        self._push(self._memo[self._number(size)])

    def _keep(self, size: int) -> None:
        place, kept = self._number(size) if size else len(self._memo), self._stack[-1]
        self._memo[place] = kept
        if isinstance(kept, np.dtype):
            self._kinds.setdefault(id(kept), []).append(place)


_STOP = ord(".")
_Step = Callable[[Machine], Any]


def _pushing(value: Any) -> _Step:
    return lambda m: m._push(value)


# By the letters that `pickletools` explains; sizes are those of what follows.
_STEPS: dict[int, _Step] = {
    ord(code): step
    for code, step in {
        "\x80": lambda m: m._bytes(1),  # the protocol
        "\x95": lambda m: m._bytes(8),  # the size of a frame
        "(": Machine._mark,
        "0": lambda m: m._stack.pop(),
        "1": Machine._marked,
        "N": _pushing(None),
        "\x88": _pushing(True),
        "\x89": _pushing(False),
        "J": lambda m: m._push(m._number(4, signed=True)),
        "K": lambda m: m._push(m._number(1)),
        "M": lambda m: m._push(m._number(2)),
        "\x8a": lambda m: m._push(m._number(m._number(1), signed=True)),
        "\x8b": lambda m: m._push(m._number(m._number(4), signed=True)),
        "G": lambda m: m._push(struct.unpack(">d", m._bytes(8))[0]),
        "X": lambda m: m._text(4),
        "\x8c": lambda m: m._text(1),
        "\x8d": lambda m: m._text(8),
        "U": lambda m: m._old_text(1),
        "T": lambda m: m._old_text(4),
        "B": lambda m: m._push(m._bytes(m._number(4))),
        "C": lambda m: m._push(m._bytes(m._number(1))),
        "\x8e": lambda m: m._push(m._bytes(m._number(8))),
        "\x96": lambda m: m._push(bytearray(m._bytes(m._number(8)))),
        "]": lambda m: m._push([]),
        "}": lambda m: m._push({}),
        ")": _pushing(()),
        "\x8f": lambda m: m._push(set()),
        "l": lambda m: m._push(m._marked()),
        "t": lambda m: m._push_tuple(m._marked()),
        "\x85": lambda m: m._tuple(1),
        "\x86": lambda m: m._tuple(2),
        "\x87": lambda m: m._tuple(3),
        "\x91": Machine._frozenset,
        "a": Machine._append,
        "e": Machine._appends,
        "s": Machine._set_item,
        "u": Machine._set_items,
        "\x90": Machine._add_items,
        "c": Machine._global,
        "\x93": Machine._stack_global,
        "R": lambda m: m._call("make"),
        "\x81": lambda m: m._call("new"),
        "b": Machine._build,
        "Q": Machine._persist,
        "h": lambda m: m._get(1),
        "j": lambda m: m._get(4),
        "q": lambda m: m._keep(1),
        "r": lambda m: m._keep(4),
        "\x94": lambda m: m._keep(0),
    }.items()
}
