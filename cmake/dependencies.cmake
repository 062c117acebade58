# SPDX-License-Identifier: Apache-2.0
# Every library that vrsim uses, found here and nowhere else. The packages stand in cmake/packages.txt.

find_package(PkgConfig REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(Catch2 2.13 REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(verilator 5.006 REQUIRED)
find_program(VRSIM_VERILATOR_COVERAGE verilator_coverage REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(tomlplusplus 3.3 REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc>=2.3.4)

# Debian's SystemC is built as C++17 and encodes that in a link symbol; C++20 code links against it
# when every translation unit that includes <systemc> says so.
add_library(vrsim_systemc INTERFACE)
target_link_libraries(vrsim_systemc INTERFACE PkgConfig::SYSTEMC)
target_compile_definitions(vrsim_systemc INTERFACE SC_CPLUSPLUS=201703L)

include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::SYSTEMC)
set(CMAKE_REQUIRED_DEFINITIONS -DSC_CPLUSPLUS=201703L)
set(CMAKE_REQUIRED_FLAGS "-std=c++20")
check_cxx_source_compiles("
    #include <systemc>
    int sc_main(int, char**) { return sc_core::sc_time_stamp() == sc_core::SC_ZERO_TIME ? 0 : 1; }
    " VRSIM_SYSTEMC_LINKS)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_FLAGS)
unset(CMAKE_REQUIRED_DEFINITIONS)
if(NOT VRSIM_SYSTEMC_LINKS)
    message(FATAL_ERROR
        "SystemC ${SYSTEMC_VERSION} was found but a C++20 program does not link against it.\n"
        "vrsim expects a SystemC 2.3.4 or later that was built as C++17 (Debian's libsystemc-dev). "
        "A SystemC built with another -std= has another link symbol (sc_api_version_..._cxxNNNNNNL). "
        "Install libsystemc-dev, or point PKG_CONFIG_PATH at a C++17 build.")
endif()
message(STATUS "SystemC ${SYSTEMC_VERSION}, fmt ${fmt_VERSION}, Catch2 ${Catch2_VERSION}, "
               "nlohmann-json ${nlohmann_json_VERSION}, Boost ${Boost_VERSION}")
