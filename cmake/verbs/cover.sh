# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick cover: what of core/ the committed corpus runs.

build cover tools cover || exit 3
rm -f "$build"/*.profraw
export LLVM_PROFILE_FILE="$build/%p.profraw"
run "$build/pinprick-cli" replay --sut=all "$root/corpus"
run "$("$CC" -print-prog-name=llvm-profdata)" merge -sparse -o "$build/all.profdata" "$build"/*.profraw
set -- "$build/pinprick-cli" -instr-profile="$build/all.profdata" -show-branches=count "$root/core"
cov=$("$CC" -print-prog-name=llvm-cov)
run "$cov" show "$@" -show-instantiations=false >"$build/cover.txt"
[ -z "$html" ] || run "$cov" show "$@" -format=html -output-dir="$build/html"
export LLVM_PROFILE_FILE=/dev/null
result "$build/pinprick-cli" coverage ${verbose:+--verbose} "$build/cover.txt" \
	"$root/core/coverage-exceptions.txt" "$root"
