// SPDX-License-Identifier: MIT
// Each kind of parameter, and the common kind of a column of them.
#include "driver/mysql/binding.hpp"

#include <azoth/error.hpp>
#include <azoth/types/decimal.hpp>
#include <azoth/types/temporal.hpp>
#include <azoth/types/uuid.hpp>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace azoth::mysql {
namespace {

using std::chrono::microseconds;

constexpr std::int64_t micros_per_day = 86'400'000'000;
constexpr std::int64_t min_day = -719'528;                                       // 0000-01-01
constexpr std::int64_t max_day = 2'932'896;                                      // 9999-12-31
constexpr std::int64_t max_time = (838LL * 3600 + 59 * 60 + 60) * 1'000'000 - 1; // 838:59:59.999999

[[noreturn]] void refuse(errc code, std::string message) {
    DiagnosticInfo info;
    info.code = code;
    info.sqlstate = code == errc::out_of_range ? "22003" : "22000";
    info.message = std::move(message);
    throw DataError(std::move(info), {}, {});
}

/// The client library takes the buffers as not const, and does not write to those of parameters.
template <class T>
void point(MYSQL_BIND& bind, enum_field_types type, const T* value) noexcept {
    bind.buffer_type = type;
    bind.buffer = const_cast<T*>(value);
}

void point(
    MYSQL_BIND& bind,
    BindSpace& space,
    enum_field_types type,
    std::string_view bytes
) noexcept {
    // A null buffer would be NULL, and an empty string may come as one.
    point(bind, type, bytes.data() != nullptr ? bytes.data() : "");
    bind.buffer_length = space.length = static_cast<unsigned long>(bytes.size());
    bind.length = &space.length;
}

void split_clock(std::int64_t micros, MYSQL_TIME& time) noexcept {
    time.second_part = static_cast<unsigned long>(micros % 1'000'000);
    const auto seconds = static_cast<unsigned>(micros / 1'000'000);
    time.second = seconds % 60;
    time.minute = seconds / 60 % 60;
    time.hour = seconds / 3600;
}

void split_day(std::int64_t day, MYSQL_TIME& time) {
    if (day < min_day || day > max_day) {
        refuse(
            errc::out_of_range,
            "a date outside the years 0 to 9999, which the database cannot hold"
        );
    }
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    time.year = static_cast<unsigned>(static_cast<int>(date.year()));
    time.month = static_cast<unsigned>(date.month());
    time.day = static_cast<unsigned>(date.day());
}

void bind_date(std::int64_t day, MYSQL_BIND& bind, BindSpace& space) {
    space.time = MYSQL_TIME{};
    split_day(day, space.time);
    space.time.time_type = MYSQL_TIMESTAMP_DATE;
    point(bind, MYSQL_TYPE_DATE, &space.time);
}

void bind_timestamp(std::int64_t micros, MYSQL_BIND& bind, BindSpace& space) {
    space.time = MYSQL_TIME{};
    std::int64_t day = micros / micros_per_day;
    std::int64_t rest = micros % micros_per_day;
    if (rest < 0) {
        --day;
        rest += micros_per_day;
    }
    split_day(day, space.time);
    split_clock(rest, space.time);
    space.time.time_type = MYSQL_TIMESTAMP_DATETIME;
    point(bind, MYSQL_TYPE_DATETIME, &space.time);
}

void bind_time(std::int64_t micros, MYSQL_BIND& bind, BindSpace& space) {
    if (micros > max_time || micros < -max_time) {
        refuse(errc::out_of_range, "a time beyond 838:59:59, which the database cannot hold");
    }
    space.time = MYSQL_TIME{};
    space.time.neg = micros < 0;
    const std::int64_t size = micros < 0 ? -micros : micros;
    space.time.day = static_cast<unsigned>(size / micros_per_day);
    split_clock(size % micros_per_day, space.time);
    space.time.time_type = MYSQL_TIMESTAMP_TIME;
    point(bind, MYSQL_TYPE_TIME, &space.time);
}

void bind_interval(const Interval& value, const Type& type, MYSQL_BIND& bind, BindSpace& space) {
    if (value.months != 0) {
        refuse(
            errc::data_invalid,
            "an interval of months, which is no fixed time; MySQL and MariaDB store days and less"
        );
    }
    std::int64_t days = 0;
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(std::int64_t{value.days}, micros_per_day, &days) ||
        __builtin_add_overflow(days, value.time.count(), &micros)) {
        refuse(errc::out_of_range, "an interval too long for the database");
    }
    if (type.kind == TypeKind::time)
        bind_time(micros, bind, space);
    else
        bind_timestamp(micros, bind, space);
}

