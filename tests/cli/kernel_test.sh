#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# A user's kernel tree, good and bad: two trees in one build, which lies where
# the last run of this test has left it.
. "$(dirname "$0")/lib.sh"

pinprick=$root/pinprick
work=$build/kernel_test
kernel="$work/a tree@home"
rm -rf "$work"
mkdir -p "$work"
cp -R "$root/tests/trees/page-type" "$kernel"
seed=$tree/corpus/seed.txt
file=$(echo "$kernel"/mm/balloon*.c)
header=$(echo "$kernel"/include/linux/balloon*.h)

as_git() {
	git -C "$kernel" -c user.name=test -c user.email=test@localhost "$@"
}
on_kernel() { # on_kernel VERB WORD...: both trees
	"$pinprick" "$@" --kernel "$kernel" --kernel="$kernel@first"
}

# No tree, no revision, not a kernel.
expect 66 "^pinprick: no such directory: $work/nowhere@v1$" "$pinprick" fuzz --kernel "$work/nowhere@v1"
expect 66 'write --kernel ~/linux, without' "$pinprick" fuzz --kernel='~/linux'
expect 66 'not a directory: .*; name the folder that holds mm/' "$pinprick" fuzz --kernel "$file"
expect 66 'git finds no repository in' env GIT_CEILING_DIRECTORIES="$work" \
	"$pinprick" fuzz --kernel "$kernel@first"
expect 64 "no revision stands after the '@'" "$pinprick" fuzz --kernel "$kernel@"
expect 65 'has neither mm/balloon.c nor mm/balloon_compaction.c' "$pinprick" fuzz --kernel "$work"
expect 65 "has no mm/.*; --kernel '$kernel'" "$pinprick" fuzz --kernel "$kernel/mm"
expect 64 '--kernel needs a value' "$pinprick" fuzz --kernel
expect 64 'minimize has no option --bisect' "$pinprick" minimize --bisect "$seed"
mv "$header" "$work/header"
expect 65 "but not its header ${header#"$kernel/"}" "$pinprick" fuzz --kernel "$kernel"
mv "$work/header" "$header"
for word in 'semi;colon' 'open[' 'close]'; do
	mkdir "$work/$word"
	expect 65 'cannot be built; ln -s ' "$pinprick" fuzz --kernel "$work/$word"
done
expect 66 "^pinprick: not a directory: $file; " "$pinprick" fuzz --kernel "$file@first"
expect 65 '^pinprick: .* names CONFIG_' "$pinprick" fuzz --kernel "$root/tests/trees/unknown-config"

# What this user may not read; root has to be somebody else for that.
mkdir -m 755 "$tmp/closed"
cp -R "$kernel/mm" "$kernel/include" "$tmp/closed/"
chmod 000 "$tmp/closed/mm/${file##*/}"
chmod 755 "$tmp"
cp -R "$root/cmake" "$root/shim" "$tmp/"
somebody=
[ "$(id -u)" -ne 0 ] || somebody='setpriv --reuid=65534 --regid=65534 --clear-groups'
# shellcheck disable=SC2086
expect 66 'cannot read .*: no permission; chmod u+r' $somebody sh "$tmp/cmake/kernel_tree.sh" "$tmp/closed"

as_git init -q
as_git add .
as_git commit -qm first
as_git tag first
expect 66 "there is no revision 'v99' in .* fetch --tags " "$pinprick" fuzz --kernel "$kernel@v99"
expect 66 "there is no revision 'HEAD~9' in .*/a tree@home$" "$pinprick" fuzz --kernel "$kernel@HEAD~9"
expect 0 "^$kernel@first$" env GIT_DIR="$work/nowhere" GIT_WORK_TREE=/ GIT_INDEX_FILE=/nowhere \
	sh "$root/cmake/kernel_tree.sh" "$kernel@first"
expect 64 'diff compares two kernel trees, not 3' on_kernel diff --kernel "$kernel"
expect 64 'leave out --kernel or --sut-source' on_kernel diff --sut-source "$root/core/balloon.c"

# A change that nobody committed is in the one and not in the other, and the
# command that is printed runs again what ran.
cp -p "$file" "$work/unchanged"
sed -i '/BALLOON_INFLATE/d' "$file"
chmod -R a-w "$kernel"
ls -lRA --full-time "$kernel" >"$work/before"
expect 1 '^finding state.events@enqueue/.* on kernel,' on_kernel replay "$seed"
grep -q "^kernel2-off is .*/a tree@home@first/mm/.*, without migration, " "$tmp/out" ||
	bad "the first lines do not name the file"
