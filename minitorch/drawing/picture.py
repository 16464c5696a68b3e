"""``Picture``: what ``draw`` returns, in three forms."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO

from minitorch.core.files import replace_file
from minitorch.drawing.describe import CUT_OFF, Label


@dataclass
class Item:
    """One box of a picture.

    Attributes:
        key: unique in the picture: its name, or ``#`` and a number.
        kind: "result", "leaf", "computed", "cut", "input", "module" or "earlier".
        has_gradient: whether gradients arrive in it.
        label: its words.
        inputs: places of the boxes that it is computed from, each with what becomes of the gradient
            there: "gradient", it arrives; "cut", it stops; "plain", there is none.
        is_marked: whether it is the one that was asked about.
    """

    key: str
    kind: str
    has_gradient: bool
    label: Label
    inputs: list[tuple[int, str]]
    is_marked: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether the way of gradients ends here that would have gone on."""
        stops = any([how == "cut" for _, how in self.inputs])
        return not self.has_gradient and (stops or self.label.what == CUT_OFF)


class Picture:
    """A graph, drawn: text when printed, a picture in notebooks.

    Attributes:
        items: the boxes, each behind those it is computed from.
        remarks: sentences about the whole: what was left out, what was asked of.
    """

    def __init__(self, items: list[Item], remarks: list[str]) -> None:
        self.items = items
        self.remarks = remarks

    def text(self) -> str:
        """Return the graph as text, a line for each box."""
        from minitorch.drawing.text import write

        return write(self)

    def mermaid(self) -> str:
        """Return the graph as a Mermaid flowchart, for Markdown."""
        from minitorch.drawing.mermaid import write

        return write(self)

    def svg(self) -> str:
        """Return the graph as an SVG document, light or dark as the reader's screen is."""
        from minitorch.drawing.svg import write

        return write(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file: ``.svg``, ``.mmd`` or ``.txt``; all of it or nothing.

        Raises:
            ValueError: for another ending.
        """
        target = os.fspath(path)
        forms = {".svg": self.svg, ".mmd": self.mermaid, ".txt": self.text}
        ending = os.path.splitext(target)[1].lower()
        if ending not in forms:
            raise ValueError(
                f"cannot tell from {target!r} what to write: the name has to end in one of "
                f"{', '.join(forms)}"
            )
        content = forms[ending]()

        def write(file: IO[bytes]) -> None:
            file.write(content.encode(errors="replace") + b"\n")  # of names of files, too

        replace_file(target, write)

    def _repr_svg_(self) -> str:
        return self.svg()

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__
