// SPDX-License-Identifier: MIT
// The inside of Decimal: integers of any size, and the steps that arithmetic, text and wire forms share.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/multiprecision/cpp_int.hpp>

#include <azoth/types/decimal.hpp>

namespace azoth {

namespace detail {

/// Without expression templates: their results are types of their own, and no expression here would gain.
using BigInt =
    boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>, boost::multiprecision::et_off>;

/// The most digits to read: more than any database keeps, and few enough that a dozen bytes ("1e999999999")
/// cannot ask for gigabytes.
inline constexpr std::int64_t max_decimal_digits = 200'000;

/// 10^0 … 10^18: those that fit std::int64_t.
inline constexpr std::int64_t small_powers_of_ten[] = {
    1,
    10,
    100,
    1'000,
    10'000,
    100'000,
    1'000'000,
    10'000'000,
    100'000'000,
    1'000'000'000,
    10'000'000'000,
    100'000'000'000,
    1'000'000'000'000,
    10'000'000'000'000,
    100'000'000'000'000,
    1'000'000'000'000'000,
    10'000'000'000'000'000,
    100'000'000'000'000'000,
    1'000'000'000'000'000'000,
};
inline constexpr std::int64_t small_power_count = static_cast<std::int64_t>(std::size(small_powers_of_ten));

/// The digits of an integer's absolute value.
class Digits {
public:
    explicit Digits(std::int64_t value) noexcept {
        // Negated as unsigned, where the smallest integer has a counterpart.
        const auto bits = static_cast<std::uint64_t>(value);
        const auto [end, error] =
            std::to_chars(buffer_, buffer_ + sizeof buffer_, value < 0 ? 0 - bits : bits);
        static_cast<void>(error); // twenty bytes hold every 64-bit integer
        small_size_ = static_cast<std::size_t>(end - buffer_);
    }
    explicit Digits(const BigInt& value) : big_(boost::multiprecision::abs(value).str()) {}

    [[nodiscard]] std::string_view view() const noexcept {
        return big_.empty() ? std::string_view{buffer_, small_size_} : std::string_view{big_};
    }

private:
    char buffer_[20];
    std::size_t small_size_ = 0;
    std::string big_;
};

} // namespace detail

/// Nested in Decimal, so that these helpers see its members while the public header names none of them.
struct Decimal::Big {
    detail::BigInt integer;

    explicit Big(detail::BigInt value) : integer(std::move(value)) {}

    /// 10^exponent. @throws ArgumentError when that is absurdly large.
    [[nodiscard]] static detail::BigInt power_of_ten(std::int64_t exponent);

    /// `integer` × 10^-scale, in the small form whenever it fits: a value has one representation per scale.
    [[nodiscard]] static Decimal make(detail::BigInt integer, std::int64_t scale);

    [[nodiscard]] static detail::BigInt integer_of(const Decimal& value) {
        return value.big_ ? value.big_->integer : detail::BigInt{value.small_};
    }
    /// The integer that `value` has at a larger scale.
    [[nodiscard]] static detail::BigInt integer_at(const Decimal& value, std::int64_t scale);

    [[nodiscard]] static detail::Digits digits_of(const Decimal& value) {
        return value.big_ ? detail::Digits{value.big_->integer} : detail::Digits{value.small_};
    }

    /// numerator / denominator, rounded half even.
    [[nodiscard]] static detail::BigInt
    divide_half_even(const detail::BigInt& numerator, const detail::BigInt& denominator);

    [[nodiscard]] static bool is_zero(const Decimal& value) noexcept {
        return value.is_finite() && !value.big_ && value.small_ == 0;
    }
    /// -1, 0 or 1; infinities count, NaN is 1.
    [[nodiscard]] static int sign(const Decimal& value) noexcept {
        if (value.is_negative()) return -1;
        return is_zero(value) ? 0 : 1;
    }
};

} // namespace azoth
