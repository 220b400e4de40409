// SPDX-License-Identifier: MIT
// Parameters as SQLite stores them: five storage classes, everything else by SQLAlchemy's conventions.
#include "driver/sqlite/binding.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <limits>

#include <sqlite3.h>

#include <azoth/types/decimal.hpp>
#include <azoth/types/temporal.hpp>
#include <azoth/types/uuid.hpp>

#include "driver/sqlite/error.hpp"

namespace azoth::sqlite {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 24 * 60 * 60 * second;

/// Text put together digit by digit, in place.
class ShortText {
public:
    void digits(std::int64_t value, int count) noexcept {
        for (int i = count - 1; i >= 0; --i, value /= 10) {
            text_[size_ + static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
        }
        size_ += static_cast<std::size_t>(count);
    }
    void add(char c) noexcept { text_[size_++] = c; }
    [[nodiscard]] const char* data() const noexcept { return text_.data(); }
    [[nodiscard]] int size() const noexcept { return static_cast<int>(size_); }

private:
    std::array<char, 40> text_{};
    std::size_t size_ = 0;
};

class Binder {
public:
    Binder(sqlite3_stmt* statement, Lifetime lifetime, const std::string& sql) noexcept
        : statement_(statement), keep_(lifetime == Lifetime::copied ? SQLITE_TRANSIENT : SQLITE_STATIC),
          sql_(sql) {}

    void bind(int index, const Param& param) {
        index_ = index;
        const int rc = dispatch(param);
        if (rc != SQLITE_OK) throw_error(diagnose(sqlite3_db_handle(statement_), rc), sql_);
    }

private:
    int dispatch(const Param& param) {
        switch (param.kind) {
        case ParamKind::null: return sqlite3_bind_null(statement_, index_);
        case ParamKind::boolean: return sqlite3_bind_int(statement_, index_, param.integer != 0 ? 1 : 0);
        case ParamKind::integer: return sqlite3_bind_int64(statement_, index_, param.integer);
        case ParamKind::unsigned_integer: return bind_unsigned(param.unsigned_integer);
        case ParamKind::real: return sqlite3_bind_double(statement_, index_, param.real);
        case ParamKind::text:
        case ParamKind::json: return bind_text(param);
        case ParamKind::bytes: return bind_bytes(param);
        case ParamKind::decimal: return bind_decimal(*param.decimal);
        case ParamKind::date: return bind_date(param.integer);
        case ParamKind::time: return bind_time(param.integer);
        // A moment with a zone is kept as UTC, without saying so: SQLite has no type that could.
        case ParamKind::timestamp:
        case ParamKind::timestamp_tz: return bind_timestamp(param.integer);
        case ParamKind::interval: return bind_interval(*param.interval);
        case ParamKind::uuid: return bind_uuid(*param.uuid);
        case ParamKind::array: refuse(errc::data_invalid, "SQLite has no arrays");
        case ParamKind::range:
        case ParamKind::multirange: refuse(errc::data_invalid, "SQLite has no ranges");
        }
        return SQLITE_MISUSE;
    }

    [[noreturn]] void refuse(errc code, const std::string& message) const {
        throw_data_error(code, "parameter " + std::to_string(index_) + ": " + message, sql_);
    }

    int bind_unsigned(std::uint64_t value) {
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            refuse(
                errc::out_of_range,
                std::to_string(value) + " is above what SQLite can store (9223372036854775807)");
        }
        return sqlite3_bind_int64(statement_, index_, static_cast<std::int64_t>(value));
    }

    int bind_text(const Param& param) {
        const auto text = param.view();
        if (text.empty())
            return sqlite3_bind_text(statement_, index_, "", 0, SQLITE_STATIC); // null would mean NULL
        // SQLite would keep the rest, but most of its functions, and its shell, would not see it.
        if (std::memchr(text.data(), 0, text.size()) != nullptr) {
            refuse(errc::data_invalid, "text with a zero character in it; bind bytes instead");
        }
        return sqlite3_bind_text64(statement_, index_, text.data(), text.size(), keep_, SQLITE_UTF8);
    }

