"""Which forms of a function minitorch lacks, compared with PyTorch's list, and the line to add.

``python -m tests.support.our_forms`` writes the list of what is missing now,
``tests/ops/forms_missing.txt``, by the room in which each function stands.
"""

import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import minitorch as mt
import minitorch.ops
from minitorch.nn import functional as F
from minitorch.ops.dims import numpy_names
from tests.support.forms import Form, Overload, overload, read

MISSING = Path(__file__).resolve().parent.parent / "ops" / "forms_missing.txt"

# Parameters of PyTorch's that are not asked for, and why.
NOT_ASKED = {
    "names": "dimensions have no names",
    "pin": "the CPU is the only device",
    "out_dtype": "for half precision on a GPU",
    "implicit": "for the scripts of TorchScript",
    "sparse_grad": "gradients are dense",
    "self": "what PyTorch calls a number in the place of `input`",
}

_RENAMING = numpy_names(lambda dim: dim).__code__  # type: ignore[attr-defined]


# Forms that are missing on purpose, and why.
ON_PURPOSE = {
    "Tensor.eig": "it was removed: what has the name there says so",
    "Tensor.lstsq": "it was removed: what has the name there says so",
    "Tensor.random_(from)": "a word that Python does not allow as a parameter",
    "Tensor.uniform_(from)": "a word that Python does not allow as a parameter; `**named` takes it",
    "Tensor.contiguous(memory_format)": "PyTorch takes it by name only",
    "Tensor.resize_(memory_format)": "what is resized is contiguous",
    "torch.resize_as_(memory_format)": "what is resized is contiguous",
    "Tensor.resize_as_(memory_format)": "what is resized is contiguous",
    "Tensor.to(other)": "PyTorch takes it by position only",
    "torch.rsub(input, other, alpha)": "PyTorch refuses it but for numbers; alpha= is for all",
    "torch.subtract(input, other, alpha)": "PyTorch refuses it but for numbers; alpha= is for all",
    "Tensor.solve": "it was removed: what has the name there says so",
    "Tensor.subtract(other, alpha)": "PyTorch refuses it but for numbers; alpha= is for all",
    "Tensor.subtract_(other, alpha)": "PyTorch refuses it but for numbers; alpha= is for all",
}

# What the layers above call by another name: methods, operators, ``nn.functional``.
INTERNAL = {
    "adaptive_avg_pool": "adaptive_avg_pool1d",
    "attention_weights": "nn.functional.scaled_dot_product_attention",
    "adaptive_max_pool": "adaptive_max_pool1d",
    "adjoint_of_matrix": "Tensor.H",
    "affine_of": "nn.functional.alpha_dropout",
    "avg_pool": "avg_pool1d",
    "batch_norm_inference": "nn.functional.batch_norm",
    "by_columns": "linalg.solve",
    "cast": "Tensor.to",
    "checked_src": "scatter",
    "convolve": "nn.functional.conv2d",
    "convolve_transposed": "nn.functional.conv_transpose2d",
    "fold_windows": "nn.functional.fold",
    "fractional_max_pool": "nn.functional.fractional_max_pool2d",
    "first_gradient": "lstm",
    "gather_places": "nn.functional.grid_sample",
    "getitem": "Tensor.__getitem__",
    "grid_places": "nn.functional.grid_sample",
    "gru_steps": "gru",
    "in_order": "Tensor.to",
    "keep": "sum",
    "limits": "clamp",
    "lstm_steps": "lstm",
    "matrix_transpose": "Tensor.mT",
    "max_pool": "max_pool2d",
    "max_unpool": "nn.functional.max_unpool2d",
    "max_pool_with_indices": "max_pool1d_with_indices",
    "moved_inside": "nn.functional.grid_sample",
    "no_slope": "Tensor.to",
    "put_": "Tensor.index_put_",
    "reverse_dims": "Tensor.T",
    "rnn_steps": "rnn_tanh",
    "rounded_division": "div",
    "scale_of": "nn.functional.dropout",
    "scaled": "add",
    "second_gradient": "lstm",
    "setitem": "Tensor.__setitem__",
    "slice_along": "slice_copy",
    "sliding_sizes": "nn.functional.unfold",
    "spread": "sum",
    "resample": "nn.functional.interpolate",
    "transposed_sizes": "nn.functional.conv_transpose2d",
    "unfold_windows": "nn.functional.unfold",
}


