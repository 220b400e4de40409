// SPDX-License-Identifier: MIT
// PostgreSQL's own types. Other dialects refuse them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <azoth/types/details.hpp>
#include <azoth/types/enum.hpp>
#include <azoth/types/standard.hpp>

namespace azoth::postgresql {

using azoth::ARRAY;

/// A bit string of exactly `bits` bits.
struct BIT : Type {
    explicit BIT(std::int32_t bits = 1) : Type(named_type(TypeKind::string, "BIT")) { length = bits; }
};
/// A bit string of at most `bits` bits. SQLAlchemy's BIT(varying=True).
struct BIT_VARYING : Type {
    explicit BIT_VARYING(std::int32_t bits = unset) : Type(named_type(TypeKind::string, "BIT")) {
        length = bits;
        set_flag(*this, TypeFlag::varying);
    }
};
struct BYTEA : Type {
    BYTEA() : Type(named_type(TypeKind::large_binary, "BYTEA")) {}
};
struct CIDR : Type {
    CIDR() : Type(named_type(TypeKind::string, "CIDR")) {}
};
struct CITEXT : Type {
    CITEXT() : Type(named_type(TypeKind::text, "CITEXT")) {}
};
struct HSTORE : Type {
    HSTORE() : Type(named_type(TypeKind::null_type, "HSTORE")) {}
};
struct INET : Type {
    INET() : Type(named_type(TypeKind::string, "INET")) {}
};
/// `INTERVAL{"DAY TO SECOND", 3}`.
struct INTERVAL : Type {
    explicit INTERVAL(std::string fields = {}, std::int32_t digits = unset);
};
struct JSONB : Type {
    JSONB() : Type(named_type(TypeKind::json, "JSONB")) {}
};
struct JSONPATH : Type {
    JSONPATH() : Type(named_type(TypeKind::string, "JSONPATH")) {}
};
struct MACADDR : Type {
    MACADDR() : Type(named_type(TypeKind::string, "MACADDR")) {}
};
struct MACADDR8 : Type {
    MACADDR8() : Type(named_type(TypeKind::string, "MACADDR8")) {}
};
struct MONEY : Type {
    MONEY() : Type(named_type(TypeKind::string, "MONEY")) {}
};
struct OID : Type {
    OID() : Type(named_type(TypeKind::big_integer, "OID")) {}
};
struct REGCLASS : Type {
    REGCLASS() : Type(named_type(TypeKind::string, "REGCLASS")) {}
};
struct REGCONFIG : Type {
    REGCONFIG() : Type(named_type(TypeKind::string, "REGCONFIG")) {}
};
/// With a number of fractional digits.
struct TIME : Type {
    explicit TIME(bool with_timezone = false, std::int32_t digits = unset) : Type(named_type(TypeKind::time, "TIME")) {
        timezone = with_timezone;
        precision = digits;
    }
};
struct TIMESTAMP : Type {
    explicit TIMESTAMP(bool with_timezone = false, std::int32_t digits = unset)
        : Type(named_type(TypeKind::date_time, "TIMESTAMP")) {
        timezone = with_timezone;
        precision = digits;
    }
};
struct TSQUERY : Type {
    TSQUERY() : Type(named_type(TypeKind::string, "TSQUERY")) {}
};
struct TSVECTOR : Type {
    TSVECTOR() : Type(named_type(TypeKind::string, "TSVECTOR")) {}
};

// Ranges.
struct INT4RANGE : Type {
    INT4RANGE() : Type(named_type(TypeKind::null_type, "INT4RANGE")) {}
};
struct INT8RANGE : Type {
    INT8RANGE() : Type(named_type(TypeKind::null_type, "INT8RANGE")) {}
};
struct NUMRANGE : Type {
    NUMRANGE() : Type(named_type(TypeKind::null_type, "NUMRANGE")) {}
};
struct DATERANGE : Type {
    DATERANGE() : Type(named_type(TypeKind::null_type, "DATERANGE")) {}
};
struct TSRANGE : Type {
    TSRANGE() : Type(named_type(TypeKind::null_type, "TSRANGE")) {}
};
struct TSTZRANGE : Type {
    TSTZRANGE() : Type(named_type(TypeKind::null_type, "TSTZRANGE")) {}
};
struct INT4MULTIRANGE : Type {
    INT4MULTIRANGE() : Type(named_type(TypeKind::null_type, "INT4MULTIRANGE")) {}
};
struct INT8MULTIRANGE : Type {
    INT8MULTIRANGE() : Type(named_type(TypeKind::null_type, "INT8MULTIRANGE")) {}
};
struct NUMMULTIRANGE : Type {
    NUMMULTIRANGE() : Type(named_type(TypeKind::null_type, "NUMMULTIRANGE")) {}
};
struct DATEMULTIRANGE : Type {
    DATEMULTIRANGE() : Type(named_type(TypeKind::null_type, "DATEMULTIRANGE")) {}
};
struct TSMULTIRANGE : Type {
    TSMULTIRANGE() : Type(named_type(TypeKind::null_type, "TSMULTIRANGE")) {}
};
struct TSTZMULTIRANGE : Type {
    TSTZMULTIRANGE() : Type(named_type(TypeKind::null_type, "TSTZMULTIRANGE")) {}
};

/// A type made by CREATE TYPE … AS ENUM.
struct ENUM : Enum {
    ENUM(std::vector<std::string> members, std::string name, std::string schema = {});
};

/// A type made by CREATE DOMAIN: another type under conditions.
class DOMAIN : public Type {
public:
    DOMAIN(std::string name, const Type& data_type, std::string schema = {});

    /// SQL text that refers to VALUE.
    [[nodiscard]] DOMAIN check(std::string condition) const;
    [[nodiscard]] DOMAIN not_null() const;
    /// A literal, written in quotes.
    [[nodiscard]] DOMAIN default_(std::string text) const;
    /// An expression, written as it is.
    [[nodiscard]] DOMAIN default_sql(std::string sql) const;
    [[nodiscard]] DOMAIN constraint_name(std::string name) const;
    [[nodiscard]] DOMAIN collation(std::string name, std::string schema = {}) const;
    [[nodiscard]] DOMAIN create_type(bool create) const;

private:
    template <class Change>
    [[nodiscard]] DOMAIN with(Change change) const {
        DOMAIN copy = *this;
        change_details(copy, change);
        return copy;
    }
};

} // namespace azoth::postgresql
