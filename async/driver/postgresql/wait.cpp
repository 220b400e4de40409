// SPDX-License-Identifier: MIT
// A race of socket readiness and a timer, and threads that tell their end through a socket.
#include "driver/postgresql/wait.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#endif

namespace azoth::postgresql {
namespace {

/// Starts up to three waits and completes `Handler` with the first that ends. The losers are cancelled; when
/// they end they find the race over and touch nothing but this object, which they own. On a context of
/// several threads their ends may coincide, hence the mutex.
template <class Handler>
class Race : public std::enable_shared_from_this<Race<Handler>> {
public:
    Race(asio::posix::stream_descriptor& socket, Handler&& handler)
        : socket_(socket), timer_(socket.get_executor()),
          executor_(asio::get_associated_executor(handler, socket.get_executor())),
          handler_(std::move(handler)) {}

    void start(bool read, bool write, Deadline deadline) {
        using Socket = asio::posix::stream_descriptor;
        const std::lock_guard lock(mutex_);
        auto slot = asio::get_associated_cancellation_slot(*handler_);
        if (slot.is_connected()) {
            slot.assign([race = this->weak_from_this()](asio::cancellation_type type) {
                if ((type & asio::cancellation_type::terminal) == asio::cancellation_type::none) return;
                if (const auto self = race.lock()) self->cancel();
            });
        }
        if (read) socket_.async_wait(Socket::wait_read, end(Ready::read));
        if (write) socket_.async_wait(Socket::wait_write, end(Ready::write));
        if (deadline != no_deadline) {
            timer_.expires_at(deadline);
            timer_.async_wait(end(Ready::timeout));
        }
    }

private:
    auto end(Ready what) {
        return asio::bind_executor(executor_, [self = this->shared_from_this(), what](asio_error_code error) {
            self->finish(error, what);
        });
    }

    void finish(asio_error_code error, Ready what) {
        {
            const std::lock_guard lock(mutex_);
            if (over_) return;
            over_ = true;
            // After an error the socket may be closed, or gone; its other wait has failed as well then.
            if (error) timer_.cancel();
            else cancel_waits();
        }
        asio::get_associated_cancellation_slot(*handler_).clear();
        Handler handler = std::move(*handler_);
        handler_.reset();
        std::move(handler)(error, what);
    }

    void cancel() {
        const std::lock_guard lock(mutex_);
        if (!over_) cancel_waits();
    }

    void cancel_waits() {
        asio_error_code ignored;
        socket_.cancel(ignored);
        timer_.cancel();
    }

    std::mutex mutex_;
    bool over_ = false;
    asio::posix::stream_descriptor& socket_; ///< not touched any more once `over_`
    asio::steady_timer timer_;
    asio::associated_executor_t<Handler, asio::any_io_executor> executor_;
    std::optional<Handler> handler_;
};

struct StartRace {
    template <class Handler>
    void operator()(
        Handler&& handler, asio::posix::stream_descriptor* socket, bool read, bool write, Deadline deadline)
        const {
        using Stored = std::decay_t<Handler>;
        std::make_shared<Race<Stored>>(*socket, std::forward<Handler>(handler))->start(read, write, deadline);
    }
};

/// Work for another thread, and whether it is done: what makes its results visible to who waits for it.
struct Work {
    std::function<void()> run;
    std::atomic<bool> done = false;

    explicit Work(std::function<void()> function) : run(std::move(function)) {}
};

/// Writes a byte when the work is done. Nothing of Asio is touched here: its context may be gone by then.
void work_and_tell(const std::shared_ptr<Work>& work, int fd) noexcept {
    work->run();
    work->done.store(true, std::memory_order_release);
    const char done = 1;
    // Nobody listening any more is fine, and no reason for a signal.
    [[maybe_unused]] const auto sent = ::send(fd, &done, 1, MSG_NOSIGNAL);
    ::close(fd);
}

/// A thread that no signal of the program is delivered to.
void start_thread(std::shared_ptr<Work> work, int fd) {
    sigset_t all{};
    sigset_t before{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread(work_and_tell, std::move(work), fd).detach();
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

} // namespace

asio::awaitable<Ready> wait_any(
    asio::posix::stream_descriptor& socket, bool read, bool write, Deadline deadline) {
    return asio::async_initiate<const asio::use_awaitable_t<>, void(asio_error_code, Ready)>(
        StartRace{}, asio::use_awaitable, &socket, read, write, deadline);
}

asio::awaitable<bool> run_blocking(
    asio::any_io_executor executor, std::function<void()> work, Deadline deadline) {
    const auto shared = std::make_shared<Work>(std::move(work));
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        throw std::system_error(errno, std::generic_category(), "socketpair");
    }
    asio::posix::stream_descriptor ear(executor);
    try {
        ear.assign(ends[0]);
    } catch (...) {
        ::close(ends[0]);
        ::close(ends[1]);
        throw;
    }
    try {
        start_thread(shared, ends[1]);
    } catch (...) {
        ::close(ends[1]);
        throw;
    }
    const Ready ready = co_await wait_any(ear, true, false, deadline);
    co_return ready == Ready::read && shared->done.load(std::memory_order_acquire);
}

} // namespace azoth::postgresql
