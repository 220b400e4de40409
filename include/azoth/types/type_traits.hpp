// SPDX-License-Identifier: MIT
// TypeTraits<T>: what SQL type a C++ type is, how it is bound and how it is read.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <azoth/types/decimal.hpp>
#include <azoth/types/field.hpp>
#include <azoth/types/json.hpp>
#include <azoth/types/temporal.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/uuid.hpp>
#include <azoth/types/value.hpp>

namespace azoth {

/// Decoders of the wire forms; implemented once in src/types. Each throws TypeMismatchError when the field holds NULL,
/// another kind of value, or one out of the C++ type's range; the message names what was found and what to ask for.
namespace wire {
[[nodiscard]] bool decode_bool(const Field& field);
[[nodiscard]] std::int64_t decode_integer(const Field& field);
/// @throws TypeMismatchError when the value is outside [low, high].
[[nodiscard]] std::int64_t decode_integer(const Field& field, std::int64_t low, std::int64_t high);
[[nodiscard]] std::uint64_t decode_unsigned(const Field& field, std::uint64_t high);
[[nodiscard]] double decode_double(const Field& field);
void decode_string(const Field& field, std::string& into);
[[nodiscard]] Bytes decode_bytes(const Field& field);
/// A REAL (SQLite) is rounded to the type's scale, ten digits where it has none.
[[nodiscard]] Decimal decode_decimal(const Field& field, const Type& type);
[[nodiscard]] Date decode_date(const Field& field);
[[nodiscard]] Time decode_time(const Field& field);
[[nodiscard]] Timestamp decode_timestamp(const Field& field);
[[nodiscard]] TimestampTz decode_timestamp_tz(const Field& field);
[[nodiscard]] Interval decode_interval(const Field& field);
[[nodiscard]] Uuid decode_uuid(const Field& field);
/// The text of a JSON document.
[[nodiscard]] std::string decode_json_text(const Field& field);
[[nodiscard]] std::string dump_json(const Json& document);
[[nodiscard]] Json parse_json(const std::string& text);

/// A value as a field, to be decoded; `text` keeps what the field views where the value has no wire form of its own.
[[nodiscard]] Field field_of(const Value& value, std::string& text);

// What decorated types do to their values.
/// @pre type.details
[[nodiscard]] bool converts_results(const Type& type) noexcept;
[[nodiscard]] bool converts_params(const Type& type) noexcept;
/// @pre converts_results(type)
[[nodiscard]] Value convert_result(const Field& field, const Type& type);
/// @pre converts_params(type)
[[nodiscard]] Value convert_param(const Value& value, const Type& type);
/// What is written where the value is a literal; the value itself of a type that is not decorated.
[[nodiscard]] Value convert_literal(const Value& value, const Type& type);
} // namespace wire

/// The customisation point: specialise it for a type of your own.
///
/// - `static Type type()`            the SQL type of a column declared with this C++ type
/// - `static constexpr bool nullable`
/// - `static Value value(const T&)`  an owned copy for a statement
/// - `static T decode(const Field&, const Type&)`
/// - `static Param param(const T&)`  a view (optional: without it a Value is made)
template <class T>
struct TypeTraits;

/// A C++ type that can be bound and read.
template <class T>
concept SqlValue = requires(const T& value, const Field& field, const Type& type) {
    { TypeTraits<T>::type() } -> std::convertible_to<Type>;
    { TypeTraits<T>::value(value) } -> std::convertible_to<Value>;
    { TypeTraits<T>::decode(field, type) } -> std::convertible_to<T>;
    { TypeTraits<T>::nullable } -> std::convertible_to<bool>;
};

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
struct RemoveOptional {
    using type = T;
};
template <class T>
struct RemoveOptional<std::optional<T>> {
    using type = T;
};
template <class T>
using remove_optional_t = typename RemoveOptional<T>::type;

template <class T>
using make_optional_t = std::conditional_t<is_optional<T>, T, std::optional<T>>;

} // namespace detail

