"""Checkpoints by their URLs: what is kept, what is refused, what is left behind: nothing."""

import hashlib
import http.server
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from urllib.error import ContentTooShortError, HTTPError, URLError

import pytest

import minitorch as mt
from minitorch import hub
from minitorch.core import downloads
from minitorch.utils import model_zoo

CONTENT = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Site(http.server.BaseHTTPRequestHandler):
    """Answers as the path says, and writes down what was asked for."""

    asked: ClassVar[list[str]] = []  # emptied by the fixture
    files: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        self.asked.append(self.path)
        kind = self.path.split("/")[1]
        if kind == "redirect":
            self.send_response(302)
            self.send_header(
                "Location", "/whole/file" if self.path.endswith("there") else "ftp://127.0.0.1:9/"
            )
            self.end_headers()
            return
        if kind == "missing":
            self.send_error(404)
            return
        content = self.files.get(self.path, CONTENT)
        self.send_response(200)
        if kind == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            content = b"%x\r\n%s\r\n" % (len(content), content)  # and no end
        elif kind == "negative":
            self.send_header("Transfer-Encoding", "chunked")
            content = b"-3\r\n"
        elif kind == "endless":
            self.send_header("Content-Length", "9" * 5000)
        elif kind != "unannounced":
            more = {"cut": 1, "silent": 1}.get(kind, 0)
            self.send_header("Content-Length", str(len(content) + more))
        self.end_headers()
        self.wfile.write(content)
        if kind == "silent":
            time.sleep(1)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    """The URL of a server of this process."""
    Site.asked.clear()
    Site.files.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def fetch(url: str, path: Path, *options: Any) -> None:
    hub.download_url_to_file(url, str(path), *options, progress=False)


