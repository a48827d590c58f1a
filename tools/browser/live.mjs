// A live block in JupyterLab while its cell runs: how often it is drawn, and whether anything flickers or jumps.

// observe begins to watch a cell: each state of its block when it changes, what is on the screen in each frame, and when
// the kernel sent each drawing. The record is read by record.
export function observe(notebook, index) {
  return notebook.with((panel, index) => {
    const area = panel.content.widgets[index].outputArea.node;
    const scroller = panel.content.outerNode ?? panel.content.node;
    const kernel = panel.sessionContext.session.kernel;
    const seen = { states: [], sent: [], frames: 0, gone: 0, heights: [], scrolls: [], began: false };
    const look = () => {
      const block = area.querySelector(".live");
      const bar = block?.querySelector("[role=progressbar]");
      const lines = [...(block?.querySelectorAll("svg path, svg polyline") ?? [])].map((p) => p.getAttribute("d") ?? p.getAttribute("points")).join("");
      return { at: performance.now(), block: !!block, height: block?.getBoundingClientRect().height ?? 0, step: Number(bar?.getAttribute("aria-valuenow") ?? -1),
        state: block?.className.replace("live", "").trim() ?? "", label: block?.getAttribute("aria-label") ?? "", lines };
    };
    const changed = new MutationObserver(() => {
      const now = look();
      if (now.block) seen.began = true;
      const last = seen.states.at(-1);
      if (seen.began && (!last || last.step !== now.step || last.lines !== now.lines || last.label !== now.label || last.block !== now.block)) seen.states.push(now);
    });
    changed.observe(area, { childList: true, subtree: true, characterData: true, attributes: true });
    const sent = (_, msg) => { if (/display_data$/.test(msg.header.msg_type)) seen.sent.push(Date.parse(msg.header.date)); };
    kernel.iopubMessage.connect(sent);
    let on = true;
    const frame = () => {
      if (!on) return;
      if (seen.began) {
        const height = area.querySelector(".live")?.getBoundingClientRect().height ?? 0;
        seen.frames++;
        if (!height) seen.gone++;
        if (seen.heights.at(-1) !== height) seen.heights.push(height);
        if (seen.scrolls.at(-1) !== scroller.scrollTop) seen.scrolls.push(scroller.scrollTop);
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    panel.seen = seen;
    panel.stopLooking = () => { on = false; changed.disconnect(); kernel.iopubMessage.disconnect(sent); };
  }, index);
}

// record ends what observe began and returns what was seen.
export function record(notebook) {
  return notebook.with((panel) => {
    panel.stopLooking();
    return panel.seen;
  });
}

// most is how many of some times, in milliseconds, lie within a second.
export function most(times) {
  let best = 0;
  for (let i = 0, j = 0; j < times.length; j++) {
    while (times[j] - times[i] >= 1000) i++;
    best = Math.max(best, j - i + 1);
  }
  return best;
}

// until waits for a state of the block, such as a step or its end.
export function until(notebook, index, test, ...args) {
  return notebook.with((panel, index, test, args) => {
    const holds = new Function(`return (${test})`)();
    const area = panel.content.widgets[index].outputArea.node;
    return new Promise((done, fail) => {
      const end = performance.now() + 60_000;
      const ask = () => {
        const block = area.querySelector(".live");
        const step = Number(block?.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow") ?? -1);
        if (holds(block, step, ...args)) done({ step, text: block.innerText, label: block.getAttribute("aria-label"), pictures: block.querySelectorAll("svg").length });
        else if (performance.now() > end) fail(new Error(`a minute has gone by, and the block says: ${block?.innerText ?? "nothing"}`));
        else setTimeout(ask, 10);
      };
      ask();
    });
  }, index, test.toString(), args);
}

// faults lists what was wrong with the drawings of one run of the cell. Drawings is how many there should be at least.
export function faults(seen, drawings) {
  const found = [];
  const steps = seen.states.map((s) => s.step);
  const shapes = new Set(seen.states.map((s) => s.lines));
  if (shapes.size < drawings) found.push(`the charts had ${shapes.size} states, at steps ${steps}: want ${drawings} or more`);
  if (steps.some((s, i) => s < (steps[i - 1] ?? 0))) found.push(`the steps go back: ${steps}`);
  if (most(seen.sent) > 5) found.push(`${most(seen.sent)} drawings were sent within a second`);
  if (seen.gone || seen.states.some((s) => !s.block)) found.push(`the block is away in ${seen.gone} of ${seen.frames} frames`);
  const running = seen.heights.slice(0, -1); // the end has other lines below
  if (Math.max(...running) - Math.min(...running) > 2) found.push(`its height jumps: ${seen.heights}`);
  if (seen.scrolls.length > 1) found.push(`the page scrolls by itself: ${seen.scrolls}`);
  return found;
}
