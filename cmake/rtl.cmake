# SPDX-License-Identifier: Apache-2.0
# vrsim_add_rtl(NAME TOP module SOURCES files... [PARAMETERS Name=value...] [COVERAGE] [SPLIT] [DOT_LEAF]): a static library
# vrsim_rtl_NAME with the verilated class VNAME (#include <VNAME.h>). Assertions are on, FST tracing and state digests
# are built in, every warning of Verilator is an error. CTest gets "rtl NAME: lint" (every warning, nothing
# waived on the command line) and "rtl NAME: small files". COVERAGE counts lines and toggles, without state digests.
# SPLIT: for a module with much logic in few processes; Verilator splits their functions over several files.
# DOT_LEAF: the module has the pins of rtl/gpu/sm/tensor_core/fp_dot_step.sv; the object library NAME registers it, so
# that gpu.sm.tensor_core.rtl_leaf may name it wherever NAME is linked.
#
# One verilated leaf per library, many C++ objects of it: g++ needs minutes for an array of leaves that Verilator has
# flattened. For the same reason loops stay loops (--unroll-count 1) and the size of the generated files is checked.
set(VRSIM_RTL_LARGEST_FILE 300000 CACHE INTERNAL "bytes of one generated C++ file")
set(VRSIM_RTL_LARGEST_COVERED_FILE 1200000 CACHE INTERNAL "the same with counters, which are many short lines")

function(vrsim_add_rtl name)
    cmake_parse_arguments(ARG "COVERAGE;DOT_LEAF;SPLIT" "TOP" "SOURCES;PARAMETERS" ${ARGN})
    if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_TOP OR NOT ARG_SOURCES)
        message(FATAL_ERROR "vrsim_add_rtl(${name}): expected TOP module and SOURCES files; unknown: '${ARG_UNPARSED_ARGUMENTS}'")
    endif()
    set(sources "")
    foreach(source IN LISTS ARG_SOURCES)
        get_filename_component(source ${source} ABSOLUTE)
        if(NOT EXISTS ${source})
            message(FATAL_ERROR "vrsim_add_rtl(${name}): no such file: ${source}")
        endif()
        if(source MATCHES " ")  # Verilator 5.006 takes no path with a space
            get_filename_component(file ${source} NAME)
            configure_file(${source} ${CMAKE_CURRENT_BINARY_DIR}/${name}_sources/${file} COPYONLY)
            set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}_sources/${file})
        endif()
        list(APPEND sources ${source})
    endforeach()
    set(parameters "")
    foreach(parameter IN LISTS ARG_PARAMETERS)
        list(APPEND parameters -G${parameter})
    endforeach()
    set(extra --savable)
    set(largest ${VRSIM_RTL_LARGEST_FILE})
    if(ARG_COVERAGE)  # Verilator has one or the other
        set(extra --coverage-line --coverage-toggle)
        set(largest ${VRSIM_RTL_LARGEST_COVERED_FILE})
    endif()

    if(ARG_SPLIT)
        list(APPEND extra --output-split 4000 --output-split-cfuncs 2000)
    endif()

    set(target vrsim_rtl_${name})
    add_library(${target} STATIC)
    verilate(${target} PREFIX V${name} TOP_MODULE ${ARG_TOP} SOURCES ${sources} TRACE_FST
        OPT_SLOW -O0 OPT_FAST -O2
        VERILATOR_ARGS -Wall --assert --unroll-count 1 ${parameters} ${extra})
    # verilate() compiles Verilator's run-time library into every target; ours is built once.
    get_target_property(all ${target} SOURCES)
    list(FILTER all EXCLUDE REGEX "^${VERILATOR_ROOT}/include/.*\\.cpp$")
    set_target_properties(${target} PROPERTIES SOURCES "${all}")
    # The generated code is not ours: system headers for those who include it, no sanitizer of undefined behaviour.
    get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
    target_include_directories(${target} SYSTEM INTERFACE ${folders})
    if(VRSIM_OUTSIDE)  # imported
        target_link_libraries(${target} PUBLIC vrsim::rtl_runtime)
    else()
        target_link_libraries(${target} PUBLIC vrsim_rtl_runtime)
    endif()
    if(VRSIM_SANITIZE)
        target_compile_options(${target} PRIVATE -fno-sanitize=undefined)
    endif()

    add_test(NAME "rtl ${name}: lint"
        COMMAND ${VERILATOR_BIN} --lint-only -Wall --assert --top-module ${ARG_TOP} ${parameters} ${sources})
    add_test(NAME "rtl ${name}: small files"
        COMMAND ${CMAKE_COMMAND} -DFOLDER=$<TARGET_PROPERTY:${target},BINARY_DIR>/CMakeFiles/${target}.dir/V${name}.dir
                -DLARGEST=${largest} -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check_rtl_size.cmake)
    if(ARG_DOT_LEAF)
        vrsim_add_dot_leaf(${name})
    endif()
endfunction()

# The verilated class VNAME under its name among the tensor core's leaves.
function(vrsim_add_dot_leaf name)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}_leaf.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT [[
#include <V@name@.h>

#include "rtl/gpu/sm/tensor_core/leaf_registry.h"
#include "rtl/gpu/sm/tensor_core/verilated_leaf.h"

namespace {

const bool kRegistered =
    vr::register_dot_leaf("@name@", [](vr::RtlContext& context, const std::string& name) {
        return std::make_unique<vr::VerilatedLeaf<V@name@>>(context, name);
    });

}  // namespace
]] @ONLY)
    add_library(${name} OBJECT ${source})
    target_link_libraries(${name} PUBLIC vrsim_rtl_${name} vrsim::rtl_tensor_core)
    vrsim_settings(${name} PUBLIC)
    set_property(GLOBAL APPEND PROPERTY VRSIM_ADDED_OBJECTS ${name})
endfunction()
