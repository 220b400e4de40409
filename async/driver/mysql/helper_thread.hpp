// SPDX-License-Identifier: MIT
// A blocking call of the client library on a thread of its own, awaited.
#pragma once

#include "driver/mysql/socket.hpp"

#include <azoth/detail/asio.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace azoth::mysql {

/// Work that runs on its own thread as soon as this object is made. When the object goes first, the
/// work goes on alone: it must own all it touches, and must not throw.
class HelperThread {
public:
    /// @throws std::system_error when the system gives no thread or descriptor.
    HelperThread(const asio::any_io_executor& executor, std::function<void()> work);

    /// Waits for the end of the work; false when `deadline` passed first. What the work wrote may
    /// be read after true.
    /// @cancellation terminal.
    [[nodiscard]] asio::awaitable<bool> wait(Deadline deadline);

private:
    std::shared_ptr<std::atomic<bool>> ended_ = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<Socket> ear_; ///< readable when the work has ended
};

} // namespace azoth::mysql
