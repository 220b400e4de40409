// SPDX-License-Identifier: MIT
// UUIDs as text, at random, and as keys.
#include <azoth/types/uuid.hpp>

#include <cstring>
#include <random>

#include <azoth/error.hpp>

namespace azoth {

namespace {

constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// True where a hyphen stands before octet `i`: 8-4-4-4-12 digits.
constexpr bool hyphen_before(std::size_t i) noexcept {
    return i == 4 || i == 6 || i == 8 || i == 10;
}

} // namespace

std::optional<Uuid> Uuid::try_parse(std::string_view text) noexcept {
    const bool hyphens = text.size() == 36;
    if (!hyphens && text.size() != 32) return std::nullopt;
    Uuid result;
    std::size_t at = 0;
    for (std::size_t i = 0; i < result.bytes.size(); ++i) {
        if (hyphens && hyphen_before(i) && text[at++] != '-') return std::nullopt;
        const int high = hex_value(text[at++]);
        const int low = hex_value(text[at++]);
        if (high < 0 || low < 0) return std::nullopt;
        result.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return result;
}

Uuid::Uuid(std::string_view text) {
    const auto parsed = try_parse(text);
    if (!parsed) {
        throw ArgumentError(
            "'" + std::string{text.substr(0, 40)}
            + "' is no UUID: 32 hexadecimal digits, with or without hyphens"
        );
    }
    *this = *parsed;
}

Uuid Uuid::random() {
    // One device a thread: opening it costs more than reading from it.
    thread_local std::random_device device;
    Uuid result;
    for (std::size_t i = 0; i < result.bytes.size(); i += sizeof(std::uint32_t)) {
        const std::uint32_t word = device();
        std::memcpy(&result.bytes[i], &word, sizeof word);
    }
    result.bytes[6] = static_cast<std::uint8_t>((result.bytes[6] & 0x0F) | 0x40); // version 4
    result.bytes[8] = static_cast<std::uint8_t>((result.bytes[8] & 0x3F) | 0x80); // RFC 9562's variant
    return result;
}

std::string to_string(const Uuid& value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < value.bytes.size(); ++i) {
        if (hyphen_before(i)) out += '-';
        out += digits[value.bytes[i] >> 4];
        out += digits[value.bytes[i] & 0x0F];
    }
    return out;
}

} // namespace azoth

std::size_t std::hash<azoth::Uuid>::operator()(const azoth::Uuid& value) const noexcept {
    // Mixed, not only folded: version 1 and 7 UUIDs of one machine differ in few bits.
    std::uint64_t halves[2];
    std::memcpy(halves, value.bytes.data(), sizeof halves);
    std::uint64_t h = halves[0] * 0x9E3779B97F4A7C15ULL;
    h = (h ^ (h >> 32) ^ halves[1]) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::size_t>(h ^ (h >> 32));
}