    int bind_bytes(const Param& param) {
        const auto bytes = param.view();
        if (bytes.empty()) return sqlite3_bind_zeroblob(statement_, index_, 0);
        return sqlite3_bind_blob64(statement_, index_, bytes.data(), bytes.size(), keep_);
    }

    int bind_decimal(const Decimal& value) {
        if (value.is_finite()) {
            const double nearest = value.to_double();
            const bool exact =
                nearest - nearest == 0 && Decimal::from_double(nearest, value.scale()) == value;
            if (exact) return sqlite3_bind_double(statement_, index_, nearest);
        }
        const auto text = value.to_string();
        return sqlite3_bind_text(
            statement_, index_, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    }

    int bind_short(const ShortText& text) {
        return sqlite3_bind_text(statement_, index_, text.data(), text.size(), SQLITE_TRANSIENT);
    }

    void add_date(ShortText& text, std::int64_t days) const {
        // The range first: a far-off number of days would overflow the calendar's arithmetic.
        constexpr std::int64_t first = -719528; // 0000-01-01
        constexpr std::int64_t last = 2932896;  // 9999-12-31
        if (days < first || days > last) refuse(errc::out_of_range, "a date outside of the years 0 to 9999");
        const std::chrono::year_month_day date{
            std::chrono::sys_days{std::chrono::days{static_cast<std::chrono::days::rep>(days)}}};
        text.digits(static_cast<int>(date.year()), 4);
        text.add('-');
        text.digits(static_cast<unsigned>(date.month()), 2);
        text.add('-');
        text.digits(static_cast<unsigned>(date.day()), 2);
    }

    static void add_time(ShortText& text, std::int64_t microseconds) noexcept {
        text.digits(microseconds / (3600 * second), 2);
        text.add(':');
        text.digits(microseconds / (60 * second) % 60, 2);
        text.add(':');
        text.digits(microseconds / second % 60, 2);
        text.add('.');
        text.digits(microseconds % second, 6);
    }

    int bind_date(std::int64_t days) {
        ShortText text;
        add_date(text, days);
        return bind_short(text);
    }

    int bind_time(std::int64_t microseconds) {
        if (microseconds < 0 || microseconds >= day)
            refuse(errc::out_of_range, "a time outside of 00:00 to 24:00");
        ShortText text;
        add_time(text, microseconds);
        return bind_short(text);
    }

    int bind_timestamp(std::int64_t microseconds) {
        // Rounded down, so that moments before 1970 keep their time of day.
        const auto days = microseconds / day - (microseconds % day < 0 ? 1 : 0);
        ShortText text;
        add_date(text, days);
        text.add(' ');
        add_time(text, microseconds - days * day);
        return bind_short(text);
    }

    int bind_interval(const Interval& value) {
        if (value.months != 0) {
            refuse(
                errc::data_invalid,
                "an interval with months, which SQLite cannot hold: a month is no fixed time");
        }
        // Far inside of 64 bits once the days are known to be within the calendar.
        constexpr std::int64_t most_days = 4'000'000;
        const auto time = value.time.count();
        if (value.days > most_days || value.days < -most_days || time / day > most_days
            || time / day < -most_days) {
            refuse(errc::out_of_range, "an interval of more than ten thousand years");
        }
        return bind_timestamp(value.days * day + time);
    }

    int bind_uuid(const Uuid& value) {
        static constexpr char hex[] = "0123456789abcdef";
        ShortText text;
        for (const auto byte : value.bytes) {
            text.add(hex[byte >> 4]);
            text.add(hex[byte & 15]);
        }
        return bind_short(text);
    }

    sqlite3_stmt* statement_;
    sqlite3_destructor_type keep_;
    const std::string& sql_;
    int index_ = 0;
};

} // namespace

void bind_all(
    sqlite3_stmt* statement, int placeholders, std::span<const Param> params, Lifetime lifetime,
    const std::string& sql) {
    if (static_cast<std::size_t>(placeholders) != params.size()) {
        throw_programming_error(
            "the statement has " + std::to_string(placeholders) + " placeholders, but "
                + std::to_string(params.size()) + " values were given",
            sql);
    }
    Binder binder(statement, lifetime, sql);
    int index = 0;
    for (const auto& param : params) binder.bind(++index, param);
}

} // namespace azoth::sqlite
