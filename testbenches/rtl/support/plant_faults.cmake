# SPDX-License-Identifier: Apache-2.0
# Planted faults: copies of SystemVerilog sources in which one expression each is wrong while its number is chosen at run
# time (+fault=N, see planted_faults.sv), so that one verilated model holds all of them. A fault whose expression is no
# longer in the sources ends the configuration: it would test nothing. Number 1 is the one without a choice.
#
#     begin_faults(SOURCE...)
#     plant_fault("name" FILE.sv [=[right]=] [=[wrong]=])   each occurrence of the expression
#     end_faults(SOURCES_VARIABLE)                          and planted_faults.inc: {number, "name"}, ...
set(plant_faults_folder ${CMAKE_CURRENT_LIST_DIR})

macro(begin_faults)
    set(planted 0)
    set(planted_names "")
    set(planted_sources ${ARGN})
    foreach(source IN LISTS planted_sources)
        get_filename_component(key ${source} NAME_WE)
        file(READ ${source} text_${key})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    endforeach()
endmacro()

function(plant_fault name file right wrong)
    math(EXPR number "${planted} + 1")
    get_filename_component(key ${file} NAME_WE)
    string(FIND "${text_${key}}" "${right}" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "planted fault '${name}': no '${right}' in ${file}")
    endif()
    string(REPLACE "${right}" "(planted_faults::planted == ${number} ? (${wrong}) : (${right}))" changed
        "${text_${key}}")
    set(text_${key} "${changed}" PARENT_SCOPE)
    set(planted ${number} PARENT_SCOPE)
    set(planted_names "${planted_names}    {${number}, \"${name}\"},\n" PARENT_SCOPE)
endfunction()

macro(end_faults variable)
    set(${variable} ${plant_faults_folder}/planted_faults.sv)
    foreach(source IN LISTS planted_sources)
        get_filename_component(key ${source} NAME_WE)
        set(copy ${CMAKE_CURRENT_BINARY_DIR}/faulty/${key}.sv)
        file(CONFIGURE OUTPUT ${copy} CONTENT "${text_${key}}" @ONLY)
        list(APPEND ${variable} ${copy})
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/planted_faults.inc CONTENT "${planted_names}" @ONLY)
endmacro()
