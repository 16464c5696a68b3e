"""Opens a page in a headless Chromium and lets a script in it say what it saw."""

import contextlib
import html
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.source import REPOSITORY

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever network there is
)
# Reads a program, writes what `runner.py` hands on.
RUN = """
import json, sys
from tests.live.stored import runner
events = []
runner()(sys.stdin.read(), lambda *event: events.append(event))
sys.__stdout__.write(json.dumps(events))
"""
# What a test's script can call; `report` ends it.
HELPERS = """
console.info("the test listens");
const pause = (ms) => new Promise((go) => setTimeout(go, ms));
async function until(test, what) {
  for (let i = 0; i < 1200; i++) { if (test()) return; await pause(50); }
  throw new Error("waited in vain until " + what);
}
const send = (seen) => fetch("/report", { method: "POST", body: JSON.stringify(seen) });
"""


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Seen(NamedTuple):
    """What the script said, and what page and worker wrote to the console."""

    said: Any
    console: list[str]


class _Handler(SimpleHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = b""
        if self.path == "/report":
            self.server.reports.put(json.loads(body))
        else:
            answer = self.server.run_program(body)
        with contextlib.suppress(ConnectionError):  # the worker that asked has been stopped
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing it waits for those that answer

    def __init__(self, folder: Path) -> None:
        def handler(*args: Any) -> _Handler:
            return _Handler(*args, directory=str(folder))

        super().__init__(("127.0.0.1", 0), handler)
        self.reports: queue.Queue[Any] = queue.Queue()
        self.programs: list[subprocess.Popen[bytes]] = []

    def run_program(self, code: bytes) -> bytes:
        process = subprocess.Popen(
            [sys.executable, "-c", RUN],
            cwd=REPOSITORY,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.programs.append(process)
        return process.communicate(code)[0]


@contextlib.contextmanager
def _serving(folder: Path) -> Iterator[_Server]:
    with _Server(folder) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            for process in server.programs:
                process.kill()  # those that never end
            server.shutdown()
            thread.join()


def look(chromium: str, folder: Path, script: str) -> Seen:
    """Open the folder's index.html with a script in it; wait until that calls `send`."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    script = f"{HELPERS}\n(async () => {{ {script} }})().catch((e) => send(String(e)));"
    tag = f'<script type="module">{script}</script></body>'
    (folder / "index.html").write_text(page.replace("</body>", tag), encoding="utf-8")
    with _serving(folder) as server, (folder / "console.txt").open("wb") as console:
        address = f"http://127.0.0.1:{server.server_port}/index.html"
        command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", address]
        browser = subprocess.Popen(
            command, stdout=console, stderr=console, start_new_session=True
        )  # a session of its own: it has children
        try:
            said = server.reports.get(timeout=200)
        finally:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
    log = (folder / "console.txt").read_text(encoding="utf-8", errors="replace")
    lines = [line for line in log.splitlines() if "CONSOLE" in line]
    assert lines, "the console is not where it is looked for"
    return Seen(said, [line for line in lines if "the test listens" not in line])


def as_html(markdown: str, data: dict[str, str]) -> str:
    """The page as Sphinx makes it, as far as the page's script looks at it."""
    parts = re.split(r"^```(\w+)\n(.*?)^```$", markdown, flags=re.M | re.S)
    body, is_open = "", False
    for prose, kind, code in zip(parts[::3], [*parts[1::3], ""], [*parts[2::3], ""], strict=True):
        for line in filter(None, prose.split("\n\n")):
            if match := re.match(r"\s*(#+) (.*)", line):
                body += "</section>" * (is_open and match[1] == "##") + "<section>"
                is_open = is_open or match[1] == "##"
                level = len(match[1])
                body += f'<h{level}>{html.escape(match[2])}<a href="#">¶</a></h{level}>'
            elif match := re.match(r"\s*!\[(.*)\]\((.*)\)", line):
                body += f'<p><img alt="{match[1]}" src="{match[2]}"></p>'
            else:
                body += f"<p>{html.escape(line)}</p>"
        if kind:
            body += f'<div class="highlight-{kind} notranslate"><div class="highlight">'
            body += f"<pre>{html.escape(code)}</pre></div></div>\n"
    attributes = " ".join(f'{name}="{value}"' for name, value in data.items())
    head = '<meta charset="utf-8"><link rel="icon" href="data:,">'
    head += '<link rel="stylesheet" href="live/live.css">'
    return (
        f"<!doctype html><html><head>{head}</head><body>{body}</section></section>"
        f'<script {attributes} type="module" src="live/live.js"></script></body></html>'
    )
