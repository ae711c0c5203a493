# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Systems under test, and the programs that are linked with them.
#
#   pinprick_add_objects(NAME source.c...)
#     makes the object library NAME, as part of the target `objects`.  Where
#     PINPRICK_OBJECTS names the folder of a build of the same flavour in which
#     `objects` is built, its objects serve: a build for a kernel tree compiles
#     nothing but the tree's file.
#
#   pinprick_add_sut(NAME adapter.c [DEFINITION...])
#     compiles an adapter as the sut NAME: -DSUT_NAME="NAME" and -DSUT=ident,
#     the name with '_' for what C does not allow; the adapter defines
#     `const struct sut sut_ident`.
#
#   pinprick_sut_object(NAME adapter.c [DEFINITION...])
#     the same for an adapter that does not see core/ (cmake/kernels.cmake).
#
#   pinprick_link(TARGET [SUT...])
#     links an executable with the flavour's flags, guests, the harness, the shim
#     with the single-context back end, and these suts: suts[] has them in this order,
#     pairs[] the pairs of them.  With ${guest_objects} for guests and
#     ${backend_objects} for the back end, where these are set.
#
#   pinprick_add_pair(SUT OTHER)
#     makes the two a pair for differential runs, in all that is linked after it.
#
#   pinprick_add_cli(TARGET SUT...)
#     makes the command with these suts.
#
#   pinprick_add_threaded(NAME source.c...)
#     an object library as pinprick_add_objects makes it, for what runs in threads.
#
#   pinprick_add_stress(SUT [GUEST...])
#     makes stress-SUT: the stress engine with this one sut, compiled once more for
#     threads, the threaded back end and the drivers, or the objects GUEST.
#
#   pinprick_add_explore(SUT [GUEST...])
#     makes explore-SUT: the executor for several contexts with this one sut, the
#     explored back end, and the drivers or the objects GUEST; compiled for threads,
#     as far as TSan should see it.
#
#   pinprick_add_fuzz_target(NAME SUT [OTHER])
#     makes NAME-SUT or NAME-SUT-vs-OTHER from fuzz/NAME.c, with the flavour's
#     engine or without one, and beside it its dictionary and options.  The
#     target NAME has the objects that all suts share.  Of the flavour service,
#     the target `service` builds them all.
#
#   pinprick_add_afl_mutator(NAME PREFIX)
#     makes NAME.so, the mutator of fuzz/NAME.c for AFL++, which has mutators in its own
#     process: the functions PREFIX_mutate() and the like, without any sanitizer.
#
# For the folders that are added after them: ${suts} names the shipped suts.

set(PINPRICK_OBJECTS "" CACHE PATH "a build folder of this flavour whose objects serve here too")
add_custom_target(objects)

function(pinprick_add_objects name)
	pinprick_objects_for(flavour ${name} ${ARGN})
endfunction()

function(pinprick_add_threaded name)
	pinprick_objects_for(threaded ${name} ${ARGN})
endfunction()

function(pinprick_objects_for flags name)
	if(NOT PINPRICK_OBJECTS)
		add_library(${name} OBJECT ${ARGN})
		target_link_libraries(${name} PRIVATE ${flags})
		if(CMAKE_CURRENT_SOURCE_DIR STREQUAL PROJECT_SOURCE_DIR)
			add_dependencies(objects ${name})
		endif()
		return()
	endif()
	list(TRANSFORM ARGN REPLACE "^${CMAKE_BINARY_DIR}/|^${PROJECT_SOURCE_DIR}/" "")
	list(TRANSFORM ARGN PREPEND ${PINPRICK_OBJECTS}/CMakeFiles/${name}.dir/)
	list(TRANSFORM ARGN APPEND ${CMAKE_C_OUTPUT_EXTENSION})
	add_library(${name} OBJECT IMPORTED GLOBAL)
	set_property(TARGET ${name} PROPERTY IMPORTED_OBJECTS ${ARGN})
endfunction()

function(pinprick_sut_object name source)
	string(MAKE_C_IDENTIFIER ${name} ident)
	# A file for each sut: coverage and profiles tell static functions apart by it.
	get_filename_component(source ${source} ABSOLUTE)
	set(file ${CMAKE_CURRENT_BINARY_DIR}/sut-${name}.c)
	file(CONFIGURE OUTPUT ${file} CONTENT "#include \"@source@\"\n" @ONLY)
	pinprick_add_objects(sut-${name} ${file})
	set_property(TARGET sut-${name} APPEND PROPERTY COMPILE_DEFINITIONS
		SUT=${ident} SUT_NAME="${name}" ${ARGN})
	set_property(TARGET sut-${name} APPEND PROPERTY COMPILE_OPTIONS ${sut_options})
endfunction()

function(pinprick_add_sut name source)
	pinprick_sut_object(${name} ${source} ${ARGN})
	set_property(TARGET sut-${name} APPEND PROPERTY INCLUDE_DIRECTORIES
		${PROJECT_SOURCE_DIR}/core ${PROJECT_SOURCE_DIR}/shim)
endfunction()

function(pinprick_add_pair sut other)
	set_property(GLOBAL APPEND PROPERTY pinprick_pairs ${sut}:${other})
endfunction()

