// SPDX-License-Identifier: MIT
// Database URLs: whatever the text, it is read or refused; what was read is written and read again the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <azoth/engine/url.hpp>
#include <azoth/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    azoth::Url url;
    try {
        url = azoth::Url{text};
    } catch (const azoth::ArgumentError& error) {
        return std::string_view{error.what()}.empty() ? 1 : 0;
    }
    static_cast<void>(url.to_string());
    const azoth::Url again{url.to_string(false)};
    if (!(again == url)) std::abort();
    return 0;
}
