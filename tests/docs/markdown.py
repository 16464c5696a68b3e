"""All pages in Markdown, and what stands on them: prose, programs, commands, links, headings."""

import contextlib
import io
import re
from pathlib import Path
from typing import NamedTuple

from tests.support.source import REPOSITORY

DOCS = REPOSITORY / "docs"
FENCE = re.compile(r"^( *)```([^\n]*)\n(.*?)^\1``` *$", re.M | re.S)
LINK = re.compile(
    r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|<(?:img|a)\s[^>]*(?:src|href)=\"([^\"]+)\""
)
HEADING = re.compile(r"^#{1,6} +(.*?) *#*$", re.M)
TARGET = re.compile(r"^\(([\w-]+)\)=$|<a (?:id|name)=\"([^\"]+)\"", re.M)


class Block(NamedTuple):
    """A fenced block: what stands behind the fence, and its lines."""

    info: str
    text: str


def pages() -> list[Path]:
    """What readers see: the site's pages and the READMEs; explanations are part of errors.md."""
    found = [REPOSITORY / "README.md", *DOCS.rglob("*.md")]
    for folder in ("examples", "benchmarks", "minitorch"):
        found += (REPOSITORY / folder).rglob("*.md")
    hidden = REPOSITORY / "minitorch" / "explanations"
    return sorted(path for path in found if hidden not in path.parents)


def name_of(page: Path) -> str:
    """A page by its path from the root."""
    return page.relative_to(REPOSITORY).as_posix()


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order, without the indent of a list they stand in."""
    return [
        Block(info.strip(), re.sub(rf"^{indent}", "", body, flags=re.M))
        for indent, info, body in FENCE.findall(text)
    ]


def shown(code: str) -> list[str]:
    """Words that a block says it prints: comments beside `print`, and those that begin a line."""
    found: list[str] = []
    for line in code.splitlines():
        before, mark, comment = line.partition("# ")
        if mark and (not before or "print(" in before):
            found += comment.split()
    return found


def printed(code: str, names: dict[str, object]) -> list[str]:
    """Words that a block prints; where it names a file, that is `train.py`."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "train.py", "exec"), names)
    return out.getvalue().split()


def prose(text: str) -> str:
    """A page without its blocks."""
    return FENCE.sub("", text)


def links(text: str) -> list[str]:
    """Targets of links and pictures within the repository."""
    bare = re.sub(r"(`+).*?\1", lambda code: "x" * len(code.group()), prose(text), flags=re.S)
    found = [first or second for first, second in LINK.findall(bare)]
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(text: str) -> set[str]:
    """What a link may name behind `#`: headings as hosting sites spell them, and named places."""
    found: set[str] = set()
    for heading in HEADING.findall(prose(text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.replace("`", ""))
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        again = sum(1 for old in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", old))
        found.add(f"{slug}-{again}" if slug in found else slug)
    return found | {first or second for first, second in TARGET.findall(text)}


def broken_links(page: Path) -> list[str]:
    """Links that lead to no file, or to no heading of one."""
    text = page.read_text(encoding="utf-8")
    return [link for link in links(text) if not _leads_somewhere(page, text, link)]


def _leads_somewhere(page: Path, text: str, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return False
    if not anchor or target.suffix != ".md":
        return True
    there = target.read_text(encoding="utf-8") if path else text
    return anchor in anchors(there)
