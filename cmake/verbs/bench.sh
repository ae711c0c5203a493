# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick bench: builds the flavours that it compares, and measures.

[ -x "$root/bench/run" ] || fail 3 "there is no bench/run"
also=bench-engines
for one in tsan asan plain; do
	build "$one" benches || exit $?
	set -- "$build" "$@"
done
result "$root/bench/run" "$@"
