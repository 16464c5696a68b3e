"""The built site, once for all tests and all processes of a run."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.source import REPOSITORY


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
    """The folder of the site. The first process builds it, the others wait."""
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
        build(shared / "site-of-docs" / "html")
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return shared / "site-of-docs" / "html"
