// SPDX-License-Identifier: MIT
// A floating number as text, the shortest that reads back the same.
#pragma once

#include <charconv>
#include <cmath>
#include <string>

namespace azoth::detail {

/// "1.5", "100000", "1e+20", "-Infinity", "NaN": plain digits from 10^-4 to 10^15, as PostgreSQL prints them.
template <class Real>
void append_real(std::string& out, Real value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value < 0 ? "-Infinity" : "Infinity";
        return;
    }
    const Real size = std::fabs(value);
    const bool plain = size == 0 || (size >= Real(1e-4) && size < Real(1e15));
    char buffer[32]; // to_chars alone would prefer "1e+05" to "100000"
    const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, format);
    static_cast<void>(error); // seventeen digits, sign, point and exponent fit
    out.append(buffer, end);
}

} // namespace azoth::detail
