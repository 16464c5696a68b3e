"""reStructuredText of one public name: its signature, and its docstring as fields and paragraphs.

Docstrings are Google style and are read in terminals as well, so they hold no backslashes: what
reStructuredText would take for markup outside of code, as in (*A) or ``exp_``, is escaped here.
"""

import ast
import enum
import inspect
import re
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from sphinx.ext.napoleon import Config, GoogleDocstring
from sphinx.util.typing import stringify_annotation

CONFIG = Config(
    napoleon_use_param=True,
    napoleon_use_rtype=False,
    napoleon_use_ivar=True,  # `Attributes:` as fields: entries of their own would come twice
)
# Sections of a line or two, which napoleon does not know.
LABELS = ("Shapes", "Source", "Shape")
# Annotations name what is inside; readers know these by their public names.
PUBLIC_TYPES = {
    "TensorBase": "Tensor",
    "T": "Tensor",
    "DType": "dtype",
    "builtins": "",
}
FAMILIES = {
    "minitorch.tensor": "The tensor itself",
    "minitorch.tensor.operators": "Operators",
    "minitorch.tensor.elementwise": "Of each element",
    "minitorch.tensor.layers": "Layers",
    "minitorch.tensor.memory": "Memory",
    "minitorch.tensor.creation": "New tensors like this one",
    "minitorch.tensor.random": "Random numbers",
    "minitorch.tensor.reduce": "Reductions, sorting and statistics",
    "minitorch.tensor.shape": "Shapes",
    "minitorch.tensor.index": "Indices",
    "minitorch.tensor.linalg": "Matrices",
    "minitorch.tensor.resize": "Layout",
    "minitorch.tensor.numpy_calls": "NumPy",
}


def family(owner: type) -> str:
    """The section of `Tensor` that a base's methods stand in."""
    return FAMILIES.get(owner.__module__, "Others")


def is_plain(value: Any) -> bool:
    """Whether it is a value: neither function nor class."""
    return not (inspect.isroutine(value) or inspect.isclass(value))


def is_member(cls: type, name: str, value: Any) -> bool:
    """Whether an entry shows this: methods and properties with words to them, enum members."""
    if issubclass(cls, enum.Enum) and name in cls.__members__:
        return True
    described = (staticmethod, classmethod, property)
    if not (inspect.isroutine(value) or isinstance(value, described)):
        return cls.__name__ == "Tensor" and bool(inspect.getdoc(value))
    return bool(_docstring(cls, name))


def _docstring(cls: type, name: str) -> str:
    """The docstring of a member, or of the one that it overrides."""
    ours = [vars(c)[name] for c in cls.__mro__ if name in vars(c) and _is_ours(c)]
    return next((v.__doc__ for v in ours if getattr(v, "__doc__", None)), "") or ""


def _is_ours(cls: type) -> bool:
    return cls.__module__.startswith("minitorch")


def head(name: str, value: Any, public: list[type]) -> Iterator[str]:
    """A function or a class, without its members; `public` classes have entries."""
    kind = "class" if inspect.isclass(value) else "function"
    if kind == "class" and issubclass(value, BaseException):
        kind = "exception"
    yield from _directive(kind, name, signature(value))
    if kind == "class":
        yield from _block(_base(value, public))
    yield from _block(paragraphs(inspect.getdoc(value) or ""))


def alias(name: str, value: Any, first: str) -> Iterator[str]:
    """A second name of something that is described elsewhere."""
    kind = "class" if inspect.isclass(value) else "function"
    yield from _directive(kind, name, signature(value))
    short = first.replace("minitorch", "torch", 1)
    yield from _block([*_summary(value), "", f"The same as :py:obj:`{short} <{first}>`."])


def datum(name: str, value: Any) -> Iterator[str]:
    """A constant, a dtype and the like."""
    yield from _directive("data", name, "")
    kind = type(value).__name__.lstrip("_")
    shown = f" Its value is {value!r}." if isinstance(value, float) else ""
    yield from _block([f"A constant of the type ``{kind}``.{shown}"])


def member(name: str, value: Any) -> Iterator[str]:
    """A method, a property or a value of a class."""
    if isinstance(value, property) or not (
        inspect.isroutine(value) or isinstance(value, (staticmethod, classmethod))
    ):
        yield from indented(_directive("attribute", name, ""))
    else:
        kind = {staticmethod: "staticmethod", classmethod: "classmethod"}.get(type(value))
        options = [f"   :{kind}:"] if kind else []
        function = value.__func__ if kind else value
        text = signature(function, drop_first=kind != "staticmethod")
        yield from indented(_directive("method", name, text, options))
    words = getattr(value, "__doc__", "") if not isinstance(value, enum.Enum) else ""
    cleaned = inspect.cleandoc(words or "")
    if cleaned:
        yield from indented(_block(paragraphs(cleaned)))


def method(name: str, value: Any, function: Any) -> Iterator[str]:
    """A method of `Tensor`; of one that a function of the root is, the first sentence."""
    words = inspect.getdoc(value) or ""
    if callable(function) and words == (inspect.getdoc(function) or None):
        text = signature(value, drop_first=True)
        yield from _directive("method", f"Tensor.{name}", text)
        see = f"Called on a tensor: :py:obj:`torch.{name} <minitorch.{name}>`."
        yield from _block([*_summary(value), "", see])
    else:
        yield from (line[3:] for line in member(f"Tensor.{name}", value))


