"""Whether a built site is what a build of the present files would give.

A build leaves a digest of its inputs in the site, and tests that want a site look for it. It is of
all files of the repository but for what is made of them, and of the programs that made the site: a
stale site may then not carry it, whatever the times of its files say. Sphinx leaves a page alone as
long as the page's own source is old, though its links and its menu may be new. So only a build from
nothing leaves a digest, without a warning, of files that have not changed meanwhile; one on top of
a site keeps the digest that is right already.
"""

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

NAME = "inputs.sha256"
MAKERS = ("sphinx", "myst-nb", "myst-parser", "furo", "docutils", "pygments", "setuptools", "numpy")
MADE = {"build", "data", "runs", "dist", "htmlcov"}  # in the root: some packages have these names
NO_INPUT = re.compile(r"\.(?!ci$)|__pycache__$|.*\.egg-info$")
COMPILED = (".so", ".pyd")  # their sources are read; they differ from one compilation to the next


def inputs(root: Path) -> Iterator[Path]:
    """The files that a site may depend on, in order."""
    for folder, inner, files in os.walk(root):
        here = Path(folder)
        made = MADE if here == root else set()
        inner[:] = sorted(name for name in inner if name not in made and not NO_INPUT.match(name))
        for name in sorted(files):
            is_written = here == root / "docs" / "api" and name.endswith(".rst")
            if not (is_written or name.startswith(".")):
                yield here / name


def digest(root: Path) -> str:
    """Names and contents of the inputs, and the versions of what makes a site of them."""
    found = hashlib.sha256(sys.version.encode())
    for name in MAKERS:
        found.update(f"{name} {version(name)}\n".encode())
    for path in inputs(root):
        content = b"" if path.suffix in COMPILED else path.read_bytes()
        found.update(f"{path.relative_to(root)} {hashlib.sha256(content).hexdigest()}\n".encode())
    return found.hexdigest()


def is_fresh(site: Path, root: Path) -> bool:
    """Whether a site is made of the files as they are now."""
    stamp = site / NAME
    return stamp.is_file() and stamp.read_text() == digest(root)


class Build:
    """One build, from its beginning to what it leaves behind."""

    def __init__(self, app: Sphinx) -> None:
        is_from_nothing = not any(app.outdir.glob("*")) and not _memory(app).exists()
        is_right = is_from_nothing or is_fresh(app.outdir, app.srcdir)
        self.digest = digest(app.srcdir) if is_right and not app.config.overrides else ""
        # Until it is done there is none.
        (app.outdir / NAME).unlink(missing_ok=True)

    def finish(self, app: Sphinx, error: Exception | None) -> None:
        """Say what the site is made of; after a warning, have the next build warn again."""
        if app._warncount:
            _memory(app).unlink(missing_ok=True)  # it leaves pages alone that were read with one
        elif not error and app.builder.name == "html" and self.digest == digest(app.srcdir):
            (app.outdir / NAME).write_text(self.digest)


def _memory(app: Sphinx) -> Path:
    """What Sphinx remembers of a build."""
    return app.doctreedir / "environment.pickle"


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("build-finished", Build(app).finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