def walk_ops() -> list[ModuleType]:
    """Every module of the families."""
    found = pkgutil.walk_packages(minitorch.ops.__path__, "minitorch.ops.")
    return [importlib.import_module(module.name) for module in found]


def functions(module: ModuleType) -> dict[str, Any]:
    """The public functions that a module defines; in-place forms are made elsewhere."""
    return {
        name: f
        for name, f in vars(module).items()
        if inspect.isfunction(f)
        and not name.startswith("_")
        and f.__module__ in (module.__name__, "minitorch.ops.in_place")
    }


def our_names(modules: Iterable[ModuleType]) -> set[str]:
    """Names, without the ``_`` at the end, of the functions of tensors that we have."""
    names = {name for module in modules for name in functions(module)} - INTERNAL.keys()
    for owner in (mt, mt.Tensor, F):
        names |= {n for n in dir(owner) if n[0] != "_" and inspect.isfunction(getattr(owner, n))}
    return {name.removesuffix("_") for name in names}


def with_aliases(names: set[str], forms: dict[str, Form]) -> list[str]:
    """Those of the names that PyTorch has, and all names of the same functions."""
    known = {name for name in names if name in forms}
    originals = known | {forms[name].alias_of for name in known} - {""}
    aliases = {name for name, form in forms.items() if form.alias_of in originals}
    return sorted((originals & forms.keys()) | aliases)


def missing(name: str, form: Form, root: Any = mt, tensor: Any = mt.Tensor) -> dict[str, str]:
    """The forms of a function that are not there, each with the line to add."""
    lacks: dict[str, str] = {}
    for place, signatures in form.places.items():
        owner = root if place.startswith("torch") else tensor
        spelled = name + "_" * place.endswith("_")
        label = f"{place.rstrip('_')}.{spelled}"
        ours = inspect.getattr_static(owner, spelled, None)
        if ours is None:
            lacks[label] = _line(label, spelled, form)
        elif callable(ours):
            asked = [overload(text) for text in signatures]
            for word in _lacking(ours, asked, is_method=owner is tensor):
                lacks[f"{label}({word.strip('()')})"] = _line_for(label, word)
    return {form: line for form, line in lacks.items() if form not in ON_PURPOSE}


def _line(label: str, spelled: str, form: Form) -> str:
    """What to add where, so that a form is there."""
    place, _, _ = label.partition(".")
    base = spelled.removesuffix("_")
    original = form.alias_of and form.alias_of + spelled[len(base) :]
    room, family = _home(base)
    if place == "Tensor":
        value = original or f"{family}.{spelled}"
        if not original and any("out=" in text for text in form.places.get("torch", ())):
            value = value if spelled.endswith("_") else f"method({value})"
        line = f"Tensor lacks `{spelled}`: add `{spelled} = {value}` in minitorch/tensor/{room}.py"
    else:
        source = original or spelled
        line = (
            f"the root lacks `{spelled}`: import `{source} as {spelled}` in minitorch/__init__.py"
        )
    if spelled.endswith("_") and not original:
        op = "".join(part.capitalize() for part in base.split("_"))
        line += f", and beside the op `{spelled} = in_place({op})`"
    return line


def _home(name: str) -> tuple[str, str]:
    """The room and the file of a function of the families."""
    for module in walk_ops():
        if name in functions(module):
            _, _, room, *file = module.__name__.split(".")
            return room, file[-1] if file else room
    return "<room>", "<family>"


def _line_for(label: str, word: str) -> str:
    if word == "out":
        return f"{label} lacks out=: decorate the function with @takes_out, where it is defined"
    if word in ("axis", "keepdims"):
        return f"{label} does not take {word}=: decorate it with @numpy_names"
    if word == "*":
        return f"{label} does not take sizes or tensors one by one: give it a parameter `*name`"
    if word.startswith("("):
        return f"{label} does not take {word}: make the others optional, keep the order"
    return f"{label} does not take {word}=: rename its parameter, or add one"