# suts[] and pairs[] of a target, as a source file of it.
function(pinprick_list_suts target)
	set(declarations "")
	set(entries "")
	set(pairs "")
	foreach(name IN LISTS ARGN)
		string(MAKE_C_IDENTIFIER ${name} ident)
		string(APPEND declarations "extern const struct sut sut_${ident};\n")
		string(APPEND entries "&sut_${ident}, ")
	endforeach()
	get_property(all GLOBAL PROPERTY pinprick_pairs)
	foreach(pair IN LISTS all)
		string(REPLACE ":" ";" pair ${pair})
		list(GET pair 0 sut)
		list(GET pair 1 other)
		if(sut IN_LIST ARGN AND other IN_LIST ARGN)
			string(MAKE_C_IDENTIFIER ${sut} sut)
			string(MAKE_C_IDENTIFIER ${other} other)
			string(APPEND pairs "{ { &sut_${sut}, &sut_${other} } }, ")
		endif()
	endforeach()
	set(file ${CMAKE_CURRENT_BINARY_DIR}/suts-${target}.c)
	configure_file(${PROJECT_SOURCE_DIR}/cmake/suts.c.in ${file} @ONLY)
	target_sources(${target} PRIVATE ${file})
endfunction()

function(pinprick_link target)
	pinprick_list_suts(${target} ${ARGN})
	list(TRANSFORM ARGN PREPEND sut-)
	set(guest guest)
	if(guest_objects)
		set(guest ${guest_objects})
	endif()
	if(NOT backend_objects)
		set(backend_objects single)
	endif()
	target_link_libraries(${target} PRIVATE flavour ${ARGN} ${guest} harness programs shim
		${backend_objects} sanitizer_options)
endfunction()

function(pinprick_add_stress name)
	set(guest guest-threaded)
	if(ARGN)
		set(guest ${ARGN})
	endif()
	pinprick_twin_sut(${name})
	add_executable(stress-${name})
	pinprick_list_suts(stress-${name} ${name})
	# The flavour's, too, for the sake of those that serve both kinds of programs.
	target_link_libraries(stress-${name} PRIVATE threaded $<LINK_ONLY:flavour>
		sut-${name}-threaded stress ${guest} shim-threaded programs sanitizer_options)
endfunction()

function(pinprick_add_explore name)
	set(guest guest-threaded)
	if(ARGN)
		set(guest ${ARGN})
	endif()
	pinprick_twin_sut(${name})
	add_executable(explore-${name})
	pinprick_list_suts(explore-${name} ${name})
	target_link_libraries(explore-${name} PRIVATE threaded $<LINK_ONLY:flavour>
		sut-${name}-threaded explore_engine contexts history harness programs
		explore-threaded shim-threaded ${guest} sanitizer_options)
endfunction()

# sut-NAME-threaded: all that sut-NAME is, for threads; stress and explore share it.
function(pinprick_twin_sut name)
	if(TARGET sut-${name}-threaded)
		return()
	endif()
	get_target_property(sources sut-${name} SOURCES)
	add_library(sut-${name}-threaded OBJECT ${sources})
	target_link_libraries(sut-${name}-threaded PRIVATE threaded)
	foreach(property COMPILE_DEFINITIONS INCLUDE_DIRECTORIES COMPILE_OPTIONS
			INTERFACE_LINK_LIBRARIES)
		get_target_property(value sut-${name} ${property})
		if(value)
			set_property(TARGET sut-${name}-threaded APPEND PROPERTY ${property} ${value})
		endif()
	endforeach()
endfunction()

function(pinprick_add_cli target)
	add_executable(${target})
	pinprick_link(${target} ${ARGN})
	target_link_libraries(${target} PRIVATE cli stress_plan)
endfunction()

function(pinprick_add_fuzz_target name)
	list(JOIN ARGN "-vs-" subject)
	set(target ${name}-${subject})
	if(NOT TARGET ${name})
		set(sources ${name} engine mutator)
		if(NOT PINPRICK_FLAVOUR STREQUAL "service" AND NOT PINPRICK_LIBFUZZER AND NOT PINPRICK_AFL)
			list(APPEND sources standalone)
		endif()
		list(TRANSFORM sources REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/fuzz/\\1.c")
		pinprick_add_objects(${name} ${sources})
	endif()
	add_executable(${target})
	pinprick_link(${target} ${ARGN})
	target_link_libraries(${target} PRIVATE ${name} engine)
	if(PINPRICK_FLAVOUR STREQUAL "service")
		# What is built may not run here: oss-fuzz/build.sh has a command of its own.
		set_property(TARGET ${target} PROPERTY LINKER_LANGUAGE CXX)
		add_dependencies(service ${target})
		return()
	endif()
	configure_file(${PROJECT_SOURCE_DIR}/fuzz/${name}.options ${target}.options COPYONLY)
	add_custom_command(TARGET ${target} POST_BUILD VERBATIM
		COMMAND pinprick-cli dictionary > ${target}.dict)
	add_dependencies(${target} pinprick-cli)
endfunction()

function(pinprick_add_afl_mutator name prefix)
	if(NOT TARGET afl_makers)
		add_library(afl_maker_flags INTERFACE)
		target_include_directories(afl_maker_flags INTERFACE ${PROJECT_SOURCE_DIR})
		target_compile_options(afl_maker_flags INTERFACE ${common} -fPIC)
		pinprick_objects_for(afl_maker_flags afl_makers ${maker_sources}
			${PROJECT_SOURCE_DIR}/fuzz/mutator.c)
	endif()
	add_library(${name}.so MODULE ${PROJECT_SOURCE_DIR}/fuzz/afl_mutator.c)
	target_compile_definitions(${name}.so PRIVATE MAKER=${prefix})
	target_link_libraries(${name}.so PRIVATE afl_maker_flags afl_makers)
	target_link_options(${name}.so PRIVATE -Wl,-z,defs)
	set_target_properties(${name}.so PROPERTIES PREFIX "" OUTPUT_NAME ${name})
	add_dependencies(tools ${name}.so)
endfunction()
