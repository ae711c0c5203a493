# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick cover: what of core/ the committed corpus runs, or of kernel trees.

build cover tools cover || exit $?
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
code=0
export LLVM_PROFILE_FILE="$scratch/%p.profraw"
run "$build/pinprick-cli" replay --sut="${kernels:-all}" "$root/corpus" || code=$?
# A kernel's findings leave its other programs worth a look.
[ $code -eq 0 ] || { [ "$trees" ] && [ $code -eq 1 ]; } || exit $code
export LLVM_PROFILE_FILE=/dev/null

run "$("$CC" -print-prog-name=llvm-profdata)" merge -sparse -o "$scratch/profdata" \
	"$scratch"/*.profraw || fail 3 "no coverage profile was written"
cov=$("$CC" -print-prog-name=llvm-cov)
show() { # show OPTION... SOURCE...
	run "$cov" show "$build/pinprick-cli" -instr-profile="$scratch/profdata" \
		-show-branches=count -show-mcdc "$@" || fail 3 "llvm-cov failed"
}
set -- "$root/core"
if [ "$trees" ]; then
	set --
	for tree in "$build"/kernel*/tree.h; do
		source=$(sed -n 's/^#define KERNEL_SOURCE "\(.*\)"$/\1/p' "$tree")
		set -- "$@" "$source"
		header=${source%/mm/*}/include/linux/$(basename "$source" .c).h
		for one in "$source" "$header"; do
			# Of a single file llvm-cov does not print the name.
			printf '%s:\n' "$one"
			show -show-instantiations=false "$one"
		done
	done >"$build/cover.txt"
else
	show -show-instantiations=false "$@" >"$build/cover.txt"
fi
if [ "$html" ]; then
	show -format=html -output-dir="$build/html" "$@"
	say "wrote $build/html/index.html"
fi
if [ "$trees" ]; then
	run "$build/pinprick-cli" uncovered "$build/cover.txt" "$@" >&3 || exit $?
	exit $code
fi
run "$build/pinprick-cli" coverage "$build/cover.txt" "$root/core/coverage-exceptions.txt" "$root" >&3
