// SPDX-License-Identifier: MIT
// Executing one statement: look it up, bind it, begin if need be, send it.
#include <memory>
#include <string>
#include <utility>

#include <azoth/engine/connection.hpp>
#include <azoth/error.hpp>

#include "engine/dml_execution.hpp"
#include "engine/execute.hpp"
#include "engine/failure.hpp"
#include "engine/many_values.hpp"
#include "engine/timer.hpp"
#include "engine/watch.hpp"

namespace azoth::engine {

driver::Statement make_statement(const Compiled& compiled, const Compiled::Bound& bound) {
    driver::Statement statement{*bound.sql, bound.sql_hash};
    statement.params = bound.params;
    statement.param_types = compiled.expanding ? bound.types : compiled.param_types;
    statement.returns_rows = compiled.returns_rows || compiled.fetches;
    statement.prepare = compiled.kind != sql::NodeKind::ddl; // executed once
    return statement;
}

namespace {

/// What a server that ends statements itself may take longer than asked before it is told to: so long a message may be
/// under way.
constexpr std::chrono::milliseconds server_grace{250};

asio::awaitable<ResultData> execute_now(Lease lease, sql::NodePtr statement, ExecutionOptions options);

asio::awaitable<void>
execute_into(Lease lease, sql::NodePtr statement, ExecutionOptions options, std::shared_ptr<ResultData> result) {
    *result = co_await execute_now(std::move(lease), std::move(statement), std::move(options));
}

/// After a timeout: the server has been told to stop, or has stopped by itself; here it confirms.
asio::awaitable<void> recover_now(Lease lease) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.failed && slot.driver->is_open() && slot.driver->in_transaction() && !slot.driver->needs_recovery())
        co_await slot.driver->rollback();
    co_await settle(slot);
}

[[noreturn]] void throw_timeout(std::chrono::milliseconds timeout) {
    throw TimeoutError(
        "a statement was cancelled after " + std::to_string(timeout.count()) +
        " ms, the timeout() of its execution options; its transaction is rolled back"
    );
}

} // namespace

// MariaDB commits before and after DDL, SQLite rolls back on some errors.
void note_success(Slot& slot) noexcept {
    slot.beginning = false;
    if (slot.driver->in_transaction() || !slot.xid.empty()) return;
    slot.on_server = false; // the next statement begins anew
    slot.savepoints.clear();
}

namespace {

void refuse_isolation_level(const ExecutionOptions& options) {
    if (options.isolation_level() || options.postgresql_readonly() || options.postgresql_deferrable())
        throw ArgumentError(
            "isolation_level, postgresql_readonly and postgresql_deferrable are options of a connection or an engine, not of "
            "one statement: see Connection::execution_options()");
}

} // namespace

Lookup lookup(
    Slot& slot, const sql::NodePtr& statement, const std::shared_ptr<const SchemaTranslateMap>& map, bool fetches_key) {
    return slot.core->lookup(statement, map ? map.get() : slot.schema_map.get(), fetches_key, slot.options.compiled_cache());
}

namespace {

// The most frequent way of all: one frame between the caller's and the driver's.
asio::awaitable<ResultData> execute_now(Lease lease, sql::NodePtr statement, ExecutionOptions options) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    slot.core->events.before_execute.emit(statement);
    const auto found = lookup(slot, statement, options.schema_map(), true);
    Compiled::Bound own;
    std::shared_ptr<DmlExecution> dml;
    if (is_dml(*statement) && statement->kind != sql::NodeKind::delete_) { // of a DELETE nothing is asked afterwards
        dml = std::make_shared<DmlExecution>();
        dml->found = found;
        dml->statement = statement;
    }
    auto& bound = dml ? dml->bound : own;
    found.compiled->bind(*found.binds, bound);
    auto request = make_statement(*found.compiled, bound);
    request.timeout = options.timeout();
    if (!slot.on_server && !begin_with(slot, request)) co_await begin_on_server(slot);
    const auto watched = watch(slot, *bound.sql, bound.params, 1, found.cached, false, options);
    if (watched) watched->apply(request);
    driver::Result result;
    try {
        result = co_await slot.driver->execute(request);
    } catch (...) {
        if (watched) watched->failed();
        rethrow_failure(slot, *bound.sql, bound.params);
    }
    note_success(slot);
    if (watched) watched->succeeded(result);
    auto data = result_of(std::move(result), found, statement, std::move(dml));
    slot.core->events.after_execute.emit(statement, data);
    co_return data;
}

} // namespace

asio::awaitable<ResultData> execute_statement(Lease lease, sql::NodePtr statement) {
    const bool limited = is_current(lease) && lease.slot->options.timeout().count() > 0;
    if (limited) return execute_statement_within(std::move(lease), std::move(statement), ExecutionOptions());
    return execute_now(std::move(lease), std::move(statement), ExecutionOptions());
}

asio::awaitable<ResultData>
execute_statement_within(Lease lease, sql::NodePtr statement, ExecutionOptions options) {
    refuse_isolation_level(options);
    if (is_current(lease)) options = options.over(lease.slot->options);
    if (options.timeout().count() <= 0) {
        auto data = co_await execute_now(std::move(lease), std::move(statement), std::move(options));
        co_return data;
    }
    auto result = std::make_shared<ResultData>();
    auto work = execute_into(lease, std::move(statement), options, result);
    co_await run_within(std::move(lease), std::move(work), std::move(options));
    co_return std::move(*result);
}

