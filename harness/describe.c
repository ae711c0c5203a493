/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>

#include "harness/describe.h"
#include "harness/program.h"
#include "harness/verdict.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* Operands that exist in every world, and show in the text where they may be left out. */
static uint8_t typical(unsigned int kind)
{
	return kind != KIND_NONE && kind != KIND_DEVICE && kind != KIND_LIST;
}

static struct record typical_record(unsigned int op)
{
	const uint8_t *kinds = op_table[op].operand;

	return (struct record){ .op = (uint8_t)op,
				.a = typical(kinds[0]),
				.b = typical(kinds[1]),
				.c = typical(kinds[2]) };
}

static void print_entry(FILE *out, const char *group, const char *name, const void *bytes)
{
	const uint8_t *b = bytes;
	int i;

	fprintf(out, "%s_%s=\"", group, name);
	for (i = 0; i < RECORD_BYTES; i++)
		fprintf(out, "\\x%02x", b[i]);
	fputs("\"\n", out);
}

void describe_dictionary(FILE *out)
{
	static const struct {
		const char *name;
		uint8_t devices, adjust, no_callback, zones[4];
	} headers[] = {
		{ "one_zone", 1, 0, 0, { 0, 0, 0, 0 } },
		{ "adjust", 2, 2, 0, { 0, 1, 2, 3 } },
		{ "no_callback", 3, 0, 4, { 0, 1, 2, 3 } },
	};
	uint8_t bytes[HEADER_BYTES];
	struct program p;
	unsigned int i;

	program_decode(&p, NULL, 0);
	fputs("# Programs begin with a header; records follow (docs/programs.md).\n", out);
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		p.devices = headers[i].devices;
		p.adjust = headers[i].adjust;
		p.no_callback = headers[i].no_callback;
		memcpy(p.zone_of_quarter, headers[i].zones, sizeof(p.zone_of_quarter));
		program_encode(&p, bytes);
		print_entry(out, "header", headers[i].name, bytes);
	}
	for (i = 0; i < OP_COUNT; i++) {
		struct record r = typical_record(i);

		print_entry(out, "op", op_table[i].name, &r);
	}
}

static void describe_start(FILE *out)
{
	fputs("<!-- SPDX-License-Identifier: GPL-2.0-only OR MIT -->\n\n# Programs\n"
	      "\n"
	      "<!-- Made from harness/ops.def by harness/describe.c: change those instead. -->\n"
	      "\n"
	      "A program is what pinprick runs: a small world and a list of ops, one after the\n"
	      "other. The text form is for people and for everything that is kept. The binary\n"
	      "form is for engines. Each means exactly one of the other, and a program runs the\n"
	      "same under every engine and on every system under test.\n"
	      "\n"
	      "```\n"
	      "pinprick program 1\n"
	      "world devices=2 adjust=b1\n"
	      "p0 = alloc near f8\n"
	      "enqueue b0 p0\n"
	      "p1 = alloc fault=alloc:1              # finds no memory\n"
	      "p1 = alloc near f9\n"
	      "enqueue b0 p1\n"
	      "@1 p0 = isolate f8                    # another CPU looks for pages to move\n"
	      "@1 migrate p0 -> f20 sync eagain=1    # the callback first answers -EAGAIN\n"
	      "\t@1 irq p1 = dequeue b0        # in that callback, as an interrupt\n"
	      "```\n"
	      "\n",
	      out);
}

