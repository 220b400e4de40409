// SPDX-License-Identifier: MIT
// Statements that do not travel alone: what makes room for one, BEGIN, its timeout, its preparation and its execution in
// one round trip.
#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"
#include "driver/postgresql/pipeline.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {

std::size_t Connection::queue_deallocations(const std::string& sql) {
    auto& doomed = cache_.doomed();
    // A failed transaction refuses DEALLOCATE: another time.
    if (doomed.empty() || PQtransactionStatus(channel_.get()) == PQTRANS_INERROR) return 0;
    for (const auto& name : doomed) {
        queue_text("DEALLOCATE " + name, sql);
    }
    // Its own sync: what is wrong with these must not touch the statement they make room for.
    if (!pipeline_.sync()) channel_.throw_lost(nullptr, sql);
    const auto count = doomed.size();
    doomed.clear();
    return count;
}

void Connection::queue_prepare(const std::string& name, const std::string& sql) {
    if (PQsendPrepare(channel_.get(), name.c_str(), sql.c_str(), parameters_.count(), parameters_.types())
        != 1) {
        channel_.throw_lost(nullptr, sql);
    }
    pipeline_.queued();
}

void Connection::queue_execute(const std::string& name, const std::string& sql) {
    if (PQsendQueryPrepared(
            channel_.get(), name.c_str(), parameters_.count(), parameters_.values(), parameters_.lengths(),
            parameters_.formats(), 1)
        != 1) {
        channel_.throw_lost(nullptr, sql);
    }
    pipeline_.queued();
}

void Connection::queue_unprepared(const std::string& sql) {
    if (PQsendQueryParams(
            channel_.get(), sql.c_str(), parameters_.count(), parameters_.types(), parameters_.values(),
            parameters_.lengths(), parameters_.formats(), 1)
        != 1) {
        channel_.throw_lost(nullptr, sql);
    }
    pipeline_.queued();
}

void Connection::queue_text(const std::string& text, const std::string& sql) {
    if (PQsendQueryParams(channel_.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1) != 1)
        channel_.throw_lost(nullptr, sql);
    pipeline_.queued();
}

void Connection::queue_lead(const driver::Statement& statement) {
    const std::string& sql = *statement.sql;
    if (statement.begin != nullptr) queue_text(begin_text(*statement.begin), sql);
    if (statement.timeout.count() <= 0) return;
    // SET LOCAL lasts until the transaction's end, so what it was is kept aside, on the server: nobody waits for it.
    const auto limit = std::min<std::chrono::milliseconds::rep>(
        statement.timeout.count(), std::numeric_limits<std::int32_t>::max());
    const auto milliseconds = std::to_string(limit);
    queue_text(
        "SELECT pg_catalog.set_config('azoth.statement_timeout', "
        "pg_catalog.current_setting('statement_timeout'), true)",
        sql);
    queue_text(
        "SELECT pg_catalog.set_config('statement_timeout', '" + milliseconds
            + "', true) WHERE pg_catalog.current_setting('statement_timeout')::pg_catalog.interval NOT BETWEEN "
              "interval '1 millisecond' AND interval '"
            + milliseconds + " milliseconds'",
        sql);
}

void Connection::queue_timeout_end(const driver::Statement& statement) {
    if (statement.timeout.count() <= 0) return;
    queue_text(
        "SELECT pg_catalog.set_config('statement_timeout', pg_catalog.current_setting('azoth.statement_timeout'), "
        "true)",
        *statement.sql);
}

asio::awaitable<driver::Result>
Connection::execute_in_pipeline(driver::Statement statement, Prepared* prepared) {
    const std::string& sql = *statement.sql;
    if (prepared == nullptr) check_text(sql);
    const bool keep = keeps(statement);
    const bool in_transaction = PQtransactionStatus(channel_.get()) != PQTRANS_IDLE || statement.begin != nullptr;
    if (!in_transaction) statement.timeout = {}; // there is no SET LOCAL outside
    std::string name;
    if (prepared != nullptr) name = prepared->name;
    else if (keep) name = cache_.next_name();
    sending();
    if (!pipeline_.enter(channel_.get())) channel_.throw_lost(nullptr, sql);
    Answers answers;
    const bool prepares = keep && prepared == nullptr;
    if (prepares) answers.ignored = queue_deallocations(sql);
    queue_lead(statement);
    if (prepares) {
        answers.prepare = pipeline_.count();
        queue_prepare(name, sql);
    }
    answers.statement = pipeline_.count();
    if (keep) queue_execute(name, sql);
    else queue_unprepared(sql);
    queue_timeout_end(statement);
    if (!pipeline_.sync()) channel_.throw_lost(nullptr, sql);
    co_await finish_pipeline(answers, sql);

    // A statement that fails when executed is prepared all the same.
    if (answers.prepared) prepared = cache_.insert(name, sql, statement.sql_hash, parameters_.oids());
    if (answers.failure != nullptr) {
        if (!prepares && prepared != nullptr && is_stale_statement(answers.failure.get())) {
            cache_.forget(prepared, !is_gone_statement(answers.failure.get()));
            const std::string rollback = "ROLLBACK";
            // The transaction that it was to begin has seen nothing else.
            if (statement.begin != nullptr) co_await run_simple(rollback);
            if (PQtransactionStatus(channel_.get()) == PQTRANS_IDLE)
                co_return co_await execute_in_pipeline(statement, nullptr);
        }
        answers.throw_failure(statement);
    }
    if (answers.answer == nullptr || PQresultStatus(answers.answer.get()) != PGRES_TUPLES_OK) {
        co_return make_result(std::move(answers.answer), nullptr);
    }
    std::shared_ptr<const Shape> shape;
    if (prepared != nullptr) shape = prepared->shape;
    if (shape == nullptr) shape = co_await shape_of(answers.answer.get());
    if (prepared != nullptr) prepared->shape = shape;
    co_return make_result(std::move(answers.answer), std::move(shape));
}

asio::awaitable<std::shared_ptr<const Shape>> Connection::describe(driver::Statement statement) {
    const std::string& sql = *statement.sql;
    check_text(sql);
    const bool keep = keeps(statement);
    const std::string name = keep ? cache_.next_name() : std::string{};
    sending();
    if (!pipeline_.enter(channel_.get())) channel_.throw_lost(nullptr, sql);
    Answers answers;
    answers.ignored = queue_deallocations(sql);
    queue_lead(statement);
    answers.prepare = pipeline_.count();
    queue_prepare(name, sql);
    answers.statement = pipeline_.count();
    if (PQsendDescribePrepared(channel_.get(), name.c_str()) != 1) channel_.throw_lost(nullptr, sql);
    pipeline_.queued();
    if (!pipeline_.sync()) channel_.throw_lost(nullptr, sql);
    co_await finish_pipeline(answers, sql);

    Prepared* prepared = nullptr;
    if (answers.prepared && keep) {
        prepared = cache_.insert(name, sql, statement.sql_hash, parameters_.oids());
    }
    if (answers.failure != nullptr) answers.throw_failure(statement);
    if (answers.answer == nullptr || PQnfields(answers.answer.get()) == 0) co_return nullptr;
    auto shape = co_await shape_of(answers.answer.get());
    if (prepared != nullptr) prepared->shape = shape;
    co_return shape;
}

} // namespace azoth::postgresql
