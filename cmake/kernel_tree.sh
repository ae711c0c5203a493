#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# kernel_tree.sh TREE [OUT]: finds the balloon's file and its header in a kernel
# tree and prints the tree's name with an absolute path.  With OUT it also
# prepares a build with the two:
#   OUT/include/linux/	the header
#   OUT/tree.h		KERNEL_SOURCE, KERNEL_ORIGIN, and what detect.sh finds
#   OUT/files		the user's files that were read, one a line
# TREE is DIR, whose files are named where they lie, or DIR@REV, whose files are
# read by git and copied to OUT.  Nothing is written into DIR, and in OUT only
# what has changed, so that nothing is built again for nothing.
# Exit codes: 64 to 74 as in sysexits.h.
set -eu

here=$(dirname -- "$(readlink -f -- "$0")")
detect=$here/../shim/linux/detect.sh
scratch=
# TREE says which repository, whatever a hook or an alias has set.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_OBJECT_DIRECTORY \
	GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_NAMESPACE GIT_PREFIX
# shellcheck source=cmake/say.sh
. "$here/say.sh"

# Sets dir and rev.  The longest part before an '@' that is a directory is DIR.
split() {
	dir=$1 rev=
	until [ -d "$dir" ]; do
		case $dir in
		?*@*) dir=${dir%@*} ;;
		*) no_directory "$1" ;;
		esac
	done
	[ "$dir" = "$1" ] || rev=${1#"$dir"@}
	[ "$dir" = "$1" ] || [ "$rev" ] || fail 64 "no revision stands after the '@' of $1"
	[ -x "$dir" ] || fail 66 "no permission to look into $dir; chmod u+rx$(quoted "$dir")"
	dir=$(CDPATH='' cd -- "$dir" && pwd)
	tree=$dir${rev:+@$rev}
	case $tree in
	*[]\;\"\\[]* | *'
'*) fail 65 "a path with ; [ ] \" \\ or a line break cannot be built; ln -s$(quoted "$dir") /tmp/linux and name that" ;;
	esac
}

no_directory() {
	case $1 in
	'~'*) fail 66 "no such directory: $1; the shell leaves this ~ alone: write --kernel $1, without '='" ;;
	esac
	file=$1
	until [ -e "$file" ] || [ "$file" = "${file%@*}" ]; do
		file=${file%@*}
	done
	[ ! -e "$file" ] || fail 66 "not a directory: $file; name the folder that holds mm/ and include/"
	fail 66 "no such directory: $1"
}

# Sets commit, and prefix: DIR may lie below its repository's top.
find_revision() {
	command -v git >/dev/null || fail 69 "$tree needs git; apt-get install -y git"
	prefix=$(git -C "$dir" rev-parse --show-prefix 2>"$scratch/git") ||
		fail 66 "git finds no repository in $dir (for the files as they are: --kernel$(quoted "$dir")): $(cat "$scratch/git")"
	case $rev in -*) commit= ;; *)
		commit=$(git -C "$dir" rev-parse --verify --quiet "$rev^{commit}") || commit= ;;
	esac
	[ -z "$commit" ] || return 0
	hint=
	case $rev in
	HEAD | *[!A-Za-z0-9_./-]*) ;;
	*[!0-9a-f]*) hint="; git -C$(quoted "$dir") fetch --tags brings what is new" ;;
	esac
	fail 66 "there is no revision '$rev' in $dir$hint"
}

# have PATH: is there such a file in the tree?
have() {
	if [ "$rev" ]; then
		git -C "$dir" cat-file -e "$commit:$prefix$1" 2>/dev/null
	else
		[ -e "$dir/$1" ]
	fi
}

# take PATH: sets file, where its text can be read.
take() {
	file=$dir/$1
	if [ "$rev" ]; then
		file=$out/$1
		git -C "$dir" show "$commit:$prefix$1" >"$scratch/text" 2>"$scratch/git" ||
			fail 66 "git cannot read $1 of $tree: $(cat "$scratch/git")"
		put "$file" <"$scratch/text"
		return
	fi
	[ -f "$file" ] || fail 66 "cannot read $file: not a regular file"
	[ -r "$file" ] || fail 66 "cannot read $file: no permission; chmod u+r$(quoted "$file")"
	printf '%s\n' "$file" >>"$scratch/files"
}

# put FILE: standard input, where that changes the file.
put() {
	mkdir -p "$(dirname -- "$1")" || fail 73 "cannot make the folder of $1"
	cat >"$1~" || fail 73 "cannot write $1"
	if cmp -s "$1~" "$1"; then
		rm "$1~"
	else
		mv "$1~" "$1" || fail 73 "cannot write $1"
	fi
}

# Sets name.
find_name() {
	for name in balloon balloon_compaction; do
		! have "mm/$name.c" || return 0
		[ "$rev" ] || ! [ -f "$dir/../mm/$name.c" ] ||
			fail 65 "$tree has no mm/$name.c, but the folder above has; --kernel$(quoted "${dir%/*}")"
	done
	fail 65 "$tree has neither mm/balloon.c nor mm/balloon_compaction.c:" \
		"not the top of a kernel tree, or older than the balloon core"
}

[ $# -eq 1 ] || [ $# -eq 2 ] || fail 64 "usage: kernel_tree.sh DIR[@REV] [OUT]"
split "$1"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
scratch=$(mktemp -d)
out=${2:-$scratch/out}
[ -z "$rev" ] || find_revision
: >"$scratch/files"

find_name
have "include/linux/$name.h" || fail 65 "$tree has mm/$name.c but not its header include/linux/$name.h"
take "include/linux/$name.h"
header=$file
take "mm/$name.c"
source=$file
set -- "$source" "$header"
if have mm/migrate.c; then
	take mm/migrate.c
	set -- "$@" "$file"
fi

# What it says of a copy is meant for the revision.
sh "$detect" "$@" >"$scratch/features" 2>"$scratch/said" || {
	code=$?
	while IFS= read -r line; do
		case $line in *"$out/"*) line=${line%%"$out/"*}$tree/${line#*"$out/"} ;; esac
		say "$line"
	done <"$scratch/said"
	exit $code
}
cat "$scratch/said" >&2
[ "$rev" ] || printf '#include "%s"\n' "$header" | put "$out/include/linux/$name.h"
{
	# Sums, because a file may be changed for an older one.
	printf '/* Made by cmake/kernel_tree.sh from files with these sums:\n'
	cat -- "$source" | cksum
	cat -- "$header" | cksum
	printf '*/\n#define KERNEL_SOURCE "%s"\n#define KERNEL_ORIGIN "%s"\n' "$source" "$tree/mm/$name.c"
	cat "$scratch/features"
} | put "$out/tree.h"
put "$out/files" <"$scratch/files"
printf '%s\n' "$tree"
