// SPDX-License-Identifier: MIT
// The Gregorian calendar in 64 bits, and a reader of digits: what temporal text needs in both directions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace azoth::detail {

/// A day of the calendar. std::chrono's year has 16 bits; servers' timestamps reach the year 294276.
struct CivilDay {
    std::int64_t year = 0;
    unsigned month = 0;
    unsigned day = 0;
};

/// @param days since 1970-01-01; beyond the ±10^11 around it all are the last of these, which no type can hold either.
/// @see Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
[[nodiscard]] constexpr CivilDay civil_from_days(std::int64_t days) noexcept {
    constexpr std::int64_t limit = 100'000'000'000;
    days = days < -limit ? -limit : days > limit ? limit : days;
    days += 719'468; // from 0000-03-01, so that a leap day ends its year
    const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
    const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
    const unsigned year_of_era =
        (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned shifted_month = (5 * day_of_year + 2) / 153;
    CivilDay civil;
    civil.day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    civil.month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    civil.year = static_cast<std::int64_t>(year_of_era) + era * 400 + (civil.month <= 2 ? 1 : 0);
    return civil;
}

/// The inverse. @pre the day exists.
[[nodiscard]] constexpr std::int64_t days_from_civil(const CivilDay& civil) noexcept {
    const std::int64_t year = civil.month <= 2 ? civil.year - 1 : civil.year;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const auto year_of_era = static_cast<unsigned>(year - era * 400);
    const unsigned shifted_month = civil.month > 2 ? civil.month - 3 : civil.month + 9;
    const unsigned day_of_year = (153 * shifted_month + 2) / 5 + civil.day - 1;
    const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

[[nodiscard]] constexpr bool exists(const CivilDay& civil) noexcept {
    constexpr unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (civil.month < 1 || civil.month > 12 || civil.day < 1) return false;
    const bool leap = civil.year % 4 == 0 && (civil.year % 100 != 0 || civil.year % 400 == 0);
    return civil.day <= lengths[civil.month - 1] + (civil.month == 2 && leap ? 1 : 0);
}

/// Reads text from its front; what does not match stays.
class TextReader {
public:
    explicit constexpr TextReader(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] constexpr bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] constexpr std::string_view rest() const noexcept { return rest_; }

    constexpr bool take(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// How many digits come next.
    [[nodiscard]] constexpr std::size_t digit_count() const noexcept {
        std::size_t count = 0;
        while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
        return count;
    }
    /// A number of `fewest` to `most` (≤ 18) digits, all that there are.
    constexpr std::optional<std::int64_t> number(std::size_t fewest, std::size_t most) noexcept {
        const std::size_t count = digit_count();
        if (count < fewest || count > most) return std::nullopt;
        std::int64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) value = value * 10 + (rest_[i] - '0');
        rest_.remove_prefix(count);
        return value;
    }
    /// Digits behind a point as microseconds; those beyond the sixth are dropped.
    constexpr std::optional<std::int64_t> fraction() noexcept {
        const std::size_t count = digit_count();
        if (count == 0) return std::nullopt;
        std::int64_t value = 0;
        for (std::size_t i = 0; i < 6; ++i) value = value * 10 + (i < count ? rest_[i] - '0' : 0);
        rest_.remove_prefix(count);
        return value;
    }

private:
    std::string_view rest_;
};

} // namespace azoth::detail
