// SPDX-License-Identifier: MIT
// main() of every Catch2 test program.
#define CATCH_CONFIG_RUNNER // version 2: the implementation is compiled here
#include "support/catch.hpp"

int main(int argc, char** argv) {
    return Catch::Session().run(argc, argv);
}
