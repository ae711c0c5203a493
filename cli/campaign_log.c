/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/campaign.h"
#include "cli/keep.h"

/* The array with room for one more element. */
static void *grown(void *array, unsigned int count, size_t size)
{
	if (!(count & (count - 1)))
		array = realloc(array, (count ? count * 2 : 1) * size);
	if (!array)
		fail(EXIT_OS, "no memory");
	return array;
}

static char *copy(const char *text)
{
	char *mine = strdup(text);

	if (!mine)
		fail(EXIT_OS, "no memory");
	return mine;
}

static unsigned int number(const char *text)
{
	return (unsigned int)strtoul(text, NULL, 10);
}

static void forget(struct campaign_log *log)
{
	for (unsigned int i = 0; i < log->slice_count; i++) {
		struct campaign_slice *slice = &log->slices[i];

		for (unsigned int j = 0; j < slice->did_count; j++) {
			free(slice->did[j].sut);
			free(slice->did[j].unit);
		}
		free(slice->did);
		free(slice->lane);
		free(slice->run);
	}
	for (unsigned int i = 0; i < log->finding_count; i++) {
		free(log->findings[i].id);
		free(log->findings[i].sut);
		free(log->findings[i].file);
		free(log->findings[i].again);
	}
	for (unsigned int i = 0; i < log->cell_count; i++) {
		free(log->cells[i].sut);
		free(log->cells[i].name);
	}
	for (unsigned int i = 0; i < log->origin_count; i++) {
		free(log->origins[i].sut);
		free(log->origins[i].generation);
		free(log->origins[i].file);
	}
	free(log->slices);
	free(log->findings);
	free(log->cells);
	free(log->origins);
	free(log->lanes);
	free(log->suts);
	free(log->identity);
	free(log->command);
	*log = (struct campaign_log){ .begin = 0 };
}

static void add_finding(struct campaign_log *log, char *const *field)
{
	unsigned int slice = log->slice_count - 1;
	struct campaign_finding *f;

	for (unsigned int i = 0; i < log->finding_count; i++) {
		f = &log->findings[i];
		if (strcmp(f->id, field[0]) || strcmp(f->sut, field[1]) ||
		    strcmp(log->slices[f->slice].lane, log->slices[slice].lane))
			continue;
		f->times += f->last != slice;
		f->last = slice;
		return;
	}
	log->findings = grown(log->findings, log->finding_count, sizeof(*f));
	log->findings[log->finding_count++] = (struct campaign_finding){ .id = copy(field[0]),
									 .sut = copy(field[1]),
									 .file = copy(field[2]),
									 .again = copy(field[3]),
									 .slice = slice,
									 .last = slice,
									 .times = 1 };
}

static void add_cell(struct campaign_log *log, char *const *field)
{
	uint64_t count = strtoull(field[1], NULL, 10);

	/* They come in the same order each time. */
	for (unsigned int i = 0; i < log->cell_count; i++) {
		unsigned int at = (log->cell_next + i) % log->cell_count;
		struct campaign_cell *cell = &log->cells[at];

		if (strcmp(cell->sut, field[0]) || strcmp(cell->name, field[2]))
			continue;
		if (!cell->count)
			cell->slice = log->slice_count - 1;
		cell->count += count;
		log->cell_next = at + 1;
		return;
	}
	log->cells = grown(log->cells, log->cell_count, sizeof(log->cells[0]));
	log->cells[log->cell_count++] = (struct campaign_cell){ copy(field[0]), copy(field[2]),
								count, log->slice_count - 1 };
}

static void add_did(struct campaign_slice *slice, char *const *field)
{
	slice->did = grown(slice->did, slice->did_count, sizeof(slice->did[0]));
	slice->did[slice->did_count++] = (struct slice_did){
		copy(field[0]),	  copy(field[2]),   strtoull(field[1], NULL, 10),
		number(field[3]), number(field[4]), number(field[5]),
		number(field[6]), number(field[7])
	};
}

