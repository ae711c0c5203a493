#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# judge.sh OUT SANITIZER ENGINE ARCHITECTURE COMPILER: judges what a build for the
# service left in OUT, by the rules that the service publishes.  A line for each
# broken rule; the last line counts.  Exit code 0 right, 1 wrong, 3 could not look.
#
# With OSS_FUZZ_CHECKS, the folder of the service's own checks, these do what they
# can in place of ours.
# shellcheck disable=SC2013 # words are what is meant
# shellcheck disable=SC2317 # start_* and back are called by name
set -u
out=$(readlink -f -- "$1") sanitizer=$2 engine=$3 architecture=$4 compiler=$5
checks=${OSS_FUZZ_CHECKS:-}
here=$(dirname -- "$(readlink -f -- "$0")")
# shellcheck source=oss-fuzz/check/environment.sh
. "$here/environment.sh"
failed=0 targets='' few=''

bad() { # bad WHO WHAT
	printf 'BAD %s: %s\n' "$1" "$2"
	failed=1
}

cannot() {
	printf 'CANNOT CHECK: %s\n' "$*"
	exit 3
}

# In another place: a target may know where it was built, but must not need that.
tmp=$(mktemp -d) && chmod 755 "$tmp" || exit 3
back() {
	chmod -R u+w "$tmp"
	mv -- "$tmp/out" "$out"
	rm -rf "$tmp"
}
trap 'exit 130' INT TERM
mv -- "$out" "$tmp/out" || cannot "cannot move $out"
trap back EXIT
cd "$tmp/out" || cannot "no $tmp/out"

emulator=
case $architecture:$(uname -m) in
i386:x86_64 | x86_64:x86_64 | aarch64:aarch64) ;;
*) emulator="qemu-$architecture-static -L /usr/$architecture-linux-gnu" ;;
esac

# run COMMAND...: as the runner would, all output into $tmp/log.
run() {
	# shellcheck disable=SC2086
	(runner_environment "$engine" && exec timeout -k 5 60 $unprivileged $emulator "$@") \
		>"$tmp/log" 2>&1 </dev/null
}
unprivileged=
export LLVM_PROFILE_FILE="$tmp/%p.profraw" # of a coverage build; else it goes beside

said() { # said PATTERN: is it in the log?
	grep -Eqa -e "$1" "$tmp/log"
}

shown() { # shown: the end of the log, for whoever reads why
	tail -n 3 "$tmp/log" | tr '\n' ' ' | cut -c 1-300
}

is_target() {
	[ -f "$1" ] && [ -x "$1" ] && grep -qa LLVMFuzzerTestOneInput "$1" &&
		{ [ "$(head -c 4 "$1" | tr -d '\177')" = ELF ] || [ "$(head -c 2 "$1")" = '#!' ]; }
}

# What is a target, and what belongs to one.
judge_names() {
	for file in *; do
		! is_target "$file" || targets="$targets $file"
	done
	[ "$targets" ] || bad "$out" "no fuzz target in it"
	for file in *; do
		case " $targets " in
		*" $file "*)
			case $file in *[!A-Za-z0-9_-]*)
				bad "$file" "a target's name has letters, digits, _ and - only"
				;;
			esac
			for suffix in .dict .options _seed_corpus.zip; do
				[ -s "$file$suffix" ] || bad "$file" "has no $file$suffix"
			done
			continue
			;;
		esac
		owner=${file%_seed_corpus.zip}
		owner=${owner%.dict}
		case " $targets afl-fuzz afl_options.txt " in
		*" ${owner%.options} "*) ;;
		*) bad "$file" "is neither a target nor of one" ;;
		esac
	done
}

judge_architecture() { # judge_architecture TARGET
	machine=$(readelf -h "$1" 2>&1 | sed -n 's/^ *Machine: *//p')
	case $architecture:$machine in
	x86_64:*X86-64 | i386:*80386 | aarch64:AArch64) ;;
	*) bad "$1" "is for ${machine:-no machine}, not for $architecture" ;;
	esac
}

# The runner has a C library and little else.
judge_libraries() {
	readelf -d "$1" >"$tmp/dynamic" 2>&1
	! grep -Eq '\((RPATH|RUNPATH)\)' "$tmp/dynamic" || bad "$1" "looks for libraries in a folder of its own"
	for library in $(sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' "$tmp/dynamic"); do
		case $library in
		libc.so.6 | libm.so.6 | libdl.so.2 | librt.so.1 | libpthread.so.0 | libresolv.so.2) ;;
		ld-linux*.so.* | libgcc_s.so.1 | libstdc++.so.6) ;;
		*) bad "$1" "needs $library, which the runner has not" ;;
		esac
	done
}

