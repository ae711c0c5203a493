# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Systems under test, and the programs that are linked with them.
#
#   pinprick_add_sut(NAME adapter.c [DEFINITION...])
#     compiles an adapter as the sut NAME: -DSUT_NAME="NAME" and -DSUT=ident,
#     the name with '_' for what C does not allow; the adapter defines
#     `const struct sut sut_ident`.
#
#   pinprick_link(TARGET [SUT...])
#     links an executable with the flavour's flags, the harness, the shim with
#     the single-context back end, and these suts: suts[] has them in this order.
#
#   pinprick_add_cli(TARGET SUT...)
#     makes the command with these suts.
#
#   pinprick_add_fuzz_target(NAME SUT)
#     makes NAME-SUT from fuzz/NAME.c, with the flavour's engine or without one,
#     and beside it its dictionary and options.
#
# For the folders that are added after them: ${suts} names the shipped suts.

function(pinprick_add_sut name source)
	string(MAKE_C_IDENTIFIER ${name} ident)
	# A file for each sut: coverage and profiles tell static functions apart by it.
	get_filename_component(source ${source} ABSOLUTE)
	set(file ${CMAKE_CURRENT_BINARY_DIR}/sut-${name}.c)
	file(CONFIGURE OUTPUT ${file} CONTENT "#include \"@source@\"\n" @ONLY)
	add_library(sut-${name} OBJECT ${file})
	target_link_libraries(sut-${name} PRIVATE flavour)
	target_include_directories(sut-${name} PRIVATE ${PROJECT_SOURCE_DIR}/core
		${PROJECT_SOURCE_DIR}/shim)
	target_compile_definitions(sut-${name} PRIVATE SUT=${ident} SUT_NAME="${name}" ${ARGN})
endfunction()

function(pinprick_link target)
	set(declarations "")
	set(entries "")
	foreach(name IN LISTS ARGN)
		string(MAKE_C_IDENTIFIER ${name} ident)
		string(APPEND declarations "extern const struct sut sut_${ident};\n")
		string(APPEND entries "&sut_${ident}, ")
		target_link_libraries(${target} PRIVATE sut-${name})
	endforeach()
	set(file ${CMAKE_CURRENT_BINARY_DIR}/suts-${target}.c)
	configure_file(${PROJECT_SOURCE_DIR}/cmake/suts.c.in ${file} @ONLY)
	target_sources(${target} PRIVATE ${file})
	target_link_libraries(${target} PRIVATE flavour harness shim sanitizer_options)
endfunction()

function(pinprick_add_cli target)
	add_executable(${target})
	pinprick_link(${target} ${ARGN})
	target_link_libraries(${target} PRIVATE cli)
endfunction()

function(pinprick_add_fuzz_target name sut)
	set(target ${name}-${sut})
	add_executable(${target} ${PROJECT_SOURCE_DIR}/fuzz/${name}.c ${PROJECT_SOURCE_DIR}/fuzz/engine.c)
	pinprick_link(${target} ${sut})
	target_link_libraries(${target} PRIVATE engine)
	if(DEFINED ENV{LIB_FUZZING_ENGINE})
		set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
	elseif(NOT PINPRICK_LIBFUZZER)
		target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/fuzz/standalone.c)
	endif()
	configure_file(${PROJECT_SOURCE_DIR}/fuzz/${name}.options ${target}.options COPYONLY)
	add_custom_command(TARGET ${target} POST_BUILD VERBATIM
		COMMAND pinprick-cli dictionary > ${target}.dict)
	add_dependencies(${target} pinprick-cli)
endfunction()
