// Turns each program of the page into an editor with Run, Stop and Reset. What the page says below a
// program, its stored output, stays until a run has something to show.
const script = document.querySelector("script[data-wheel]");
const near = (name) => new URL(name, import.meta.url).href;
const places = {
  pyodide: script.dataset.pyodide && near(script.dataset.pyodide), // a copy on this site
  wheel: near(script.dataset.wheel),
  runner: near("runner.py"),
};

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

let worker = null; // made at the first run, and again after a stop
let current = null; // the program that runs

class Program {
  constructor(section, block) {
    const title = section.querySelector("h1, h2, h3, h4").firstChild.textContent.trim();
    this.title = title;
    this.section = section;
    this.code = block.querySelector("pre").textContent.replace(/\n$/, "");
    this.editor = make("textarea", {
      value: this.code,
      className: "live-code",
      spellcheck: false,
      autocapitalize: "off",
      autocomplete: "off",
    });
    this.editor.setAttribute("aria-label", `Program: ${title}`);
    this.editor.addEventListener("input", () => this.fit());
    this.editor.addEventListener("keydown", (event) => this.key(event));
    this.runButton = this.button("Run", `Run: ${title} (Ctrl+Enter)`, () => this.run());
    this.stopButton = this.button("Stop", `Stop: ${title}`, () => stop("Stopped."));
    this.stopButton.disabled = true;
    this.resetButton = this.button("Reset", `Reset: ${title}`, () => this.reset());
    this.status = make("span", { className: "live-status" });
    this.status.setAttribute("role", "status");
    this.stored = make("div", { className: "live-stored" });
    while (block.nextSibling) this.stored.append(block.nextSibling);
    this.fresh = make("div", { className: "live-fresh", hidden: true });
    this.fresh.setAttribute("aria-live", "polite");
    const buttons = [this.runButton, this.stopButton, this.resetButton];
    const bar = make("div", { className: "live-bar" }, ...buttons, this.status);
    block.replaceWith(make("div", { className: "live" }, this.editor, bar));
    section.append(this.stored, this.fresh);
    this.fit();
  }

  button(text, title, act) {
    const button = make("button", { type: "button", textContent: text, title });
    button.addEventListener("click", act);
    return button;
  }

  fit() {
    this.editor.rows = this.editor.value.split("\n").length + 1;
  }

  key(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.run();
    } else if (!event.shiftKey) {
      const { value, selectionStart: at, selectionEnd: end } = this.editor;
      const line = value.slice(value.lastIndexOf("\n", at - 1) + 1, at);
      const indent = line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
      if (!indent) return;
      event.preventDefault(); // Python's blocks go on where they were
      this.editor.setRangeText(`\n${indent}`, at, end, "end");
      this.fit();
    }
  }

  run() {
    if (current) return;
    current = this;
    for (const program of programs) program.runButton.disabled = true;
    this.stopButton.disabled = false;
    this.started = performance.now();
    this.isEmpty = true;
    if (!worker) {
      worker = new Worker(near("live-worker.js"), { type: "module" });
      worker.onmessage = ({ data }) => current?.hear(data);
      worker.onerror = (event) => {
        event.preventDefault();
        stop(unreachable(event.message || "the worker did not start"), true);
      };
    }
    this.say("Starting ...");
    worker.postMessage({ places, code: this.editor.value });
  }

  hear({ kind, content, alt }) {
    if (kind === "status") this.say(content);
    else if (kind === "running") {
      this.started = performance.now();
      this.begin();
      this.say("Running ...");
    } else if (kind === "done") {
      if (this.isEmpty) this.fresh.append(make("p", { textContent: "It printed nothing." }));
      this.end(`Done in ${((performance.now() - this.started) / 1000).toFixed(1)} s, on your machine.`);
    } else if (kind === "unreachable") stop(unreachable(content), true);
    else if (kind === "crashed") {
      this.add(make("pre", { className: "live-error", textContent: content }));
      stop("Python itself gave up; the next run starts it anew.");
    } else if (kind === "picture") this.add(picture(content, alt));
    else this.print(kind, content);
  }

  // From now on what this run says is shown, not what is stored.
  begin() {
    this.fresh.replaceChildren();
    this.fresh.hidden = false;
    this.stored.hidden = true;
  }

  add(element) {
    this.isEmpty = false;
    this.fresh.append(element);
  }

  print(kind, content) {
    const last = this.fresh.lastElementChild;
    const className = kind === "error" ? "live-error" : "live-text";
    if (last?.className === className) last.append(content);
    else this.add(make("pre", { className, textContent: content, tabIndex: 0 }));
  }

  reset() {
    if (current === this) stop("Stopped.");
    this.editor.value = this.code;
    this.fit();
    this.showStored();
    this.say("");
  }

  showStored() {
    this.fresh.hidden = true;
    this.stored.hidden = false;
  }

  say(text) {
    this.status.textContent = text;
  }

  end(text) {
    this.say(text);
    this.stopButton.disabled = true;
    for (const program of programs) program.runButton.disabled = false;
    current = null;
  }
}

function unreachable(reason) {
  return (
    `Python could not be fetched (${reason}). Below is what the page's own program printed when the ` +
    "page was made. Run tries again."
  );
}

// Ends the worker, and with it whatever runs there.
function stop(text, isUnreachable = false) {
  worker?.terminate();
  worker = null;
  if (isUnreachable) current?.showStored();
  current?.end(text);
}

// In an <img>: a picture made by a program cannot run scripts in the page.
function picture(svg, alt) {
  const image = make("img", { alt: `The graph, in words: ${alt}`, className: "live-picture" });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  return image;
}

const programs = [...document.querySelectorAll("section .highlight-python")].map(
  (block) => new Program(block.closest("section"), block),
);

const choice = make(
  "select",
  {},
  make("option", { textContent: "choose one ..." }),
  ...programs.map((program, number) => make("option", { value: number, textContent: program.title })),
);
choice.addEventListener("change", () => {
  const program = programs[choice.value];
  choice.selectedIndex = 0;
  program?.section.scrollIntoView();
  program?.editor.focus({ preventScroll: true });
});
programs[0]?.section.before(make("p", { className: "live-choice" }, make("label", {}, "Programs: ", choice)));
