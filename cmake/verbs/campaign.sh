# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick campaign: builds what its lanes need, a folder for each flavour.

only=,
for word; do
	case $word in --only=*) only=,${word#*=}, ;; esac
done
# lanes: name and flavour of those that are chosen.
lanes() {
	sed -n 's/^LANE("\([^"]*\)", "\([^"]*\)".*/\1 \2/p' "$root/cli/lanes.def" |
		while read -r name flavour; do
			case $only in , | *,"$name",*) echo "$flavour" ;; esac
		done
}

# identity: of the code that the user names; another one is another campaign.
identity() {
	{
		[ -z "$sut_source" ] || cat "$sut_source"
		# Which has the files' sums.
		[ -z "$trees" ] || cat "$build"/kernel*/tree.h
	} | cksum | cut -d ' ' -f 1
}

hold_programs campaign
then=take_flavour
for one in $(lanes | sort -u) asan; do
	build "$one" campaign-tools || exit $?
done
PINPRICK_IDENTITY=$(identity)
export PINPRICK_IDENTITY
result "$programs/pinprick-cli" "$verb" "$@"
