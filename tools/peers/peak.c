//go:build ignore

// Prints the most GFLOP/s that one core reaches, the best of 60 tries of some milliseconds: multiply-adds on twelve
// registers, as wide as the processor has them or BYTES wide, without any memory. Twelve are enough for two units of
// a latency of six.
#include <stdio.h>
#include <time.h>

#ifndef BYTES
#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif
#endif

typedef float vector __attribute__((vector_size(BYTES)));

static double seconds(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(void) {
	enum { turns = 2000000 };
	volatile float start = 1, below = 0.999f; // volatile: the compiler takes no two of the registers for one
	vector none = {0}, x = none + below, y = none + (1 - below);
	vector a = none + start, b = none + start, c = none + start, d = none + start, e = none + start, f = none + start;
	vector g = none + start, h = none + start, i = none + start, j = none + start, k = none + start, l = none + start;
	double best = 0;
	for (int try = 0; try < 60; try++) {
		double from = seconds();
		for (int n = 0; n < turns; n++) {
			a = a * x + y, b = b * x + y, c = c * x + y, d = d * x + y;
			e = e * x + y, f = f * x + y, g = g * x + y, h = h * x + y;
			i = i * x + y, j = j * x + y, k = k * x + y, l = l * x + y;
		}
		double rate = 12.0 * 2 * (BYTES / sizeof(float)) * turns / (seconds() - from) / 1e9;
		if (rate > best) best = rate;
	}
	vector sum = a + b + c + d + e + f + g + h + i + j + k + l;
	fprintf(stderr, "%g\n", sum[0]); // the work is used
	printf("%d %.1f\n", BYTES, best);
	return 0;
}
