# SPDX-License-Identifier: Apache-2.0
# What leaves the tree: every library for `./vrsim --with DIR` (build-tree export), and the libraries that others build
# on for `cmake --install` and find_package(vrsim).

# The libraries of a folder and all below it.
function(vrsim_libraries_below folder out)
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    set(found)
    foreach(target IN LISTS targets)
        get_target_property(type ${target} TYPE)
        if(type MATCHES "^(STATIC|OBJECT|INTERFACE)_LIBRARY$")
            list(APPEND found ${target})
        endif()
    endforeach()
    get_property(folders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    foreach(inner IN LISTS folders)
        if(NOT inner MATCHES "/testbenches/")
            vrsim_libraries_below(${inner} more)
            list(APPEND found ${more})
        endif()
    endforeach()
    set(${out} ${found} PARENT_SCOPE)
endfunction()

# vrsim_export_build(): the file vrsim-targets.cmake in the build folder, with every library as vrsim::NAME, and the
# target vrsim_libraries, which builds them.
function(vrsim_export_build)
    vrsim_libraries_below(${CMAKE_SOURCE_DIR} libraries)
    list(APPEND libraries vrsim_flags vrsim_systemc vrsim_test_main vrsim_test_main_systemc)
    list(REMOVE_DUPLICATES libraries)
    add_custom_target(vrsim_libraries)
    foreach(library IN LISTS libraries)
        string(REGEX REPLACE "^vrsim_" "" short ${library})
        set_target_properties(${library} PROPERTIES EXPORT_NAME ${short})
        if(NOT TARGET vrsim::${short})
            add_library(vrsim::${short} ALIAS ${library})
        endif()
        get_target_property(type ${library} TYPE)
        if(NOT type STREQUAL "INTERFACE_LIBRARY")
            add_dependencies(vrsim_libraries ${library})
        endif()
    endforeach()
    export(TARGETS ${libraries} NAMESPACE vrsim:: FILE ${CMAKE_BINARY_DIR}/vrsim-targets.cmake)
    # What a build of added directories takes over from this one.
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/vrsim-settings.cmake CONTENT
"set(CMAKE_BUILD_TYPE [[@CMAKE_BUILD_TYPE@]] CACHE STRING \"\")
set(CMAKE_CXX_COMPILER [[@CMAKE_CXX_COMPILER@]] CACHE FILEPATH \"\")
set(VRSIM_SANITIZE [[@VRSIM_SANITIZE@]] CACHE BOOL \"\")
set(VRSIM_BUILD [[@CMAKE_BINARY_DIR@]] CACHE PATH \"\")
" @ONLY)
endfunction()

# vrsim_install(): libraries, headers, presets and the package files.
function(vrsim_install)
    include(GNUInstallDirs)
    include(CMakePackageConfigHelpers)
    set(package ${CMAKE_INSTALL_LIBDIR}/cmake/vrsim)
    # Two sets: whoever has no SystemC can use the first.
    install(TARGETS vrsim_flags vrsim_base vrsim_numerics vrsim_transport vrsim_hbm4 EXPORT vrsim-targets)
    install(TARGETS vrsim_systemc vrsim_tlm vrsim_hbm4_tlm EXPORT vrsim-tlm-targets)
    install(EXPORT vrsim-targets NAMESPACE vrsim:: DESTINATION ${package})
    install(EXPORT vrsim-tlm-targets NAMESPACE vrsim:: DESTINATION ${package})
    foreach(folder models/base models/numerics models/transport models/hbm4 tlm)
        install(DIRECTORY ${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/vrsim/${folder}
            FILES_MATCHING PATTERN "*.h")
    endforeach()
    install(DIRECTORY models/platforms/ DESTINATION ${CMAKE_INSTALL_DATADIR}/vrsim/platforms)
    install(FILES testbenches/support/test_main.cpp testbenches/support/test_main_systemc.cpp
        DESTINATION ${CMAKE_INSTALL_DATADIR}/vrsim/support)
    install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/vrsim)
    configure_package_config_file(cmake/vrsim-config.cmake.in ${CMAKE_BINARY_DIR}/package/vrsim-config.cmake
        INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_DATADIR)
    write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/vrsim-config-version.cmake
        COMPATIBILITY SameMinorVersion)
    install(FILES ${CMAKE_BINARY_DIR}/package/vrsim-config.cmake
        ${CMAKE_BINARY_DIR}/package/vrsim-config-version.cmake cmake/extend.cmake DESTINATION ${package})
endfunction()
