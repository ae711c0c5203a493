#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Corpora: what is needed stays, what is not goes, and nothing is lost on the way.
. "$(dirname "$0")/lib.sh"

cp "$build/fuzz_ops-modern" "$tree/build/asan/"
cd "$tree"
work=work/corpus/modern
mkdir -p $work others/modern
features() { # features FOLDER: what its programs reach
	"$cli" corpus stats --json "$1" 2>/dev/null |
		sed -n 's/.*"edges": \([0-9]*\), "features": \([0-9]*\), "transitions": \([0-9]*\),.*/\1 \2 \3/p'
}
sha1() {
	sha1sum <"$1" | cut -d ' ' -f 1
}
count() {
	find "$1" -type f | wc -l
}

expect 66 'there is no working corpus yet' "$cli" corpus minimize
expect 0 '^corpus  .* 1  .*hand 1$' "$cli" corpus stats --sut modern
expect 0 '^corpus: 1 programs, nothing wrong$' "$cli" corpus check --sut modern

# The shipped seeds, each twice, the one with a nop behind it, under names of both engines.
"$cli" encode --output=bytes "$root/corpus" >/dev/null
number=0
for seed in bytes/*; do
	number=$((number + 1))
	cp "$seed" "$work/afl-$(printf %016x $number)"
	{ cat "$seed" && printf '\0\0\0\0\0\0\0\0'; } >"$tmp/longer"
	cp "$tmp/longer" "$work/$(sha1 "$tmp/longer")"
done
reached=$(features $work)
[ -n "$reached" ] || bad "no figures: $("$cli" corpus stats $work 2>&1)"
before=$(count $work)
expect 65 "is the same program as" sh -c "cp $work/afl-0000000000000001 $work/zzz && $cli corpus check $work"
rm $work/zzz
# What an engine did not finish, or somebody changed.
torn=$work/$(sha1 "$tmp/longer")
truncate -s -3 "$torn"
expect 65 "$(basename "$torn"): is not what its name says: it was cut off, or changed" "$cli" corpus check $work
cp "$tmp/longer" "$torn"

# Killed at some moment, again and again; then to the end: the same is reached.
for pause in 0.2 0.6 1.2; do
	"$cli" corpus minimize $work >"$tmp/killed" 2>&1 &
	minimize=$!
	sleep $pause
	kill -KILL $minimize 2>/dev/null || :
	wait $minimize 2>/dev/null || :
	[ "$(features $work)" = "$reached" ] || bad "killed after $pause s: $(features $work), not $reached"
done
expect 0 'programs stay' "$cli" corpus minimize $work
after=$(count $work)
[ "$after" -lt $((before / 2)) ] || bad "$after of $before are left"
[ "$(features $work)" = "$reached" ] || bad "minimised: $(features $work), not $reached"
ls $work >"$tmp/first"
expect 0 "$after programs stay, 0 have gone" "$cli" corpus minimize
ls $work | cmp - "$tmp/first" || bad "minimising twice is not as once"
expect 0 '^work/corpus/modern: .* nothing wrong' "$cli" corpus check $work
rm -f work/corpus/modern/*

# Others' finds: the useful one comes with where it is from, the useless and the unreadable do not.
cp bytes/locked-page-cannot-move others/modern/afl-0123456789abcdef
cp bytes/locked-page-cannot-move "others/modern/$(printf %040x 7)"
# What the seed does, with other registers.
sed 's/p0/p5/; s/p1/p6/' corpus/seed.txt >others/small.txt
printf 'pinprick program 1\nbalderdash\n' >others/bad.txt
expect 65 'others/bad.txt:2:1: ' "$cli" corpus merge others/modern others --sut modern
[ "$(ls $work)" ] && [ "$(count $work)" -eq 1 ] || bad "not one program: $(ls $work)"
ls $work | grep -q '\.fuzz_ops-modern\.[0-9a-f]*$' || bad "no provenance: $(ls $work)"
[ -e others/bad.txt ] || bad "the unreadable file has gone"
expect 0 'they add nothing' "$cli" corpus merge others/modern --sut modern
expect 66 'cannot read nowhere' "$cli" corpus merge nowhere --sut modern

# As text, with a story that names transitions, which is a program as well.
expect 0 '^1 text seeds written to new' "$cli" corpus merge others/modern --sut modern --output new
cat new/*.txt >"$tmp/seed"
grep -q '^# On modern it reaches transitions that nothing before it did\.$' "$tmp/seed" ||
	bad "no story: $(cat "$tmp/seed")"
grep -q '^#   page_[a-z]* migrate locked$' "$tmp/seed" || bad "no transition: $(cat "$tmp/seed")"
grep -q '^# Found by [a-z]* with fuzz_ops-modern; taken from others/modern/' "$tmp/seed" ||
	bad "no provenance: $(cat "$tmp/seed")"
expect 0 'nothing wrong' "$cli" corpus check new --sut modern
expect 0 '^0 text seeds written' "$cli" corpus merge others/modern --sut modern --output new
sed -i 's/^migrate/  migrate/' new/*.txt
printf 'pinprick program 1\np0   = alloc\n' >new/untidy.txt
expect 65 'new/untidy.txt: is not written as pinprick show prints it' "$cli" corpus check new --sut modern

# As fuzzing services have them: each target's folder, by its name, goes to its own corpus.
cp "$build"/fuzz_ops-* "$build"/fuzz_drivers-* "$build"/fuzz_diff-* "$tree/build/asan/"
give() { # give FOLDER PROGRAM
	mkdir -p "service/corpus/$1"
	cp "bytes/$2" "service/corpus/$1/$(sha1 "bytes/$2")"
}
give fuzz_ops-modern locked-page-cannot-move
give pinprick_fuzz_drivers-modern isolated-page-changes-hands
give fuzz_diff-modern-vs-classic migrate-to-another-zone
rm -rf $work
"$cli" corpus merge service >"$tmp/merged" 2>&1 || bad "merge of a service's corpus: $(cat "$tmp/merged")"
for place in modern/libfuzzer.fuzz_ops-modern drivers-modern/libfuzzer.fuzz_drivers-modern \
	modern-vs-classic/libfuzzer.fuzz_diff-modern-vs-classic; do
	[ "$(find "work/corpus/${place%/*}" -name "${place#*/}.*" | wc -l)" -eq 1 ] ||
		bad "nothing in $place: $(find work/corpus) $(cat "$tmp/merged")"
