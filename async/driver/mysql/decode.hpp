// SPDX-License-Identifier: MIT
// Values of the protocol as cells: the binary form of prepared statements, the text form of plain queries.
#pragma once

#include <cstddef>
#include <string_view>

#include "driver/mysql/column.hpp"
#include "driver/packed_rows.hpp"

namespace azoth::mysql {

/// Reads one value of the binary protocol, adds it to `rows` and moves `data` behind it. The bytes are the server's:
/// the client library has checked the packet's length, but not that of each value in it.
using BinaryDecoder = void (*)(const unsigned char*& data, driver::PackedRows& rows);

[[nodiscard]] BinaryDecoder binary_decoder(Coding coding) noexcept;

/// Adds one value that came as text.
void decode_text(Coding coding, std::string_view text, driver::PackedRows& rows);

} // namespace azoth::mysql
