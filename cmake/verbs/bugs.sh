# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick bugs: the bank of planted bugs, on our own cores or on a kernel's file.

if [ -z "$trees" ]; then
	build tsan planted-bugs || exit $?
	build asan planted-bugs || exit $?
	result "$build-bugs/pinprick-bugs" "$verb" "$@"
fi

# build_planted: $kernel as it is, and with each of the bugs $names.
build_planted() {
	trees=$kernel code=0
	for name in $names; do
		trees="$trees;$copies/$name"
	done
	build asan planted-kernels || code=$?
}

# compiles NAME: as far as the last build has seen.
compiles() {
	! grep -F ': error: ' "$build/kernels.log" | grep -Fq "$copies/$1/"
}

# leave_out: those that do not compile; the canary must, as the kernel's own file.
leave_out() {
	compiles canary || exit $code
	all=$names names='' broken=''
	for name in $all; do
		if compiles "$name"; then
			names="$names $name"
		else
			broken="$broken $name"
		fi
	done
	say "planted bugs that do not compile in this kernel's file are left out:$broken"
	[ "$names" != ' canary' ] || fail 65 "none but the canary is left"
}

[ "$count" -eq 1 ] || fail 64 "bugs plants in one kernel tree, not in $count"
only=
for word; do
	case $word in
	--only=*) only=${word#*=} ;;
	--engine=* | --quick | --write) fail 64 "with --kernel, bugs has no option ${word%%=*}" ;;
	esac
done
kernel=$trees copies=$root/build/planted-$(sum "$trees") planted=1 then=take_programs
names=$(sh "$root/cmake/planted_kernel.sh" "$kernel" "$copies" "$only") || exit $?
build_planted
if [ $code -eq 65 ]; then
	leave_out
	build_planted
fi
[ $code -eq 0 ] || exit $code
result "$programs/pinprick-cli" "$verb" "$@"