def _lacking(ours: Any, asked: list[Overload], *, is_method: bool) -> list[str]:
    """The words, or whole overloads, that a function does not take."""
    signature = inspect.signature(ours)
    first = [None] * (is_method and not isinstance(ours, staticmethod | classmethod))
    lacks: dict[str, None] = {}
    for form in asked:
        words = [w for w in (*form.positional, *form.keyword) if _is_asked(w, is_method)]
        lacking = [w for word in words for w in _not_taken(signature, first, word, ours)]
        if not lacking and not form.takes_more and not _fits(signature, first, form, words):
            lacking.append(f"({', '.join(words)})")
        if form.takes_more and not _takes(signature, [*first, None, None, None], []):
            lacking.append("*")
        lacks |= dict.fromkeys(lacking)
    return list(lacks)


def _is_asked(word: str, is_method: bool) -> bool:
    return word not in NOT_ASKED and not (is_method and word == "out")


def _not_taken(signature: Any, first: list[Any], word: str, ours: Any) -> list[str]:
    """Of the words for a parameter, ``dim/axis``, those by which it cannot be given."""
    word, *others = word.split("/")
    if not _takes(signature, first, [word]):
        return [word]
    return [w for w in others if w not in signature.parameters and not _renames_numpy(ours)]


def _fits(signature: Any, first: list[Any], form: Overload, words: list[str]) -> bool:
    """Whether what has no default is enough, and all can be given in PyTorch's order."""
    at = form.positional.index("out") if "out" in form.positional else None
    by_place = [w for w in form.positional[:at] if w in words or w == "self"]
    needed = [w for w in by_place if w in form.required]
    rest = [w for w in form.keyword if w in words and w in form.required]
    enough = _takes(signature, [*first, *needed], rest, signature.bind)
    return enough and _takes(signature, [*first, *by_place], [])


def _takes(signature: Any, args: list[Any], words: list[str], bind: Any = None) -> bool:
    """Whether arguments bind; parameters like ``**params`` do not count as taking a word."""
    words = [word.partition("/")[0] for word in words]
    if any(word not in signature.parameters for word in words):
        return False
    try:
        (bind or signature.bind_partial)(*args, **dict.fromkeys(words))
    except TypeError:
        return False
    return True


def _renames_numpy(function: Any) -> bool:
    """Whether ``numpy_names`` is among the decorators."""
    while function is not None:
        if getattr(function, "__code__", None) is _RENAMING:
            return True
        function = getattr(function, "__wrapped__", None)
    return False


def takers_of_out(root: Any) -> list[str]:
    """The functions of the root that take ``out=``."""
    found = [n for n in dir(root) if n[0] != "_" and inspect.isfunction(getattr(root, n))]
    return [n for n in found if "out" in inspect.signature(getattr(root, n)).parameters]


def all_missing() -> dict[str, dict[str, str]]:
    """Of each function with forms that are not there these forms, with the lines to add."""
    forms = read()
    names = with_aliases(our_names(walk_ops()), forms)
    found = {name: missing(name, forms[name]) for name in names}
    return {name: lacks for name, lacks in found.items() if lacks}


def known_missing() -> dict[str, set[str]]:
    """The list of what is known to be missing: labels of each function."""
    found = {}
    for line in MISSING.read_text().splitlines():
        _, name, labels = line.split(" | ")
        found[name] = set(labels.split("; "))
    return found


def _rooms() -> dict[str, str]:
    """The room of each function of the families."""
    rooms: dict[str, str] = defaultdict(lambda: "others")
    for module in walk_ops():
        for name in functions(module):
            rooms[name.removesuffix("_")] = module.__name__.split(".")[2]
    return rooms


def write_missing() -> None:
    """Write the list of what is missing."""
    rooms, forms = _rooms(), read()
    lines = [
        f"{rooms[name if name in rooms else forms[name].alias_of]} | {name} | {'; '.join(lacks)}\n"
        for name, lacks in all_missing().items()
    ]
    MISSING.write_text("".join(sorted(lines)))


if __name__ == "__main__":
    write_missing()
