/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A fuzzing engine that fuzzes nothing, for check-oss-fuzz: what a library that
 * the service might bring does with a target.  It runs the files it is given,
 * and says how many edges of the target they reach.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* What a compiler calls for -fsanitize-coverage=trace-pc-guard,indirect-calls,trace-cmp. */
void __sanitizer_cov_trace_pc_guard_init(uint32_t *from, uint32_t *to);
void __sanitizer_cov_trace_pc_guard(uint32_t *guard);
void __sanitizer_cov_trace_pc_indir(uintptr_t callee);
void __sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases);

static unsigned int edges, reached;

void __sanitizer_cov_trace_pc_guard_init(uint32_t *from, uint32_t *to)
{
	for (; from < to; from++)
		if (!*from)
			*from = ++edges;
}

void __sanitizer_cov_trace_pc_guard(uint32_t *guard)
{
	if (!*guard)
		return;
	*guard = 0;
	reached++;
}

void __sanitizer_cov_trace_pc_indir(uintptr_t callee)
{
	(void)callee;
}

void __sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases)
{
	(void)value, (void)cases;
}

#define TRACE(name, type)                                                                          \
	void __sanitizer_cov_trace_##name(type a, type b);                                         \
	void __sanitizer_cov_trace_##name(type a, type b)                                          \
	{                                                                                          \
		(void)a, (void)b;                                                                  \
	}
TRACE(cmp1, uint8_t)
TRACE(cmp2, uint16_t)
TRACE(cmp4, uint32_t)
TRACE(cmp8, uint64_t)
TRACE(const_cmp1, uint8_t)
TRACE(const_cmp2, uint16_t)
TRACE(const_cmp4, uint32_t)
TRACE(const_cmp8, uint64_t)

static void run_file(const char *path)
{
	static uint8_t buffer[1 << 16];
	FILE *file = fopen(path, "rb");
	size_t size;
	uint8_t *data;

	if (!file) {
		perror(path);
		exit(1);
	}
	size = fread(buffer, 1, sizeof(buffer), file);
	fclose(file);
	/* Of its very size, so that a sanitizer sees what lies beyond. */
	data = malloc(size);
	if (size && !data)
		exit(1);
	for (size_t i = 0; i < size; i++)
		data[i] = buffer[i];
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	printf("engine: %d inputs run, %u of %u edges reached\n", argc - 1, reached, edges);
	return 0;
}
