// SPDX-License-Identifier: MIT
// Parameters as a SQL user would write them, for messages and logs.
#include <azoth/types/value.hpp>

#include <algorithm>

#include "number_text.hpp"

namespace azoth {

namespace {

/// Where to cut `text` so that at most `limit` bytes stay and no character is halved.
std::size_t cut_at(std::string_view text, std::size_t limit) noexcept {
    if (limit >= text.size()) return text.size();
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    return limit;
}

void append_left_out(std::string& out, std::size_t bytes) {
    out.append("… (").append(std::to_string(bytes)).append(" more bytes)");
}

std::string quoted(std::string_view text, std::size_t limit) {
    const std::size_t kept = cut_at(text, limit);
    std::string out = "'";
    for (const char c : text.substr(0, kept)) {
        out += c;
        if (c == '\'') out += c;
    }
    out += '\'';
    if (kept < text.size()) append_left_out(out, text.size() - kept);
    return out;
}

std::string hexadecimal(std::string_view bytes, std::size_t limit) {
    constexpr std::string_view digits = "0123456789abcdef";
    const std::size_t kept = std::min(bytes.size(), limit / 2);
    std::string out = "x'";
    for (const char c : bytes.substr(0, kept)) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 0x0F];
    }
    out += '\'';
    if (kept < bytes.size()) append_left_out(out, bytes.size() - kept);
    return out;
}

/// A number has no quotes; one of thousands of digits is cut all the same.
std::string plain(std::string text, std::size_t limit) {
    if (text.size() <= limit) return text;
    const std::size_t left_out = text.size() - limit;
    text.resize(limit);
    append_left_out(text, left_out);
    return text;
}

} // namespace

std::string to_string(const Param& param, std::size_t limit) {
    switch (param.kind) {
    case ParamKind::null: return "NULL";
    case ParamKind::boolean: return param.integer != 0 ? "true" : "false";
    case ParamKind::integer: return std::to_string(param.integer);
    case ParamKind::unsigned_integer: return std::to_string(param.unsigned_integer);
    case ParamKind::real: {
        std::string text;
        detail::append_real(text, param.real);
        return text;
    }
    case ParamKind::text:
    case ParamKind::json: return quoted(param.view(), limit);
    case ParamKind::bytes: return hexadecimal(param.view(), limit);
    case ParamKind::decimal: return plain(param.decimal->to_string(), limit);
    case ParamKind::date: {
        const std::chrono::sys_days day{std::chrono::days{static_cast<std::int32_t>(param.integer)}};
        return "'" + to_string(Date{day}) + "'";
    }
    case ParamKind::time: return "'" + to_string(Time{std::chrono::microseconds{param.integer}}) + "'";
    case ParamKind::timestamp:
        return "'" + to_string(Timestamp{std::chrono::microseconds{param.integer}}) + "'";
    case ParamKind::timestamp_tz:
        return "'" + to_string(TimestampTz{std::chrono::microseconds{param.integer}}) + "'";
    case ParamKind::interval: return "'" + to_string(*param.interval) + "'";
    case ParamKind::uuid: return "'" + to_string(*param.uuid) + "'";
    case ParamKind::array: return quoted(array_text(*param.array), limit);
    case ParamKind::range: return quoted(range_text(*param.range), limit);
    case ParamKind::multirange: return quoted(multirange_text(*param.multirange), limit);
    }
    return {};
}

} // namespace azoth
