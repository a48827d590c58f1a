// The panel on the page: the pad, the keys, and everything that changes while one draws.

const SIZE = 280, CELL = SIZE / 28;
const percent = (v, over = ">") => v >= .9995 ? over + "99.9" : v < .0005 ? "<0.1" : (100 * v).toFixed(1);
const minus = (v, digits) => v.toFixed(digits).replace("-", "\u2212");
const signed = v => (v > 0 ? "+" : v < 0 ? "\u2212" : "") + Math.abs(v);

// make is a new element with a class and children.
function make(name, kind, ...children) {
	const e = document.createElement(name);
	if (kind) e.className = kind;
	e.append(...children);
	return e;
}

// show puts 28 x 28 bytes on a canvas of that size.
function show(canvas, image) {
	const g = canvas.getContext("2d"), d = g.createImageData(28, 28);
	for (let i = 0; i < 784; i++) {
		d.data[4 * i] = d.data[4 * i + 1] = d.data[4 * i + 2] = image ? image[i] : 0;
		d.data[4 * i + 3] = 255;
	}
	g.putImageData(d, 0, 0);
}

function small(image, label) {
	const c = make("canvas", "px s1");
	c.width = c.height = 28;
	if (label) {
		c.setAttribute("role", "img");
		c.setAttribute("aria-label", label);
	}
	show(c, image);
	return c;
}

