// SPDX-License-Identifier: MIT
// Streams: a driver's cursor, held by the connection it was opened on.
#include <azoth/engine/stream.hpp>

#include <utility>

#include <azoth/engine/connection.hpp>
#include <azoth/error.hpp>

#include "engine/execute.hpp"
#include "engine/failure.hpp"
#include "engine/watch.hpp"

namespace azoth::engine {

asio::awaitable<OpenStream> open_stream(Lease lease, sql::NodePtr statement, ExecutionOptions options) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    slot.core->events.before_execute.emit(statement);
    options = options.over(slot.options);
    const auto found = lookup(slot, statement, options.schema_map());
    Compiled::Bound bound;
    found.compiled->bind(*found.binds, bound);
    auto request = make_statement(*found.compiled, bound);
    if (!slot.on_server && !begin_with(slot, request)) co_await begin_on_server(slot);
    const auto watched = watch(slot, *bound.sql, bound.params, 1, found.cached, false, options);
    if (watched) watched->apply(request);
    std::unique_ptr<driver::Cursor> cursor;
    try {
        cursor = co_await slot.driver->open_cursor(request);
    } catch (...) {
        if (watched) watched->failed();
        rethrow_failure(slot, *bound.sql, bound.params);
    }
    slot.beginning = false;
    if (watched) watched->succeeded(-1); // opened; its rows are still to come
    OpenStream stream;
    stream.head.columns = cursor->columns();
    if (stream.head.columns == nullptr) {
        slot.failed = true; // in case the driver has to be asked after this
        co_await cursor->close();
        ResultData::throw_no_rows();
    }
    stream.head.compiled = found.compiled;
    stream.head.statement = statement;
    stream.lease = lease;
    stream.serial = slot.next_serial();
    stream.yield_per = options.yield_per() == 0 ? 1 : options.yield_per();
    slot.cursor = std::move(cursor);
    slot.stream = stream.serial;
    co_return stream;
}

namespace {

void check_open(const Slot& slot, std::uint64_t serial) {
    if (slot.stream != serial)
        throw ResourceClosedError("this stream was closed, with its connection's transaction or before");
}

void close_cursor(Slot& slot) noexcept {
    slot.cursor.reset();
    slot.stream = 0;
}

} // namespace

asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(const OpenStream& stream) {
    const Lease lease = stream.lease;
    Operation operation{lease, Operation::Kind::of_stream};
    Slot& slot = operation.slot();
    check_open(slot, stream.serial);
    std::shared_ptr<const RowBuffer> rows;
    try {
        rows = co_await slot.cursor->fetch(stream.yield_per);
    } catch (...) {
        close_cursor(slot);
        rethrow_failure(slot, {}, {});
    }
    if (rows == nullptr) {
        close_cursor(slot);
        note_success(slot);
    }
    co_return rows;
}

asio::awaitable<void> close_stream(Lease lease, std::uint64_t serial) {
    Operation operation{lease, Operation::Kind::of_stream};
    Slot& slot = operation.slot();
    if (slot.stream != serial) co_return;
    try {
        co_await slot.cursor->close();
    } catch (...) {
        close_cursor(slot);
        rethrow_failure(slot, {}, {});
    }
    close_cursor(slot);
    note_success(slot);
}

void abandon_stream(const Lease& lease, std::uint64_t serial) noexcept {
    if (!is_current(lease) || lease.slot->stream != serial) return;
    close_cursor(*lease.slot);
    lease.slot->failed = true; // the driver is in mid-answer: it recovers before the next operation
}

} // namespace azoth::engine

namespace azoth {

asio::awaitable<engine::OpenStream> Connection::open_stream(sql::NodePtr statement, ExecutionOptions options) {
    return engine::open_stream(lease_, std::move(statement), options);
}

} // namespace azoth
