// SPDX-License-Identifier: MIT
// Decimal arithmetic, comparison and hash: 64-bit integers while they suffice, big ones from there on.
#include "decimal_big.hpp"

#include <functional>
#include <ostream>

#include <azoth/error.hpp>

namespace azoth {

using detail::BigInt;
using detail::small_power_count;
using detail::small_powers_of_ten;

namespace {

/// Scales grow with every product; past this one something multiplies without end.
constexpr std::int64_t max_scale = 1'000'000;

/// `value` × 10^exponent when that stays within 64 bits.
bool scale_up(std::int64_t value, std::int64_t exponent, std::int64_t& result) noexcept {
    return exponent >= 0 && exponent < small_power_count
        && !__builtin_mul_overflow(value, small_powers_of_ten[exponent], &result);
}

std::int64_t divide_half_even_small(std::int64_t value, std::int64_t divisor) noexcept {
    const std::int64_t quotient = value / divisor;
    const std::int64_t remainder = value % divisor;
    // Compared against the other part of the divisor: twice the remainder might overflow.
    const std::int64_t size = remainder < 0 ? -remainder : remainder;
    const std::int64_t rest = divisor - size;
    if (size < rest || (size == rest && quotient % 2 == 0)) return quotient;
    return value < 0 ? quotient - 1 : quotient + 1;
}

} // namespace

BigInt Decimal::Big::power_of_ten(std::int64_t exponent) {
    if (exponent < 0 || exponent > 2 * max_scale)
        throw ArgumentError("a decimal cannot be scaled by 10^" + std::to_string(exponent));
    if (exponent < small_power_count) return small_powers_of_ten[exponent];
    return boost::multiprecision::pow(BigInt{10}, static_cast<unsigned>(exponent));
}

Decimal Decimal::Big::make(BigInt integer, std::int64_t scale) {
    if (scale < 0 || scale > max_scale)
        throw ArgumentError("a decimal cannot have " + std::to_string(scale) + " digits behind the point");
    Decimal result;
    result.scale_ = static_cast<std::int32_t>(scale);
    // A cpp_int keeps sign and magnitude, so the range is asked for; conversion alone would saturate.
    if (integer >= std::numeric_limits<std::int64_t>::min()
        && integer <= std::numeric_limits<std::int64_t>::max()) {
        result.small_ = static_cast<std::int64_t>(integer);
    } else {
        result.big_ = std::make_shared<const Big>(std::move(integer));
    }
    return result;
}

BigInt Decimal::Big::integer_at(const Decimal& value, std::int64_t scale) {
    BigInt integer = integer_of(value);
    if (scale != value.scale_) integer *= power_of_ten(scale - value.scale_);
    return integer;
}

BigInt Decimal::Big::divide_half_even(const BigInt& numerator, const BigInt& denominator) {
    BigInt quotient;
    BigInt remainder;
    boost::multiprecision::divide_qr(numerator, denominator, quotient, remainder);
    const BigInt twice = boost::multiprecision::abs(remainder) * 2;
    const int against_half = twice.compare(BigInt{boost::multiprecision::abs(denominator)});
    if (against_half > 0 || (against_half == 0 && boost::multiprecision::bit_test(abs(quotient), 0))) {
        // The quotient may be zero, so the direction comes from the operands.
        if ((numerator < 0) != (denominator < 0)) --quotient;
        else ++quotient;
    }
    return quotient;
}

bool Decimal::is_negative() const noexcept {
    if (!is_finite()) return special_ == Special::negative_infinity;
    return big_ ? big_->integer < 0 : small_ < 0;
}

Decimal Decimal::rescaled(std::int32_t scale) const {
    if (!is_finite() || scale == scale_) return *this;
    if (scale < 0 || scale > max_scale)
        throw ArgumentError("a decimal cannot have " + std::to_string(scale) + " digits behind the point");
    const std::int64_t growth = std::int64_t{scale} - scale_;
    if (!big_) {
        std::int64_t result = 0;
        if (scale_up(small_, growth, result)) return Decimal{result, scale};
        if (growth < 0 && -growth < small_power_count)
            return Decimal{divide_half_even_small(small_, small_powers_of_ten[-growth]), scale};
    }
    if (growth > 0) return Big::make(Big::integer_at(*this, scale), scale);
    return Big::make(Big::divide_half_even(Big::integer_of(*this), Big::power_of_ten(-growth)), scale);
}

Decimal operator-(const Decimal& a) {
    if (a.is_nan()) return a;
    if (!a.is_finite()) return Decimal::infinity(!a.is_negative());
    if (!a.big_ && a.small_ != std::numeric_limits<std::int64_t>::min()) return Decimal{-a.small_, a.scale_};
    return Decimal::Big::make(-Decimal::Big::integer_of(a), a.scale_);
}

Decimal operator+(const Decimal& a, const Decimal& b) {
    if (!a.is_finite() || !b.is_finite()) {
        if (a.is_nan() || b.is_nan()) return Decimal::nan();
        if (a.is_finite()) return b;
        if (b.is_finite()) return a;
        return a.special_ == b.special_ ? a : Decimal::nan();
    }
    const std::int32_t scale = std::max(a.scale_, b.scale_);
    if (!a.big_ && !b.big_) {
        std::int64_t left = 0;
        std::int64_t right = 0;
        std::int64_t sum = 0;
        if (scale_up(a.small_, std::int64_t{scale} - a.scale_, left)
            && scale_up(b.small_, std::int64_t{scale} - b.scale_, right)
            && !__builtin_add_overflow(left, right, &sum)) {
            return Decimal{sum, scale};
        }
    }
    return Decimal::Big::make(Decimal::Big::integer_at(a, scale) + Decimal::Big::integer_at(b, scale), scale);
}

Decimal operator-(const Decimal& a, const Decimal& b) {
    return a + -b;
}

Decimal operator*(const Decimal& a, const Decimal& b) {
    if (!a.is_finite() || !b.is_finite()) {
        const int sign = Decimal::Big::sign(a) * Decimal::Big::sign(b);
        if (a.is_nan() || b.is_nan() || sign == 0) return Decimal::nan();
        return Decimal::infinity(sign < 0);
    }
    const std::int64_t scale = std::int64_t{a.scale_} + b.scale_;
    std::int64_t product = 0;
    if (!a.big_ && !b.big_ && scale <= max_scale && !__builtin_mul_overflow(a.small_, b.small_, &product))
        return Decimal{product, static_cast<std::int32_t>(scale)};
    return Decimal::Big::make(Decimal::Big::integer_of(a) * Decimal::Big::integer_of(b), scale);
}

Decimal divide(const Decimal& a, const Decimal& b, std::int32_t scale) {
    using Big = Decimal::Big;
    if (scale < 0 || scale > max_scale)
        throw ArgumentError("a decimal cannot have " + std::to_string(scale) + " digits behind the point");
    if (a.is_nan() || b.is_nan()) return Decimal::nan();
    if (Big::is_zero(b)) throw ArgumentError("division of a decimal by zero");
    if (!b.is_finite()) return a.is_finite() ? Decimal{0, scale} : Decimal::nan();
    if (!a.is_finite()) return Decimal::infinity(Big::sign(a) * Big::sign(b) < 0);
    // a·10^-sa / b·10^-sb, with `scale` digits: the power of ten goes to the side where it is a whole number.
    const std::int64_t shift = std::int64_t{scale} + b.scale_ - a.scale_;
    BigInt numerator = Big::integer_of(a);
    BigInt denominator = Big::integer_of(b);
    if (shift >= 0) numerator *= Big::power_of_ten(shift);
    else denominator *= Big::power_of_ten(-shift);
    return Big::make(Big::divide_half_even(numerator, denominator), scale);
}

std::weak_ordering operator<=>(const Decimal& a, const Decimal& b) {
    if (!a.is_finite() || !b.is_finite()) {
        // -Infinity < every finite number < Infinity < NaN, as PostgreSQL sorts.
        const auto rank = [](const Decimal& value) {
            if (value.is_nan()) return 3;
            if (value.is_finite()) return 1;
            return value.is_negative() ? 0 : 2;
        };
        return rank(a) <=> rank(b);
    }
    const std::int32_t scale = std::max(a.scale_, b.scale_);
    if (!a.big_ && !b.big_) {
        std::int64_t left = 0;
        std::int64_t right = 0;
        if (scale_up(a.small_, std::int64_t{scale} - a.scale_, left)
            && scale_up(b.small_, std::int64_t{scale} - b.scale_, right)) {
            return left <=> right;
        }
    }
    if (const int left = Decimal::Big::sign(a), right = Decimal::Big::sign(b); left != right)
        return left <=> right;
    return Decimal::Big::integer_at(a, scale).compare(Decimal::Big::integer_at(b, scale)) <=> 0;
}

std::size_t Decimal::hash() const {
    constexpr std::uint64_t mix = 0x9E3779B97F4A7C15ULL;
    if (!is_finite()) return static_cast<std::size_t>(mix * (static_cast<std::uint64_t>(special_) + 1));
    // Equal values have equal digits once the zeros at the end are gone, whatever their scales.
    const detail::Digits digits = Big::digits_of(*this);
    std::string_view text = digits.view();
    std::int64_t exponent = -std::int64_t{scale_};
    while (text.size() > 1 && text.back() == '0') {
        text.remove_suffix(1);
        ++exponent;
    }
    if (text == "0") return 0;
    const std::size_t seed = std::hash<std::string_view>{}(text);
    return seed
           ^ static_cast<std::size_t>(
               mix * (static_cast<std::uint64_t>(exponent) * 2 + (is_negative() ? 1 : 0))
           );
}

std::ostream& operator<<(std::ostream& out, const Decimal& value) {
    return out << value.to_string();
}

} // namespace azoth
