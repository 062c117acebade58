# SPDX-License-Identifier: Apache-2.0
# What a directory inside or outside the tree adds to vrsim with: units, testbenches, policies; rtl.cmake and
# firmware.cmake have the rest. The same functions come with `./vrsim --with DIR`, with find_package(vrsim) from an
# installed prefix, and in the tree itself.
#
# VRSIM_ROOT is the tree (empty where vrsim is installed); VRSIM_OUTSIDE is true where the sources are not vrsim's own:
# they get our include path and language standard, and not our warnings as errors. VRSIM_PRESETS and VRSIM_SAMPLES are
# the folders of presets and of sample traces.
include_guard(DIRECTORY)
if(Catch2_FOUND)
    include(Catch)
endif()

# What every target of our own or of a user's needs.
function(vrsim_settings target visibility)
    if(VRSIM_ROOT)
        target_include_directories(${target} ${visibility} $<BUILD_INTERFACE:${VRSIM_ROOT}>)
    endif()
    target_include_directories(${target} ${visibility} $<INSTALL_INTERFACE:include/vrsim>)
    if(VRSIM_OUTSIDE)
        target_include_directories(${target} ${visibility} $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}>)
    endif()
    target_compile_features(${target} ${visibility} cxx_std_20)
    get_target_property(type ${target} TYPE)
    if(VRSIM_OUTSIDE OR type STREQUAL "INTERFACE_LIBRARY")
        return()
    endif()
    target_link_libraries(${target} PRIVATE vrsim_flags)
endfunction()

# vrsim_add_unit(NAME [LINK targets...] [SOURCES files...]): a static library vrsim_NAME, also called vrsim::NAME, of
# every .cpp in this folder (not below it) or of the files given. A new file needs no edit here. A directory given by
# --with has its units linked into the vrsim program whole, so what they register is there.
function(vrsim_add_unit name)
    cmake_parse_arguments(ARG "" "" "LINK;SOURCES" ${ARGN})
    set(sources ${ARG_SOURCES})
    if(NOT sources)
        file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    endif()
    if(sources)
        add_library(vrsim_${name} STATIC ${sources})
        target_link_libraries(vrsim_${name} PUBLIC ${ARG_LINK})
        vrsim_settings(vrsim_${name} PUBLIC)
    else()
        add_library(vrsim_${name} INTERFACE)
        target_link_libraries(vrsim_${name} INTERFACE ${ARG_LINK})
        vrsim_settings(vrsim_${name} INTERFACE)
    endif()
    add_library(vrsim::${name} ALIAS vrsim_${name})
    if(VRSIM_OUTSIDE AND sources)
        set_property(GLOBAL APPEND PROPERTY VRSIM_ADDED_UNITS vrsim_${name})
    endif()
endfunction()

