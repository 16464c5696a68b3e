"""The built site, once for all processes of a run, or that of `make docs`."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.source import REPOSITORY, module_of

MADE = REPOSITORY / "build" / "site"  # by `make docs`


def provide(folder: Path) -> None:
    """Copy the site that `make docs` has built, if a digest in it says that it is fresh; or build.

    See docs/_ext/freshness.py. A build that begins meanwhile takes the digest away first, so one
    that is there before and after the copying is that of what was copied.
    """
    is_fresh = module_of(REPOSITORY / "docs" / "_ext" / "freshness.py").is_fresh
    if is_fresh(MADE, REPOSITORY):
        shutil.copytree(MADE, folder)
        if is_fresh(MADE, REPOSITORY):
            return
        shutil.rmtree(folder)
    build(folder)


def build(folder: Path) -> None:
    """Build the site as `make docs` does, or fail with its warnings."""
    doctrees = folder.parent / "doctrees"
    command = ["-m", "sphinx", "--quiet", "-W", "--keep-going", "-c", "docs", "-d", str(doctrees)]
    run = subprocess.run(
        [sys.executable, *command, ".", str(folder)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    if run.returncode:
        pytest.fail(f"the site does not build without warnings:\n{run.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site. The first process sees to it, the others wait."""
    if any(importlib.util.find_spec(name) is None for name in ("sphinx", "myst_nb", "furo")):
        pytest.skip("needs Sphinx, MyST-NB and furo; `make docs` installs them")
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    done, failed = shared / "site-is-built", shared / "site-is-not-built"
    try:
        (shared / "site-of-docs").mkdir()
    except FileExistsError:
        while not done.exists() and not failed.exists():
            time.sleep(0.2)
        if failed.exists():
            pytest.fail("another process could not build the site", pytrace=False)
        return shared / "site-of-docs" / "html"
    try:
        provide(shared / "site-of-docs" / "html")
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return shared / "site-of-docs" / "html"
