# SPDX-License-Identifier: MIT
# Finds standalone Asio (header-only): Asio::Asio, Asio_VERSION.
find_path(Asio_INCLUDE_DIR asio.hpp)
mark_as_advanced(Asio_INCLUDE_DIR)

if(Asio_INCLUDE_DIR AND EXISTS "${Asio_INCLUDE_DIR}/asio/version.hpp")
    file(STRINGS "${Asio_INCLUDE_DIR}/asio/version.hpp" _asio_line REGEX "#define ASIO_VERSION ")
    string(REGEX MATCH "[0-9]+" _asio_number "${_asio_line}")
    math(EXPR _asio_major "${_asio_number} / 100000")
    math(EXPR _asio_minor "${_asio_number} / 100 % 1000")
    math(EXPR _asio_patch "${_asio_number} % 100")
    set(Asio_VERSION "${_asio_major}.${_asio_minor}.${_asio_patch}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_INCLUDE_DIR VERSION_VAR Asio_VERSION)

if(Asio_FOUND AND NOT TARGET Asio::Asio)
    add_library(Asio::Asio INTERFACE IMPORTED)
    target_include_directories(Asio::Asio INTERFACE "${Asio_INCLUDE_DIR}")
    # Up to 1.22 Asio looks for <experimental/coroutine> when the compiler is Clang and finds no
    # coroutines; told so it uses <coroutine>. GCC and newer versions come to the same by themselves.
    # Whether it allocates with std::aligned_alloc or operator new it decides by a libstdc++ macro, so by
    # what a source includes before it: two sources would disagree, and one free what the other made.
    target_compile_definitions(
        Asio::Asio INTERFACE ASIO_STANDALONE ASIO_HAS_CO_AWAIT=1 ASIO_HAS_STD_COROUTINE=1
    )
    if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
        target_compile_definitions(Asio::Asio INTERFACE ASIO_HAS_STD_ALIGNED_ALLOC=1)
    endif()
endif()
