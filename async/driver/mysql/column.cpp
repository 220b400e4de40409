// SPDX-License-Identifier: MIT
// Column descriptions of the protocol, read.
#include "driver/mysql/column.hpp"

#include <algorithm>
#include <string_view>

namespace azoth::mysql {
namespace {

constexpr unsigned int binary_charset = 63;

bool is_unsigned(const MYSQL_FIELD& field) noexcept {
    return (field.flags & UNSIGNED_FLAG) != 0;
}

bool is_binary(const MYSQL_FIELD& field) noexcept {
    return field.charsetnr == binary_charset;
}

/// MariaDB describes some types only beside the protocol's own: UUID is a CHAR, JSON a LONGTEXT
/// there.
std::string_view attribute(const MYSQL_FIELD& field, mariadb_field_attr_t which) {
    MARIADB_CONST_STRING text{nullptr, 0};
    if (mariadb_field_attr(&text, &field, which) != 0 || text.str == nullptr)
        return {};
    return {text.str, text.length};
}

std::int32_t as_length(unsigned long length) noexcept {
    return static_cast<std::int32_t>(std::min(length, 0x7FFF'FFFFUL));
}

/// The width is that of the text: sign and point count.
Type numeric_type(const MYSQL_FIELD& field) noexcept {
    const auto scale = static_cast<std::int32_t>(field.decimals);
    std::int32_t digits =
        as_length(field.length) - (scale > 0 ? 1 : 0) - (is_unsigned(field) ? 0 : 1);
    digits = std::max(digits, std::int32_t{1});
    return Numeric{digits, scale};
}

Type string_type(const MYSQL_FIELD& field) {
    if (attribute(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME) == "uuid")
        return UuidType{};
    if (is_binary(field))
        return LargeBinary{as_length(field.length)};
    // The width is in bytes of the connection's character set, utf8mb4 unless the URL says
    // otherwise.
    return String{as_length(field.length) / 4};
}

Type blob_type(const MYSQL_FIELD& field) {
    if (attribute(field, MARIADB_FIELD_ATTR_FORMAT_NAME) == "json")
        return JsonType{};
    if (is_binary(field))
        return LargeBinary{};
    return Text{};
}

} // namespace

Coding coding_of(const MYSQL_FIELD& field) noexcept {
    switch (field.type) {
    case MYSQL_TYPE_NULL:
        return Coding::null;
    case MYSQL_TYPE_TINY:
        return is_unsigned(field) ? Coding::uint8 : Coding::int8;
    case MYSQL_TYPE_SHORT:
        return is_unsigned(field) ? Coding::uint16 : Coding::int16;
    case MYSQL_TYPE_YEAR:
        return Coding::uint16;
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
        return is_unsigned(field) ? Coding::uint32 : Coding::int32;
    case MYSQL_TYPE_LONGLONG:
        return is_unsigned(field) ? Coding::uint64 : Coding::int64;
    case MYSQL_TYPE_FLOAT:
        return Coding::float4;
    case MYSQL_TYPE_DOUBLE:
        return Coding::float8;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return Coding::date;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        return Coding::datetime;
    case MYSQL_TYPE_TIME:
        return Coding::time;
    case MYSQL_TYPE_BIT:
        return Coding::bit;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
    case MYSQL_TYPE_JSON:
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
        return Coding::text;
    case MYSQL_TYPE_GEOMETRY:
        return Coding::bytes;
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
    default:
        break; // and what a later server may send: all others have a length and bytes
    }
    if ((field.flags & (ENUM_FLAG | SET_FLAG)) != 0)
        return Coding::text;
    return is_binary(field) ? Coding::bytes : Coding::text;
}

Type type_of(const MYSQL_FIELD& field) {
    switch (field.type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
        return SmallInteger{};
    case MYSQL_TYPE_YEAR:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
        return Integer{};
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_BIT:
        return BigInteger{};
    case MYSQL_TYPE_FLOAT:
        return Float{};
    case MYSQL_TYPE_DOUBLE:
        return Double{};
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        return numeric_type(field);
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return DateType{};
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
        return DateTime{};
    case MYSQL_TYPE_TIME:
        return TimeType{};
    case MYSQL_TYPE_JSON:
        return JsonType{};
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_ENUM:
    case MYSQL_TYPE_SET:
        return string_type(field);
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
        return blob_type(field);
    case MYSQL_TYPE_GEOMETRY:
        return LargeBinary{};
    default:
        return Type{};
    }
}

} // namespace azoth::mysql
