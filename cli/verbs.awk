# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Answers the script pinprick from verbs.def.  mode is
#   overview        the usage of pinprick
#   help            the usage of the verb name; exit 1: there is no such verb
#   options         a word for each option of the verb name: --sut:cli:value,
#                   --yes:own:flag; own is what pinprick keeps to itself
#   nearest         the verb most like name
BEGIN {
	FS = "\""
}

function entry(s)
{
	sub(/^[^(]*\(/, "", s)
	sub(/,.*/, "", s)
	gsub(/_/, "-", s)
	return s
}

function least(a, b, c)
{
	a = a < b ? a : b
	return a < c ? a : c
}

function distance(a, b,    i, j, d)
{
	for (i = 0; i <= length(a); i++)
		d[i, 0] = i
	for (j = 0; j <= length(b); j++)
		d[0, j] = j
	for (i = 1; i <= length(a); i++)
		for (j = 1; j <= length(b); j++)
			d[i, j] = least(d[i - 1, j] + 1, d[i, j - 1] + 1,
					d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1)))
	return d[length(a), length(b)]
}

function row(left, right)
{
	printf "  %-28s %s\n", left, right
}

/^(VERB|CHORE)\(/ {
	v = entry($1)
	verb[++verbs] = v
	arguments[v] = $2
	options[v] = $4
	story[v] = $6
}

/^(BUILD_)?OPTION\(/ {
	o = entry($1)
	argument[o] = $2
	tale[o] = $4
	own[o] = /^BUILD_/
}

function overview(    i)
{
	print "Usage: pinprick VERB [OPTION...] [FILE...]\n"
	for (i = 1; i <= verbs; i++)
		row(verb[i] " " arguments[verb[i]], story[verb[i]])
	print "\npinprick VERB --help says more. Exit codes: 0 clean, 1 finding, 2 proved nothing,"
	print "3 a check could not run, 64 to 74 as in sysexits.h, 130 interrupted."
}

function nearest(    i, best)
{
	best = verb[1]
	for (i = 2; i <= verbs; i++)
		if (distance(name, verb[i]) < distance(name, best))
			best = verb[i]
	print best
}

END {
	if (mode == "overview") {
		overview()
		exit
	}
	if (mode == "nearest") {
		nearest()
		exit
	}
	if (!(name in story))
		exit 1
	gsub(/_/, "-", options[name])
	count = split(options[name], list, " ")
	if (mode == "help")
		printf "Usage: pinprick %s%s%s\n\n%s.\n\n", name, count ? " [OPTION...]" : "",
			(arguments[name] ? " " : "") arguments[name],
			toupper(substr(story[name], 1, 1)) substr(story[name], 2)
	for (i = 1; i <= count; i++) {
		o = list[i]
		if (mode == "help")
			row("--" o (argument[o] ? " " argument[o] : ""), tale[o])
		else
			print "--" o ":" (own[o] ? "own" : "cli") ":" (argument[o] ? "value" : "flag")
	}
}
