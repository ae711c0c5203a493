/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The curves of a page: SVG, drawn here. */
#include <stdlib.h>
#include <string.h>

#include "cli/report_page.h"
#include "cli/status.h"

/* A chart's measures, in its own units; it is shown as wide as there is room. */
#define WIDE	  280
#define HIGH	  180
#define LEFT	  40
#define RIGHT	  10
#define TOP	  30
#define BOTTOM	  30

#define MARK_WIDE 7

#define LOOKS	  8 /* colours, which stand in report_style.c; marks and dashes are four of each */

struct chart {
	const struct html_page *page;
	FILE *out;
	const char *title, *of; /* "Features: ops", what the points count */
	struct page_series *series;
	unsigned int count;
	double seconds, most, step; /* the axes: x from 0 to seconds, y to most, a line each step */
};

static double x_of(const struct chart *c, double at)
{
	return LEFT + (WIDE - LEFT - RIGHT) * (c->seconds > 0 ? at / c->seconds : 0);
}

static double y_of(const struct chart *c, double value)
{
	return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * value / c->most;
}

/* 1, 2 or 5 and zeroes, so that some four of them reach most. */
static double nice(double most)
{
	double step = 1;

	for (unsigned int i = 0; step * 4.5 < most; i++)
		step *= i % 3 == 1 ? 2.5 : 2;
	return step;
}

static void print_y_axis(const struct chart *c)
{
	for (double y = 0; y <= c->most + c->step / 2; y += c->step) {
		fprintf(c->out,
			"<path class='grid' d='M%d %.1fH%d'/><text x='%d' y='%.1f' "
			"text-anchor='end'>",
			LEFT, y_of(c, y), WIDE - RIGHT, LEFT - 6, y_of(c, y) + 4);
		status_number(c->out, y);
		fputs("</text>\n", c->out);
	}
}

static void print_x_axis(const struct chart *c)
{
	static const unsigned int steps[] = { 1,     2,	    5,	   10,	  15,	  30,	 60,
					      120,   300,   600,   900,	  1800,	  3600,	 7200,
					      14400, 21600, 43200, 86400, 172800, 432000 };
	unsigned int i = 0, unit;

	while (i + 1 < sizeof(steps) / sizeof(steps[0]) && c->seconds / steps[i] > 5)
		i++;
	unit = steps[i] >= 3600 ? 3600 : steps[i] >= 60 ? 60 : 1;
	fprintf(c->out, "<path class='axis' d='M%d %.1fH%d'/>\n", LEFT, y_of(c, 0), WIDE - RIGHT);
	for (double at = 0; at <= c->seconds; at += steps[i]) {
		double x = x_of(c, at);

		fprintf(c->out,
			"<path class='axis' d='M%.1f %.1fv4'/><text x='%.1f' y='%d' "
			"text-anchor='%s'>%.0f%s</text>\n",
			x, y_of(c, 0), x, HIGH - 10, x > WIDE - RIGHT - 12 ? "end" : "middle",
			at / unit,
			at == 0	       ? ""
			: unit == 3600 ? " h"
			: unit == 60   ? " m"
				       : " s");
	}
}

/* Where findings came first, a flag for each slice; a number where there are several. */
static void print_flags(const struct chart *c)
{
	const struct campaign_log *log = c->page->log;
	double free_from = 0, half; /* of a number's width */

	for (unsigned int slice = 0; slice < log->slice_count; slice++) {
		unsigned int count = 0;
		double x = x_of(c, page_begin(log, slice + 1));

		for (unsigned int i = 0; i < log->finding_count; i++) {
			if (log->findings[i].slice != slice || !campaign_is_first(log, i))
				continue;
			if (!count++)
				fprintf(c->out,
					"<g class='flag'><path d='M%.1f %dV%.1f'/><path class='head' "
					"d='M%.1f %dl5 -8h-10z'/><title>first found in slice %u:",
					x, TOP - 4, y_of(c, 0), x, TOP - 4,
					log->slices[slice].number);
			fputs("\n", c->out);
			html_text(c->out, log->findings[i].id);
		}
		if (!count)
			continue;
		fputs("</title>", c->out);
		half = count > 99 ? 12 : count > 9 ? 9 : 5;
		if (count > 1 && x - half >= free_from && x + half < WIDE) {
			fprintf(c->out, "<text x='%.1f' y='%d' text-anchor='middle'>%u</text>", x,
				TOP - 15, count);
			free_from = x + half + 2;
		}
		fputs("</g>\n", c->out);
	}
}

