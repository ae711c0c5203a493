/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <ctype.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/bugs.h"
#include "harness/exhaust.h"
#include "harness/fuzz_shared.h"
#include "harness/minimize.h"

/* Where a sanitizer is linked in. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

FILE *say;

struct verb {
	const char *name, *arguments, *options, *story;
	int (*run)(const struct cli *cli);
};

static const struct verb verbs[] = {
#define VERB(name, arguments, options, story) { #name, arguments, options, story, verb_##name },
#define TOOL(name, arguments, options, story) { #name, arguments, options, story, verb_##name },
#include "cli/verbs.def"
};

enum option {
#define OPTION(name, argument, story) OPTION_##name,
#include "cli/verbs.def"
	OPTION_COUNT
};

static const struct {
	const char *name, *argument, *story;
} options[OPTION_COUNT] = {
#define OPTION(name, argument, story) { #name, argument, story },
#include "cli/verbs.def"
};

#define VERB_COUNT (sizeof(verbs) / sizeof(verbs[0]))

void complain(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("pinprick: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void fail(int code, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("pinprick: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(code);
}

void path_make(char path[PATH_MAX], const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(path, PATH_MAX, format, args);
	va_end(args);
	if (length < 0 || length >= PATH_MAX)
		fail(EXIT_NO_INPUT, "the path is too long: %.60s...", path);
}

const char *cli_folder(void)
{
	static char path[PATH_MAX];
	ssize_t length = path[0] ? 0 : readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (length < 0)
		fail(EXIT_OS, "cannot read /proc/self/exe: is /proc mounted?");
	if (length)
		*strrchr(path, '/') = 0;
	return path[0] ? path : "/";
}

const char *cli_root(void)
{
	static char path[PATH_MAX];
	char *build = NULL, *at = path;

	if (path[0])
		return path;
	path_make(path, "%s", cli_folder());
	while ((at = strstr(at, "/build/")))
		build = at++;
	/* A campaign's programs are one folder deeper. */
	if (!build && (build = strrchr(path, '/')))
		while (build > path && *--build != '/')
			;
	if (build)
		*build = 0;
	return path;
}

/* The options as they are typed have '-' where C has '_'. */
static bool same_name(const char *typed, size_t size, const char *name)
{
	for (; size && *name; size--, typed++, name++)
		if (*typed != (*name == '_' ? '-' : *name))
			return false;
	return !size && !*name;
}

