# SPDX-License-Identifier: MIT
# Compiles through ccache when it is installed and nothing else was asked for.
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(AZOTH_CCACHE ccache)
    mark_as_advanced(AZOTH_CCACHE)
    if(AZOTH_CCACHE)
        # Sloppiness: without it no file that uses a precompiled header (the tests) is ever a hit.
        # Base folder: clones of the repository in different places share one cache.
        set(CMAKE_CXX_COMPILER_LAUNCHER
            "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;CCACHE_BASEDIR=${PROJECT_SOURCE_DIR};CCACHE_NOHASHDIR=1;${AZOTH_CCACHE}"
        )
    endif()
endif()
