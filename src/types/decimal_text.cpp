// SPDX-License-Identifier: MIT
// Decimal as text and as double.
#include "decimal_big.hpp"

#include <cmath>
#include <limits>

#include <azoth/error.hpp>

namespace azoth {

namespace {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
    return std::ranges::equal(text, lower, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

/// A decimal number in its parts; `whole` and `fraction` are digits and view the text.
struct NumberParts {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    std::int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& text) noexcept {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

bool take(std::string_view& text, char c) noexcept {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

bool take_sign(std::string_view& text) noexcept {
    if (take(text, '-')) return true;
    take(text, '+');
    return false;
}

std::optional<NumberParts> split(std::string_view text) noexcept {
    NumberParts parts;
    parts.negative = take_sign(text);
    parts.whole = take_digits(text);
    if (take(text, '.')) parts.fraction = take_digits(text);
    if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
    if (take(text, 'e') || take(text, 'E')) {
        const bool negative = take_sign(text);
        const std::string_view digits = take_digits(text);
        if (digits.empty()) return std::nullopt;
        for (const char c : digits) // held at a value that is refused anyhow, so that it cannot overflow
            parts.exponent = std::min<std::int64_t>(parts.exponent * 10 + (c - '0'), 1'000'000'000);
        if (negative) parts.exponent = -parts.exponent;
    }
    if (!text.empty()) return std::nullopt;
    return parts;
}

} // namespace

std::optional<Decimal> Decimal::try_parse(std::string_view text) {
    const auto parts = split(text);
    if (!parts) {
        std::string_view word = text;
        const bool negative = take_sign(word);
        if (equals_ignoring_case(word, "infinity") || equals_ignoring_case(word, "inf"))
            return infinity(negative);
        if (equals_ignoring_case(text, "nan")) return nan();
        return std::nullopt;
    }
    std::string_view whole = parts->whole;
    std::string_view fraction = parts->fraction;
    while (!whole.empty() && whole.front() == '0') whole.remove_prefix(1);

    const auto digit_count = static_cast<std::int64_t>(whole.size() + fraction.size());
    const std::int64_t scale = static_cast<std::int64_t>(fraction.size()) - parts->exponent;
    if (digit_count > detail::max_decimal_digits || scale > detail::max_decimal_digits
        || digit_count - scale > detail::max_decimal_digits) {
        return std::nullopt;
    }

    const std::int64_t padding = scale < 0 ? -scale : 0;
    const auto final_scale = static_cast<std::int32_t>(scale < 0 ? 0 : scale);
    if (digit_count + padding < detail::small_power_count) { // 18 digits cannot overflow
        std::int64_t integer = 0;
        for (const std::string_view digits : {whole, fraction})
            for (const char c : digits) integer = integer * 10 + (c - '0');
        integer *= detail::small_powers_of_ten[padding];
        return Decimal{parts->negative ? -integer : integer, final_scale};
    }
    std::string digits;
    digits.reserve(static_cast<std::size_t>(digit_count + padding));
    digits.append(whole).append(fraction);
    // A leading zero would make Boost read the number as octal.
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty()) return Decimal{0, final_scale};
    digits.append(static_cast<std::size_t>(padding), '0');
    detail::BigInt integer{digits};
    if (parts->negative) integer = -integer;
    return Big::make(std::move(integer), final_scale);
}

Decimal::Decimal(std::string_view text) {
    auto parsed = try_parse(text);
    if (!parsed) {
        constexpr std::size_t shown = 40;
        std::string message = "'";
        message.append(text.substr(0, shown)).append(text.size() > shown ? "…' " : "' ");
        message += split(text) ? "has more digits than a decimal may have (200000)" : "is no decimal number";
        throw ArgumentError(message);
    }
    *this = *std::move(parsed);
}

std::string Decimal::to_string() const {
    if (is_nan()) return "NaN";
    if (!is_finite()) return is_negative() ? "-Infinity" : "Infinity";
    const detail::Digits digits = Big::digits_of(*this);
    const std::string_view text = digits.view();
    std::string result;
    result.reserve(text.size() + 3 + (scale_ > 0 ? static_cast<std::size_t>(scale_) : 0));
    if (is_negative()) result += '-';
    if (scale_ <= 0) { // a negative scale breaks the constructor's rule; it still reads right
        result += text;
        if (text != "0") result.append(static_cast<std::size_t>(-std::int64_t{scale_}), '0');
        return result;
    }
    const auto scale = static_cast<std::size_t>(scale_);
    if (text.size() > scale) {
        result.append(text.substr(0, text.size() - scale))
            .append(1, '.')
            .append(text.substr(text.size() - scale));
    } else {
        result.append("0.").append(scale - text.size(), '0').append(text);
    }
    return result;
}

Decimal Decimal::from_double(double value, std::int32_t scale) {
    if (scale < 0 || scale > detail::max_decimal_digits)
        throw ArgumentError("a decimal cannot have " + std::to_string(scale) + " digits behind the point");
    if (std::isnan(value)) return nan();
    if (std::isinf(value)) return infinity(value < 0);
    // No double has more than 1074 digits behind the point; to_chars rounds their exact value half to even.
    constexpr std::int32_t max_fraction = 1074;
    constexpr std::size_t max_whole = 309;
    char buffer[max_whole + max_fraction + 3];
    const int precision = std::min(scale, max_fraction);
    const auto [end, error] =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, precision);
    static_cast<void>(error); // the buffer holds the longest of them
    return Decimal{std::string_view{buffer, static_cast<std::size_t>(end - buffer)}}.rescaled(scale);
}

double Decimal::to_double() const {
    if (is_nan()) return std::numeric_limits<double>::quiet_NaN();
    if (!is_finite()) return is_negative() ? -HUGE_VAL : HUGE_VAL;
    // Both exact in a double, so one division rounds once, as IEEE 754 promises.
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    if (!big_ && small_ >= -exact && small_ <= exact && scale_ >= 0 && scale_ < detail::small_power_count
        && detail::small_powers_of_ten[scale_] <= exact) {
        return static_cast<double>(small_) / static_cast<double>(detail::small_powers_of_ten[scale_]);
    }
    const detail::Digits digits = Big::digits_of(*this);
    std::string text{digits.view()};
    const std::int64_t magnitude = static_cast<std::int64_t>(text.size()) - scale_;
    text.append("e").append(std::to_string(-std::int64_t{scale_}));
    double result = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    static_cast<void>(end);
    if (error == std::errc::result_out_of_range) result = magnitude > 0 ? HUGE_VAL : 0;
    return is_negative() ? -result : result;
}

} // namespace azoth
