// SPDX-License-Identifier: MIT
// Isolation levels as servers spell them.
#pragma once

#include <string_view>

#include <azoth/driver/driver.hpp>

namespace azoth::driver {

/// "read committed", "READ-COMMITTED"; server_default for anything else.
[[nodiscard]] inline IsolationLevel isolation_level_of(std::string_view text) noexcept {
    const auto is = [text](std::string_view name) {
        if (text.size() != name.size()) return false;
        for (std::size_t i = 0; i < name.size(); ++i) {
            char c = text[i];
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
            if (c == '-' || c == '_') c = ' ';
            if (c != name[i]) return false;
        }
        return true;
    };
    if (is("read uncommitted")) return IsolationLevel::read_uncommitted;
    if (is("read committed")) return IsolationLevel::read_committed;
    if (is("repeatable read")) return IsolationLevel::repeatable_read;
    if (is("serializable")) return IsolationLevel::serializable;
    return IsolationLevel::server_default;
}

} // namespace azoth::driver
