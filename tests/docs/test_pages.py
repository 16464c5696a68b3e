"""What pages show is true: links lead somewhere, programs print that, commands are there."""

import importlib.util
import re
from pathlib import Path

import pytest

import minitorch as mt
from tests.docs.markdown import (
    DOCS,
    anchors,
    blocks,
    broken_links,
    links,
    name_of,
    pages,
    printed,
    shown,
)
from tests.support.source import REPOSITORY

PAGES = pages()
# Written by commands, and tested with them; and the Chinese pages, whose code is the English ones'.
ELSEWHERE = ("benchmarks.md", "conformance.md", "errors.md", "record.md", "api/", "live/")
ELSEWHERE += ("experiments/zh/",)
RUN = [
    page
    for page in PAGES
    if DOCS in page.parents
    and not page.relative_to(DOCS).as_posix().startswith(ELSEWHERE)
    and any(block.info == "python" for block in blocks(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings(page):
    assert broken_links(page) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    (tmp_path / "other.md").write_text("# One `two`, three\n## Same\n## Same\n")
    page = tmp_path / "page.md"
    good = "[a](other.md#one-two-three) [b](other.md#same-1) ![c](other.md) [d](#here) # Here"
    bad = '[a](none.md) [b](other.md#four) ![c](none.png) [d](#there) <img src="no.svg">'
    page.write_text(
        f"{good}\n{bad}\n# Here\n`[e](code.md)`\n```\n[f](block.md)\n```\n[g](https://x.y)"
    )
    found = broken_links(page)
    assert found == ["none.md", "other.md#four", "none.png", "#there", "no.svg"]
    assert links('[a](b.md "title")') == ["b.md"]
    assert anchors("# A — b: c\n(named)=\n") == {"a--b-c", "named"}


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_programs_print_what_is_shown(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where a program leaves its files
    threads = mt.get_num_threads()
    names: dict[str, object] = {"__name__": "__main__"}
    try:
        for block in blocks(page.read_text(encoding="utf-8")):
            if block.info == "python":
                assert printed(block.text, names) == shown(block.text)
    finally:
        mt.set_num_threads(threads)


def test_what_is_printed_and_not_shown_fails():
    code = "x = 1  # why\nprint(x)  # 1\nprint(2)\n# 2\n"
    assert printed(code, {}) == shown(code) == ["1", "2"]
    assert printed("print(3)  # 4", {}) != shown("print(3)  # 4")
    assert shown("print(x)  # 1\n# 2 3\n    # why") == ["1", "2", "3"]


MAKE = set(re.findall(r"^([a-z][\w-]*):", (REPOSITORY / "Makefile").read_text(), re.M))
# Modules that a shell may name and that are not ours to have.
OTHERS = {
    "pip",
    "venv",
    "pytest",
    "http.server",
    "coverage",
    "jupyter",
    "build",
    "cProfile",
    "ruff",
}
COMMAND = re.compile(r"^(?:\$ )?(?:\w+=\S* )*(?:\S*/)?(python|py -3|make)\b(.*)$")


def unknown_commands(page: Path) -> list[str]:
    """Lines of shell that name a module or a target that is not there."""
    found = []
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.info not in ("", "console", "sh", "bash", "shell"):
            continue
        for line in block.text.splitlines():
            if (command := COMMAND.match(line.strip())) and not _is_there(*command.groups()):
                found.append(line)
    return found


def _is_there(program: str, rest: str) -> bool:
    rest = rest.partition("#")[0]
    if program == "make":
        words = re.sub(r"\w+=(?:\"[^\"]*\"|'[^']*'|\S+)", "", rest).split()
        return all(word in MAKE for word in words if not word.startswith("-"))
    module = re.match(r"(?: -\w+)* -m ([\w.]+)", rest)
    if not module or module[1] in OTHERS or module[1].split(".")[0] == "package":
        return True
    try:
        return importlib.util.find_spec(module[1]) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_are_there(page):
    assert unknown_commands(page) == []


def test_a_command_that_is_not_there_is_found(tmp_path):
    page = tmp_path / "page.md"
    good = ['make test ARGS="-k a b"  # all', "python -m minitorch explain x", "A=1 make docs"]
    bad = ["make nothing", "$ python -m examples.nothing.train", ".venv/bin/python -m no.such"]
    page.write_text("```console\n" + "\n".join(good + bad) + "\n```\n```python\nmake no\n```\n")
    assert unknown_commands(page) == bad
