"""The forms of PyTorch's functions of tensors: read off PyTorch, written to a list, read again.

``python -m tests.support.forms`` writes the list ``tests/ops/forms.txt`` with the PyTorch that is
installed. A line per function: its name, what it is an alias of, and where it is with which
parameters, all overloads. ``torch_`` and ``Tensor_`` stand for the names that end in ``_``::

    cumsum | torch_ … | torch (input, dim/axis, *, dtype=, out=) | Tensor_ … | Tensor …

``=`` follows parameters that have a default, ``/`` another word for the same one.
"""

import ast
import inspect
import re
from pathlib import Path
from typing import Any, NamedTuple

GOLDEN = Path(__file__).resolve().parent.parent / "ops" / "forms.txt"

# Families of which minitorch has nothing; their functions would double the list.
FOREIGN = re.compile(
    r"_|cudnn|miopen|mkldnn|mkl|fbgemm|quantize|fake_quant|q_|dequantize|int_repr|sym_|sspaddmm"
    r"|(?!index_copy).*_copy$|.*coo|.*csr|.*csc|.*bsr|.*bsc|.*sparse|hspmm|lobpcg|stft|istft|native_|.*_names"
    r"|align_|refine_|rename|names$|resolve_|segment_reduce|unsafe_|xpu|ipu|mtia|cuda|hip"
)


# Where the stubs do not say what the installed functions take.
CORRECTIONS = {
    ("torch", "argsort"): [
        "(input, *, stable, dim/axis=, descending=)",
        "(input, dim/axis=, descending=)",
    ],
    ("torch", "linspace"): [
        "(start, end, steps, *, out=, dtype=, layout=, device=, pin_memory=, requires_grad=)"
    ],
    ("torch", "numel"): ["(input)"],
    ("torch", "tensor"): ["(data, *, dtype=, device=, requires_grad=, pin_memory=)"],
    ("Tensor", "add"): ["(other, *, alpha=)"],
    ("Tensor", "new"): ["(*args, device=)", "(storage)", "(other)", "(size, *, device=)"],
    ("Tensor", "new_tensor"): ["(data, *, dtype=, device=, requires_grad=, pin_memory=)"],
    ("Tensor", "random_"): ["(*, generator=)", "(from, to, *, generator=)", "(to, *, generator=)"],
    ("Tensor", "requires_grad_"): ["(requires_grad=)"],
    ("Tensor", "uniform_"): ["(from=, to=, *, generator=)"],
}


class Form(NamedTuple):
    """A function of PyTorch: ``places`` leads from torch, torch_, Tensor, Tensor_ to overloads."""

    alias_of: str
    places: dict[str, list[str]]


def read() -> dict[str, Form]:
    """The golden list."""
    forms = {}
    for line in GOLDEN.read_text().splitlines():
        head, *fields = line.split(" | ")
        name, _, alias_of = head.partition(" = ")
        places = [field.partition(" ") for field in fields]
        forms[name] = Form(alias_of, {p: re.findall(r"\([^)]*\)", s) for p, _, s in places})
    return forms


def written(forms: dict[str, Form]) -> str:
    """The text of the list."""
    lines = []
    for name, (alias_of, places) in sorted(forms.items()):
        head = f"{name} = {alias_of}" if alias_of else name
        fields = [f"{place} {' '.join(places[place])}" for place in sorted(places, reverse=True)]
        lines.append(" | ".join([head, *fields]) + "\n")
    return "".join(lines)


def ask(torch: Any) -> dict[str, Form]:
    """The list, read off PyTorch."""
    forms: dict[str, Form] = {}
    at_the_root = _stub(torch, "_VariableFunctions.pyi", None) | _functions_in_python(torch)
    methods = _stub(torch, "__init__.pyi", "TensorBase") | _methods_in_python(torch)
    for place, owner, found in (
        ("torch", torch, at_the_root),
        ("Tensor", torch.Tensor, methods),
    ):
        for name, overloads in found.items():
            if FOREIGN.match(name) or not hasattr(owner, name):
                continue
            base = name.removesuffix("_")
            form = forms.setdefault(base, Form("", {}))
            form.places[place + name[len(base) :]] = CORRECTIONS.get((place, name), overloads)
    return {name: form._replace(alias_of=_alias(torch, name)) for name, form in forms.items()}


