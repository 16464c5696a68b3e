"""The pages of docs/experiments: the same in both languages, and pictures as they are drawn today.

That their code prints what they show and that their links lead somewhere is in `test_pages.py`.

`python -m tests.docs.test_experiment_pages` draws the pictures anew.
"""

import contextlib
import importlib
import io
import re
from itertools import pairwise
from pathlib import Path

import pytest

from examples.autograd.__main__ import EXPERIMENTS
from examples.autograd.telling import run
from tests.docs.markdown import blocks, printed, shown
from tests.support.source import REPOSITORY

PAGES = REPOSITORY / "docs" / "experiments"
PICTURES = PAGES / "pictures"
NAMES = sorted(path.stem for path in PAGES.glob("*.md"))
# Blocks of a page, counted from 0, for which PyTorch prints something else, and why.
DIFFERENT = {
    ("grad-modes", 2): "volatile=True is ignored there",
    ("in-place", 0): "the error calls the node Sigmoid",
    ("in-place", 2): "the error ends sooner, without a full stop to cut it at",
    ("leaves", 2): "there is no why()",
}
SCRIPTS = str(Path("examples", "autograd", "_"))[:-1]

every = pytest.mark.parametrize("name", NAMES)


def text_of(name: str, language: str = "") -> str:
    return (PAGES / language / f"{name}.md").read_text(encoding="utf-8")


def pictures_on(text: str) -> list[str]:
    return re.findall(r"!\[.+?\]\((?:\.\./)?pictures/(\w+)\.svg\)", text)


SHOWN = sorted({picture for name in NAMES for picture in pictures_on(text_of(name))})


@every
def test_both_languages_share_code_and_pictures(name):
    english, chinese = text_of(name), text_of(name, "zh")
    assert blocks(english) == blocks(chinese)
    assert pictures_on(english) == pictures_on(chinese)
    assert f"](zh/{name}.md)" in english
    assert f"](../{name}.md)" in chinese
    assert len(re.findall(r"[\u4e00-\u9fff]", chinese)) > 40


@every
def test_pytorch_prints_the_same(name, request, tmp_path, monkeypatch):
    """As the index says: with `import torch` it is PyTorch code."""
    request.getfixturevalue("torch")
    if "minitorch.models" in text_of(name):
        request.getfixturevalue("torchvision")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for number, block in enumerate(blocks(text_of(name))):
        code = block.text.replace("minitorch.models", "torchvision.models")
        try:
            said = printed(code.replace("minitorch", "torch"), names)
        except AttributeError as error:
            said = [str(error)]
        assert (said == shown(block.text)) == ((name, number) not in DIFFERENT), (number, said)


def test_each_page_has_a_twin_and_stands_in_the_index():
    assert sorted(path.stem for path in (PAGES / "zh").glob("*.md")) == NAMES
    for language in ("", "zh"):
        listed = re.findall(r"^\| \[.+?\]\((\S+)\.md\)", text_of("index", language), re.M)
        assert sorted([*listed, "index"]) == NAMES
        numbers = re.findall(r"^\| \[.+?\]\(\S+\) \| (.+?) \|", text_of("index", language), re.M)
        found = sorted(int(n) for row in numbers for n in re.split(", |、", row))
        assert found == list(range(1, len(EXPERIMENTS) + 1))


@pytest.mark.parametrize("language", ["", "zh"])
def test_each_page_leads_to_the_next(language):
    listed = re.findall(r"^\| \[.+?\]\((\S+)\.md\)", text_of("index", language), re.M)
    for name, following in pairwise([*listed, "index"]):
        *_, end = text_of(name, language).splitlines()
        title = text_of(following, language).splitlines()[0].removeprefix("# ")
        assert f"]({following}.md)" in end, name
        assert following == "index" or f"[{title}](" in end, name


def draw(name: str, folder: Path) -> None:
    """Draw the pictures of a script into a folder, without the path of the script."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.chdir(REPOSITORY):
        paths = run(importlib.import_module(f"examples.autograd.{name}").main, folder)
    for path in paths:
        path.write_text(path.read_text(encoding="utf-8").replace(SCRIPTS, ""), encoding="utf-8")


def script_of(picture: str) -> str:
    """The script that draws a picture: the longest name that it starts with."""
    return max((name for name in EXPERIMENTS if picture.startswith(name)), key=len)


def test_no_picture_is_left_over():
    assert sorted(path.stem for path in PICTURES.iterdir()) == SHOWN


@pytest.mark.parametrize("script", sorted({script_of(picture) for picture in SHOWN}))
def test_the_pictures_are_what_is_drawn_today(script, tmp_path):
    draw(script, tmp_path)
    for picture in SHOWN:
        if script_of(picture) == script:
            today = (tmp_path / f"{picture}.svg").read_text(encoding="utf-8")
            assert today == (PICTURES / f"{picture}.svg").read_text(encoding="utf-8")
            assert str(REPOSITORY) not in today


def write_pictures() -> None:
    for script in sorted({script_of(picture) for picture in SHOWN}):
        draw(script, PICTURES)
    for path in PICTURES.iterdir():
        if path.stem not in SHOWN:
            path.unlink()


if __name__ == "__main__":
    write_pictures()
