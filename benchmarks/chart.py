"""The bars of docs/benchmarks.md."""

import importlib.util
from pathlib import Path

COLOURS = ("#0b5fa5", "#8fb8d9")


def draw(path: Path, bars: dict[str, dict[str, float]]) -> bool:
    """A group of bars for each step; False where matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        print("no picture: matplotlib is not installed")
        return False
    from matplotlib.figure import Figure  # not pyplot: no window

    names = list(dict.fromkeys(name for group in bars.values() for name in group))
    height = 0.8 / len(names)
    # Opaque: it is read on pages of any colour.
    figure = Figure(figsize=(9, 1.2 + 0.38 * len(bars)), dpi=100, layout="constrained")
    axes = figure.subplots()
    for place, (name, colour) in enumerate(zip(names, COLOURS, strict=False)):
        rows = [row for row, group in enumerate(bars.values()) if name in group]
        values = [group[name] for group in bars.values() if name in group]
        middles = [row + (place - (len(names) - 1) / 2) * height for row in rows]
        drawn = axes.barh(middles, values, 0.9 * height, color=colour, label=name)
        labels = axes.bar_label(drawn, fmt="%.2f", padding=3, fontsize=8)
        for label in labels:  # readable on the line, too
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.4})
    axes.axvline(1, color="#c4262e", linewidth=1.2, label="PyTorch")
    axes.set_yticks(range(len(bars)), bars)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(
        0, 1.1 * max(1.2, *(value for group in bars.values() for value in group.values()))
    )
    axes.set_xlabel("PyTorch's time / minitorch's: longer is faster")
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png")
    return True
