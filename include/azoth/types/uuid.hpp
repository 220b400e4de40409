// SPDX-License-Identifier: MIT
// A UUID: sixteen bytes in network order.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace azoth {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    Uuid() = default;
    explicit Uuid(const std::array<std::uint8_t, 16>& octets) : bytes(octets) {}
    /// @throws ArgumentError when `text` is not 32 hexadecimal digits, with or without hyphens.
    explicit Uuid(std::string_view text);

    friend auto operator<=>(const Uuid&, const Uuid&) = default;

    /// A random UUID, version 4 (RFC 9562), from the system's random device.
    [[nodiscard]] static Uuid random();
    [[nodiscard]] static std::optional<Uuid> try_parse(std::string_view text) noexcept;
};

/// Lower case with hyphens.
[[nodiscard]] std::string to_string(const Uuid& value);

} // namespace azoth

template <>
struct std::hash<azoth::Uuid> {
    std::size_t operator()(const azoth::Uuid& value) const noexcept;
};
