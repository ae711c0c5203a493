# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick test: builds every flavour and runs its tests, one line of result.

passed=0 failed=0 broken='' times=''
for one in ${flavour_given:-$tested}; do
	start=$(date +%s)
	if build "$one" all cmocka gcc git service; then
		report=$build/tests.xml
		rm -f "$report"
		run ctest --test-dir "$build" --output-on-failure --parallel "$cores" \
			--output-junit "$report" || :
		[ -s "$report" ] || broken="$broken $one"
		count=$(sed -n 's/^[[:space:]]*tests="\([0-9]*\)".*/\1/p' "$report" | head -n 1)
		bad=$(sed -n 's/^[[:space:]]*failures="\([0-9]*\)".*/\1/p' "$report" | head -n 1)
		passed=$((passed + ${count:-0} - ${bad:-0})) failed=$((failed + ${bad:-0}))
	else
		broken="$broken $one"
	fi
	times="$times, $one $(($(date +%s) - start)) s"
done
[ -z "$broken" ] || say "did not build, or ctest did not run:$broken"
say "${times#, }"
printf '%s passed, %s failed\n' "$passed" "$failed" >&3
[ "$failed" -eq 0 ] || exit 1
[ -z "$broken" ] || exit 3
[ "$passed" -gt 0 ] || exit 2