static void print_mark(FILE *out, unsigned int look, double x, double y)
{
	switch (look % 4) {
	case 0:
		fprintf(out, "M%.1f %.1fa3 3 0 1 0 6 0a3 3 0 1 0 -6 0z", x - 3, y);
		break;
	case 1:
		fprintf(out, "M%.1f %.1fh6v6h-6z", x - 3, y - 3);
		break;
	case 2:
		fprintf(out, "M%.1f %.1fl4 4l-4 4l-4 -4z", x, y - 4);
		break;
	default:
		fprintf(out, "M%.1f %.1fl4 7h-8z", x, y - 4);
	}
}

static void print_value(const struct chart *c, const struct page_series *s, unsigned int value)
{
	html_count(c->out, value);
	if (s->possible)
		fprintf(c->out, " of %u", s->possible);
}

static void print_curve(const struct chart *c, const struct page_series *s)
{
	unsigned int last = s->count - 1;
	double marked = 0;

	fprintf(c->out, "<g class='s%u d%u'>", s->look % LOOKS, s->look % 4);
	if (s->possible > s->points[last].value)
		fprintf(c->out,
			"<path class='possible' d='M%d %.1fH%d'><title>%u are possible</title></path>",
			LEFT, y_of(c, s->possible), WIDE - RIGHT, s->possible);
	fputs("<path class='curve' d='", c->out);
	for (unsigned int i = 0; i < s->count; i++)
		fprintf(c->out, "%c%.1f %.1f", i ? 'L' : 'M', x_of(c, s->points[i].at),
			y_of(c, s->points[i].value));
	fputs("'/>\n", c->out);
	/* Where nothing changes there is nothing to point at, nor between marks that touch. */
	for (unsigned int i = 0; i < s->count; i++) {
		double x = x_of(c, s->points[i].at);

		if (i && i < last &&
		    (s->points[i].value == s->points[i - 1].value || x < marked + MARK_WIDE))
			continue;
		marked = x;
		fputs("<path class='mark' d='", c->out);
		print_mark(c->out, s->look, x_of(c, s->points[i].at), y_of(c, s->points[i].value));
		fputs("'><title>", c->out);
		html_text(c->out, s->sut);
		fputs(": ", c->out);
		print_value(c, s, s->points[i].value);
		fprintf(c->out, " %s after ", c->of);
		campaign_print_time(c->out, s->points[i].at);
		fputs("</title></path>\n", c->out);
	}
	fputs("</g>\n", c->out);
}

/* Also what the chart says to those who do not see it. */
static void print_legend(const struct chart *c)
{
	fputs("<ul class='legend'>\n", c->out);
	for (unsigned int i = 0; i < c->count; i++) {
		const struct page_series *s = &c->series[i];

		fprintf(c->out,
			"<li><svg class='s%u d%u' viewBox='0 0 28 12' aria-hidden='true'>"
			"<path class='curve' d='M0 6H28'/><path class='mark' d='",
			s->look % LOOKS, s->look % 4);
		print_mark(c->out, s->look, 14, 6);
		fputs("'/></svg>", c->out);
		html_text(c->out, s->sut);
		fputs(" <b>", c->out);
		print_value(c, s, s->points[s->count - 1].value);
		fputs("</b></li>\n", c->out);
	}
	fputs("</ul>\n", c->out);
}