calls() {
	grep -Ec "(call|bl)[a-z]*[[:space:]].*<__$1" "$tmp/code"
}

# One sanitizer, and no other.  The numbers are the service's.
judge_sanitizer() {
	case $sanitizer in address | memory | undefined) ;; *) return ;; esac
	objdump -dC --no-show-raw-insn "$1" >"$tmp/code" 2>&1
	asan=$(calls asan) msan=$(calls msan) ubsan=$(calls ubsan) dfsan=$(calls dfsan) most=200
	[ "$architecture" != i386 ] || most=280
	[ "$dfsan" -eq 0 ] || bad "$1" "$dfsan calls of DataFlowSanitizer"
	# These all come from the runtime; the last is what the compiler puts into code.
	case $sanitizer in
	address)
		[ "$asan" -ge 1000 ] || bad "$1" "$asan calls of AddressSanitizer, not 1000"
		own=$(calls 'asan_(report_)?(load|store)')
		;;
	memory)
		[ "$msan" -ge 1000 ] || bad "$1" "$msan calls of MemorySanitizer, not 1000"
		own=$(calls msan_warning)
		;;
	undefined)
		[ "$ubsan" -ge 168 ] || [ "$engine" != libfuzzer ] || bad "$1" "$ubsan calls of UBSan, not 168"
		own=$(($(calls ubsan_handle) - $(calls ubsan_handle_cfi)))
		;;
	esac
	[ "$own" -gt 0 ] || bad "$1" "no call of a sanitizer but in its runtime: the sources are not instrumented"
	[ "$sanitizer" = address ] || [ "$asan" -eq 0 ] ||
		bad "$1" "$asan calls of AddressSanitizer in a build for $sanitizer"
	[ "$sanitizer" = memory ] || [ "$msan" -le 3 ] ||
		bad "$1" "$msan calls of MemorySanitizer in a build for $sanitizer"
	[ "$sanitizer" = undefined ] || [ "$ubsan" -le $most ] ||
		bad "$1" "$ubsan calls of UBSan in a build for $sanitizer; $most may be the runtime's"
}

# Four runs from nothing, and whether the engine sees where they go.
start_libfuzzer() {
	run "./$1" -- -seed=1337 -runs=4 || bad "$1" "its first four runs end with exit code $?: $(shown)"
	said 'Done 4 runs' || bad "$1" "it does not come to four runs: $(shown)"
	[ "$sanitizer" != coverage ] || return
	edges=$(sed -n 's/^INFO: Loaded .*counters): \([0-9]*\).*/\1/p' "$tmp/log")
	if said 'no interesting inputs were found' || [ -z "$edges" ]; then
		bad "$1" "its engine sees no edge: not instrumented for coverage"
	elif [ "$edges" -lt 100 ]; then
		few="$few $1"
	fi
}

start_afl() {
	mkdir -p "$tmp/in" && echo input >"$tmp/in/input"
	rm -rf "$tmp/afl"
	run afl-fuzz -V 1 -m none -t 5000+ -x "$1.dict" -i "$tmp/in" -o "$tmp/afl" -- "./$1" ||
		bad "$1" "afl-fuzz ends with exit code $?: $(shown)"
	said 'All set and ready to roll' || bad "$1" "afl-fuzz does not come to fuzz it: $(shown)"
	! said 'target binary (crashed|terminated)' || bad "$1" "it does not live through its first runs"
	edges=$(sed -n 's/^edges_found *: //p' "$tmp/afl/default/fuzzer_stats" 2>/dev/null)
	[ "${edges:-0}" -gt 1 ] || bad "$1" "its engine sees no edge: not instrumented for coverage"
}

start_standalone() {
	echo input >"$tmp/input"
	run "./$1" "$tmp/input" "$tmp/input" "$tmp/input" "$tmp/input" ||
		bad "$1" "its first four runs end with exit code $?: $(shown)"
	said 'engine: 4 inputs' || bad "$1" "it does not come to four runs: $(shown)"
}

# What is beside a target after it ran.
listing() {
	find . -printf '%p %s %T@ %m\n' | sort
}

judge_start() {
	listing >"$tmp/before"
	"start_$engine" "$1"
	listing >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after" || bad "$1" "writes beside itself"
}

