// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's own types, and the standard's with what these databases add to them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <azoth/types/details.hpp>
#include <azoth/types/enum.hpp>

namespace azoth::mysql {

/// Numbers: UNSIGNED, ZEROFILL.
template <class Self>
class NumericType : public Type {
public:
    [[nodiscard]] Self unsigned_() const { return with(TypeFlag::unsigned_); }
    [[nodiscard]] Self zerofill() const { return with(TypeFlag::zerofill); }

protected:
    NumericType(TypeKind value_kind, std::string name) : Type(named_type(value_kind, std::move(name))) {}

private:
    [[nodiscard]] Self with(TypeFlag flag) const {
        Self copy = static_cast<const Self&>(*this);
        set_flag(copy, flag);
        return copy;
    }
};

/// Text: CHARACTER SET, COLLATE, and their short forms.
template <class Self>
class StringType : public Type {
public:
    [[nodiscard]] Self charset(std::string name) const {
        return with([&](TypeDetails& d) { d.charset = std::move(name); });
    }
    [[nodiscard]] Self collation(std::string name) const {
        return with([&](TypeDetails& d) { d.collation = std::move(name); });
    }
    [[nodiscard]] Self ascii() const { return with(TypeFlag::ascii); }
    [[nodiscard]] Self unicode() const { return with(TypeFlag::unicode); }
    /// The character set's binary collation.
    [[nodiscard]] Self binary() const { return with(TypeFlag::binary); }
    [[nodiscard]] Self national() const { return with(TypeFlag::national); }

protected:
    StringType(TypeKind value_kind, std::string name, std::int32_t characters = unset)
        : Type(named_type(value_kind, std::move(name))) {
        length = characters;
    }

private:
    template <class Change>
    [[nodiscard]] Self with(Change change) const {
        Self copy = static_cast<const Self&>(*this);
        change_details(copy, change);
        return copy;
    }
    [[nodiscard]] Self with(TypeFlag flag) const {
        Self copy = static_cast<const Self&>(*this);
        set_flag(copy, flag);
        return copy;
    }
};

// Integers take a display width.
struct TINYINT : NumericType<TINYINT> {
    explicit TINYINT(std::int32_t display_width = unset) : NumericType(TypeKind::small_integer, "TINYINT") {
        length = display_width;
    }
};
struct SMALLINT : NumericType<SMALLINT> {
    explicit SMALLINT(std::int32_t display_width = unset) : NumericType(TypeKind::small_integer, "SMALLINT") {
        length = display_width;
    }
};
struct MEDIUMINT : NumericType<MEDIUMINT> {
    explicit MEDIUMINT(std::int32_t display_width = unset) : NumericType(TypeKind::integer, "MEDIUMINT") {
        length = display_width;
    }
};
struct INTEGER : NumericType<INTEGER> {
    explicit INTEGER(std::int32_t display_width = unset) : NumericType(TypeKind::integer, "INTEGER") {
        length = display_width;
    }
};
struct BIGINT : NumericType<BIGINT> {
    explicit BIGINT(std::int32_t display_width = unset) : NumericType(TypeKind::big_integer, "BIGINT") {
        length = display_width;
    }
};
struct DECIMAL : NumericType<DECIMAL> {
    explicit DECIMAL(std::int32_t digits = unset, std::int32_t digits_behind_point = unset)
        : NumericType(TypeKind::numeric, "DECIMAL") {
        precision = digits;
        scale = digits_behind_point;
    }
};
struct NUMERIC : NumericType<NUMERIC> {
    explicit NUMERIC(std::int32_t digits = unset, std::int32_t digits_behind_point = unset)
        : NumericType(TypeKind::numeric, "NUMERIC") {
        precision = digits;
        scale = digits_behind_point;
    }
};
struct FLOAT : NumericType<FLOAT> {
    explicit FLOAT(std::int32_t digits = unset, std::int32_t digits_behind_point = unset)
        : NumericType(TypeKind::float_, "FLOAT") {
        precision = digits;
        scale = digits_behind_point;
    }
};
struct DOUBLE : NumericType<DOUBLE> {
    explicit DOUBLE(std::int32_t digits = unset, std::int32_t digits_behind_point = unset)
        : NumericType(TypeKind::double_, "DOUBLE") {
        precision = digits;
        scale = digits_behind_point;
    }
};
struct REAL : NumericType<REAL> {
    explicit REAL(std::int32_t digits = unset, std::int32_t digits_behind_point = unset)
        : NumericType(TypeKind::double_, "REAL") {
        precision = digits;
        scale = digits_behind_point;
    }
};
struct BIT : Type {
    explicit BIT(std::int32_t bits = unset) : Type(named_type(TypeKind::large_binary, "BIT")) { length = bits; }
};

// `fractional_digits`: 0 to 6 digits of seconds.
struct DATETIME : Type {
    explicit DATETIME(std::int32_t fractional_digits = unset) : Type(named_type(TypeKind::date_time, "DATETIME")) {
        precision = fractional_digits;
    }
};
struct TIMESTAMP : Type {
    explicit TIMESTAMP(std::int32_t fractional_digits = unset) : Type(named_type(TypeKind::date_time, "TIMESTAMP")) {
        precision = fractional_digits;
    }
};
struct TIME : Type {
    explicit TIME(std::int32_t fractional_digits = unset) : Type(named_type(TypeKind::time, "TIME")) {
        precision = fractional_digits;
    }
};
struct YEAR : Type {
    explicit YEAR(std::int32_t display_width = unset) : Type(named_type(TypeKind::small_integer, "YEAR")) {
        length = display_width;
    }
};

struct CHAR : StringType<CHAR> {
    explicit CHAR(std::int32_t characters = unset) : StringType(TypeKind::string, "CHAR", characters) {}
};
struct VARCHAR : StringType<VARCHAR> {
    explicit VARCHAR(std::int32_t characters = unset) : StringType(TypeKind::string, "VARCHAR", characters) {}
};
struct NCHAR : StringType<NCHAR> {
    explicit NCHAR(std::int32_t characters = unset) : StringType(TypeKind::string, "NCHAR", characters) {}
};
struct NVARCHAR : StringType<NVARCHAR> {
    explicit NVARCHAR(std::int32_t characters = unset) : StringType(TypeKind::string, "NVARCHAR", characters) {}
};
struct TINYTEXT : StringType<TINYTEXT> {
    TINYTEXT() : StringType(TypeKind::text, "TINYTEXT") {}
};
struct TEXT : StringType<TEXT> {
    explicit TEXT(std::int32_t characters = unset) : StringType(TypeKind::text, "TEXT", characters) {}
};
struct MEDIUMTEXT : StringType<MEDIUMTEXT> {
    MEDIUMTEXT() : StringType(TypeKind::text, "MEDIUMTEXT") {}
};
struct LONGTEXT : StringType<LONGTEXT> {
    LONGTEXT() : StringType(TypeKind::text, "LONGTEXT") {}
};
struct TINYBLOB : Type {
    TINYBLOB() : Type(named_type(TypeKind::large_binary, "TINYBLOB")) {}
};
struct MEDIUMBLOB : Type {
    MEDIUMBLOB() : Type(named_type(TypeKind::large_binary, "MEDIUMBLOB")) {}
};
struct LONGBLOB : Type {
    LONGBLOB() : Type(named_type(TypeKind::large_binary, "LONGBLOB")) {}
};

struct ENUM : StringType<ENUM> {
    explicit ENUM(std::vector<std::string> members) : StringType(TypeKind::string, "ENUM") {
        change_details(*this, [&](TypeDetails& d) { d.members = std::move(members); });
    }
};
/// Any number of the members, as text with commas between.
struct SET : StringType<SET> {
    explicit SET(std::vector<std::string> members) : StringType(TypeKind::string, "SET") {
        change_details(*this, [&](TypeDetails& d) { d.members = std::move(members); });
    }
};

} // namespace azoth::mysql

namespace azoth::mariadb {

struct INET4 : Type {
    INET4() : Type(named_type(TypeKind::string, "INET4")) {}
};
struct INET6 : Type {
    INET6() : Type(named_type(TypeKind::string, "INET6")) {}
};

} // namespace azoth::mariadb