static void describe_lines(FILE *out)
{
	fputs("## Lines\n"
	      "\n"
	      "The first line is `pinprick program 1`. Then come, in this order:\n"
	      "\n"
	      "- `world devices=2 adjust=b0,b2 no_callback=b1 zones=0,1,2,3`: left out, or without\n"
	      "  the parts that are as usual. `devices` is their number, usually 1. The devices\n"
	      "  after `adjust` adjust the count of managed pages. The drivers of those after\n"
	      "  `no_callback` set no migration callback. `zones` names the zone of each quarter\n"
	      "  of the frames, usually 0,1,2,3.\n"
	      "- `seed 0x1234abcd`: the seed of the schedule, hexadecimal. Left out: none.\n"
	      "- The ops, one a line.\n"
	      "\n"
	      "`world` and `seed` may change places. `#` begins a comment anywhere on a line. Blank\n"
	      "lines mean nothing, and lines may end in CR LF. Words stand apart by blanks or tabs;\n"
	      "columns in messages count bytes from 1.\n"
	      "\n"
	      "An op's line has these parts, in this order:\n"
	      "\n"
	      "| Part | Meaning |\n"
	      "|---|---|\n"
	      "| indentation | **nested**: runs in a hook of an earlier op, see below |\n"
	      "| `@2` | the context (a CPU with one task) that runs the op; left out: `@0` |\n"
	      "| `irq` | runs as an interrupt on that context |\n"
	      "| `misuse` | may break the driver's side of the contract, in a defined way |\n"
	      "| the op | see the table |\n"
	      "| `host=-ENOENT` | the final result of the driver's callback; left out: `host=0` |\n"
	      "| `eagain=2` | so many times, 0 to 15, the callback answers -EAGAIN before that |\n"
	      "| `fault=ref:1` | of this op's fault points of this kind, the first (1 to 32) refuses |\n"
	      "\n"
	      "`nop` takes only indentation and a context.\n"
	      "\n",
	      out);
}

/* The op's line with the letters of its operands. */
static void print_form(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text != '%')
			fputc(*text, out);
}

static void describe_ops(FILE *out)
{
	static const char *const traits[] = { "`irq`", "`host=`", "hook" }; /* by bit */
	unsigned int fault;
	unsigned int op, i;

	fputs("## Ops\n"
	      "\n"
	      "A part in brackets may be left out: its operand is then 0. Operands are named by\n"
	      "their kinds (next table). `irq`: may run as an interrupt. `host=`: runs the driver's\n"
	      "callback, so that `host=` and `eagain=` have a meaning. hook: nested ops run in it.\n"
	      "The last ones are the fault points that the op comes by.\n"
	      "\n"
	      "| No. | Line | Example | Operands | Traits | What it does |\n"
	      "|---|---|---|---|---|---|\n",
	      out);
	for (op = 0; op < OP_COUNT; op++) {
		const struct op_info *info = &op_table[op];
		struct record r = typical_record(op);

		fprintf(out, "| %u | `", op);
		print_form(out, info->text);
		fputs("` | `", out);
		record_print(out, &r);
		fputs("` |", out);
		for (i = 0; i < 3; i++)
			if (info->operand[i] != KIND_NONE)
				fprintf(out, "%s %c %s", i ? "," : "", 'a' + (int)i,
					kind_table[info->operand[i]].name);
		fputs(" |", out);
		for (i = 0; i < 3; i++)
			if (info->traits & 1u << i)
				fprintf(out, " %s", traits[i]);
		for (fault = FAULT_none + 1; fault < FAULT_COUNT; fault++)
			if (traits_meet_fault(info->traits, fault))
				fprintf(out, " %s", fault_names[fault]);
		fprintf(out, " | %s |\n", info->story);
	}
	fputs("\n", out);
}

static void describe_operands(FILE *out)
{
	unsigned int kind, i;

	fputs("## Operands\n"
	      "\n"
	      "Each context has its own registers and lists. An operand may be as large as the\n"
	      "format's width allows; an op that names what the world does not have is skipped\n"
	      "and counted, like one whose register or list does not hold what it needs.\n"
	      "\n"
	      "| Kind | Written | Bits | What it names |\n"
	      "|---|---|---|---|\n",
	      out);
	for (kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
		const struct kind_info *info = &kind_table[kind];

		fprintf(out, "| %s | ", info->name);
		for (i = 0; kind_words[kind] && i < 1u << info->bits; i++)
			fprintf(out, "%s`%s`", i ? ", " : "", kind_words[kind][i]);
		if (!kind_words[kind])
			fprintf(out, "`%s0` to `%s%u`", info->prefix, info->prefix,
				(1u << info->bits) - 1);
		fprintf(out, " | %u | %s |\n", info->bits, info->story);
	}
	fputs("\n## Callback results\n\n`host=` takes one of these:\n\n| No. | Name |\n|---|---|\n",
	      out);
	for (i = 0; i < 8; i++)
		fprintf(out, "| %u | `%s` |\n", i, result_names[i]);
	fputs("\n", out);
}

