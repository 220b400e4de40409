// SPDX-License-Identifier: MIT
// The tables between SQL types, type numbers and wire forms.
#include "driver/postgresql/oid.hpp"

#include <algorithm>
#include <array>

#include <azoth/types/details.hpp>

namespace azoth::postgresql {
namespace {

struct BuiltIn {
    std::uint32_t oid;
    Wire wire;
    TypeKind kind;
    bool timezone = false;
};

// Sorted by oid. What is missing here (arrays, ranges, inet, geometry, money) is pg_other.
constexpr std::array built_ins{
    BuiltIn{16, Wire::pg_bool, TypeKind::boolean},
    BuiltIn{17, Wire::bytes, TypeKind::large_binary},
    BuiltIn{18, Wire::text, TypeKind::string}, // "char", one byte
    BuiltIn{19, Wire::text, TypeKind::string}, // name
    BuiltIn{20, Wire::pg_int8, TypeKind::big_integer},
    BuiltIn{21, Wire::pg_int2, TypeKind::small_integer},
    BuiltIn{23, Wire::pg_int4, TypeKind::integer},
    BuiltIn{24, Wire::unsigned_integer, TypeKind::big_integer}, // regproc
    BuiltIn{25, Wire::text, TypeKind::text},
    BuiltIn{26, Wire::unsigned_integer, TypeKind::big_integer}, // oid
    BuiltIn{28, Wire::unsigned_integer, TypeKind::big_integer}, // xid
    BuiltIn{29, Wire::unsigned_integer, TypeKind::big_integer}, // cid
    BuiltIn{114, Wire::text, TypeKind::json},
    BuiltIn{142, Wire::text, TypeKind::text}, // xml
    BuiltIn{700, Wire::pg_float4, TypeKind::float_},
    BuiltIn{701, Wire::pg_float8, TypeKind::double_},
    BuiltIn{705, Wire::text, TypeKind::text},    // unknown
    BuiltIn{1042, Wire::text, TypeKind::string}, // bpchar: CHAR(n)
    BuiltIn{1043, Wire::text, TypeKind::string}, // varchar
    BuiltIn{1082, Wire::pg_date, TypeKind::date},
    BuiltIn{1083, Wire::pg_time, TypeKind::time},
    BuiltIn{1114, Wire::pg_timestamp, TypeKind::date_time},
    BuiltIn{1184, Wire::pg_timestamptz, TypeKind::date_time, true},
    BuiltIn{1186, Wire::pg_interval, TypeKind::interval},
    BuiltIn{1266, Wire::pg_timetz, TypeKind::time, true},
    BuiltIn{1700, Wire::pg_numeric, TypeKind::numeric},
    BuiltIn{1790, Wire::text, TypeKind::text},                    // refcursor
    BuiltIn{2202, Wire::unsigned_integer, TypeKind::big_integer}, // regprocedure
    BuiltIn{2203, Wire::unsigned_integer, TypeKind::big_integer}, // regoper
    BuiltIn{2204, Wire::unsigned_integer, TypeKind::big_integer}, // regoperator
    BuiltIn{2205, Wire::unsigned_integer, TypeKind::big_integer}, // regclass
    BuiltIn{2206, Wire::unsigned_integer, TypeKind::big_integer}, // regtype
    BuiltIn{2275, Wire::text, TypeKind::text},                    // cstring
    BuiltIn{2278, Wire::text, TypeKind::null_type},               // void: an empty text
    BuiltIn{2950, Wire::pg_uuid, TypeKind::uuid},
    BuiltIn{3734, Wire::unsigned_integer, TypeKind::big_integer}, // regconfig
    BuiltIn{3769, Wire::unsigned_integer, TypeKind::big_integer}, // regdictionary
    BuiltIn{3802, Wire::pg_jsonb, TypeKind::json},
    BuiltIn{4089, Wire::unsigned_integer, TypeKind::big_integer}, // regnamespace
    BuiltIn{4096, Wire::unsigned_integer, TypeKind::big_integer}, // regrole
    BuiltIn{4191, Wire::unsigned_integer, TypeKind::big_integer}, // regcollation
};

struct SendFunction {
    std::string_view name;
    std::uint32_t like; ///< the built-in type with the same binary form
};

constexpr std::array send_functions{
    SendFunction{"enum_send", 1043},
    SendFunction{"textsend", 25},
    SendFunction{"varcharsend", 1043},
    SendFunction{"bpcharsend", 1042},
    SendFunction{"namesend", 19},
    SendFunction{"charsend", 18},
    SendFunction{"json_send", 114},
    SendFunction{"jsonb_send", 3802},
    SendFunction{"xml_send", 142},
    SendFunction{"unknownsend", 705},
    SendFunction{"cstring_send", 2275},
    SendFunction{"byteasend", 17},
    SendFunction{"boolsend", 16},
    SendFunction{"int2send", 21},
    SendFunction{"int4send", 23},
    SendFunction{"int8send", 20},
    SendFunction{"oidsend", 26},
    SendFunction{"float4send", 700},
    SendFunction{"float8send", 701},
    SendFunction{"numeric_send", 1700},
    SendFunction{"date_send", 1082},
    SendFunction{"time_send", 1083},
    SendFunction{"timetz_send", 1266},
    SendFunction{"timestamp_send", 1114},
    SendFunction{"uuid_send", 2950},
    SendFunction{"interval_send", 1186},
    SendFunction{"timestamptz_send", 1184},
};

} // namespace

namespace {

/// Text that is no type of its own: an enumeration, a domain, CITEXT or INET are for the server to work out.
bool is_plain_text(const Type& type) {
    const auto& details = details_of(type);
    if (!details.variants.empty() || details.load_dialect_impl || !details.spec.empty()) return false;
    return details.name.empty() || details.name == "VARCHAR" || details.name == "TEXT" || details.name == "CHAR";
}

} // namespace

std::uint32_t parameter_oid(const Type& type) noexcept {
    if (type.details && type.is_text() && !is_plain_text(type)) return oid::unknown_to_us;
    switch (type.kind) {
    case TypeKind::null_type: return oid::unknown_to_us;
    case TypeKind::boolean: return oid::boolean;
    case TypeKind::small_integer: return oid::int2;
    case TypeKind::integer: return oid::int4;
    case TypeKind::big_integer: return oid::int8;
    // As the server reads FLOAT(n): four bytes only for 24 bits or fewer. Sending FLOAT without a precision
    // as float4 would round what goes into a column that the server made a float8.
    case TypeKind::float_: return type.precision > 0 && type.precision <= 24 ? oid::float4 : oid::float8;
    case TypeKind::double_: return oid::float8;
    case TypeKind::numeric: return oid::numeric;
    case TypeKind::string: return oid::varchar;
    case TypeKind::text: return oid::text;
    case TypeKind::large_binary: return oid::bytea;
    case TypeKind::date: return oid::date;
    case TypeKind::time: return type.timezone ? oid::timetz : oid::time;
    case TypeKind::date_time: return type.timezone ? oid::timestamptz : oid::timestamp;
    case TypeKind::interval: return oid::interval;
    case TypeKind::uuid: return oid::uuid;
    case TypeKind::json: return oid::json;
    }
    return oid::unknown_to_us;
}

ColumnFormat column_format(std::uint32_t type_oid, std::int32_t modifier) noexcept {
    const auto found =
        std::lower_bound(built_ins.begin(), built_ins.end(), type_oid, [](const BuiltIn& b, std::uint32_t o) {
            return b.oid < o;
        });
    if (found == built_ins.end() || found->oid != type_oid) return {};
    Type type{found->kind};
    type.timezone = found->timezone;
    // Modifiers carry the size of a length word, VARHDRSZ, where the type has a length.
    constexpr std::int32_t header = 4;
    if (type_oid == 18) {
        type.length = 1;
    } else if (modifier >= header && (type_oid == 1042 || type_oid == oid::varchar)) {
        type.length = modifier - header;
    } else if (modifier >= header && type_oid == oid::numeric) {
        type.precision = ((modifier - header) >> 16) & 0xFFFF;
        type.scale = (modifier - header) & 0x7FF; // eleven bits, signed since PostgreSQL 15
        if (type.scale > 1023) type.scale -= 2048;
    } else if (modifier >= 0 && (found->kind == TypeKind::time || found->kind == TypeKind::date_time)) {
        type.precision = modifier;
    }
    return {found->wire, type};
}

ColumnFormat column_format(std::string_view send_function) noexcept {
    for (const auto& function : send_functions) {
        if (function.name == send_function) return column_format(function.like, -1);
    }
    return {};
}

} // namespace azoth::postgresql
