"""Links to what is in the repository and no page of the site: folders, and files of source.

A folder leads to its README, where that is a page. A file of source becomes a page under
``source/``, with line numbers, so that it opens in the browser instead of being downloaded.
"""

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers import guess_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

SOURCE = {".py", ".pyi", ".toml", ".c", ".h", ".txt", ".md", ".js", ""}
LOGGER = logging.getLogger(__name__)
MARK = "repository_file"


class RepositoryLinks(SphinxTransform):
    """Gives links of Markdown pages that lead to no page somewhere to go."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Called by docutils, once for each page."""
        for node in list(self.document.findall(addnodes.download_reference)):
            path = self._path(node["reftarget"])
            if self._is_inside(path, node) and path.is_file() and path.suffix in SOURCE:
                node.replace_self(self._to_source(path, node))
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node["reftype"] == "myst":
                self._mend(node)

    def _mend(self, node: addnodes.pending_xref) -> None:
        target = node["reftarget"]
        if node.get("refdomain") == "doc":
            path = Path(self.env.srcdir, f"{target}.md").resolve()
            if target in self.env.found_docs or not path.is_file():
                return
            if self._is_inside(path, node):
                node.replace_self(self._to_source(path, node))
        elif "#" not in target and (folder := self._path(target)).is_dir():
            if not self._is_inside(folder, node):
                return
            page = folder.relative_to(self.env.srcdir).joinpath("README").as_posix()
            if page in self.env.found_docs:
                node.update_all_atts({"refdomain": "doc", "reftarget": page}, replace=True)
                node["reftargetid"] = None
            else:
                node.replace_self(node.children)

    def _is_inside(self, path: Path, node: nodes.Element) -> bool:
        """Whether the repository holds it; on other machines nothing else is there."""
        if path.is_relative_to(self.env.srcdir):
            return True
        link = os.path.relpath(path, Path(self.env.doc2path(self.env.docname)).parent)
        LOGGER.warning("link out of the repository: %s", link, location=node, type="repository")
        node.replace_self(node.children)
        return False

    def _path(self, target: str) -> Path:
        return Path(self.env.relfn2path(target, self.env.docname)[1]).resolve()

    def _to_source(self, path: Path, node: nodes.Element) -> nodes.reference:
        """A link to the page of that file; the page itself is written at the end."""
        name = path.relative_to(self.env.srcdir).as_posix()
        here = self.env.docname.rpartition("/")[0]
        up = "../" * (here.count("/") + 1 if here else 0)
        link = nodes.reference("", "", internal=True, refuri=f"{up}source/{name}.html")
        link[MARK] = name
        link += node.children
        return link


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The pages of all files of source that a page leads to."""
    env = app.env
    prose = sorted(name for name in env.found_docs if not name.startswith("docs/api/"))
    found = {
        link[MARK]: None
        for name in prose
        for link in env.get_doctree(name).findall(nodes.reference)
        if MARK in link
    }
    for name in found:
        text = Path(env.srcdir, name).read_text(encoding="utf-8")
        try:
            language = guess_lexer_for_filename(name, text).aliases[0]
        except ClassNotFound:
            language = "text"
        block = app.builder.highlighter.highlight_block(text, language, linenos="inline")
        heading = f"<h1>{escape(name)}</h1>"
        body = f"{heading}\n<div class='highlight-{language} notranslate'>{block}</div>"
        yield f"source/{name}", {"title": name, "body": body, "parents": []}, "page.html"


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_transform(RepositoryLinks)
    app.connect("html-collect-pages", source_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
