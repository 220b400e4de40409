// SPDX-License-Identifier: MIT
// Awaiting who listens to the rows of a flush.
#pragma once

#include <vector>

#include <azoth/session/row_events.hpp>

#include "session/core.hpp"

namespace azoth::session {

/// Whether somebody may listen.
[[nodiscard]] bool announces_rows();
/// Awaits the listeners of each object, of its class and of all.
[[nodiscard]] asio::awaitable<void> announce_rows(Core& core, const std::vector<ModelBase*>& objects, RowSignal RowSignals::* signal);

} // namespace azoth::session
