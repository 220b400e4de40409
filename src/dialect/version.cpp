// SPDX-License-Identifier: MIT
// Reading a server's version.
#include <azoth/dialect/version.hpp>

#include <array>
#include <charconv>

namespace azoth {

std::optional<ServerVersion> parse_server_version(std::string_view text) noexcept {
    constexpr std::string_view masked = "5.5.5-";
    if (text.starts_with(masked) && text.find("MariaDB") != std::string_view::npos) text.remove_prefix(masked.size());
    std::array<int, 3> numbers{};
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (at != end && *at == '-') break; // charconv reads a sign
        const auto parsed = std::from_chars(at, end, numbers[i]);
        if (parsed.ec != std::errc{}) {
            if (i == 0) return std::nullopt;
            numbers[i] = 0;
            break;
        }
        at = parsed.ptr;
        if (at == end || *at != '.') break;
        ++at;
    }
    return at == text.data() ? std::nullopt : std::optional{ServerVersion{numbers[0], numbers[1], numbers[2]}};
}

std::string to_string(const ServerVersion& version) {
    auto text = std::to_string(version.major) + "." + std::to_string(version.minor);
    if (version.patch != 0) text += "." + std::to_string(version.patch);
    return text;
}

} // namespace azoth
