# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=sh
#
# Part of the script pinprick: which packages a build needs, and their
# installation.  Judged by what can be done, not by what dpkg says.

clangs='clang-22 clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 clang'
missing=

# need PACKAGES TEST...: notes the packages where the test fails.
need() {
	packages=$1
	shift
	case "$missing " in *" $packages "*) return ;; esac
	"$@" >/dev/null 2>&1 || missing="$missing $packages"
}

# links COMPILER FLAG...: can it make an executable with a C library?  With
# fuzzer among the flags the engine's main() calls the function.
links() {
	scratch=$(mktemp -d)
	main=main
	case $* in *fuzzer*) main=LLVMFuzzerTestOneInput ;; esac
	printf '#include <stdio.h>\nint %s() { return 0; }\n' $main >"$scratch/probe.c"
	"$@" -w "$scratch/probe.c" -o "$scratch/probe" && linked=0 || linked=1
	rm -rf "$scratch"
	return "$linked"
}

# Sets CC to the newest clang that is complete, for cmake/newest-clang.cmake.
find_clang() {
	for CC in $clangs; do
		! command -v "$CC" || ! links "$CC" -fsanitize=fuzzer,address || return 0
	done >/dev/null 2>&1
	return 1
}

# measures: can $CC instrument conditions?  Clang before 18 cannot.
measures() {
	links "$CC" -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc
}

# needs WHAT: notes what is missing for a flavour, for cmocka, git, or the like.
needs() {
	need cmake command -v cmake
	need ninja-build command -v ninja
	case $1 in afl-*) need afl++ command -v afl-fuzz ;; esac
	case $1 in
	git) need git command -v git ;;
	service)
		need zip command -v zip
		need unzip command -v unzip
		;;
	chromium)
		need python3 command -v python3
		need chromium command -v chromium
		need chromium-driver command -v chromedriver
		;;
	gdb) need gdb command -v gdb ;;
	cmocka) need libcmocka-dev test -e /usr/include/cmocka.h ;;
	gcc) need 'gcc libc6-dev' links gcc -fsanitize=address,undefined ;;
	*-32)
		needs plain
		need 'libc6-dev-i386 lib32stdc++-12-dev' links "$CC" -m32 -fsanitize=fuzzer \
			-idirafter /usr/include/x86_64-linux-gnu
		;;
	*-14) need 'clang-14 libclang-rt-14-dev llvm-14' links clang-14 -fsanitize=address ;;
	*)
		export CC
		if find_clang && { [ "$1" != cover ] || measures; }; then
			need "llvm${CC#clang}" test -x "$("$CC" -print-prog-name=llvm-symbolizer)"
		else
			need "clang-19 libclang-rt-19-dev llvm-19" false
			CC=clang-19
		fi
		;;
	esac
}

install_missing() {
	[ "$missing" ] || return 0
	sudo=
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	# shellcheck disable=SC2086 # lists of words from here on
	set -- $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
	line=$(quoted "$@")
	say "$verb needs packages that are not here:$missing"
	[ "${PINPRICK_NO_INSTALL:-}" != 1 ] || fail 69 "PINPRICK_NO_INSTALL is set; to install them:$line"
	command -v apt-get >/dev/null || fail 69 "no apt-get here: install them by this system's means"
	[ -z "$sudo" ] || command -v sudo >/dev/null || fail 69 "no sudo here; as root:${line#* sudo}"
	if [ -t 0 ] && [ -t 2 ] && [ -z "$yes" ]; then
		printf 'Install them with%s? [Y/n] ' "$line" >&2
		read -r answer || answer=n
		case $answer in [Nn]*) fail 69 "not installed" ;; esac
	fi
	# shellcheck disable=SC2086
	apt-get install -s $missing >/dev/null 2>&1 || run $sudo apt-get update ||
		fail 69 "apt-get update failed: is there a network? Then:$line"
	run "$@" || { run $sudo apt-get update && run "$@"; } ||
		fail 69 "could not install the packages (no network?); once apt-get works:$line"
	missing=
}
