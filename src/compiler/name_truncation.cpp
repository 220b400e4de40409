// SPDX-License-Identifier: MIT
// Names that are too long: cut, with the last digits of their MD5 (RFC 1321) behind, as SQLAlchemy does.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include <azoth/compiler/ddl_compiler.hpp>

namespace azoth {

namespace {

std::string md5_hex(std::string_view text) {
    std::string message{text};
    message += static_cast<char>(0x80);
    while (message.size() % 64 != 56) message += '\0';
    for (unsigned i = 0; i < 8; ++i)
        message += static_cast<char>((static_cast<std::uint64_t>(text.size()) * 8 >> (8 * i)) & 0xFFU);

    static constexpr std::array<std::array<int, 4>, 4> rotations{{{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};
    std::array<std::uint32_t, 4> state{0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U};
    for (std::size_t block = 0; block < message.size(); block += 64) {
        std::array<std::uint32_t, 16> words{};
        for (std::size_t i = 0; i < 64; ++i)
            words[i / 4] |= std::uint32_t{static_cast<unsigned char>(message[block + i])} << (8 * (i % 4));
        auto [a, b, c, d] = state;
        for (std::size_t i = 0; i < 64; ++i) {
            std::uint32_t f = 0;
            std::size_t word = 0;
            switch (i / 16) {
            case 0: f = (b & c) | (~b & d); word = i; break;
            case 1: f = (d & b) | (~d & c); word = (5 * i + 1) % 16; break;
            case 2: f = b ^ c ^ d; word = (3 * i + 5) % 16; break;
            default: f = c ^ (b | ~d); word = (7 * i) % 16; break;
            }
            const auto sine = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
            const auto rotated = std::rotl(a + f + sine + words[word], rotations[i / 16][i % 4]);
            a = d;
            d = c;
            c = b;
            b += rotated;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }
    std::string hex;
    for (const auto word : state)
        for (unsigned i = 0; i < 4; ++i) {
            const auto byte = (word >> (8 * i)) & 0xFFU;
            hex += "0123456789abcdef"[byte >> 4U];
            hex += "0123456789abcdef"[byte & 0xFU];
        }
    return hex;
}

} // namespace

std::string shorten_name(const std::string& name, std::size_t limit) {
    if (limit == 0 || name.size() <= limit) return name;
    std::size_t kept = limit - 8;
    while (kept > 0 && (static_cast<unsigned char>(name[kept]) & 0xC0U) == 0x80U) --kept; // no half character
    return name.substr(0, kept) + "_" + md5_hex(name).substr(28);
}

} // namespace azoth
