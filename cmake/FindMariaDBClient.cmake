# SPDX-License-Identifier: MIT
# Finds MariaDB Connector/C: MariaDBClient::MariaDBClient. Oracle's libmysqlclient is no substitute: it
# lacks the `_start` and `_cont` calls.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(PC_MariaDBClient QUIET libmariadb)
endif()
find_path(
    MariaDBClient_INCLUDE_DIR mysql.h HINTS ${PC_MariaDBClient_INCLUDE_DIRS} PATH_SUFFIXES mariadb
)
find_library(MariaDBClient_LIBRARY mariadb HINTS ${PC_MariaDBClient_LIBRARY_DIRS} PATH_SUFFIXES mariadb)
mark_as_advanced(MariaDBClient_INCLUDE_DIR MariaDBClient_LIBRARY)
set(MariaDBClient_VERSION "${PC_MariaDBClient_VERSION}")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
    MariaDBClient
    REQUIRED_VARS MariaDBClient_LIBRARY MariaDBClient_INCLUDE_DIR
    VERSION_VAR MariaDBClient_VERSION
)

if(MariaDBClient_FOUND AND NOT TARGET MariaDBClient::MariaDBClient)
    add_library(MariaDBClient::MariaDBClient UNKNOWN IMPORTED)
    set_target_properties(
        MariaDBClient::MariaDBClient
        PROPERTIES IMPORTED_LOCATION "${MariaDBClient_LIBRARY}"
                   INTERFACE_INCLUDE_DIRECTORIES "${MariaDBClient_INCLUDE_DIR}"
    )
endif()
