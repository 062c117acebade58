# SPDX-License-Identifier: Apache-2.0
# Functions of this tree's own CMakeLists.txt files. What directories outside the tree may use too stands in extend.cmake.

# vrsim_add_test(NAME LINK targets... [SYSTEMC] [HOT] [LABELS labels...]): one test program of every *_test.cpp
# in this folder; each Catch2 case is a CTest case of its own. The test main comes from testbenches/support.
# Release compiles the tests' own files with -O1: they run for a moment, and it takes a fifth less time. HOT: they stay
# at -O2, because what they run long is in them: loops of their own, or templates of models, of which the linker takes
# the tests' copy for the whole program.
function(vrsim_add_test name)
    cmake_parse_arguments(ARG "SYSTEMC;HOT" "" "LINK;LABELS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    add_executable(${name}_test ${sources})
    target_link_libraries(${name}_test PRIVATE ${ARG_LINK} vrsim_flags
        $<IF:$<BOOL:${ARG_SYSTEMC}>,vrsim_test_main_systemc,vrsim_test_main>)
    target_compile_definitions(${name}_test PRIVATE VRSIM_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        VRSIM_BINARY_DIR="${CMAKE_BINARY_DIR}")
    if(NOT ARG_HOT)
        target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
    # NoTests: a case whose name Catch reads as a pattern that matches nothing fails, and is no pass.
    catch_discover_tests(${name}_test TEST_PREFIX "${name}: " EXTRA_ARGS --warn NoTests
        PROPERTIES LABELS "${ARG_LABELS}")
endfunction()

# vrsim_uses_regex(TARGET): for programs that include <regex>: under -fsanitize GCC 12 takes
# it for a use of uninitialised members.
function(vrsim_uses_regex target)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
endfunction()
