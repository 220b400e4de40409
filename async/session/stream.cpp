// SPDX-License-Identifier: MIT
// Streams of objects: a cursor, its rows made into objects batch by batch.
#include <azoth/session/stream.hpp>

#include <azoth/error.hpp>

#include "session/core.hpp"

namespace azoth::session {

asio::awaitable<RowStream> open_rows(Core& core, sql::NodePtr statement, StatementOptions options) {
    const Operation operation{core};
    co_await ask_before_stream(core, statement);
    statement = orm::with_expressions(statement);
    const auto& select = static_cast<const sql::SelectNode&>(*statement);
    if (select.options && !static_cast<const orm::LoaderOptions*>(select.options.get())->options.empty())
        throw LoaderStrategyError("a stream cannot load relationships along with its objects: leave out the loader options");
    if (options.autoflush) co_await autoflush(core);
    auto* connection = co_await begin_connection(core, core.engine_for(nullptr, statement.get()));
    auto opened = co_await connection->open_stream(statement, ExecutionOptions().yield_per(options.yield_per));
    auto plan = orm::plan_load(select, *opened.head.compiled);
    co_return RowStream(core, std::move(opened), std::move(plan));
}

asio::awaitable<std::shared_ptr<const LoadedRows>> RowStream::next() {
    if (core_ == nullptr || stream_.serial == 0) co_return nullptr;
    const Operation operation{*core_};
    auto buffer = co_await engine::fetch(stream_);
    if (buffer == nullptr) {
        stream_.serial = 0;
        co_return nullptr;
    }
    auto rows = std::make_shared<LoadedRows>();
    rows->data = stream_.head;
    rows->data.rows = std::move(buffer);
    rows->plan = plan_;
    make_objects(*core_, *rows, false);
    co_return rows;
}

asio::awaitable<void> RowStream::close() {
    if (core_ == nullptr || stream_.serial == 0) co_return;
    const auto serial = std::exchange(stream_.serial, 0);
    const Operation operation{*core_};
    co_await engine::close_stream(stream_.lease, serial);
}

} // namespace azoth::session
