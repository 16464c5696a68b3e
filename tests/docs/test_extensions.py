"""What the site is made with, on small sites of its own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import minitorch as mt
from tests.docs.markdown import DOCS
from tests.support.source import module_of

pytest.importorskip("myst_nb", reason="`make docs` installs Sphinx and MyST-NB")
pytestmark = pytest.mark.slow

EXTENSIONS = DOCS / "_ext"


def make(folder: Path, extension: str) -> subprocess.CompletedProcess[str]:
    """Build the site of a folder into its `build/`, with one of our extensions and Markdown."""
    conf = f"import sys; sys.path.insert(0, {str(EXTENSIONS)!r})\n"
    conf += f"extensions = ['myst_parser', {extension!r}]; exclude_patterns = ['build']\n"
    if not (folder / "conf.py").exists():
        (folder / "conf.py").write_text(conf, encoding="utf-8")
    command = ["--quiet", "-W", "--keep-going", "-d", str(folder / "build/doctrees")]
    return subprocess.run(
        [sys.executable, "-m", "sphinx", *command, str(folder), str(folder / "build/site")],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )


@pytest.fixture
def freshness() -> ModuleType:
    return module_of(EXTENSIONS / "freshness.py")


def test_a_site_from_nothing_is_fresh_until_a_file_changes(tmp_path, freshness):
    site = tmp_path / "build" / "site"
    (tmp_path / "index.md").write_text("# One\n")
    (tmp_path / "code.py").write_text("x = 1\n")
    for _ in range(2):  # the second has nothing to do
        assert make(tmp_path, "freshness").returncode == 0
        assert freshness.is_fresh(site, tmp_path)
    changed = (tmp_path / "code.py").stat()
    (tmp_path / "code.py").write_text("x = 2\n")
    os.utime(tmp_path / "code.py", ns=(changed.st_atime_ns, changed.st_mtime_ns))
    assert not freshness.is_fresh(site, tmp_path)
    assert make(tmp_path, "freshness").returncode == 0  # which leaves the page as it was
    assert not freshness.is_fresh(site, tmp_path)
    # Pages that are gone may be in the one, old ones in the other.
    for part in ("doctrees", "site"):
        shutil.rmtree(tmp_path / "build" / part)
        assert make(tmp_path, "freshness").returncode == 0
        assert not freshness.is_fresh(site, tmp_path)


def test_a_build_that_warned_leaves_nothing_to_go_on_from(tmp_path, freshness):
    (tmp_path / "index.md").write_text("# One\n\n```{nothing}\n```\n")
    for _ in range(2):  # Sphinx by itself would not read the page again
        run = make(tmp_path, "freshness")
        assert run.returncode == 1
        assert "Unknown directive" in run.stderr
        assert not freshness.is_fresh(tmp_path / "build" / "site", tmp_path)


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda root: write(root / "pkg/data/new.py"),
        lambda root: write(root / ".ci/run"),
        lambda root: (root / "pkg/old.py").write_text("y"),
        lambda root: (root / "pkg/old.py").unlink(),
        lambda root: (root / "pkg/old.py").rename(root / "pkg/other.py"),
    ],
    ids=["new", "hidden", "changed", "gone", "renamed"],
)
def test_what_changes_the_digest(change: Callable[[Path], None], tmp_path, freshness):
    write(tmp_path / "pkg/old.py")
    before = freshness.digest(tmp_path)
    change(tmp_path)
    assert freshness.digest(tmp_path) != before


def test_what_is_made_of_the_files_does_not_change_the_digest(tmp_path, freshness):
    write(tmp_path / "pkg/old.py")
    write(tmp_path / "pkg/_native.so")
    before = freshness.digest(tmp_path)
    for name in ("build/x", "data/x", ".venv/x", "pkg/__pycache__/x", "a.egg-info/x", ".coverage"):
        write(tmp_path / name)
    write(tmp_path / "docs/api/nn.rst")
    (tmp_path / "pkg/_native.so").write_text("compiled again")
    assert freshness.digest(tmp_path) == before
    write(tmp_path / "pkg/_hot.so")
    assert freshness.digest(tmp_path) != before


def test_links_out_of_the_repository_are_warnings(tmp_path):
    root = tmp_path / "repository"
    inside = {"code.py": "x = 1\n", "folder/README.md": "# Two\n", "kept.txt": "Three\n"}
    links = "[a](code.py) [b](folder/) [c](kept.txt)"
    for name, text in {**inside, "index.md": f"# One\n\n{links} [two](folder/README.md)\n"}.items():
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_text(text)
    conf = f"import sys; sys.path.insert(0, {str(EXTENSIONS)!r})\nexclude_patterns = ['build']\n"
    conf += "extensions = ['myst_parser', 'repository_links']; suppress_warnings = ['toc']\n"
    (root / "conf.py").write_text(conf)
    run = make(root, "repository_links")
    assert (run.returncode, run.stderr) == (0, "")
    page = (root / "build/site/index.html").read_text(encoding="utf-8")
    targets = ["source/code.py.html", "folder/README.html", "source/kept.txt.html"]
    assert re.findall(r'href="([^"]+)">(?:<span[^>]*>)?[abc]<', page) == targets

    write(tmp_path / "outside.py")
    write(tmp_path / "outside.md")
    write(tmp_path / "beside/README.md")
    out = ["../outside.py", "../outside.md", "../beside/"]
    (root / "index.md").write_text("# One\n\n" + "\n\n".join(f"[it]({link})" for link in out))
    run = make(root, "repository_links")
    assert run.returncode == 1
    for link, line in zip(out, run.stderr.splitlines(), strict=True):
        assert (
            "index.md:" in line
            and "link out of the repository" in line
            and link.rstrip("/") in line
        )


@pytest.fixture
def reference(monkeypatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(EXTENSIONS)
    before = set(sys.modules)
    yield module_of(EXTENSIONS / "reference.py")
    # What was imported without its extra is of no use to other tests.
    for name in set(sys.modules) - before:
        if name.startswith("minitorch.utils.tensorboard"):
            del sys.modules[name]
            vars(mt.utils).pop("tensorboard", None)


def test_pages_are_replaced_in_one_step_and_only_where_they_change(tmp_path, reference):
    for name, text in {
        "same.rst": "same",
        "other.rst": "old",
        "gone.rst": "",
        "index.md": "",
    }.items():
        (tmp_path / name).write_text(text)
    same = (tmp_path / "same.rst").stat()
    with (tmp_path / "other.rst").open() as reader:  # another build
        reference.update(tmp_path, {"same": "same", "other": "new", "more": "more"})
        assert reader.read() == "old"
    assert (tmp_path / "same.rst").stat() == same
    assert (tmp_path / "other.rst").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("index.md", "more.rst", "other.rst", "same.rst")
    ]


def test_the_reference_needs_no_extra(reference):
    with reference.mock(reference.EXTRAS):
        page = next(page for page in reference.PAGES if page.name == "tools")
        text = reference.Reference().page(page)
    assert ".. py:class:: SummaryWriter(log_dir: str | PathLike[str] | None = None" in text


def test_a_class_names_the_nearest_base_that_has_an_entry(reference):
    with reference.mock(reference.EXTRAS):
        public = reference.public_classes()
    classes = (mt.optim.SGD, mt.nn.Conv2d, mt.nn.Module)
    bases = [reference.describe._base(cls, public) for cls in classes]
    assert bases == [["Base: ``Optimizer``", ""], ["Base: ``Module``", ""], []]
