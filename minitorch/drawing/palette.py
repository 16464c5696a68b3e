"""Colours, by what becomes of gradients: they arrive, pass, stop, or there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minitorch.drawing.picture import Item

# For light and for dark surroundings: fill, edge, ink.
COLOURS = {
    "leaf": (("#dcf3e0", "#2e8b47", "#123d1e"), ("#17381f", "#58c274", "#d5f5dc")),
    "result": (("#e3edfb", "#3b73c4", "#132f57"), ("#182c49", "#76a9f0", "#dbe8fb")),
    "module": (("#ece6fa", "#7455c0", "#2d1c5a"), ("#2a2148", "#a78df0", "#e8e0fb")),
    "plain": (("#f1f1f1", "#9a9a9a", "#4a4a4a"), ("#2a2a2a", "#808080", "#c4c4c4")),
    "cut": (("#fde6e4", "#c9372c", "#5c130d"), ("#451a17", "#f0786e", "#fbdedb")),
    "frozen": (("#e2f1f6", "#4a93ab", "#16404e"), ("#163540", "#6fb6cd", "#d3ecf4")),
}

# Arrows, by what becomes of gradients; the page, and what is written on it.
LINES = {
    "gradient": ("#3b73c4", "#76a9f0"),
    "plain": ("#8d8d8d", "#8d8d8d"),
    "cut": ("#c9372c", "#f0786e"),
}
PAGE = (("#ffffff", "#444444"), ("#161616", "#c8c8c8"))


def tone(item: Item) -> str:
    """Return which of the colours a box has."""
    if item.is_cut:
        return "cut"
    if item.label.is_frozen and not item.has_gradient:
        return "frozen"
    if item.kind in ("leaf", "result", "module") and item.has_gradient:
        return item.kind
    return "plain"
