# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick bugs: the bank of planted bugs, on our own cores or on a kernel's file.

if [ -z "$trees" ]; then
	build tsan planted-bugs || exit $?
	build asan planted-bugs || exit $?
	result "$build/pinprick-bugs" "$verb" "$@"
fi
[ $count -eq 1 ] || fail 64 "bugs plants in one kernel tree, not in $count"
only=
for word; do
	case $word in
	--only=*) only=${word#*=} ;;
	--engine=* | --quick | --write) fail 64 "with --kernel, bugs has no option ${word%%=*}" ;;
	esac
done
copies=$(sh "$root/cmake/planted_kernel.sh" "$trees" "$root/build/planted-$(sum "$trees")" "$only") ||
	exit $?
trees=$trees$(printf '%s\n' "$copies" | sed 's/^/;/' | tr -d '\n') planted=1
tool planted-kernels "$verb" "$@"
