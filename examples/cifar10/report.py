"""One page that holds what can be seen of a run, readable offline and apart from its folder."""

import base64
import csv
import html
from collections.abc import Iterable

from examples.cifar10.run_folder import RunFolder, write_atomically

_PICTURES = {
    "curves.png": "How it went",
    "confusion.png": "What is taken for what",
    "predictions.png": "The first test images",
    "mistakes.png": "The most confident mistakes",
}
_STYLE = """
body { margin: 2em auto; max-width: 70em; padding: 0 1em; font: 16px/1.5 system-ui, sans-serif;
       color: #1c1c1c; background: #fff }
h1, h2 { line-height: 1.2 } h2 { margin-top: 2em }
img { max-width: 100%; min-width: 44em; height: auto; background: #fff }
pre, .wide { overflow-x: auto } pre { font-size: 13px; line-height: 1.4 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .2em .8em; text-align: right; border-bottom: 1px solid #8886 }
td { white-space: nowrap }
@media (prefers-color-scheme: dark) { body { color: #e4e4e4; background: #181818 } }
"""


def write_report(run: RunFolder, title: str, note: str) -> None:
    """Writes report.html out of the log, the table and the pictures that the run has."""
    parts = [f"<h1>{html.escape(title)}</h1>"]
    parts += [f"<p>{html.escape(note)}</p>"] if note else []
    for name, heading in _PICTURES.items():
        if (run.path / name).exists():
            content = base64.b64encode((run.path / name).read_bytes()).decode()
            source = f"data:image/png;base64,{content}"
            picture = f'<img alt="{heading}" src="{source}">'
            parts.append(f'<h2>{heading}</h2>\n<div class="wide">{picture}</div>')
    parts += ["<h2>Every test</h2>", _table((run.path / "metrics.csv").read_text(encoding="utf-8"))]
    log = html.escape(run.log_path.read_text(encoding="utf-8"))
    parts += ["<h2>The log</h2>", f"<pre>{log}</pre>"]
    body = "\n".join(parts)
    page = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n{body}\n</html>\n"
    )
    write_atomically(run.path / "report.html", page.encode())


def _table(text: str) -> str:
    """CSV as HTML, its numbers to five digits."""
    heading, *rows = csv.reader(text.splitlines())
    lines = [_row("th", (name.replace("_", " ") for name in heading))]
    lines += [_row("td", map(_short, row)) for row in rows]
    return '<div class="wide"><table>\n' + "\n".join(lines) + "\n</table></div>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _short(text: str) -> str:
    try:
        return f"{float(text):.5g}"
    except ValueError:
        return text
