"""The built site: every public name, no dead link, no network, a search that finds."""

import contextlib
import functools
import importlib.util
import re
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from urllib.parse import quote, unquote, urlsplit

import pytest

import minitorch as mt
from tests.docs.markdown import DOCS
from tests.live.browser import FLAGS, find_chromium
from tests.live.stored import programs
from tests.test_docstrings import NAMESPACES, _public

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# The same objects under longer paths, or names with a place of their own at the root.
SECOND_PATHS = re.compile(
    r"minitorch\.(nn\.modules\..*|nn\.utils\.(?!rnn|parametr|prune|stateless).*|nn\.parameter|settings)"
)
ALSO = ["linalg", "fft", "special", "models", "masked", "serialization", "vision.transforms"]
ALSO += ["autograd.function", "autograd.functional", "autograd.graph", "autograd.forward_ad"]
ALSO += ["testing", "overrides", "optim.swa_utils", "mps", "xpu"]
ALSO += ["array_api", "array_api.linalg", "multiprocessing", "utils.einops"]
MODULES = [name for name in NAMESPACES if not SECOND_PATHS.fullmatch(name)]
MODULES = [name for name in MODULES if name != "minitorch.Tensor"]
MODULES += [f"minitorch.{name}" for name in ALSO]


@pytest.fixture(scope="session")
def inventory(site: Path) -> set[str]:
    """Names that the reference describes."""
    packed = (site / "objects.inv").read_bytes().split(b"\n", 4)[4]
    lines = zlib.decompress(packed).decode().splitlines()
    return {line.split(" ")[0] for line in lines if " py:" in line}


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_in_the_reference(name, inventory):
    module = importlib.import_module(name)
    listed = getattr(module, "__all__", None)
    names = listed or [key for key, _ in _public(module)]
    if name in ("minitorch.fft", "minitorch.special"):  # files that list names of others
        names = [key for key in dir(module) if not key.startswith("_")]
    if name == "minitorch.multiprocessing":  # lists what the standard library's has, too
        names = [key for key in names if key.endswith(("sharing_strategy", "sharing_strategies"))]
    values = [key for key in names if not isinstance(getattr(module, key), ModuleType)]
    assert values or name.startswith("minitorch.backends")
    assert [key for key in values if f"{name}.{key}" not in inventory] == []


def test_methods_are_in_the_reference(inventory):
    classes = {"minitorch.Tensor": mt.Tensor, "minitorch.nn.Module": mt.nn.Module}
    lost = [
        f"{name}.{key}"
        for name, cls in classes.items()
        for key in dir(cls)
        if not key.startswith("_") and getattr(getattr(cls, key), "__doc__", None)
        if callable(getattr(cls, key)) and f"{name}.{key}" not in inventory
    ]
    assert lost == []


class Page(HTMLParser):
    """Where a page of the site leads, what it loads, and which places it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.places |= {given[key] for key in ("id", "name") if key in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in ("img", "script", "source", "iframe") and "src" in given:
            self.loads.append(given["src"])
        elif tag == "link" and given.get("rel") != "canonical":
            self.loads.append(given["href"])


@pytest.fixture(scope="session")
def html(site: Path) -> dict[Path, Page]:
    """All pages, read."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def dead(html: dict[Path, Page]) -> Iterator[str]:
    for path, page in html.items():
        for link in page.links + page.loads:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link in ("#", ""):
                continue
            target = path.parent.joinpath(unquote(parts.path)).resolve() if parts.path else path
            places = html[target].places if target in html else {unquote(parts.fragment)}
            if not target.exists() or unquote(parts.fragment) not in {"", *places}:
                yield f"{path.name}: {link}"


def test_no_link_is_dead(html):
    assert len(html) > 40
    assert list(dead(html)) == []


def test_a_dead_link_is_found(tmp_path):
    page = tmp_path / "a.html"
    text = '<p id="x"><a href="#x"></a><a href="#y"></a><a href="b.html"></a><img src="c.png">'
    page.write_text(text)
    assert list(dead({page: Page(text)})) == ["a.html: #y", "a.html: b.html", "a.html: c.png"]


def test_nothing_comes_from_the_network(html):
    assert [load for page in html.values() for load in page.loads if urlsplit(load).netloc] == []


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a site behind a server of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with served(site) as found:
        yield found


