"""Where boxes stand: in layers, what is computed below what it is computed from.

Note [Layers of boxes]
~~~~~~~~~~~~~~~~~~~~~~
The usual four steps (Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical
System Structures", 1981). Layers by the longest path from above; what has nothing above it stands
just above its first user. Arrows over several layers get a point in each, which takes room as a
box does, so that no arrow runs through a box. Order within a layer: sweeps down and up, each box at
the mean place of its neighbours; of all orders met the one with the fewest crossings is kept. Last,
places: each box as near to the mean of its neighbours as the order allows, which is a problem of
least squares that is solved exactly by pooling those that push each other.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import fsum

GAP = 18.0  # between boxes of a layer
_GAP_OF_LINES = 10.0
_BETWEEN = 28.0  # layers
_BETWEEN_PORTS = 14.0
_SWEEPS = 12


@dataclass(eq=False)
class Place:
    """A box, or a point of an arrow on its way past a layer; x is its middle, y its top."""

    width: float
    height: float
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    above: list[Place] = field(default_factory=list)
    below: list[Place] = field(default_factory=list)
    is_point: bool = False


@dataclass
class Layout:
    """Places of boxes, and for each arrow the places it goes by, its ends included."""

    places: list[Place]
    routes: list[list[Place]]
    ports: list[tuple[float, float]]  # of each arrow: where it leaves its box, where it arrives
    heights: list[tuple[float, float]]  # of each layer: top and bottom
    width: float
    height: float


def arrange(sizes: Sequence[tuple[float, float]], arrows: Sequence[tuple[int, int]]) -> Layout:
    """Place boxes.

    Args:
        sizes: width and height of each box, which stands behind those that lead to it.
        arrows: pairs of boxes, the first one above.
    """
    places = [Place(width, height) for width, height in sizes]
    _choose_layers(places, arrows)
    routes = [_route(places[a], places[b]) for a, b in arrows]
    layers: list[list[Place]] = [[] for _ in range(max([p.layer for p in places], default=-1) + 1)]
    for place in dict.fromkeys([*places, *(point for route in routes for point in route)]):
        layers[place.layer].append(place)
    layers = _order(layers)
    _place_sideways(layers)
    heights = []
    y = 0.0
    for layer in layers:
        tall = max([place.height for place in layer])
        for place in layer:
            place.y = y
        heights.append((y, y + tall))
        y += tall + _BETWEEN
    left = min([p.x - p.width / 2 for layer in layers for p in layer], default=0.0)
    for layer in layers:
        for place in layer:
            place.x -= left
    width = max([p.x + p.width / 2 for layer in layers for p in layer], default=0.0)
    ports = list(zip(_ports(routes, 0, 1), _ports(routes, -1, -2), strict=True))
    return Layout(places, routes, ports, heights, width, max(y - _BETWEEN, 0.0))


def _choose_layers(places: list[Place], arrows: Sequence[tuple[int, int]]) -> None:
    above: list[list[int]] = [[] for _ in places]
    below: list[list[int]] = [[] for _ in places]
    for a, b in arrows:
        above[b].append(a)
        below[a].append(b)
    for i, place in enumerate(places):
        place.layer = max([places[k].layer + 1 for k in above[i]], default=0)
    for i, place in enumerate(places):
        if not above[i] and below[i]:
            place.layer = min([places[k].layer for k in below[i]]) - 1


def _route(start: Place, end: Place) -> list[Place]:
    points = [
        Place(_GAP_OF_LINES, 0.0, layer, is_point=True)
        for layer in range(start.layer + 1, end.layer)
    ]
    route = [start, *points, end]
    for a, b in pairwise(route):
        a.below.append(b)
        b.above.append(a)
    return route


# Order


def _order(layers: list[list[Place]]) -> list[list[Place]]:
    best, fewest = layers, _crossings(layers)
    layers = [list(layer) for layer in layers]
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        for k in range(1, len(layers)) if down else range(len(layers) - 2, -1, -1):
            neighbours = layers[k - 1 if down else k + 1]
            at = {place: i for i, place in enumerate(neighbours)}
            means = {
                place: _mean([at[n] for n in (place.above if down else place.below)], i)
                for i, place in enumerate(layers[k])
            }
            layers[k].sort(key=means.__getitem__)
        count = _crossings(layers)
        if count < fewest:
            best, fewest = [list(layer) for layer in layers], count
    return best


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(layers: list[list[Place]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        at = {place: i for i, place in enumerate(lower)}
        seen: list[int] = []
        for place in upper:
            ends = sorted([at[n] for n in place.below])
            count += sum([len(seen) - bisect_right(seen, end) for end in ends])
            for end in ends:
                insort(seen, end)
    return count


# Places


def _place_sideways(layers: list[list[Place]]) -> None:
    for layer in layers:
        _settle(layer, [0.0] * len(layer))
    for sweep in range(_SWEEPS + 1):  # the last one is down
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            _settle(layer, [_wish(place, sweep) for place in layer])


def _wish(place: Place, sweep: int) -> float:
    """Return where a place wants to be: under those above it, in sweeps up over those below."""
    others = (place.above if sweep % 2 == 0 else place.below) or place.above + place.below
    weights = [1.0 if place.is_point else _weight(other) for other in others]
    if not others:
        return place.x
    at = [other.x * weight for other, weight in zip(others, weights, strict=True)]
    return fsum(at) / fsum(weights)  # sum() of floats rounds otherwise before Python 3.12


def _weight(place: Place) -> float:
    """Boxes on the way from above keep to each other; leaves, and arrows past them, make way."""
    return 0.02 if place.is_point or not place.above else 1.0


def _settle(layer: list[Place], wishes: list[float]) -> None:
    """Place a layer as near to the wishes as order and gaps allow."""
    offsets, at = [], 0.0
    for i, place in enumerate(layer):
        if i:
            before = layer[i - 1]
            gap = _GAP_OF_LINES if before.is_point or place.is_point else GAP
            at += (before.width + place.width) / 2 + gap
        offsets.append(at)
    pools: list[tuple[float, float, int]] = []  # sum of weighted wishes, weight, members
    for place, wish, offset in zip(layer, wishes, offsets, strict=True):
        weight = _weight(place)
        pool = ((wish - offset) * weight, weight, 1)
        while pools and pools[-1][0] / pools[-1][1] > pool[0] / pool[1]:
            last = pools.pop()
            pool = (pool[0] + last[0], pool[1] + last[1], pool[2] + last[2])
        pools.append(pool)
    spots = [total / weight for total, weight, members in pools for _ in range(members)]
    for place, spot, offset in zip(layer, spots, offsets, strict=True):
        place.x = spot + offset


def _ports(routes: list[list[Place]], end: int, towards: int) -> list[float]:
    """Return where each arrow touches the box at one of its ends: side by side, as they come."""
    of_boxes: dict[Place, list[int]] = {}
    for i, route in enumerate(routes):
        of_boxes.setdefault(route[end], []).append(i)
    ports = [0.0] * len(routes)
    for box, arrows in of_boxes.items():
        arrows.sort(key=lambda i: routes[i][towards].x)
        step = min(_BETWEEN_PORTS, (box.width - 16) / len(arrows))
        for k, i in enumerate(arrows):
            ports[i] = box.x + (k - (len(arrows) - 1) / 2) * step
    return ports
