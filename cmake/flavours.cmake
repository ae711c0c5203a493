# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Flavours: what CMakePresets.json names, as flags.  Everything links `flavour`;
# fuzz targets link `engine` as well.
#
# Where $LIB_FUZZING_ENGINE is set, a fuzzing service chose compiler, flags and
# engine: nothing of ours is added.

add_library(flavour INTERFACE)
add_library(engine INTERFACE)
target_include_directories(flavour INTERFACE ${PROJECT_SOURCE_DIR})

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(DEFINED ENV{LIB_FUZZING_ENGINE})
	enable_language(CXX)
	separate_arguments(engine_flags UNIX_COMMAND "$ENV{LIB_FUZZING_ENGINE}")
	target_link_libraries(engine INTERFACE ${engine_flags})
	set(PINPRICK_FLAVOUR "service")
	return()
endif()

# No default: CMake forgets the preset's choice when the compiler changes.
if(NOT PINPRICK_FLAVOUR)
	message(FATAL_ERROR "no flavour: configure with cmake --preset NAME; where this folder had one, "
		"run ./pinprick clean first")
endif()
set(sanitizers "")
set(optimize -O2)
if(PINPRICK_FLAVOUR STREQUAL "asan" OR PINPRICK_FLAVOUR STREQUAL "gcc")
	set(sanitizers -fsanitize=address,undefined)
elseif(PINPRICK_FLAVOUR STREQUAL "msan")
	set(sanitizers -fsanitize=memory)
elseif(PINPRICK_FLAVOUR STREQUAL "cover")
	set(sanitizers -fprofile-instr-generate -fcoverage-mapping)
	set(optimize -O0)
elseif(NOT PINPRICK_FLAVOUR STREQUAL "plain")
	message(FATAL_ERROR "no flavour '${PINPRICK_FLAVOUR}'")
endif()

# Pretended stacks are slow, and no code here keeps the address of a stack variable.
if(PINPRICK_FLAVOUR STREQUAL "asan" AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 15)
	list(APPEND sanitizers -fsanitize-address-use-after-return=never)
endif()

set(PINPRICK_LIBFUZZER OFF)
if(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND NOT PINPRICK_FLAVOUR STREQUAL "cover")
	set(PINPRICK_LIBFUZZER ON)
	list(APPEND sanitizers -fsanitize=fuzzer-no-link)
	target_link_options(engine INTERFACE -fsanitize=fuzzer)
endif()

target_compile_options(flavour INTERFACE ${optimize} -g -fno-omit-frame-pointer ${sanitizers}
	-fno-sanitize-recover=all -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes
	-Wmissing-prototypes -Wcast-qual -Wpointer-arith -Werror)
target_link_options(flavour INTERFACE ${sanitizers})

# Sanitizers look for plain "llvm-symbolizer" only; packages name it by version.
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
	string(REGEX MATCH "^[0-9]+" major ${CMAKE_C_COMPILER_VERSION})
	find_program(PINPRICK_SYMBOLIZER NAMES llvm-symbolizer-${major} llvm-symbolizer)
endif()
