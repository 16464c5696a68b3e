// Python for the live page, in a worker: a program that never ends leaves the page alone, and stops
// with its worker.
//
// What comes from the CDN is compared with these checksums, those of the npm package; the lock file
// holds the one of NumPy.
const VERSION = "314.0.7";
const CORE = `https://cdn.jsdelivr.net/npm/pyodide@${VERSION}/`;
const PACKAGES = `https://cdn.jsdelivr.net/pyodide/v${VERSION}/full/`;
const CHECKSUMS = {
  [`${CORE}pyodide.mjs`]: "sha384-Lp79fMwxa4n2BLtugpUAoQMlbxIdg8iCUiP1r3h7nJLkQjwlXT1JzZTeHVL+f4Dg",
  [`${CORE}pyodide.asm.mjs`]: "sha384-/2281iaC0Iimw0B3Kagy1DBfZcJG3W4KYW+EmOqhsdY3fR9BJ88FE2Zt6y0KQKpa",
  [`${CORE}pyodide.asm.wasm`]: "sha384-y++qrQ72KPA1fTjLIuGMP+jppgGxjbLCgfdb0zMrnNnQVhxRUXTOTF6rTxNzllSu",
  [`${CORE}python_stdlib.zip`]: "sha384-xW3A5jmenkrPXbsgrIaB1FCJh9OuLT7FRMagsJMgtlhVc19k/mSy3+7nMaF/d767",
  [`${CORE}pyodide-lock.json`]: "sha384-o8SQQvpVlZnOl04+3dFTJipKxul9GbViVusA379wlOrfHSgxbzt0yPiqCTxOiYES",
};

// Pyodide itself calls fetch for the rest of its files.
const fetchUnchecked = self.fetch.bind(self);
self.fetch = (resource, options) => {
  const integrity = CHECKSUMS[String(resource.url ?? resource)];
  return fetchUnchecked(resource, integrity ? { ...options, integrity } : options);
};

const send = (kind, content = "", alt = "") => self.postMessage({ kind, content, alt });

async function get(url) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error(`no answer from ${url}`);
  }
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return response;
}

// An import() cannot be given a checksum, a fetch can.
async function importChecked(url) {
  const source = await (await get(url)).text();
  const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await import(blob);
  } finally {
    URL.revokeObjectURL(blob);
  }
}

async function startPyodide(folder) {
  if (folder) return (await import(`${folder}pyodide.mjs`)).loadPyodide({ indexURL: folder });
  const { loadPyodide } = await importChecked(`${CORE}pyodide.mjs`);
  return loadPyodide({
    indexURL: CORE,
    packageBaseUrl: PACKAGES,
    lockFileContents: await (await get(`${CORE}pyodide-lock.json`)).json(),
    createPyodideModule: (await importChecked(`${CORE}pyodide.asm.mjs`)).default,
  });
}

// Returns runner.py's `run`.
async function load({ pyodide, wheel, runner }) {
  send("status", "Fetching Python, the first time some 15 MB ...");
  const python = await startPyodide(pyodide);
  send("status", "Fetching NumPy and minitorch ...");
  let trouble = "";
  await python.loadPackage("numpy", {
    messageCallback: () => {},
    errorCallback: (text) => (trouble = text),
  });
  if (!python.loadedPackages.numpy) throw new Error(trouble || "NumPy did not come");
  python.unpackArchive(await (await get(wheel)).arrayBuffer(), "wheel");
  return python.runPython(`${await (await get(runner)).text()}\nrun`);
}

let run = null;

self.onmessage = async ({ data }) => {
  try {
    run ??= await load(data.places);
  } catch (error) {
    send("unreachable", error.message);
    return;
  }
  send("running");
  try {
    await run(data.code, send);
    send("done");
  } catch (error) {
    send("crashed", String(error)); // not the program's own error: those are shown by `run`
  }
};