template <>
struct TypeTraits<bool> {
    static constexpr bool nullable = false;
    static Type type() { return Boolean{}; }
    static Value value(bool v) { return Value{v}; }
    static Param param(bool v) { return {ParamKind::boolean, static_cast<std::int64_t>(v)}; }
    static bool decode(const Field& field, const Type&) { return wire::decode_bool(field); }
};

template <class T>
    requires(std::integral<T> && !std::same_as<T, bool> && std::is_signed_v<T> && !std::same_as<T, char>)
struct TypeTraits<T> {
    static constexpr bool nullable = false;
    static Type type() {
        if constexpr (sizeof(T) <= 2) return SmallInteger{};
        else if constexpr (sizeof(T) == 4) return Integer{};
        else return BigInteger{};
    }
    static Value value(T v) { return Value{static_cast<std::int64_t>(v)}; }
    static Param param(T v) { return {ParamKind::integer, static_cast<std::int64_t>(v)}; }
    static T decode(const Field& field, const Type&) {
        if constexpr (sizeof(T) == 8) {
            return static_cast<T>(wire::decode_integer(field));
        } else {
            return static_cast<T>(
                wire::decode_integer(field, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
        }
    }
};

template <class T>
    requires(std::integral<T> && !std::same_as<T, bool> && std::is_unsigned_v<T> && !std::same_as<T, char>
             && !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>)
struct TypeTraits<T> {
    static constexpr bool nullable = false;
    static Type type() {
        if constexpr (sizeof(T) == 1) return SmallInteger{};
        else if constexpr (sizeof(T) == 2) return Integer{};
        else return BigInteger{};
    }
    static Value value(T v) {
        if constexpr (sizeof(T) < 8) return Value{static_cast<std::int64_t>(v)};
        else return Value{static_cast<std::uint64_t>(v)};
    }
    static Param param(T v) {
        if constexpr (sizeof(T) < 8) return {ParamKind::integer, static_cast<std::int64_t>(v)};
        else return Param{static_cast<std::uint64_t>(v)};
    }
    static T decode(const Field& field, const Type&) {
        return static_cast<T>(wire::decode_unsigned(field, std::numeric_limits<T>::max()));
    }
};

template <std::floating_point T>
struct TypeTraits<T> {
    static constexpr bool nullable = false;
    static Type type() {
        if constexpr (sizeof(T) == 4) return Float{};
        else return Double{};
    }
    static Value value(T v) { return Value{static_cast<double>(v)}; }
    static Param param(T v) { return Param{static_cast<double>(v)}; }
    static T decode(const Field& field, const Type&) { return static_cast<T>(wire::decode_double(field)); }
};

template <>
struct TypeTraits<std::string> {
    static constexpr bool nullable = false;
    static Type type() { return String{}; }
    static Value value(std::string_view v) { return Value{std::string{v}}; }
    static Param param(std::string_view v) { return {ParamKind::text, v}; }
    static std::string decode(const Field& field, const Type&) {
        std::string text;
        wire::decode_string(field, text);
        return text;
    }
};

template <>
struct TypeTraits<Bytes> {
    static constexpr bool nullable = false;
    static Type type() { return LargeBinary{}; }
    static Value value(const Bytes& v) { return Value{v}; }
    static Param param(const Bytes& v) {
        return {ParamKind::bytes, std::string_view{reinterpret_cast<const char*>(v.data()), v.size()}};
    }
    static Bytes decode(const Field& field, const Type&) { return wire::decode_bytes(field); }
};

template <>
struct TypeTraits<Decimal> {
    static constexpr bool nullable = false;
    static Type type() { return Numeric{}; }
    static Value value(const Decimal& v) { return Value{v}; }
    static Param param(const Decimal& v) { return Param{&v}; }
    static Decimal decode(const Field& field, const Type& type) { return wire::decode_decimal(field, type); }
};

template <>
struct TypeTraits<Date> {
    static constexpr bool nullable = false;
    static Type type() { return DateType{}; }
    static Value value(Date v) { return Value{v}; }
    static Param param(Date v) {
        return {ParamKind::date, static_cast<std::int64_t>(std::chrono::sys_days{v}.time_since_epoch().count())};
    }
    static Date decode(const Field& field, const Type&) { return wire::decode_date(field); }
};

template <>
struct TypeTraits<Time> {
    static constexpr bool nullable = false;
    static Type type() { return TimeType{}; }
    static Value value(Time v) { return Value{v}; }
    static Param param(Time v) { return {ParamKind::time, static_cast<std::int64_t>(v.since_midnight.count())}; }
    static Time decode(const Field& field, const Type&) { return wire::decode_time(field); }
};

template <>
struct TypeTraits<Timestamp> {
    static constexpr bool nullable = false;
    static Type type() { return DateTime{}; }
    static Value value(Timestamp v) { return Value{v}; }
    static Param param(Timestamp v) {
        return {ParamKind::timestamp, static_cast<std::int64_t>(v.time_since_epoch().count())};
    }
    static Timestamp decode(const Field& field, const Type&) { return wire::decode_timestamp(field); }
};

template <>
struct TypeTraits<TimestampTz> {
    static constexpr bool nullable = false;
    static Type type() { return DateTime{true}; }
    static Value value(TimestampTz v) { return Value{v}; }
    static Param param(TimestampTz v) {
        return {ParamKind::timestamp_tz, static_cast<std::int64_t>(v.time_since_epoch().count())};
    }
    static TimestampTz decode(const Field& field, const Type&) { return wire::decode_timestamp_tz(field); }
};

template <>
struct TypeTraits<Interval> {
    static constexpr bool nullable = false;
    static Type type() { return IntervalType{}; }
    static Value value(const Interval& v) { return Value{v}; }
    static Param param(const Interval& v) { return Param{&v}; }
    static Interval decode(const Field& field, const Type&) { return wire::decode_interval(field); }
};

template <>
struct TypeTraits<Uuid> {
    static constexpr bool nullable = false;
    static Type type() { return UuidType{}; }
    static Value value(const Uuid& v) { return Value{v}; }
    static Param param(const Uuid& v) { return Param{&v}; }
    static Uuid decode(const Field& field, const Type&) { return wire::decode_uuid(field); }
};

template <>
struct TypeTraits<Json> {
    static constexpr bool nullable = false;
    static Type type() { return JsonType{}; }
    static Value value(const Json& v) { return Value{JsonText{wire::dump_json(v)}}; }
    static Json decode(const Field& field, const Type&) { return wire::parse_json(wire::decode_json_text(field)); }
};

/// A value of run-time type: reads any field.
template <>
struct TypeTraits<Value> {
    static constexpr bool nullable = true;
    static Type type() { return Type{}; }
    static Value value(const Value& v) { return v; }
    static Param param(const Value& v) { return v.param(); }
    static Value decode(const Field& field, const Type& type) { return to_value(field, type); }
};

template <class T>
struct TypeTraits<std::optional<T>> {
    static constexpr bool nullable = true;
    static Type type() { return TypeTraits<T>::type(); }
    static Value value(const std::optional<T>& v) { return v ? TypeTraits<T>::value(*v) : Value{}; }
    static Param param(const std::optional<T>& v)
        requires requires(const T& x) { TypeTraits<T>::param(x); }
    {
        return v ? TypeTraits<T>::param(*v) : Param{};
    }
    static std::optional<T> decode(const Field& field, const Type& type) {
        if (field.is_null()) return std::nullopt;
        return TypeTraits<T>::decode(field, type);
    }
};

namespace detail {

/// The cell as a T, by way of what a decorated type makes of it.
template <class T>
T decode(const Field& field, const Type& type) {
    if (type.details && wire::converts_results(type)) [[unlikely]] {
        const Value value = wire::convert_result(field, type);
        if constexpr (std::same_as<T, Value>) {
            return value;
        } else {
            std::string text;
            return TypeTraits<T>::decode(wire::field_of(value, text), Type{});
        }
    }
    return TypeTraits<T>::decode(field, type);
}

} // namespace detail
} // namespace azoth
