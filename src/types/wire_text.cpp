// SPDX-License-Identifier: MIT
// Wire values as text: for decode_string, and for the refusals of every decoder.
#include "wire_read.hpp"

#include <charconv>
#include <limits>

#include <azoth/error.hpp>
#include <azoth/types/decimal.hpp>
#include <azoth/types/temporal.hpp>
#include <azoth/types/uuid.hpp>

#include "array_value.hpp"
#include "number_text.hpp"
#include "temporal_fields.hpp"

namespace azoth::wire {

namespace {

/// What to call a field of this form, and which C++ type reads it.
struct WireName {
    std::string_view noun;
    std::string_view ask_for;
};

WireName name_of(Wire wire) noexcept {
    switch (wire) {
    case Wire::null: return {"NULL", "std::optional"};
    case Wire::integer:
    case Wire::pg_int2:
    case Wire::pg_int4:
    case Wire::pg_int8: return {"integer", "std::int64_t"};
    case Wire::unsigned_integer: return {"integer", "std::uint64_t"};
    case Wire::real:
    case Wire::pg_float4:
    case Wire::pg_float8: return {"number", "double"};
    case Wire::date:
    case Wire::pg_date: return {"date", "azoth::Date"};
    case Wire::time:
    case Wire::pg_time:
    case Wire::pg_timetz: return {"time", "azoth::Time"};
    case Wire::timestamp:
    case Wire::pg_timestamp: return {"timestamp", "azoth::Timestamp"};
    case Wire::pg_timestamptz: return {"timestamp", "azoth::TimestampTz"};
    case Wire::text: return {"text", "std::string"};
    case Wire::bytes: return {"bytes", "azoth::Bytes"};
    case Wire::pg_bool: return {"boolean", "bool"};
    case Wire::pg_numeric: return {"number", "azoth::Decimal"};
    case Wire::pg_interval: return {"interval", "azoth::Interval"};
    case Wire::pg_uuid: return {"uuid", "azoth::Uuid"};
    case Wire::pg_jsonb: return {"JSON document", "azoth::Json"};
    case Wire::pg_array: return {"array", "std::vector<T>, or azoth::Value"};
    case Wire::pg_range: return {"range", "azoth::Range<T>, or azoth::Value"};
    case Wire::pg_multirange: return {"multirange", "std::vector<azoth::Range<T>>, or azoth::Value"};
    case Wire::pg_hstore: return {"hstore", "azoth::Hstore"};
    case Wire::pg_inet: return {"network address", "std::string"};
    case Wire::pg_macaddr: return {"MAC address", "std::string"};
    case Wire::pg_bit: return {"bit string", "std::string"};
    case Wire::pg_money: return {"amount of money", "azoth::Decimal"};
    case Wire::pg_tsvector:
    case Wire::pg_tsquery: return {"text search value", "std::string"};
    case Wire::pg_other:
        return {"a value of a type without a decoder", "azoth::Bytes, or cast it to text in SQL"};
    }
    return {"value", "azoth::Value"};
}

/// The first `limit` bytes of `text`, not cut within a character.
std::string shortened(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return std::string{text};
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    return std::string{text.substr(0, limit)} + "…";
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
    char buffer[24];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    static_cast<void>(error); // twenty digits are the most
    out.append(buffer, end);
}

void append_days(std::string& out, std::int64_t days) {
    // Not by way of Date, because a std::chrono::year ends at 32767.
    const detail::CivilDay civil = detail::civil_from_days(days);
    if (civil.year < 0) out += '-';
    const std::string year = std::to_string(civil.year < 0 ? -civil.year : civil.year);
    if (year.size() < 4) out.append(4 - year.size(), '0');
    out += year;
    for (const unsigned part : {civil.month, civil.day}) {
        out += '-';
        if (part < 10) out += '0';
        append_integer(out, part);
    }
}

bool append_moment(std::string& out, PgMoment kind) {
    if (kind == PgMoment::infinity) out += "infinity";
    else if (kind == PgMoment::negative_infinity) out += "-infinity";
    else return false;
    return true;
}

/// "+02:00" of seconds west, as PostgreSQL sends them.
void append_offset(std::string& out, std::int32_t seconds_west) {
    const std::int64_t east = -std::int64_t{seconds_west};
    std::string text = to_string(Time{std::chrono::seconds{east}});
    if (east >= 0) text.insert(text.begin(), '+');
    if (text.ends_with(":00")) text.resize(text.size() - 3);
    out += text;
}

/// What is made of other values; false when it is malformed, or a part of it cannot be read.
bool append_parts(const Field& field, std::string& out) {
    ArrayParts array;
    RangeParts range;
    std::vector<Field> ranges;
    Hstore pairs;
    try {
        if (field.wire == Wire::pg_array && try_read_array(field, array)) out += array_text(array_value(field));
        else if (field.wire == Wire::pg_range && try_read_range(field, range)) out += range_text(range_value(field));
        else if (field.wire == Wire::pg_multirange && try_read_multirange(field, ranges))
            out += multirange_text(multirange_value(field));
        else if (field.wire == Wire::pg_hstore && try_read_hstore(field, pairs)) out += hstore_text(pairs);
        else return false;
    } catch (const TypeMismatchError&) {
        return false;
    }
    return true;
}

} // namespace

PgMoment read_pg_date(const Field& field, std::int64_t& days) noexcept {
    const std::int32_t raw = read_i32(field.data);
    if (raw == std::numeric_limits<std::int32_t>::max()) return PgMoment::infinity;
    if (raw == std::numeric_limits<std::int32_t>::min()) return PgMoment::negative_infinity;
    days = raw + pg_epoch_days;
    return PgMoment::finite;
}

PgMoment read_pg_timestamp(const Field& field, std::int64_t& microseconds) noexcept {
    const std::int64_t raw = read_i64(field.data);
    if (raw == std::numeric_limits<std::int64_t>::max()) return PgMoment::infinity;
    if (raw == std::numeric_limits<std::int64_t>::min()) return PgMoment::negative_infinity;
    // The server's last thirty years, up to 294276, lie beyond 64 bits counted from 1970.
    if (__builtin_add_overflow(raw, pg_epoch_microseconds, &microseconds)) return PgMoment::out_of_range;
    return PgMoment::finite;
}

bool append_text(const Field& field, std::string& out) {
    if (has_wrong_size(field)) return false;
    switch (field.wire) {
    case Wire::null:
    case Wire::pg_other: return false;
    case Wire::integer: append_integer(out, field.integer); return true;
    case Wire::unsigned_integer: append_integer(out, field.unsigned_integer); return true;
    case Wire::real: detail::append_real(out, field.real); return true;
    case Wire::date: append_days(out, field.integer); return true;
    case Wire::time: out += to_string(Time{std::chrono::microseconds{field.integer}}); return true;
    case Wire::timestamp: out += to_string(Timestamp{std::chrono::microseconds{field.integer}}); return true;
    case Wire::text:
    case Wire::bytes: out += field.view(); return true;
    case Wire::pg_bool: out += *field.data != 0 ? "true" : "false"; return true;
    case Wire::pg_int2: append_integer(out, read_i16(field.data)); return true;
    case Wire::pg_int4: append_integer(out, read_i32(field.data)); return true;
    case Wire::pg_int8: append_integer(out, read_i64(field.data)); return true;
    case Wire::pg_float4: detail::append_real(out, std::bit_cast<float>(read_u32(field.data))); return true;
    case Wire::pg_float8: detail::append_real(out, std::bit_cast<double>(read_u64(field.data))); return true;
    case Wire::pg_numeric:
        try {
            out += Decimal::from_pg_binary(field.view()).to_string();
        } catch (const TypeMismatchError&) {
            return false;
        }
        return true;
    case Wire::pg_date: {
        std::int64_t days = 0;
        const PgMoment kind = read_pg_date(field, days);
        if (kind != PgMoment::finite) return append_moment(out, kind);
        append_days(out, days);
        return true;
    }
    case Wire::pg_time: out += to_string(Time{std::chrono::microseconds{read_i64(field.data)}}); return true;
    case Wire::pg_timetz:
        out += to_string(Time{std::chrono::microseconds{read_i64(field.data)}});
        append_offset(out, read_i32(field.data + 8));
        return true;
    case Wire::pg_timestamp:
    case Wire::pg_timestamptz: {
        std::int64_t count = 0;
        const PgMoment kind = read_pg_timestamp(field, count);
        if (kind != PgMoment::finite) return append_moment(out, kind);
        const std::chrono::microseconds since_epoch{count};
        if (field.wire == Wire::pg_timestamp) out += to_string(Timestamp{since_epoch});
        else out += to_string(TimestampTz{since_epoch});
        return true;
    }
    case Wire::pg_interval: {
        const std::chrono::microseconds time{read_i64(field.data)};
        out += to_string(Interval{read_i32(field.data + 12), read_i32(field.data + 8), time});
        return true;
    }
    case Wire::pg_uuid: {
        Uuid uuid;
        std::memcpy(uuid.bytes.data(), field.data, uuid.bytes.size());
        out += to_string(uuid);
        return true;
    }
    case Wire::pg_jsonb:
        if (field.size == 0 || *field.data != 1) return false; // the one version there is
        out += field.view().substr(1);
        return true;
    case Wire::pg_money: out += Decimal{read_i64(field.data), 2}.to_string(); return true;
    case Wire::pg_array:
    case Wire::pg_range:
    case Wire::pg_multirange:
    case Wire::pg_hstore: return append_parts(field, out);
    case Wire::pg_inet:
    case Wire::pg_macaddr:
    case Wire::pg_bit:
    case Wire::pg_tsvector:
    case Wire::pg_tsquery: return append_pg_text(field, out);
    }
    return false;
}

void refuse(const Field& field, std::string_view wanted, std::string_view type, std::string_view because) {
    if (field.is_null())
        throw TypeMismatchError("the column is NULL; ask for std::optional<" + std::string{type} + ">");

    const WireName name = name_of(field.wire);
    std::string message = "cannot read ";
    std::string text;
    if (field.wire == Wire::bytes) {
        message.append(std::to_string(field.size)).append(" bytes");
    } else if (field.wire == Wire::pg_other) {
        message += name.noun;
    } else if (has_wrong_size(field) || !append_text(field, text)) {
        message.append("a malformed ").append(name.noun);
    } else {
        message.append(name.noun).append(" '").append(shortened(text, 60)).append("'");
    }
    message.append(" as ").append(wanted).append(because);
    if (name.ask_for != type) message.append("; ask for ").append(name.ask_for);
    throw TypeMismatchError(message);
}

} // namespace azoth::wire
