// SPDX-License-Identifier: MIT
// Value as a parameter, and fields as owned values.
#include <azoth/types/value.hpp>

#include <azoth/types/details.hpp>
#include <azoth/types/type_traits.hpp>

#include "array_value.hpp"

namespace azoth {

namespace {

struct AsParam {
    Param operator()(Null) const noexcept { return {}; }
    /// The types whose traits make a view of their own.
    template <class T>
    Param operator()(const T& value) const noexcept {
        return TypeTraits<T>::param(value);
    }
    Param operator()(const JsonText& value) const noexcept { return {ParamKind::json, value.text}; }
    Param operator()(const ArrayValue& value) const noexcept { return Param{&value}; }
    Param operator()(const RangeValue& value) const noexcept { return Param{&value}; }
    Param operator()(const MultirangeValue& value) const noexcept { return Param{&value}; }
};

template <class T>
Value own(T value) {
    return Value{std::move(value)};
}

Value own_string(const Field& field) {
    std::string text;
    wire::decode_string(field, text);
    return own(std::move(text));
}

/// A 64-bit integer keeps its sign or, past the signed range, the lack of one.
Value own_integer(const Field& field) {
    constexpr auto high = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (field.wire == Wire::unsigned_integer && field.unsigned_integer > high)
        return own(field.unsigned_integer);
    return own(wire::decode_integer(field));
}

/// What the wire form alone says.
Value own_as_sent(const Field& field) {
    switch (field.wire) {
    case Wire::null: return {};
    case Wire::integer:
    case Wire::pg_int2:
    case Wire::pg_int4:
    case Wire::pg_int8: return own(wire::decode_integer(field));
    case Wire::unsigned_integer: return own(field.unsigned_integer);
    case Wire::real:
    case Wire::pg_float4:
    case Wire::pg_float8: return own(wire::decode_double(field));
    case Wire::pg_bool: return own(wire::decode_bool(field));
    case Wire::pg_numeric: return own(wire::decode_decimal(field, Type{}));
    case Wire::date:
    case Wire::pg_date: return own(wire::decode_date(field));
    case Wire::time:
    case Wire::pg_time: return own(wire::decode_time(field));
    case Wire::timestamp:
    case Wire::pg_timestamp: return own(wire::decode_timestamp(field));
    case Wire::pg_timestamptz: return own(wire::decode_timestamp_tz(field));
    case Wire::pg_interval: return own(wire::decode_interval(field));
    case Wire::pg_uuid: return own(wire::decode_uuid(field));
    case Wire::pg_jsonb: return own(JsonText{wire::decode_json_text(field)});
    case Wire::pg_array: return own(wire::array_value(field));
    case Wire::pg_range: return own(wire::range_value(field));
    case Wire::pg_multirange: return own(wire::multirange_value(field));
    case Wire::pg_money: return own(wire::decode_decimal(field, Type{}));
    case Wire::text:
    case Wire::pg_timetz: // as text, a time keeps its zone
    case Wire::pg_hstore:
    case Wire::pg_inet:
    case Wire::pg_macaddr:
    case Wire::pg_bit:
    case Wire::pg_tsvector:
    case Wire::pg_tsquery: return own_string(field);
    case Wire::bytes:
    case Wire::pg_other: return own(wire::decode_bytes(field));
    }
    return {};
}

} // namespace

ArrayValue::ArrayValue(std::vector<Value> members) noexcept : items(std::move(members)) {}

MultirangeValue::MultirangeValue(std::vector<RangeValue> members) noexcept : ranges(std::move(members)) {}

RangeValue::RangeValue(Value lower, Value upper, std::string_view bounds) {
    detail::check_bounds(bounds);
    lower_inclusive = bounds[0] == '[';
    upper_inclusive = bounds[1] == ']';
    ends.push_back(std::move(lower));
    ends.push_back(std::move(upper));
}

Value::Value() noexcept = default;
Value::Value(Null) noexcept {}
Value::Value(Variant v) noexcept : variant_(std::move(v)) {}
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

template <class A>
Value::Value(Alternative, A&& alternative) noexcept : variant_(std::in_place_type<A>, std::move(alternative)) {}

template Value::Value(Alternative, bool&&) noexcept;
template Value::Value(Alternative, std::int64_t&&) noexcept;
template Value::Value(Alternative, std::uint64_t&&) noexcept;
template Value::Value(Alternative, double&&) noexcept;
template Value::Value(Alternative, std::string&&) noexcept;
template Value::Value(Alternative, Bytes&&) noexcept;
template Value::Value(Alternative, Decimal&&) noexcept;
template Value::Value(Alternative, Date&&) noexcept;
template Value::Value(Alternative, Time&&) noexcept;
template Value::Value(Alternative, Timestamp&&) noexcept;
template Value::Value(Alternative, TimestampTz&&) noexcept;
template Value::Value(Alternative, Interval&&) noexcept;
template Value::Value(Alternative, Uuid&&) noexcept;
template Value::Value(Alternative, JsonText&&) noexcept;
template Value::Value(Alternative, ArrayValue&&) noexcept;
template Value::Value(Alternative, RangeValue&&) noexcept;
template Value::Value(Alternative, MultirangeValue&&) noexcept;

bool operator==(const Value& a, const Value& b) { return a.variant_ == b.variant_; }

bool operator==(const RangeValue& a, const RangeValue& b) noexcept {
    if (a.ends != b.ends) return false;
    return a.ends.empty() || (a.lower_inclusive == b.lower_inclusive && a.upper_inclusive == b.upper_inclusive);
}

bool operator==(const MultirangeValue& a, const MultirangeValue& b) noexcept { return a.ranges == b.ranges; }

bool operator==(const ArrayValue& a, const ArrayValue& b) noexcept { return a.items == b.items; }

Param Value::param() const noexcept {
    return std::visit(AsParam{}, variant_);
}

Value to_value(const Field& field, const Type& type) {
    if (field.is_null()) return {};
    switch (type.kind) {
    case TypeKind::null_type: return own_as_sent(field);
    case TypeKind::boolean: return own(wire::decode_bool(field));
    case TypeKind::small_integer:
    case TypeKind::integer:
    case TypeKind::big_integer: return own_integer(field);
    case TypeKind::float_:
    case TypeKind::double_: return own(wire::decode_double(field));
    case TypeKind::numeric: return own(wire::decode_decimal(field, type));
    case TypeKind::string:
    case TypeKind::text: return own_string(field);
    case TypeKind::large_binary: return own(wire::decode_bytes(field));
    case TypeKind::date: return own(wire::decode_date(field));
    case TypeKind::time: return own(wire::decode_time(field));
    case TypeKind::date_time:
        if (type.timezone) return own(wire::decode_timestamp_tz(field));
        return own(wire::decode_timestamp(field));
    case TypeKind::interval: return own(wire::decode_interval(field));
    case TypeKind::uuid:
        if (details_of(type).has(TypeFlag::as_text)) return own(to_string(wire::decode_uuid(field)));
        return own(wire::decode_uuid(field));
    case TypeKind::json: return own(JsonText{wire::decode_json_text(field)});
    }
    return own_as_sent(field);
}

} // namespace azoth
