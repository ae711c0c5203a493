/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * corpus minimize: what a working corpus can do without goes, one file after the
 * other.  Until the last has gone there is more than is needed, never less; what
 * an engine adds meanwhile stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cli/corpus.h"
#include "cli/interrupt.h"

/* The cells that are in a and not in b. */
static unsigned int cells_beyond(const struct stats *a, const struct stats *b,
				 bool cells[CELL_COUNT])
{
	unsigned int count = 0;

	for (unsigned int cell = 0; cell < CELL_COUNT; cell++) {
		cells[cell] = a->cells[cell] && !b->cells[cell];
		count += cells[cell];
	}
	return count;
}

/* The engine's map of states mixes some up: takes what reaches a transition that has gone. */
static int keep_transitions(const struct corpus_target *t, struct corpus *c,
			    const struct corpus_cover *all)
{
	static struct corpus_cover few;
	static struct stats stats;
	bool missing[CELL_COUNT];
	struct corpus kept = { .at = calloc(c->count, sizeof(*kept.at)) };
	unsigned int left;
	int code;

	if (!kept.at)
		fail(EXIT_OS, "no memory");
	for (unsigned int i = 0; i < c->count; i++)
		if (c->at[i].taken)
			kept.at[kept.count++] = c->at[i];
	code = corpus_cover(t, NULL, &kept, false, &few);
	free(kept.at);
	if (code != EXIT_CLEAN)
		return code;
	if (few.features < all->features)
		fail(EXIT_NOT_RUN,
		     "the programs chosen from %u reach %u features of %u: nothing was changed",
		     c->count, few.features, all->features);
	left = cells_beyond(&all->stats, &few.stats, missing);
	for (unsigned int i = 0; left && i < c->count; i++) {
		struct corpus_item *item = &c->at[i];
		struct finding finding;
		struct program p;

		if (item->taken || item->died || item->kind != t->kind)
			continue;
		corpus_decode(item, &p);
		memset(&stats, 0, sizeof(stats));
		subject_run(&t->subject, &p, false, &stats, &finding);
		for (unsigned int cell = 0; cell < CELL_COUNT; cell++) {
			if (!missing[cell] || !stats.cells[cell])
				continue;
			item->taken = true;
			missing[cell] = false;
			left--;
		}
	}
	return EXIT_CLEAN;
}

static int drop(const char *folder, const struct corpus *c, struct corpus_report *r)
{
	unsigned int dropped = 0, bytes = 0, kept = 0;
	int code = EXIT_CLEAN;

	for (unsigned int i = 0; i < c->count && !interrupted && code == EXIT_CLEAN; i++) {
		const struct corpus_item *item = &c->at[i];

		if (item->taken || item->died) {
			kept++;
			continue;
		}
		if (unlink(item->path)) {
			complain("cannot remove %s: %s", item->path, strerror(errno));
			code = EXIT_IO;
		}
		dropped++;
		bytes += (unsigned int)item->file_bytes;
	}
	fprintf(say, "%s: %u programs stay, %u have gone (%u bytes)\n", folder, kept, dropped,
		bytes);
	fprintf(r->corpora, ", \"programs\": %u, \"dropped\": %u, \"dropped_bytes\": %u}", kept,
		dropped, bytes);
	return interrupted ? EXIT_INTERRUPTED : code;
}

int corpus_minimize(struct corpus_report *r, const char *folder)
{
	static struct corpus_cover all;
	struct corpus_target t;
	struct corpus c = { .at = NULL };
	int lock, code, found;

	if (!corpus_folder_target(folder, &t))
		fail(EXIT_USAGE,
		     "the name of %s does not say what it is for: minimize takes working corpora, "
		     "like work/corpus/modern",
		     folder);
	if (!corpus_has_engine(&t, folder))
		return EXIT_NOT_RUN;
	/* Two at a time might each drop what the other one keeps. */
	lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB)) {
		complain("cannot lock %s: %s", folder,
			 errno == EWOULDBLOCK ? "another pinprick corpus is at work there"
					      : strerror(errno));
		if (lock >= 0)
			close(lock);
		return EXIT_NOT_RUN;
	}
	corpus_load(r->cli, folder, &c);
	code = corpus_cover(&t, NULL, &c, true, &all);
	if (code == EXIT_CLEAN && all.chosen)
		code = keep_transitions(&t, &c, &all);
	if (code == EXIT_CLEAN) {
		corpus_begin(r, folder, &t);
		found = corpus_tell_findings(r, &t, &c);
		code = drop(folder, &c, r);
		code = code == EXIT_CLEAN ? found : code;
		code = code == EXIT_CLEAN ? c.code : code;
	}
	corpus_free(&c);
	close(lock);
	return code;
}
