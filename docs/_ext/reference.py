"""The API reference, written out of the docstrings when the site is built.

One page per namespace or family (`catalogue.py`), each public name once with its signature and its
docstring, of which `describe.py` makes reStructuredText. The pages are ``docs/api/*.rst``: made
anew by every build, and not kept in the repository. Names in code, in docstrings and on all other
pages, become links where the reference has them.
"""

import importlib
import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import describe
from catalogue import PAGES, Family, Page
from links import LinkNames, forget, resolve
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.ext.autodoc.mock import mock

FOLDER = "docs/api"
# What modules of ours import that an extra brings. The pages are the same with and without it.
EXTRAS = ["tensorboard"]
# Files that offer what they import, as packages do.
LIST_NAMES = {"minitorch.fft", "minitorch.special"}


class Entry(NamedTuple):
    """A public name and what it names."""

    namespace: str
    name: str
    value: Any

    @property
    def full(self) -> str:
        """The dotted name."""
        return f"{self.namespace}.{self.name}"


def entries(namespace: str) -> list[Entry]:
    """Public names of a module: those of `__all__`, else what it defines; a package, imports."""
    module = importlib.import_module(namespace)
    listed = getattr(module, "__all__", None)
    names = [n for n in listed or sorted(dir(module)) if not n.startswith("_")]
    found = [Entry(namespace, name, getattr(module, name)) for name in names]
    return [e for e in found if _is_ours(e.value, module, listed is not None)]


def _is_ours(value: Any, module: ModuleType, listed: bool) -> bool:
    if isinstance(value, ModuleType):
        return False
    if listed:
        return True
    home = str(getattr(value, "__module__", ""))
    offers = hasattr(module, "__path__") or module.__name__ in LIST_NAMES
    described = inspect.isroutine(value) or inspect.isclass(value)
    return described and (home == module.__name__ or (offers and home.startswith("minitorch")))


def home_of(value: Any) -> str:
    """The file that a value comes from; of a constant, its type's."""
    if value is None or isinstance(value, float):
        return "constant"
    return str(getattr(value, "__module__", None) or type(value).__module__)


def families_of(namespace: str, families: tuple[Family, ...]) -> dict[Family, list[Entry]]:
    """The names of a namespace that fall into each family of a page."""
    found: dict[Family, list[Entry]] = {family: [] for family in families}
    for entry in entries(namespace):
        family = next((f for f in families if home_of(entry.value).startswith(f.homes)), None)
        if family:
            found[family].append(entry)
    return found