static void print_chart(struct chart *c)
{
	double most = 1;

	for (unsigned int i = 0; i < c->count; i++) {
		const struct page_series *s = &c->series[i];

		most = s->possible > most ? s->possible : most;
		for (unsigned int j = 0; j < s->count; j++)
			most = s->points[j].value > most ? s->points[j].value : most;
	}
	c->step = nice(most);
	for (c->most = c->step; c->most < most;)
		c->most += c->step;
	fputs("<figure><figcaption>", c->out);
	html_text(c->out, c->title);
	fprintf(c->out,
		"</figcaption>\n<svg class='chart' viewBox='0 0 %d %d' role='img' aria-label='",
		WIDE, HIGH);
	html_text(c->out, c->title);
	fputs("'>\n", c->out);
	print_y_axis(c);
	print_x_axis(c);
	print_flags(c);
	for (unsigned int i = 0; i < c->count; i++)
		print_curve(c, &c->series[i]);
	fputs("</svg>\n", c->out);
	print_legend(c);
	fputs("</figure>\n", c->out);
}

static const struct {
	const char *name, *of, *story;
} measures[] = {
	[MEASURE_TRANSITIONS] = { "Transitions", "transitions",
				  "State of a page or device, op, and result: how many of those that the "
				  "model allows were reached. Where not all were, a dotted line shows "
				  "how many there are." },
	[MEASURE_FEATURES] = { "Features", "features",
			       "What libFuzzer tells apart: edges with counts, and abstract states. The "
			       "most that any lane of the target measured so far." },
	[MEASURE_EDGES] = { "Edges", "edges",
			    "Branches of the balloon core that the corpus runs, by libFuzzer's count." },
	[MEASURE_CORPUS] = { "Corpus", "programs", "Programs that fuzzing keeps." },
};

/* Nothing where nothing was measured. */
static void print_target(const struct html_page *page, enum page_measure measure,
			 const char *target)
{
	struct page_names systems = page_suts(page->log);
	struct page_series series[64];
	char title[80];
	struct chart c = {
		.page = page,
		.out = page->out,
		.title = title,
		.of = measures[measure].of,
		.series = series,
		.seconds = campaign_spent(page->log),
	};

	for (unsigned int i = 0; i < systems.count && c.count < 64; i++) {
		struct page_series s = page_grow(page->log, measure, target, systems.at[i]);

		s.look = i;
		if (s.count)
			series[c.count++] = s;
	}
	if (!c.count)
		return;
	snprintf(title, sizeof(title), "%s: %.32s", measures[measure].name, target);
	print_chart(&c);
}

static bool measures_any(const struct html_page *page, enum page_measure measure)
{
	struct page_names systems = page_suts(page->log);

	for (unsigned int i = 0; i < systems.count; i++)
		if (page_grow(page->log, measure, NULL, systems.at[i]).count)
			return true;
	return false;
}

void page_print_growth(const struct html_page *page)
{
	struct page_names targets = page_targets(page->log);
	FILE *out = page->out;
	unsigned int count = 0;

	fputs("<section id='growth'>\n<h2>Growth</h2>\n", out);
	for (enum page_measure m = MEASURE_TRANSITIONS; m <= MEASURE_CORPUS; m++) {
		if (!measures_any(page, m))
			continue;
		if (!count++)
			fputs("<p>Across: time of the slices, added up. A point is what was known when a "
			      "slice ended; it tells its figures where the pointer rests. A flag on top "
			      "marks the end of a slice that was the first to find something, and how many, where there is room.</p>\n",
			      out);
		fprintf(out, "<h3>%s</h3>\n<p>%s</p>\n<div class='charts'>\n", measures[m].name,
			measures[m].story);
		for (unsigned int i = 0; i < targets.count; i++)
			print_target(page, m, targets.at[i]);
		fputs("</div>\n", out);
	}
	if (!count)
		fputs("<p>No slice that measures it has ended.</p>\n", out);
	fputs("</section>\n", out);
}
