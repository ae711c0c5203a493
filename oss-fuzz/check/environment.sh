# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# Part of pinprick check-oss-fuzz and of its tests: what the service sets for
# build.sh, and what programs run with there.

# service_environment SANITIZER ENGINE ARCHITECTURE COMPILER: COMPILER is a clang
# of this machine.  Engine standalone is engine.c, with honggfuzz's coverage flags;
# the caller makes it, as $LIB_FUZZING_ENGINE.
service_environment() {
	export SANITIZER="$1" FUZZING_ENGINE="$2" ARCHITECTURE="$3" FUZZING_LANGUAGE=c
	export CC="$4" CXX="clang++${4#clang}" LIB_FUZZING_ENGINE="$WORK/libFuzzingEngine.a"
	CFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only"
	for warning in incompatible-function-pointer-types int-conversion deprecated-declarations \
		implicit-function-declaration implicit-int unknown-warning-option vla-cxx-extension; do
		CFLAGS="$CFLAGS -Wno-error=$warning"
	done
	CFLAGS="$CFLAGS -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION"
	case $ARCHITECTURE in
	i386)
		CFLAGS="-m32 $CFLAGS"
		# Debian has no <asm/...> for -m32 unless gcc-multilib is there, which
		# does not stand beside cross compilers.
		[ -e /usr/include/asm ] || CFLAGS="-idirafter /usr/include/x86_64-linux-gnu $CFLAGS"
		;;
	"$(uname -m)") ;;
	*) CFLAGS="--target=$ARCHITECTURE-linux-gnu $CFLAGS" ;;
	esac
	checks=array-bounds,bool,builtin,enum,integer-divide-by-zero,null,object-size,return
	checks=$checks,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr
	case $SANITIZER in
	address) CFLAGS="$CFLAGS -fsanitize=address -fsanitize-address-use-after-scope" ;;
	undefined)
		CFLAGS="$CFLAGS -fsanitize=$checks,unsigned-integer-overflow -fno-sanitize-recover=$checks"
		;;
	memory) CFLAGS="$CFLAGS -fsanitize=memory -fsanitize-memory-track-origins" ;;
	introspector)
		CFLAGS="$CFLAGS -O0 -flto -fno-inline-functions -fuse-ld=gold -Wno-unused-command-line-argument -g"
		AR=$("$CC" -print-prog-name=llvm-ar) NM=$("$CC" -print-prog-name=llvm-nm)
		RANLIB=$("$CC" -print-prog-name=llvm-ranlib)
		export AR NM RANLIB FUZZ_INTROSPECTOR=1
		;;
	esac
	case $SANITIZER:$FUZZING_ENGINE in
	coverage:*)
		CFLAGS="$CFLAGS -fprofile-instr-generate -fcoverage-mapping -pthread -Wl,--no-as-needed"
		CFLAGS="$CFLAGS -Wl,-ldl -Wl,-lm -Wno-unused-command-line-argument"
		;;
	*:libfuzzer) CFLAGS="$CFLAGS -fsanitize=fuzzer-no-link" ;;
	*:standalone)
		# Clang links a runtime with these, which it has for machines that it runs on.
		case $CFLAGS in
		*--target=*) ;;
		*) CFLAGS="$CFLAGS -fsanitize-coverage=trace-pc-guard,indirect-calls,trace-cmp" ;;
		esac
		;;
	esac
	case $FUZZING_ENGINE in
	libfuzzer) LIB_FUZZING_ENGINE=-fsanitize=fuzzer ;;
	afl)
		CC=afl-clang-fast CXX=afl-clang-fast++ LIB_FUZZING_ENGINE=/usr/lib/afl/libAFLDriver.a
		export AFL_QUIET=1 AFL_IGNORE_PROBLEMS=1 AFL_IGNORE_UNKNOWN_ENVS=1
		export ASAN_OPTIONS=detect_leaks=0:symbolize=0:detect_odr_violation=0:abort_on_error=1
		;;
	esac
	# The service's libc++ where there is one; pinprick has no C++ of its own.
	CXXFLAGS=$CFLAGS
	! links "$CXX" -x c++ -stdlib=libc++ >/dev/null 2>&1 || CXXFLAGS="$CXXFLAGS -stdlib=libc++"
	export CFLAGS CXXFLAGS UBSAN_OPTIONS=silence_unsigned_overflow=1
}

# runner_environment ENGINE: as programs are run, not built.
runner_environment() {
	common=handle_abort=1:allocator_may_return_null=1:symbolize=0
	export ASAN_OPTIONS=$common:detect_leaks=1:detect_stack_use_after_return=1:detect_odr_violation=0
	export MSAN_OPTIONS=print_stats=1:symbolize=0:exit_code=86
	export UBSAN_OPTIONS=print_stacktrace=1:print_summary=1:silence_unsigned_overflow=1:symbolize=0
	export FUZZER_ARGS='-rss_limit_mb=2560 -timeout=25' AFL_FUZZER_ARGS='-m none'
	[ "$1" = afl ] || return 0
	ASAN_OPTIONS=$ASAN_OPTIONS:abort_on_error=1
	export AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
	export AFL_FORKSRV_INIT_TMOUT=30000 AFL_FAST_CAL=1
}
