// SPDX-License-Identifier: MIT
// Values on their way in and out, as views: Field (what a driver read) and Param (what a driver binds).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <azoth/types/temporal.hpp>

namespace azoth {

class Decimal;
struct ArrayValue;
struct MultirangeValue;
struct RangeValue;
struct Uuid;

/// How the value of a `Field` is encoded.
enum class Wire : std::uint8_t {
    null,
    // held in the field itself
    integer,          ///< `integer`, signed
    unsigned_integer, ///< `unsigned_integer`
    real,             ///< `real`
    date,             ///< `integer`: days since 1970-01-01
    time,             ///< `integer`: microseconds since midnight (MariaDB: signed, up to 838 hours)
    timestamp,        ///< `integer`: microseconds since 1970-01-01 00:00, no zone
    // bytes at `data`, `size` of them, owned by the row buffer
    text,  ///< UTF-8; also numbers, dates and documents written as text
    bytes, ///< raw bytes
    // PostgreSQL's binary forms, big-endian
    pg_bool,
    pg_int2,
    pg_int4,
    pg_int8,
    pg_float4,
    pg_float8,
    pg_numeric,
    pg_date,
    pg_time,
    pg_timetz,
    pg_timestamp,
    pg_timestamptz,
    pg_interval,
    pg_uuid,
    pg_jsonb,
    pg_array,      ///< `item` says what its elements are
    pg_range,      ///< `item` says what its ends are
    pg_multirange, ///< the same
    pg_hstore,
    pg_inet,     ///< inet and cidr
    pg_macaddr,  ///< of six bytes or of eight
    pg_bit,      ///< bit and bit varying
    pg_money,    ///< hundredths, as in the locales of most currencies
    pg_tsvector,
    pg_tsquery,
    pg_other, ///< the binary form of a type Azoth does not know: decodes as bytes only
};

/// One cell as the driver received it. A view: valid as long as its row buffer.
struct Field {
    union {
        const char* data;
        std::int64_t integer;
        std::uint64_t unsigned_integer;
        double real;
    };
    std::uint32_t size;
    Wire wire;
    Wire item = Wire::null; ///< of an array's elements and a range's ends; null: not known

    Field() noexcept : data(nullptr), size(0), wire(Wire::null) {}
    Field(Wire encoding, const char* bytes, std::uint32_t length, Wire of_item = Wire::null) noexcept
        : data(bytes), size(length), wire(encoding), item(of_item) {}
    Field(Wire encoding, std::int64_t value) noexcept : integer(value), size(8), wire(encoding) {}
    explicit Field(std::uint64_t value) noexcept : unsigned_integer(value), size(8), wire(Wire::unsigned_integer) {}
    explicit Field(double value) noexcept : real(value), size(8), wire(Wire::real) {}

    [[nodiscard]] bool is_null() const noexcept { return wire == Wire::null; }
    /// The bytes of a field that has some (`wire >= Wire::text`).
    [[nodiscard]] std::string_view view() const noexcept { return {data, size}; }
};

/// What kind of value a `Param` views.
enum class ParamKind : std::uint8_t {
    null,
    boolean,
    integer,
    unsigned_integer,
    real,
    text,
    bytes,
    decimal,
    date,
    time,
    timestamp,
    timestamp_tz,
    interval,
    uuid,
    json,  ///< a document as its text
    array, ///< values of one type, or the steps of a path
    range,
    multirange,
};

/// One value to bind. A view: the caller keeps the value alive until the statement has been executed.
struct Param {
    union {
        const char* data;
        std::int64_t integer; ///< also boolean; days for date; microseconds for time and timestamps (since 1970-01-01)
        std::uint64_t unsigned_integer;
        double real;
        const Decimal* decimal;
        const Interval* interval;
        const Uuid* uuid;
        const ArrayValue* array;
        const RangeValue* range;
        const MultirangeValue* multirange;
    };
    std::size_t size = 0; ///< bytes at `data`
    ParamKind kind = ParamKind::null;

    Param() noexcept : data(nullptr) {}
    Param(ParamKind k, std::string_view bytes) noexcept : data(bytes.data()), size(bytes.size()), kind(k) {}
    Param(ParamKind k, std::int64_t value) noexcept : integer(value), kind(k) {}
    explicit Param(std::uint64_t value) noexcept : unsigned_integer(value), kind(ParamKind::unsigned_integer) {}
    explicit Param(double value) noexcept : real(value), kind(ParamKind::real) {}
    explicit Param(const Decimal* value) noexcept : decimal(value), kind(ParamKind::decimal) {}
    explicit Param(const Interval* value) noexcept : interval(value), kind(ParamKind::interval) {}
    explicit Param(const Uuid* value) noexcept : uuid(value), kind(ParamKind::uuid) {}
    explicit Param(const ArrayValue* value) noexcept : array(value), kind(ParamKind::array) {}
    explicit Param(const RangeValue* value) noexcept : range(value), kind(ParamKind::range) {}
    explicit Param(const MultirangeValue* value) noexcept : multirange(value), kind(ParamKind::multirange) {}

    [[nodiscard]] bool is_null() const noexcept { return kind == ParamKind::null; }
    [[nodiscard]] std::string_view view() const noexcept { return {data, size}; }
};

/// Rows that a driver has read: `row_count()` × `column_count()` fields, immutable, owned by whoever holds the buffer.
class RowBuffer {
public:
    RowBuffer(std::size_t rows, std::size_t columns) noexcept : rows_(rows), columns_(columns) {}
    virtual ~RowBuffer() = default;
    RowBuffer(const RowBuffer&) = delete;
    RowBuffer& operator=(const RowBuffer&) = delete;

    [[nodiscard]] std::size_t row_count() const noexcept { return rows_; }
    [[nodiscard]] std::size_t column_count() const noexcept { return columns_; }
    /// @pre row < row_count() and column < column_count()
    [[nodiscard]] virtual Field field(std::size_t row, std::size_t column) const noexcept = 0;

protected:
    std::size_t rows_;
    std::size_t columns_;
};

} // namespace azoth
