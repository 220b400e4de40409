// SPDX-License-Identifier: MIT
// A wait for readiness that a timer may end.
#include "driver/mysql/socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#else
#include <asio/bind_executor.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#endif

namespace azoth::mysql {
namespace {

int duplicate(int descriptor) {
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        throw std::system_error(errno, std::generic_category(), "fcntl(F_DUPFD_CLOEXEC)");
    return copy;
}

} // namespace

Socket::Socket(const asio::any_io_executor& executor, int descriptor)
    : stream_(executor),
      timer_(executor) {
    const int copy = duplicate(descriptor);
    try {
        stream_.assign(copy);
        // Shared with the original. Without it the library's calls would block over TLS: OpenSSL
        // reads as the socket is, while for plain reads the library asks for MSG_DONTWAIT.
        stream_.native_non_blocking(true);
    } catch (...) {
        ::close(copy);
        throw;
    }
}

asio::awaitable<bool> Socket::wait_until(Direction direction, Deadline deadline) {
    if (deadline == no_deadline) {
        co_await wait(direction);
        co_return true;
    }
    const auto executor = co_await asio::this_coro::executor;
    const auto self = shared_from_this();
    const std::uint64_t round = ++round_;
    timed_out_ = false;
    timer_.expires_at(deadline);
    // On the coroutine's own executor: where several threads run the context, that is the caller's
    // strand.
    auto ring = [weak = weak_from_this(), round](asio_error_code error) {
        if (error)
            return;
        const auto socket = weak.lock();
        if (socket == nullptr || socket->round_ != round)
            return;
        socket->timed_out_ = true;
        asio_error_code ignored;
        socket->stream_.cancel(ignored);
    };
    timer_.async_wait(asio::bind_executor(executor, std::move(ring)));

    asio_error_code error;
    auto completion = asio::redirect_error(asio::use_awaitable, error);
    co_await stream_.async_wait(kind(direction), completion);
    ++round_;
    timer_.cancel();
    if (!error)
        co_return true;
    if (timed_out_)
        co_return false;
    throw asio_system_error(error);
}

void Socket::shut_down() noexcept {
    ::shutdown(stream_.native_handle(), SHUT_RDWR);
}

} // namespace azoth::mysql
