// A slider and a button above the frames of a film. Without this script all frames stand beside each other.

function film(root) {
	const frames = root.querySelector(".frames"), list = [...frames.children], last = list.length - 1;
	const titles = list.map(f => f.querySelector("p").textContent);
	const element = (name, kind) => { const e = document.createElement(name); if (kind) e.type = kind; return e; };
	const play = element("button", "button"), all = element("button", "button"), slider = element("input", "range");
	Object.assign(slider, {min: 0, max: last, step: 1, value: last});
	slider.setAttribute("aria-label", "frame");
	let timer = 0, apart = false;

	function show() {
		const at = +slider.value;
		frames.classList.toggle("one", !apart);
		list.forEach((f, i) => { f.hidden = !apart && i !== at; });
		play.textContent = timer ? "Pause" : "Play";
		all.textContent = apart ? "One frame" : "All frames";
		slider.setAttribute("aria-valuetext", titles[at]);
		slider.hidden = play.hidden = apart;
	}
	function stop() {
		clearInterval(timer);
		timer = 0;
	}
	function next() {
		if (+slider.value < last) slider.value = +slider.value + 1;
		if (+slider.value === last) stop();
		show();
	}
	play.onclick = () => {
		if (timer) {
			stop();
		} else {
			if (+slider.value === last) slider.value = 0;
			timer = setInterval(next, 700);
		}
		show();
	};
	slider.oninput = () => { stop(); show(); };
	all.onclick = () => { stop(); apart = !apart; show(); };

	const bar = element("div");
	bar.className = "play";
	bar.append(play, slider, all);
	// JupyterLab would take plain keys for its own.
	bar.onkeydown = e => { if (!e.ctrlKey && !e.metaKey && !e.altKey && !(e.shiftKey && e.key === "Enter")) e.stopPropagation(); };
	root.prepend(bar);
	show();
}

// As with Ask: every script starts the films that are not started yet.
for (const root of document.querySelectorAll(".digitlab .film:not([data-started])")) {
	if (!root.querySelector(".frames")) continue;
	root.dataset.started = "";
	film(root);
}
