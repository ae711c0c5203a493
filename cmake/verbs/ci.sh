# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick ci: runs what cmake/ci.list has for this machine, and says how each ended.

entries() {
	grep -v '^#' "$root/cmake/ci.list"
}

workflow() {
	cat <<'EOF'
# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Made by ./pinprick ci --workflow from cmake/ci.list.
name: ci
on: [push, pull_request]
permissions:
  contents: read
  security-events: write
jobs:
  ci:
    name: ${{ matrix.name }}, ${{ matrix.machine }}
    strategy:
      fail-fast: false
      matrix:
        include:
EOF
	entries | while read -r name machines _; do
		for one in $(printf %s "$machines" | tr , ' '); do
			runner=ubuntu-24.04
			[ "$one" = x86-64 ] || runner=ubuntu-24.04-arm
			printf '          - {name: %s, machine: %s, runner: %s}\n' "$name" "$one" $runner
		done
	done
	cat <<'EOF'
    runs-on: ${{ matrix.runner }}
    container: debian:12
    timeout-minutes: 60
    steps:
      - run: apt-get update && apt-get install -y --no-install-recommends ca-certificates git
      - uses: actions/checkout@v4
      - run: ./pinprick ci ${{ matrix.name }}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: ${{ matrix.name }}-${{ matrix.machine }}
          path: |
            build/ci/
            work/findings/
      - uses: github/codeql-action/upload-sarif@v3
        if: always() && github.event_name == 'push' && hashFiles('build/ci/*.sarif') != ''
        with:
          sarif_file: build/ci
          category: ${{ matrix.name }}-${{ matrix.machine }}
EOF
}

# note NAME SECONDS RESULT: a row of the table.
note() {
	rows="$rows$(printf '%-16s %7s  %s' "$1" "$2" "$3")
"
}

# ci_entry NAME MACHINES WORD...: runs it, where this machine is one of them.
ci_entry() {
	name=$1 machines=$2
	shift 2
	case ,$machines, in *,"$machine",*) ;; *)
		note "$name" - "not on this machine: needs $machines"
		return
		;;
	esac
	case $1 in
	test) set -- "$@" "--junit=build/ci/$name.xml" ;;
	fuzz | stress | explore) set -- "$@" "--sarif=build/ci/$name.sarif" ;;
	esac
	rm -f "build/ci/$name".*
	start=$(date +%s) code=0 ran=1
	# With its own shell, because a failure ends the script.
	case $* in *build/trees/*) (unpack_trees) 3>&2 || code=$? ;; esac
	[ $code -ne 0 ] || run ./pinprick "$@" ${yes:+--yes} 3>&- </dev/null || code=$?
	case $code in
	0) how=ok ;;
	1 | 2) how="failed: exit $code" failed=1 ;;
	*) how="could not run: exit $code" lost=1 ;;
	esac
	note "$name" $(($(date +%s) - start)) "$how"
	[ $code -ne 130 ] || lost=130
}

if [ "$workflow" ]; then
	workflow >&3
	exit
elif [ "$list" ]; then
	entries | while read -r name machines command; do
		printf '%-16s %-14s ./pinprick %s\n' "$name" "$machines" "$command" >&3
	done
	exit
fi
for name; do
	entries | grep -q "^${name}[[:space:]]" ||
		fail 64 "there is no entry '$name'; see pinprick ci --list"
done
machine=$(uname -m | sed 's/x86_64/x86-64/; s/aarch64/arm64/')
rows='' failed='' lost='' ran='' wanted=" $* "
cd "$root" || exit 74
mkdir -p build/ci || fail 73 "cannot make $root/build/ci"
while read -r name machines command; do
	case $name in '#'*) continue ;; esac
	case $wanted in '  ' | *" $name "*) ;; *) continue ;; esac
	# shellcheck disable=SC2086 # a list of words
	ci_entry "$name" "$machines" $command
	[ "$lost" != 130 ] || break
done <cmake/ci.list
printf '%-16s %7s  %s\n%s' entry seconds result "$rows" >&3
[ "$lost" != 130 ] || exit 130
[ -z "$failed" ] || exit 1
[ -z "$lost" ] || exit 3
[ "$ran" ] || exit 2
