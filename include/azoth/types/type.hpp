// SPDX-License-Identifier: MIT
// SQL types as values: what a column, an expression or a parameter is, on any dialect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace azoth {

enum class TypeKind : std::uint8_t {
    null_type, ///< not known: nothing is assumed
    boolean,
    small_integer,
    integer,
    big_integer,
    float_,
    double_,
    numeric,
    string,
    text,
    large_binary,
    date,
    time,
    date_time,
    interval,
    uuid,
    json,
};

struct TypeDetails;

/// A SQL type. A small value: the named types below construct it, dialects render it.
class Type {
public:
    static constexpr std::int32_t unset = -1;

    Type() noexcept = default;
    explicit Type(TypeKind k) noexcept : kind(k) {}

    TypeKind kind = TypeKind::null_type;
    bool timezone = false;          ///< Time, DateTime: WITH TIME ZONE
    bool national = false;          ///< String, Text: of the national character set, where that is a type of its own
    std::int32_t length = unset;    ///< String, LargeBinary: characters or bytes
    std::int32_t precision = unset; ///< Numeric, Float: digits; Time, DateTime: fractional digits
    std::int32_t scale = unset;     ///< Numeric: digits behind the point

    /// What few types have: a name of their own, members, an item type, variants. Null for most.
    std::shared_ptr<const TypeDetails> details;

    friend bool operator==(const Type& a, const Type& b) noexcept {
        return a.kind == b.kind && a.timezone == b.timezone && a.national == b.national && a.length == b.length
            && a.precision == b.precision && a.scale == b.scale && (a.details == b.details || same_details(a, b));
    }

    [[nodiscard]] std::size_t hash() const noexcept {
        std::size_t h = static_cast<std::size_t>(kind) * 4 + (timezone ? 1 : 0) + (national ? 2 : 0);
        for (const auto n : {length, precision, scale}) h = h * 0x9E3779B97F4A7C15ULL + static_cast<std::uint32_t>(n);
        return details ? h * 0x9E3779B97F4A7C15ULL + details_hash() : h;
    }
    /// This type, but `type` on those dialects: `String{20}.with_variant(postgresql::CITEXT{}, "postgresql")`.
    [[nodiscard]] Type with_variant(const Type& type, std::string_view dialect) const;
    /// The type by which every database knows it: TINYINT is an Integer, JSONB JSON, CITEXT Text. A decorated type has a say in it:
    /// see `TypeDecorator::as_generic()`.
    /// @throws ArgumentError when there is none, as of INET; with `allow_null_type` that is null_type.
    [[nodiscard]] Type as_generic(bool allow_null_type = false) const;
    /// What this type is on a dialect: its variant there, or itself.
    [[nodiscard]] Type on(std::string_view dialect) const;

    /// Statements with it may be kept compiled: see `TypeDecorator::cache_ok()`.
    [[nodiscard]] bool is_cacheable() const noexcept { return !details || details_cacheable(); }

    [[nodiscard]] bool is_null_type() const noexcept { return kind == TypeKind::null_type; }
    [[nodiscard]] bool is_integer() const noexcept {
        return kind == TypeKind::small_integer || kind == TypeKind::integer || kind == TypeKind::big_integer;
    }
    [[nodiscard]] bool is_numeric() const noexcept {
        return is_integer() || kind == TypeKind::float_ || kind == TypeKind::double_ || kind == TypeKind::numeric;
    }
    [[nodiscard]] bool is_text() const noexcept { return kind == TypeKind::string || kind == TypeKind::text; }

private:
    [[nodiscard]] static bool same_details(const Type& a, const Type& b) noexcept;
    [[nodiscard]] std::size_t details_hash() const noexcept;
    [[nodiscard]] bool details_cacheable() const noexcept;
};

/// The type's name for messages: "BigInteger", "String(30)".
[[nodiscard]] std::string to_string(const Type& type);

struct Boolean : Type {
    Boolean() noexcept : Type(TypeKind::boolean) {}
};
struct SmallInteger : Type {
    SmallInteger() noexcept : Type(TypeKind::small_integer) {}
};
struct Integer : Type {
    Integer() noexcept : Type(TypeKind::integer) {}
};
struct BigInteger : Type {
    BigInteger() noexcept : Type(TypeKind::big_integer) {}
};
struct Float : Type {
    explicit Float(std::int32_t digits = unset) noexcept : Type(TypeKind::float_) { precision = digits; }
};
struct Double : Type {
    Double() noexcept : Type(TypeKind::double_) {}
};
/// Exact decimals of `digits` digits, `digits_behind_point` of them behind the point.
struct Numeric : Type {
    explicit Numeric(std::int32_t digits = unset, std::int32_t digits_behind_point = unset) noexcept
        : Type(TypeKind::numeric) {
        precision = digits;
        scale = digits_behind_point;
    }
};
/// VARCHAR of at most `characters`; without a length only where the database allows it.
struct String : Type {
    explicit String(std::int32_t characters = unset) noexcept : Type(TypeKind::string) { length = characters; }
    /// Compared by `collation`'s rules.
    String(std::int32_t characters, std::string collation);
};
struct Text : Type {
    explicit Text(std::int32_t characters = unset) noexcept : Type(TypeKind::text) { length = characters; }
    Text(std::int32_t characters, std::string collation);
};
/// String and Text as NVARCHAR and the like, on those databases where other strings do not hold every character.
struct Unicode : String {
    explicit Unicode(std::int32_t characters = unset) noexcept : String(characters) { national = true; }
    Unicode(std::int32_t characters, std::string collation);
};
struct UnicodeText : Text {
    explicit UnicodeText(std::int32_t characters = unset) noexcept : Text(characters) { national = true; }
    UnicodeText(std::int32_t characters, std::string collation);
};
struct LargeBinary : Type {
    explicit LargeBinary(std::int32_t bytes = unset) noexcept : Type(TypeKind::large_binary) { length = bytes; }
};
struct DateType : Type {
    DateType() noexcept : Type(TypeKind::date) {}
};
struct TimeType : Type {
    explicit TimeType(bool with_timezone = false) noexcept : Type(TypeKind::time) { timezone = with_timezone; }
};
struct DateTime : Type {
    explicit DateTime(bool with_timezone = false) noexcept : Type(TypeKind::date_time) { timezone = with_timezone; }
};
struct IntervalType : Type {
    IntervalType() noexcept : Type(TypeKind::interval) {}
    /// Not native: as the distance from 1970-01-01 on every database. Precisions, in digits, where the database takes them.
    explicit IntervalType(bool native, std::int32_t second_precision = unset, std::int32_t day_precision = unset);
};
struct UuidType : Type {
    UuidType() noexcept : Type(TypeKind::uuid) {}
    /// Not native: 32 digits in a CHAR(32) on every database.
    explicit UuidType(bool native_uuid);
    /// false: a row's untyped value is the UUID's text with hyphens, in place of a `Uuid`.
    [[nodiscard]] UuidType as_uuid(bool uuid) const;
};
struct JsonType : Type {
    JsonType() noexcept : Type(TypeKind::json) {}
};

} // namespace azoth
