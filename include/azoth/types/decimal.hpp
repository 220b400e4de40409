// SPDX-License-Identifier: MIT
// Decimal: exact decimal numbers of any size, with the scale they were written with.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace azoth {

/// An exact decimal: an integer and a scale (digits behind the point), as SQL NUMERIC. "12.50" keeps its two digits;
/// it equals "12.5". NaN and the infinities exist, as in PostgreSQL: NaN equals itself and is above everything.
/// Integers beyond 64 bits are kept by Boost.Multiprecision, which this header does not show.
class Decimal {
public:
    Decimal() noexcept = default;
    /// @throws ArgumentError when `text` is no decimal number. Accepts sign, point, exponent, "NaN", "Infinity".
    explicit Decimal(std::string_view text);
    explicit Decimal(const char* text) : Decimal(std::string_view{text}) {}
    Decimal(std::int64_t integer) noexcept : small_(integer) {}
    Decimal(int integer) noexcept : small_(integer) {}
    /// `mantissa` × 10^-scale; scale ≥ 0.
    Decimal(std::int64_t mantissa, std::int32_t scale) noexcept : small_(mantissa), scale_(scale) {}

    [[nodiscard]] static std::optional<Decimal> try_parse(std::string_view text);
    /// `value` rounded half even to `scale` digits behind the point.
    [[nodiscard]] static Decimal from_double(double value, std::int32_t scale);
    [[nodiscard]] static Decimal nan() noexcept { return Decimal{Special::nan}; }
    [[nodiscard]] static Decimal infinity(bool negative = false) noexcept {
        return Decimal{negative ? Special::negative_infinity : Special::infinity};
    }

    [[nodiscard]] bool is_nan() const noexcept { return special_ == Special::nan; }
    [[nodiscard]] bool is_finite() const noexcept { return special_ == Special::finite; }
    [[nodiscard]] bool is_negative() const noexcept;
    [[nodiscard]] std::int32_t scale() const noexcept { return scale_; }
    /// The same value with `scale` digits behind the point, rounded half even when digits are dropped.
    [[nodiscard]] Decimal rescaled(std::int32_t scale) const;
    [[nodiscard]] double to_double() const;
    /// Never with an exponent: "-0.05", "12.50", "NaN", "Infinity".
    [[nodiscard]] std::string to_string() const;

    /// Exact; the scale of a sum is the larger, of a product the sum of both.
    friend Decimal operator+(const Decimal& a, const Decimal& b);
    friend Decimal operator-(const Decimal& a, const Decimal& b);
    friend Decimal operator*(const Decimal& a, const Decimal& b);
    friend Decimal operator-(const Decimal& a);
    /// The quotient rounded half even to `scale` digits. @throws ArgumentError on division by zero.
    friend Decimal divide(const Decimal& a, const Decimal& b, std::int32_t scale);
    Decimal& operator+=(const Decimal& b) { return *this = *this + b; }
    Decimal& operator-=(const Decimal& b) { return *this = *this - b; }
    Decimal& operator*=(const Decimal& b) { return *this = *this * b; }

    /// By value: 1.0 == 1.00.
    friend std::weak_ordering operator<=>(const Decimal& a, const Decimal& b);
    friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
    friend std::ostream& operator<<(std::ostream& out, const Decimal& value);

    [[nodiscard]] std::size_t hash() const;

    /// PostgreSQL's binary numeric, from and to (server sources, `numeric_send`).
    /// @throws TypeMismatchError when the bytes are no numeric.
    [[nodiscard]] static Decimal from_pg_binary(std::string_view bytes);
    void append_pg_binary(std::string& out) const;

private:
    enum class Special : std::uint8_t { finite, nan, infinity, negative_infinity };
    struct Big; ///< a boost::multiprecision::cpp_int

    explicit Decimal(Special special) noexcept : special_(special) {}

    std::shared_ptr<const Big> big_; ///< set when the integer does not fit `small_`
    std::int64_t small_ = 0;
    std::int32_t scale_ = 0;
    Special special_ = Special::finite;
};

} // namespace azoth

template <>
struct std::hash<azoth::Decimal> {
    std::size_t operator()(const azoth::Decimal& value) const { return value.hash(); }
};
