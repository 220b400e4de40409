// SPDX-License-Identifier: MIT
// Structural keys: 128 bits that say what a statement is, bound values left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace azoth::sql {

/// Two independently mixed lanes, seeded per process, so that two different statements never share a key in practice.
struct Key {
    std::uint64_t a = 0;
    std::uint64_t b = 0;

    friend bool operator==(const Key&, const Key&) = default;

    void mix(std::uint64_t value) noexcept {
        a = multiply(a ^ value, 0x9E3779B97F4A7C15ULL);
        b = multiply(b ^ value, 0xD1B54A32D192ED03ULL) + 0x8CB92BA72F3D8DD7ULL;
    }
    void mix(const Key& other) noexcept {
        mix(other.a);
        mix(other.b);
    }
    void mix(std::string_view text) noexcept;

    /// The key of nothing; what every node starts from.
    [[nodiscard]] static Key seed() noexcept;

private:
    /// Both halves of the 128-bit product, folded; zero operands are kept from absorbing.
    static std::uint64_t multiply(std::uint64_t x, std::uint64_t y) noexcept {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(x + 0x2545F4914F6CDD1DULL) * y;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    }
};

struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept { return static_cast<std::size_t>(key.a); }
};

} // namespace azoth::sql