def opened(url: str, folder: Path) -> tuple[str, list[str]]:
    """What a page has become in a browser, and what it complained of."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("needs Chromium")
    flags = (*FLAGS, "--virtual-time-budget=20000", f"--user-data-dir={folder / 'chromium'}")
    run = subprocess.run(
        [chromium, *flags, "--dump-dom", url],
        capture_output=True,
        text=True,
        errors="replace",
    )
    console = [line for line in run.stderr.splitlines() if ":CONSOLE" in line]
    bad = r"Uncaught|Error|Failed|Refused|not defined"
    return run.stdout, [line for line in console if re.search(bad, line)]


@pytest.mark.parametrize("page", ["index", "docs/index", "docs/errors", "docs/api/nn", "README"])
def test_pages_open_without_complaint(page, address, tmp_path):
    text, complaints = opened(f"{address}/{page}.html", tmp_path)
    assert "</html>" in text and "minitorch" in text
    assert complaints == []


def test_the_live_page_finds_its_programs_and_its_wheel(site, address, tmp_path):
    text, complaints = opened(f"{address}/docs/live/index.html", tmp_path)
    assert text.count('class="live-code"') == len(programs())
    assert "(no answer" not in text  # nothing is fetched before somebody asks
    (wheel,) = re.findall(r'data-wheel="(\S+\.whl)"', text)
    assert (site / "_static" / "live" / wheel).is_file()
    assert complaints == []


def test_a_complaint_is_seen(tmp_path):
    (tmp_path / "broken.html").write_text("<script>nothing.here()</script>")
    with served(tmp_path) as address:
        assert opened(f"{address}/broken.html", tmp_path)[1]


def results(address: str, words: str, folder: Path) -> tuple[str, list[str]]:
    """What the search page shows for some words, and what it complained of."""
    text, complaints = opened(f"{address}/search.html?q={quote(words)}", folder)
    return text[text.index('id="search-results"') :], complaints


@pytest.mark.parametrize(
    ("words", "found"), [("backward", "docs/errors"), ("CachedFeatures", "docs/api/data")]
)
def test_the_search_finds(words, found, address, tmp_path):
    text, complaints = results(address, words, tmp_path)
    assert f"{found}.html" in text
    assert complaints == []


@pytest.fixture(scope="session")
def bilingual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small site of the same search, with a page in Chinese and one in English."""
    if importlib.util.find_spec("sphinx") is None:
        pytest.skip("needs Sphinx; `make docs` installs it")
    folder = tmp_path_factory.mktemp("bilingual")
    conf = f"import sys; sys.path.insert(0, {str(DOCS / '_ext')!r})\n"
    conf += "extensions = ['bilingual_search']; html_search_language = 'en-zh'\n"
    conf += "html_sidebars = {'**': []}\n"
    (folder / "conf.py").write_text(conf, encoding="utf-8")
    (folder / "index.rst").write_text("Index\n=====\n\n.. toctree::\n\n   zh\n   en\n")
    chinese = "自动求导\n========\n\n叶子张量的梯度会累加，计算图被释放。backward 之后再看 grad。\n"
    (folder / "zh.rst").write_text(chinese, encoding="utf-8")
    (folder / "en.rst").write_text("Autograd\n========\n\nGradients are accumulated.\n")
    command = [sys.executable, "-m", "sphinx", "--quiet", "-W", str(folder), str(folder / "html")]
    subprocess.run(command, check=True)
    with served(folder / "html") as found:
        yield found


@pytest.mark.parametrize(
    ("words", "there", "not_there"),
    [
        ("梯度", "zh", "en"),
        ("计算图", "zh", "en"),
        ("求导", "zh", "en"),
        ("累", "zh", "en"),
        ("梯度 backward", "zh", "en"),
        ("gradient", "en", "zh"),
        ("accumulating", "en", "zh"),
    ],
)
def test_the_search_finds_chinese_and_english(words, there, not_there, bilingual, tmp_path):
    text, complaints = results(bilingual, words, tmp_path)
    assert f"{there}.html" in text and f"{not_there}.html" not in text
    assert complaints == []


def test_the_search_does_not_find_what_is_not_there(bilingual, tmp_path):
    text, _ = results(
        bilingual, "张图", tmp_path
    )  # both characters are there, not beside each other
    assert "zh.html" not in text and "did not match any documents" in text
