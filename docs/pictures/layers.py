"""Draw the layers of docs/design.md: `python docs/pictures/layers.py` writes layers.svg."""

from pathlib import Path

# From top to bottom: who may import whom. Each row has boxes that do not know of each other.
ROWS = [
    [("examples", "your program: the public names alone")],
    [("models", "published networks")],
    [("vision, hub", "pictures, and what is fetched")],
    [
        ("optim, func", "updates; functions of functions"),
        ("serialization", "files, which can run nothing"),
    ],
    [("nn", "modules, losses")],
    [
        ("nn.functional", "layers as functions: arguments are checked here"),
        ("utils.data", "data sets and loaders"),
    ],
    [("tensor", "Tensor: its methods are the ops")],
    [("ops", "one class per op: forward on arrays, backward in ops")],
    [("generator", "PyTorch's random numbers")],
    [("autograd", "what is recorded, and the walk back")],
    [("kernels", "functions on arrays, one record per back end: NumPy, C, plain loops")],
    [("core", "dtypes, sizes, threads, errors, files: what all else stands on")],
]
WIDTH, HEIGHT, GAP, MARGIN = 720, 50, 12, 16
STYLE = """
.page{fill:#ffffff}.box{fill:#e3edfb;stroke:#3b73c4}.name{fill:#132f57;font-weight:600}.what{fill:#31507c}
@media (prefers-color-scheme:dark){
.page{fill:#161616}.box{fill:#182c49;stroke:#76a9f0}.name{fill:#dbe8fb}.what{fill:#b4cbee}}
"""


def box(x: float, y: int, width: float, name: str, what: str) -> str:
    middle = x + width / 2
    return (
        f'<rect class="box" x="{x:g}" y="{y}" width="{width:g}" height="{HEIGHT}" rx="6"/>\n'
        f'<text class="name" x="{middle:g}" y="{y + 21}" font-size="14">{name}</text>\n'
        f'<text class="what" x="{middle:g}" y="{y + 39}" font-size="12">{what}</text>'
    )


def svg() -> str:
    parts = []
    for row, boxes in enumerate(ROWS):
        width = (WIDTH - GAP * (len(boxes) - 1)) / len(boxes)
        y = MARGIN + row * (HEIGHT + GAP)
        for column, words in enumerate(boxes):
            parts.append(box(MARGIN + column * (width + GAP), y, width, *words))
    full, high = WIDTH + 2 * MARGIN, len(ROWS) * (HEIGHT + GAP) - GAP + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full}" height="{high}" '
        f'viewBox="0 0 {full} {high}" font-family="system-ui,sans-serif" text-anchor="middle" '
        f'role="img" aria-label="layers of minitorch">\n<style>{STYLE}</style>\n'
        f'<rect class="page" width="{full}" height="{high}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("layers.svg").write_text(svg(), encoding="utf-8")