class Reference:
    """All pages as text; remembers what each value is called where it is described first."""

    def __init__(self) -> None:
        self.name_of: dict[int, str] = {}  # of a value by its id: the reference keeps them alive
        self.seen: dict[str, Any] = {}
        self.public = public_classes()

    def pages(self) -> Iterator[tuple[str, str]]:
        """Name and text of each page."""
        for page in PAGES:
            yield page.name, self.page(page)
        lost = [e.full for e in entries("minitorch") if e.full not in self.seen]
        if lost:
            raise ExtensionError(f"docs/_ext/catalogue.py has no place for {', '.join(lost)}")

    def page(self, page: Page) -> str:
        """The text of a page."""
        lines = [*_title(page.title, "="), page.text, ""]
        if page.name == "tensor":
            lines += self.tensor()
        for namespace, families in page.parts:
            lines += self.namespace(namespace, families)
        return "\n".join(lines) + "\n"

    def namespace(self, namespace: str, families: tuple[Family, ...]) -> Iterator[str]:
        """The sections of a namespace: what there is, then each name."""
        module = importlib.import_module(namespace)
        if namespace != "minitorch" and namespace not in self.seen:
            self.seen[namespace] = module
            yield from (f".. py:module:: {namespace}", "")
        else:
            yield from (f".. py:currentmodule:: {namespace}", "")
        for family, found in families_of(namespace, families).items():
            found = [e for e in found if e.full not in self.seen and not _is_tensor(e)]
            if found:
                yield from _title(family.title, "-")
                if family == families[0] and namespace != "minitorch":
                    yield from describe.first_paragraph(module.__doc__)
                yield from _contents([(e.name, e.full) for e in found])
                for entry in sorted(found, key=_without_case):
                    yield from self.entry(entry)

    def entry(self, entry: Entry) -> Iterator[str]:
        """One name: a class with its members, a function, or a value."""
        self.seen[entry.full] = entry.value
        first = self.name_of.get(id(entry.value))
        if describe.is_plain(entry.value):
            yield from describe.datum(entry.name, entry.value)
            return
        self.name_of.setdefault(id(entry.value), entry.full)
        if first:
            yield from describe.alias(entry.name, entry.value, first)
        elif inspect.isclass(entry.value):
            yield from describe.head(entry.name, entry.value, self.public)
            for member in members(entry.value, self.public):
                yield from describe.member(*member)
        else:
            yield from describe.head(entry.name, entry.value, self.public)

    def tensor(self) -> Iterator[str]:
        """The class of tensors, its methods by the files of their families."""
        tensor = importlib.import_module("minitorch").Tensor
        full = "minitorch.Tensor"
        self.seen[full], self.name_of[id(tensor)] = tensor, full
        families: dict[str, list[tuple[str, Any]]] = {}
        for name, value in members(tensor, self.public):
            owner = next(c for c in tensor.__mro__ if name in vars(c))
            families.setdefault(describe.family(owner), []).append((name, value))
        yield from (".. py:currentmodule:: minitorch", "")
        yield from describe.head("Tensor", tensor, [])
        functions = {e.name: e.value for e in entries("minitorch")}
        for title, found in families.items():
            yield from _title(title, "-")
            yield from _contents([(n, f"{full}.{n}") for n, _ in found])
            for name, value in found:
                yield from describe.method(name, value, functions.get(name))


def members(cls: type, public: list[type]) -> list[tuple[str, Any]]:
    """Public members that a class does not have from a base with an entry of its own."""
    told = [c for c in cls.__mro__ if c is not cls and c in public]
    bases = [c for c in cls.__mro__ if c.__module__.startswith("minitorch")]
    bases = [c for c in bases if not any(issubclass(entry, c) for entry in told)]
    names = {n: v for c in reversed(bases) for n, v in vars(c).items() if not n.startswith("_")}
    kept = [(n, v) for n, v in names.items() if describe.is_member(cls, n, v)]
    return sorted(kept, key=lambda pair: pair[0])


def public_classes() -> list[type]:
    """Classes with entries, of all pages."""
    namespaces = dict.fromkeys(name for page in PAGES for name, _ in page.parts)
    found = [e.value for name in namespaces for e in entries(name)]
    return [value for value in found if inspect.isclass(value)]


def _is_tensor(entry: Entry) -> bool:
    return entry.full == "minitorch.Tensor"


def _without_case(entry: Entry) -> str:
    return entry.name.lower()


def _title(text: str, line: str) -> list[str]:
    return [text, line * max(len(text), 4), ""]


def _contents(names: list[tuple[str, str]]) -> Iterator[str]:
    """The names of a section in a line, each a link."""
    links = (f":py:obj:`{short} <{full}>`" for short, full in sorted(names, key=_lower))
    yield from (".. container:: names", "", "   " + " ".join(links), "")


def _lower(pair: tuple[str, str]) -> str:
    return pair[0].lower()


def write(app: Sphinx) -> None:
    """Write the pages whose text has changed, so that a second build reads those alone."""
    with mock(EXTRAS):
        texts = dict(Reference().pages())
    update(Path(app.srcdir) / FOLDER, texts)


def update(folder: Path, texts: dict[str, str]) -> None:
    """Make the pages of a folder these; another build may be doing, and reading, the same."""
    for old in folder.glob("*.rst"):
        if old.stem not in texts:
            old.unlink(missing_ok=True)
    for name, text in texts.items():
        path = folder / f"{name}.rst"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            # Never there in part. The name is nobody else's, and no page's.
            new = folder / f".{name}.{os.getpid()}.tmp"
            new.write_text(text, encoding="utf-8")
            new.replace(path)


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", write, priority=100)  # before Sphinx looks for files
    app.connect("env-updated", forget)
    app.connect("missing-reference", resolve)
    app.add_post_transform(LinkNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