def _stub(torch: Any, file: str, owner: str | None) -> dict[str, list[str]]:
    """The overloads of each function in a stub file of PyTorch's, or of each method of a class."""
    body = ast.parse((Path(torch.__file__).parent / "_C" / file).read_text()).body
    if owner is not None:
        body = next(n for n in body if isinstance(n, ast.ClassDef) and n.name == owner).body
    found: dict[str, list[str]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef) and not _decorated(node, "property"):
            overloads = found.setdefault(node.name, [])
            text = _parameters(node, is_method=owner is not None)
            if not _is_old(node) and text not in overloads:
                overloads.append(text)
    return found


def _decorated(node: ast.FunctionDef, name: str) -> bool:
    return any(isinstance(d, ast.Name) and d.id == name for d in node.decorator_list)


def _is_old(node: ast.FunctionDef) -> bool:
    """Whether an overload is of named dimensions, or deprecated: scalars in front of tensors."""
    if "EllipsisType" in ast.unparse(node.args):
        return True
    required = [a.arg for a in node.args.args[: len(node.args.args) - len(node.args.defaults)]]
    return bool({"alpha", "beta"} & set(required)) or (
        "value" in required and "tensor1" in required[required.index("value") :]
    )


def _parameters(node: ast.FunctionDef, is_method: bool) -> str:
    a = node.args
    names = [x.arg for x in (*a.posonlyargs, *a.args)]
    first = len(names) - len(a.defaults)
    parts = [_words(n) + "=" * (i >= first) for i, n in enumerate(names)][
        is_method and "self" in names :
    ]
    if a.vararg is not None:
        parts.append(f"*{a.vararg.arg}")
    elif a.kwonlyargs:
        parts.append("*")
    for x, default in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        parts.append(_words(x.arg) + "=" * (default is not None))
    return f"({', '.join(parts)})"


def _words(name: str) -> str:
    """A parameter as PyTorch's functions in C++ know it: they read NumPy's words too."""
    return {"dim": "dim/axis", "keepdim": "keepdim/keepdims"}.get(name, name)


def _functions_in_python(torch: Any) -> dict[str, list[str]]:
    can_be_overridden = torch.overrides.get_overridable_functions()[torch]
    found = {}
    for name, f in vars(torch).items():
        if inspect.isfunction(f) and f in can_be_overridden:
            found[name] = [_signature(f, is_method=False)]
    # Of those with outputs that depend on arguments only the implementation has a signature.
    for name in ("unique", "unique_consecutive"):
        found[name] = [_signature(getattr(torch.functional, f"_{name}_impl"), is_method=False)]
    return found


def _methods_in_python(torch: Any) -> dict[str, list[str]]:
    return {
        name: [_signature(f, is_method=True)]
        for name, f in vars(torch.Tensor).items()
        if inspect.isfunction(f) and not name.startswith("_")
    }


def _signature(function: Any, is_method: bool) -> str:
    parts: list[str] = []
    star = False
    for x in list(inspect.signature(function).parameters.values())[is_method:]:
        if x.kind is x.KEYWORD_ONLY and not star:
            parts.append("*")
        star = star or x.kind in (x.KEYWORD_ONLY, x.VAR_POSITIONAL)
        mark = {x.VAR_POSITIONAL: "*", x.VAR_KEYWORD: "**"}.get(x.kind, "")
        parts.append(mark + x.name + "=" * (x.default is not x.empty))
    return f"({', '.join(parts)})"


ALIAS = re.compile(r"Alias (?:for|of) :(?:func|meth):`~?\.?(?:torch\.)?(?:Tensor\.)?(\w+)`")


def _alias(torch: Any, name: str) -> str:
    """The function that PyTorch's documentation calls this one an alias of, or ''."""
    words = [getattr(owner, name, None).__doc__ for owner in (torch, torch.Tensor)]
    found = [ALIAS.search(text) for text in words if isinstance(text, str)]
    return next(iter([match[1].removesuffix("_") for match in found if match]), "")


class Overload(NamedTuple):
    """Parameters: those that may come by position, whether any number follows, the others."""

    positional: list[str]
    takes_more: bool
    keyword: list[str]
    required: set[str]


def overload(text: str) -> Overload:
    """Read ``(input, dim=, *, out=)``."""
    parts = [part for part in text[1:-1].split(", ") if part]
    stars = [i for i, part in enumerate(parts) if part.startswith("*")]
    end = stars[0] if stars else len(parts)
    names = [part.rstrip("=") for part in parts]
    return Overload(
        names[:end],
        end < len(parts) and parts[end] != "*",
        names[end + 1 :],
        {name for name, part in zip(names, parts, strict=True) if name == part and "*" not in part},
    )


if __name__ == "__main__":
    from tests.support.oracles import import_torch

    GOLDEN.write_text(written(ask(import_torch())))
