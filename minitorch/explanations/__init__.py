"""Errors explained: what `python -m minitorch explain NAME` shows, and `docs/errors.md`.

A message that names a cause ends in ``[explain: NAME]``. The chapters beside this file have a page
for each name: class and key phrase of the error, the smallest program that raises it, why the rule
exists, and the mends, each with a program that runs. Nothing here is imported before it is asked
for: what raises an error writes the name out.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from minitorch.core.errors import near

CHAPTERS = ("gradients.md", "shapes.md", "training.md", "data.md")
WIDTH = 80

_HEAD = """# Errors explained

The message of an error that names a cause ends in a short name, as in `[explain: backward-twice]`.
For each there is the smallest program that raises it, why the rule exists, and what to do; in a
terminal `python -m minitorch explain backward-twice` shows the same. Written by
`python -m minitorch explain --all`.
"""
_NAMED = re.compile(r"\[explain: ([\w-]+)\]")
_FENCE = re.compile(r"^```python\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One error, as a section of a chapter in Markdown."""

    chapter: str
    name: str
    text: str  # what is below the heading

    @property
    def error(self) -> str:
        """Class and key phrase, as they begin in a traceback."""
        return self.text.partition("\n")[0].strip("`")

    @property
    def programs(self) -> list[str]:
        """The one that raises the error, then the mends."""
        return _FENCE.findall(self.text)

    @property
    def plain(self) -> str:
        """The page for a terminal of 80 columns."""
        parts = [self.name, textwrap.fill(self.error, WIDTH)]
        for i, part in enumerate(_FENCE.split(self.text.partition("\n")[2])):
            if i % 2:
                parts.append(textwrap.indent(part.rstrip(), "    "))
            else:
                parts += [textwrap.fill(p, WIDTH) for p in part.strip().split("\n\n") if p]
        return "\n\n".join(parts)


def pages() -> dict[str, Page]:
    """Read all pages, by their names, in the order of the chapters."""
    found = {}
    for file in CHAPTERS:
        text = resources.files(__name__).joinpath(file).read_text(encoding="utf-8")
        title, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
        for section in sections:
            name, _, rest = section.partition("\n")
            found[name] = Page(title.strip("# \n"), name, rest.strip() + "\n")
    return found


def contents() -> str:
    """List all names with the beginning of what they say, for a terminal of 80 columns."""
    lines = []
    chapter = ""
    for page in pages().values():
        if page.chapter != chapter:
            chapter = page.chapter
            lines += ["", chapter, ""]
        said = page.error.partition(": ")[2]
        lines.append(f"  {page.name:<24}{textwrap.shorten(said, WIDTH - 26, placeholder=' …')}")
    return "\n".join(
        [*lines[1:], "", "python -m minitorch explain NAME shows the page of that name."]
    )


def explained(name: str) -> str:
    """Return the page of a name for a terminal; of the message that ends in it, too.

    Raises:
        LookupError: saying which names are near, if there is no page.
    """
    known = pages()
    named = _NAMED.search(name)
    name = named[1] if named else name
    if name in known:
        return known[name].plain
    advice = near(name, known) or _with_a_word_of(name, known)
    raise LookupError(
        f"no error is called '{name}'.{advice} python -m minitorch explain lists all names."
    )


def _with_a_word_of(name: str, known: Iterable[str]) -> str:
    """Return " There is 'x'." for the names in which most words of this one are found, or ""."""
    words = [word for word in re.split(r"[\s_-]+", name.lower()) if len(word) > 3]
    counts = {x: sum(word in x.replace("-", "") for word in words) for x in known}
    most = max(counts.values())
    found = [f"'{x}'" for x, count in counts.items() if most and count == most]
    return f" There is {', '.join(found)}." if found else ""


def document() -> str:
    """Return all pages as one in Markdown, `docs/errors.md`."""
    parts = [_HEAD]
    chapters: dict[str, list[Page]] = {}
    for page in pages().values():
        chapters.setdefault(page.chapter, []).append(page)
    for title, its in chapters.items():
        links = ",\n".join(f"[{page.name}](#{page.name})" for page in its)
        parts.append(f"{title}:\n{links}.\n")
    for title, its in chapters.items():
        parts.append(f"## {title}\n")
        parts += [f"### {page.name}\n\n{page.text}" for page in its]
    return "\n".join(parts)