async function start(root) {
	const data = JSON.parse(root.querySelector(".ask-data").textContent), weights = floats(data.weights);
	const pictures = await inflate(data.pictures), image = i => pictures.subarray(784 * i, 784 * i + 784);
	const run = x => forward(data.layers, weights, Float64Array.from(x, v => v / 255));
	const top = v => v[v.length - 1] || [];

	const desk = make("div", "desk");
	desk.innerHTML = JSON.parse(root.querySelector(".ask-desk").textContent);
	const $ = kind => desk.querySelector(kind), pad = $(".pad"), g = pad.getContext("2d");

	// The drawing: ink, from 0 to 255, is what base and strokes make.
	const ink = new Uint8Array(SIZE * SIZE);
	let strokes = [], base = null, current = null, key = null, greeting = true, mark = null;

	function segment([x, y], [u, v], r) {
		const x0 = Math.max(0, Math.floor(Math.min(x, u) - r - 1)), x1 = Math.min(SIZE - 1, Math.ceil(Math.max(x, u) + r + 1));
		const y0 = Math.max(0, Math.floor(Math.min(y, v) - r - 1)), y1 = Math.min(SIZE - 1, Math.ceil(Math.max(y, v) + r + 1));
		const dx = u - x, dy = v - y, length = dx * dx + dy * dy;
		for (let b = y0; b <= y1; b++) for (let a = x0; a <= x1; a++) {
			const t = length ? Math.max(0, Math.min(1, ((a - x) * dx + (b - y) * dy) / length)) : 0;
			const full = Math.max(0, Math.min(1, r + .5 - Math.hypot(a - x - t * dx, b - y - t * dy)));
			ink[b * SIZE + a] = Math.max(ink[b * SIZE + a], Math.round(255 * full));
		}
	}
	function rebuild() {
		ink.fill(0);
		if (base) for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++)
			ink[y * SIZE + x] = base[28 * Math.floor(y / CELL) + Math.floor(x / CELL)];
		for (const s of strokes) s.points.forEach((p, i) => segment(s.points[Math.max(0, i - 1)], p, s.r));
	}
	function begin(p) {
		if (greeting) clear();
		current = {r: $(".pen").value / 2, points: [p]};
		strokes.push(current);
		segment(p, p, current.r);
	}
	function go(p) {
		segment(current.points[current.points.length - 1], p, current.r);
		current.points.push(p);
	}
	function clear() {
		strokes = []; base = current = null; greeting = false;
		if (key) key.down = false;
		rebuild();
	}
	function undo() {
		if (strokes.length) strokes.pop(); else base = null;
		current = null; greeting = false;
		if (key) key.down = false;
		rebuild();
	}

	// paint draws the pad in the theme's colours: the ink, the box around it and its centre of mass.
	const colour = name => getComputedStyle(desk).getPropertyValue(name).trim();
	const parts = name => {
		let c = colour(name).slice(1);
		if (c.length === 3) c = [...c].map(d => d + d).join("");
		return [0, 2, 4].map(i => parseInt(c.slice(i, i + 2), 16));
	};
	function paint() {
		const paper = parts("--card"), dark = parts("--ink"), d = g.createImageData(SIZE, SIZE);
		for (let i = 0; i < ink.length; i++) {
			for (let k = 0; k < 3; k++) d.data[4 * i + k] = paper[k] + (dark[k] - paper[k]) * ink[i] / 255;
			d.data[4 * i + 3] = 255;
		}
		g.putImageData(d, 0, 0);
		if (mark) {
			g.lineWidth = 1;
			g.strokeStyle = colour("--edge");
			g.setLineDash([3, 3]);
			g.strokeRect(mark.box[0] - .5, mark.box[1] - .5, mark.box[2] + 1, mark.box[3] + 1);
			g.setLineDash([]);
			const [x, y] = mark.mass;
			for (const [c, w] of [["--card", 4], ["--train", 2]]) {
				g.strokeStyle = colour(c); g.lineWidth = w;
				g.beginPath(); g.moveTo(x - 7, y); g.lineTo(x + 7, y); g.moveTo(x, y - 7); g.lineTo(x, y + 7); g.stroke();
			}
		}
		if (key && document.activeElement === pad) {
			g.lineWidth = 2; g.strokeStyle = colour(key.down ? "--miss" : "--train");
			g.beginPath(); g.arc(key.x, key.y, $(".pen").value / 2, 0, 7); g.stroke();
		}
	}

	// The places of answers and units.
	$(".prob caption").textContent = data.answers;
	const rows = data.names.map((name, k) => {
		const bar = make("i"), cell = make("td", "b", bar), value = make("td"), head = make("th", "", name);
		head.scope = "row";
		const row = make("tr", "", head, cell, value);
		row.style.setProperty("--c", `var(--d${k % 10})`);
		$(".prob tbody").append(row);
		return {row, bar, value};
	});
	const levels = data.hidden.map(h => {
		const cells = Array.from({length: h.units}, () => make("i")), grid = make("div", "hid", ...cells), sum = make("p", "note");
		const heading = make("p", "head", `${h.units} hidden units`);
		heading.setAttribute("role", "heading"); heading.setAttribute("aria-level", "3");
		grid.setAttribute("role", "img");
		const key = make("p", "note");
		$(".units-of").append(make("div", "", heading, key, grid, sum));
		return {...h, cells, grid, sum, key};
	});
	function units(level, v) {
		const full = level.full || Math.max(...v, 1e-9), near = level.full ? .9 : 0;
		let many = 0;
		level.cells.forEach((cell, j) => {
			const share = Math.min(1, Math.abs(v[j]) / full);
			if (level.signed ? Math.abs(v[j]) > near : v[j] > near) many++;
			cell.style.background = `color-mix(in oklab,var(${v[j] > 0 ? "--pos" : "--neg"}) ${Math.round(100 * share)}%,var(--paper))`;
			cell.title = `unit ${j}: ${minus(v[j], 2)}`;
		});
		const swatch = name => { const b = make("b", "", "■"); b.style.color = `var(${name})`; return b; };
		level.key.replaceChildren(...(level.signed ? [swatch("--neg"), ` \u2212${full} to `] : ["0 to "]), swatch("--pos"), ` ${level.full ? full : full.toFixed(1)}, in unit order`);
		level.sum.textContent = `${many} of ${v.length} are ${level.signed ? "beyond ±" : "above "}${near}.`;
		level.grid.setAttribute("aria-label", `Hidden units: ${level.sum.textContent}`);
	}

	// The images to compare with, by pixels and by the last hidden layer.
	const list = {pixels: Array.from({length: data.near.length}, (_, i) => image(i))};
	const by = () => desk.querySelector("fieldset input:checked").value;
	const name = "by" + Math.random().toString(36).slice(2);
	desk.querySelectorAll("fieldset input").forEach(r => { r.name = name; r.onchange = () => ask(); });
	$("legend").textContent = `Of ${data.near.length} kept in this page:`;
	if (!data.hidden.length) $("fieldset").remove();
	if (!data.near.length) $(".near").remove();
	function compare(x, hidden) {
		if (!data.near.length) return;
		const pixels = !data.hidden.length || by() === "pixels";
		if (!pixels && !list.units) list.units = list.pixels.map(p => top(run(p).hidden));
		const found = nearest(pixels ? x : top(hidden), pixels ? list.pixels : list.units, 6), votes = {};
		$(".six").replaceChildren(...found.map(({index, distance}) => {
			const {label, row} = data.near[index];
			votes[label] = (votes[label] || 0) + 1;
			return make("li", "t", small(image(index), `training image ${row}: a ${label}`), `a ${label}`, make("br"), (pixels ? distance / 255 : distance).toFixed(1));
		}));
		const said = Object.entries(votes).sort((a, b) => b[1] - a[1]).map(([l, n]) => `${n} × ${l}`).join(", ");
		$(".votes").textContent = `The six nearest: ${said}. Below each its distance; 0 is the same. The network itself does not look at them.`;
	}

	// ask reads the drawing and shows everything.
	function ask() {
		const untouched = base && !strokes.length, c = centre(ink, SIZE), fit = $(".as").checked;
		const x = untouched ? base : fit || !c ? c && c.image : shrink(ink, SIZE);
		mark = untouched ? null : c;
		paint();
		show($(".seen"), x);
		show($(".fitted"), c && c.fitted);
		$(".centred").textContent = untouched ? "The image as it is stored, 28 × 28." : fit ? "2. The centre of mass goes to the middle of 28 × 28." : "The whole pad, scaled to 28 × 28.";
		$(".fitted").parentElement.hidden = untouched || !fit;
		$(".moved").textContent = untouched ? "It has been fitted and centred already, by those who made MNIST." : !c || !fit ? "" :
			`The box of ${c.box[2]} × ${c.box[3]} becomes ${c.wide} × ${c.high}, and moves by ${signed(c.moved[0])} across and ${signed(c.moved[1])} down to have its centre of mass, the cross on the pad, in the middle.`;
		if (!x) {
			$(".say").textContent = "Draw a digit to begin.";
			rows.forEach(r => { r.row.className = ""; r.bar.style.width = 0; r.value.textContent = "–"; });
			levels.forEach(l => { l.cells.forEach(e => { e.style.background = ""; e.title = ""; }); l.sum.textContent = ""; });
			if (data.near.length) { $(".six").replaceChildren(); $(".votes").textContent = ""; }
			return;
		}
		const {hidden, out} = run(x), order = [...out.keys()].sort((a, b) => out[b] - out[a]), [a, b] = order;
		const n = data.names, said = out[a] > .9 ? `It reads a ${n[a]}, ${percent(out[a], "over ")}\u202f%${data.sure ? " sure" : ""}.` :
			out[a] > .6 ? `Probably a ${n[a]} (${percent(out[a])}\u202f%), perhaps a ${n[b]}.` :
			`Not sure: ${n[a]} (${percent(out[a])}\u202f%) or ${n[b]} (${percent(out[b])}\u202f%).`;
		if ($(".say").textContent !== said) $(".say").textContent = said;
		rows.forEach((r, k) => {
			r.row.className = k === a ? "win" : "";
			r.bar.style.width = 100 * out[k] + "%";
			r.value.textContent = percent(out[k]);
		});
		levels.forEach((l, k) => units(l, hidden[k]));
		compare(x, hidden);
	}
	let due = 0;
	const soon = () => { paint(); due = due || requestAnimationFrame(() => { due = 0; ask(); }); };

	// Mouse, finger, pen.
	const at = e => {
		const r = pad.getBoundingClientRect();
		return [(e.clientX - r.left - pad.clientLeft) * SIZE / pad.clientWidth, (e.clientY - r.top - pad.clientTop) * SIZE / pad.clientHeight];
	};
	pad.onpointerdown = e => {
		if (e.button) return;
		e.preventDefault();
		pad.focus({preventScroll: true});
		pad.setPointerCapture(e.pointerId);
		key = null;
		begin(at(e));
		soon();
	};
	pad.onpointermove = e => {
		if (!current || key) return;
		const all = e.getCoalescedEvents ? e.getCoalescedEvents() : [];
		(all.length ? all : [e]).forEach(q => go(at(q)));
		soon();
	};
	pad.onpointerup = pad.onpointercancel = () => { if (!key) current = null; };

	// Keys.
	const arrows = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
	pad.onkeydown = e => {
		if (e.ctrlKey || e.metaKey || e.altKey) return;
		const way = arrows[e.key];
		if (way || e.key === " ") {
			key = key || {x: SIZE / 2, y: SIZE / 4, down: false};
			if (way) {
				const step = e.shiftKey ? 3 : 10, within = v => Math.max(10, Math.min(SIZE - 10, v));
				key.x = within(key.x + way[0] * step); key.y = within(key.y + way[1] * step);
				if (key.down) go([key.x, key.y]);
			} else if (key.down) {
				key.down = false; current = null;
			} else {
				begin([key.x, key.y]); key.down = true;
			}
		} else if (e.key === "Delete" || e.key === "Backspace") clear();
		else if (e.key === "z" || e.key === "Z") undo();
		else return;
		e.preventDefault();
		e.stopPropagation();
		ask();
	};
	// JupyterLab would take plain keys for its own: d twice deletes a cell, Enter edits it.
	desk.onkeydown = e => { if (!e.ctrlKey && !e.metaKey && !e.altKey && !(e.shiftKey && e.key === "Enter")) e.stopPropagation(); };
	pad.onfocus = pad.onblur = paint;
	$(".clear").onclick = () => { clear(); ask(); };
	$(".undo").onclick = () => { undo(); ask(); };
	$(".as").onchange = ask;

	// Images to take in place of a drawing.
	const take = i => { clear(); base = image(data.near.length + i); rebuild(); ask(); };
	for (const [right, title] of [[true, "Or take an image that it reads"], [false, "Or one that it gets wrong"]]) {
		const buttons = data.try.map((t, i) => {
			const b = make("button", "btn pick", small(image(data.near.length + i)));
			b.type = "button";
			b.title = `${t.name} ${t.row}, a ${t.label}`;
			b.setAttribute("aria-label", `Take ${b.title}`);
			b.onclick = () => take(i);
			return b;
		}).filter((_, i) => data.try[i].right === right);
		if (!buttons.length) continue;
		const heading = make("p", "head", title), group = make("div", "btns", ...buttons);
		heading.setAttribute("role", "heading"); heading.setAttribute("aria-level", "3");
		group.setAttribute("role", "group"); group.setAttribute("aria-label", title);
		$(".apick").append(heading, group);
	}

	root.querySelector(".still").replaceWith(desk);
	if (data.try.length) take(0);
	greeting = true;
	ask();
	matchMedia("(prefers-color-scheme:dark)").addEventListener("change", paint);
	const theme = new MutationObserver(paint);
	for (const e of [document.documentElement, document.body]) theme.observe(e, {attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"]});
}

// A page may hold several panels, each with this script behind it: every one starts those that are not started yet.
for (const root of document.querySelectorAll(".digitlab .ask:not([data-started])")) {
	root.dataset.started = "";
	start(root).catch(e => console.error("Digitlab: the drawing panel cannot start, its example stays:", e));
}
