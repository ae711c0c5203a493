# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# What the scripts tell people.

say() {
	printf 'pinprick: %s\n' "$*" >&2
}

fail() { # fail CODE MESSAGE
	code=$1
	shift
	say "$*"
	exit "$code"
}

# quoted WORD...: as a shell reads them, a space before each.
quoted() {
	for word; do
		case $word in
		'' | *[!A-Za-z0-9_./:=@%+,-]*)
			printf " '%s'" "$(printf '%s\n' "$word" | sed "s/'/'\\\\''/g")"
			;;
		*) printf ' %s' "$word" ;;
		esac
	done
}
