# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# pinprick check-oss-fuzz: builds as the service would, without its images, each
# combination that this machine can build, and judges what comes out.

. "$root/oss-fuzz/check/environment.sh"

# Sanitizer, engine, architecture, compiler: what the service builds, what its tools
# build (coverage, introspector), and a library that is no engine of its list.
combinations='
address libfuzzer x86_64 newest
undefined libfuzzer x86_64 newest
memory libfuzzer x86_64 newest
coverage libfuzzer x86_64 newest
introspector libfuzzer x86_64 newest
address libfuzzer x86_64 clang-14
undefined libfuzzer x86_64 clang-14
memory libfuzzer x86_64 clang-14
address libfuzzer i386 newest
address libfuzzer aarch64 newest
address afl x86_64 afl-clang-fast
address honggfuzz x86_64 newest
address centipede x86_64 newest
none centipede x86_64 newest
address standalone x86_64 newest
undefined standalone x86_64 newest
memory standalone x86_64 newest
none standalone x86_64 newest
none standalone i386 newest
none standalone aarch64 newest'

# obstacle: sets $note to why the combination cannot be had here, if so, and $missing to what it needs.
obstacle() {
	note='' missing=''
	case $engine:$(uname -m):$architecture in
	honggfuzz:* | centipede:*) note="Debian has no $engine; standalone stands in for it" ;;
	*:x86_64:x86_64 | *:aarch64:aarch64) ;;
	*:x86_64:i386)
		version=$(gcc -dumpversion 2>/dev/null || echo 12)
		need "libc6-dev-i386 lib32gcc-${version%%.*}-dev lib32stdc++-${version%%.*}-dev" \
			links g++ -x c++ -m32 -idirafter /usr/include/x86_64-linux-gnu
		;;
	*:x86_64:aarch64)
		need g++-aarch64-linux-gnu links aarch64-linux-gnu-g++ -x c++
		need qemu-user-static command -v qemu-aarch64-static
		;;
	*) note="this machine is $(uname -m)" ;;
	esac
	case $compiler in
	clang-14) needs asan-14 ;;
	afl-*) need afl++ command -v "$compiler" ;;
	esac
}

# engine_library: the archive that standalone is, for the targets' machine.
engine_library() {
	target=
	for word in $CFLAGS; do
		case $word in -m32 | --target=*) target=$word ;; esac
	done
	# shellcheck disable=SC2086
	"$CC" $target -O1 -idirafter /usr/include/x86_64-linux-gnu -c "$root/oss-fuzz/check/engine.c" \
		-o "$WORK/engine.o" && ar rcs "$LIB_FUZZING_ENGINE" "$WORK/engine.o"
}

# build_combination: $sanitizer $engine $architecture with $compiler into $folder/out.
build_combination() (
	rm -rf "$folder"
	mkdir -p "$folder/out" "$folder/work"
	export OUT="$folder/out" WORK="$folder/work" SRC="$root"
	service_environment "$sanitizer" "$engine" "$architecture" "$compiler"
	[ "$engine" != standalone ] || engine_library || exit 1
	cd "$root" && exec bash -eux oss-fuzz/build.sh
)

# compile_combination: the sources alone, where there is nothing to link with.
compile_combination() (
	rm -rf "$folder"
	mkdir -p "$folder/work"
	export WORK="$folder/work"
	service_environment "$sanitizer" "$engine" "$architecture" "$compiler"
	cmake -G Ninja -S "$root" -B "$WORK/targets" -DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY &&
		cmake --build "$WORK/targets" --target objects
)

# check_combination: sets $result and $note.
check_combination() {
	folder=$root/build/service/$sanitizer-$engine-$architecture-$compiler
	mkdir -p "$root/build/service"
	log=$folder.log
	if [ "$engine:$(uname -m):$architecture" = libfuzzer:x86_64:aarch64 ]; then
		result=compiled note='no runtime of clang to link with'
		compile_combination >"$log" 2>&1 || { result=failed note="does not compile: see $log"; }
		return
	fi
	build_combination >"$log" 2>&1 || {
		result=failed note="does not build: see $log"
		return
	}
	judged=0
	sh "$root/oss-fuzz/check/judge.sh" "$folder/out" "$sanitizer" "$engine" "$architecture" \
		"$compiler" >"$folder.judged" 2>&1 || judged=$?
	note=$(tail -n 1 "$folder.judged")
	case $judged in
	0) result=ok ;;
	1) result=failed ;;
	130) exit 130 ;;
	*) result='not checked' ;;
	esac
	[ $judged -eq 0 ] || cat "$folder.judged" >&2
}

export OSS_FUZZ_CHECKS=''
if [ "$oss_fuzz" ]; then
	OSS_FUZZ_CHECKS=$(readlink -f -- "$oss_fuzz")/infra/base-images/base-runner
	for file in test_all.py bad_build_check run_fuzzer parse_options.py; do
		[ -r "$OSS_FUZZ_CHECKS/$file" ] ||
			fail 66 "cannot read $OSS_FUZZ_CHECKS/$file: --oss-fuzz takes a checkout of google/oss-fuzz"
	done
	need python3 command -v python3
	need file command -v file
fi

# chosen: is the combination that --combination names, if it names one?
chosen() {
	case $combination in '' | "$sanitizer/$engine/$architecture" | "$sanitizer/$engine/$architecture/$compiler") ;;
	*) return 1 ;;
	esac
}

# each COMMAND: for every combination that is chosen.
each() {
	while read -r sanitizer engine architecture compiler; do
		[ "$sanitizer" ] && chosen || continue
		"$@"
	done <<END
$combinations
END
}

collect() {
	chosen_ones=$((chosen_ones + 1))
	obstacle
	all_missing="$all_missing$missing"
}

row() {
	printf '%-12s %-10s %-7s %-14s %-13s %4s  %s\n' "$@" >&3
}

check_row() {
	obstacle
	[ "$compiler" != newest ] || compiler=$CC
	start=$(date +%s)
	if [ "$note" ]; then
		result='not buildable'
	elif [ "$missing" ]; then
		result='not checked' note="needs packages:$missing"
	else
		check_combination
	fi
	case $result in
	failed) failed=$((failed + 1)) ;;
	'not checked') unchecked=$((unchecked + 1)) ;;
	esac
	row "$sanitizer" "$engine" "$architecture" "$compiler" "$result" $(($(date +%s) - start)) "$note"
}

prepare asan service
exec 9>>"$root/build/service.lock"
flock -n 9 || { say "waiting for another $verb" && flock 9; }
chosen_ones=0 all_missing='' failed=0 unchecked=0
each collect
[ $chosen_ones -gt 0 ] || fail 64 "there is no combination '$combination'; for instance: address/libfuzzer/$(uname -m)"
missing=$all_missing
[ -z "$missing" ] || (install_missing) || say "goes on without them"
row sanitizer engine machine compiler result s note
each check_row
[ "$failed" -eq 0 ] || exit 1
[ "$unchecked" -eq 0 ] || exit 3
