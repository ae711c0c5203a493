# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Planted mistakes: copies of core/ and guest/ with a patch applied.  They may say
# that they are reached (bugs/probe.h).
#
#   pinprick_add_patched_sut(NAME PATCH)
#     makes the sut NAME from a copy of core/ with PATCH applied, whose head says
#     of which sut: "sut: classic-off".
#
#   pinprick_add_patched_driver(NAME PATCH)
#     makes the sut NAME, which is not patched; and for pinprick_patched_guest() one
#     file of guest/ from a copy with PATCH applied, whose head says which:
#     "driver: virtio".
#
#   pinprick_patched_guest(RESULT NAME PATCH KIND)
#     the objects of a guest with that file in its place: all of guest/, or with the
#     KIND threaded what runs in threads.

set(planted_apply ${PROJECT_SOURCE_DIR}/cmake/planted.sh)
if(NOT TARGET probe)
	add_library(probe STATIC EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/bugs/probe.c)
	target_link_libraries(probe PRIVATE flavour)
endif()

# In what form a value stands in the head of a patch.
function(pinprick_patch_key result patch key)
	file(STRINGS ${patch} line REGEX "^${key}: ")
	list(GET line 0 line)
	string(REGEX REPLACE "^${key}: " "" line "${line}")
	set(${result} ${line} PARENT_SCOPE)
endfunction()

function(pinprick_patch_copy copy room file patch)
	add_custom_command(OUTPUT ${copy}/${room}/${file}.c VERBATIM
		COMMAND sh ${planted_apply} ${PROJECT_SOURCE_DIR}/${room} ${file} ${patch} ${copy}
		DEPENDS ${patch} ${planted_apply} ${PROJECT_SOURCE_DIR}/${room}/${file}.c)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${patch})
endfunction()

function(pinprick_plain_sut name sut)
	string(REGEX REPLACE "-off$" "" adapter ${sut})
	set(migration CONFIG_BALLOON_MIGRATION=1)
	if(sut MATCHES "-off$")
		set(migration "")
	endif()
	pinprick_add_sut(${name} ${PROJECT_SOURCE_DIR}/harness/sut_${adapter}.c ${ARGN} ${migration})
	set_property(TARGET sut-${name} APPEND PROPERTY INTERFACE_LINK_LIBRARIES probe)
endfunction()

function(pinprick_add_patched_sut name patch)
	pinprick_patch_key(sut ${patch} sut)
	set(core balloon)
	if(sut MATCHES "classic")
		set(core balloon_compaction)
	endif()
	set(copy ${CMAKE_CURRENT_BINARY_DIR}/patched/${name})
	pinprick_patch_copy(${copy} core ${core} ${patch})
	pinprick_plain_sut(${name} ${sut} SUT_SOURCE="${copy}/core/${core}.c")
	set_property(TARGET sut-${name} APPEND PROPERTY COMPILE_OPTIONS
		-include ${PROJECT_SOURCE_DIR}/bugs/probe.h)
	set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/sut-${name}.c PROPERTIES
		OBJECT_DEPENDS ${copy}/core/${core}.c)
endfunction()

function(pinprick_add_patched_driver name patch)
	pinprick_patch_key(sut ${patch} sut)
	pinprick_patch_key(driver ${patch} driver)
	pinprick_patch_copy(${CMAKE_CURRENT_BINARY_DIR}/patched/${name} guest ${driver} ${patch})
	pinprick_plain_sut(${name} ${sut})
endfunction()

function(pinprick_patched_guest result name patch kind)
	pinprick_patch_key(driver ${patch} driver)
	set(sources ${all_guest_sources})
	set(add pinprick_add_objects)
	if(kind STREQUAL "threaded")
		set(sources ${guest_sources})
		set(add pinprick_add_threaded)
	endif()
	# The others are compiled once for all mistakes in this one.
	set(others guest-but-${driver}-${kind})
	if(NOT TARGET ${others})
		list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/guest/${driver}.c)
		cmake_language(CALL ${add} ${others} ${sources})
	endif()
	set(one guest-${name}-${kind})
	cmake_language(CALL ${add} ${one}
		${CMAKE_CURRENT_BINARY_DIR}/patched/${name}/guest/${driver}.c)
	set_property(TARGET ${one} APPEND PROPERTY COMPILE_OPTIONS
		-include ${PROJECT_SOURCE_DIR}/bugs/probe.h)
	set(${result} ${others} ${one} PARENT_SCOPE)
endfunction()
