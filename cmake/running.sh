# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# Part of the script pinprick: what runs is not what the next command builds.

# hold_programs NAME: makes a folder for programs under names of their own: whoever
# builds anew gives the old names to new files.  Sets $held.  It is locked as long as
# pinprick-cli or an engine runs, by the file descriptor that they inherit; those that
# nobody locks any more go.
hold_programs() {
	for held in "$root"/build/*.run-??????; do
		[ ! -d "$held" ] || flock -n "$held" rm -rf "$held" || :
	done 2>/dev/null
	mkdir -p "$root/build" 2>/dev/null || fail 73 "cannot make $root/build"
	held=$(mktemp -d "$root/build/$1.run-XXXXXX") || fail 73 "cannot make a folder in $root/build"
	exec 8<"$held"
	flock 8
	# Somebody took it for one that nobody uses.
	[ -d "$held" ] || hold_programs "$1"
}

# link_programs FOLDER: those of $build, while nobody else builds.  Sets $programs.
link_programs() {
	programs=$1
	set --
	for program in "$build"/pinprick-cli "$build"/fuzz_* "$build"/stress-* "$build"/explore-*; do
		[ ! -x "$program" ] || set -- "$@" "$program"
	done
	mkdir -p "$programs" || fail 73 "cannot make $programs"
	# Some file systems have no links.
	ln -f "$@" "$programs" 2>/dev/null || cp -pf "$@" "$programs" ||
		fail 73 "cannot copy the programs of $build to $programs"
}

# take_programs: those of this build, which may then go on.
take_programs() {
	hold_programs "${build##*/}"
	link_programs "$held"
}

# take_flavour: the same for one of several, in a folder of its flavour that $held has.
take_flavour() {
	link_programs "$held/${build##*/}"
}
