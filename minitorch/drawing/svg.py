"""A picture as SVG, by nothing but strings: boxes, arrows, and what their colours mean.

Letters are all of one width, so that sizes are known without a font. Classes start with ``mt-``:
in a notebook all pictures, and the page, share one style.
"""

from __future__ import annotations

from math import fsum
from textwrap import wrap
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from minitorch.drawing.layout import Layout, Place, arrange
from minitorch.drawing.palette import COLOURS, LINES, PAGE, tone

if TYPE_CHECKING:
    from minitorch.drawing.picture import Item, Picture

_BIG, _SMALL = 13.0, 11.0  # sizes of letters
_LETTER = 0.62  # width of one, of its size: that of the widest of the fonts, and some more
_PACKED = 32  # letters: short notes share a line
_COLUMNS = 84  # of remarks
_PAD = 10.0
_MARGIN = 16.0
_FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
_MEANING = {
    "gradient": "gradient flows back",
    "plain": "no gradient",
    "cut": "gradient is cut off",
}


def write(picture: Picture) -> str:
    """Return the document."""
    texts = [_lines(item) for item in picture.items]
    arrows = [(i, place) for place, item in enumerate(picture.items) for i, _ in item.inputs]
    ways = [how for item in picture.items for _, how in item.inputs]
    layout = arrange([_size(lines) for lines in texts], arrows)
    meanings = list(dict.fromkeys(ways))
    columns = max(_COLUMNS, int(layout.width / (_SMALL * _LETTER)))
    remarks = [line for remark in picture.remarks for line in wrap(remark, columns)]
    lowest = layout.height + 18
    below = _legend(meanings, lowest)
    for i, line in enumerate(remarks):
        below.append(_text(0, lowest + 4 + 18 * (i + bool(ways)), line, "mt-s", "start"))
    widths = [_width(line, _SMALL) for line in remarks] + [_legend_width(meanings)]
    width = max([layout.width, *widths]) + 2 * _MARGIN
    height = layout.height + 18 * (len(remarks) + bool(ways)) + 2 * _MARGIN
    aside = (width - 2 * _MARGIN - layout.width) / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{_FONT}" role="img" '
            'aria-label="autograd graph">',
            _style(),
            f'<rect class="mt-page" width="{width:.0f}" height="{height:.0f}" rx="8"/>',
            f'<g transform="translate({_MARGIN + aside:.1f} {_MARGIN:.1f})">',
            *[_arrow(i, how, layout) for i, how in enumerate(ways)],
            *[
                _box(item, lines, place)
                for item, lines, place in zip(picture.items, texts, layout.places, strict=True)
            ],
            "</g>",
            f'<g transform="translate({_MARGIN:.1f} {_MARGIN:.1f})">',
            *below,
            "</g>",
            "</svg>",
        ]
    )


# Boxes


def _lines(item: Item) -> list[tuple[str, str]]:
    """Return what is written in a box, each line with its class."""
    label = item.label
    lines = [(label.name, "mt-n"), (label.what, "mt-s")] if label.name else [(label.what, "mt-n")]
    for word in filter(None, [label.shape, *label.notes]):
        before, kind = lines[-1]
        if kind == "mt-n" or len(before) + len(word) > _PACKED:
            lines.append((word, "mt-s"))
        else:
            lines[-1] = f"{before} · {word}", kind
    return lines


def _size(lines: list[tuple[str, str]]) -> tuple[float, float]:
    width = max([_width(text, _letters(kind)) for text, kind in lines])
    return width + 2 * _PAD, sum([_letters(kind) + 4 for _, kind in lines]) + 10


def _letters(kind: str) -> float:
    return _BIG if kind == "mt-n" else _SMALL


def _width(text: str, size: float) -> float:
    cells = sum([2 if east_asian_width(sign) in "WF" else 1 for sign in text])
    return cells * size * _LETTER


