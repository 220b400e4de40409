// SPDX-License-Identifier: MIT
// Bringing a connection back to a state that the server confirms.
#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/steady_timer.hpp>
#else
#include <asio/steady_timer.hpp>
#endif

namespace azoth::postgresql {

struct CancelDeleter {
    void operator()(PGcancel* cancel) const noexcept { PQfreeCancel(cancel); }
};

/// What the thread that sends a cancel request owns.
struct CancelRequest {
    std::unique_ptr<PGcancel, CancelDeleter> cancel;
    bool sent = false;
    char error[256] = {};
    std::atomic<bool> over = false; ///< nothing of it is under way any more

    CancelRequest() = default;
};

namespace {

using namespace std::chrono_literals;

/// Answers nobody waits for any more.
struct Ignore {
    ResultPtr failure;
    void operator()(std::size_t, ResultPtr) const noexcept {}
};

[[noreturn]] void throw_late(const char* what) {
    throw TimeoutError(std::string{"the PostgreSQL connection could not be recovered in time: "} + what);
}

const std::string no_statement;

} // namespace

asio::awaitable<void> Connection::request_cancel(Deadline deadline) {
    auto request = std::make_shared<CancelRequest>();
    request->cancel.reset(PQgetCancel(channel_.get()));
    if (request->cancel == nullptr) channel_.throw_lost(nullptr, no_statement);
    // PQcancel connects, sends and waits until the server has hung up, all of it blocking. When it returns
    // the signal has been sent, so it cannot hit a statement that is sent later.
    std::function<void()> work = [request] {
        request->sent = PQcancel(request->cancel.get(), request->error, sizeof request->error) == 1;
        request->over.store(true, std::memory_order_release);
    };
    cancel_request_ = request;
    const bool finished = co_await run_blocking(channel_.executor(), std::move(work), deadline);
    if (!finished) {
        channel_.close(); // whatever came next on this connection could be what is cancelled in the end
        throw_late("the server did not take the cancel request");
    }
    if (!request->sent) {
        DiagnosticInfo info;
        info.code = errc::connection_failed;
        info.message = std::string{"the cancel request could not be sent: "} + request->error;
        throw OperationalError(std::move(info), {}, {});
    }
}

asio::awaitable<void> Connection::await_late_cancel(Deadline deadline) {
    asio::steady_timer pause(channel_.executor());
    while (cancel_request_ != nullptr && !cancel_request_->over.load(std::memory_order_acquire)) {
        if (std::chrono::steady_clock::now() >= deadline) {
            channel_.close();
            throw_late("the server did not take the cancel request");
        }
        pause.expires_after(5ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
    cancel_request_.reset();
}

asio::awaitable<bool> Connection::drain(Deadline deadline) {
    Progress progress = Progress::made;
    Ignore ignore;
    Intake intake{channel_.get()};
    const bool pipelined = PQpipelineStatus(channel_.get()) != PQ_PIPELINE_OFF;
    if (!channel_.consume()) channel_.throw_lost(nullptr, no_statement);
    // Cut off before its end the pipeline has no sync, and without one the server answers nothing.
    if (pipelined && pipeline_.needs_sync() && !pipeline_.sync()) channel_.throw_lost(nullptr, no_statement);
    for (;;) {
        // Messages cut off in the middle have to be completed: the server reads whole ones.
        const bool unsent = PQflush(channel_.get()) == 1;
        const Step step = pipelined ? pipeline_.advance(ignore) : intake.advance();
        intake.answer.reset();
        if (step == Step::done) break;
        if (step == Step::lost || (pipelined && step == Step::copy)) progress = Progress::lost;
        else if (step == Step::copy) progress = co_await channel_.leave_copy(deadline);
        else if (unsent) progress = co_await channel_.wait_either(deadline);
        else progress = co_await channel_.wait_input(deadline);
        if (progress == Progress::timed_out) co_return false;
        if (progress == Progress::lost) channel_.throw_lost(intake.failure.get(), no_statement);
    }
    if (pipelined && !pipeline_.leave()) channel_.throw_lost(nullptr, no_statement);
    settled();
    co_return true;
}

asio::awaitable<void> Connection::cancel_and_drain(Deadline deadline) {
    auto patience = 250ms;
    // What has arrived already may be all there is.
    bool drained = co_await drain(std::chrono::steady_clock::now());
    while (!drained) {
        if (std::chrono::steady_clock::now() >= deadline) throw_late("the statement did not end");
        // One request at a time: whoever asked for the last one may have been cancelled before it was sent, and sent
        // later it would hit the next statement.
        co_await await_late_cancel(deadline);
        co_await request_cancel(deadline);
        // The request may have overtaken the statement, and found nothing to cancel: then once more.
        drained = co_await drain(std::min(deadline, std::chrono::steady_clock::now() + patience));
        patience = std::min(patience * 2, 4000ms);
    }
    co_await await_late_cancel(deadline);
}

asio::awaitable<void> Connection::recover(std::chrono::steady_clock::time_point deadline) {
    Operation operation{*this, Operation::Kind::recovery};
    if (cursor_ != nullptr) cursor_->detach();
    if (in_flight_) co_await cancel_and_drain(deadline);
    co_await await_late_cancel(deadline);
    if (PQtransactionStatus(channel_.get()) == PQTRANS_IDLE) co_return;
    sending();
    if (PQsendQuery(channel_.get(), "ROLLBACK") != 1) channel_.throw_lost(nullptr, no_statement);
    const bool drained = co_await drain(deadline);
    if (!drained) throw_late("ROLLBACK was not answered");
    if (PQtransactionStatus(channel_.get()) == PQTRANS_IDLE) co_return;
    DiagnosticInfo info;
    info.code = errc::connection_lost;
    info.message = "the server would not roll back";
    info.disconnect = true;
    channel_.close();
    throw OperationalError(std::move(info), {}, {});
}

} // namespace azoth::postgresql
