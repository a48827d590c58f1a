// Uses a running JupyterLab as its readers do:
//
//	node lab.mjs -shots FOLDER [-only REGEXP] ADDRESS
//
// With -only no other notebooks are run, and nothing but notebooks is tried. ADDRESS holds the token. The server's folder
// has notebooks/; they are run and saved there. A line of JSON tells of
// each check: {"check": "03_training", "seconds": 9.1, "facts": ["..."], "faults": ["..."]}. FOLDER takes pictures. The
// status is 0 when all checks could be made, faults or not.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { launch, require } from "./browser.mjs";
import { faults, most, observe, record, until } from "./live.mjs";
import { Notebook, openLab, theme, wrong } from "./notebook.mjs";
import { misread, seven } from "./pad.mjs";

const args = process.argv.slice(2);
const shots = path.resolve(args[0] === "-shots" ? args.splice(0, 2)[1] : "shots");
mkdirSync(shots, { recursive: true });
const notebooks = /^\d\d_/;
const only = args[0] === "-only" ? new RegExp(args.splice(0, 2)[1]) : null;

// check makes one check and tells of it.
async function check(name, make) {
  if (only && !notebooks.test(name)) return;
  const start = performance.now();
  const found = [], facts = [];
  try {
    await make((fault) => found.push(fault), (fact) => facts.push(fact));
  } catch (e) {
    found.push(`it could not be finished: ${e.stack ?? e}`);
  }
  console.log(JSON.stringify({ check: name, seconds: Math.round((performance.now() - start) / 100) / 10, facts, faults: found }));
}

const strange = new Set(); // what Lab did that no notebook asked for
const browser = await launch();
const page = await openLab(browser, args[0], (fault) => strange.add(fault));
const picture = (name) => page.screenshot({ path: path.join(shots, `lab-${name}.png`) });

// tall takes a picture of a whole notebook.
async function tall(notebook, name) {
  await notebook.show();
  const before = page.viewportSize();
  const height = await notebook.with((panel) => [...panel.content.widgets].reduce((sum, w) => sum + w.node.getBoundingClientRect().height, 0));
  await page.setViewportSize({ width: before.width, height: Math.min(12_000, Math.ceil(height) + 200) });
  await notebook.with((panel) => { panel.content.outerNode?.scrollTo(0, 0); });
  await page.waitForTimeout(100);
  await picture(name);
  await page.setViewportSize(before);
}

const open = (name) => new Notebook(page, `notebooks/${name}`);
const seconds = (s) => `${s.toFixed(2)} s`;

await check("Lab begins with the start page, and its links open the notebooks", async (say, tell) => {
  const start = page.locator(".jp-MarkdownViewer:not(.lm-mod-hidden)");
  await start.locator("h1").waitFor();
  const title = await start.locator("h1").innerText();
  if (!title.startsWith("Where to begin")) say(`it begins with: ${title}`);
  const links = start.locator("table a");
  tell(`${await links.count()} notebooks are listed`);
  await picture("start");
  await links.first().click();
  await page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").waitFor();
  const opened = await page.evaluate(() => [...jupyterapp.shell.widgets("main")].filter((w) => w.isVisible).map((w) => w.context.path));
  if (opened.join() !== "notebooks/01_digits.ipynb") say(`the first link opens ${opened}`);
  const first = open("01_digits.ipynb");
  await first.opened(); // Lab's script fails where a notebook is closed while its kernel starts: "Disposed"
  await first.close();
  await page.evaluate(() => [...jupyterapp.shell.widgets("main")].filter((w) => w.context?.path === "notebooks/README.md").forEach((w) => w.close()));
});

await check("links to reports lead to them", async (say, tell) => {
  for (const file of ["README.md", "lessons.md", "glossary.md"]) {
    const target = await page.evaluate(async (path) => {
      await jupyterapp.commands.execute("markdownviewer:open", { path });
      const { content } = await jupyterapp.serviceManager.contents.get(path, { type: "file", content: true });
      return /\]\(\.\.\/(reports\/[^)]*)/.exec(content)?.[1];
    }, `notebooks/${file}`);
    const view = page.locator(".jp-MarkdownViewer >> visible=true");
    await view.locator(`a[href*="${target}"]`).first().click();
    const [path] = await page.waitForFunction((from) => {
      const shown = [...jupyterapp.shell.widgets("main")].filter((w) => w.isVisible && w.context).map((w) => w.context.path);
      return shown.length && !shown.includes(from) && shown;
    }, `notebooks/${file}`).then((shown) => shown.jsonValue());
    if (path !== target) say(`../${target} in ${file} opens ${path}`);
    const heading = view.locator("h1");
    await heading.waitFor().catch(() => say(`${target} shows no heading`));
    tell(`${file}: ${await heading.innerText()}`);
    const links = await view.locator("a[href*='files/reports/']").count();
    if (!links) say(`${target} has no links to other reports`);
    await picture("report");
    await page.evaluate(() => [...jupyterapp.shell.widgets("main")].filter((w) => w.context?.path.endsWith(".md")).forEach((w) => w.close()));
  }
});

