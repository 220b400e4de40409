// SPDX-License-Identifier: MIT
// Catch2, version 2 or 3, under one include.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_ENABLE_ALL_STRINGMAKERS // prints std::optional, pairs and variants in failures
#include <catch2/catch.hpp>
#endif
