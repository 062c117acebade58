# SPDX-License-Identifier: Apache-2.0
# Functions of this tree's own CMakeLists.txt files. What directories outside the tree may use too stands in extend.cmake.

# vrsim_add_test(NAME LINK targets... [SYSTEMC] [LABELS labels...]): one test program of every *_test.cpp
# in this folder; each Catch2 case is a CTest case of its own. The test main comes from testbenches/support.
function(vrsim_add_test name)
    cmake_parse_arguments(ARG "SYSTEMC" "" "LINK;LABELS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    add_executable(${name}_test ${sources})
    target_link_libraries(${name}_test PRIVATE ${ARG_LINK} vrsim_flags
        $<IF:$<BOOL:${ARG_SYSTEMC}>,vrsim_test_main_systemc,vrsim_test_main>)
    target_compile_definitions(${name}_test PRIVATE VRSIM_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        VRSIM_BINARY_DIR="${CMAKE_BINARY_DIR}")
    catch_discover_tests(${name}_test TEST_PREFIX "${name}: " PROPERTIES LABELS "${ARG_LABELS}")
endfunction()

# vrsim_uses_regex(TARGET): for programs that include <regex>, Catch2's main among them: under -fsanitize GCC 12 takes
# it for a use of uninitialised members.
function(vrsim_uses_regex target)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
endfunction()
