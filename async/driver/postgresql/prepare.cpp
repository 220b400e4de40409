// SPDX-License-Identifier: MIT
// First use of a statement: what makes room for it, its preparation and its execution in one round trip.
#include <optional>
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
        const std::string deallocate = "DEALLOCATE " + name;
        if (PQsendQueryParams(channel_.get(), deallocate.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1)
            != 1) {
            channel_.throw_lost(nullptr, sql);
        }
        pipeline_.queued();
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

namespace {

/// Sorts the answers of [deallocations, prepare, execute].
struct FirstUse {
    std::size_t prepare_index = 0;
    bool prepared = false;
    ResultPtr answer;
    ResultPtr failure;

    void operator()(std::size_t index, ResultPtr result) {
        if (index < prepare_index) return;
        switch (PQresultStatus(result.get())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
            if (index == prepare_index) prepared = true;
            else answer = std::move(result);
            break;
        case PGRES_PIPELINE_ABORTED: break;
        default:
            if (failure == nullptr) failure = std::move(result);
        }
    }
};

} // namespace

asio::awaitable<driver::Result> Connection::prepare_and_execute(driver::Statement statement) {
    const std::string& sql = *statement.sql;
    check_text(sql);
    const std::string name = cache_.next_name();
    sending();
    if (!pipeline_.enter(channel_.get())) channel_.throw_lost(nullptr, sql);
    FirstUse first;
    first.prepare_index = queue_deallocations(sql);
    queue_prepare(name, sql);
    queue_execute(name, sql);
    if (!pipeline_.sync()) channel_.throw_lost(nullptr, sql);
    co_await finish_pipeline(first, sql);

    Prepared* prepared = nullptr;
    // A statement that fails when executed is prepared all the same.
    if (first.prepared) {
        prepared = cache_.insert(name, sql, statement.sql_hash, parameters_.oids());
    }
    if (first.failure != nullptr) throw_database_error(diagnose(first.failure.get()), sql);
    if (first.answer == nullptr || PQresultStatus(first.answer.get()) != PGRES_TUPLES_OK) {
        co_return make_result(std::move(first.answer), nullptr);
    }
    auto shape = co_await shape_of(first.answer.get());
    prepared->shape = shape;
    co_return make_result(std::move(first.answer), std::move(shape));
}

namespace {

/// Sorts the answers of [deallocations, prepare, describe].
struct Description {
    std::size_t prepare_index = 0;
    bool prepared = false;
    ResultPtr columns;
    ResultPtr failure;

    void operator()(std::size_t index, ResultPtr result) {
        if (index < prepare_index) return;
        switch (PQresultStatus(result.get())) {
        case PGRES_COMMAND_OK:
            if (index == prepare_index) prepared = true;
            else columns = std::move(result);
            break;
        case PGRES_PIPELINE_ABORTED: break;
        default:
            if (failure == nullptr) failure = std::move(result);
        }
    }
};

} // namespace

asio::awaitable<std::shared_ptr<const Shape>> Connection::describe(driver::Statement statement) {
    const std::string& sql = *statement.sql;
    check_text(sql);
    const bool keep = keeps(statement);
    const std::string name = keep ? cache_.next_name() : std::string{};
    sending();
    if (!pipeline_.enter(channel_.get())) channel_.throw_lost(nullptr, sql);
    Description description;
    description.prepare_index = queue_deallocations(sql);
    queue_prepare(name, sql);
    if (PQsendDescribePrepared(channel_.get(), name.c_str()) != 1) channel_.throw_lost(nullptr, sql);
    pipeline_.queued();
    if (!pipeline_.sync()) channel_.throw_lost(nullptr, sql);
    co_await finish_pipeline(description, sql);

    Prepared* prepared = nullptr;
    if (description.prepared && keep) {
        prepared = cache_.insert(name, sql, statement.sql_hash, parameters_.oids());
    }
    if (description.failure != nullptr) throw_database_error(diagnose(description.failure.get()), sql);
    if (description.columns == nullptr || PQnfields(description.columns.get()) == 0) co_return nullptr;
    auto shape = co_await shape_of(description.columns.get());
    if (prepared != nullptr) prepared->shape = shape;
    co_return shape;
}

} // namespace azoth::postgresql