static void describe_faults(FILE *out)
{
	static const char *const stories[FAULT_COUNT] = {
#define FAULT(number, name, story) [number] = story,
#include "harness/ops.def"
	};
	unsigned int fault;

	fputs("## Fault points\n"
	      "\n"
	      "A fault point is a place where pinprick can refuse. `fault=kind:n` refuses at the\n"
	      "n-th point of that kind inside its own op, so that a fault moves with its op. An op\n"
	      "that passes fewer such points runs as if there were no fault.\n"
	      "\n"
	      "| No. | Kind | What happens |\n"
	      "|---|---|---|\n",
	      out);
	for (fault = FAULT_none + 1; fault < FAULT_COUNT; fault++)
		fprintf(out, "| %u | `%s` | %s |\n", fault, fault_names[fault], stories[fault]);
	fputs("\n", out);
}

static void describe_rules(FILE *out)
{
	fputs("## Nested ops\n"
	      "\n"
	      "The nested ops after an op of the same context run inside it, one after the other,\n"
	      "in its first hook: in the driver's callback, or while a page is allocated. If that\n"
	      "op has no hook or does not come to it, they are skipped and counted. In a nested op\n"
	      "there is no further nesting.\n"
	      "\n"
	      "## Misuse\n"
	      "\n"
	      "An op runs only if the driver's side of the contract allows it; else it is skipped\n"
	      "and counted. With `misuse` it runs in spite of that where the outcome is defined (a\n"
	      "BUG or a warning), as the op table says after \"misuse\".\n"
	      "\n",
	      out);
	fprintf(out,
		"## Limits\n"
		"\n"
		"A world has up to %d devices, %d frames in 4 zones and %d contexts, each with %d\n"
		"registers and %d lists. A program has up to %d ops, nested ones included.\n"
		"\n",
		PROGRAM_DEVICES, PROGRAM_FRAMES, PROGRAM_CONTEXTS, PROGRAM_REGISTERS, PROGRAM_LISTS,
		PROGRAM_RECORDS);
}

static void describe_skips(FILE *out)
{
	unsigned int i;

	fputs("## Why a record does not run\n"
	      "\n"
	      "A record that does not fit is skipped and counted, never an error:\n"
	      "\n",
	      out);
	for (i = 0; i < SKIP_COUNT; i++)
		fprintf(out, "- %s: %s\n", skip_names[i], skip_stories[i]);
	fputs("\n", out);
}

static void describe_binary(FILE *out)
{
	fprintf(out,
		"## Binary form\n"
		"\n"
		"A header of %d bytes, then records of %d bytes. Every string of bytes is a program:\n"
		"a short header is as if filled with zeroes; a partial record at the end and records\n"
		"after the first %d are ignored; what has no meaning below is masked away.\n"
		"\n"
		"| Header byte | Bits | Meaning |\n"
		"|---|---|---|\n"
		"| 0 | 0-1 | devices - 1; 3 means 1 device |\n"
		"| | 2-4 | a bit for each device: it adjusts managed pages |\n"
		"| | 5-7 | a bit for each device: its driver sets no callback |\n"
		"| 1 | 2n, 2n+1 | the zone of quarter n of the frames, XORed with n |\n"
		"| 2-3 | | reserved, 0 |\n"
		"| 4-7 | | the seed, little endian; 0: none |\n"
		"\n"
		"| Record byte | Name | Bits | Meaning |\n"
		"|---|---|---|---|\n"
		"| 0 | op | | number in the op table; an unknown one means `nop` |\n"
		"| 1 | how | 0-1 | context |\n"
		"| | | 2 | `irq` |\n"
		"| | | 3 | nested |\n"
		"| | | 4 | `misuse` |\n"
		"| 2-4 | a, b, c | | operands, as many low bits as their kind has |\n"
		"| 5 | rc | 0-2 | number of the callback's final result; 0 for an op without |\n"
		"| | | 4-7 | how many -EAGAIN before it |\n"
		"| 6 | fault | 0-2 | kind; 0: none |\n"
		"| | | 3-7 | n - 1 |\n"
		"| 7 | spare | | 0 |\n",
		HEADER_BYTES, RECORD_BYTES, PROGRAM_RECORDS);
}

void describe_format(FILE *out)
{
	describe_start(out);
	describe_lines(out);
	describe_ops(out);
	describe_operands(out);
	describe_faults(out);
	describe_rules(out);
	describe_skips(out);
	describe_binary(out);
}

UNINSTRUMENTED_END
