// SPDX-License-Identifier: MIT
// ILIKE by lower(); UUIDs, zoned times and intervals in the form in which they are stored.
#include <azoth/compiler/portable_compiler.hpp>

#include <chrono>
#include <memory>
#include <vector>

#include <azoth/error.hpp>

namespace azoth {

sql::NodePtr PortableCompiler::case_folded(const sql::NodePtr& node) const {
    return std::make_shared<sql::FunctionNode>("lower", std::vector<sql::NodePtr>{node}, String{});
}

std::string_view PortableCompiler::like_word(bool, bool negated) const { return negated ? " NOT LIKE " : " LIKE "; }

std::string PortableCompiler::literal(const Param& value) const {
    switch (value.kind) {
    case ParamKind::uuid: { // 32 digits
        auto text = to_string(*value.uuid);
        std::erase(text, '-');
        return "'" + text + "'";
    }
    case ParamKind::timestamp_tz: // UTC, without saying so
        return literal(Param{ParamKind::timestamp, value.integer});
    case ParamKind::interval: { // the distance from 1970-01-01
        const auto& interval = *value.interval;
        if (interval.months != 0)
            throw CompileError("an interval of months cannot be written here: a month is no fixed time");
        const auto distance = interval.time + std::chrono::days{interval.days};
        return literal(Param{ParamKind::timestamp, static_cast<std::int64_t>(distance.count())});
    }
    case ParamKind::bytes: return "X'" + hexadecimal(value.view()) + "'";
    default: return Compiler::literal(value);
    }
}

} // namespace azoth
