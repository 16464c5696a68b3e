"""What the written pages say of PyTorch, and their pictures; `test_pages.py` runs them."""

import re
import runpy
from itertools import pairwise

import pytest

from tests.docs.markdown import DOCS, blocks, pages, printed, shown
from tests.test_house_rules import RANK

# What PyTorch prints too, the page says before the block, where a browser does not show it.
SAME = re.compile(r"^<!-- the same in PyTorch -->\n(```python\n.*?^```)", re.M | re.S)
# Each is a program of its own.
PROGRAMS = [
    pytest.param(blocks(fenced)[0].text, id=page.stem)
    for page in pages()
    for fenced in SAME.findall(page.read_text(encoding="utf-8"))
]


def test_some_programs_are_said_to_be_the_same():
    assert {"start", "custom_functions"} <= {program.id for program in PROGRAMS}


@pytest.mark.parametrize("code", PROGRAMS)
def test_pytorch_prints_the_same(code, torch):
    assert "import minitorch as torch" in code
    assert printed(code.replace("minitorch", "torch"), {}) == shown(code)


def test_the_pictures_are_those_of_the_programs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    programs = [
        b.text for b in blocks((DOCS / "start.md").read_text("utf-8")) if b.info == "python"
    ]
    for code in programs[:2]:
        printed(code, names)
    drawn = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert drawn == (DOCS / "pictures" / "start_graph.svg").read_text(encoding="utf-8")
    layers = runpy.run_path(str(DOCS / "pictures" / "layers.py"))
    assert layers["svg"]() == (DOCS / "pictures" / "layers.svg").read_text(encoding="utf-8")
    rows = [[part for box in row for part in box[0].split(", ")] for row in layers["ROWS"][1:]]
    ranks = [[RANK.get(part, RANK.get(part.split(".")[0])) for part in row] for row in rows]
    assert all(min(above) > max(below) for above, below in pairwise(ranks)), rows
