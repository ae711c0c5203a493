#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# pinprick cover: the corpus covers all of core/, and it would show if it did not.
# The build for this tree lies where the last run has left it.
. "$(dirname "$0")/lib.sh"

expect 0 '^core: .*; complete$' "$root/pinprick" cover --html
grep -q 'MC/DC' "$root/build/cover/html/coverage$root/core/balloon.c.html" || bad "no tables in the HTML"
grep -Eq 'lines ([1-9][0-9]*) of \1, branches ([1-9][0-9]*) of \2, conditions ([1-9][0-9]*) of \3, lines excused 0;' \
	"$tmp/out" || bad "not all of it: $(cat "$tmp/out")"

# Mistakes are planted in a copy.
copy=$tmp/copy
mkdir "$copy"
(cd "$root" && tar -cf - --exclude=./build --exclude=./work --exclude=./.git .) | tar -xf - -C "$copy"
plant() { # plant CONDITION: an if statement behind the callback in balloon_page_migrate()
	awk -v condition="$1" '
	/if \(rc < 0 && rc != -ENOENT\)/ { print "\tif (" condition ")\n\t\t(void)mode;" }
	{ print }' "$root/core/balloon.c" >"$copy/core/balloon.c"
	at=$(grep -nF "if ($1)" "$copy/core/balloon.c")
	at=core/balloon.c:${at%%:*}
}

# Each line and branch runs, but the third condition is always what the first is not.
plant '(rc == 0 && balloon->adjust_managed_page_count) || (rc != 0 && rc != -ENOENT)'
expect 1 "^$at:58: condition C3, rc != 0, never decided alone: missing is { .* }, to go with { .* }, which ran: (rc == 0 && " \
	"$copy/pinprick" cover
[ "$(grep -c '^core/' "$tmp/out")" -eq 1 ] || bad "more than the condition: $(cat "$tmp/out")"
grep -q '^core: lines \([0-9]*\) of \1, branches \([0-9]*\) of \2, conditions .*; NOT complete$' "$tmp/out" ||
	bad "more than conditions is missing: $(cat "$tmp/out")"

# Clang warns of what it cannot measure, and llvm-cov says nothing at all.
plant 'rc != 0 && ((rc == -ENOENT || rc == -EAGAIN) == true)'
expect 3 "^$at:14: conditions that cannot be measured: if (rc != 0 &&" "$copy/pinprick" cover

# Programs for drivers are not in the profile.
cp "$root/core/balloon.c" "$copy/core/"
find "$copy/corpus" -name '*.txt' ! -path '*/drivers/*' -exec rm {} +
expect 3 'something ran in 0 of the 2 files' "$copy/pinprick" cover
[ ! -s "$tmp/out" ] || bad "an empty profile is no list of gaps: $(head "$tmp/out")"

# A clang that is too old, for pinprick and for CMake.
mkdir "$tmp/bin"
clang=$(sed -n 's/^set(CMAKE_C_COMPILER "\(.*\)")$/\1/p' "$root"/build/cover/CMakeFiles/*/CMakeCCompiler.cmake)
cat >"$tmp/bin/clang-22" <<EOF
#!/bin/sh
case " \$* " in *' -fcoverage-mcdc '*) exit 1 ;; esac
exec $clang "\$@"
EOF
chmod +x "$tmp/bin/clang-22"
expect 69 'apt-get install .*clang-19 libclang-rt-19-dev llvm-19' env PATH="$tmp/bin:$PATH" "$copy/pinprick" cover
expect 1 'cannot measure conditions' cmake -S "$root" -B "$tmp/old" --preset cover -DCMAKE_C_COMPILER="$tmp/bin/clang-22"
grep -q 'apt-get install -y clang-19 libclang-rt-19-dev' "$tmp/err" || bad "no command for it: $(cat "$tmp/err")"

# A kernel's file is reported on.
kernel=$root/tests/trees/page-type
expect 0 "^$kernel/mm/balloon_compaction.c: lines [1-9].*, not measured 1$" "$root/pinprick" cover --kernel "$kernel"
grep -q "^  $kernel/mm/balloon_compaction.c:[0-9:]*: conditions that cannot be measured: BUG_ON(" "$tmp/out" ||
	bad "no place: $(cat "$tmp/out")"
grep -q "^$kernel/include/linux/balloon_compaction.h: " "$tmp/out" || bad "not the header: $(cat "$tmp/out")"
cp -R "$root/corpus" "$copy/"
cp -R "$kernel" "$tmp/wrong"
sed -i '/BALLOON_INFLATE/d' "$tmp/wrong/mm/balloon_compaction.c"
expect 1 "^$tmp/wrong/mm/balloon_compaction.c: lines [1-9]" "$copy/pinprick" cover --kernel "$tmp/wrong"
grep -q '^finding state.events@enqueue' "$tmp/err" || bad "the finding is not told"
finish
