# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
#   pinprick_add_patched_sut(NAME PATCH)
#     makes the sut NAME from a copy of core/ with PATCH applied, whose head says
#     of which sut: "sut: classic-off".
#
#   pinprick_add_patched_driver(NAME PATCH)
#     makes the sut NAME, which is modern, and guest-NAME: all drivers, one of them
#     from a copy with PATCH applied, whose head says which: "driver: virtio".

function(pinprick_add_patched_sut name patch)
	file(STRINGS ${patch} sut REGEX "^sut: ")
	set(adapter modern)
	set(core balloon)
	if(sut MATCHES "classic")
		set(adapter classic)
		set(core balloon_compaction)
	endif()
	set(migration CONFIG_BALLOON_MIGRATION=1)
	if(sut MATCHES "-off$")
		set(migration "")
	endif()
	set(copy ${CMAKE_CURRENT_BINARY_DIR}/patched/${name})
	set(apply ${PROJECT_SOURCE_DIR}/tests/wrong/apply.sh)
	add_custom_command(OUTPUT ${copy}/core/${core}.c VERBATIM
		COMMAND sh ${apply} ${PROJECT_SOURCE_DIR}/core ${core} ${patch} ${copy}
		DEPENDS ${patch} ${apply} ${PROJECT_SOURCE_DIR}/core/${core}.c
			${PROJECT_SOURCE_DIR}/core/${core}.h)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${patch})
	pinprick_add_sut(${name} ${PROJECT_SOURCE_DIR}/harness/sut_${adapter}.c
		SUT_SOURCE="${copy}/core/${core}.c" ${migration})
	set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/sut-${name}.c PROPERTIES
		OBJECT_DEPENDS ${copy}/core/${core}.c)
endfunction()

function(pinprick_add_patched_driver name patch)
	file(STRINGS ${patch} driver REGEX "^driver: ")
	string(REPLACE "driver: " "" driver ${driver})
	set(copy ${CMAKE_CURRENT_BINARY_DIR}/patched/${name})
	set(apply ${PROJECT_SOURCE_DIR}/tests/wrong/apply.sh)
	add_custom_command(OUTPUT ${copy}/guest/${driver}.c VERBATIM
		COMMAND sh ${apply} ${PROJECT_SOURCE_DIR}/guest ${driver} ${patch} ${copy}
		DEPENDS ${patch} ${apply} ${PROJECT_SOURCE_DIR}/guest/${driver}.c)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${patch})
	set(sources ${guest_sources})
	list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/guest/${driver}.c)
	pinprick_add_threaded(guest-${name} ${sources} ${copy}/guest/${driver}.c)
	pinprick_add_sut(${name} ${PROJECT_SOURCE_DIR}/harness/sut_modern.c
		CONFIG_BALLOON_MIGRATION=1)
endfunction()
