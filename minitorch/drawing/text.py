"""A picture as text: a line for each box, with what it is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minitorch.drawing.picture import Item, Picture

_SIGNS = {"gradient": "", "plain": "~", "cut": "!"}
_LEGEND = {"plain": "~x: no gradient goes to x", "cut": "!x: the gradient for x is cut off here"}


def write(picture: Picture) -> str:
    """Return the text, without a final newline."""
    items = picture.items
    rows = [
        (
            f"{'>' if item.is_marked else ' '}[{item.key}]",
            item.label.what,
            item.label.shape,
            _inputs(item, items),
            "; ".join(item.label.notes),
        )
        for item in items
    ]
    widths = [max([len(row[i]) for row in rows], default=0) for i in range(5)]
    lines = [
        "  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width])
        for row in rows
    ]
    used = {how for item in items for _, how in item.inputs}
    legend = [words for how, words in _LEGEND.items() if how in used]
    return "\n".join([line.rstrip() for line in lines] + legend + picture.remarks)


def _inputs(item: Item, items: list[Item]) -> str:
    named = [_SIGNS[how] + items[i].key for i, how in item.inputs]
    return f"<- {', '.join(named)}" if named else ""