// The live notebook: what 03_training declares before it trains, and a cell that trains for some seconds.
const steps = 4000;
const live = await page.evaluate(async (steps) => {
  const contents = jupyterapp.serviceManager.contents;
  const { content } = await contents.get("notebooks/03_training.ipynb");
  const source = (c) => [c.source].flat().join("");
  const first = content.cells.findIndex((c) => c.cell_type === "code" && source(c).includes("nb.Watch"));
  content.cells = content.cells.slice(0, first).filter((c) => c.cell_type === "code");
  content.cells.push({ ...content.cells[0], id: "live", source: `%%\nnb.Check(nb.Watch(open("live", recipe), digits(mnist.Train), ${steps}))` });
  await contents.save("notebooks/live.ipynb", { type: "notebook", format: "json", content });
  return content.cells.length - 1;
}, steps);
const book = open("live.ipynb");

await check("a kernel starts quickly", async (say, tell) => {
  const start = performance.now();
  await book.open();
  tell(`notebook opened and kernel ready in ${seconds((performance.now() - start) / 1000)}`);
  const first = await book.run(0);
  const later = [];
  for (let i = 1; i < live; i++) later.push(await book.run(i));
  tell(`first cell ${seconds(first)}, later cells ${later.map(seconds).join(", ")}`);
  await book.restart();
  const again = await book.run(0);
  tell(`first cell after a restart ${seconds(again)}`);
  for (let i = 1; i < live; i++) await book.run(i);
  if (Math.min(first, again) > 15) say(`the first cell takes ${seconds(Math.min(first, again))}`);
  if (Math.min(...later) > 10) say(`later cells take ${later.map(seconds)}`);
  for (const cell of (await book.cells()).filter((c) => c.index < live)) wrong(cell).forEach(say);
});

// train starts the live cell without waiting for its end.
async function train() {
  await book.show();
  await book.with((panel, index) => {
    panel.content.activeCellIndex = index;
    panel.content.widgets[index].node.scrollIntoView({ block: "start" });
  }, live);
  await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
  await observe(book, live);
  await book.with((panel) => { panel.cellRun = jupyterapp.commands.execute("notebook:run-cell"); });
}

// halt presses Stop and waits for what the block says.
async function halt(say, tell) {
  const start = performance.now();
  await book.press("notebook:interrupt-kernel");
  const end = await until(book, live, (block) => block?.classList.contains("halt"));
  tell(`stopped after step ${end.step}, ${seconds((performance.now() - start) / 1000)} after Stop was pressed`);
  for (const want of ["interrupted", "Nothing is lost", "steps kept in ../runs/live-quick", "Run the cell again to go on from there", "stopped after step"]) {
    if (!end.text.includes(want)) say(`the block of a stopped run does not say ${JSON.stringify(want)}: ${end.text}`);
  }
  if (end.pictures < 3) say(`the block of a stopped run has ${end.pictures} charts`);
  await book.with((panel) => panel.cellRun.then(() => true));
  const cell = (await book.cells()).at(-1);
  if (cell.outputs.length !== 1) say(`the stopped cell has ${cell.outputs.length} outputs: ${JSON.stringify(cell.outputs.slice(1)).slice(0, 300)}`);
  wrong(cell).forEach(say);
  return end.step;
}

let kept = 0;
await check("a live plot changes without flicker, and Stop keeps its steps", async (say, tell) => {
  await train();
  await until(book, live, (block, step) => block?.classList.length === 1 && step > 0);
  await page.waitForTimeout(1500);
  await picture("live-running");
  const rows = await book.with((panel, index) => new Set([...panel.content.widgets[index].outputArea.node.querySelectorAll(".live figure")].map((f) => Math.round(f.getBoundingClientRect().top))).size, live);
  if (rows !== 1) say(`cost, accuracy and rate stand in ${rows} rows`);
  await until(book, live, (block, step, drawings) => step >= 40 * drawings, 6);
  kept = await halt(say, tell);
  const seen = await record(book);
  await picture("live-stopped");
  faults(seen, 5).forEach(say);
  tell(`${seen.states.length} states, ${most(seen.sent)} drawings a second at most, ${seen.frames} frames, heights ${seen.heights.map(Math.round)}`);
  if (kept < 1 || kept >= steps) say(`it stopped at step ${kept} of ${steps}`);
});

