"""The programs of `docs/live/index.md`, and what stands below them.

`python -m tests.live.stored` runs them and writes that anew.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.source import REPOSITORY, module_of

PAGE = REPOSITORY / "docs/live/index.md"
PICTURES = PAGE.parent / "pictures"
ASSETS = PAGE.parent / "assets"
SECTION = re.compile(r"^## (.+?)\n(.*?^```python\n(.*?)^```\n)(.*?)(?=^## |\Z)", re.M | re.S)
TEXT = re.compile(r"^```text\n(.*?)^```$", re.M | re.S)


class Program(NamedTuple):
    title: str
    code: str
    text: str  # what stands below it
    pictures: list[str]


def name_of(title: str) -> str:
    return re.sub(r"\W+", "_", title.lower()).strip("_")


def programs() -> list[Program]:
    page = PAGE.read_text(encoding="utf-8")
    found = []
    for title, _, code, below in SECTION.findall(page):
        text = TEXT.search(below)
        found.append(
            Program(title, code, text[1] if text else "", re.findall(r"\((\S+\.svg)\)", below))
        )
    return found


def runner() -> Callable[[str, Callable[[str, str, str], Any]], None]:
    """The function that runs programs, of the file that the browser loads."""
    return module_of(ASSETS / "runner.py").run


def outcome(code: str) -> tuple[str, list[str]]:
    """What a program prints, errors included, and the pictures it shows."""
    events: list[tuple[str, str]] = []
    runner()(code, lambda kind, content, alt: events.append((kind, content)))
    text = "".join(content for kind, content in events if kind != "picture")
    return text, [content for kind, content in events if kind == "picture"]


def write_below(match: re.Match[str]) -> str:
    title, head, code = match[1], match[2], match[3]
    text, pictures = outcome(code)
    below = f"\n```text\n{text}```\n" if text else ""
    for number, picture in enumerate(pictures):
        name = f"{name_of(title)}{number or ''}.svg"
        (PICTURES / name).write_text(picture + "\n", encoding="utf-8")
        below += f"\n![The graph that the program draws](pictures/{name})\n"
    return f"## {title}\n{head}{below}\n"


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    for path in PICTURES.glob("*.svg"):
        path.unlink()
    page = SECTION.sub(write_below, PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page.rstrip("\n") + "\n", encoding="utf-8")
    print(f"{Path(PAGE).name}: {len(programs())} programs")


if __name__ == "__main__":
    main()
