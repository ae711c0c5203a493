# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# For faults_test.sh of each engine, in $tree, where $cli fuzzes modern; after lib.sh.
# shellcheck disable=SC2154
corpus=work/corpus/modern

# fault_tree NAME SUT FOLDER: a tree of its own for a core that harms the machine, or whose
# mistake nobody finds by himself; FOLDER has its command and its engine.
fault_tree() {
	mkdir -p "$tmp/$1/build/asan"
	cp -R "$tree/corpus" "$tmp/$1/"
	cp "$tree"/build/asan/*.so "$tmp/$1/build/asan/" 2>/dev/null || :
	cp "$3/fuzz_ops-$2" "$tmp/$1/build/asan/"
	cp "$3/$2-cli" "$tmp/$1/build/asan/pinprick-cli"
}

# start_fault NAME [OPTION...]: a run there, in the background.
start_fault() {
	name=$1
	shift
	timeout 110 "$tmp/$name/build/asan/pinprick-cli" fuzz --for 60s --jobs 1 --seed 1 "$@" \
		>"$tmp/$name/out" 2>&1 </dev/null &
}

# settle_fault PROCESS NAME ID: what came of it: a finding that is small and can be replayed.
settle_fault() {
	got=0
	wait "$1" || got=$?
	[ "$got" -eq 1 ] || bad "exit $got of $2: $(cat "$tmp/$2/out")"
	grep -q "^finding $3/modern on " "$tmp/$2/out" || bad "$2: $(cat "$tmp/$2/out")"
	program=$(echo "$tmp/$2"/work/findings/*/*/program.txt)
	expect 1 "^finding $3/modern" timeout 60 "$tmp/$2/build/asan/pinprick-cli" replay "$program"
	none_of "$tmp/$2" "$2"
}

# is_small NAME: its finding, after half a minute of minimising, which comes to more or less as the
# machine has time; but to something.
is_small() {
	found=$(sed -n 's/^found .*; minimising \([0-9]*\) records$/\1/p' "$tmp/$1/out")
	left=$(sed -n 's/^finding .* on .*, record [0-9]* of \([0-9]*\)$/\1/p' "$tmp/$1/out")
	[ "${left:-999}" -le 45 ] || [ "${left:-999}" -le $((${found:-0} / 2)) ] ||
		bad "$1 is not minimised, $found records came to $left: $(cat "$tmp/$1/out")"
}

# What shows the mistake of deep_core.c with DEEP=40.
deeper_program() {
	echo 'pinprick program 1'
	for frame in $(seq 0 39); do
		printf 'p15 = alloc\nenqueue b0 p15\n'
		echo "@$((frame / 15)) p$((frame % 15)) = isolate f$frame" | sed 's/^@0 //'
	done
	printf 'p15 = alloc\nenqueue b0 p15\n'
}

# engines TREE: the processes of its engines.
engines() {
	find /proc/[0-9]*/exe -maxdepth 0 -lname "$1/*/fuzz_*" -printf '%h\n' 2>/dev/null | sed 's|^/proc/||'
	find /proc/[0-9]*/exe -maxdepth 0 -lname '*/afl-fuzz' -printf '%h\n' 2>/dev/null |
		while read -r process; do
			! tr '\0' '\n' <"$process/cmdline" 2>/dev/null | grep -qF "$1/" ||
				echo "${process#/proc/}"
		done
}

none_of() { # none_of TREE WHAT
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		left=$(engines "$1")
		[ -n "$left" ] || return 0
		sleep 0.3
	done
	bad "$2 leaves engines behind: $left"
}

# Each file that is named by its content has that.
is_whole() { # is_whole FOLDER WHEN
	find "$1" -type f -regex '.*/[0-9a-f]*' -name '????????????????????????????????????????' \
		-exec sha1sum {} + | sed 's|^\([0-9a-f]*\)  .*/\1$||; /^$/d' >"$tmp/torn"
	[ ! -s "$tmp/torn" ] || bad "torn $2: $(cat "$tmp/torn")"
}