done
[ "$(count work/corpus/modern-vs-classic)" -eq 1 ] || bad "the comparison has others' programs"
expect 0 'they add nothing' "$cli" corpus merge service
rm -rf work/corpus/*-*

# Folders that this build cannot measure.
mkdir work/corpus/kernel
cp bytes/locked-page-cannot-move work/corpus/kernel/
expect 3 'kernel is left alone: this build has no fuzz_ops-kernel' "$cli" corpus minimize work/corpus/kernel
expect 64 'the name of others does not say' "$cli" corpus minimize others
rm -r work/corpus/kernel

# Two at a time.
flock $work sleep 3 &
sleep 0.3
expect 3 'another pinprick corpus is at work' "$cli" corpus minimize $work
wait

# A full disk: told, and nothing has gone.
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	cat >"$tmp/full.sh" <<'EOT'
mount -t tmpfs -o size=400k none work
mkdir -p work/corpus/modern
cp bytes/d* bytes/i* work/corpus/modern
ls work/corpus/modern >"$2"
cat /dev/zero >work/filler 2>/dev/null
truncate -s "-$3" work/filler
code=0
"$1" corpus minimize work/corpus/modern || code=$?
ls work/corpus/modern | cmp - "$2" || echo "programs have gone"
exit $code
EOT
	# Too little for what is measured, and for what the engine chooses.
	for room in 81920 131072; do
		expect 74 'No space left\|is the disk full' unshare -m sh "$tmp/full.sh" "$cli" "$tmp/names" $room
		! grep 'have gone' "$tmp/out" || bad "with $room bytes left"
	done
fi

# A program with a finding is told and stays.
with_broken
mkdir work/corpus/broken
cp bytes/locked-page-cannot-move bytes/deflate-a-locked-page work/corpus/broken
"$cli" replay --sut broken work/corpus/broken >"$tmp/replay" 2>&1 && bad "no finding to begin with"
expect 1 'has a finding on broken' "$cli" corpus check work/corpus/broken
expect 1 'has a finding on broken' "$cli" corpus minimize work/corpus/broken
[ "$(count work/corpus/broken)" -eq 2 ] || bad "a program with a finding has gone"
finish
