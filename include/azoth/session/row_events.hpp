// SPDX-License-Identifier: MIT
// Row events whose listeners are awaited, on the connection of the flush.
#pragma once

#include <concepts>
#include <functional>
#include <utility>

#include <azoth/detail/asio.hpp>
#include <azoth/engine/connection.hpp>
#include <azoth/orm/mapper.hpp>
#include <azoth/signal.hpp>

namespace azoth {

namespace session {

using RowSignal = Signal<asio::awaitable<void>(Connection&, ModelBase&)>;

struct RowSignals {
    RowSignal before_insert, after_insert, before_update, after_update, before_delete, after_delete;

    RowSignals() = default;
};

/// Of a class; of all when it is null.
[[nodiscard]] RowSignals& row_signals(const orm::MapperData* mapper);

/// One of them.
template <class T>
class TypedRowSignal {
public:
    using Listener = std::function<asio::awaitable<void>(Connection&, T&)>;

    explicit TypedRowSignal(RowSignal& signal) : signal_(signal) {}
    SignalConnection connect(Listener listener) { return signal_.connect(wrapped(std::move(listener))); }
    /// Called before those that are there.
    SignalConnection connect_first(Listener listener) { return signal_.connect_first(wrapped(std::move(listener))); }
    /// Called for the next event only.
    SignalConnection connect_once(Listener listener) { return signal_.connect_once(wrapped(std::move(listener))); }
    bool disconnect(const SignalConnection& connection) { return signal_.disconnect(connection); }
    [[nodiscard]] bool contains(const SignalConnection& connection) const { return signal_.contains(connection); }

private:
    static RowSignal::Listener wrapped(Listener listener) {
        return [listener = std::move(listener)](Connection& connection, ModelBase& object) {
            return listener(connection, static_cast<T&>(object));
        };
    }

    RowSignal& signal_;
};

} // namespace session

/// What `row_events<T>()` gives.
template <class T>
struct RowEvents {
    explicit RowEvents(session::RowSignals& s)
        : before_insert(s.before_insert), after_insert(s.after_insert), before_update(s.before_update), after_update(s.after_update),
          before_delete(s.before_delete), after_delete(s.after_delete) {}

    session::TypedRowSignal<T> before_insert; ///< may set attributes of the object's columns
    session::TypedRowSignal<T> after_insert;
    session::TypedRowSignal<T> before_update; ///< whether or not an UPDATE follows
    session::TypedRowSignal<T> after_update;
    session::TypedRowSignal<T> before_delete;
    session::TypedRowSignal<T> after_delete;
};

/// The events of rows in a flush, awaited one by one: a listener may execute SQL on the connection that it is given, and before the row
/// is written set attributes of its columns. The session is in the middle of an operation: using it throws ConcurrentOperationError, and
/// `add()` or a change of a link is told to `events().warning`. What a listener throws ends the flush. Told after the listeners of
/// `events<T>()`; those of `row_events<ModelBase>()` after the class's own.
template <std::derived_from<ModelBase> T>
[[nodiscard]] RowEvents<T> row_events() {
    if constexpr (std::same_as<T, ModelBase>) return RowEvents<T>{session::row_signals(nullptr)};
    else return RowEvents<T>{session::row_signals(&mapper_of<T>())};
}

} // namespace azoth
