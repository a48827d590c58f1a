//go:build ignore

// Prints the most GB/s at which one core reads KB kilobytes again and again, the best of 20 tries, on the widest
// registers of the processor: a few stay in the nearest cache, many have to come from memory each time.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif

typedef long long vector __attribute__((vector_size(BYTES)));

static double seconds(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(void) {
	enum { count = KB * 1000 / BYTES / 8 * 8, least = 300000000 / BYTES };
	vector *data = aligned_alloc(BYTES, (size_t)count * BYTES);
	if (!data) return 1;
	for (int i = 0; i < count; i++)
		for (int j = 0; j < BYTES / 8; j++) data[i][j] = i + j;
	vector none = {0}, a = none, b = none, c = none, d = none, e = none, f = none, g = none, h = none;
	double best = 0;
	for (int try = 0; try < 20; try++) {
		long read = 0;
		double from = seconds();
		for (; read < least; read += count) {
			for (vector *v = data; v < data + count; v += 8) {
				a ^= v[0], b ^= v[1], c ^= v[2], d ^= v[3];
				e ^= v[4], f ^= v[5], g ^= v[6], h ^= v[7];
			}
			__asm__ volatile("" ::: "memory"); // each turn reads anew
		}
		double rate = (double)read * BYTES / (seconds() - from) / 1e9;
		if (rate > best) best = rate;
	}
	vector sum = a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
	fprintf(stderr, "%lld\n", sum[0]); // the work is used
	printf("%d %.1f\n", BYTES, best);
	return 0;
}