void bind_decimal(const Decimal& value, MYSQL_BIND& bind, BindSpace& space) {
    if (!value.is_finite()) {
        refuse(
            errc::data_invalid,
            "the decimal " + value.to_string() + ", which the database does not have"
        );
    }
    space.text = value.to_string();
    point(bind, space, MYSQL_TYPE_NEWDECIMAL, space.text);
}

/// 32 digits, no hyphens: what SQLAlchemy stores in CHAR(32), and MariaDB's UUID type accepts.
void bind_uuid(const Uuid& value, MYSQL_BIND& bind, BindSpace& space) {
    static constexpr std::string_view hex = "0123456789abcdef";
    char* out = space.digits.data();
    for (const unsigned byte : value.bytes) {
        *out++ = hex[byte >> 4U];
        *out++ = hex[byte & 15U];
    }
    point(
        bind,
        space,
        MYSQL_TYPE_STRING,
        std::string_view{space.digits.data(), space.digits.size()}
    );
}

} // namespace

void bind_param(const Param& param, const Type& type, MYSQL_BIND& bind, BindSpace& space) {
    switch (param.kind) {
    case ParamKind::null:
        bind.buffer_type = MYSQL_TYPE_NULL;
        return;
    case ParamKind::boolean:
        space.boolean = param.integer != 0 ? 1 : 0;
        return point(bind, MYSQL_TYPE_TINY, &space.boolean);
    case ParamKind::integer:
        return point(bind, MYSQL_TYPE_LONGLONG, &param.integer);
    case ParamKind::unsigned_integer:
        bind.is_unsigned = 1;
        return point(bind, MYSQL_TYPE_LONGLONG, &param.unsigned_integer);
    case ParamKind::real:
        return point(bind, MYSQL_TYPE_DOUBLE, &param.real);
    case ParamKind::text:
    case ParamKind::json:
        return point(bind, space, MYSQL_TYPE_STRING, param.view());
    case ParamKind::bytes:
        return point(bind, space, MYSQL_TYPE_BLOB, param.view());
    case ParamKind::decimal:
        return bind_decimal(*param.decimal, bind, space);
    case ParamKind::date:
        return bind_date(param.integer, bind, space);
    case ParamKind::time:
        return bind_time(param.integer, bind, space);
    case ParamKind::timestamp:
    case ParamKind::timestamp_tz:
        return bind_timestamp(param.integer, bind, space);
    case ParamKind::interval:
        return bind_interval(*param.interval, type, bind, space);
    case ParamKind::uuid:
        return bind_uuid(*param.uuid, bind, space);
    case ParamKind::array:
        refuse(errc::data_invalid, "an array, which the database does not have");
    case ParamKind::range:
    case ParamKind::multirange:
        refuse(errc::data_invalid, "a range, which the database does not have");
    }
}

void Binder::bind(std::span<const Param> params, std::span<const Type> types) {
    binds_.assign(params.size(), MYSQL_BIND{});
    if (spaces_.size() < params.size())
        spaces_.resize(params.size());
    for (std::size_t i = 0; i < params.size(); ++i) {
        bind_param(params[i], i < types.size() ? types[i] : Type{}, binds_[i], spaces_[i]);
    }
}

// ---- many rows -------------------------------------------------------------------------------