grep -q '^finding .* on kernel2' "$tmp/out" && bad "the revision is not what git has"
again=$(sed -n 's/^run it again: //p' "$tmp/out" | head -n 1)
case $again in
*" --kernel='"*"/a tree@home' --kernel='"*"/a tree@home@first' --sut=kernel "*) ;;
*) bad "no command for this tree: $again" ;;
esac
expect 1 '^finding state.events@enqueue/.* on kernel,' sh -c "$again"
ls -lRA --full-time "$kernel" | cmp "$work/before" - || bad "the tree was written to"
chmod -R u+w "$kernel"
expect 1 '^finding: ' on_kernel replay --bisect "$seed"

# Its findings have a folder of their own, by an engine that measures for itself.
last_folder() {
	sed -n "s/^+ '\{0,1\}\([^']*\)\/pinprick-cli'\{0,1\} replay .*/\1/p" "$tmp/err"
}
folder=$(last_folder)
fuzz() { # fuzz WORD...: with what is in $folder
	engines=$tree/build/${folder##*/}
	mkdir "$engines"
	cp "$folder/pinprick-cli" "$folder/fuzz_ops-kernel" "$engines/"
	"$engines/pinprick-cli" fuzz --for 20s --jobs 1 --sut kernel "$@"
}
cd "$tree"
expect 1 '^finding: ' fuzz
[ -e "$(echo work/findings/kernel-????????/*/program.txt)" ] || bad "no folder for this tree"
grep -q "^run it again: .* --kernel='.* work/findings/kernel-" "$tmp/out" || bad "no command"
cd "$root"

# An older file in its place is seen as well; who still runs keeps the programs that were.
exec 7<"$folder"
flock 7
sums=$(cksum "$folder"/*)
cp -p "$work/unchanged" "$file"
expect 0 '^clean: ' on_kernel replay "$seed"
[ "$(cksum "$folder"/*)" = "$sums" ] || bad "a second build changed the programs of the first"
exec 7<&-

# What every kernel file does is a quirk, and with --strict a finding.
expect 1 '^kernel is .*, quirks are findings: .*dangling_link (1.1 dequeue)' on_kernel replay --strict "$seed"
[ ! -e "$folder" ] || bad "programs that nobody runs are still there: $folder"
grep -q '^finding state.list@dequeue/.* on kernel2-off,' "$tmp/out" || bad "--strict knows quirks"
grep -q '^run it again: .* --strict ' "$tmp/out" || bad "the command is less strict"
expect 0 '^kernel is .*, quirks: .*dangling_link (1.1 dequeue)' on_kernel replay "$seed"
folder=$(last_folder)
cd "$tree"
expect 1 '^finding state.list@dequeue/' fuzz --strict
cd "$root"

# A quirk that only one of two trees has is a difference.
sed -i 's/return dev->migratepage(/return !dev->migratepage ? -EINVAL : dev->migratepage(/' "$file"
expect 1 '^difference: kernel2 has the quirk null_callback and kernel has not' on_kernel diff "$seed"
grep -q '^kernel is .* own_refusal ' "$tmp/out" || bad "a refusal of its own is not told"
expect 0 '^clean: ' "$pinprick" diff --kernel "$kernel" --kernel "$root/tests/trees/global-lock" "$seed"
cp -p "$work/unchanged" "$file"
expect 0 '^clean: ' on_kernel diff "$seed"

# What does not compile: once, with the user's path.
once() { # once PATTERN
	[ "$(grep -c "^$file:[0-9:]* .*error: " "$tmp/err")" -eq 1 ] || bad "not one message for $1"
	grep -q "$1" "$tmp/err" || bad "no line '$1'"
}
echo 'int never(void) { return brand_new_name(1); }' >>"$file"
expect 65 'the stand-in headers have brand_new_name$' on_kernel replay "$seed"
once 'no slip of the patch: into shim/linux/restated.h'
expect 65 '^{"verb": "replay", "verdict": "not run", "exit": 65}$' on_kernel replay --json "$seed"
expect 125 'no verdict: 125' on_kernel replay --bisect "$seed"
expect 128 'no option --fro' on_kernel fuzz --bisect --fro=1

# The host has this header.
cp -p "$work/unchanged" "$file"
echo '#include <linux/virtio_balloon.h>' >>"$file"
expect 65 'the stand-in headers have linux/virtio_balloon.h$' on_kernel replay "$seed"
once 'a header to add: shim/linux/include/linux/virtio_balloon.h$'
cp -p "$work/unchanged" "$file"
echo 'int oops(void) { return 1 }' >>"$file"
expect 65 "^pinprick: the patch does not compile: $file$" on_kernel replay "$seed"
once 'does not compile'
finish
