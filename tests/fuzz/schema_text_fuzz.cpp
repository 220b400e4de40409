// SPDX-License-Identifier: MIT
// The text of SQLite's own catalogue, and the names of types in any catalogue: read or passed over.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <azoth/core.hpp>

#include "dialect/sqlite_schema_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    static_cast<void>(azoth::parse_sqlite_table(text));
    static_cast<void>(azoth::parse_sqlite_index(text));
    for (const auto& dialect : {azoth::dialects::postgresql(), azoth::dialects::mariadb(), azoth::dialects::sqlite()})
        static_cast<void>(azoth::to_string(dialect->type_from_text(text)));
    return 0;
}
