"""Sphinx extension of the live page: its files, and minitorch as a wheel that browsers can install.

The wheel is pure Python, built of this checkout; Pyodide unpacks it beside its own NumPy. A folder
`docs/live/pyodide` with a copy of Pyodide (its `pyodide.mjs` and what that loads, `numpy` included)
is used instead of the CDN where there is one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
ASSETS = DOCS / "live" / "assets"
PYODIDE = DOCS / "live" / "pyodide"
PAGE = "docs/live/index"
# What setuptools reads; in a copy, for it leaves files beside what it builds and takes up old ones.
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE")


def build_wheel(target: Path) -> str:
    """Build the wheel into a folder; return its name."""
    scratch = target / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    compiled = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    shutil.copytree(DOCS.parent / "minitorch", scratch / "minitorch", ignore=compiled)
    for name in SOURCES:
        shutil.copy(DOCS.parent / name, scratch)
    build = "from setuptools.build_meta import build_wheel; print(build_wheel('..'))"
    run = subprocess.run(
        [sys.executable, "-c", build],
        cwd=scratch,
        env=os.environ | {"MINITORCH_PURE": "1"},
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise RuntimeError(f"the wheel of the live page cannot be built:\n{run.stderr}")
    shutil.rmtree(scratch)
    return run.stdout.splitlines()[-1]


def gather(app: Any) -> None:
    """Lay the page's files where Sphinx copies static ones from: `_static/live/`."""
    static = Path(app.doctreedir) / "live"
    shutil.rmtree(static, ignore_errors=True)
    shutil.copytree(ASSETS, static / "live")
    if PYODIDE.is_dir():
        shutil.copytree(PYODIDE, static / "live" / "pyodide")
    app.live_wheel = build_wheel(static / "live")
    app.config.html_static_path.append(str(static))


def add_files(app: Any, page: str, template: str, context: Any, doctree: Any) -> None:
    """Let the live page, and no other, load its files."""
    if page != PAGE:
        return
    data = {"data-wheel": app.live_wheel, "data-pyodide": "pyodide/" if PYODIDE.is_dir() else ""}
    app.add_js_file("live/live.js", type="module", **data)
    app.add_css_file("live/live.css")


def setup(app: Any) -> dict[str, bool]:
    """Let Sphinx call these; the page is `docs/live/index`."""
    app.connect("builder-inited", gather)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