static void recovered(struct campaign_log *log, const char *run)
{
	for (unsigned int i = 0; i < log->slice_count; i++)
		if (log->slices[i].run && !strcmp(log->slices[i].run, run))
			log->slices[i].recovered = true;
}

static void add_slice(struct campaign_log *log, char *const *field)
{
	log->slices = grown(log->slices, log->slice_count, sizeof(log->slices[0]));
	log->slices[log->slice_count++] = (struct campaign_slice){
		.number = number(field[0]),
		.lane = copy(field[1]),
		.begin = atoll(field[2]),
		.seed = strtoull(field[3], NULL, 10),
		.planned = number(field[4]),
	};
}

/* Lines that are a slice's own. */
static void add_to_slice(struct campaign_log *log, enum journal_kind kind, char *const *field)
{
	struct campaign_slice *slice = &log->slices[log->slice_count - 1];

	switch (kind) {
	case JOURNAL_run:
		/* The first is the verb's own; settling schedules has another. */
		if (!slice->run)
			slice->run = copy(field[0]);
		break;
	case JOURNAL_did:
		add_did(slice, field);
		break;
	case JOURNAL_cell:
		add_cell(log, field);
		break;
	case JOURNAL_finding:
		add_finding(log, field);
		break;
	case JOURNAL_end:
		slice->end = atoll(field[0]);
		slice->exit = atoi(field[1]);
		slice->seconds = atof(field[2]);
		break;
	default:
		break;
	}
}

static void add_line(void *context, enum journal_kind kind, char *const *field)
{
	struct campaign_log *log = context;

	switch (kind) {
	case JOURNAL_campaign:
		forget(log);
		log->begin = atoll(field[0]);
		log->seed = strtoull(field[1], NULL, 10);
		log->seconds = number(field[2]);
		log->lanes = copy(field[3]);
		log->suts = copy(field[4]);
		log->identity = copy(field[5]);
		break;
	case JOURNAL_command:
		free(log->command);
		log->command = copy(field[0]);
		break;
	case JOURNAL_resume:
		log->seconds = number(field[1]);
		free(log->lanes);
		log->lanes = copy(field[2]);
		break;
	case JOURNAL_origin:
		log->origins = grown(log->origins, log->origin_count, sizeof(log->origins[0]));
		log->origins[log->origin_count++] =
			(struct campaign_origin){ copy(field[0]), copy(field[1]), copy(field[2]) };
		break;
	case JOURNAL_slice:
		add_slice(log, field);
		break;
	case JOURNAL_recovered:
		recovered(log, field[0]);
		break;
	case JOURNAL_KINDS:
		log->torn++;
		break;
	case JOURNAL_done:
		log->done = true;
		log->exit = atoi(field[1]);
		break;
	default:
		if (log->slice_count)
			add_to_slice(log, kind, field);
	}
}

void campaign_log_read(struct campaign_log *log, const char *journal)
{
	forget(log);
	journal_read(journal, add_line, log);
}

double campaign_spent(const struct campaign_log *log)
{
	double spent = 0;

	for (unsigned int i = 0; i < log->slice_count; i++)
		spent += log->slices[i].seconds;
	return spent;
}

bool campaign_is_first(const struct campaign_log *log, unsigned int i)
{
	for (unsigned int j = 0; j < i; j++)
		if (!strcmp(log->findings[j].id, log->findings[i].id))
			return false;
	return true;
}

unsigned int campaign_smallest(const struct campaign_log *log, unsigned int i)
{
	off_t size = 0;
	unsigned int best = i;
	struct stat st;

	for (unsigned int j = i; j < log->finding_count; j++) {
		if (strcmp(log->findings[j].id, log->findings[i].id) ||
		    stat(log->findings[j].file, &st) || !S_ISREG(st.st_mode) ||
		    (size && st.st_size >= size))
			continue;
		size = st.st_size;
		best = j;
	}
	return best;
}

void campaign_story(char path[PATH_MAX], const char *folder, const char *id)
{
	char name[FINDING_ID];

	keep_name(name, id);
	path_make(path, "%s/stories/%s.txt", folder, name);
}
