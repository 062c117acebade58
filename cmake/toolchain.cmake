# SPDX-License-Identifier: Apache-2.0
# Compiler settings that every target shares.

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "build type" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2")  # checks stay on in release builds: no NDEBUG

option(VRSIM_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)

# Interface target with the flags of our own code; libraries keep theirs.
add_library(vrsim_flags INTERFACE)
target_compile_options(vrsim_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
    -ffp-contract=off)  # equal bytes on every host
target_include_directories(vrsim_flags INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>
    $<BUILD_INTERFACE:${CMAKE_BINARY_DIR}/generated>)
if(VRSIM_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -g1)
    add_link_options(-fsanitize=address,undefined)
endif()

find_program(VRSIM_CCACHE ccache)
if(VRSIM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${VRSIM_CCACHE})
endif()
find_program(VRSIM_MOLD mold)
if(VRSIM_MOLD)
    add_link_options(-fuse-ld=mold)
endif()
