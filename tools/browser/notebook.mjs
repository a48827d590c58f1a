// A notebook in a running JupyterLab, driven as its reader drives it.
//
// Lab's own application object is in the page as jupyterapp, by the flag --LabApp.expose_app_in_browser=True. What is
// pressed and read goes through the page; the object tells when Lab is ready and what the kernel sends.

// openLab opens JupyterLab at an address with its token in a new window of the browser. What the page asks of other
// hosts is refused and told to say.
export async function openLab(browser, address, say) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const { origin } = new URL(address);
  await page.route((url) => url.origin !== origin && url.protocol.startsWith("http"), (route) => {
    say(`Lab asks for ${route.request().url()}`);
    return route.abort();
  });
  page.on("pageerror", (e) => say(`a script in Lab fails: ${e.message}`));
  await page.goto(address);
  await page.waitForFunction(() => globalThis.jupyterapp);
  await page.evaluate(() => jupyterapp.restored.then(() => true));
  return page;
}

// theme changes Lab's colours: "JupyterLab Light" or "JupyterLab Dark".
export async function theme(page, name) {
  await page.evaluate((theme) => jupyterapp.commands.execute("apputils:change-theme", { theme }), name);
  await page.waitForFunction((light) => document.body.dataset.jpThemeLight === light, String(!name.includes("Dark")));
}

// Failed is the last line that the kernel writes when a cell's program ends badly: the cell's own status stays "ok".
const failed = /^(exit status \d+|signal: .+)$/;

export class Notebook {
  constructor(page, path) {
    this.page = page;
    this.path = path;
  }

  // with runs a function in the page, on the notebook's panel.
  with(f, ...args) {
    return this.page.evaluate(
      ([path, f, args]) => {
        const panel = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.path === path);
        return new Function(`return (${f})`)()(panel, ...args);
      },
      [this.path, f.toString(), args],
    );
  }

  // open opens it and waits for its kernel: what is run before is lost.
  async open() {
    await this.page.evaluate((path) => jupyterapp.commands.execute("docmanager:open", { path }).then(() => true), this.path);
    await this.opened();
    return this;
  }

  // opened waits until it has its cells and its kernel.
  async opened() {
    await this.with((panel) => panel.context.ready.then(() => panel.sessionContext.ready).then(() => true));
    await this.ready();
  }

  // ready waits until the kernel answers.
  async ready() {
    await this.with(async (panel) => {
      while (panel.sessionContext.session?.kernel?.connectionStatus !== "connected") await new Promise((r) => setTimeout(r, 20));
      await panel.sessionContext.session.kernel.info;
    });
  }

  // show brings its tab to the front.
  async show() {
    await this.with((panel) => jupyterapp.shell.activateById(panel.id));
    await this.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").waitFor();
  }

  // beginAll runs all cells, as the Run menu does. Their end is a promise in what it returns: another tab may be
  // shown meanwhile.
  async beginAll() {
    await this.show();
    await this.with((panel) => { panel.allRun = jupyterapp.commands.execute("runmenu:run-all"); });
    const end = this.with((panel) => panel.allRun.then(() => true));
    end.catch(() => {});
    return { end };
  }

  // run runs a cell as Shift-Enter does, and returns how many seconds it took.
  run(index) {
    return this.with(async (panel, index) => {
      panel.content.activeCellIndex = index;
      panel.content.deselectAll();
      const start = performance.now();
      await jupyterapp.commands.execute("notebook:run-cell");
      return (performance.now() - start) / 1000;
    }, index);
  }

  // press clicks a button of the toolbar by the command behind it.
  press(command) {
    return this.page.locator(`.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Toolbar [data-command="${command}"]`).first().click();
  }

  // restart restarts the kernel by its button.
  async restart() {
    await this.press("notebook:restart-kernel");
    await this.page.locator(".jp-Dialog .jp-mod-accept").click();
    await this.page.locator(".jp-Dialog").waitFor({ state: "detached" });
    await this.with(async (panel) => {
      const kernel = panel.sessionContext.session.kernel;
      while (["restarting", "autorestarting", "starting"].includes(kernel.status)) await new Promise((r) => setTimeout(r, 20));
    });
    await this.ready();
  }

  // cells is the code cells: their place, source and outputs.
  cells() {
    return this.with((panel) =>
      [...panel.content.model.cells].map((c, index) => ({ index, type: c.type, source: c.sharedModel.getSource(), count: c.executionCount, outputs: c.outputs?.toJSON() ?? [] }))
        .filter((c) => c.type === "code" && c.source.trim()),
    );
  }

  // save saves it with its outputs.
  save() {
    return this.with((panel) => panel.context.save().then(() => true));
  }

  // close ends its kernel and closes it without asking.
  close() {
    return this.with(async (panel) => {
      await panel.sessionContext.shutdown();
      await panel.context.save();
      panel.close();
    });
  }

  // outputs is the element that holds a cell's outputs.
  async outputs(index) {
    await this.show();
    const handle = await this.page.evaluateHandle(([path, index]) => {
      const panel = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.path === path);
      return panel.content.widgets[index].outputArea.node;
    }, [this.path, index]);
    return handle.asElement();
  }
}

// wrong lists what a run cell shows that it should not.
export function wrong(cell) {
  const found = [];
  const name = `cell ${cell.index}, ${JSON.stringify(cell.source.replace(/^%%\n/, "").split("\n")[0])}`;
  if (cell.count === null) found.push(`${name} was not run`);
  let said = "";
  for (const o of cell.outputs) {
    if (o.output_type === "error") found.push(`${name} fails: ${o.evalue} ${o.traceback.join("\n")}`);
    if (o.name === "stderr") said += [o.text].flat().join("");
    const html = [o.data?.["text/html"] ?? ""].flat().join("");
    if (/class="live err"/.test(html)) found.push(`${name} shows an error: ${html.replace(/<style>.*?<\/style>|<[^>]*>/gs, " ").replace(/\s+/g, " ").slice(0, 400)}`);
  }
  const lines = said.trim().split("\n");
  if (failed.test(lines.at(-1).trim())) found.push(`${name} ends badly: ${lines.slice(-8).join("\n")}`);
  return found;
}
