// SPDX-License-Identifier: MIT
// What becomes of connections when their execution context is destroyed before the engine.
#pragma once

#include <memory>

#include <azoth/detail/asio.hpp>

namespace azoth::engine {

class PoolState;

/// Makes the pool hear of the end of `executor`'s context: idle connections are closed while the context
/// shuts down, the rest just before its services are destroyed. A socket that outlived them would touch freed
/// memory.
void follow_context(const asio::any_io_executor& executor, const std::shared_ptr<PoolState>& pool);

} // namespace azoth::engine
