/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * main() for the fuzz targets where there is no fuzzing engine: runs files
 * and folders, or random programs.  It takes libFuzzer's spelling of the
 * flags it knows (-runs=N -max_total_time=SECONDS -seed=N -timeout=SECONDS
 * -artifact_prefix=P) and ignores its others.  Exit codes are libFuzzer's too:
 * 77 a finding, 70 a time limit, 72 interrupted.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/engine.h"
#include "harness/program.h"
#include "harness/sut.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* Where a sanitizer is linked in. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

#define INPUT_MAX (4 << 20)
#define SEEDS_MAX 4096

static uint8_t input[INPUT_MAX];
static size_t input_size;
static unsigned long runs_done;
static const char *artifact_prefix = "";
static struct program *seeds[SEEDS_MAX];
static unsigned int seed_count;
static volatile sig_atomic_t stop;

static unsigned long long flag_runs, flag_time, flag_seed = 1, flag_timeout = 2;

/* Async-signal-safe: called while the process dies. */
static void keep_input(const char *kind)
{
	static const char digits[] = "0123456789abcdef";
	char path[PATH_MAX], *end;
	uint64_t hash = 0xcbf29ce484222325;
	int fd;

	for (size_t i = 0; i < input_size; i++)
		hash = (hash ^ input[i]) * 0x100000001b3;
	if (strlen(artifact_prefix) + 32 > sizeof(path))
		return;
	end = stpcpy(stpcpy(path, artifact_prefix), kind);
	for (int shift = 60; shift >= 0; shift -= 4)
		*end++ = digits[hash >> shift & 15];
	*end = 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || write(fd, input, input_size) != (ssize_t)input_size)
		dprintf(STDERR_FILENO, "standalone: cannot write %s\n", path);
	else
		dprintf(STDERR_FILENO, "standalone: input written to %s\n", path);
}

static void on_death(int sig)
{
	(void)sig;
	keep_input("crash-");
	_exit(77);
}

static void on_alarm(int sig)
{
	static unsigned long seen = ULONG_MAX;
	static unsigned long long since;

	(void)sig;
	since = seen == runs_done ? since + 1 : 0;
	seen = runs_done;
	if (since >= flag_timeout) {
		dprintf(STDERR_FILENO, "standalone: the input runs longer than the time limit\n");
		keep_input("timeout-");
		_exit(70);
	}
	alarm(1);
}

static void on_stop(int sig)
{
	stop = sig;
}

static void on_sanitizer(void)
{
	keep_input("crash-");
}

static void run_input(void)
{
	LLVMFuzzerTestOneInput(input, input_size);
	runs_done++;
}

static void run_path(const char *path)
{
	char inner[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(path);
	FILE *file;

	if (dir) {
		while ((entry = readdir(dir)) && !stop) {
			if (entry->d_name[0] == '.' || snprintf(inner, sizeof(inner), "%s/%s", path,
								entry->d_name) >= PATH_MAX)
				continue;
			run_path(inner);
		}
		closedir(dir);
		return;
	}
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		exit(1);
	}
	input_size = fread(input, 1, sizeof(input), file);
	fclose(file);
	run_input();
	if (seed_count < SEEDS_MAX && (seeds[seed_count] = malloc(sizeof(struct program))))
		program_decode(seeds[seed_count++], input, input_size);
}

static uint64_t next_random(void)
{
	uint64_t z = flag_seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* A fresh program, or one of the seeds with a few changes. */
static void random_input(void)
{
	static struct program p;
	unsigned int features = sut_features(suts[0]);
	unsigned int changes = (unsigned int)(next_random() % 8);

	if (seed_count && next_random() % 2)
		p = *seeds[next_random() % seed_count];
	else
		engine_maker.generate(&p, (unsigned int)(1 + next_random() % 64), features,
				 next_random());
	while (changes--)
		engine_maker.mutate(&p, features, next_random());
	input_size = program_encode(&p, input);
}

static bool read_flag(const char *arg, const char *name, unsigned long long *value)
{
	size_t length = strlen(name);

	if (strncmp(arg, name, length) || arg[length] != '=')
		return false;
	*value = strtoull(arg + length + 1, NULL, 0);
	return true;
}

static void read_flags(int argc, char **argv)
{
	static const char prefix[] = "-artifact_prefix=";

	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], prefix, sizeof(prefix) - 1))
			artifact_prefix = argv[i] + sizeof(prefix) - 1;
		else if (argv[i][0] == '-' && !read_flag(argv[i], "-runs", &flag_runs) &&
			 !read_flag(argv[i], "-max_total_time", &flag_time) &&
			 !read_flag(argv[i], "-seed", &flag_seed))
			read_flag(argv[i], "-timeout", &flag_timeout);
	}
}

int main(int argc, char **argv)
{
	time_t start = time(NULL);

	read_flags(argc, argv);
	/* First: it may start children, which are to have none of what follows. */
	LLVMFuzzerInitialize(&argc, &argv);
	signal(SIGABRT, on_death);
	signal(SIGALRM, on_alarm);
	signal(SIGINT, on_stop);
	signal(SIGTERM, on_stop);
	signal(SIGUSR1, on_stop);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(on_sanitizer);
	alarm(1);
	for (int i = 1; i < argc && !stop; i++)
		if (argv[i][0] != '-')
			run_path(argv[i]);
	if (flag_runs || flag_time)
		fprintf(stderr, "standalone: random programs, no coverage guidance; seed %llu\n",
			flag_seed);
	for (unsigned long long i = 0; (flag_runs || flag_time) && !stop; i++) {
		if ((flag_runs && i >= flag_runs) ||
		    (flag_time && (unsigned long long)(time(NULL) - start) >= flag_time))
			break;
		random_input();
		run_input();
	}
	fprintf(stderr, "standalone: %lu inputs run, no finding\n", runs_done);
	return stop == SIGINT || stop == SIGTERM ? 72 : 0;
}

UNINSTRUMENTED_END
