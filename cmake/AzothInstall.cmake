# SPDX-License-Identifier: MIT
# Install rules: libraries, headers, find_package(azoth) and azoth.pc.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY AZOTH_LIBRARIES)
install(
    TARGETS ${libraries}
    EXPORT azothTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/azoth")
install(EXPORT azothTargets NAMESPACE azoth:: DESTINATION "${package_dir}")
configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/azothConfig.cmake.in" "${PROJECT_BINARY_DIR}/azothConfig.cmake"
    INSTALL_DESTINATION "${package_dir}"
)
write_basic_package_version_file(
    "${PROJECT_BINARY_DIR}/azothConfigVersion.cmake" COMPATIBILITY SameMinorVersion
)
install(
    FILES "${PROJECT_BINARY_DIR}/azothConfig.cmake"
          "${PROJECT_BINARY_DIR}/azothConfigVersion.cmake"
          "${PROJECT_SOURCE_DIR}/cmake/FindAsio.cmake"
          "${PROJECT_SOURCE_DIR}/cmake/FindLibPQ.cmake"
          "${PROJECT_SOURCE_DIR}/cmake/FindMariaDBClient.cmake"
    DESTINATION "${package_dir}"
)

# pkg-config: archives in link order, users first; then what they need.
set(pc_libs "-lazoth")
set(pc_requires "fmt nlohmann_json")
foreach(driver IN ITEMS sqlite postgresql mysql)
    if(TARGET azoth_${driver})
        string(APPEND pc_libs " -lazoth_${driver}")
    endif()
endforeach()
string(APPEND pc_libs " -lazoth_async -lazoth_orm -lazoth_core")
if(TARGET azoth_sqlite)
    string(APPEND pc_requires " sqlite3")
endif()
if(TARGET azoth_postgresql)
    string(APPEND pc_requires " libpq")
endif()
if(TARGET azoth_mysql)
    string(APPEND pc_requires " libmariadb")
endif()
get_target_property(definitions azoth_async INTERFACE_COMPILE_DEFINITIONS)
if(TARGET Asio::Asio)
    get_target_property(asio_definitions Asio::Asio INTERFACE_COMPILE_DEFINITIONS)
    list(APPEND definitions ${asio_definitions})
endif()
list(TRANSFORM definitions PREPEND "-D")
list(JOIN definitions " " pc_definitions)
# `prefix` is found from the place of the file, so that an installed tree can be moved.
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_LIBDIR libdir_is_absolute)
if(libdir_is_absolute)
    set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
    file(RELATIVE_PATH pc_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
    set(pc_prefix "\${pcfiledir}/${pc_up}")
    string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
endif()
configure_file(
    "${PROJECT_SOURCE_DIR}/cmake/azoth.pc.in" "${PROJECT_BINARY_DIR}/azoth.pc" @ONLY
)
install(FILES "${PROJECT_BINARY_DIR}/azoth.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
