// Looks at what run notebooks show where no script runs, as on code hosts and in VS Code:
//
//	node still.mjs -shots FOLDER NOTEBOOK.ipynb...
//
// The outputs are put on a plain page, in the browser's own style, with scripts off. A line of JSON tells of each
// notebook, as lab.mjs does.
import { readFileSync } from "node:fs";
import path from "node:path";
import { launch } from "./browser.mjs";

const args = process.argv.slice(2);
const shots = path.resolve(args[0] === "-shots" ? args.splice(0, 2)[1] : "shots");
const escape = (s) => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

// output is one output as a viewer without scripts shows it.
function output(o) {
  const data = (kind) => [o.data?.[kind] ?? ""].flat().join("");
  if (o.output_type === "stream") return `<pre>${escape([o.text].flat().join(""))}</pre>`;
  return data("text/html") || data("image/svg+xml") || (data("image/png") && `<img src="data:image/png;base64,${data("image/png")}">`) || `<pre>${escape(data("text/plain"))}</pre>`;
}

const browser = await launch();
for (const file of args) {
  const start = performance.now(), found = [];
  const name = path.basename(file, ".ipynb");
  const context = await browser.newContext({ viewport: { width: 980, height: 900 }, javaScriptEnabled: false, offline: true });
  const page = await context.newPage();
  page.on("request", (r) => {
    if (!/^(data|about):/.test(r.url())) found.push(`it asks for ${r.url()}`);
  });
  const cells = JSON.parse(readFileSync(file, "utf8")).cells.filter((c) => c.outputs?.length);
  await page.setContent(`<!doctype html><meta charset="utf-8"><body>${cells.map((c) => `<div class="cell" title="${escape([c.source].flat().join("").split("\n").slice(0, 2).join(" ")).replaceAll('"', "'")}">${c.outputs.map(output).join("")}</div>`).join("")}`);
  const seen = await page.evaluate(() => {
    const empty = [], hidden = "details:not([open]), [hidden]";
    let figures = 0;
    for (const cell of document.querySelectorAll(".cell")) {
      const all = [...cell.querySelectorAll("svg, img, table")].filter((e) => !e.closest(hidden));
      figures += all.length;
      for (const e of all) {
        const r = e.getBoundingClientRect();
        if (!r.width || !r.height) empty.push(`a figure of the cell ${cell.title} has no size: ${e.outerHTML.slice(0, 160)}`);
        if (e.matches("svg[role=img]:not([aria-label]), img:not([alt])")) empty.push(`a figure of the cell ${cell.title} has no words: ${e.outerHTML.slice(0, 160)}`);
      }
      if (cell.querySelector(".digitlab") && !all.length) empty.push(`the cell ${cell.title} shows neither figure nor table`);
      if (!cell.innerText.trim() && !all.length) empty.push(`the cell ${cell.title} shows nothing`);
      for (const e of cell.querySelectorAll("canvas, button, input")) if (e.checkVisibility()) empty.push(`the cell ${cell.title} shows ${e.outerHTML.slice(0, 100)}, which does nothing here`);
    }
    return { figures, empty };
  });
  found.push(...seen.empty);
  await page.screenshot({ path: path.join(shots, `still-${name}.png`), fullPage: true });
  await context.close();
  console.log(JSON.stringify({ check: name, seconds: Math.round(performance.now() - start) / 1000, facts: [`${seen.figures} figures and tables in ${cells.length} cells`], faults: found }));
}
await browser.close();
