"""Links from names in code, on every page, to where the reference describes them."""

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+(?:\(.*\))?", re.DOTALL)
CLASS = re.compile(r"[A-Z]\w+")
# Types in signatures; `torch.int` and the like are other things.
PYTHONS_OWN = {"bool", "complex", "float", "int", "slice"}
CACHE = "minitorch_short_names"
OTHER_NAMES = {"torch": "minitorch", "mt": "minitorch", "F": "minitorch.nn.functional"}


def full_name(text: str, domain: PythonDomain) -> str | None:
    """What the reference calls a name that stands in code, if it knows it."""
    name = text.partition("(")[0]
    first, dot, rest = name.partition(".")
    first = OTHER_NAMES.get(first, first)
    for found in (f"{first}{dot}{rest}", f"minitorch.{first}{dot}{rest}"):
        if found in domain.objects:
            return found
    return None


CLASSES = ("class", "exception")
FUNCTIONS = ("function", "method")


def short_names(env: BuildEnvironment, kinds: tuple[str, ...] = CLASSES) -> dict[str, str]:
    """What the reference has by last names; asked for once all is read, and counted once."""
    cache = vars(env).setdefault(CACHE, {})
    if kinds not in cache:
        cache[kinds] = _short_names(env.domains.python_domain, kinds)
    return cache[kinds]


def _short_names(domain: PythonDomain, kinds: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for full, entry in domain.objects.items():
        if entry.objtype in kinds:
            found.setdefault(full.rpartition(".")[2], []).append(full)
    # Of several the shortest: the others are second names of the same class.
    return {short: min(fulls, key=len) for short, fulls in found.items()}


class LinkNames(SphinxPostTransform):
    """Turns `torch.exp` in code into a link; in the reference the names of classes, too."""

    default_priority = 5  # before references are resolved

    def run(self, **kwargs: Any) -> None:
        domain = self.env.domains.python_domain
        in_reference = self.env.docname.startswith("docs/api/")
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node.get("refdomain") == "py" and node["reftarget"] in PYTHONS_OWN:
                node.replace_self(node.children)
            elif node.get("refdomain") == "py":
                _name_in_full(node, self.env)
        classes = short_names(self.env) if in_reference else {}
        for node in list(self.document.findall(nodes.literal)):
            text = node.astext()
            if isinstance(node.parent, (nodes.reference, addnodes.pending_xref)):
                continue
            full = None
            if DOTTED.fullmatch(text):
                full = full_name(text, domain)
            elif CLASS.fullmatch(text):
                full = classes.get(text)
            if full and not _is_about(node, full):
                link = addnodes.pending_xref(
                    "", node.deepcopy(), refdomain="py", reftype="obj", reftarget=full
                )
                link["refdoc"] = self.env.docname
                node.replace_self(link)


def _name_in_full(node: addnodes.pending_xref, env: BuildEnvironment) -> None:
    """Say which of several classes of one name is meant: the one with the shortest path."""
    target = node["reftarget"]
    if node["reftype"] in ("class", "exc", "obj") and "." not in target:
        if full := short_names(env).get(target):
            node["reftarget"], node["refspecific"] = full, False
        return
    full = full_name(target, env.domains.python_domain)
    if not full and node["reftype"] in ("func", "meth"):
        full = short_names(env, FUNCTIONS).get(target.rpartition(".")[2])
    if full:
        node["reftarget"], node["refspecific"] = full, False


def _is_about(node: nodes.Node, full: str) -> bool:
    """Whether a node stands in the entry of that name, or in a title."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, nodes.title):
            return True
        if isinstance(node, addnodes.desc):
            return any(
                full in signature["ids"] for signature in node.findall(addnodes.desc_signature)
            )
    return False


def resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Types in signatures: a link to ours, plain text for Python's and for inner ones."""
    if node.get("refdomain") != "py":
        return None
    domain = env.domains.python_domain
    target = node["reftarget"]
    full = full_name(target, domain) or short_names(env).get(target.rpartition(".")[2])
    if full:
        entry = domain.objects[full]
        return make_refnode(
            app.builder, node["refdoc"], entry.docname, entry.node_id, content, full
        )
    parent = node.parent
    while parent is not None:
        if isinstance(parent, (addnodes.desc_signature, nodes.field)):
            return content
        parent = parent.parent
    return None


def forget(app: Sphinx, env: BuildEnvironment) -> None:
    """Begin each build with names as they are now."""
    if hasattr(env, CACHE):
        delattr(env, CACHE)
