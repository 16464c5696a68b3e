"""The built site: every public name, no dead link, nothing from the network, a search that finds."""

import functools
import importlib
import re
import shutil
import subprocess
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
from tests.test_docstrings import NAMESPACES, _public

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# The same objects under longer paths, or names with a place of their own at the root.
SECOND_PATHS = re.compile(
    r"minitorch\.(nn\.modules\..*|nn\.utils\.(?!rnn|parametr|prune|stateless).*|nn\.parameter|settings)"
)
ALSO = ["linalg", "fft", "special", "models", "masked", "serialization", "vision.transforms"]
ALSO += ["autograd.function", "autograd.functional", "autograd.graph", "autograd.forward_ad"]
ALSO += ["testing", "overrides", "optim.swa_utils", "mps", "xpu"]
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


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --enable-logging=stderr "
    "--virtual-time-budget=20000 --host-resolver-rules=MAP,*,~NOTFOUND"
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The site behind a server of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def opened(url: str, folder: Path) -> tuple[str, list[str]]:
    """What a page has become in a browser, and what it complained of."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    flags = FLAGS.replace("MAP,*,~NOTFOUND", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
    parts = [part for part in flags.split(" --")]
    command = [CHROMIUM, parts[0], *(f"--{part}" for part in parts[1:])]
    run = subprocess.run(
        [*command, f"--user-data-dir={folder / 'chromium'}", "--dump-dom", url],
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


def test_a_complaint_is_seen(site, address, tmp_path):
    page = site / f"broken-{tmp_path.name}.html"
    page.write_text("<script>nothing.here()</script>")
    try:
        assert opened(f"{address}/{page.name}", tmp_path)[1]
    finally:
        page.unlink()


@pytest.mark.parametrize(
    ("words", "found"), [("backward", "docs/errors"), ("CachedFeatures", "docs/api/data")]
)
def test_the_search_finds(words, found, address, tmp_path):
    text, complaints = opened(f"{address}/search.html?q={quote(words)}", tmp_path)
    results = text[text.index('id="search-results"') :]
    assert f"{found}.html" in results
    assert complaints == []
