"""The live page in a browser: what it does with a Python behind it, and without a network.

Pyodide itself is not there: a stand-in of its three functions sends programs to a Python process.
"""

import shutil
from pathlib import Path

import pytest

from tests.live.browser import Seen, as_html, find_chromium, look
from tests.live.stored import ASSETS, PAGE, PICTURES, programs

pytestmark = pytest.mark.slow

STAND_IN = """
export const loadPyodide = async ({ indexURL }) => ({
  loadedPackages: {},
  async loadPackage(name) { this.loadedPackages[name] = indexURL; },
  unpackArchive(buffer, kind) { this.wheel = new TextDecoder().decode(buffer) + kind; },
  runPython(source) {
    if (this.wheel !== "PK: a wheelwheel") throw new Error("no wheel: " + this.wheel);
    if (!/def run.*\\nrun$/s.test(source)) throw new Error("not the runner");
    return (code, emit) => {
      const request = new XMLHttpRequest();
      request.open("POST", "/run", false);
      request.send(code);
      for (const event of JSON.parse(request.responseText)) emit(...event);
    };
  },
});
"""

TOUR = """
const seen = {};
await until(() => document.querySelector(".live-code"), "there are editors");
const sections = [...document.querySelectorAll("section section")];
const part = (number, name) => sections[number].querySelector(name);
const status = (number) => part(number, ".live-status").textContent;
const [run, stop, reset] = [1, 2, 3].map((n) => (number) =>
  part(number, `.live-bar button:nth-child(${n})`));
const all = (number, name) => [...sections[number].querySelectorAll(`.live-fresh ${name}`)];
const shown = (number) => ({
  text: all(number, "pre").map((p) => p.textContent).join(""),
  errors: all(number, ".live-error").length,
  widths: all(number, "img").map((i) => i.naturalWidth),
  alts: all(number, "img").map((i) => i.alt),
  stored: !part(number, ".live-stored").hidden,
  fresh: !part(number, ".live-fresh").hidden,
  status: status(number),
});
const play = async (number, code) => {
  if (code !== undefined) part(number, ".live-code").value = code;
  run(number).click();
  await until(() => status(number).startsWith("Done"), `program ${number} is done`);
  await pause(100);
  return shown(number);
};
seen.labels = sections.map((s) => s.querySelector("textarea").getAttribute("aria-label"));
seen.codes = sections.map((s) => s.querySelector("textarea").value + "\\n");
seen.before = shown(0);
seen.leaves = await play(0);
seen.changed = await play(0, "print('<b>2</b>')\\nshow(41 + 1)");
reset(0).click();
seen.reset = { ...shown(0), code: part(0, ".live-code").value + "\\n" };
seen.error = await play(1, "print('before')\\ndef f():\\n    return 1 / 0\\nf()");
seen.syntax = await play(1, "if True print(1)");
seen.nothing = await play(1, "x = 1");
seen.picture = sections[1].querySelector(".live-fresh").textContent;
part(2, ".live-code").value = "while True: pass";
part(2, ".live-code").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true }));
await until(() => status(2) === "Running ...", "the loop runs");
seen.others = sections.map((s, n) => run(n).disabled);
stop(2).click();
seen.stopped = shown(2);
seen.after = await play(2, "print('again')");
const choice = document.querySelector(".live-choice select");
choice.value = "3";
choice.dispatchEvent(new Event("change"));
seen.focus = document.activeElement === part(3, ".live-code");
const editor = part(3, ".live-code");
editor.value = "if x:";
editor.setSelectionRange(5, 5);
editor.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }));
seen.indented = editor.value;
await send(seen);
"""

ALONE = """
await until(() => document.querySelector(".live-code"), "there are editors");
const section = document.querySelector("section section");
const [run] = section.querySelectorAll(".live-bar button");
const status = section.querySelector(".live-status");
const seen = [];
for (let i = 0; i < 2; i++) {
  run.click();
  await until(() => status.textContent.includes("could not"), "there is no network");
  seen.push({
    status: status.textContent,
    stored: section.querySelector(".live-stored").innerText,
    width: section.querySelector(".live-stored img").naturalWidth,
    fresh: !section.querySelector(".live-fresh").hidden,
    run: !run.disabled,
  });
  status.textContent = "";
}
await send(seen);
"""


