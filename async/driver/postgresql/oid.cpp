// SPDX-License-Identifier: MIT
// The tables between SQL types, type numbers and wire forms.
#include "driver/postgresql/oid.hpp"

#include <algorithm>
#include <array>

#include <azoth/types/details.hpp>
#include <azoth/types/postgresql.hpp>

namespace azoth::postgresql {
namespace {

struct BuiltIn {
    std::uint32_t oid;
    Wire wire;
    TypeKind kind;
    bool timezone = false;
};

// Sorted by oid. What is missing here (geometry, records) is pg_other.
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
    BuiltIn{650, Wire::pg_inet, TypeKind::string}, // cidr
    BuiltIn{700, Wire::pg_float4, TypeKind::float_},
    BuiltIn{701, Wire::pg_float8, TypeKind::double_},
    BuiltIn{705, Wire::text, TypeKind::text},    // unknown
    BuiltIn{774, Wire::pg_macaddr, TypeKind::string}, // macaddr8
    BuiltIn{790, Wire::pg_money, TypeKind::numeric},
    BuiltIn{829, Wire::pg_macaddr, TypeKind::string},
    BuiltIn{869, Wire::pg_inet, TypeKind::string},
    BuiltIn{1042, Wire::text, TypeKind::string}, // bpchar: CHAR(n)
    BuiltIn{1043, Wire::text, TypeKind::string}, // varchar
    BuiltIn{1082, Wire::pg_date, TypeKind::date},
    BuiltIn{1083, Wire::pg_time, TypeKind::time},
    BuiltIn{1114, Wire::pg_timestamp, TypeKind::date_time},
    BuiltIn{1184, Wire::pg_timestamptz, TypeKind::date_time, true},
    BuiltIn{1186, Wire::pg_interval, TypeKind::interval},
    BuiltIn{1266, Wire::pg_timetz, TypeKind::time, true},
    BuiltIn{1560, Wire::pg_bit, TypeKind::string},
    BuiltIn{1562, Wire::pg_bit, TypeKind::string}, // bit varying
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
    BuiltIn{3614, Wire::pg_tsvector, TypeKind::string},
    BuiltIn{3615, Wire::pg_tsquery, TypeKind::string},
    BuiltIn{3734, Wire::unsigned_integer, TypeKind::big_integer}, // regconfig
    BuiltIn{3769, Wire::unsigned_integer, TypeKind::big_integer}, // regdictionary
    BuiltIn{3802, Wire::pg_jsonb, TypeKind::json},
    BuiltIn{4072, Wire::pg_jsonb, TypeKind::string}, // jsonpath: also a version and text
    BuiltIn{4089, Wire::unsigned_integer, TypeKind::big_integer}, // regnamespace
    BuiltIn{4096, Wire::unsigned_integer, TypeKind::big_integer}, // regrole
    BuiltIn{4191, Wire::unsigned_integer, TypeKind::big_integer}, // regcollation
};

struct ArrayOf {
    std::uint32_t array;
    std::uint32_t element;
};

// Sorted by array. The vectors of system catalogues are arrays as well.
constexpr std::array arrays{
    ArrayOf{22, 21},     ArrayOf{30, 26},     ArrayOf{143, 142},   ArrayOf{199, 114},   ArrayOf{651, 650},
    ArrayOf{775, 774},   ArrayOf{791, 790},   ArrayOf{1000, 16},   ArrayOf{1001, 17},   ArrayOf{1002, 18},
    ArrayOf{1003, 19},   ArrayOf{1005, 21},   ArrayOf{1007, 23},   ArrayOf{1008, 24},   ArrayOf{1009, 25},
    ArrayOf{1011, 28},   ArrayOf{1012, 29},   ArrayOf{1014, 1042}, ArrayOf{1015, 1043}, ArrayOf{1016, 20},
    ArrayOf{1021, 700},  ArrayOf{1022, 701},  ArrayOf{1028, 26},   ArrayOf{1040, 829},  ArrayOf{1041, 869},
    ArrayOf{1115, 1114}, ArrayOf{1182, 1082}, ArrayOf{1183, 1083}, ArrayOf{1185, 1184}, ArrayOf{1187, 1186},
    ArrayOf{1231, 1700}, ArrayOf{1263, 2275}, ArrayOf{1270, 1266}, ArrayOf{1561, 1560}, ArrayOf{1563, 1562},
    ArrayOf{2201, 1790}, ArrayOf{2207, 2202}, ArrayOf{2208, 2203}, ArrayOf{2209, 2204}, ArrayOf{2210, 2205},
    ArrayOf{2211, 2206}, ArrayOf{2951, 2950}, ArrayOf{3643, 3614}, ArrayOf{3645, 3615}, ArrayOf{3735, 3734},
    ArrayOf{3770, 3769}, ArrayOf{3807, 3802}, ArrayOf{3905, 3904}, ArrayOf{3907, 3906}, ArrayOf{3909, 3908},
    ArrayOf{3911, 3910}, ArrayOf{3913, 3912}, ArrayOf{3927, 3926}, ArrayOf{4073, 4072}, ArrayOf{4090, 4089},
    ArrayOf{4097, 4096}, ArrayOf{4192, 4191}, ArrayOf{6150, 4451}, ArrayOf{6151, 4532}, ArrayOf{6152, 4533},
    ArrayOf{6153, 4534}, ArrayOf{6155, 4535}, ArrayOf{6157, 4536},
};

struct RangeOf {
    std::uint32_t oid;
    std::uint32_t end;
    Wire wire;
    std::string_view name;
};

constexpr std::array ranges{
    RangeOf{3904, oid::int4, Wire::pg_range, "INT4RANGE"},
    RangeOf{3906, oid::numeric, Wire::pg_range, "NUMRANGE"},
    RangeOf{3908, oid::timestamp, Wire::pg_range, "TSRANGE"},
    RangeOf{3910, oid::timestamptz, Wire::pg_range, "TSTZRANGE"},
    RangeOf{3912, oid::date, Wire::pg_range, "DATERANGE"},
    RangeOf{3926, oid::int8, Wire::pg_range, "INT8RANGE"},
    RangeOf{4451, oid::int4, Wire::pg_multirange, "INT4MULTIRANGE"},
    RangeOf{4532, oid::numeric, Wire::pg_multirange, "NUMMULTIRANGE"},
    RangeOf{4533, oid::timestamp, Wire::pg_multirange, "TSMULTIRANGE"},
    RangeOf{4534, oid::timestamptz, Wire::pg_multirange, "TSTZMULTIRANGE"},
    RangeOf{4535, oid::date, Wire::pg_multirange, "DATEMULTIRANGE"},
    RangeOf{4536, oid::int8, Wire::pg_multirange, "INT8MULTIRANGE"},
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
    SendFunction{"inet_send", 869},
    SendFunction{"cidr_send", 650},
    SendFunction{"macaddr_send", 829},
    SendFunction{"macaddr8_send", 774},
    SendFunction{"bit_send", 1560},
    SendFunction{"varbit_send", 1562},
    SendFunction{"cash_send", 790},
    SendFunction{"tsvectorsend", 3614},
    SendFunction{"tsquerysend", 3615},
    SendFunction{"jsonpath_send", 4072},
    SendFunction{"interval_send", 1186},
    SendFunction{"timestamptz_send", 1184},
};

} // namespace