asio::awaitable<void> run_within(Lease lease, asio::awaitable<void> work, ExecutionOptions options) {
    if (is_current(lease)) options = options.over(lease.slot->options);
    if (options.timeout().count() <= 0) {
        co_await std::move(work);
        co_return;
    }
    const auto limit = std::chrono::steady_clock::now() + options.timeout();
    // A server that ends the statement by itself keeps the connection in order; one that is silent is not waited for.
    auto deadline = limit;
    if (is_current(lease) && lease.slot->driver && lease.slot->driver->carries_begin()) deadline += server_grace;
    bool in_time = false;
    try {
        in_time = co_await run_until(std::move(work), deadline);
    } catch (const DBAPIError& failure) {
        if (failure.code() != errc::query_canceled || std::chrono::steady_clock::now() < limit) throw;
    }
    if (in_time) co_return;

    try {
        co_await recover_now(lease);
    } catch (const Error&) { // the connection is lost: the next statement will say so
    }
    throw_timeout(options.timeout());
}

asio::awaitable<driver::BatchResult> send_batch(
    Slot& slot,
    std::shared_ptr<const Compiled> compiled,
    std::span<const Param> params,
    std::size_t rows,
    driver::BatchWants wants,
    bool cached,
    ExecutionOptions options
) {
    if (slot.needs_attention()) co_await attend(slot);
    driver::Statement statement{compiled->sql, compiled->sql_hash};
    statement.param_types = compiled->param_types;
    statement.returns_rows = compiled->returns_rows || compiled->fetches;
    if (!slot.on_server && !begin_with(slot, statement)) co_await begin_on_server(slot);
    // Rows that come back row by row are statements of their own.
    const bool row_by_row = wants == driver::BatchWants::rows && rows > 1;
    const auto watched = watch(slot, compiled->sql, params, rows, cached, row_by_row, options);
    if (watched) watched->apply(statement);
    driver::BatchResult result;
    try {
        result = co_await slot.driver->execute_batch(statement, params, rows, wants);
    } catch (...) {
        if (watched) watched->failed();
        rethrow_failure(slot, compiled->sql, params);
    }
    note_success(slot);
    if (watched) watched->succeeded(result.affected);
    co_return result;
}

namespace {

asio::awaitable<driver::Result>
run_compiled(Lease lease, std::shared_ptr<const Compiled> compiled, const Compiled::Bound* bound) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    auto request = make_statement(*compiled, *bound);
    if (!slot.on_server && !begin_with(slot, request)) co_await begin_on_server(slot);
    const auto watched = watch(slot, *bound->sql, bound->params, 1, true);
    if (watched) watched->apply(request);
    driver::Result result;
    try {
        result = co_await slot.driver->execute(request);
    } catch (...) {
        if (watched) watched->failed();
        rethrow_failure(slot, *bound->sql, bound->params);
    }
    note_success(slot);
    if (watched) watched->succeeded(result);
    co_return result;
}

asio::awaitable<driver::BatchResult> run_batch(
    Lease lease,
    std::shared_ptr<const Compiled> compiled,
    std::span<const Param> params,
    std::size_t rows,
    driver::BatchWants wants
) {
    Operation operation{lease};
    if (wants == driver::BatchWants::rows) co_return co_await send_in_pages(operation.slot(), std::move(compiled), params, rows);
    co_return co_await send_batch(operation.slot(), std::move(compiled), params, rows, wants, true, ExecutionOptions());
}

asio::awaitable<void> run_text(Lease lease, std::string sql) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (!slot.on_server) co_await begin_on_server(slot);
    const auto watched = watch(slot, sql, {}, 0, false);
    if (watched) sql = watched->sql();
    try {
        co_await slot.driver->run(sql);
    } catch (...) {
        if (watched) watched->failed();
        rethrow_failure(slot, sql, {});
    }
    note_success(slot);
    if (watched) watched->succeeded(-1);
}

asio::awaitable<Result<>> run_driver_sql(Lease lease, std::string sql, std::vector<Value> values) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    std::vector<Param> params;
    std::vector<Type> types;
    for (const auto& value : values) {
        params.push_back(value.param());
        types.emplace_back(); // the client library's business
    }
    driver::Statement request{sql, std::hash<std::string>{}(sql)};
    request.params = params;
    request.param_types = types;
    request.prepare = false;
    if (!slot.on_server && !begin_with(slot, request)) co_await begin_on_server(slot);
    const auto watched = watch(slot, sql, params, 1, false);
    if (watched) watched->apply(request);
    driver::Result result;
    try {
        result = co_await slot.driver->execute(request);
    } catch (...) {
        if (watched) watched->failed();
        rethrow_failure(slot, sql, params);
    }
    note_success(slot);
    if (watched) watched->succeeded(result);
    co_return Result<>(ResultData(std::move(result), nullptr));
}

asio::awaitable<driver::Connection*> ready_driver(Lease lease) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    if (!slot.on_server) co_await begin_on_server(slot);
    co_return slot.driver.get();
}

} // namespace

} // namespace azoth::engine

namespace azoth {

asio::awaitable<driver::Result>
Connection::execute_compiled(std::shared_ptr<const Compiled> compiled, const Compiled::Bound& bound) {
    return engine::run_compiled(lease_, std::move(compiled), &bound);
}

asio::awaitable<driver::BatchResult> Connection::execute_batch(
    std::shared_ptr<const Compiled> compiled,
    std::span<const Param> params,
    std::size_t rows,
    driver::BatchWants wants
) {
    return engine::run_batch(lease_, std::move(compiled), params, rows, wants);
}

asio::awaitable<Result<>> Connection::exec_driver_sql(std::string sql, std::vector<Value> parameters) {
    return engine::run_driver_sql(lease_, std::move(sql), std::move(parameters));
}

asio::awaitable<void> Connection::run(std::string sql) {
    return engine::run_text(lease_, std::move(sql));
}

asio::awaitable<driver::Connection*> Connection::driver_connection() {
    return engine::ready_driver(lease_);
}

} // namespace azoth