static bool verb_takes(const struct verb *verb, enum option option)
{
	size_t length = strlen(options[option].name);

	for (const char *at = verb->options; (at = strstr(at, options[option].name)); at += length)
		if ((at == verb->options || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static void usage(FILE *out)
{
	fputs("Usage: pinprick-cli VERB [OPTION...] [FILE...]\n\n", out);
	for (size_t i = 0; i < VERB_COUNT; i++)
		fprintf(out, "  %-11s%-24s %s\n", verbs[i].name, verbs[i].arguments,
			verbs[i].story);
}

static void verb_usage(const struct verb *verb)
{
	printf("Usage: pinprick-cli %s [OPTION...] %s\n\n%s\n\n", verb->name, verb->arguments,
	       verb->story);
	for (enum option o = 0; o < OPTION_COUNT; o++) {
		if (!verb_takes(verb, o))
			continue;
		printf("  --");
		for (const char *c = options[o].name; *c; c++)
			putchar(*c == '_' ? '-' : *c);
		printf(" %s\t%s\n", options[o].argument, options[o].story);
	}
}

/* "30s", "10m", "8h" or seconds. */
static unsigned int parse_time(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	unsigned long unit = *end == 'm' ? 60 : *end == 'h' ? 3600 : 1;

	if (!isdigit((unsigned char)text[0]) || !n || n > 100000000 / unit ||
	    (*end && (!strchr("smh", *end) || end[1])))
		fail(EXIT_USAGE, "not a time: '%s'; write 30s, 10m or 8h", text);
	return (unsigned int)(n * unit);
}

/* A decimal number, or the first 16 digits of a git hash. */
static uint64_t parse_seed(const char *text)
{
	char digits[17] = "";
	size_t length = strlen(text);

	if (length && length < 20 && strspn(text, "0123456789") == length)
		return strtoull(text, NULL, 10);
	if (length < 4 || length > 64 || strspn(text, "0123456789abcdefABCDEF") != length)
		fail(EXIT_USAGE, "not a seed: '%s'; write a decimal number or a git hash", text);
	memcpy(digits, text, length < 16 ? length : 16);
	return strtoull(digits, NULL, 16);
}

static unsigned int parse_number(const char *text, unsigned long least, unsigned long most,
				 const char *of)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end || n < least || n > most)
		fail(EXIT_USAGE, "not a number of %s: '%s'; write one from %lu to %lu", of, text,
		     least, most);
	return (unsigned int)n;
}

/* Names with commas between them; "all" is every one. */
static void choose_suts(struct cli *cli, const char *list)
{
	cli->sut_count = 0;
	for (size_t length; *list; list += length + (list[length] == ',')) {
		unsigned int before = cli->sut_count;

		length = strcspn(list, ",");
		for (unsigned int i = 0; suts[i]; i++) {
			if (!same_name(list, length, "all") &&
			    !same_name(list, length, suts[i]->name))
				continue;
			if (cli->sut_count == SUTS_MAX)
				fail(EXIT_USAGE, "no more than %d systems under test at once",
				     SUTS_MAX);
			cli->suts[cli->sut_count++] = suts[i];
		}
		if (cli->sut_count > before)
			continue;
		complain("there is no system under test '%.*s'; there are all and", (int)length,
			 list);
		for (unsigned int i = 0; suts[i]; i++)
			fprintf(stderr, "  %s\n", suts[i]->name);
		exit(EXIT_USAGE);
	}
}

#define AT(name) [OPTION_##name] = offsetof(struct cli, name)

/* Where those stand that are set, or taken, as they are; 0: not such a one. */
static const size_t flags[OPTION_COUNT] = {
	AT(strict), AT(no_minimize), AT(json),	    AT(verbose),    AT(until_finding),
	AT(corpus), AT(drivers),     AT(schedules), AT(trace),	    AT(gdb),
	AT(as_is),  AT(quick),	     AT(write),	    AT(keep_going),
};
static const size_t words[OPTION_COUNT] = {
	AT(expect),   AT(output),   AT(sarif), AT(roles),  AT(devices),
	AT(strategy), AT(scenario), AT(only),  AT(engine),
};

static void set_number(struct cli *cli, enum option option, const char *value)
{
	bool exhaust = !strcmp(cli->verb, "exhaust");

	switch (option) {
	case OPTION_for:
		cli->seconds = parse_time(value);
		cli->time_given = true;
		break;
	case OPTION_seed:
		cli->seed = parse_seed(value);
		break;
	case OPTION_jobs:
		cli->jobs = parse_number(value, 1, 1024, "processes");
		break;
	case OPTION_threads:
		cli->threads = parse_number(value, 2, 16, "threads");
		break;
	case OPTION_ops:
		cli->ops = parse_number(value, 1, EXHAUST_OPS, "ops");
		break;
	case OPTION_pages:
		cli->pages = parse_number(value, exhaust ? 1 : 256, exhaust ? EXHAUST_PAGES : 65536,
					  "pages");
		if (!exhaust && cli->pages % 256)
			fail(EXIT_USAGE, "not a multiple of 256: '%s' pages", value);
		break;
	case OPTION_bound:
		cli->bound = parse_number(value, 0, 16, "preemptions");
		cli->bound_given = true;
		break;
	case OPTION_seeds:
		cli->seeds = parse_number(value, 1, BUG_SEEDS_MAX, "seeds");
		break;
	default:
		fail(EXIT_SOFTWARE, "nobody takes the option --%s", options[option].name);
	}
}

static void set_option(struct cli *cli, enum option option, const char *value)
{
	if (flags[option]) {
		*(bool *)((char *)cli + flags[option]) = true;
	} else if (words[option]) {
		*(const char **)((char *)cli + words[option]) = value;
	} else if (option == OPTION_recover) {
		if (cli->recover_count == RECOVER_MAX)
			fail(EXIT_USAGE, "no more than %d runs to recover at once", RECOVER_MAX);
		cli->recover[cli->recover_count++] = value;
	} else if (option == OPTION_sut) {
		cli->sut_given = true;
		choose_suts(cli, value);
	} else {
		set_number(cli, option, value);
	}
	if (option == OPTION_devices && !strcmp(cli->verb, "exhaust"))
		parse_number(value, 1, PROGRAM_DEVICES, "devices");
}

/* argv[*at] is an option: sets it, and takes the next word where it needs one. */
static void read_option(struct cli *cli, const struct verb *verb, char **argv, int *at)
{
	const char *word = !strcmp(argv[*at], "-o") ? "--output" : argv[*at];
	size_t length = strcspn(word, "=");
	const char *value = word[length] ? word + length + 1 : NULL;

	for (enum option o = 0; o < OPTION_COUNT; o++) {
		if (word[1] != '-' || length < 3 || !verb_takes(verb, o) ||
		    !same_name(word + 2, length - 2, options[o].name))
			continue;
		if (!*options[o].argument && value)
			fail(EXIT_USAGE, "%.*s takes no value", (int)length, word);
		if (*options[o].argument && !value && argv[*at + 1])
			value = argv[++*at];
		if (*options[o].argument && (!value || !*value))
			fail(EXIT_USAGE, "%.*s needs a value", (int)length, word);
		set_option(cli, o, value);
		return;
	}
	fail(EXIT_USAGE, "%s has no option %.*s; see pinprick %s --help", verb->name, (int)length,
	     word, verb->name);
}

/* For the engines that this process starts, whatever the user's environment says. */
static void tell_engines(const char *variable, bool yes)
{
	if (yes ? setenv(variable, "1", 1) : unsetenv(variable))
		fail(EXIT_OS, "no memory");
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	usage(stderr);
	fail(EXIT_USAGE, "there is no verb '%s'", name);
}

int main(int argc, char **argv)
{
	static struct cli cli = { .seconds = 60 };
	const struct verb *verb;
	int code;

	say = stdout;
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(child_sanitizer_death);
	if (argc < 2 || !strcmp(argv[1], "--help")) {
		usage(stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_CLEAN;
	}
	verb = find_verb(argv[1]);
	cli.verb = verb->name;
	cli.seed = (uint64_t)time(NULL) * 1000003u + (uint64_t)getpid();
	cli.files = argv;
	choose_suts(&cli, "all");
	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			verb_usage(verb);
			return EXIT_CLEAN;
		}
		if (argv[i][0] == '-' && argv[i][1])
			read_option(&cli, verb, argv, &i);
		else
			argv[cli.file_count++] = argv[i];
	}
	if (*verb->arguments != '[' && !*verb->arguments != !cli.file_count)
		fail(EXIT_USAGE, "usage: pinprick %s [OPTION...] %s", verb->name, verb->arguments);
	if (cli.json)
		say = stderr;
	tell_engines(STRICT_VARIABLE, cli.strict);
	tell_engines(AS_IS_VARIABLE, cli.as_is);
	code = verb->run(&cli);
	if (fflush(stdout) || ferror(stdout))
		fail(EXIT_IO, "cannot write to standard output");
	return code;
}
