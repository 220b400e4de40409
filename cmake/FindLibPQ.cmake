# SPDX-License-Identifier: MIT
# Finds libpq, PostgreSQL's client library: LibPQ::LibPQ. CMake's own FindPostgreSQL also looks for the
# server's headers, which a client does not need.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(PC_LibPQ QUIET libpq)
endif()
find_path(LibPQ_INCLUDE_DIR libpq-fe.h HINTS ${PC_LibPQ_INCLUDE_DIRS} PATH_SUFFIXES postgresql pgsql)
find_library(LibPQ_LIBRARY pq HINTS ${PC_LibPQ_LIBRARY_DIRS})
mark_as_advanced(LibPQ_INCLUDE_DIR LibPQ_LIBRARY)
set(LibPQ_VERSION "${PC_LibPQ_VERSION}")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
    LibPQ REQUIRED_VARS LibPQ_LIBRARY LibPQ_INCLUDE_DIR VERSION_VAR LibPQ_VERSION
)

if(LibPQ_FOUND AND NOT TARGET LibPQ::LibPQ)
    add_library(LibPQ::LibPQ UNKNOWN IMPORTED)
    set_target_properties(
        LibPQ::LibPQ PROPERTIES IMPORTED_LOCATION "${LibPQ_LIBRARY}"
                                INTERFACE_INCLUDE_DIRECTORIES "${LibPQ_INCLUDE_DIR}"
    )
endif()
