// SPDX-License-Identifier: MIT
#include "dialect/base.hpp"

#include <string>

#include <azoth/error.hpp>

namespace azoth {

void throw_no_driver(std::string_view dialect_name) {
    throw NoSuchModuleError(
        "the dialect '" + std::string{dialect_name} + "' writes SQL only: Azoth has no driver that connects to it");
}

} // namespace azoth