namespace {

/// Text that is no type of its own: an enumeration, a domain, CITEXT or INET are for the server to work out.
bool is_plain_text(const Type& type) {
    const auto& details = details_of(type);
    if (!details.variants.empty() || !details.spec.empty()) return false;
    return details.name.empty() || details.name == "VARCHAR" || details.name == "TEXT" || details.name == "CHAR";
}

} // namespace

std::uint32_t parameter_oid(const Type& type) noexcept {
    if (type.details) {
        const auto& details = *type.details;
        if (type.is_text() && !is_plain_text(type)) return oid::unknown_to_us;
        if (!details.spec.empty() || details.name == "DOMAIN") return oid::unknown_to_us;
        if (details.name == "ARRAY") return array_oid(parameter_oid(details.item.front()));
        if (details.name == "JSONB") return oid::jsonb;
        if (details.name.ends_with("RANGE"))
            for (const auto& range : ranges)
                if (range.name == details.name) return range.oid;
        if (details.has(TypeFlag::not_native) && type.kind == TypeKind::uuid) return oid::bpchar;
        if (details.has(TypeFlag::not_native) && type.kind == TypeKind::interval) return oid::timestamp;
    }
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

std::uint32_t array_oid(std::uint32_t element) noexcept {
    if (element == oid::unknown_to_us) return oid::unknown_to_us;
    for (const auto& known : arrays)
        if (known.element == element && known.array != 22 && known.array != 30) return known.array;
    return oid::unknown_to_us;
}

std::uint32_t element_oid(std::uint32_t array) noexcept {
    const auto found = std::lower_bound(
        arrays.begin(), arrays.end(), array, [](const ArrayOf& known, std::uint32_t o) { return known.array < o; });
    return found != arrays.end() && found->array == array ? found->element : oid::unknown_to_us;
}

std::uint32_t range_end_oid(std::uint32_t type) noexcept {
    for (const auto& range : ranges)
        if (range.oid == type) return range.end;
    return oid::unknown_to_us;
}

ColumnFormat column_format(std::uint32_t type_oid, std::int32_t modifier) {
    if (const auto element = element_oid(type_oid); element != oid::unknown_to_us) {
        const auto item = column_format(element, modifier);
        return {Wire::pg_array, ARRAY{item.type}, item.wire};
    }
    for (const auto& range : ranges)
        if (range.oid == type_oid)
            return {range.wire, named_type(TypeKind::null_type, std::string{range.name}), column_format(range.end, -1).wire};
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

ColumnFormat array_format(std::string_view element_send_function) {
    const auto item = column_format(element_send_function);
    if (item.wire == Wire::pg_other) return {Wire::pg_array, ARRAY{Type{}}};
    return {Wire::pg_array, ARRAY{item.type}, item.wire};
}

ColumnFormat column_format(std::string_view send_function) {
    if (send_function == "hstore_send") return {Wire::pg_hstore, HSTORE{}};
    for (const auto& function : send_functions) {
        if (function.name == send_function) return column_format(function.like, -1);
    }
    return {};
}

} // namespace azoth::postgresql