def indented(lines: Iterator[str]) -> Iterator[str]:
    """The same lines, three columns to the right."""
    for line in lines:
        yield f"   {line}" if line else "   "


def _directive(kind: str, name: str, text: str, options: list[str] | None = None) -> Iterator[str]:
    yield from (f".. py:{kind}:: {name}{text}", *(options or []), "")


def _block(lines: Any) -> Iterator[str]:
    text = "\n".join(lines)
    if text.strip():
        yield from indent(text, "   ").splitlines()
        yield ""


def _base(cls: type, public: list[type]) -> list[str]:
    """The nearest base that has an entry of its own."""
    base = next((c for c in cls.__mro__[1:] if c in public), None)
    return [f"Base: ``{base.__name__}``", ""] if base else []


def _summary(value: Any) -> list[str]:
    return paragraphs(inspect.getdoc(value) or "")[:1] and first_paragraph(inspect.getdoc(value))


def first_paragraph(text: str | None) -> list[str]:
    """The summary of a docstring."""
    return [*_escaped((text or "").strip().split("\n\n")[0].splitlines()), ""]


def paragraphs(docstring: str) -> list[str]:
    """A docstring as reStructuredText."""
    lines = _labelled(_escaped(docstring.splitlines()))
    return str(GoogleDocstring("\n".join(lines), CONFIG)).splitlines()


def _labelled(lines: list[str]) -> list[str]:
    """`Shapes: …` and `Source: …` as fields, with the lines that go on behind them."""
    found: list[str] = []
    inside = False
    for line in lines:
        label, colon, rest = line.partition(":")
        if label in LABELS and colon and rest.strip():
            found += ["", f":{label}: {rest.strip()}"]
            inside = True
        elif inside and line.strip() and not re.match(r"\w+:$", line):
            found.append(f"    {line.strip()}")
        else:
            found += [""] * inside + [line]
            inside = False
    return found


CODE = re.compile(r"``.+?``|:[\w:]+:`[^`]+`|`[^`]+`_?|https?://\S+")
MARKUP = re.compile(r"[*|\\]|(?<=\w)_(?!\w)")


def _escaped(lines: list[str]) -> list[str]:
    """Text in which stars, bars, backslashes and closing underscores mean themselves."""
    found = []
    example = False
    for line in lines:
        stripped = line.lstrip()
        example = bool(stripped) and (example or stripped.startswith(">>>"))
        found.append(line if example else _escape_line(line))
    return found


def _escape_line(line: str) -> str:
    bullet = re.match(r"\s*(?:[*-] |\*{0,2}\w+:(?= |$))?", line)
    start = bullet.end() if bullet else 0
    parts = [line[:start]]
    last = start
    for code in CODE.finditer(line, start):
        shown = _link(code.group()) if code.group().startswith("http") else code.group()
        parts += [MARKUP.sub(r"\\\g<0>", line[last : code.start()]), shown]
        last = code.end()
    return "".join([*parts, MARKUP.sub(r"\\\g<0>", line[last:])])


def _link(address: str) -> str:
    """A page by its name: of PyTorch's, that of the function."""
    whole = address.rstrip(".,;:)")
    name = whole.rstrip("/").rpartition("/")[2].removesuffix(".html") or whole
    return f"`{name} <{whole}>`__{address[len(whole) :]}"


def signature(value: Any, drop_first: bool = False) -> str:
    """Parameters and result in public words; without "self" where `drop_first`."""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return "" if inspect.isclass(value) else "(...)"
    given = list(found.parameters.values())[drop_first:]
    if inspect.isclass(value):
        found = found.replace(return_annotation=inspect.Signature.empty)
    result = _annotation(found.return_annotation)
    return f"({_parameters(given)})" + (f" -> {result}" if result else "")


def _parameters(given: list[inspect.Parameter]) -> str:
    parts: list[str] = []
    for i, one in enumerate(given):
        before = given[i - 1].kind if i else None
        if before == one.POSITIONAL_ONLY != one.kind:
            parts.append("/")
        if one.kind == one.KEYWORD_ONLY and before not in (one.KEYWORD_ONLY, one.VAR_POSITIONAL):
            parts.append("*")
        parts.append(_parameter(one))
    if given and given[-1].kind == inspect.Parameter.POSITIONAL_ONLY:
        parts.append("/")
    return ", ".join(parts)


def _parameter(one: inspect.Parameter) -> str:
    stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
    words = _annotation(one.annotation)
    text = f"{stars}{one.name}" + (f": {words}" if words else "")
    if one.default is one.empty:
        return text
    return text + (" = " if words else "=") + _default(one.default)


def _default(value: Any) -> str:
    text = getattr(value, "__name__", None) if callable(value) else repr(value)
    try:
        ast.parse(str(text), mode="eval")
    except SyntaxError:
        return "..."  # an object whose printed form tells its place in memory
    return str(text)


def _annotation(given: Any) -> str:
    """An annotation as readers would write it; nothing where it says nothing."""
    if given is inspect.Signature.empty:
        return ""
    text = given if isinstance(given, str) else stringify_annotation(given)
    text = re.sub(r"~?(?:\b[a-z_]\w*\.)+(?=[A-Za-z])", _shortened, text)
    text = re.sub(r"\b\w+\b", lambda word: PUBLIC_TYPES.get(word.group(), word.group()), text)
    if text in ("Any", "None"):
        return ""
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return ""
    return text


def _shortened(dotted: re.Match[str]) -> str:
    """No path before a type, but for the named results."""
    return "return_types." if dotted.group().endswith("return_types.") else ""