await check("the next run goes on from there, and so does one after a restart of the kernel", async (say, tell) => {
  await train();
  await until(book, live, (block, step, kept) => block?.classList.length === 1 && step > kept, kept);
  let seen = await record(book);
  tell(`the next run begins at step ${seen.states[0].step}`);
  // The block of the stopped run stays until the first drawing of the next.
  const fresh = seen.states.filter((s) => s.state === "");
  if (fresh[0].step < kept) say(`after Stop at step ${kept} the next run begins at step ${fresh[0].step}`);
  faults({ ...seen, heights: [] }, 1).forEach(say);
  await book.restart(); // in the middle of training
  const goal = Math.ceil(kept / 100) * 100 + 600;
  await book.with((panel, index, goal) => {
    const source = panel.content.widgets[index].model.sharedModel;
    source.setSource(source.getSource().replace(/\d+\)\)$/, `${goal}))`));
  }, live, goal);
  for (let i = 0; i < live; i++) await book.run(i);
  await train();
  const end = await until(book, live, (block) => block?.classList.contains("done"));
  await book.with((panel) => panel.cellRun.then(() => true));
  seen = await record(book);
  await picture("live-finished");
  const first = seen.states.find((s) => s.state === "");
  tell(`after a restart in the middle of training it begins at step ${first?.step}`);
  if (!(first?.step >= kept)) say(`after a restart it begins at step ${first?.step}, and ${kept} were kept`);
  if (end.pictures < 3 || !end.label.includes("finished")) say(`at the end there are ${end.pictures} charts, and the block says: ${end.label}`);
  // What stays in the saved notebook is the last state, once.
  await book.save();
  const { outputs } = (await book.cells()).at(-1);
  const html = [outputs[0]?.data?.["text/html"] ?? ""].flat().join("");
  if (outputs.length !== 1 || !html.includes('class="live done"') || (html.match(/<svg/g) ?? []).length !== end.pictures) say(`the notebook keeps ${outputs.length} outputs of the live cell: ${html.slice(0, 200)}`);
  const start = performance.now();
  await book.run(live);
  const again = await until(book, live, (block) => block?.classList.contains("done"));
  tell(`a finished run of ${goal} steps is shown again in ${seconds((performance.now() - start) / 1000)}`);
  if (!again.text.includes(`read back`)) say(`a finished run that is run again says: ${again.text}`);
});

await check("completion and help come from gopls", async (say, tell) => {
  await book.with(async (panel, live) => {
    panel.content.activeCellIndex = live;
    await jupyterapp.commands.execute("notebook:insert-cell-below");
    await jupyterapp.commands.execute("notebook:enter-edit-mode");
  }, live);
  await page.keyboard.type("%%\nvar t = nnlib.Perc");
  // One match is put in at once; with several there is a list. Lab waits for a language server that still reads the
  // module.
  const patience = await page.evaluate(() => jupyterapp.serviceManager.settings.fetch("@jupyterlab/completer-extension:manager").then((s) => s.schema.properties.providerTimeout.default));
  if (!(patience >= 30_000)) say(`Lab waits ${patience} ms for a completion`);
  const source = () => book.with((panel) => panel.content.activeCell.model.sharedModel.getSource());
  const list = page.locator(".jp-Completer:not(.lm-mod-hidden)");
  const came = async () => (await list.count()) > 0 || (await source()).includes("nnlib.Perceptron");
  let start = performance.now();
  await page.keyboard.press("Tab");
  while (performance.now() - start < patience + 2_000 && !(await came())) await page.waitForTimeout(20);
  tell(`completion ${seconds((performance.now() - start) / 1000)} after the Tab key`);
  await picture("completion");
  if (await list.count()) {
    const items = await list.innerText();
    if (!items.includes("Perceptron")) say(`completion of nnlib.Perc offers: ${items}`);
    await page.keyboard.press("Enter");
    await page.waitForTimeout(100);
  }
  if (!(await source()).includes("nnlib.Perceptron")) say(`completion of nnlib.Perc gives: ${await source()}`);
  start = performance.now();
  await page.keyboard.press("Shift+Tab");
  const help = page.locator(".jp-Tooltip");
  await help.waitFor({ timeout: 20_000 }).catch(() => {});
  tell(`help after ${seconds((performance.now() - start) / 1000)}`);
  await picture("help");
  const text = (await help.count()) ? await help.innerText() : "nothing";
  if (!text.includes("Perceptron is") || !text.includes("func nnlib.Perceptron(")) say(`help on nnlib.Perceptron says: ${text}`);
  await page.keyboard.press("Escape");
});
await check("the live notebook is closed", async () => book.close());