# For whom a file can be unreadable, which for root none is.
as_user() {
	if [ "$(id -u)" -eq 0 ]; then
		chmod 755 "$tmp"
		chown -R 65534:65534 "$tree"
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# Five programs, and four that are none.
odd_files() {
	mkdir -p $corpus/folder
	"$cli" encode --output=bytes "$root/corpus" >/dev/null
	for program in bytes/locked-page-cannot-move bytes/m*; do
		cp "$program" $corpus/
	done
	cp bytes/locked-page-cannot-move $corpus/unreadable
	chmod 0 $corpus/unreadable
	ln -s nowhere $corpus/dangling
	mkfifo $corpus/pipe
}

told_odd_files() { # by fuzz, in $tmp/err
	for file in unreadable dangling pipe folder; do
		[ "$(grep -c "^pinprick: $corpus/$file is left alone: " "$tmp/err")" -eq 1 ] ||
			bad "$file is not told, or more than once: $(cat "$tmp/err")"
	done
	odd_files_left fuzz
}

odd_files_left() { # odd_files_left AFTER
	[ -e $corpus/unreadable ] && [ -L $corpus/dangling ] && [ -p $corpus/pipe ] && [ -d $corpus/folder ] ||
		bad "files have gone after $1: $(ls -l $corpus)"
}

# Disks that are full, and that become so: told, and what was there has not suffered.
full_disks() { # full_disks ROOM: how much there is for the second
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null || return 0
	"$cli" encode --output=bytes "$root/corpus" >/dev/null
	cat >"$tmp/full.sh" <<'EOT'
mount -t tmpfs -o size=4m none work
mkdir -p work/corpus/modern
cp bytes/d* bytes/i* work/corpus/modern
cat /dev/zero >work/filler 2>/dev/null
truncate -s "-$2" work/filler
code=0
timeout 60 "$1" fuzz --for 30s --jobs 2 --sut modern || code=$?
for file in bytes/d* bytes/i*; do
	cmp "$file" "work/corpus/modern/${file#*/}" || echo "has suffered: $file"
done
find work/corpus -name '.*~' -exec echo "has suffered: left behind" {} \;
rm work/filler
mkdir copy
cp -R work/corpus copy/
exit $code
EOT
	for room in 0 "$1"; do
		mkdir -p work
		rm -rf copy
		expect 74 'the disk is full: make room' unshare -m sh "$tmp/full.sh" "$cli" "$room"
		[ "$room" = 0 ] || grep -q '^failed: [1-9][0-9]* programs' "$tmp/out" ||
			bad "the engines did not run: $(cat "$tmp/out")"
		! grep 'has suffered' "$tmp/out" || bad "with $room bytes left"
		is_whole copy "with $room bytes left"
		find copy -type f -size 0 | grep . && bad "empty files with $room bytes left"
		none_of "$tree" "a full disk"
	done
	rm -rf copy work
}

# Engines and supervisors that are killed, at some moment: the corpus stays in order.
sudden_ends() {
	for round in 1 2 3 4 5 6 7 8 9 10; do
		"$cli" fuzz --for 30s --jobs 2 --sut modern >"$tmp/out" 2>&1 </dev/null &
		fuzz=$!
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			[ -z "$(engines "$tree")" ] || break
			sleep 0.1
		done
		# Some are still reading what there is, some have begun to write.
		sleep 0.$((round * 37 % 10))
		got=0
		if [ $((round % 2)) -eq 0 ]; then
			kill -KILL $fuzz
			wait $fuzz || :
		else
			for process in $(engines "$tree"); do
				kill -KILL "$process" 2>/dev/null || :
			done
			wait $fuzz || got=$?
			[ $got -eq 70 ] || bad "exit $got where the engines are killed: $(cat "$tmp/out")"
			grep -q 'the machine interfered\|the engine failed' "$tmp/out" || bad "$(cat "$tmp/out")"
		fi
		none_of "$tree" "round $round"
		is_whole $corpus "after round $round"
	done
	expect 0 '^clean: ' "$cli" fuzz --for 2s --jobs 1 --sut modern
	grep -q 'left alone' "$tmp/err" && bad "something is wrong afterwards: $(cat "$tmp/err")"
	none_of "$tree" "the end"
}