namespace {

constexpr unsigned bit(ParamKind kind) noexcept {
    return 1U << static_cast<unsigned>(kind);
}

/// Kinds with values that the database cannot hold.
constexpr unsigned may_be_refused = bit(ParamKind::array) | bit(ParamKind::range) |
                                    bit(ParamKind::multirange) | bit(ParamKind::decimal) | bit(ParamKind::date) |
                                    bit(ParamKind::time) | bit(ParamKind::timestamp) |
                                    bit(ParamKind::timestamp_tz) | bit(ParamKind::interval);

/// The type on the wire of a column in which the kinds of `mask` occur; nothing when they have none
/// in common.
std::optional<enum_field_types> common_type(unsigned mask, bool interval_as_time) noexcept {
    const auto only = [mask](unsigned allowed) { return (mask & ~allowed) == 0; };
    if (mask == 0)
        return MYSQL_TYPE_STRING; // NULL in every row
    if (only(bit(ParamKind::boolean) | bit(ParamKind::integer)))
        return MYSQL_TYPE_LONGLONG;
    if (only(bit(ParamKind::unsigned_integer)))
        return MYSQL_TYPE_LONGLONG;
    if (only(bit(ParamKind::real)))
        return MYSQL_TYPE_DOUBLE;
    if (only(bit(ParamKind::text) | bit(ParamKind::json) | bit(ParamKind::uuid)))
        return MYSQL_TYPE_STRING;
    if (only(bit(ParamKind::bytes)))
        return MYSQL_TYPE_BLOB;
    if (only(bit(ParamKind::decimal)))
        return MYSQL_TYPE_NEWDECIMAL;
    if (only(bit(ParamKind::date)))
        return MYSQL_TYPE_DATE;
    const unsigned interval = bit(ParamKind::interval);
    if (only(bit(ParamKind::time) | (interval_as_time ? interval : 0)))
        return MYSQL_TYPE_TIME;
    if (only(
            bit(ParamKind::timestamp) | bit(ParamKind::timestamp_tz) |
            (interval_as_time ? 0 : interval)
        )) {
        return MYSQL_TYPE_DATETIME;
    }
    return std::nullopt;
}

/// Bytes a value takes in the request, about.
std::size_t wire_size(const Param& param) noexcept {
    switch (param.kind) {
    case ParamKind::text:
    case ParamKind::bytes:
    case ParamKind::json:
        return param.size + 9;
    case ParamKind::uuid:
    case ParamKind::decimal:
    case ParamKind::array:
    case ParamKind::range:
    case ParamKind::multirange:
        return 40;
    case ParamKind::null:
    case ParamKind::boolean:
    case ParamKind::integer:
    case ParamKind::unsigned_integer:
    case ParamKind::real:
    case ParamKind::date:
    case ParamKind::time:
    case ParamKind::timestamp:
    case ParamKind::timestamp_tz:
    case ParamKind::interval:
        return 13;
    }
    return 13;
}

} // namespace

std::optional<BulkBinder>
BulkBinder::make(std::span<const Param> params, std::span<const Type> types, std::size_t columns) {
    std::vector<unsigned> masks(columns, 0);
    BindSpace space;
    for (std::size_t i = 0; i < params.size(); i += columns) {
        for (std::size_t c = 0; c < columns; ++c) {
            masks[c] |= bit(params[i + c].kind);
            if ((bit(params[i + c].kind) & may_be_refused) == 0)
                continue;
            // Refused here, where an exception can be thrown, and not on the client library's
            // stack.
            MYSQL_BIND ignored{};
            bind_param(params[i + c], c < types.size() ? types[c] : Type{}, ignored, space);
        }
    }
    BulkBinder result;
    result.params_ = params;
    result.types_ = types;
    result.columns_ = columns;
    result.binds_.assign(columns, MYSQL_BIND{});
    result.spaces_.resize(columns);
    for (std::size_t c = 0; c < columns; ++c) {
        const bool as_time = c < types.size() && types[c].kind == TypeKind::time;
        const auto type = common_type(masks[c] & ~bit(ParamKind::null), as_time);
        if (!type)
            return std::nullopt;
        result.binds_[c].buffer_type = *type;
        result.binds_[c].is_unsigned = (masks[c] & bit(ParamKind::unsigned_integer)) != 0 ? 1 : 0;
    }
    return result;
}

std::size_t BulkBinder::rows_within(std::size_t first, std::size_t bytes) const noexcept {
    const std::size_t total = params_.size() / columns_;
    std::size_t row = first;
    std::size_t used = 0;
    while (row < total) {
        for (const auto& param : params_.subspan(row * columns_, columns_))
            used += wire_size(param);
        if (used > bytes && row > first)
            break;
        ++row;
    }
    return row - first;
}

bool BulkBinder::fill(MYSQL_BIND* binds, std::size_t row) noexcept {
    try {
        const auto values = params_.subspan((first_ + row) * columns_, columns_);
        for (std::size_t c = 0; c < columns_; ++c) {
            auto& bind = binds[c];
            auto& space = spaces_[c];
            bind.u.indicator = &space.indicator;
            bind.length = &space.length;
            const auto& value = values[c];
            space.indicator = value.is_null() ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
            // The type was sent already and stays; a boolean among integers is written as one.
            const auto type = bind.buffer_type;
            if (value.kind == ParamKind::boolean)
                point(bind, type, &value.integer);
            else if (!value.is_null())
                bind_param(value, c < types_.size() ? types_[c] : Type{}, bind, space);
            bind.buffer_type = type;
        }
        return true;
    } catch (...) {
        return false;
    }
}

} // namespace azoth::mysql
