// SPDX-License-Identifier: MIT
// An operation against the clock, on a strand of its own.
#include "engine/timer.hpp"

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#ifdef AZOTH_USE_BOOST_ASIO
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/dispatch.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

namespace azoth::engine {

namespace {

using Strand = asio::strand<asio::any_io_executor>;

/// What operation, timer and canceller share; touched on the strand only. Whoever is still to be called owns
/// it.
template <class Handler>
struct Race {
    Race(const asio::any_io_executor& executor, asio::awaitable<void> op, Handler h)
        : strand(asio::make_strand(executor)),
          timer(strand),
          operation(std::move(op)),
          handler(std::move(h)) {}

    Strand strand;
    asio::steady_timer timer;
    asio::cancellation_signal stop;
    asio::awaitable<void> operation;
    Handler handler;
    bool finished = false;
    bool expired = false;
};

template <class Handler>
struct Finish {
    std::shared_ptr<Race<Handler>> race;

    void operator()(std::exception_ptr error) {
        race->finished = true;
        race->timer.cancel();
        const bool in_time = !(error && race->expired);
        if (!in_time) error = nullptr;
        // The caller goes on where he was, not on this strand.
        auto executor = asio::get_associated_executor(race->handler, race->strand.get_inner_executor());
        asio::post(executor, [handler = std::move(race->handler), error, in_time]() mutable {
            std::move(handler)(error, in_time);
        });
    }
};

template <class Handler>
struct Expire {
    std::shared_ptr<Race<Handler>> race;

    void operator()(const asio_error_code& error) {
        if (error || race->finished) return;
        race->expired = true;
        race->stop.emit(asio::cancellation_type::terminal);
    }
};

template <class Handler>
struct Start {
    std::shared_ptr<Race<Handler>> race;
    std::chrono::steady_clock::time_point deadline;

    void operator()() {
        race->timer.expires_at(deadline);
        race->timer.async_wait(Expire<Handler>{race});
        auto slot = race->stop.slot();
        asio::co_spawn(
            race->strand,
            std::move(race->operation),
            asio::bind_cancellation_slot(slot, Finish<Handler>{race})
        );
    }
};

/// In the caller's cancellation slot. It does not own: the slot lives in the frame that the handler owns.
template <class Handler>
struct PassOn {
    std::weak_ptr<Race<Handler>> race;

    void operator()(asio::cancellation_type type) {
        auto running = race.lock();
        if (!running) return;
        const auto strand = running->strand;
        asio::dispatch(strand, [running = std::move(running), type] {
            if (!running->finished) running->stop.emit(type);
        });
    }
};

struct Initiate {
    asio::any_io_executor executor;
    std::chrono::steady_clock::time_point deadline;

    template <class Handler>
    void operator()(Handler&& handler, asio::awaitable<void> operation) const {
        using Plain = std::decay_t<Handler>;
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto race =
            std::make_shared<Race<Plain>>(executor, std::move(operation), std::forward<Handler>(handler));
        if (slot.is_connected()) slot.template emplace<PassOn<Plain>>(race);
        const auto strand = race->strand;
        asio::post(strand, Start<Plain>{std::move(race), deadline});
    }
};

} // namespace

asio::awaitable<bool>
run_until(asio::awaitable<void> operation, std::chrono::steady_clock::time_point deadline) {
    auto executor = co_await asio::this_coro::executor;
    Initiate initiate{std::move(executor), deadline};
    const bool in_time =
        co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr, bool)>(
            std::move(initiate),
            asio::use_awaitable,
            std::move(operation)
        );
    co_return in_time;
}

} // namespace azoth::engine