# vrsim_add_policy(NAME [LINK targets...] [SOURCES files...]): what registers itself by name (a policy, a kernel):
# an object library NAME of every .cpp in this folder but *_test.cpp. Objects and no archive: a linker drops from an
# archive what nobody refers to, and nobody refers to a registration.
function(vrsim_add_policy name)
    cmake_parse_arguments(ARG "" "" "LINK;SOURCES" ${ARGN})
    set(sources ${ARG_SOURCES})
    if(NOT sources)
        file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
        list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    endif()
    if(NOT sources)
        message(FATAL_ERROR "vrsim_add_policy(${name}): no .cpp file in ${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    add_library(${name} OBJECT ${sources})
    target_link_libraries(${name} PUBLIC vrsim::gpu ${ARG_LINK})
    vrsim_settings(${name} PUBLIC)
    set_property(DIRECTORY APPEND PROPERTY VRSIM_CLAIMED ${sources})
    set_property(GLOBAL APPEND PROPERTY VRSIM_ADDED_OBJECTS ${name})
endfunction()

# vrsim_add_program(NAME [LINK targets...]): the vrsim program with what the linked targets register, e.g. those of
# vrsim_add_policy(). `./vrsim --with DIR` makes one by itself; this one is for tests, and for an installed vrsim.
function(vrsim_add_program name)
    cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
    if(NOT VRSIM_MAIN)
        message(FATAL_ERROR "vrsim_add_program(${name}) needs find_package(vrsim COMPONENTS app_library)")
    endif()
    add_executable(${name} ${VRSIM_MAIN})
    target_link_libraries(${name} PRIVATE ${ARG_LINK} vrsim::app_library vrsim::systemc)
    vrsim_settings(${name} PRIVATE)
    if(VRSIM_DATA)  # installed: where presets and samples are
        target_compile_definitions(${name} PRIVATE VRSIM_DATA="${VRSIM_DATA}")
    endif()
endfunction()

# The two test mains: with and without SystemC. Compiled once, as is Catch2's implementation, which both run.
function(vrsim_test_mains folder)
    if(TARGET vrsim::test_main)
        return()
    endif()
    foreach(kind catch_session test_main test_main_systemc)
        add_library(vrsim_${kind} STATIC EXCLUDE_FROM_ALL ${folder}/${kind}.cpp)
        vrsim_settings(vrsim_${kind} PUBLIC)
        add_library(vrsim::${kind} ALIAS vrsim_${kind})
    endforeach()
    target_link_libraries(vrsim_catch_session PUBLIC Catch2::Catch2)
    # It is the largest file of all and runs for no time worth having.
    target_compile_options(vrsim_catch_session PRIVATE $<$<CONFIG:Release>:-O1>)
    # With -fsanitize GCC 12 takes <regex>, which Catch2's implementation includes, for a use of uninitialised members.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(vrsim_catch_session PRIVATE -Wno-maybe-uninitialized)
    endif()
    target_link_libraries(vrsim_test_main PUBLIC vrsim::catch_session)
    target_link_libraries(vrsim_test_main_systemc PUBLIC vrsim::catch_session vrsim::systemc)
endfunction()

# vrsim_add_testbench(NAME [LINK targets...] [SYSTEMC] [LABELS labels...]): one Catch2 test program NAME of every .cpp in
# this folder that vrsim_add_policy() did not take. SYSTEMC: it simulates. The macros VRSIM_PRESETS and VRSIM_SAMPLES name
# the folders of presets and of sample traces.
function(vrsim_add_testbench name)
    cmake_parse_arguments(ARG "SYSTEMC" "" "LINK;LABELS" ${ARGN})
    if(NOT Catch2_FOUND)
        message(FATAL_ERROR "vrsim_add_testbench(${name}) needs Catch2 2.13 (Debian: catch2)")
    endif()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    get_property(claimed DIRECTORY PROPERTY VRSIM_CLAIMED)
    if(claimed)
        list(REMOVE_ITEM sources ${claimed})
    endif()
    if(NOT sources)
        message(FATAL_ERROR "vrsim_add_testbench(${name}): no .cpp file in ${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    if(VRSIM_TEST_MAINS)
        vrsim_test_mains(${VRSIM_TEST_MAINS})
    endif()
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE ${ARG_LINK}
        $<IF:$<BOOL:${ARG_SYSTEMC}>,vrsim::test_main_systemc,vrsim::test_main>)
    vrsim_settings(${name} PRIVATE)
    target_compile_definitions(${name} PRIVATE VRSIM_PRESETS="${VRSIM_PRESETS}"
        VRSIM_SAMPLES="${VRSIM_SAMPLES}"
        $<$<BOOL:${VRSIM_ROOT}>:VRSIM_SOURCE_DIR="${VRSIM_ROOT}">)
    catch_discover_tests(${name} TEST_PREFIX "${name}: " EXTRA_ARGS --warn NoTests
        PROPERTIES LABELS "${ARG_LABELS}")
endfunction()
