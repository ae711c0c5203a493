#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Holds core/ to its stack: from whatever enters it, the deepest chain of calls
# within the core takes less than 512 bytes, return addresses included, as gcc
# counts frames (-fstack-usage) and calls (-fcallgraph-info).  The port's
# functions and the driver's callback are the host's: they count nothing.  A call
# in tail position counts as any other, so a figure may be too high, never too low.
#
# A frame without a fixed size, recursion, a call that nobody foresaw and a core
# without functions fail too; that each of these is seen is shown first, with
# cores that are spoilt so.
#
# Exit: 0 all of it holds, 1 something does not, 3 the compiler is missing.
set -u
LC_ALL=C
export LC_ALL

limit=512	# bytes that no chain may reach

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 3
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

failures=0
fail() {
	failures=$((failures + 1))
	printf 'stack: FAIL %s\n' "$*"
}

command -v gcc >/dev/null || {
	printf 'stack: needs gcc, and it is not installed (apt-get install gcc)\n' >&2
	exit 3
}

# chains FILE.ci: prints "BYTES FUNCTION", for each function that something outside
# may enter; fails with what is wrong.
chains() {
	awk -v limit=$limit '
	function quoted_after(word,	text) {
		text = $0
		if (!sub(".*" word ": \"", "", text))
			return ""
		sub(/".*/, "", text)
		return text
	}
	function wrong(what) {
		print "wrong: " what
		bad = 1
	}
	# The deepest chain from name on; deep[] is -1 while it is being found.
	function depth(name,	list, n, i, most, below) {
		if (!(name in frame))
			return 0
		if (name in deep) {
			if (deep[name] < 0)
				wrong(name " calls itself, maybe by way of others")
			return deep[name] < 0 ? 0 : deep[name]
		}
		deep[name] = -1
		n = split(calls[name], list, "\n")
		for (i = 1; i <= n; i++) {
			below = depth(list[i])
			most = below > most ? below : most
		}
		return deep[name] = frame[name] + most
	}
	/^node:/ {
		name = quoted_after("title")
		label = quoted_after("label")
		if (match(label, /\\n[0-9]+ bytes \([a-z,]*\)/)) {
			frame[name] = substr(label, RSTART + 2) + 0
			if (label !~ /bytes \(static\)/)
				wrong(name " has a frame without a fixed size")
		} else if (name !~ /^(port_[a-z_]+|memcpy|memset|__indirect_call)$/) {
			wrong("the core calls " name ", which is not of its port")
		}
	}
	/^edge:/ {
		from = quoted_after("sourcename")
		to = quoted_after("targetname")
		calls[from] = calls[from] to "\n"
		if (from != to)
			called[to] = 1
	}
	END {
		for (name in frame) {
			bytes = depth(name)
			# Others reach a static function only through the core, or it is a callback.
			if (name ~ /:/ && name in called)
				continue
			entries++
			short = name
			sub(/.*:/, "", short)
			print bytes, short
			if (bytes >= limit)
				wrong(short " takes " bytes " bytes, not less than " limit)
		}
		if (!entries)
			wrong("there is no function")
		exit bad
	}' "$1"
}

# measure FOLDER CORE CONFIG: the chains of FOLDER/CORE.c in $tmp/chains.
measure() {
	rm -f "$tmp"/core.*
	gcc -std=gnu11 -O2 -ffreestanding -fno-stack-protector ${3:+"$3"} "-I$root/core" \
		"-I$root/core/extern" -fstack-usage -fcallgraph-info=su -c "$1/$2.c" \
		-o "$tmp/core.o" >"$tmp/err" 2>&1 || {
		fail "$2.c $3 does not build"
		cat "$tmp/err"
		return 3
	}
	chains "$tmp/core.ci" >"$tmp/chains"
}

# spoilt WHAT SED-SCRIPT...: a copy of the classic core, changed so, must be refused for WHAT.
spoilt() {
	what=$1
	shift
	sed "$@" "$root/core/balloon_compaction.c" >"$tmp/balloon_compaction.c"
	measure "$tmp" balloon_compaction -DCONFIG_BALLOON_MIGRATION
	case $? in
	0) fail "a core where $what is not refused" ;;
	1)
		grep -q "^wrong: .*$what" "$tmp/chains" && return
		fail "a core where $what is refused for another reason"
		;;
	esac
	cat "$tmp/chains"
}

own=$root/core/balloon_compaction.c
sed -n '/^static struct page \*dequeue_one/,/^}/p' "$own" | grep -q '^{' ||
	fail 'there is no dequeue_one() to spoil any more'
one='/^static struct page \*dequeue_one/,/^}/'
# Kept: the compiler cannot know that nobody reads it.
kept='__asm__ volatile("" : : "r"(plant) : "memory");'

spoilt "balloon_page_dequeue takes [0-9]* bytes" -e "${one}s/^{/{ char plant[600]; $kept/"
# Neither frame alone is too large.
spoilt "balloon_page_dequeue takes [0-9]* bytes" \
	-e 's/^static struct page \*dequeue_one/__attribute__((noinline)) &/' \
	-e "/dequeue_one(struct/,/^}/s/^{/{ char plant[420]; $kept/" \
	-e "/^struct page \*balloon_page_dequeue/,/^}/s/^{/{ char plant[100]; $kept/"
spoilt "has a frame without a fixed size" \
	-e "/^size_t balloon_page_list_dequeue/,/^}/s/^{/{ char plant[max]; $kept/"
# What stands behind the call keeps it from becoming a loop.
spoilt "calls itself" -e "/^size_t balloon_page_list_enqueue/,/^}/s/^	return count;/\\
	if (count) count = balloon_page_list_enqueue(balloon, pages);\\
	__asm__ volatile(\"\" ::: \"memory\");&/"
spoilt "the core calls puts" -e '1i\
int puts(const char *text);' -e "${one}s/^{/{ puts(\"\");/"
spoilt "there is no function" -e d

for core in balloon balloon_compaction; do
	for config in -DCONFIG_BALLOON_MIGRATION ''; do
		name="$core.c $([ "$config" ] && echo with || echo without) migration"
		measure "$root/core" $core "$config"
		case $? in
		0) printf 'stack: ok %s: %s\n' "$name" "$(sort -rn "$tmp/chains" | head -n 1)" ;;
		1) fail "$name" ;;
		esac
		sort -rn "$tmp/chains" | awk '{ printf "  %4s %s\n", $1, substr($0, length($1) + 2) }'
	done
done

if [ "$failures" -gt 0 ]; then
	printf 'stack: %s failures\n' "$failures"
	exit 1
fi
printf 'stack: no chain of the core takes %s bytes (%s)\n' "$limit" "$(gcc --version | head -n 1)"
