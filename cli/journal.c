/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#define _GNU_SOURCE /* vasprintf */
#include "cli/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/keep.h"
#include "harness/transitions.h"

static const char first_line[] = "pinprick journal 1\n";

static const struct {
	const char *name;
	unsigned int fields;
} lines[JOURNAL_KINDS] = {
#define X(name, fields) { #name, fields },
	JOURNAL_LINES(X)
#undef X
};

static int code = EXIT_CLEAN;

static bool write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t written = write(fd, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		text += written;
		size -= (size_t)written;
	}
	return true;
}

/* Ends a torn line so that it has too many fields for any kind. */
static const char torn_end[] = "\t\t\t\t\t\t\t\t\t\n";

/* Behind a torn line, or at the start, something comes first. */
static bool begin_line(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last;

	if (end < 0)
		return false;
	if (!end)
		return write_all(fd, first_line, strlen(first_line));
	return pread(fd, &last, 1, end - 1) == 1 &&
	       (last == '\n' || write_all(fd, torn_end, strlen(torn_end)));
}

int journal_append(const char *path, const char *text, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	bool good = fd >= 0 && begin_line(fd) && write_all(fd, text, size) && !fdatasync(fd);

	if (!good)
		complain("cannot write %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good ? EXIT_CLEAN : EXIT_IO;
}

/* Takes a line without its end apart; JOURNAL_KINDS: it is torn. */
static enum journal_kind read_line(char *line, char *field[JOURNAL_FIELDS])
{
	char *rest = line, *kind = strsep(&rest, "\t");
	unsigned int count = 0;

	while (rest && count < JOURNAL_FIELDS)
		field[count++] = strsep(&rest, "\t");
	for (enum journal_kind k = 0; k < JOURNAL_KINDS; k++)
		if (!strcmp(kind, lines[k].name) && count == lines[k].fields && !rest)
			return k;
	return JOURNAL_KINDS;
}

void journal_read(const char *path,
		  void (*each)(void *context, enum journal_kind kind, char *const *field),
		  void *context)
{
	FILE *in = fopen(path, "r");
	char *line = NULL, *field[JOURNAL_FIELDS];
	size_t room = 0;
	ssize_t size;

	if (!in && errno != ENOENT)
		fail(EXIT_NO_INPUT, "cannot read %s: %s", path, strerror(errno));
	if (in && getline(&line, &room, in) > 0 && strcmp(line, first_line))
		fail(EXIT_DATA, "%s is no journal of this pinprick: move it away", path);
	while (in && (size = getline(&line, &room, in)) > 0) {
		enum journal_kind kind = JOURNAL_KINDS;

		if (line[size - 1] == '\n') {
			line[size - 1] = 0;
			kind = read_line(line, field);
		}
		each(context, kind, field);
	}
	free(line);
	if (in)
		fclose(in);
}

static void note(const char *text, size_t size)
{
	const char *path = getenv(JOURNAL_VARIABLE);
	int one = path ? journal_append(path, text, size) : EXIT_CLEAN;

	code = code == EXIT_CLEAN ? one : code;
}

static void note_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void note_line(const char *format, ...)
{
	char *line;
	va_list args;
	int size;

	va_start(args, format);
	size = vasprintf(&line, format, args);
	va_end(args);
	if (size < 0)
		fail(EXIT_OS, "no memory");
	note(line, (size_t)size);
	free(line);
}

void journal_run(const char *folder)
{
	note_line("run\t%s\n", folder);
}

void journal_recovered(const char *folder)
{
	note_line("recovered\t%s\n", folder);
}

void journal_finding(const struct finding *finding, const struct run_subject *subject,
		     const char *file, const char *again)
{
	char name[SUBJECT_NAME];

	subject_name(subject, name);
	note_line("finding\t%s\t%s\t%s\t%s\n", finding->id, name, file, again);
}

void journal_did(const char *sut, uint64_t count, const char *unit)
{
	note_line("did\t%s\t%llu\t%s\t0\t0\t0\t0\t0\n", sut, (unsigned long long)count, unit);
}

static void print_did(FILE *out, const struct cli *cli, const struct tally *tally, unsigned int i)
{
	const struct stats *stats = &tally->stats[i];
	struct run_subject subject = subject_at(cli, i);
	char name[SUBJECT_NAME], corpus[PATH_MAX];

	subject_name(&subject, name);
	path_make(corpus, "%s/work/corpus/%s%s", cli_root(), subject_kind(cli), name);
	fprintf(out, "did\t%s\t%llu\t%s\t%u\t%u\t%u\t%u\t%u\n", name,
		(unsigned long long)(cli->schedules ? stats->schedules : stats->runs),
		cli->schedules ? "schedules" : "programs", tally->transitions[i],
		tally->possible[i], tally->edges[i], tally->features[i], keep_count(corpus));
	for (unsigned int cell = 0; tally->possible[i] && cell < CELL_COUNT; cell++) {
		if (!tally_is_possible(i, cell))
			continue;
		fprintf(out, "cell\t%s\t%llu\t", name, (unsigned long long)stats->cells[cell]);
		transition_print(out, cell);
		fputc('\n', out);
	}
}

void journal_tally(const struct cli *cli, const struct tally *tally)
{
	char *text;
	size_t size;
	FILE *out;

	if (!getenv(JOURNAL_VARIABLE))
		return;
	out = open_memstream(&text, &size);
	if (!out)
		fail(EXIT_OS, "no memory");
	for (unsigned int i = 0; i < cli->sut_count; i++)
		print_did(out, cli, tally, i);
	fclose(out);
	note(text, size);
	free(text);
}

int journal_end(void)
{
	return code;
}
