// SPDX-License-Identifier: MIT
// Value: an owned value of any SQL type, for parameters and rows whose types are known only at run time.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <azoth/types/decimal.hpp>
#include <azoth/types/field.hpp>
#include <azoth/types/temporal.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/uuid.hpp>

namespace azoth {

/// SQL NULL as a C++ value: `users.fullname = az::null`.
struct Null {
    friend bool operator==(Null, Null) = default;
};
inline constexpr Null null{};

using Bytes = std::vector<std::byte>;

/// A JSON document as its text, so that this header needs no JSON library.
struct JsonText {
    std::string text;

    JsonText() = default;
    explicit JsonText(std::string document) : text(std::move(document)) {}
    friend bool operator==(const JsonText&, const JsonText&) = default;
};

class Value;

/// The members of an array, arrays themselves where it has several dimensions; or the steps into a document.
struct ArrayValue {
    std::vector<Value> items;

    ArrayValue() = default;
    explicit ArrayValue(std::vector<Value> members) noexcept;
    friend bool operator==(const ArrayValue& a, const ArrayValue& b) noexcept;
};

/// A range of values: its two ends, NULL where it has none; no ends at all: the empty range.
struct RangeValue {
    std::vector<Value> ends;
    bool lower_inclusive = true;
    bool upper_inclusive = false;

    RangeValue() = default;
    /// "[)", "(]", "[]" or "()". @throws ArgumentError for other bounds.
    RangeValue(Value lower, Value upper, std::string_view bounds = "[)");
    friend bool operator==(const RangeValue& a, const RangeValue& b) noexcept;
};

/// Ranges of one type.
struct MultirangeValue {
    std::vector<RangeValue> ranges;

    MultirangeValue() = default;
    explicit MultirangeValue(std::vector<RangeValue> members) noexcept;
    friend bool operator==(const MultirangeValue& a, const MultirangeValue& b) noexcept;
};

namespace detail {

template <class T>
concept plain_number = std::floating_point<T>
    || (std::integral<T> && !std::same_as<T, char> && !std::same_as<T, wchar_t> && !std::same_as<T, char8_t>
        && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>);

template <class T, class Variant>
inline constexpr bool is_alternative = false;
template <class T, class... Alternatives>
inline constexpr bool is_alternative<T, std::variant<Alternatives...>> = (std::same_as<T, Alternatives> || ...);

/// The alternative of a Value that takes a T.
template <class T>
struct Stored : std::type_identity<T> {};
template <std::integral T>
struct Stored<T>
    : std::conditional<std::same_as<T, bool>, bool, std::conditional_t<std::same_as<T, std::uint64_t>, T, std::int64_t>> {};
template <std::floating_point T>
struct Stored<T> : std::type_identity<double> {};
template <std::convertible_to<std::string_view> T>
struct Stored<T> : std::type_identity<std::string> {};
template <class T>
using StoredAs = typename Stored<T>::type;

} // namespace detail

/// An owned SQL value. Copying copies the value; `param()` views it.
class Value {
public:
    using Variant = std::variant<
        Null,
        bool,
        std::int64_t,
        std::uint64_t,
        double,
        std::string,
        Bytes,
        Decimal,
        Date,
        Time,
        Timestamp,
        TimestampTz,
        Interval,
        Uuid,
        JsonText,
        ArrayValue,
        RangeValue,
        MultirangeValue>;

    Value() noexcept;
    Value(Null) noexcept;
    explicit Value(Variant v) noexcept;
    /// Of a boolean, a number, text, or one of the alternatives: `std::map<std::string, Value>{{"name", "Ann"}, {"age", 7}}`.
    template <class T>
        requires(detail::plain_number<T> || std::convertible_to<T, std::string_view> || detail::is_alternative<T, Variant>)
    Value(T value) : Value(Alternative{}, detail::StoredAs<T>(std::move(value))) {}

    // In the library: a variant of so many costs each file that makes one a tenth of a second to compile.
    Value(const Value& other);
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other);
    Value& operator=(Value&& other) noexcept;
    ~Value();

    [[nodiscard]] bool is_null() const noexcept { return variant_.index() == 0; }
    [[nodiscard]] const Variant& variant() const noexcept { return variant_; }

    /// A view of this value; valid as long as the value is neither changed nor moved.
    [[nodiscard]] Param param() const noexcept;

    friend bool operator==(const Value& a, const Value& b);

private:
    struct Alternative {};
    /// Defined for what is_alternative.
    template <class A>
    Value(Alternative, A&& alternative) noexcept;

    Variant variant_;
};

/// The value as a SQL user would read it, for messages and logs; at most `limit` bytes of text.
[[nodiscard]] std::string to_string(const Param& param, std::size_t limit = 200);

/// The array as PostgreSQL reads it: `{1,2,NULL}`, `{"a b"}`.
[[nodiscard]] std::string array_text(const ArrayValue& array);

/// The range as PostgreSQL reads it: `[1,5)`, `(,"b c"]`, `empty`; of several: `{[1,5),[7,9)}`.
[[nodiscard]] std::string range_text(const RangeValue& range);
[[nodiscard]] std::string multirange_text(const MultirangeValue& multirange);

/// An owned copy of what `param` views.
[[nodiscard]] Value to_value(const Param& param);

/// An owned copy of what `field` views; `type` decides where the wire form alone does not (a boolean sent as integer).
/// @throws TypeMismatchError when the field cannot be a value of `type`.
[[nodiscard]] Value to_value(const Field& field, const Type& type);

} // namespace azoth
