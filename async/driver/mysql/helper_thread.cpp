// SPDX-License-Identifier: MIT
// Threads that tell their end through a pipe, which unlike an executor cannot be gone before.
#include "driver/mysql/helper_thread.hpp"

#include "driver/mysql/client.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

namespace azoth::mysql {
namespace {

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
    Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

using Ended = std::shared_ptr<std::atomic<bool>>;

// The end of the pipe's writing end is the message.
void run(std::function<void()> work, Ended ended, Descriptor) {
    mysql_thread_init();
    work();
    work = nullptr; // what it owns alone ends on this thread, before anybody is told
    mysql_thread_end();
    ended->store(true, std::memory_order_release);
}

/// Starts a thread that no signal of the program is delivered to.
void start(std::function<void()> work, Ended ended, Descriptor mouth) {
    sigset_t all{};
    sigset_t before{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread(run, std::move(work), std::move(ended), std::move(mouth)).detach();
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

} // namespace

HelperThread::HelperThread(const asio::any_io_executor& executor, std::function<void()> work) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe2");
    const Descriptor ear{ends[0]};
    Descriptor mouth{ends[1]};
    ear_ = std::make_shared<Socket>(executor, ear.get());
    start(std::move(work), ended_, std::move(mouth));
}

asio::awaitable<bool> HelperThread::wait(Deadline deadline) {
    if (!ended_->load(std::memory_order_acquire)) {
        const bool told = co_await ear_->wait_until(Socket::Direction::read, deadline);
        if (!told)
            co_return false;
    }
    // Also what makes the work's writes visible here.
    co_return ended_->load(std::memory_order_acquire);
}

} // namespace azoth::mysql
