// The drawing pad of 08_ask, on whatever page it stands.

// seven draws a 7 by the mouse, as large as a hand would, and returns what the panel says of it.
export async function seven(page, panel) {
  const pad = panel.locator("canvas.pad");
  await pad.scrollIntoViewIfNeeded();
  await panel.locator("button.clear").click();
  const empty = await answer(panel);
  const { x, y, width } = await pad.boundingBox();
  const at = (u, v) => [x + width * u, y + width * v];
  await page.mouse.move(...at(0.28, 0.22));
  await page.mouse.down();
  await page.mouse.move(...at(0.72, 0.22), { steps: 12 });
  await page.mouse.move(...at(0.42, 0.82), { steps: 12 });
  await page.mouse.up();
  await panel.locator(".prob tr.win").waitFor();
  return { empty, drawn: await answer(panel) };
}

async function answer(panel) {
  await panel.page().evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))));
  return panel.evaluate((desk) => ({
    says: desk.querySelector(".say").textContent,
    win: desk.querySelector(".prob tr.win th")?.textContent ?? "",
    share: desk.querySelector(".prob tr.win td:last-child")?.textContent ?? "",
    units: [...desk.querySelectorAll(".hid i")].filter((i) => i.title).length,
    near: [...desk.querySelectorAll(".six li")].map((li) => li.textContent),
  }));
}

// misread lists what is wrong with the answer to a 7.
export function misread({ empty, drawn }) {
  const found = [];
  if (empty.win || empty.says !== "Draw a digit to begin.") found.push(`the cleared pad says ${JSON.stringify(empty)}`);
  if (drawn.win !== "7") found.push(`a 7 is drawn, and ${drawn.win} wins: ${JSON.stringify(drawn)}`);
  if (!drawn.says.includes("7")) found.push(`a 7 is drawn, and it says: ${drawn.says}`);
  if (!drawn.units) found.push("no hidden unit shows a value");
  if (drawn.near.length !== 6) found.push(`${drawn.near.length} nearest images are shown, want 6`);
  return found;
}
