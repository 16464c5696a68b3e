"""Every case of the suite's table of schedulers, over 50 steps on both sides."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import minitorch
from tests.conformance.modules import Outcome, close, expect_same
from tests.optim.scheduler_cases import EVERY, make, two_groups, walk
from tests.support.oracles import import_torch

STEPS = 50


def run() -> Iterator[Outcome]:
    """Compare rates and the names in the state."""
    torch = import_torch()
    for number, (name, arguments) in enumerate(EVERY):
        differences: list[str] = []
        found, states = [], []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                for library in (torch, minitorch):
                    optimizer = two_groups(library)
                    scheduler = make(library, name, optimizer, **arguments)
                    found.append(walk(optimizer, scheduler, STEPS))
                    states.append(sorted(scheduler.state_dict()))
                close(differences, "rates", *found, rtol=1e-9, atol=1e-12)
                expect_same(differences, "state", *states)
            except Exception as error:
                differences.append(f"{type(error).__name__}: {str(error).splitlines()[:1]}")
        yield Outcome(name, f"{number} {sorted(arguments)}", tuple(differences))