def _box(item: Item, lines: list[tuple[str, str]], place: Place) -> str:
    left = place.x - place.width / 2
    rx = 14 if item.kind in ("leaf", "input") else 4
    dashed = ' stroke-dasharray="5 3"' if item.kind in ("computed", "earlier") else ""
    story = "\n".join([label for label in (item.label.name, *item.label.story) if label])
    parts = [
        f'<g class="mt-{tone(item)}{" mt-mark" if item.is_marked else ""}" '
        f'data-key="{escape(item.key)}"><title>{escape(story or item.label.what)}</title>',
        f'<rect x="{left:z.1f}" y="{place.y:.1f}" width="{place.width:.1f}" '
        f'height="{place.height:.1f}" rx="{rx}"{dashed}/>',
    ]
    y = place.y + 5
    for text, kind in lines:
        y += _letters(kind) + 4
        parts.append(_text(place.x, y - 4, text, kind))
    return "".join([*parts, "</g>"])


def _text(x: float, y: float, text: str, kind: str, anchor: str = "middle") -> str:
    size = _letters(kind)
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size:.0f}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )


def escape(text: str) -> str:
    """Return text as it stands in XML, without what XML has no way to write."""
    for sign, code in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, code)
    return "".join(
        [c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text]
    )


# Arrows


def _arrow(number: int, how: str, layout: Layout) -> str:
    """Draw an arrow: straight past each layer, bent between two."""
    route, (x, last) = layout.routes[number], layout.ports[number]
    path = [f"M{x:.1f} {route[0].y + route[0].height:.1f}"]
    end = 0.0
    for place in route[1:]:
        is_last = place is route[-1]
        top, bottom = layout.heights[place.layer]
        start = layout.heights[place.layer - 1][1]
        end, to = (top - 7, last) if is_last else (top, place.x)
        middle = (start + end) / 2
        path.append(f"V{start:.1f}")
        path.append(f"C{x:.1f} {middle:.1f} {to:.1f} {middle:.1f} {to:.1f} {end:.1f}")
        x = to
        if not is_last:
            path.append(f"V{bottom:.1f}")
    tip = f"M{x - 4:.1f} {end:.1f}L{x:.1f} {end + 7:.1f}L{x + 4:.1f} {end:.1f}Z"
    line = f'<path class="mt-{how}-line" d="{"".join(path)}"/>'
    return f'{line}<path class="mt-{how}-tip" d="{tip}"/>'


def _legend(ways: list[str], y: float) -> list[str]:
    parts, x = [], 0.0
    for how in ways:
        parts.append(f'<path class="mt-{how}-line" d="M{x:.1f} {y:.1f}h26"/>')
        parts.append(_text(x + 32, y + 4, _MEANING[how], "mt-s", "start"))
        x += 32 + _width(_MEANING[how], _SMALL) + 18
    return parts


def _legend_width(ways: list[str]) -> float:
    return fsum([50 + _width(_MEANING[how], _SMALL) for how in ways])


# Colours


def _style() -> str:
    dark = "\n".join(_rules(1))
    fixed = (
        ".mt-n{font-weight:600}"
        ".mt-gradient-line,.mt-plain-line,.mt-cut-line{fill:none;stroke-width:1.6}"
        ".mt-plain-line{stroke-dasharray:2 4}.mt-cut-line{stroke-dasharray:7 4}"
        ".mt-mark rect{stroke-width:4}"
    )
    light = "\n".join(_rules(0))
    return f"<style>\n{fixed}\n{light}\n@media (prefers-color-scheme:dark){{\n{dark}\n}}\n</style>"


def _rules(which: int) -> list[str]:
    page, ink = PAGE[which]
    rules = [f".mt-page{{fill:{page}}}", f".mt-s{{fill:{ink}}}"]
    for kind, pair in COLOURS.items():
        fill, edge, letters = pair[which]
        rules.append(f".mt-{kind} rect{{fill:{fill};stroke:{edge}}}")
        rules.append(f".mt-{kind} text{{fill:{letters}}}")
    for how, colours in LINES.items():
        rules.append(f".mt-{how}-line{{stroke:{colours[which]}}}")
        rules.append(f".mt-{how}-tip{{fill:{colours[which]}}}")
    return rules
