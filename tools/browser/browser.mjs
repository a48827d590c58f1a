// The browser that tests drive: the machine's own Chromium, by playwright-core out of .env/browser.
//
// CHROMIUM names the program; without it the usual places are tried. DIGITLAB_BROWSER is the folder that
// tools/browser/setup fills; without it that of this checkout.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
export const modules = process.env.DIGITLAB_BROWSER ?? path.join(here, "..", "..", ".env", "browser");
export const require = createRequire(path.join(modules, "package.json"));

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

// chromium is the program's path, empty where there is none.
export const chromium = process.env.CHROMIUM ?? places.find(existsSync) ?? "";

// launch starts the browser without a window. It sends nothing to anyone of its own accord.
export function launch() {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  if (process.getuid?.() === 0) quiet.push("--no-sandbox"); // as root there is no sandbox
  return require("playwright-core").chromium.launch({ executablePath: chromium, args: quiet });
}

// The ways in which pages are looked at. Print is always light, whatever the reader's setting.
export const views = [
  { name: "light", width: 1280, height: 900, colorScheme: "light" },
  { name: "dark", width: 1280, height: 900, colorScheme: "dark" },
  { name: "phone", width: 400, height: 800, colorScheme: "light" },
  { name: "print", width: 794, height: 1123, colorScheme: "dark", media: "print" }, // A4 at 96 dots an inch
];

// faults asks axe what shuts readers out of the page. It lists serious and critical faults, a line each.
export async function faults(page) {
  await page.evaluate(require("axe-core").source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `axe: ${v.id} (${v.impact}): ${v.help}: ${v.nodes.length} times, first ${v.nodes[0].html.slice(0, 160)}: ${(v.nodes[0].any[0] ?? v.nodes[0].all[0] ?? v.nodes[0].none[0])?.message ?? ""}`);
}
