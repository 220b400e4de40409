// SPDX-License-Identifier: MIT
// Values of the protocol as cells: binary from prepared statements, text from plain queries.
#pragma once

#include <cstdint>
#include <string_view>

namespace azoth::driver {
class PackedRows;
}

namespace azoth::mysql {

/// How the values of a column come; both protocols, binary and text, have the same kinds.
enum class Coding : std::uint8_t {
    null,
    int8,
    uint8,
    int16,
    uint16,
    int32,
    uint32,
    int64,
    uint64,
    float4,
    float8,
    date,
    datetime,
    time,
    bit,
    text,
    bytes,
};

/// Reads one value of the binary protocol, adds it to `rows` and moves `data` behind it. The bytes
/// are the server's: the client library has checked the packet's length, but not that of each value
/// in it.
using BinaryDecoder = void (*)(const unsigned char*& data, driver::PackedRows& rows);

[[nodiscard]] BinaryDecoder binary_decoder(Coding coding) noexcept;

/// Adds one value that came as text.
void decode_text(Coding coding, std::string_view text, driver::PackedRows& rows);

} // namespace azoth::mysql
