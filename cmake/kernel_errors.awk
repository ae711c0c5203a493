# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# What compilers said of kernel files: each message once, though each file is
# compiled in two configurations, and where that failed, what is to be done.
#
#   awk -v root=ROOT -v failed=0|1 -f kernel_errors.awk OUT/tree.h... LOG
# LOG is the output of ninja.  Exit codes: 0, 65 where a tree is at fault, 3
# where something else is.

# Copies of a revision's files are named as the revision's.
FILENAME ~ /\/tree\.h$/ {
	if (/^#define KERNEL_ORIGIN /) {
		out = FILENAME
		sub(/\/tree\.h$/, "", out)
		tree = substr($0, 24, length($0) - 24)
		sub(/\/mm\/[^\/]*$/, "", tree)
		origin[out] = tree
	}
	next
}

{
	for (out in origin)
		if ((at = index($0, out "/")))
			$0 = substr($0, 1, at - 1) origin[out] substr($0, at + length(out))
	log_text = log_text $0 "\n"
}

# Command lines, chains of includes and totals are no message.
/^FAILED: / { getline; next }
/^ninja: / || /^[0-9]+ (error|warning)s? (and [0-9]+ (error|warning)s? )?generated/ { next }
/^In file included from / || /^ +from .*:[0-9]+[:,]$/ { next }
/: (In function .*|At top level):$/ || /^cc1: / { next }

/^[^ ].*:[0-9]+:[0-9]+: (fatal error|error|warning): / {
	shown = !($0 in seen)
	seen[$0]
	if (shown && /: (fatal error|error): /)
		judge()
}

shown

# The first name in quotation marks behind text.
function quoted_after(text,    s)
{
	s = substr($0, index($0, text))
	sub(/^[^']*'/, "", s)
	sub(/'.*/, "", s)
	return s
}

function missing_name(    name)
{
	if (/ file not found$/ || /(undeclared|unknown type name|undefined type|incomplete)/)
		return quoted_after("error: ")
	if (/: No such file or directory$/) {
		name = $0
		sub(/.*: fatal error: /, "", name)
		sub(/: No such.*/, "", name)
		return name
	}
	if (/implicit declaration of function/)
		return quoted_after("error: ")
	return /no member named/ ? quoted_after("no member named") : ""
}

function judge(    file, name)
{
	file = substr($0, 1, match($0, /:[0-9]+:[0-9]+: /) - 1)
	if (index(file, root "/harness/") == 1) {
		adapter = file
		return
	}
	if (index(file, root "/shim/") != 1 && !culprit)
		culprit = file
	else if (!ours)
		ours = file
	name = missing_name()
	if (name == "" || name in names)
		return
	names[name]
	list = list (list ? ", " : "") name
	if (name ~ /\.h$/)
		header = name
	else
		symbol = name
}

function say(text)
{
	print "pinprick: " text
}

END {
	if (!failed)
		exit 0
	if (list) {
		say("neither " (culprit ? culprit : ours) " nor the stand-in headers have " list)
		if (header)
			say("a header to add: shim/linux/include/" header)
		if (symbol)
			say("a name that is no slip of the patch: into shim/linux/restated.h, nothing.h or differs.h")
		say("docs/kernels.md, A symbol is missing, says how")
	} else if (culprit) {
		say("the patch does not compile: " culprit)
	} else if (adapter || ours) {
		say("this tree and " (adapter ? adapter : ours) " do not fit together")
	} else {
		printf "%s", log_text
		exit 3
	}
	exit 65
}
