// Looks at report pages as their readers do, from a file, with the network cut:
//
//	node pages.mjs [-shots FOLDER] PAGE.html...
//
// Each page is opened in light, dark, phone width, print, and without scripts; where it has a pad to draw on, a 7 is
// drawn there. A line of JSON says what is wrong:
// {"page": "01_digits.html", "view": "phone", "fault": "..."}; the last line is {"pages": 8, "views": 40}. -shots keeps
// a picture of each page in light, dark and phone width. The status is 0 when all pages could be looked at, faults or not.
import { mkdirSync, existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { faults, launch, views } from "./browser.mjs";
import { misread, seven } from "./pad.mjs";

const args = process.argv.slice(2);
const shots = args[0] === "-shots" ? path.resolve(args.splice(0, 2)[1]) : "";
if (shots) mkdirSync(shots, { recursive: true });

const tell = (line) => console.log(JSON.stringify(line));

// open opens a file in a view; whatever it asks for beside files is refused and told.
async function open(browser, file, view, scripts, say) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.colorScheme,
    reducedMotion: "reduce",
    offline: true,
    javaScriptEnabled: scripts,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("request", (r) => {
    if (!/^(file|data|blob|about):/.test(r.url())) say(`it asks for ${r.url()}`);
  });
  page.on("pageerror", (e) => say(`its script fails: ${e.message}`));
  page.on("console", (m) => {
    if (m.type() === "error") say(`it complains: ${m.text()}`);
  });
  if (view.media) await page.emulateMedia({ media: view.media });
  await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
  return page;
}

// layout finds what does not fit, images that do not show and links that lead nowhere.
function layout(beyond) {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + beyond) {
    const wide = [...document.querySelectorAll("body *")].find((e) => {
      for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return false;
      return e.getBoundingClientRect().right > root.clientWidth + 1;
    });
    found.push(`it is ${root.scrollWidth} pixels wide, ${root.clientWidth} fit: ${wide?.outerHTML.slice(0, 120)}`);
  }
  for (const img of document.images) if (!img.complete || !img.naturalWidth) found.push(`an image does not show: ${img.alt}`);
  if (!document.querySelector("main h1, header h1")?.checkVisibility()) found.push("no heading is to be seen");
  const links = [];
  for (const a of document.querySelectorAll("a[href]")) {
    const href = a.getAttribute("href");
    if (href.startsWith("#") && href !== "#" && !document.getElementById(decodeURIComponent(href.slice(1)))) found.push(`${href} leads nowhere`);
    if (a.protocol === "file:" && !href.startsWith("#")) links.push(a.href);
  }
  return { found, links };
}

// keyboard goes through the page by the Tab key: each stop must be visible and marked.
async function keyboard(page, say) {
  let stops = 0;
  for (; stops < 400; stops++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const s = getComputedStyle(e);
      const r = e.getBoundingClientRect();
      const first = !globalThis.wasHere;
      globalThis.wasHere ??= new Set();
      if (globalThis.wasHere.has(e)) return null;
      globalThis.wasHere.add(e);
      return { first, skip: e.getAttribute("href") === "#main", outline: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2, seen: r.width > 0 && r.height > 0 && r.right > 0, html: e.outerHTML.slice(0, 100) };
    });
    if (!at) break;
    if (at.first && !at.skip) say(`the first stop of the Tab key does not skip to the content: ${at.html}`);
    if (!at.outline) say(`the focus is not marked on ${at.html}`);
    if (!at.seen) say(`the focus is on something that cannot be seen: ${at.html}`);
  }
  if (stops < 3) say(`the Tab key has only ${stops} stops`);
}

const browser = await launch();
let seen = 0;
for (const file of args) {
  const name = path.basename(file);
  for (const view of [...views, { ...views[0], name: "without scripts", plain: true }]) {
    const told = new Set();
    const say = (fault) => {
      if (told.has(fault)) return;
      told.add(fault);
      tell({ page: name, view: view.name, fault });
    };
    const page = await open(browser, path.resolve(file), view, !view.plain, say);
    const { found, links } = await page.evaluate(layout, view.media ? 24 : 0); // a label may reach into the paper's margin
    found.forEach(say);
    for (const link of links) if (!existsSync(fileURLToPath(link.replace(/[?#].*/, "")))) say(`${path.basename(link)} is not there`);
    if (!view.plain && !view.media) for (const f of await faults(page)) say(f);
    if (shots && !view.plain && !view.media) await page.screenshot({ path: path.join(shots, `${name.replace(/\.html$/, "")}-${view.name.replaceAll(" ", "-")}.png`), fullPage: true });
    if (view.name === "light") await keyboard(page, say);
    const pad = page.locator(".ask .desk");
    if (!view.plain && !view.media) for (let i = 0; i < (await pad.count()); i++) misread(await seven(page, pad.nth(i))).forEach(say);
    await page.context().close();
    seen++;
  }
}
await browser.close();
tell({ pages: args.length, views: seen });
