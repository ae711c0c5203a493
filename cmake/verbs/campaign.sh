# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# pinprick campaign: builds what its lanes need, a folder for each flavour.

# lanes: name and flavour of each.
lanes() {
	sed -n 's/^LANE("\([^"]*\)", "\([^"]*\)".*/\1 \2/p' "$root/cli/lanes.def"
}

flavours=
for word; do
	case $word in --only=*) ;; *) continue ;; esac
	for lane in $(printf %s "${word#*=}" | tr , ' '); do
		one=$(lanes | awk -v lane="$lane" '$1 == lane { print $2 }')
		[ "$one" ] || fail 64 "there is no lane '$lane'; there are $(lanes | cut -d ' ' -f 1 | tr '\n' ' ')"
		flavours="$flavours $one"
	done
done
[ "$flavours" ] || flavours=$(lanes | cut -d ' ' -f 2)

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
# The command that runs is of the last.
for one in $(printf '%s\n' "$flavours" | tr ' ' '\n' | grep -vx asan | sort -u) asan; do
	build "$one" campaign-tools || exit $?
done
PINPRICK_IDENTITY=$(identity)
export PINPRICK_IDENTITY
result "$programs/pinprick-cli" "$verb" "$@"