// visible scrolls to a cell's outputs and lists figures without a size. Its count is that of figures, tables and panels.
async function visible(notebook, cell) {
  const outputs = await notebook.outputs(cell.index);
  return outputs.evaluate(async (area) => {
    area.scrollIntoView({ block: "start" });
    await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
    const all = [...area.querySelectorAll("svg, img, table, canvas")].filter((e) => !e.closest("details:not([open]), [hidden]"));
    const empty = all.filter((e) => { const r = e.getBoundingClientRect(); return !r.width || !r.height; });
    return { count: all.length, empty: empty.map((e) => e.outerHTML.slice(0, 160)) };
  });
}

// Shows says that a cell shows something by the notebook package.
const shows = /^nb\.(Show|Check\(nb\.(Watch|Doctor))\(/m;

// begin opens a notebook and runs all its cells; ended is the seconds that they take, or what goes wrong.
async function begin(name) {
  const notebook = open(name);
  const start = performance.now();
  let ended;
  try {
    await notebook.open();
    ended = (await notebook.beginAll()).end.then(() => (performance.now() - start) / 1000);
  } catch (e) {
    ended = Promise.reject(e);
  }
  ended.catch(() => {});
  return { name, notebook, ended };
}

async function read({ name, notebook, ended }) {
  await check(name.replace(".ipynb", ""), async (say, tell) => {
    const took = await ended;
    const cells = await notebook.cells();
    tell(`${cells.length} cells in ${seconds(took)}`);
    await notebook.show();
    let figures = 0;
    for (const cell of cells) {
      wrong(cell).forEach(say);
      if (!cell.outputs.some((o) => o.data?.["text/html"])) {
        // 07_speed says in words that its measurements are not there.
        if (shows.test(cell.source) && !cell.outputs.length) say(`cell ${cell.index} shows nothing: ${cell.source}`);
        continue;
      }
      const seen = await visible(notebook, cell);
      figures += seen.count;
      if (!seen.count && shows.test(cell.source)) say(`cell ${cell.index} shows no figure and no table: ${cell.source}`);
      for (const html of seen.empty) say(`cell ${cell.index}: a figure has no size: ${html}`);
    }
    tell(`${figures} figures and tables`);
    if (name.startsWith("08_ask")) await ask(notebook, cells, say, tell);
    await tall(notebook, name.replace(".ipynb", ""));
    await notebook.save();
    if (!dark.includes(name)) await notebook.close();
  });
}

async function ask(notebook, cells, say, tell) {
  const cell = cells.find((c) => c.source.includes("nb.Show(panel())"));
  const panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .ask .desk");
  await (await notebook.outputs(cell.index)).scrollIntoViewIfNeeded();
  const said = await seven(page, panel);
  tell(`a 7 drawn by the mouse: ${said.drawn.says}`);
  misread(said).forEach(say);
  await picture("seven");
}

const dark = ["03_training.ipynb", "04_per_digit.ipynb", "08_ask.ipynb"]; // stay open for the dark theme
const names = await page.evaluate(async () => (await jupyterapp.serviceManager.contents.get("notebooks", { content: true })).content.map((f) => f.name).filter((n) => n.endsWith(".ipynb")).sort())
  .then((all) => all.filter((n) => notebooks.test(n) && (!only || only.test(n))));
// While one is looked at the next one runs.
for (let i = 0, next = await begin(names[0]); i < names.length; i++) {
  const now = next;
  await now.ended.catch(() => {});
  if (i + 1 < names.length) next = await begin(names[i + 1]);
  await read(now);
}

await check("figures are readable in both of Lab's themes", async (say) => {
  for (const name of dark) {
    const notebook = open(name);
    await notebook.show();
    for (const colours of ["JupyterLab Light", "JupyterLab Dark"]) {
      await theme(page, colours);
      await page.evaluate(require("axe-core").source);
      const found = await page.evaluate(() => globalThis.axe.run({ include: [".jp-NotebookPanel:not(.lm-mod-hidden) .digitlab"] }, { resultTypes: ["violations"] }));
      for (const v of found.violations.filter((v) => v.impact === "serious" || v.impact === "critical")) {
        const first = v.nodes[0];
        say(`${name}, ${colours}: ${v.id}: ${v.help}: ${v.nodes.length} times, first ${first.html.slice(0, 160)}: ${(first.any[0] ?? first.all[0] ?? first.none[0])?.message ?? ""}`);
      }
    }
    await tall(notebook, `${name.replace(".ipynb", "")}-dark`);
    await theme(page, "JupyterLab Light");
    await notebook.close();
  }
});

await check("Lab asks for nothing from other hosts and its scripts do not fail", async (say) => strange.forEach(say));
await browser.close();
