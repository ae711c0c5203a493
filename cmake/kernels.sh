# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# Part of the script pinprick: kernel trees, and what becomes of git bisect.

# bisect WORD...: with --bisect among them runs the verb without it, and exits:
# verdicts stay, what is none is skipped (125), a wrong command line ends the
# bisection (128), as an interruption does by itself.
bisect() {
	wanted=
	for word; do
		shift
		case $word in
		--bisect) wanted=1 ;;
		*) set -- "$@" "$word" ;;
		esac
	done
	[ "$wanted" ] || return 0
	code=0
	"$root/pinprick" "$verb" "$@" || code=$?
	case $code in
	0 | 1 | 130) exit "$code" ;;
	64) exit 128 ;;
	esac
	say "exit $code is no verdict: 125, for git bisect to skip this one"
	exit 125
}

# add_kernel TREE: checks it, before anything is installed or built.
add_kernel() {
	tree=$(sh "$root/cmake/kernel_tree.sh" "$1") || exit $?
	trees=$trees${trees:+;}$tree
	count=$((count + 1)) number=
	[ $count -eq 1 ] || number=$count
	kernels=$kernels${kernels:+,}kernel$number,kernel$number-off
}

# check_pair: diff without --sut compares the two that are given, or the one with its like.
check_pair() {
	[ "$verb" = diff ] && [ -z "$sut" ] || return 0
	[ $count -le 2 ] || fail 64 "diff compares two kernel trees, not $count"
	[ $count -eq 0 ] || [ -z "$sut_source" ] ||
		fail 64 "diff compares kernel trees or your own core: leave out --kernel or --sut-source," \
			"or name two as in --sut=own,kernel, with files"
}

# shared_folder: whose objects serve a build for trees.
shared_folder() {
	[ "$sut_source" ] || printf %s "$root/build/$preset"
}

# share_objects: builds them, and whatever else the verb runs from there ($also).
share_objects() {
	[ "$trees" ] && [ -z "$sut_source" ] || return 0
	shared=$(shared_folder)
	run cmake -S "$root" --preset "$preset" -B "$shared" -DSUT_SOURCE= -DKERNEL_TREE= >/dev/null &&
		run cmake --build "$shared" --target objects $also --parallel "$cores" -- $quiet
}

# logged COMMAND...: prints it; what it says goes to $build/kernels.log.
logged() {
	printf '+%s\n' "$(quoted "$@")" >&2
	LC_ALL=C "$@" >"$build/kernels.log" 2>&1
}

# compile_kernels: in $build, before anything else, so that a failure is the trees'.
compile_kernels() {
	failed=0
	logged cmake --build "$build" --target kernels --parallel "$cores" -- --quiet -k 0 || failed=1
	LC_ALL=C awk -v root="$root" -v failed=$failed -f "$root/cmake/kernel_errors.awk" \
		"$build"/kernel*/tree.h "$build/kernels.log" >&2
}

# names_behind TEXT: what the linker said TEXT of, without the prefix of a sut.
names_behind() {
	sed -n "s/.*$1 .\([A-Za-z0-9_]*\)'.*/\1/p" "$build/kernels.log" |
		sed 's/^kernel[0-9]*_\(off_\)\{0,1\}//' | sort -u | tr '\n' ' '
}

# link_kernels COMMAND...: the rest of the build.
link_kernels() {
	! logged "$@" || { cat "$build/kernels.log" && return 0; }
	lost=$(names_behind 'undefined reference to') twice=$(names_behind 'multiple definition of')
	[ -z "$lost" ] || say "the tree declares and uses what its balloon file does not define: $lost"
	[ -z "$twice" ] || say "neither static nor exported, so that two builds of the file clash: $twice"
	[ -z "$lost$twice" ] || return 65
	cat "$build/kernels.log"
	return 3
}

# What setup --trees unpacks, a Debian kernel a word.
debian_trees='6.1 6.12'

unpack_trees() {
	for version in $debian_trees; do
		tree=$root/build/trees/linux-$version
		[ -e "$tree" ] || need "linux-source-$version" test -r "/usr/src/linux-source-$version.tar.xz"
	done
	need xz-utils command -v xz
	install_missing
	for version in $debian_trees; do
		tree=$root/build/trees/linux-$version
		[ -e "$tree" ] || unpack_tree || exit 3
		printf '%s\n  %s\n' "$tree" "./pinprick fuzz --kernel$(quoted "$tree")" >&3
	done
}

unpack_tree() {
	top=linux-source-$version
	rm -rf "$tree~"
	mkdir -p "$tree~" || fail 73 "cannot make $tree~"
	# With --occurrence tar stops after the last of them; no member may be missing.
	run tar -xJf "/usr/src/$top.tar.xz" -C "$tree~" --strip-components=1 --occurrence=1 \
		"$top/mm/balloon_compaction.c" "$top/mm/migrate.c" \
		"$top/include/linux/balloon_compaction.h" && mv "$tree~" "$tree"
}
