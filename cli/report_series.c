/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the page counts: names, cells, and curves of what grows. */
#include <stdlib.h>
#include <string.h>

#include "cli/report_page.h"

/* Memory of the page: it stays until the command ends. */
static void *room(size_t size)
{
	static struct block {
		struct block *next;
	} * blocks;
	struct block *block = malloc(sizeof(*block) + size);

	if (!block)
		fail(EXIT_OS, "no memory");
	block->next = blocks;
	blocks = block;
	return block + 1;
}

/* The array with room for one more element. */
static void *grown(void *array, unsigned int count, size_t size)
{
	void *wider;

	if (count & (count - 1))
		return array;
	wider = room((count ? count * 2 : 1) * size);
	if (count)
		memcpy(wider, array, count * size);
	return wider;
}

/* The word that is so long, by itself. */
static const char *word(const char *text, size_t length)
{
	char *mine = room(length + 1);

	memcpy(mine, text, length);
	mine[length] = 0;
	return mine;
}

unsigned int page_name(struct page_names *names, const char *name)
{
	for (unsigned int i = 0; i < names->count; i++)
		if (!strcmp(names->at[i], name))
			return i;
	names->at = grown(names->at, names->count, sizeof(*names->at));
	names->at[names->count] = name;
	return names->count++;
}

/* The words of a list with commas. */
static void add_list(struct page_names *names, const char *list)
{
	for (size_t length; *list; list += length + (list[length] == ',')) {
		length = strcspn(list, ",");
		page_name(names, word(list, length));
	}
}

struct page_names page_suts(const struct campaign_log *log)
{
	struct page_names names = { .count = 0 };

	add_list(&names, log->suts);
	for (unsigned int i = 0; i < log->slice_count; i++)
		for (unsigned int j = 0; j < log->slices[i].did_count; j++)
			page_name(&names, log->slices[i].did[j].sut);
	return names;
}

struct page_names page_cell_suts(const struct campaign_log *log)
{
	struct page_names names = { .count = 0 };

	for (unsigned int i = 0; i < log->cell_count; i++)
		page_name(&names, log->cells[i].sut);
	return names;
}

struct page_names page_lanes(const struct campaign_log *log)
{
	struct page_names names = { .count = 0 };

	add_list(&names, log->lanes);
	for (unsigned int i = 0; i < log->slice_count; i++)
		page_name(&names, log->slices[i].lane);
	return names;
}

bool page_has_target(const char *lane, const char *target)
{
	size_t length = strlen(target);

	return !strncmp(lane, target, length) && (lane[length] == '-' || !lane[length]);
}

struct page_names page_targets(const struct campaign_log *log)
{
	struct page_names names = { .count = 0 };

	for (unsigned int i = 0; i < log->slice_count; i++) {
		const char *lane = log->slices[i].lane;

		page_name(&names, word(lane, strcspn(lane, "-")));
	}
	return names;
}

unsigned int page_findings(const struct campaign_log *log)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < log->finding_count; i++)
		count += campaign_is_first(log, i);
	return count;
}

unsigned int page_cells(const struct campaign_log *log, const char *sut, unsigned int *reached)
{
	unsigned int count = 0;

	*reached = 0;
	for (unsigned int i = 0; i < log->cell_count; i++) {
		if (sut && strcmp(log->cells[i].sut, sut))
			continue;
		count++;
		*reached += log->cells[i].count != 0;
	}
	return count;
}

double page_begin(const struct campaign_log *log, unsigned int slice)
{
	double at = 0;

	for (unsigned int i = 0; i < slice; i++)
		at += log->slices[i].seconds;
	return at;
}

/* Cells that were reached in this slice or before. */
static unsigned int cells_until(const struct campaign_log *log, const char *sut, unsigned int slice)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < log->cell_count; i++)
		count += log->cells[i].count && log->cells[i].slice <= slice &&
			 !strcmp(log->cells[i].sut, sut);
	return count;
}

static unsigned int measured(const struct campaign_log *log, unsigned int slice,
			     const struct slice_did *did, enum page_measure measure)
{
	switch (measure) {
	case MEASURE_TRANSITIONS:
		return did->possible ? cells_until(log, did->sut, slice) : 0;
	case MEASURE_FEATURES:
		return did->features;
	case MEASURE_EDGES:
		return did->edges;
	default:
		return did->corpus;
	}
}

static void add_point(struct page_series *series, double at, unsigned int value)
{
	series->points = grown(series->points, series->count, sizeof(series->points[0]));
	series->points[series->count++] = (struct page_point){ at, value };
}

struct page_series page_grow(const struct campaign_log *log, enum page_measure measure,
			     const char *target, const char *sut)
{
	struct page_series series = { .sut = sut };
	unsigned int reached;
	double at = 0;

	if (measure == MEASURE_TRANSITIONS)
		series.possible = page_cells(log, sut, &reached);
	for (unsigned int i = 0; i < log->slice_count; i++) {
		const struct campaign_slice *slice = &log->slices[i];

		at += slice->seconds;
		if (!slice->end || (target && !page_has_target(slice->lane, target)))
			continue;
		for (unsigned int j = 0; j < slice->did_count; j++) {
			const struct slice_did *did = &slice->did[j];
			unsigned int value;

			if (strcmp(did->sut, sut))
				continue;
			value = measured(log, i, did, measure);
			if (!value)
				continue;
			if (measure != MEASURE_CORPUS && series.count &&
			    value < series.points[series.count - 1].value)
				value = series.points[series.count - 1].value;
			add_point(&series, at, value);
		}
	}
	return series;
}

double page_last_new(const struct campaign_log *log, enum page_measure measure, double *until)
{
	struct page_names systems = page_suts(log), targets = page_targets(log);
	double last = 0;

	*until = 0;
	for (unsigned int i = 0; i < systems.count * targets.count; i++) {
		struct page_series s = page_grow(log, measure, targets.at[i % targets.count],
						 systems.at[i / targets.count]);
		unsigned int most = 0;

		for (unsigned int j = 0; j < s.count; j++) {
			if (s.points[j].value > most && s.points[j].at > last)
				last = s.points[j].at;
			most = s.points[j].value > most ? s.points[j].value : most;
			*until = s.points[j].at > *until ? s.points[j].at : *until;
		}
	}
	return last;
}
