/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The sanitizers' options, for every executable.  Contexts are abandoned by
 * longjmp and the harness compares what it sees across runs, so no fake
 * stacks; nothing allocates per run, so a small quarantine loses nothing.
 * Unsigned numbers wrap around on purpose, in hashes and distances.
 * The user's *_OPTIONS still override these.
 */
#ifdef SYMBOLIZER
#define SYMBOLIZE ":external_symbolizer_path=" SYMBOLIZER
#else
#define SYMBOLIZE ""
#endif

const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__msan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_stack_use_after_return=0:quarantine_size_mb=1:malloc_context_size=8:print_legend=0" SYMBOLIZE;
}

const char *__ubsan_default_options(void)
{
	return "halt_on_error=1:print_stacktrace=1:silence_unsigned_overflow=1" SYMBOLIZE;
}

const char *__msan_default_options(void)
{
	return "halt_on_error=1" SYMBOLIZE;
}
