"""``Checkpoints``: a folder that holds the last few checkpoints of a run, and its best."""

from __future__ import annotations

import json
import math
import os
import re
import warnings
from pathlib import Path
from typing import Any, Literal, SupportsFloat

_NAME = "step-{:08d}.pt"
_PATTERN = re.compile(r"step-(\d{8,})\.pt")
_SCORES = "scores.json"


class Checkpoints:
    """Checkpoints of one run, by their step; whole after a crash at any moment.

    Each is a file of its own, ``step-00000300.pt``, that appears in one step when it is complete;
    ``scores.json`` says how good they were. Older ones go when a new one is there.

    Args:
        folder: where they are; made if it is not there.
        keep: how many of the last stay; the best stays beside them.
        mode: whether the best has the highest score ("max") or the lowest ("min").

    Example:
        >>> checkpoints = torch.serialization.Checkpoints("runs/1", keep=2, mode="max")
        >>> if checkpoints:
        ...     step, state = checkpoints.latest()
        >>> checkpoints.save({"model": model.state_dict()}, step, score=accuracy)
        >>> _, state = checkpoints.best()
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        keep: int = 3,
        mode: Literal["min", "max"] = "max",
    ) -> None:
        if keep < 1:
            raise ValueError(f"keep must be at least 1, got {keep}: the last one always stays")
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
        self.folder = Path(folder)
        self.keep = keep
        self.mode = mode
        self.folder.mkdir(parents=True, exist_ok=True)

    def steps(self) -> list[int]:
        """Return the steps of which there is a checkpoint, in order."""
        found = (_PATTERN.fullmatch(path.name) for path in self.folder.iterdir())
        return sorted(int(match[1]) for match in found if match)

    def __len__(self) -> int:
        return len(self.steps())

    def path(self, step: int) -> Path:
        """Return where the checkpoint of a step is, or would be."""
        return self.folder / _NAME.format(step)

    def save(self, obj: Any, step: int, score: SupportsFloat | None = None) -> Path:
        """Write a checkpoint, and delete those that are neither the best nor among the last.

        Args:
            obj: what ``save`` takes.
            step: its number: of a step, of an epoch.
            score: how good it is, a number or a tensor of one; NaN, and None, are never the best.

        Returns:
            The path.
        """
        from minitorch.core.files import replace_file
        from minitorch.serialization import save

        if not isinstance(step, int) or step < 0:
            raise ValueError(f"step must be an integer from 0 on, got {step!r}")
        # The score first: without its file it says nothing, and a file without it is not the best.
        scores = {**self._scores(), step: None if score is None else float(score)}
        text = json.dumps({str(s): x for s, x in sorted(scores.items())}, indent=1).encode()
        replace_file(str(self.folder / _SCORES), lambda file: file.write(text))
        save(obj, self.path(step))
        steps = self.steps()
        stay = {*steps[-self.keep :], step, self._best(scores)}
        for old in steps:
            if old not in stay:
                self.path(old).unlink(missing_ok=True)
        return self.path(step)

    def latest(self, **options: Any) -> tuple[int, Any]:
        """Return the last step of which there is a whole checkpoint, and what was saved then.

        One that is damaged is passed over, with a warning. ``options`` are those of ``load``.

        Raises:
            FileNotFoundError: there is none.
        """
        from minitorch.serialization import load

        for step in reversed(self.steps()):
            try:
                return step, load(self.path(step), **options)
            except (RuntimeError, EOFError) as error:
                warnings.warn(f"passed over, the one before it is taken: {error}", stacklevel=2)
        raise FileNotFoundError(f"{self.folder}: there is no whole checkpoint (step-00000000.pt)")

    def best(self, **options: Any) -> tuple[int, Any]:
        """Return the step with the best score, and what was saved then.

        Raises:
            FileNotFoundError: none has a score.
        """
        from minitorch.serialization import load

        step = self._best(self._scores())
        if step is None:
            raise FileNotFoundError(f"{self.folder}: no checkpoint was saved with a score")
        return step, load(self.path(step), **options)

    def _scores(self) -> dict[int, float | None]:
        """Return the scores of the checkpoints that are there."""
        file = self.folder / _SCORES
        try:
            content = json.loads(file.read_text()) if file.exists() else {}
        except ValueError as error:
            raise RuntimeError(
                f"{file}: the scores are corrupt ({error}). Without the file no step has one."
            ) from None
        return {step: content.get(str(step)) for step in self.steps()}

    def _best(self, scores: dict[int, float | None]) -> int | None:
        """Return the step with the best score, the first of several."""
        known = [(x, step) for step, x in scores.items() if x is not None and not math.isnan(x)]
        if not known:
            return None
        best = (max if self.mode == "max" else min)(x for x, _ in known)
        return min(step for x, step in known if x == best)
