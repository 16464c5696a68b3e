"""How the site is made: `make docs`.

The pages are Markdown, and read well where the repository is hosted, too. So that their links
between folders are the same there and here, the source folder is the whole repository, of which
`include_patterns` takes the prose: ``docs/``, and the READMEs that stand beside the code.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE), str(HERE / "_ext")]

import minitorch  # noqa: E402

project = "minitorch"
author = "minitorch contributors"
copyright = author
version = release = minitorch.__version__

root_doc = "docs/index"
include_patterns = [
    "docs/**",
    "README.md",
    "minitorch/**.md",
    "examples/*/README.md",
    "benchmarks/README.md",
]
exclude_patterns = [
    "minitorch/explanations/*",  # docs/errors.md is made of them
    *(f"{folder}/**" for folder in (".venv", "build", "data", "runs", "tests", ".[a-z]*")),
]

extensions = [
    "myst_nb",  # Markdown, and notebooks as they were stored
    "sphinx.ext.napoleon",
    "reference",
    "bilingual_search",
    "repository_links",
    "live_wheel",  # what the live page runs
    "freshness",  # whether a site is that of the present files
]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb", ".ipynb": "myst-nb"}
myst_heading_anchors = 4  # the anchors that the hosting site gives, too
myst_enable_extensions = ["attrs_block", "attrs_inline"]
# Shown as they are stored: a build neither runs them nor waits for what they train.
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # would come from the network

default_role = "code"
highlight_language = "text"  # blocks say what they are; those that do not are output
pygments_style, pygments_dark_style = "friendly", "monokai"
add_module_names = False
python_display_short_literal_types = True
toc_object_entries = False  # a page of two hundred functions has its list of names on top
maximum_signature_line_length = 88
nitpicky = True
nitpick_ignore_regex = [("py:exc", ".*")]  # Python's own, in `Raises:`

html_theme = "furo"
html_title = "minitorch"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/icon.svg"
html_extra_path = ["_root"]  # index.html, which leads to docs/index.html
html_search_language = "en-zh"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#9a3412", "color-brand-content": "#b4410e"},
    "dark_css_variables": {"color-brand-primary": "#fdba74", "color-brand-content": "#fb923c"},
}
