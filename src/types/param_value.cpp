// SPDX-License-Identifier: MIT
// Making an owned value of a parameter view.
#include <chrono>

#include <azoth/types/value.hpp>

namespace azoth {

Value to_value(const Param& param) {
    using std::chrono::microseconds;
    using V = Value::Variant;
    switch (param.kind) {
    case ParamKind::null: return {};
    case ParamKind::boolean: return Value{V{param.integer != 0}};
    case ParamKind::integer: return Value{V{param.integer}};
    case ParamKind::unsigned_integer: return Value{V{param.unsigned_integer}};
    case ParamKind::real: return Value{V{param.real}};
    case ParamKind::text: return Value{V{std::string{param.view()}}};
    case ParamKind::bytes: {
        const auto* first = reinterpret_cast<const std::byte*>(param.data);
        return Value{V{Bytes(first, first + param.size)}};
    }
    case ParamKind::decimal: return Value{V{*param.decimal}};
    case ParamKind::date: return Value{V{Date{std::chrono::sys_days{std::chrono::days{param.integer}}}}};
    case ParamKind::time: return Value{V{Time{microseconds{param.integer}}}};
    case ParamKind::timestamp: return Value{V{Timestamp{microseconds{param.integer}}}};
    case ParamKind::timestamp_tz: return Value{V{TimestampTz{microseconds{param.integer}}}};
    case ParamKind::interval: return Value{V{*param.interval}};
    case ParamKind::uuid: return Value{V{*param.uuid}};
    case ParamKind::json: return Value{V{JsonText{std::string{param.view()}}}};
    case ParamKind::array: return Value{V{*param.array}};
    case ParamKind::range: return Value{V{*param.range}};
    case ParamKind::multirange: return Value{V{*param.multirange}};
    }
    return {};
}

} // namespace azoth
