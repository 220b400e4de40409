// SPDX-License-Identifier: MIT
// text(): whatever the SQL, its :names are found or it is refused, on every dialect, and nothing is bound twice.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <azoth/core.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace azoth;
    const std::string sql{reinterpret_cast<const char*>(data), size};
    try {
        const auto statement = text(sql);
        for (const auto& dialect : {dialects::postgresql(), dialects::mariadb(), dialects::sqlite()}) {
            const auto compiled = compile(statement, dialect);
            if (compiled.sql().find(':') == std::string::npos && sql.find(':') == std::string::npos && !compiled.params().empty())
                std::abort();
        }
        const auto bound = statement.bind("a", 1).bind("b", "x");
        static_cast<void>(compile(bound, dialects::postgresql()));
    } catch (const Error&) { // refused, with a message
    }
    return 0;
}
