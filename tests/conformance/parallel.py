"""Many ops at once, a process each core."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from fnmatch import fnmatch

from tqdm import tqdm

from tests.conformance import ops
from tests.conformance.modules import Outcome
from tests.conformance.tiers import tier


def run(patterns: list[str], jobs: int | None = None) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield name and outcomes of each op whose name a pattern matches, as they come."""
    names = [name for name in ops.database() if any(fnmatch(name, p) for p in patterns)]
    names = [name for name in names if tier(name)]
    if not names:
        raise ValueError(
            f"no operator is named {' or '.join(map(repr, patterns))}, or it is left out "
            "(tests/conformance/left_out.py)."
        )
    jobs = min(jobs or os.cpu_count() or 1, len(names))
    if jobs <= 1:
        yield from ((name, run_one(name)) for name in names)
        return
    with ProcessPoolExecutor(jobs) as pool:
        pending = {pool.submit(run_one, name): name for name in names}
        for done in tqdm(as_completed(pending), desc="ops", total=len(names), leave=False):
            yield pending[done], done.result()


def run_one(name: str) -> list[Outcome]:
    return ops.run(ops.database()[name])
