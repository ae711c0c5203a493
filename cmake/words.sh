# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# Part of the script pinprick: the command line is judged before anything is built,
# so that whoever sees 65 knows that it is the tree.  cli/main.c has the last word.

digits() {
	case $1 in '' | *[!0-9]*) return 1 ;; esac
}

check_value() { # check_value OPTION VALUE
	case $1 in
	--for) digits "${2%[smh]}" || fail 64 "not a time: '$2'; write 30s, 10m or 8h" ;;
	--threads | --pages | --bound | --ops) digits "$2" || fail 64 "not a number: '$2'" ;;
	--jobs) digits "$2" || fail 64 "not a number of processes: '$2'" ;;
	--seed)
		case $2 in
		*[!0-9a-fA-F]*) fail 64 "not a seed: '$2'; write a decimal number or a git hash" ;;
		esac
		;;
	esac
}

check_flavour() { # check_flavour PRESET NAME
	case $1 in
	any | clang | cover | *[!a-z0-9-]*) ;;
	*) ! grep -qF "\"name\": \"$1\"" "$root/CMakePresets.json" || return 0 ;;
	esac
	fail 64 "there is no flavour '$2'; see pinprick $verb --help"
}

# check_engine: each has builds of its own.
check_engine() {
	[ "$verb" != bugs ] || return 0
	case $engine in
	'' | libfuzzer) ;;
	afl)
		check_flavour "afl-$flavour" "$flavour' with '--engine afl"
		flavour=afl-$flavour
		;;
	*) fail 64 "there is no engine '$engine'; there are libfuzzer and afl" ;;
	esac
}

# check_sut: $sut, which is a list with commas, against what there will be.
check_sut() {
	there=all,$(sed -n 's/^set(suts \(.*\))$/\1/p' "$root/CMakeLists.txt" | tr ' ' ,)${kernels:+,$kernels}
	left=$sut,
	while [ "$left" ]; do
		one=${left%%,*} left=${left#*,}
		case ,$there, in *,"$one",*) continue ;; esac
		[ -z "$one" ] || fail 64 "there is no system under test '$one'; there are $there"
	done
}

# check_files WORD...: whether the verb takes files.
check_files() {
	case $verb in replay | diff | show | minimize | explore | corpus | report | ci) return ;; esac
	for word; do
		case $word in --*) continue ;; esac
		case " $options " in
		*--kernel:*) fail 64 "$verb takes no file: $word; did you mean --kernel$(quoted "$word")?" ;;
		*) fail 64 "$verb takes no file: $word" ;;
		esac
	done
}

# has_schedule WORD...: is there a program with a schedule among the files?
has_schedule() {
	for word; do
		case $word in --*) continue ;; esac
		[ ! -f "$word" ] || ! grep -Eqa '^[[:space:]]*(@[0-9] )?(irq )?! [0-9]' "$word" || return 0
	done
	return 1
}

# has_bytes WORD...: is there a program among the files that is not text?  Who knows what is in it.
has_bytes() {
	for word; do
		case $word in --*) continue ;; esac
		[ ! -f "$word" ] || [ ! -r "$word" ] || head -c 16 "$word" | grep -qa '^pinprick program' ||
			return 0
	done
	return 1
}

# check_drivers WORD...: whether options that are about drivers have some.
check_drivers() {
	case "$verb $* " in
	fuzz*' --drivers '*) ;;
	fuzz*' --as-is '*) fail 64 "--as-is is about drivers: write fuzz --drivers --as-is" ;;
	esac
}

# not_run: at the end of a command with --json that did not get to pinprick-cli.
not_run() {
	code=$?
	[ $code -ne 0 ] || return 0
	printf '{"verb": "%s", "verdict": "not run", "exit": %s}\n' "$verb" "$code" >&3
}
