# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# The user's own kernel files as systems under test.
#
#   pinprick_add_kernel(NUMBER TREE)
#     adds the suts kernel and kernel-off (from the second tree on kernel2,
#     kernel2-off, ...) to the list `suts`: with page migration configured, and
#     without.  TREE is DIR or DIR@REV, a relative one is seen from the top of
#     this project.  Files in DIR are watched: a change builds what needs it
#     again; a revision is looked up whenever cmake configures.
#
# The target `kernels` compiles them all and links nothing.  With PINPRICK_PLANTED the
# trees are the user's and such with planted bugs (cmake/planted_kernel.sh): there are
# no kernel-off, and the target `planted-kernels` makes what these are run with.

set(PINPRICK_PLANTED "" CACHE BOOL "the trees but for the first have planted bugs")
add_custom_target(kernels)

function(pinprick_add_kernel number tree)
	set(name kernel)
	if(number GREATER 1)
		set(name kernel${number})
	endif()
	set(out ${CMAKE_CURRENT_BINARY_DIR}/${name})
	execute_process(COMMAND sh ${PROJECT_SOURCE_DIR}/cmake/kernel_tree.sh ${tree} ${out}
		WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} RESULT_VARIABLE code OUTPUT_QUIET)
	if(NOT code EQUAL 0)
		message(FATAL_ERROR "the kernel tree ${tree} cannot be used: see above")
	endif()
	file(STRINGS ${out}/files files)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files}
		${PROJECT_SOURCE_DIR}/cmake/kernel_tree.sh ${PROJECT_SOURCE_DIR}/shim/linux/detect.sh)
	execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include
		OUTPUT_VARIABLE builtin OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
	set(PINPRICK_OBJECTS "") # no other folder has these
	set(added ${name})
	if(NOT PINPRICK_PLANTED)
		list(APPEND added ${name}-off)
	endif()
	foreach(sut IN LISTS added)
		set(definitions "")
		if(sut STREQUAL name)
			set(definitions CONFIG_BALLOON_MIGRATION=1 CONFIG_BALLOON_COMPACTION=1)
		endif()
		pinprick_sut_object(${sut} ${PROJECT_SOURCE_DIR}/harness/sut_kernel.c ${definitions})
		# Not one header of the host: what the stand-ins lack must be seen to be missing.
		target_compile_options(sut-${sut} PRIVATE -nostdinc -isystem ${builtin}
			-include ${out}/tree.h)
		target_include_directories(sut-${sut} PRIVATE ${out}/include
			${PROJECT_SOURCE_DIR}/shim/linux/include)
		# Warnings are shown; the adapter says which, and which are errors.
		get_target_property(sources sut-${sut} SOURCES)
		set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS -Wno-error)
		add_dependencies(kernels sut-${sut})
	endforeach()
	# Which core of ours is its like: sut_kernel.c goes by the same feature.
	set(generation classic)
	file(STRINGS ${out}/tree.h modern REGEX "KERNEL_CORE_MOVES")
	if(modern)
		set(generation modern)
	endif()
	set(${name}_generation ${generation} PARENT_SCOPE)
	set(suts ${suts} ${added} PARENT_SCOPE)
endfunction()