def test_a_file_is_fetched(site: str, tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(CONTENT)
    urls = [f"{site}/{kind}" for kind in ("whole/x", "unannounced/x", "redirect/there")]
    for number, url in enumerate([*urls, (tmp_path / "there").as_uri()]):
        path = tmp_path / f"got-{number}"
        fetch(url, path, SHA256[:8])
        assert path.read_bytes() == CONTENT
    (tmp_path / "there").write_bytes(b"")
    fetch((tmp_path / "there").as_uri(), tmp_path / "empty")
    assert (tmp_path / "empty").read_bytes() == b""


REFUSED: dict[str, tuple[str, Any, str]] = {
    "not there": ("{site}/missing/x", HTTPError, r"HTTP Error 404: Not Found: \S+/missing/x\. "),
    "cut": ("{site}/cut/x", ContentTooShortError, r"/cut/x: 512,000 bytes came, 512,001 were"),
    "cut between chunks": ("{site}/chunked/x", URLError, r"/chunked/x: .*IncompleteRead"),
    "silent": ("{site}/silent/x", URLError, r"/silent/x: timed out \(TimeoutError\)"),
    "cut before chunks": ("{site}/negative/x", URLError, "/negative/x: read length must be"),
    "a length without end": ("{site}/endless/x", URLError, "/endless/x: Exceeds the limit"),
    "letters other than ASCII": ("{site}/é", URLError, "/é: 'ascii' codec can't encode"),
    "redirected elsewhere": ("{site}/redirect/away", URLError, "/redirect/away: "),
    "nobody answers": ("http://127.0.0.1:9/x", URLError, r"http://127.0.0.1:9/x: .*refused"),
    "no file": ("file:///nowhere/x", URLError, r"file:///nowhere/x: .*No such file"),
    "a folder": ("file:///", URLError, "file:///: "),
    "a device without end": ("file:///dev/zero", URLError, "0 were announced"),
    "another scheme": ("ftp://127.0.0.1/x", ValueError, "unknown url type: 'ftp://127.0.0.1/x'"),
    "data": ("data:,x", ValueError, "unknown url type"),
    "no scheme": ("/etc/hostname", ValueError, "unknown url type"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("before", [None, b"what was there"])
def test_what_cannot_be_had_leaves_all_as_it_was(
    case: str, before: Any, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_SECONDS", 0.2)
    if case == "a device without end" and not Path("/dev/zero").exists():
        pytest.skip("the system has none")
    url, error, said = REFUSED[case]
    path = tmp_path / "file"
    if before is not None:
        path.write_bytes(before)
    with pytest.raises(error, match=said):
        fetch(url.format(site=site), path)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([] if before is None else [before])


def test_a_wrong_hash_is_said_in_pytorchs_words(
    site: str, tmp_path: Path, torch: ModuleType
) -> None:
    said = []
    for module in (hub, torch.hub):
        with pytest.raises(RuntimeError) as caught:
            module.download_url_to_file(f"{site}/whole/x", str(tmp_path / "x"), "00", False)
        said.append(str(caught.value))
    assert said[0].startswith(said[1]) and f"{site}/whole/x" in said[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_was_begun_is_removed(
    error: Any, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: Any) -> None:
        assert len(list(tmp_path.iterdir())) == 1
        raise error

    monkeypatch.setattr("os.fsync", interrupted)
    with pytest.raises(type(error), match="what was there before is unchanged"):
        fetch(f"{site}/whole/x", tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_two_processes_may_fetch_one_file(site: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    context = multiprocessing.get_context("spawn")
    args = (f"{site}/whole/x", str(tmp_path / "file"), SHA256, False)
    both = [context.Process(target=hub.download_url_to_file, args=args) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
        assert process.exitcode == 0
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_bar_is_shown_where_tqdm_is_installed(
    site: str, tmp_path: Path, capfd: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tqdm")
    hub.download_url_to_file(f"{site}/whole/x", str(tmp_path / "x"))
    assert "500k/500k" in capfd.readouterr().err
    hub.download_url_to_file(f"{site}/whole/x", str(tmp_path / "x"), progress=False)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    hub.download_url_to_file(f"{site}/whole/x", str(tmp_path / "x"))
    assert capfd.readouterr().err == ""


def test_a_checkpoint_is_fetched_once(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(hub, "_dir", None)
    mt.save({"weight": mt.arange(3)}, tmp_path / "saved")
    content = (tmp_path / "saved").read_bytes()
    name = f"net-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    Site.files[f"/whole/{name}"] = content
    url = f"{site}/whole/{name}?raw=1"
    Site.files[f"/whole/{name}?raw=1"] = content
    for _ in range(2):
        state = model_zoo.load_url(url, str(tmp_path / "new" / "kept"), "cpu", False, True)
        assert state["weight"].tolist() == [0, 1, 2]
    assert len(Site.asked) == 1
    path = tmp_path / "new" / "kept" / name
    assert capsys.readouterr().out == f'Downloading: "{url}" to {path}\n'
    hub.set_dir(tmp_path / "mine")
    hub.load_state_dict_from_url(url, progress=False, file_name="other.pth")
    assert [p.name for p in (tmp_path / "mine" / "checkpoints").iterdir()] == ["other.pth"]
    with pytest.raises(RuntimeError, match="invalid hash value "):
        hub.load_state_dict_from_url(url, check_hash=True, progress=False, file_name="x-00.pth")
    (tmp_path / "mine" / "checkpoints" / "other.pth").write_bytes(content[:-50])
    with pytest.raises(RuntimeError, match=r"other\.pth: the checkpoint is truncated"):
        hub.load_state_dict_from_url(url, file_name="other.pth")


PLACES = [
    {},
    {"TORCH_HOME": "~/somewhere"},
    {"TORCH_HOME": ""},
    {"XDG_CACHE_HOME": "/caches"},
    {"XDG_CACHE_HOME": "relative"},
    {"TORCH_HOME": "/home", "XDG_CACHE_HOME": "/caches"},
]


@pytest.mark.parametrize("variables", PLACES)
def test_the_folder_is_pytorchs(
    variables: dict[str, str], torch: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(hub, "_dir", None)
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    assert hub.get_dir() == torch.hub.get_dir()
    for module in (hub, torch.hub):
        module.set_dir(Path("~/x"))
    assert hub.get_dir() == torch.hub.get_dir() == os.path.expanduser("~/x")
    monkeypatch.setenv("TORCH_HUB", "x")
    with pytest.warns(UserWarning, match="TORCH_HUB is deprecated") as caught:
        hub.get_dir()
    assert caught[0].filename == __file__


@pytest.mark.parametrize("name", ["load", "list", "help"])
def test_what_runs_fetched_code_is_refused(name: str) -> None:
    with pytest.raises(RuntimeError, match="run code that they fetch"):
        getattr(hub, name)("pytorch/vision")
    assert not hasattr(mt.hub, "_no_such_name")
