// SPDX-License-Identifier: MIT
// The SQL standard's types by their own upper-case names: written as they are called, whatever the database would choose.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <azoth/types/details.hpp>

namespace azoth {

struct BIGINT : Type {
    BIGINT() : Type(named_type(TypeKind::big_integer, "BIGINT")) {}
};
struct BINARY : Type {
    explicit BINARY(std::int32_t bytes = unset) : Type(named_type(TypeKind::large_binary, "BINARY")) { length = bytes; }
};
struct BLOB : Type {
    explicit BLOB(std::int32_t bytes = unset) : Type(named_type(TypeKind::large_binary, "BLOB")) { length = bytes; }
};
struct BOOLEAN : Type {
    BOOLEAN() : Type(named_type(TypeKind::boolean, "BOOLEAN")) {}
};
struct CHAR : Type {
    explicit CHAR(std::int32_t characters = unset, std::string collation = {});
};
struct CLOB : Type {
    CLOB() : Type(named_type(TypeKind::text, "CLOB")) {}
};
struct DATE : Type {
    DATE() : Type(named_type(TypeKind::date, "DATE")) {}
};
struct DATETIME : Type {
    explicit DATETIME(bool with_timezone = false) : Type(named_type(TypeKind::date_time, "DATETIME")) {
        timezone = with_timezone;
    }
};
struct DECIMAL : Type {
    explicit DECIMAL(std::int32_t digits = unset, std::int32_t digits_behind_point = unset)
        : Type(named_type(TypeKind::numeric, "DECIMAL")) {
        precision = digits;
        scale = digits_behind_point;
    }
};
struct DOUBLE : Type {
    DOUBLE() : Type(named_type(TypeKind::double_, "DOUBLE")) {}
};
struct DOUBLE_PRECISION : Type {
    DOUBLE_PRECISION() : Type(named_type(TypeKind::double_, "DOUBLE_PRECISION")) {}
};
struct FLOAT : Type {
    explicit FLOAT(std::int32_t digits = unset) : Type(named_type(TypeKind::float_, "FLOAT")) { precision = digits; }
};
struct INTEGER : Type {
    INTEGER() : Type(named_type(TypeKind::integer, "INTEGER")) {}
};
using INT = INTEGER;
struct JSON : Type {
    JSON() : Type(named_type(TypeKind::json, "JSON")) {}
};
struct NCHAR : Type {
    explicit NCHAR(std::int32_t characters = unset, std::string collation = {});
};
struct NUMERIC : Type {
    explicit NUMERIC(std::int32_t digits = unset, std::int32_t digits_behind_point = unset)
        : Type(named_type(TypeKind::numeric, "NUMERIC")) {
        precision = digits;
        scale = digits_behind_point;
    }
};
struct NVARCHAR : Type {
    explicit NVARCHAR(std::int32_t characters = unset, std::string collation = {});
};
struct REAL : Type {
    REAL() : Type(named_type(TypeKind::float_, "REAL")) {}
};
struct SMALLINT : Type {
    SMALLINT() : Type(named_type(TypeKind::small_integer, "SMALLINT")) {}
};
struct TEXT : Type {
    explicit TEXT(std::int32_t characters = unset, std::string collation = {});
};
struct TIME : Type {
    explicit TIME(bool with_timezone = false) : Type(named_type(TypeKind::time, "TIME")) { timezone = with_timezone; }
};
struct TIMESTAMP : Type {
    explicit TIMESTAMP(bool with_timezone = false) : Type(named_type(TypeKind::date_time, "TIMESTAMP")) {
        timezone = with_timezone;
    }
};
struct UUID : Type {
    UUID() : Type(named_type(TypeKind::uuid, "UUID")) {}
};
struct VARBINARY : Type {
    explicit VARBINARY(std::int32_t bytes = unset) : Type(named_type(TypeKind::large_binary, "VARBINARY")) {
        length = bytes;
    }
};
struct VARCHAR : Type {
    explicit VARCHAR(std::int32_t characters = unset, std::string collation = {});
};

/// Elements of one type in an order; only PostgreSQL has it.
struct ARRAY : Type {
    /// @throws ArgumentError when `item_type` is itself an ARRAY: give the number of dimensions instead.
    explicit ARRAY(const Type& item_type, std::int32_t dimensions = unset);
    /// Positions in `item()`, `slice()` and `set_item()` count from 0; the database's count from 1 all the same.
    [[nodiscard]] ARRAY zero_indexes(bool on = true) const;
};

} // namespace azoth
