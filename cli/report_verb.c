/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * report: the page of a campaign.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/keep.h"
#include "cli/report_page.h"

static bool later(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec > b->st_mtim.tv_sec
						      : a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* The campaign whose journal was written last; returns how many there are. */
static unsigned int find_last(char folder[PATH_MAX])
{
	char campaigns[PATH_MAX], journal[PATH_MAX];
	struct dirent *entry;
	unsigned int count = 0;
	struct stat st, best;
	DIR *open;

	path_make(campaigns, "%s/work/campaigns", cli_root());
	open = opendir(campaigns);
	if (!open && errno != ENOENT)
		fail(EXIT_NO_INPUT, "cannot read %s: %s", campaigns, strerror(errno));
	while (open && (entry = readdir(open))) {
		path_make(journal, "%s/%s/journal", campaigns, entry->d_name);
		if (entry->d_name[0] == '.' || stat(journal, &st) || !S_ISREG(st.st_mode))
			continue;
		if (!count++ || later(&st, &best)) {
			best = st;
			path_make(folder, "%s/%s", campaigns, entry->d_name);
		}
	}
	if (open)
		closedir(open);
	return count;
}

/* A campaign at work holds a lock on its folder. */
static bool is_running(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool running = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return running;
}

static void read_campaign(struct campaign_log *log, const char *folder)
{
	char journal[PATH_MAX];
	struct stat st;

	path_make(journal, "%s/journal", folder);
	if (stat(journal, &st) || !S_ISREG(st.st_mode))
		fail(EXIT_NO_INPUT,
		     "%s is no campaign's folder, it has no journal; without a folder, report takes the "
		     "last campaign of work/campaigns",
		     folder);
	campaign_log_read(log, journal);
	if (!log->begin)
		fail(EXIT_NO_INPUT, "no campaign has begun in %s; begin one: ./pinprick campaign",
		     path_short(journal));
	if (log->torn)
		complain("%u line(s) of %s are torn, as after a kill, and left out", log->torn,
			 path_short(journal));
}

static void write_page(FILE *out, const void *context)
{
	struct html_page page = *(const struct html_page *)context;

	page.out = out;
	page_write(&page);
}

static void tell(const struct html_page *page, unsigned int of, const char *file)
{
	fprintf(say, "report on %s", path_short(page->folder));
	if (of > 1)
		fprintf(say, ", written last of %u campaigns", of);
	fprintf(say, ": %s; %u slices in ", page_verdict(page), page->log->slice_count);
	campaign_print_time(say, campaign_spent(page->log));
	fprintf(say, "\nwritten to %s\n", path_short(file));
}

static void json(const struct html_page *page, const char *file)
{
	static const char *const states[] = {
		[PAGE_DONE] = "done",
		[PAGE_RUNNING] = "running",
		[PAGE_INTERRUPTED] = "interrupted",
	};
	const struct campaign_log *log = page->log;
	unsigned int reached, possible = page_cells(log, NULL, &reached);

	fputs("{\"verb\": \"report\", \"exit\": 0, \"file\": ", stdout);
	json_string(stdout, file);
	fputs(", \"campaign\": ", stdout);
	json_string(stdout, page->folder);
	printf(", \"state\": \"%s\", \"verdict\": \"%s\", \"findings\": %u, \"slices\": %u, "
	       "\"seconds\": %.1f, \"transitions\": %u, \"transitions_possible\": %u, "
	       "\"torn\": %u}\n",
	       states[page->state], report_verdict_word(page_code(page)), page_findings(log),
	       log->slice_count, campaign_spent(log), reached, possible, log->torn);
}

int verb_report(const struct cli *cli)
{
	static struct campaign_log log;
	char folder[PATH_MAX], file[PATH_MAX];
	struct html_page page = { .log = &log, .folder = folder };
	unsigned int of = 0;
	int code = EXIT_CLEAN;

	if (cli->file_count > 1)
		fail(EXIT_USAGE, "report takes one folder, not %u", cli->file_count);
	if (cli->file_count)
		path_make(folder, "%s", cli->files[0]);
	else if (!(of = find_last(folder)))
		fail(EXIT_NO_INPUT,
		     "there is no campaign in %s/work/campaigns; begin one: ./pinprick campaign",
		     cli_root());
	read_campaign(&log, folder);
	page.state = log.done ? PAGE_DONE : is_running(folder) ? PAGE_RUNNING : PAGE_INTERRUPTED;
	if (cli->output) {
		path_make(file, "%s", cli->output);
	} else {
		path_make(file, "%s/work", cli_root());
		code = keep_folder(file);
		path_make(file, "%s/work/report.html", cli_root());
	}
	if (code == EXIT_CLEAN)
		code = keep_file(file, write_page, &page);
	if (code != EXIT_CLEAN)
		return code;
	tell(&page, of, file);
	if (cli->json)
		json(&page, file);
	return EXIT_CLEAN;
}
