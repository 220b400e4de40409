# SPDX-License-Identifier: MIT
# How an Azoth target is made: language level, warnings, sources and headers by folder.

# Language level and warnings, the same for the library, its tests, examples and benchmarks.
function(azoth_target_defaults target)
    target_compile_features(${target} PUBLIC cxx_std_20)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF CXX_SCAN_FOR_MODULES OFF)
    set(warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual)
    # A `switch` over an enum lists every enumerator: a new kind of node is then a compile error
    # wherever it is not handled yet, in every build.
    list(APPEND warnings -Werror=switch)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Wrong diagnoses of GCC 12 at -O2, inside libstdc++ and coroutine frames:
        #   maybe-uninitialized  std::optional and std::variant members of a moved-from object (PR 80635)
        #   restrict             std::string concatenation, `"x" + s` (PR 105651)
        #   dangling-pointer     temporaries that live in a coroutine frame (PR 104077)
        # The sanitizer builds and Clang look for the real ones.
        if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
            list(APPEND warnings -Wno-maybe-uninitialized -Wno-restrict -Wno-dangling-pointer)
        endif()
    elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        # Clang counts it under -Wconversion, GCC does not; size_t against int64_t is everywhere.
        list(APPEND warnings -Wno-sign-conversion)
    endif()
    if(AZOTH_WERROR)
        list(APPEND warnings -Werror)
    endif()
    get_target_property(type ${target} TYPE)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (type STREQUAL "EXECUTABLE" OR target STREQUAL "azoth_async"))
        # Asio's coroutine frames have an operator delete of their own that fits their operator new; GCC 12 sees a
        # mismatch once it has inlined one of the two.
        list(APPEND warnings -Wno-mismatched-new-delete)
    endif()
    target_compile_options(${target} PRIVATE ${warnings})
endfunction()

# The headers of include/azoth that patterns name and no earlier target has claimed.
function(azoth_claim_headers out)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FILES;TREES")
    set(root "${PROJECT_SOURCE_DIR}/include/azoth")
    list(TRANSFORM arg_FILES PREPEND "${root}/")
    set(found)
    if(arg_FILES)
        file(GLOB found CONFIGURE_DEPENDS ${arg_FILES})
    endif()
    foreach(tree IN LISTS arg_TREES)
        file(GLOB_RECURSE some CONFIGURE_DEPENDS "${root}/${tree}/*.hpp")
        list(APPEND found ${some})
    endforeach()
    get_property(claimed GLOBAL PROPERTY AZOTH_CLAIMED_HEADERS)
    if(found AND claimed)
        list(REMOVE_ITEM found ${claimed})
    endif()
    # The umbrella belongs to azoth::azoth alone; what wraps Asio belongs to the half that awaits.
    list(FILTER found EXCLUDE REGEX "/azoth/azoth\\.hpp$")
    if(NOT "driver" IN_LIST arg_TREES)
        list(FILTER found EXCLUDE REGEX "/asio[^/]*\\.hpp$")
    else()
        file(GLOB_RECURSE some CONFIGURE_DEPENDS "${root}/detail/asio*.hpp")
        list(APPEND found ${some})
    endif()
    if("azoth.hpp" IN_LIST ARGN AND EXISTS "${root}/azoth.hpp")
        list(APPEND found "${root}/azoth.hpp")
    endif()
    list(REMOVE_DUPLICATES found)
    set_property(GLOBAL APPEND PROPERTY AZOTH_CLAIMED_HEADERS ${found})
    set(${out} "${found}" PARENT_SCOPE)
endfunction()

# azoth_add_library(<name> [STATIC] SOURCES globs... SOURCE_TREES folders... HEADERS globs... HEADER_TREES folders...)
# makes target azoth_<name>, used everywhere as azoth::<name>.
function(azoth_add_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "STATIC" "" "SOURCES;SOURCE_TREES;HEADERS;HEADER_TREES")
    set(target azoth_${name})
    set(sources)
    if(arg_SOURCES)
        file(GLOB sources CONFIGURE_DEPENDS ${arg_SOURCES})
    endif()
    foreach(tree IN LISTS arg_SOURCE_TREES)
        file(GLOB_RECURSE some CONFIGURE_DEPENDS "${tree}/*.cpp")
        list(APPEND sources ${some})
    endforeach()
    if(NOT sources)
        # A layer may consist of headers only; a library needs one source.
        set(sources "${CMAKE_CURRENT_BINARY_DIR}/${target}_empty.cpp")
        file(CONFIGURE OUTPUT "${sources}" CONTENT "// No sources in this layer.\n")
    endif()
    azoth_claim_headers(headers FILES ${arg_HEADERS} TREES ${arg_HEADER_TREES})

    set(kind)
    if(arg_STATIC)
        set(kind STATIC)
    endif()
    add_library(${target} ${kind} ${sources})
    add_library(azoth::${name} ALIAS ${target})
    azoth_target_defaults(${target})
    target_sources(
        ${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${headers}
    )
    # Private headers are included by their path from the folder of their half: "sql/render.hpp".
    target_include_directories(
        ${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        PRIVATE "${PROJECT_SOURCE_DIR}/src"
    )
    if(name MATCHES "^(async|sqlite|postgresql|mysql|azoth)$")
        target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/async")
    endif()
    set_target_properties(
        ${target}
        PROPERTIES EXPORT_NAME ${name}
                   POSITION_INDEPENDENT_CODE ON
                   VERIFY_INTERFACE_HEADER_SETS ${AZOTH_VERIFY_HEADERS}
                   VERSION ${PROJECT_VERSION}
                   SOVERSION ${PROJECT_VERSION_MAJOR}
    )
    set_property(GLOBAL APPEND PROPERTY AZOTH_LIBRARIES ${target})
endfunction()

# Looks for the client library behind a driver; a driver without one is switched off, not an error.
macro(azoth_find_client option package)
    if(${option})
        find_package(${package} QUIET)
        if(NOT ${package}_FOUND)
            message(STATUS "${option}: client library ${package} not found, driver is not built")
            set(${option} OFF) # hides the cache entry for this run only: found next time, built next time
        endif()
    endif()
endmacro()

# azoth_add_driver(<name> <option> <client library target>): async/driver/<name>.
function(azoth_add_driver name option client)
    if(${option})
        azoth_add_library(${name} SOURCE_TREES async/driver/${name})
        target_link_libraries(azoth_${name} PUBLIC azoth::async PRIVATE ${client} fmt::fmt)
    endif()
endfunction()
