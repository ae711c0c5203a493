# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# Part of the script pinprick: what runs is not what the next command builds.

# take_programs: while nobody else builds.  Sets $programs, a folder with the
# programs of $build under names of their own: whoever builds anew gives the old
# names to new files.  It is locked as long as pinprick-cli or an engine runs, by
# the file descriptor that they inherit; those that nobody locks any more go.
take_programs() {
	for programs in "$root"/build/*.run-??????; do
		[ ! -d "$programs" ] || ! flock -n "$programs" true || rm -rf "$programs" || :
	done 2>/dev/null
	programs=$(mktemp -d "$build.run-XXXXXX") || fail 73 "cannot make a folder beside $build"
	exec 8<"$programs"
	flock 8
	set --
	for program in "$build"/pinprick-cli "$build"/fuzz_* "$build"/stress-* "$build"/explore-*; do
		[ ! -x "$program" ] || set -- "$@" "$program"
	done
	# Some file systems have no links.
	ln "$@" "$programs" 2>/dev/null || cp -pf "$@" "$programs" ||
		fail 73 "cannot copy the programs of $build to $programs"
}
