"""A picture as a Mermaid flowchart. Source: https://mermaid.js.org/syntax/flowchart.html."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch.drawing.palette import COLOURS, tone

if TYPE_CHECKING:
    from minitorch.drawing.picture import Item, Picture

# What becomes of the gradient: thick arrows where it flows, dotted where there is none.
_ARROWS = {"gradient": "==>", "plain": "-.->", "cut": "-. cut .->"}
_SHAPES = {"leaf": ("([", "])"), "input": ("([", "])"), "module": ("[[", "]]")}


def write(picture: Picture) -> str:
    """Return the flowchart, without a final newline."""
    lines = ["flowchart TD"]
    for place, item in enumerate(picture.items):
        begin, end = _SHAPES.get(item.kind, ("[", "]"))
        lines.append(f'  n{place}{begin}"{_words(item)}"{end}:::{tone(item)}')
    for place, item in enumerate(picture.items):
        lines += [f"  n{i} {_ARROWS[how]} n{place}" for i, how in item.inputs]
    for kind in dict.fromkeys([tone(item) for item in picture.items]):
        fill, edge, ink = COLOURS[kind][0]
        lines.append(f"  classDef {kind} fill:{fill},stroke:{edge},color:{ink}")
    lines += [f"  %% {remark}" for remark in picture.remarks]
    return "\n".join(lines)


def _words(item: Item) -> str:
    label = item.label
    lines = [" ".join(filter(None, (label.name, label.what))), label.shape, *label.notes]
    return "<br/>".join([_escaped(line) for line in lines if line])


def _escaped(text: str) -> str:
    for sign, code in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(sign, code)
    return text
