# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Toolchain file of the clang flavours: $CC if it is set, else the newest clang found.
if(NOT CMAKE_C_COMPILER)
	if(DEFINED ENV{CC})
		set(CMAKE_C_COMPILER $ENV{CC})
	else()
		set(names "")
		foreach(version RANGE 30 14)
			list(APPEND names clang-${version})
		endforeach()
		find_program(PINPRICK_CLANG NAMES ${names} clang NAMES_PER_DIR REQUIRED)
		set(CMAKE_C_COMPILER ${PINPRICK_CLANG})
	endif()
endif()
