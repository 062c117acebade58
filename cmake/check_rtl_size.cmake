# SPDX-License-Identifier: Apache-2.0
# Fails when a generated C++ file below FOLDER has more than LARGEST bytes: g++ needs minutes for such files.
file(GLOB files ${FOLDER}/*.cpp)
if(NOT files)
    message(FATAL_ERROR "no generated files in ${FOLDER}")
endif()
foreach(file IN LISTS files)
    file(SIZE ${file} size)
    if(size GREATER LARGEST)
        message(SEND_ERROR "${file}: ${size} bytes, more than ${LARGEST}: make the leaf smaller, replicate it in C++")
    endif()
endforeach()
