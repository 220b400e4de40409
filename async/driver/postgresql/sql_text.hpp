// SPDX-License-Identifier: MIT
// The little that the driver has to know about a SQL text without parsing it.
#pragma once

#include <string>
#include <string_view>

namespace azoth::postgresql {

/// @throws ArgumentError for a text with a zero byte, where libpq would see its end.
void check_text(const std::string& sql);

/// COPY must not be sent in a pipeline, and gains nothing from being prepared.
[[nodiscard]] bool begins_copy(std::string_view sql) noexcept;

/// True when stopping the statement half-way undoes nothing: a query, as far as its first words tell.
[[nodiscard]] bool only_reads(std::string_view sql) noexcept;

/// True when a cursor can be declared for it: a query that neither changes nor makes anything.
[[nodiscard]] bool can_be_declared(std::string_view sql) noexcept;

} // namespace azoth::postgresql
