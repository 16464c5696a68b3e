"""The rules that hold the repository together, read off its source.

Each rule is a function from source to complaints, tried first on source that breaks it: a rule
that cannot fail guards nothing.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tests.support.source import REPOSITORY, Source, functions, imports, sources

PACKAGE = sources("minitorch")
EXAMPLES = sources("examples")
EVERYTHING = PACKAGE + EXAMPLES + sources("benchmarks", "tests")
MODULES = {source.module for source in PACKAGE}

# Lowest first: a part may import the parts above its own line here, and itself.
LAYERS = [
    ["core"],
    ["accelerator", "mps", "xpu", "distributed", "multiprocessing", "version", "explanations"],
    ["kernels"],
    ["autograd", "__config__"],
    ["generator"],
    ["ops", "profiler", "linalg"],
    ["tensor", "creation", "interchange", "sequences", "windows", "random", "printing", "storage"],
    [
        "utils",
        "nn.functional",
        "settings",
        "functional",
        "masked",
        "signal",
        "special",
        "types",
        "overrides",
    ],
    ["nn", "amp", "backends", "array_api", "spectra"],
    [
        "serialization",
        "fft",
        "optim",
        "func",
        "cpu",
        "cuda",
        "jit",
        "compiler",
        "testing",
        "drawing",
    ],
    ["hub", "vision"],
    ["models"],
]
RANK = {part: rank for rank, parts in enumerate(LAYERS) for part in parts}
# The families of `tensor`.
ONE_PART = dict.fromkeys(LAYERS[6][1:], "tensor")
SHIM = {f"minitorch.shim{file}" for file in ("", ".__main__", ".again", ".program")}
# What is installed on demand, by the one module that imports it, when it is called.
EXTRAS = {
    "minitorch.core.downloads": ["tqdm"],
    "minitorch.serialization.flat": ["safetensors"],
    "minitorch.utils.tensorboard.writer": ["PIL", "matplotlib", "tensorboard"],
    "minitorch.utils.tensorboard.hparams": ["tensorboard"],
    "minitorch.vision.datasets.folder": ["PIL"],
}
SEES_ALL = {"minitorch", "minitorch.__main__", *SHIM}

PUBLIC_MODULES = {
    "minitorch",
    "minitorch.accelerator",
    "minitorch.array_api",
    "minitorch.autograd",
    "minitorch.autograd.profiler.profiler",
    "minitorch.cuda",
    "minitorch.drawing",
    "minitorch.func",
    "minitorch.models",
    "minitorch.nn",
    "minitorch.nn.attention",
    "minitorch.nn.functional",
    "minitorch.nn.init",
    "minitorch.optim",
    "minitorch.optim.lr_scheduler",
    "minitorch.optim.swa_utils",
    "minitorch.profiler",
    "minitorch.random",
    "minitorch.utils.checkpoint",
    "minitorch.utils.data",
    "minitorch.utils.tensorboard",
    "minitorch.vision.datasets",
    "minitorch.vision.datasets.pickled",
    "minitorch.vision.datasets.utils",
    "minitorch.vision.transforms",
}

# They make the classes of nodes: `type(y.grad_fn).__name__` is "MulBackward0", as in PyTorch.
NODES_BY_NAME = {"minitorch.autograd.op", "minitorch.autograd.function.function"}

Complaints = Iterator[str]


def part_of(module: str) -> str:
    """The first name below the package, but for modules that are parts of their own."""
    names = module.split(".")[1:]
    part = names[0] if names else ""
    if names[:2] == ["nn", "functional"]:
        return "nn.functional"
    if names[:2] == ["autograd", "functional"]:
        return "func"  # it is made of ops; the root puts it in its place
    if names == ["utils", "model_zoo"]:
        return "hub"  # whose old path it is
    return "tensor" if part.startswith("tensor") else ONE_PART.get(part, part)


def upward_imports(source: Source, modules: set[str]) -> Complaints:
    if source.module in SEES_ALL:
        return
    here = part_of(source.module)
    if here not in RANK:
        yield f"{source.name}: say in LAYERS (tests/test_house_rules.py) where {here!r} stands"
        return
    for item in imports(source, modules):
        if item.for_types or item.target.split(".")[0] != "minitorch":
            continue
        there = part_of(item.target)
        if there != here and RANK.get(there, len(LAYERS)) >= RANK[here]:
            yield f"{source.name}:{item.line} {here} may not import {item.target}"


def foreign_imports(source: Source, modules: set[str]) -> Complaints:
    """The package needs NumPy alone; what is optional is imported where it is used, by name."""
    allowed = {*sys.stdlib_module_names, "numpy", "minitorch", *EXTRAS.get(source.module, ())}
    for item in imports(source, modules):
        if item.target.startswith("."):
            yield f"{source.name}:{item.line} relative import; write the whole name"
        elif item.target.split(".")[0] not in allowed:
            yield f"{source.name}:{item.line} the package may not import {item.target}"


def cleverness(source: Source) -> Complaints:
    """Explicit over clever: nothing that hides from a reader who searches for a name."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Name(id="exec" | "eval" | "globals" | "__import__" as name)):
                yield f"{source.name}:{node.lineno} {name}()"
            case ast.Call(func=ast.Name(id="type"), args=[_, _, _]) if (
                source.module not in NODES_BY_NAME
            ):
                yield f"{source.name}:{node.lineno} a class made by type()"
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                yield f"{source.name}:{node.lineno} wildcard import"
            case ast.ClassDef() if any(word.arg == "metaclass" for word in node.keywords):
                yield f"{source.name}:{node.lineno} metaclass"


