"""Loss curves, where matplotlib is there; the one picture here that is no graph."""

import importlib.util
import sys
from pathlib import Path


class Curves:
    """Losses, step by step, by the names of what was trained."""

    def __init__(self, losses: dict[str, list[float]]) -> None:
        self.losses = losses

    def save(self, path: Path) -> None:
        """Write them, one panel each; without matplotlib say so."""
        if importlib.util.find_spec("matplotlib") is None:
            print("No loss curves: they need matplotlib.", file=sys.stderr)
            return
        from matplotlib.figure import Figure

        figure = Figure(figsize=(9, 3), layout="constrained")
        panels = figure.subplots(1, len(self.losses))
        for panel, (name, losses) in zip(panels, self.losses.items(), strict=True):
            panel.plot(range(1, len(losses) + 1), losses, marker=".")
            panel.set(title=name, xlabel="step", ylabel="loss")
        figure.savefig(path)
