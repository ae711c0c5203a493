# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick test: builds every flavour and runs its tests, one line of result.

# suite FLAVOUR: its part of the JUnit file; what did not run is an error, not nothing.
suite() {
	if [ -s "$report" ]; then
		sed "/^<?xml/d; s/<testsuite name=\"[^\"]*\"/<testsuite name=\"$1\"/" "$report"
	else
		printf '<testsuite name="%s" tests="1" errors="1"><testcase name="build">' "$1"
		echo '<error message="did not build, or ctest did not run"/></testcase></testsuite>'
	fi
}

[ -z "$junit" ] || echo '<testsuites>' >"$junit" || fail 73 "cannot write $junit"

passed=0 failed=0 broken='' times=''
for one in ${flavour_given:-$tested}; do
	start=$(date +%s)
	report='' tools=''
	# A browser, and a clang that can measure, which comes before any other is chosen.
	case $one in asan | asan-14) prepare cover && tools=chromium ;; esac
	if build "$one" all cmocka gcc git service $tools; then
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
	[ -z "$junit" ] || suite "$one" >>"$junit" || fail 74 "cannot write $junit"
	times="$times, $one $(($(date +%s) - start)) s"
done
[ -z "$junit" ] || echo '</testsuites>' >>"$junit" || fail 74 "cannot write $junit"
[ -z "$broken" ] || say "did not build, or ctest did not run:$broken"
say "${times#, }"
printf '%s passed, %s failed\n' "$passed" "$failed" >&3
[ "$failed" -eq 0 ] || exit 1
[ -z "$broken" ] || exit 3
[ "$passed" -gt 0 ] || exit 2