# Where nothing can be written: the empty input, every seed, the dictionary, the options.
judge_use() {
	rm -rf "$tmp/seeds" && mkdir -m 777 "$tmp/seeds" "$tmp/seeds/all" "$tmp/seeds/new" && : >"$tmp/seeds/empty"
	unzip -q "$1_seed_corpus.zip" -d "$tmp/seeds/all" 2>"$tmp/log" || {
		bad "$1" "its seeds cannot be unpacked: $(shown)"
		return
	}
	seeds=$(find "$tmp/seeds/all" -type f | wc -l)
	[ "$seeds" -gt 0 ] || bad "$1" "no seed in $1_seed_corpus.zip"
	run "./$1" "$tmp/seeds/empty" || bad "$1" "the empty input ends with exit code $?: $(shown)"
	target=$1
	set --
	if [ "$engine" = libfuzzer ]; then
		set -- -runs=0 "-dict=$target.dict"
		for option in $(sed -n '/^\[libfuzzer\]/,/^\[/s/^\([a-z_]*\) *= *\(.*\)$/-\1=\2/p' "$target.options"); do
			set -- "$@" "$option"
		done
		set -- "$@" "$tmp/seeds/new" "$tmp/seeds/all"
	else
		set -- "$tmp"/seeds/all/*
	fi
	LLVM_PROFILE_FILE="$tmp/seeds/new/%p.profraw"
	run "./$target" "$@" || bad "$target" "its seeds end with exit code $?: $(shown)"
	[ "$engine" != libfuzzer ] || judge_engine_files "$target"
	# Not all targets reach the core without a seed.
	[ "$engine" != standalone ] || [ "$emulator" ] || said 'engine: .*, [1-9][0-9]* of' ||
		bad "$target" "its engine sees no edge: not instrumented for coverage"
	[ "$sanitizer" != coverage ] || judge_coverage "$target"
}

judge_engine_files() {
	said '^Dictionary: [1-9]' || bad "$1" "$1.dict is no dictionary: $(shown)"
	! said 'unrecognized flag' || bad "$1" "$1.options has an option that there is not"
	[ "$sanitizer" = coverage ] || said "seed corpus: files: $seeds " ||
		bad "$1" "not all of $seeds seeds were run: $(shown)"
}

# A coverage build is there for a report: of the lines, some ran.
judge_coverage() {
	{
		"$("$compiler" -print-prog-name=llvm-profdata)" merge -sparse -o "$tmp/profile" "$tmp"/seeds/new/*.profraw &&
			"$("$compiler" -print-prog-name=llvm-cov)" report "./$1" -instr-profile="$tmp/profile"
	} >"$tmp/log" 2>&1
	awk '$1 == "TOTAL" && $8 > $9 { ok = 1 } END { exit !ok }' "$tmp/log" ||
		bad "$1" "its profile tells of no line that ran: $(shown)"
}

# The service's: the four runs, the counts, the architecture, and in another place.
judge_by_service() {
	mkdir "$tmp/bin"
	ln -s "$checks"/* "$tmp/bin/"
	# It sets a number of the machine that the service's image needs.
	printf '#!/bin/sh\n' >"$tmp/bin/sysctl"
	chmod +x "$tmp/bin/sysctl"
	[ "$engine" != afl ] || { cp "$(command -v afl-fuzz)" . && : >afl_options.txt; }
	(
		runner_environment "$engine"
		export OUT="$tmp/out" SANITIZER="$sanitizer" FUZZING_ENGINE="$engine" ARCHITECTURE="$architecture"
		export FUZZING_LANGUAGE=c ALLOWED_BROKEN_TARGETS_PERCENTAGE=0 PATH="$tmp/bin:$PATH"
		cd / && exec "$tmp/bin/test_all.py"
	) >"$tmp/log" 2>&1 </dev/null || bad "$out" "the service's test_all.py says: $(shown)"
	rm -f afl-fuzz afl_options.txt
}

by_service=
case $checks:$sanitizer:$engine:$emulator in
:*) ;;
*:address:libfuzzer: | *:memory:libfuzzer: | *:undefined:libfuzzer: | *:address:afl:) by_service=1 ;;
esac

judge_names
for target in $targets; do
	judge_libraries "$target"
	[ -z "$by_service" ] || continue
	judge_architecture "$target"
	judge_sanitizer "$target"
	judge_start "$target"
done
[ -z "$by_service" ] || judge_by_service

# For root a folder is never read-only; another user is enough to see that.
chmod -R a+rX,a-w .
if [ "$(id -u)" -eq 0 ]; then
	unprivileged='setpriv --reuid 65534 --regid 65534 --clear-groups'
	$unprivileged test -r "./${target:-.}" || cannot "another user cannot read $tmp/out"
fi
for target in $targets; do
	judge_use "$target"
done

# shellcheck disable=SC2086
set -- $targets
printf '%s targets' $#
# shellcheck disable=SC2086
set -- $few
[ $# -eq 0 ] || printf ', %s under 100 edges' $#
[ -z "$by_service" ] || printf ", by the service's own checks"
printf '\n'
exit $failed
