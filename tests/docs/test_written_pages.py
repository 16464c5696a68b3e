"""The programs on the written pages run, and print what the page says."""

import contextlib
import io
import re
import runpy
from itertools import pairwise

import pytest

import minitorch as mt
from tests.support.source import REPOSITORY
from tests.test_house_rules import RANK

DOCS = REPOSITORY / "docs"
NAMES = ["start.md", "design.md", "differences.md"]
PAGES = [DOCS / name for name in NAMES] + sorted((DOCS / "howto").glob("*.md"))
# What PyTorch prints too, the page says before the block, where a browser does not show it.
BLOCK = re.compile(r"^(<!-- the same in PyTorch -->\n)?```python\n(.*?)^```", re.M | re.S)
IMPORT = "import minitorch as torch"


def blocks(page):
    return [(bool(mark), code) for mark, code in BLOCK.findall(page.read_text(encoding="utf-8"))]


def shown(code):
    """What a block says it prints: comments beside `print`, and comments that begin a line."""
    words = []
    for line in code.splitlines():
        before, mark, comment = line.partition("# ")
        if mark and (not before or "print(" in before):
            words += comment.split()
    return words


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    """Where a program leaves its files; what it says of threads ends with it."""
    monkeypatch.chdir(tmp_path)
    threads = mt.get_num_threads()
    yield
    mt.set_num_threads(threads)


def run(code, names):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "train.py", "exec"), names)
    return out.getvalue().split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_programs_print_what_is_shown(page):
    names = {"__name__": "__main__"}
    for _, code in blocks(page):
        assert run(code, names) == shown(code)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pytorch_prints_the_same(page, request):
    programs = [code for same, code in blocks(page) if same]
    if not programs:
        return
    request.getfixturevalue("torch")
    for code in programs:  # each is a program of its own
        assert IMPORT in code
        assert run(code.replace("minitorch", "torch"), {}) == shown(code)


def test_the_pictures_are_those_of_the_programs(tmp_path):
    names = {"__name__": "__main__"}
    for _, code in blocks(DOCS / "start.md")[:2]:
        run(code, names)
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert drawn == (DOCS / "pictures" / "start_graph.svg").read_text(encoding="utf-8")
    layers = runpy.run_path(str(DOCS / "pictures" / "layers.py"))
    assert layers["svg"]() == (DOCS / "pictures" / "layers.svg").read_text(encoding="utf-8")
    rows = [[part for box in row for part in box[0].split(", ")] for row in layers["ROWS"][1:]]
    ranks = [[RANK.get(part, RANK.get(part.split(".")[0])) for part in row] for row in rows]
    assert all(min(above) > max(below) for above, below in pairwise(ranks)), rows


def test_a_comment_that_is_not_printed_fails():
    assert shown("x = 1  # one\nprint(x)  # 1\n# 2 3\n    # why") == ["1", "2", "3"]
    assert run("print('1 2')", {}) != shown("print('1 2')  # 1 3")
