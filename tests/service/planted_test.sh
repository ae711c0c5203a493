#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Builds that the service would refuse are refused, each with its reason.
set -u
root=$1 compiler=$(basename -- "$2") failed=0
tmp=$(mktemp -d) || exit 3
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
machine=$(uname -m) source_flags=
here=$root/tests/service
# shellcheck source=cmake/packages.sh
. "$root/cmake/packages.sh"
# shellcheck source=oss-fuzz/check/environment.sh
. "$root/oss-fuzz/check/environment.sh"
mkdir "$tmp/out" && chmod 755 "$tmp"
out=$tmp/out
export WORK="$tmp"

# compile NAME FLAG...: the target of the combination that was set last.
compile() {
	name=$1
	shift
	# shellcheck disable=SC2086
	"$CC" $CFLAGS -Qunused-arguments "$@" $source_flags -c "$here/target.c" -o "$tmp/target.o" &&
		"$CXX" $CXXFLAGS "$tmp/target.o" $LIB_FUZZING_ENGINE "$@" -o "$out/$name" || exit 3
	printf '[libfuzzer]\nmax_len = 64\n' >"$out/$name.options"
	printf '"seed"\n' >"$out/$name.dict"
	printf 'seed\n' >"$tmp/seed"
	(cd "$tmp" && zip -q "$out/${name}_seed_corpus.zip" seed)
}

# judged CODE PATTERN: what the judge says of what is in $out, which goes.
judged() {
	got=0
	sh "$root/oss-fuzz/check/judge.sh" "$out" "$SANITIZER" "$FUZZING_ENGINE" "${3:-$machine}" \
		"$compiler" >"$tmp/said" 2>&1 || got=$?
	if [ "$got" -ne "$1" ] || ! grep -q -e "$2" "$tmp/said"; then
		echo "FAILED: exit $got, not $1; or not a line '$2':"
		cat "$tmp/said"
		failed=1
	fi
	[ -d "$out" ] || { echo "FAILED: $out is not where it was" && exit 1; }
	rm -rf "$out" && mkdir "$out"
}

# flagged PATTERN FLAG...: what the flags make of it is refused.
flagged() {
	pattern=$1
	shift
	compile target_fuzzer "$@"
	judged 1 "$pattern"
}

# blind FLAG...: the sources are compiled with these, the programs linked without.
blind() {
	source_flags=$*
	flagged 'the sources are not instrumented'
	source_flags=
}

# refused PATTERN PLANT [FLAG...]
refused() {
	pattern=$1 plant=$2
	shift 2
	flagged "$pattern" "-DPLANT_$plant" "$@"
}

service_environment address libfuzzer "$machine" "$compiler"
judged 1 'no fuzz target in it'
compile target_fuzzer
judged 0 '^1 targets$'

# Names and files.
compile target.fuzzer
judged 1 "letters, digits, _ and - only"
compile target_fuzzer
rm "$out/target_fuzzer.dict"
judged 1 'has no target_fuzzer.dict'
compile target_fuzzer
cp /bin/true "$out/helper"
judged 1 'BAD helper: is neither a target nor of one'

# What it takes to run there.
refused 'its first four runs end with exit code 1' "PLACE=\"$out/target_fuzzer\""
refused 'writes beside itself' BESIDE
refused 'the empty input ends with exit code 1' WRITES
refused 'the empty input ends with exit code' EMPTY
refused 'it does not come to four runs' ENDS
refused 'its seeds end with exit code' SEED
echo 'int shared(void) { return 1; }' >"$tmp/shared.c"
"$CC" -shared -fPIC -Wl,-soname,libshared.so "$tmp/shared.c" -o "$tmp/libshared.so"
refused 'needs libshared.so, which the runner has not' SHARED "$tmp/libshared.so" "-Wl,-rpath,$tmp"
refused 'looks for libraries in a folder of its own' SHARED "$tmp/libshared.so" "-Wl,-rpath,$tmp"

# Files for the engine.
compile target_fuzzer
printf '[libfuzzer]\nmax_length = 64\n' >"$out/target_fuzzer.options"
judged 1 'has an option that there is not'
compile target_fuzzer
echo 'no dictionary' >"$out/target_fuzzer.dict"
judged 1 'target_fuzzer.dict is no dictionary'
compile target_fuzzer
echo 'no archive' >"$out/target_fuzzer_seed_corpus.zip"
judged 1 'its seeds cannot be unpacked'

# What the service's own checks say counts, where they stand in for ours.
mkdir "$tmp/checks"
export OSS_FUZZ_CHECKS="$tmp/checks"
printf '#!/bin/sh\necho "ERROR: 1 target is broken"; exit 1\n' >"$tmp/checks/test_all.py"
chmod +x "$tmp/checks/test_all.py"
compile target_fuzzer
judged 1 "the service's test_all.py says: ERROR: 1 target is broken"
# shellcheck disable=SC2016
printf '#!/bin/sh\n[ -x "$OUT/target_fuzzer" ]\n' >"$tmp/checks/test_all.py"
compile target_fuzzer
judged 0 "^1 targets, by the service's own checks$"
OSS_FUZZ_CHECKS=

# One sanitizer, the one that was asked for; and an engine that sees something.
# -O0, or clang makes one call of many.
flagged 'calls of UBSan in a build for address' -fsanitize=undefined -O0
flagged 'its engine sees no edge' -fno-sanitize-coverage=inline-8bit-counters,pc-table
flagged 'calls of AddressSanitizer, not 1000' -fno-sanitize=address
blind -fno-sanitize=address
compile target_fuzzer
judged 1 "not for aarch65" aarch65
service_environment memory libfuzzer "$machine" "$compiler"
compile target_fuzzer
judged 0 '^1 targets'
blind -fno-sanitize=memory
flagged 'calls of MemorySanitizer, not 1000' -fno-sanitize=memory
service_environment undefined libfuzzer "$machine" "$compiler"
compile target_fuzzer
judged 0 '^1 targets'
blind -fno-sanitize=all -fsanitize=fuzzer-no-link
flagged 'calls of AddressSanitizer in a build for undefined' -fsanitize=address
service_environment coverage libfuzzer "$machine" "$compiler"
compile target_fuzzer -DSEEN
judged 0 '^1 targets'
flagged 'its profile tells of no line that ran' -DSEEN -fno-profile-instr-generate -fno-coverage-mapping
[ "$failed" -eq 0 ] && echo ok
exit $failed
