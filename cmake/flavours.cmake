# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Flavours: what CMakePresets.json names, as flags.  Everything links `flavour`;
# fuzz targets link `engine` as well.  What runs in threads links `threaded`
# instead: the same without coverage, and in tsan alone with TSan, so that in
# that flavour the command, which has no threads, starts on any machine.
#
# Where $LIB_FUZZING_ENGINE is set, a fuzzing service chose compiler, flags and
# engine: nothing of ours is added.

add_library(flavour INTERFACE)
add_library(threaded INTERFACE)
add_library(engine INTERFACE)
target_include_directories(flavour INTERFACE ${PROJECT_SOURCE_DIR})
target_include_directories(threaded INTERFACE ${PROJECT_SOURCE_DIR})

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(DEFINED ENV{LIB_FUZZING_ENGINE})
	enable_language(CXX)
	separate_arguments(engine_flags UNIX_COMMAND "$ENV{LIB_FUZZING_ENGINE}")
	target_link_libraries(engine INTERFACE ${engine_flags})
	set(PINPRICK_FLAVOUR "service")
	add_custom_target(service)
	return()
endif()

# Debian keeps <asm/...> of both in the one folder.
if(PINPRICK_32)
	add_compile_options(-m32 -idirafter /usr/include/x86_64-linux-gnu)
	add_link_options(-m32)
endif()

# No default: CMake forgets the preset's choice when the compiler changes.
if(NOT PINPRICK_FLAVOUR)
	message(FATAL_ERROR "no flavour: configure with cmake --preset NAME; where this folder had one, "
		"run ./pinprick clean first")
endif()
set(sanitizers "")
set(sut_options "") # of systems under test alone
set(threads_sanitizer "")
set(optimize -O2)
if(PINPRICK_FLAVOUR STREQUAL "asan" OR PINPRICK_FLAVOUR STREQUAL "gcc")
	set(sanitizers -fsanitize=address,undefined)
elseif(PINPRICK_FLAVOUR STREQUAL "msan")
	set(sanitizers -fsanitize=memory)
elseif(PINPRICK_FLAVOUR STREQUAL "cover")
	set(sut_options -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc)
	add_link_options(-fprofile-instr-generate)
	include(CheckCCompilerFlag)
	list(JOIN sut_options " " flags)
	unset(PINPRICK_CONDITIONS CACHE)
	check_c_compiler_flag("${flags}" PINPRICK_CONDITIONS)
	if(NOT PINPRICK_CONDITIONS)
		message(FATAL_ERROR "${CMAKE_C_COMPILER} cannot measure conditions (-fcoverage-mcdc); clang 18 and newer can:\n"
			"  apt-get install -y clang-19 libclang-rt-19-dev llvm-19\n  ./pinprick clean")
	endif()
	set(optimize -O0)
elseif(PINPRICK_FLAVOUR STREQUAL "tsan")
	set(threads_sanitizer -fsanitize=thread)
elseif(NOT PINPRICK_FLAVOUR STREQUAL "plain")
	message(FATAL_ERROR "no flavour '${PINPRICK_FLAVOUR}'")
endif()

# Pretended stacks are slow, and no code here keeps the address of a stack variable.
if(PINPRICK_FLAVOUR STREQUAL "asan" AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 15)
	list(APPEND sanitizers -fsanitize-address-use-after-return=never)
endif()

list(APPEND threads_sanitizer ${sanitizers})
set(PINPRICK_LIBFUZZER OFF)
if(PINPRICK_AFL)
	# Its runtime serves any clang; comparisons are for its CmpLog.
	find_program(PINPRICK_AFL_FUZZ afl-fuzz REQUIRED)
	find_path(PINPRICK_AFL_LIBRARIES afl-compiler-rt.o PATHS /usr/lib/afl /usr/local/lib/afl
		NO_DEFAULT_PATH REQUIRED)
	list(APPEND sanitizers -fsanitize-coverage=trace-pc-guard,trace-cmp)
	target_link_libraries(engine INTERFACE ${PINPRICK_AFL_LIBRARIES}/libAFLDriver.a
		${PINPRICK_AFL_LIBRARIES}/afl-compiler-rt.o)
elseif(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND NOT PINPRICK_FLAVOUR MATCHES "^(cover|tsan)$")
	set(PINPRICK_LIBFUZZER ON)
	# Our mutator takes no hints from comparisons, and to note them costs a twentieth.
	list(APPEND sanitizers -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)
	target_link_options(engine INTERFACE -fsanitize=fuzzer)
endif()

# Model and judges work on tables of their own: there the flavour gcc looks for mistakes,
# and fuzzing, which is what clang's asan is for, gains a third.
set(judge_options "")
if((PINPRICK_LIBFUZZER OR PINPRICK_AFL) AND PINPRICK_FLAVOUR STREQUAL "asan")
	set(judge_options -fno-sanitize=address,undefined -DPINPRICK_ASAN)
endif()

set(common ${optimize} -g -fno-omit-frame-pointer -fno-sanitize-recover=all -Wall -Wextra
	-Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wpointer-arith
	-Werror)
target_compile_options(flavour INTERFACE ${common} ${sanitizers})
target_link_options(flavour INTERFACE ${sanitizers})
target_compile_options(threaded INTERFACE ${common} ${threads_sanitizer} -pthread)
target_link_options(threaded INTERFACE ${threads_sanitizer} -pthread)

# Sanitizers look for plain "llvm-symbolizer" only; packages name it by version.
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
	string(REGEX MATCH "^[0-9]+" major ${CMAKE_C_COMPILER_VERSION})
	find_program(PINPRICK_SYMBOLIZER NAMES llvm-symbolizer-${major} llvm-symbolizer)
endif()