def attached_attributes(source: Source, modules: set[str]) -> Complaints:
    """`Tensor.exp = exp` at import, in a file that only imported `Tensor`."""
    imported = {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in _statements_at_import(source.tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            if ast.unparse(call.func) == "setattr":
                targets = [ast.Attribute(value=call.args[0])]
        for target in targets:
            owner = target.value if isinstance(target, ast.Attribute) else None
            if owner and ast.unparse(owner).split(".")[0] in imported:
                yield f"{source.name}:{node.lineno} sets an attribute of {ast.unparse(owner)}"


def _statements_at_import(tree: ast.Module) -> Iterator[ast.stmt]:
    """Module level, and what stands in its loops and conditions."""
    todo: list[ast.stmt] = list(tree.body)
    while todo:
        node = todo.pop()
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
            todo += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


# Nothing is read there from beginning to end: the public names, each on its own line.
LISTS_OF_NAMES = {"minitorch/__init__.py"}


def great_length(source: Source) -> Complaints:
    lines = source.text.count("\n")
    if lines > 600 and source.name not in LISTS_OF_NAMES:
        yield f"{source.name}: {lines} lines; a file stays under 600"
    for function in functions(source):
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > 60:
            yield f"{source.name}:{function.lineno} {function.name}: {length} lines; under 60"


NOTE = re.compile(r"Note \[([^\]\n]+)\]")
NOTE_TITLE = re.compile(r"^\s*(?:#\s*)?Note \[([^\]\n]+)\]:?\s*$", re.MULTILINE)


def lost_notes(texts: Iterable[tuple[str, str]]) -> Complaints:
    """A Note is titled once, on a line of its own, and cited anywhere else by that name."""
    cited: dict[str, str] = {}
    titled: Counter[str] = Counter()
    for name, text in texts:
        # Prose breaks lines where it likes: a name may run over one.
        flat = re.sub(r"\s*\n\s*(?:#\s*)?", " ", text)
        cited.update({note: name for note in NOTE.findall(flat)})
        titled.update(NOTE_TITLE.findall(text))
    for note, name in cited.items():
        if titled[note] != 1:
            yield f"{name}: Note [{note}] has {titled[note]} titles, not one"


def private_use(source: Source, modules: set[str]) -> Complaints:
    """An example shows the public API: internal modules and `_names` are none of its business."""
    for item in imports(source, modules):
        if item.target.split(".")[0] == "minitorch" and item.target not in PUBLIC_MODULES:
            yield f"{source.name}:{item.line} imports {item.target}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and re.match(r"_[^_]", node.attr):
            owner = ast.unparse(node.value)
            if owner not in {"self", "cls"} and node.attr not in {"_replace", "_asdict"}:
                yield f"{source.name}:{node.lineno} uses {owner}.{node.attr}"


def check(complaints: Iterable[str]) -> None:
    found = list(complaints)
    assert not found, "\n" + "\n".join(found)


def test_no_layer_imports_one_above_it():
    check(complaint for source in PACKAGE for complaint in upward_imports(source, MODULES))


# Recording and walking: what a newcomer reads first, and what it stands on.
READ_FIRST = ["variable", "node", "op", "engine", "grad_mode", "versions"]
BESIDE = ["hooks", "layers", "leaf", "origin", "reach", "sites"]
CORE = {f"minitorch.autograd.{x}" for x in READ_FIRST + BESIDE}
# Imported when they are asked for: words for what went wrong, names of old, users' subclasses,
# complex numbers.
ASKED_FOR = {
    f"minitorch.autograd.{x}"
    for x in ("saved", "old_names", "inference", "subclasses", "conjugates")
}


def strays(source: Source, modules: set[str]) -> Complaints:
    """The core of autograd knows no room and no feature."""
    for item in imports(source, modules):
        if item.for_types or not item.target.startswith("minitorch.autograd."):
            continue
        if item.target not in CORE | ASKED_FOR:
            yield f"{source.name}:{item.line} the core of autograd may not import {item.target}"


def test_the_core_of_autograd_imports_the_core_alone():
    check(c for source in PACKAGE if source.module in CORE for c in strays(source, MODULES))


def test_the_core_of_autograd_is_read_in_half_an_hour():
    files = [s for s in PACKAGE if s.module.removeprefix("minitorch.autograd.") in READ_FIRST]
    assert len(files) == len(READ_FIRST)
    assert sum(source.text.count("\n") for source in files) <= 1040


def test_the_package_imports_numpy_and_the_standard_library_only():
    check(complaint for source in PACKAGE for complaint in foreign_imports(source, MODULES))


def test_no_file_imports_by_wildcard_or_hides_code_in_strings():
    check(complaint for source in PACKAGE + EXAMPLES for complaint in cleverness(source))


def test_no_module_attaches_attributes_to_another():
    check(complaint for source in PACKAGE for complaint in attached_attributes(source, MODULES))


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for module in graph[todo.pop()] - seen:
            seen.add(module)
            todo.append(module)
    return seen


def circles(package: list[Source], modules: set[str]) -> list[set[str]]:
    """Files that import each other, at import or later; what packages export does not count."""
    files = {s.module: s for s in package if not s.name.endswith("__init__.py")}
    graph = {
        name: {i.target for i in imports(s, modules) if not i.for_types and i.target in files}
        for name, s in files.items()
    }
    reach = {name: reachable(graph, name) for name in files}
    found = {frozenset(n for n in reach[name] if name in reach[n]) for name in files}
    return [set(circle) for circle in found if len(circle) > 1]


def test_files_import_each_other_in_small_circles_only():
    assert [circle for circle in circles(PACKAGE, MODULES) if len(circle) > 3] == []


def test_a_circle_is_seen_however_late_the_import():
    a = Source("minitorch/a.py", "from minitorch.b import f")
    b = Source("minitorch/b.py", "def f():\n    from minitorch.c import g")
    c = Source("minitorch/c.py", "import minitorch.a")
    modules = {"minitorch.a", "minitorch.b", "minitorch.c"}
    assert circles([a, b, c], modules) == [modules]
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import minitorch.a"
    assert circles([a, b, Source("minitorch/c.py", typed)], modules) == []


def test_files_and_functions_stay_short():
    check(complaint for source in EVERYTHING for complaint in great_length(source))


def test_every_cited_note_exists_once():
    prose = sorted((REPOSITORY / "minitorch").rglob("*.md"))
    texts = [(source.name, source.text) for source in PACKAGE + EXAMPLES]
    texts += [(path.name, path.read_text(encoding="utf-8")) for path in prose]
    check(lost_notes(texts))


def test_examples_use_the_public_api_only():
    check(complaint for source in EXAMPLES for complaint in private_use(source, MODULES))


BROKEN = [
    (upward_imports, "minitorch/kernels/fast.py", "from minitorch.tensor import Tensor"),
    (upward_imports, "minitorch/kernels/fast.py", "def f():\n    import minitorch.ops"),
    (upward_imports, "minitorch/ops/linalg.py", "from minitorch import nn"),
    (upward_imports, "minitorch/nn/functional.py", "from minitorch.nn.linear import Linear"),
    (upward_imports, "minitorch/generator.py", "from minitorch.ops import order"),
    (upward_imports, "minitorch/tensor/base.py", "import minitorch"),
    (upward_imports, "minitorch/novelty.py", "import math"),
    (foreign_imports, "minitorch/tensor/base.py", "import torch"),
    (foreign_imports, "minitorch/tensor/base.py", "def f():\n    from scipy import special"),
    (foreign_imports, "minitorch/tensor/base.py", "from . import creation"),
    (cleverness, "minitorch/a.py", "exec('x = 1')"),
    (cleverness, "minitorch/a.py", "globals()['x'] = 1"),
    (cleverness, "minitorch/a.py", "from math import *"),
    (cleverness, "minitorch/a.py", "class A(metaclass=B): ..."),
    (cleverness, "minitorch/a.py", "A = type('A', (), {})"),
    (attached_attributes, "minitorch/a.py", "from b import T\nT.exp = print"),
    (attached_attributes, "minitorch/a.py", "import b\nfor n in 'x':\n    setattr(b.T, n, 1)"),
    (strays, "minitorch/autograd/op.py", "from minitorch.autograd.vmap.levels import Vmap"),
    (great_length, "minitorch/a.py", "\n" * 601),
    (great_length, "minitorch/a.py", "def f():\n" + "    x = 1\n" * 60),
    (private_use, "examples/a.py", "from minitorch.kernels import active"),
    (private_use, "examples/a.py", "import minitorch as torch\ntorch.ones(2)._array"),
]
SOUND = [
    (upward_imports, "minitorch/optim/sgd.py", "from minitorch import kernels, nn"),
    (upward_imports, "minitorch/tensor/base.py", "from minitorch.creation import full"),
    (upward_imports, "minitorch/__init__.py", "from minitorch.optim import SGD"),
    (
        upward_imports,
        "minitorch/autograd/node.py",
        "if TYPE_CHECKING:\n    from minitorch.tensor import Tensor",
    ),
    (foreign_imports, "minitorch/a.py", "import numpy as np\nfrom collections import abc"),
    (cleverness, "minitorch/a.py", "import re\nre.compile('x')\ntype(1)"),
    (attached_attributes, "minitorch/a.py", "import b\ndef f(t):\n    t.grad = b\nclass C: ..."),
    (strays, "minitorch/autograd/op.py", "from minitorch.autograd.node import Node"),
    (great_length, "minitorch/a.py", "def f():\n" + "    x = 1\n" * 59),
    (private_use, "examples/a.py", "import minitorch.nn as nn\nself._rate = nn.Linear(1, 1)"),
]


def complaints_of(rule, name: str, text: str) -> list[str]:
    source = Source(name, text)
    if rule in (cleverness, great_length):
        return list(rule(source))
    modules = {f"minitorch.{part}" for part in RANK} | {"minitorch.nn.linear"}
    return list(rule(source, modules))


@pytest.mark.parametrize(("rule", "name", "text"), BROKEN)
def test_a_rule_sees_what_breaks_it(rule, name, text):
    assert len(complaints_of(rule, name, text)) == 1


@pytest.mark.parametrize(("rule", "name", "text"), SOUND)
def test_a_rule_lets_sound_source_pass(rule, name, text):
    assert complaints_of(rule, name, text) == []


def test_notes_without_a_title_or_with_two_are_found():
    title = "# Note [Freeing graphs]\n# ~~~~\n"
    cite = "x = 1  # see Note [Freeing\n    # graphs].\n"
    assert list(lost_notes([("a", title), ("b", cite)])) == []
    assert list(lost_notes([("b", cite)])) == ["b: Note [Freeing graphs] has 0 titles, not one"]
    assert len(list(lost_notes([("a", title), ("b", title)]))) == 1


def test_importing_brings_nothing_heavy_along():
    """NumPy aside: no dependency, and no part of the standard library that takes long to load."""
    script = (
        "import sys, numpy.random; before = set(sys.modules); import minitorch\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    new = set(run.stdout.split())
    heavy = {
        "asyncio",
        "concurrent",
        "doctest",
        "email",
        "http",
        "logging",
        "multiprocessing",
        "pdb",
        "pydoc",
        "sqlite3",
        "ssl",
        "tomllib",
        "unittest",
        "urllib",
        "xml",
    }
    assert "minitorch" in new
    assert new - {"minitorch", "numpy"} <= set(sys.stdlib_module_names)
    assert new & heavy == set()


def test_the_version_is_the_one_of_the_distribution():
    import minitorch as mt

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert mt.__version__ == project["version"]
    assert project["dependencies"] == ["numpy>=2"]
