"""The outcome of the ops as a part of the page: totals by tier, then a row for each op."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable

import minitorch
from tests.conformance.counterparts import Absent, counterpart
from tests.conformance.modules import Outcome
from tests.conformance.ops import COMPLEX, GRADIENTS, INTEGERS, KINDS, SECONDS, VALUES, database
from tests.conformance.tiers import TIERS, tier
from tests.support.op_calls import all_ops

HEAD = """
Operators (`op_db`): every float32 sample; int64 and bool samples; complex64 samples, with gradients
and second order of complex128 ones; gradients and second order in float64; `out=` of the right
size, empty, and of integers; methods, in-place forms, aliases and operators; the class that error
inputs raise. Random numbers come from the same seed. An op that is absent counts with all its
samples as not agreeing; second order counts where PyTorch has one.
"""
NUMBERS = {VALUES, INTEGERS, COMPLEX, GRADIENTS, SECONDS}
# Where functions of tensors are called; "" is the package itself.
NAMESPACES = ("", "nn.functional", "linalg", "special", "fft", "signal.windows", "masked")

Outcomes = dict[str, list[Outcome]]  # by the op's name


def summary(found: Outcomes) -> str:
    """Totals by tier, and what the ops are made of."""
    columns = ("", "ops", "present", "agree in numbers", "agree in all", *KINDS)
    lines = [HEAD, _line(columns), "|---" * len(columns) + "|"]
    for title in TIERS:
        ops = [outcomes for name, outcomes in found.items() if tier(name) == title]
        present = [found[n] for n in found if tier(n) == title and not is_absent(n, found[n])]
        every = [outcome for outcomes in ops for outcome in outcomes]
        numbers = sum(_agree(outcomes, NUMBERS) for outcomes in present)
        whole = sum(_agree(outcomes, set(KINDS)) for outcomes in present)
        lines.append(_line((title, len(ops), len(present), numbers, whole, *cells(every))))
    every, own, slopes, public, methods = counts()
    lines.append(
        f"\nOps: {every}, of which {own} state a rule of their own for gradients, and {slopes} a "
        f"slope in a line or two; the others have none, or a base's.\n"
        f"Public functions of tensors: {public}; methods of `Tensor`: {methods}."
    )
    return "\n".join(lines)


def tables(found: Outcomes) -> str:
    """A table for each tier, and the names that are absent."""
    parts = []
    for title in TIERS:
        columns = (title, *KINDS, "first difference")
        parts += [f"\n## Operators: {title}\n", _line(columns), "|---" * len(columns) + "|"]
        names = [name for name in found if tier(name) == title]
        gone = [name for name in names if is_absent(name, found[name])]
        for name in names:
            if name not in gone:
                parts.append(_line((name, *cells(found[name]), first_difference(found[name]))))
        if gone:
            parts.append(f"\nAbsent: {', '.join(gone)}.")
    return "\n".join(parts)


def is_absent(name: str, outcomes: list[Outcome]) -> bool:
    """Whether no sample could be called at all; without samples, whether there is a function."""
    if not outcomes:
        try:
            counterpart(database()[name].op)
        except Absent:
            return True
    called = [o for o in outcomes if o.kind in (VALUES, INTEGERS)] or outcomes
    gone = [any(d.startswith("absent") for d in o.differences) for o in called]
    return bool(gone) and all(gone)


def first_difference(outcomes: Iterable[Outcome]) -> str:
    for outcome in outcomes:
        if outcome.differences:
            text = f"{outcome.sample}: {outcome.differences[0]}"
            return text.replace("|", "\\|").replace("\n", " ")[:200]
    return ""


def counts() -> tuple[int, int, int, int, int]:
    """Ops, those with a rule of their own or a slope, public functions, methods of tensors."""
    functions = {
        getattr(home, name)
        for home in map(_namespace, NAMESPACES)
        if home is not None
        for name in dir(home)
        if not name.startswith("_") and inspect.isfunction(getattr(home, name))
    }
    methods = [
        name
        for name, value in inspect.getmembers(minitorch.Tensor, callable)
        if not name.startswith("_")
    ]
    ops = all_ops()
    own, slopes = [
        sum(op.differentiable and name in vars(op) for op in ops) for name in ("backward", "slope")
    ]
    return len(ops), own, slopes, len(functions), len(methods)


def _namespace(path: str) -> object | None:
    try:
        return importlib.import_module(f"minitorch.{path}".rstrip("."))
    except ImportError:
        return None


def _agree(outcomes: list[Outcome], kinds: set[str]) -> bool:
    return not any(o.differences for o in outcomes if o.kind in kinds)


def cells(outcomes: list[Outcome]) -> list[str]:
    """How many agree, for each of ``KINDS``; empty where there are none."""
    found = []
    for kind in KINDS:
        of_kind = [outcome for outcome in outcomes if outcome.kind == kind]
        agreed = sum(not outcome.differences for outcome in of_kind)
        found.append(f"{agreed} of {len(of_kind)}" if of_kind else "")
    return found


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"
