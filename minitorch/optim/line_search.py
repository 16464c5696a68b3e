"""A step length that satisfies the strong Wolfe conditions, for ``LBFGS``."""

from collections.abc import Callable
from typing import Any, NamedTuple

from minitorch.tensor import Tensor

Number = Any  # a float, or a tensor of no dimensions: numbers are rounded as gradients are


class Point(NamedTuple):
    """A place along the direction: how far it is, and what is found there."""

    t: Number
    loss: float
    grad: Tensor
    slope: Number  # the derivative of the loss along the direction


class _Conditions(NamedTuple):
    """What a point has to be, compared with the start: lower by enough, and flatter."""

    start: Point
    c1: float
    c2: float

    def is_high(self, point: Point) -> bool:
        return bool(point.loss > self.start.loss + self.c1 * point.t * self.start.slope)

    def is_flat(self, point: Point) -> bool:
        return bool(abs(point.slope) <= -self.c2 * self.start.slope)


def strong_wolfe(
    evaluate: Callable[[Number], Point],
    start: Point,
    t: Number,
    largest: Number,
    limit: int,
    *,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance_change: float = 1e-9,
) -> tuple[Point, int]:
    """Find a point that is lower than the start by enough, and flatter.

    First steps grow until two of them have such a point between them, then what is between them
    shrinks.

    Args:
        evaluate: The point at a distance.
        start: The point at distance 0.
        t: The first distance that is tried.
        largest: The largest element of the direction, by magnitude.
        limit: About how many points may be evaluated.
        c1: How much lower: this share of what the slope promises.
        c2: How much flatter: the share of the slope that may be left.
        tolerance_change: Where two points are nearer than that, the better one will do.

    Returns:
        The point, and how many were evaluated.

    Source: ``torch.optim.lbfgs``; Nocedal & Wright 2006, algorithms 3.5 and 3.6.
    """
    right = _Conditions(start, c1, c2)
    before, point, n = start, evaluate(t), 0
    while n < limit:
        if right.is_high(point) or (n > 1 and point.loss >= before.loss):
            break
        if right.is_flat(point):
            return point, n + 1
        if point.slope >= 0:
            break
        bounds = point.t + 0.01 * (point.t - before.t), point.t * 10
        t = _cubic_minimum(before, point, bounds)
        before, point, n = point, evaluate(t), n + 1
    else:
        before = start
    return _zoom(evaluate, right, [before, point], n, limit, tolerance_change / largest)


def _zoom(
    evaluate: Callable[[Number], Point],
    right: _Conditions,
    bracket: list[Point],
    n: int,
    limit: int,
    narrow: Number,
) -> tuple[Point, int]:
    """Shrink a bracket until its lower end is right, or it is too narrow."""
    low, is_stuck = _lower(bracket), False
    while n < limit and not abs(bracket[1].t - bracket[0].t) < narrow:
        t, is_stuck = _inside(bracket, _cubic_minimum(bracket[0], bracket[1]), is_stuck)
        point, n = evaluate(t), n + 1
        if right.is_high(point) or point.loss >= bracket[low].loss:
            bracket[1 - low] = point
            low = _lower(bracket)
            continue
        is_done = right.is_flat(point)
        if not is_done and point.slope * (bracket[1 - low].t - bracket[low].t) >= 0:
            bracket[1 - low] = bracket[low]
        bracket[low] = point
        if is_done:
            break
    return bracket[low], n + 1


def _lower(bracket: list[Point]) -> int:
    return 0 if bracket[0].loss <= bracket[1].loss else 1


def _inside(bracket: list[Point], t: Number, is_stuck: bool) -> tuple[Number, bool]:
    """Keep a tenth of the bracket away from its ends where that is asked for twice in a row."""
    first, last = min(p.t for p in bracket), max(p.t for p in bracket)
    margin = 0.1 * (last - first)
    if not min(last - t, t - first) < margin:
        return t, False
    if is_stuck or t >= last or t <= first:
        return (last - margin if abs(t - last) < abs(t - first) else first + margin), False
    return t, True


def _cubic_minimum(a: Point, b: Point, bounds: tuple[Number, Number] | None = None) -> Number:
    """Return where the cubic through two points with their slopes is lowest, within bounds."""
    low, high = bounds or ((a.t, b.t) if a.t <= b.t else (b.t, a.t))
    mean = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = mean**2 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    left, right = (a, b) if a.t <= b.t else (b, a)
    root = square**0.5
    share = (right.slope + root - mean) / (right.slope - left.slope + 2 * root)
    return min(max(right.t - (right.t - left.t) * share, low), high)