def lay_out(folder: Path, pyodide: str) -> Path:
    """The page and its files, as they stand on the site."""
    shutil.copytree(ASSETS, folder / "live")
    shutil.copytree(PICTURES, folder / "pictures")
    (folder / "live" / "a.whl").write_text("PK: a wheel")
    data = {"data-wheel": "a.whl", "data-pyodide": pyodide}
    page = as_html(PAGE.read_text(encoding="utf-8"), data)
    (folder / "index.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        pytest.skip("there is no Chromium here")
    return path


@pytest.fixture(scope="module")
def tour(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = lay_out(tmp_path_factory.mktemp("live"), "pyodide/")
    (folder / "live" / "pyodide").mkdir()
    (folder / "live" / "pyodide" / "pyodide.mjs").write_text(STAND_IN)
    seen = look(chromium, folder, TOUR)
    assert isinstance(seen.said, dict), seen.said
    return seen


def test_each_program_has_an_editor(tour: Seen) -> None:
    assert tour.said["labels"] == [f"Program: {program.title}" for program in programs()]
    assert tour.said["codes"] == [program.code for program in programs()]


def test_what_is_stored_stays_until_there_is_something_to_show(tour: Seen) -> None:
    before = tour.said["before"]
    assert (before["stored"], before["fresh"]) == (True, False)
    leaves = tour.said["leaves"]
    assert (leaves["stored"], leaves["fresh"]) == (False, True)


def test_a_program_prints_and_draws(tour: Seen) -> None:
    leaves = tour.said["leaves"]
    assert leaves["text"] == programs()[0].text
    assert leaves["errors"] == 0
    assert len(leaves["widths"]) == 1
    assert leaves["widths"][0] > 100  # the browser could read the picture
    assert "[z]" in leaves["alts"][0]
    assert "leaf, requires grad" in leaves["alts"][0]


def test_a_changed_program_runs_as_it_is_now(tour: Seen) -> None:
    assert tour.said["changed"]["text"] == "<b>2</b>\n42\n"
    assert tour.said["changed"]["widths"] == []


def test_reset_brings_back_program_and_output(tour: Seen) -> None:
    reset = tour.said["reset"]
    assert (reset["code"], reset["stored"], reset["fresh"]) == (programs()[0].code, True, False)


def test_errors_are_shown_with_their_text_and_lines(tour: Seen) -> None:
    error = tour.said["error"]
    assert error["text"].startswith("before\nTraceback (most recent call last):\n")
    assert 'File "experiment.py", line 3, in f' in error["text"]
    assert "return 1 / 0" in error["text"]
    assert error["text"].endswith("ZeroDivisionError: division by zero\n")
    assert "runner" not in error["text"]
    assert error["errors"] == 1
    assert "SyntaxError" in tour.said["syntax"]["text"]
    assert tour.said["picture"] == "It printed nothing."


def test_an_endless_loop_can_be_stopped(tour: Seen) -> None:
    assert all(tour.said["others"])  # nothing else can be run meanwhile
    assert tour.said["stopped"]["status"] == "Stopped."
    assert tour.said["after"]["text"] == "again\n"


def test_it_can_be_used_by_keyboard(tour: Seen) -> None:
    assert tour.said["focus"]
    assert tour.said["indented"] == "if x:\n    "


def test_the_console_has_nothing_to_say(tour: Seen) -> None:
    assert tour.console == []


def test_without_a_network_the_stored_output_stays(chromium: str, tmp_path: Path) -> None:
    seen = look(chromium, lay_out(tmp_path, ""), ALONE)
    assert isinstance(seen.said, list), seen.said
    for said in seen.said:  # and again at the second try
        assert said["status"].startswith("Python could not be fetched (no answer from https://")
        assert "Below is what" in said["status"]
        assert programs()[0].text.splitlines()[0] in said["stored"]
        assert said["width"] > 100
        assert not said["fresh"]
        assert said["run"]
    assert seen.console == []  # the browser's own remark on the fetch is kept elsewhere
