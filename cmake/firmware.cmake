# SPDX-License-Identifier: Apache-2.0
# vrsim_add_firmware(NAME [PREBUILT file.elf]): NAME.elf for the management core from every .c file in this folder, with
# start-up code, linker script and register headers of vrsim (firmware/README.md). Where neither
# riscv64-unknown-elf-gcc nor clang with lld is found, the PREBUILT file is taken as it is. Afterwards the variable
# NAME_ELF says where the file is, and NAME_COMPILER which compiler makes it: gcc, clang or none. `vrsim fw run NAME`
# finds it in a directory given by --with.
#
# VRSIM_FIRMWARE is the folder with common/ and build.sh; VRSIM_GENERATED has registers/*.h.
function(vrsim_add_firmware name)
    cmake_parse_arguments(ARG "" "PREBUILT" "" ${ARGN})
    if(ARG_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "vrsim_add_firmware(${name}): unknown: '${ARG_UNPARSED_ARGUMENTS}'; allowed: PREBUILT file.elf")
    endif()
    find_program(VRSIM_RISCV_GCC riscv64-unknown-elf-gcc)
    find_program(VRSIM_CLANG clang)
    find_program(VRSIM_LLD ld.lld)
    set(compiler none)
    if(VRSIM_RISCV_GCC)
        set(compiler gcc)
    elseif(VRSIM_CLANG AND VRSIM_LLD)
        set(compiler clang)
    endif()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
    file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
    if(NOT sources)
        message(FATAL_ERROR "vrsim_add_firmware(${name}): no .c file in ${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    set(output ${CMAKE_BINARY_DIR}/firmware/${name}.elf)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/firmware)
    if(NOT compiler STREQUAL "none")
        file(GLOB common ${VRSIM_FIRMWARE}/common/* ${VRSIM_FIRMWARE}/build.sh ${VRSIM_GENERATED}/registers/*.h)
        add_custom_command(OUTPUT ${output}
            COMMAND sh ${VRSIM_FIRMWARE}/build.sh ${compiler} ${CMAKE_CURRENT_SOURCE_DIR} ${VRSIM_GENERATED} ${output}
            DEPENDS ${sources} ${headers} ${common} COMMENT "Building firmware ${name} with ${compiler}" VERBATIM)
    elseif(ARG_PREBUILT)
        get_filename_component(prebuilt ${ARG_PREBUILT} ABSOLUTE)
        message(STATUS "no RISC-V compiler (gcc-riscv64-unknown-elf, or clang with lld): ${name} is ${prebuilt} as it is")
        add_custom_command(OUTPUT ${output} COMMAND ${CMAKE_COMMAND} -E copy ${prebuilt} ${output}
            DEPENDS ${prebuilt} VERBATIM)
    else()
        message(FATAL_ERROR "vrsim_add_firmware(${name}): no RISC-V compiler was found and no PREBUILT file is given. "
            "Install gcc-riscv64-unknown-elf, or clang and lld")
    endif()
    add_custom_target(${name} ALL DEPENDS ${output})
    if(TARGET vrsim_register_headers)
        add_dependencies(${name} vrsim_register_headers)
    endif()
    set_property(GLOBAL APPEND PROPERTY VRSIM_ADDED_FIRMWARE ${name})
    set(${name}_ELF ${output} PARENT_SCOPE)
    set(${name}_COMPILER ${compiler} PARENT_SCOPE)
endfunction()
