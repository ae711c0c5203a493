/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/report_page.h"

#define FILE_MOST                                                                                  \
	(16 * 1024) /* bytes of a program or a story: twenty of each are no large page             \
		     */

/* The length of the UTF-8 sequence at s; 0: it is none. */
static size_t sequence(const unsigned char *s, size_t left)
{
	size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (s[0] < 0xc2 || s[0] > 0xf4 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Too long for what it says, half of a pair, beyond the last. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

/* Marks that turn the order of what is read. */
static bool turns(const unsigned char *s, size_t length)
{
	return length == 3 && s[0] == 0xe2 &&
	       ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) ||
		(s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9));
}

static void ascii(FILE *out, char c)
{
	switch (c) {
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '&':
		fputs("&amp;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	case '\'':
		fputs("&#39;", out);
		break;
	default:
		if ((c >= ' ' && c != 127) || c == '\n' || c == '\t')
			fputc(c, out);
		else
			fputs("&#xfffd;", out);
	}
}

void html_bytes(FILE *out, const char *text, size_t size)
{
	for (size_t i = 0, length; i < size; i += length) {
		const unsigned char *s = (const unsigned char *)text + i;

		length = 1;
		if (s[0] < 0x80) {
			ascii(out, text[i]);
			continue;
		}
		length = sequence(s, size - i);
		if (length && !turns(s, length))
			fwrite(s, 1, length, out);
		else
			fputs("&#xfffd;", out);
		length = length ? length : 1;
	}
}

void html_text(FILE *out, const char *text)
{
	html_bytes(out, text, strlen(text));
}

void html_id(FILE *out, const char *id)
{
	for (size_t length; *id; id += length) {
		length = strcspn(id + 1, "@/") + 1;
		html_bytes(out, id, length);
		fputs(id[length] ? "<wbr>" : "", out);
	}
}

void html_command(FILE *out, const char *text)
{
	for (size_t length; *text; text += length + (text[length] == ' ')) {
		length = strcspn(text, " ");
		fputs("<span>", out);
		html_bytes(out, text, length);
		fputs(text[length] ? "</span> " : "</span>", out);
	}
}

void html_time(FILE *out, double seconds)
{
	fputs("<span class='t'>", out);
	campaign_print_time(out, seconds);
	fputs("</span>", out);
}

void html_count(FILE *out, uint64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			fputs("&#8239;", out);
		fputc(digits[i], out);
	}
}

char *html_read(const char *path, size_t *size, bool *cut)
{
	FILE *in = fopen(path, "rb");
	char *text = in ? malloc(FILE_MOST + 1) : NULL;

	if (!text) {
		if (in)
			fclose(in);
		return NULL;
	}
	*size = fread(text, 1, FILE_MOST + 1, in);
	if (ferror(in)) {
		free(text);
		text = NULL;
	}
	fclose(in);
	*cut = *size > FILE_MOST;
	if (*cut)
		*size = FILE_MOST;
	return text;
}
