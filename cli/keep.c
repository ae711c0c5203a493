/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/keep.h"

/* Comments come after the first line, which says that this is a program. */
void keep_print(FILE *out, const struct program *p, const struct finding *finding,
		const struct run_subject *subject)
{
	char name[SUBJECT_NAME], *text = NULL, *rest;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		fail(EXIT_OS, "no memory");
	program_print(memory, p);
	fclose(memory);
	rest = strchr(text, '\n') + 1;
	fwrite(text, 1, (size_t)(rest - text), out);
	subject_name(subject, name);
	fprintf(out, "# finding: %s\n# sut: %s\n", finding->id, name);
	if (subject->as_is && program_has_drivers(p))
		fputs("# drivers: as they are in the kernel (--as-is)\n", out);
	for (const char *line = finding->text; *line;) {
		size_t length = strcspn(line, "\n");

		fprintf(out, "# %.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
	fputs(rest, out);
	free(text);
}

/* Once, and to whom it matters: what mends it. */
static void cannot_write(const char *path)
{
	static bool told;
	bool full = errno == ENOSPC || errno == EDQUOT;

	complain("cannot write %s: %s", path, strerror(errno));
	if (full && !told)
		complain("the disk is full: make room (older runs in work/runs can go), and run it "
			 "again; nothing that was kept before has suffered");
	told |= full;
}

/* A name beside it, hidden: who reads the folder does not see it. */
static void name_beside(const char *path, char beside[PATH_MAX])
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	path_make(beside, "%.*s.%s.%ld~", (int)(name - path), path, name, (long)getpid());
}

int keep_file(const char *path, void (*write)(FILE *out, const void *context), const void *context)
{
	char beside[PATH_MAX];
	struct stat st;
	bool device = !stat(path, &st) && !S_ISREG(st.st_mode);
	bool bad;
	FILE *out;

	name_beside(path, beside);
	out = fopen(device ? path : beside, "wb");
	if (!out) {
		cannot_write(path);
		return EXIT_CANNOT_CREATE;
	}
	write(out, context);
	bad = fflush(out) || ferror(out);
	if (bad)
		cannot_write(path);
	fclose(out);
	if (!bad && !device && rename(beside, path)) {
		cannot_write(path);
		bad = true;
	}
	if (bad && !device)
		unlink(beside);
	return bad ? EXIT_IO : EXIT_CLEAN;
}

#define ROOM_BYTES 65536

static void write_room(FILE *out, const void *context)
{
	static const char room[ROOM_BYTES];

	(void)context;
	fwrite(room, 1, sizeof(room), out);
}

int keep_room(const char *folder)
{
	char path[PATH_MAX];
	int code;

	path_make(path, "%s/room", folder);
	code = keep_file(path, write_room, NULL);
	unlink(path);
	return code;
}

struct kept {
	const struct program *p;
	const struct finding *finding;
	const struct run_subject *subject;
};

static void write_kept(FILE *out, const void *context)
{
	const struct kept *kept = context;

	keep_print(out, kept->p, kept->finding, kept->subject);
}

int keep_program(const char *path, const struct program *p, const struct finding *finding,
		 const struct run_subject *subject)
{
	struct kept kept = { p, finding, subject };

	return keep_file(path, write_kept, &kept);
}

static void mark_path(char mark[PATH_MAX], const char *path)
{
	path_make(mark, "%s.unfinished", path);
}

static void write_nothing(FILE *out, const void *context)
{
	(void)out, (void)context;
}

void keep_unfinished(const char *path, bool unfinished)
{
	char mark[PATH_MAX];

	mark_path(mark, path);
	if (unfinished)
		keep_file(mark, write_nothing, NULL);
	else
		unlink(mark);
}

bool keep_is_unfinished(const char *path)
{
	char mark[PATH_MAX];

	mark_path(mark, path);
	return !access(mark, F_OK);
}

int keep_folder(const char *path)
{
	char part[PATH_MAX];

	path_make(part, "%s", path);
	for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(part, 0777) && errno != EEXIST)
			break;
		*slash = '/';
	}
	if (mkdir(part, 0777) && errno != EEXIST) {
		complain("cannot make the folder %s: %s", part, strerror(errno));
		return EXIT_CANNOT_CREATE;
	}
	return EXIT_CLEAN;
}

unsigned int keep_count(const char *folder)
{
	struct dirent *entry;
	unsigned int count = 0;
	DIR *open = opendir(folder);

	while (open && (entry = readdir(open)))
		count += entry->d_name[0] != '.';
	if (open)
		closedir(open);
	return count;
}

void keep_name(char name[FINDING_ID], const char *id)
{
	snprintf(name, FINDING_ID, "%s", id);
	for (char *c = name; *c; c++)
		if (strchr("/@ ", *c))
			*c = '-';
}
