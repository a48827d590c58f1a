// What the page computes, free of the page: the network, the step that makes a drawing look like MNIST's digits, and
// distances between images. A test runs this file in node against the Go model.

// bytes decodes base64.
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

// floats decodes base64 of little-endian float32 numbers.
const floats = text => new Float32Array(bytes(text).buffer);

// inflate decodes base64 of raw deflate data.
async function inflate(text) {
	const stream = new Blob([bytes(text)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

// each layer that works on values one by one
const functions = {
	tanh: v => v.map(Math.tanh),
	sigmoid: v => v.map(z => 1 / (1 + Math.exp(-z))),
	relu: v => v.map(z => Math.max(z, 0)),
	leaky: (v, l) => v.map(z => z > 0 ? z : l.slope * z),
	softmax: v => {
		const most = Math.max(...v), e = v.map(z => Math.exp(z - most)), sum = e.reduce((a, b) => a + b);
		return e.map(z => z / sum);
	},
};

// forward takes x, values from 0 to 1, through the layers. w is the flat vector of weights: for an affine layer the
// matrix, one row of units for each input value, then the bias. hidden is what each affine layer but the first reads.
function forward(layers, w, x) {
	const hidden = [];
	let at = 0, v = x;
	for (const l of layers) {
		if (l.kind !== "affine") {
			v = functions[l.kind](v, l);
			continue;
		}
		if (at > 0) hidden.push(v);
		const bias = at + v.length * l.units, sum = Float64Array.from(w.subarray(bias, bias + l.units));
		for (let i = 0; i < v.length; i++) {
			if (v[i] === 0) continue;
			for (let j = 0, row = at + i * l.units; j < l.units; j++) sum[j] += v[i] * w[row + j];
		}
		v = sum;
		at = bias + l.units;
	}
	return {hidden, out: v};
}

// average is the mean of ink, size by size bytes, in the rectangle from (x0, y0) to (x1, y1).
function average(ink, size, x0, y0, x1, y1) {
	let sum = 0, area = 0;
	for (let y = Math.floor(y0); y < y1; y++) {
		const high = Math.min(y + 1, y1) - Math.max(y, y0);
		for (let x = Math.floor(x0); x < x1; x++) {
			const part = high * (Math.min(x + 1, x1) - Math.max(x, x0));
			sum += part * ink[y * size + x];
			area += part;
		}
	}
	return sum / area;
}

// centre makes a drawing look like MNIST's digits, as Centre in canvas_centre.go does: the box around the ink is fitted
// into 20 x 20 pixels, then the centre of mass goes to the middle of 28 x 28. It is null where there is no ink.
function centre(ink, size) {
	let left = size, top = size, right = -1, bottom = -1;
	for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (ink[y * size + x] > 25) {
		left = Math.min(left, x); right = Math.max(right, x);
		top = Math.min(top, y); bottom = Math.max(bottom, y);
	}
	if (right < 0) return null;
	const w = right - left + 1, h = bottom - top + 1, scale = 20 / Math.max(w, h);
	const wide = Math.max(1, Math.floor(w * scale + .5)), high = Math.max(1, Math.floor(h * scale + .5));
	const small = new Uint8Array(wide * high);
	let mass = 0, mx = 0, my = 0;
	for (let j = 0; j < high; j++) for (let i = 0; i < wide; i++) {
		const v = Math.floor(average(ink, size, left + i * w / wide, top + j * h / high, left + (i + 1) * w / wide, top + (j + 1) * h / high) + .5);
		small[j * wide + i] = v;
		mass += v; mx += v * (i + .5); my += v * (j + .5);
	}
	const dx = Math.floor(14.5 - mx / mass + .5), dy = Math.floor(14.5 - my / mass + .5);
	const place = (dx, dy) => {
		const image = new Uint8Array(784);
		for (let j = 0; j < high; j++) for (let i = 0; i < wide; i++) {
			const x = i + dx, y = j + dy;
			if (x >= 0 && x < 28 && y >= 0 && y < 28) image[y * 28 + x] = small[j * wide + i];
		}
		return image;
	};
	const x0 = Math.floor((28 - wide) / 2), y0 = Math.floor((28 - high) / 2);
	return {image: place(dx, dy), fitted: place(x0, y0), box: [left, top, w, h], wide, high, moved: [dx - x0, dy - y0],
		mass: [left + mx / mass * w / wide, top + my / mass * h / high]};
}

// shrink makes 28 x 28 bytes of the whole drawing, without that step.
function shrink(ink, size) {
	const k = size / 28, image = new Uint8Array(784);
	for (let y = 0; y < 28; y++) for (let x = 0; x < 28; x++)
		image[y * 28 + x] = Math.floor(average(ink, size, x * k, y * k, (x + 1) * k, (y + 1) * k) + .5);
	return image;
}

// nearest is the k rows of list closest to v, nearest first, each with its distance.
function nearest(v, list, k) {
	const found = list.map((row, index) => {
		let sum = 0;
		for (let i = 0; i < v.length; i++) sum += (v[i] - row[i]) * (v[i] - row[i]);
		return {index, distance: Math.sqrt(sum)};
	});
	return found.sort((a, b) => a.distance - b.distance || a.index - b.index).slice(0, k);
}
