// SPDX-License-Identifier: MIT
// One statement: the way of a statement that is prepared already and travels alone is short, all else is beside it.
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"
#include "driver/postgresql/pipeline.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {
namespace {

/// The number of rows out of "UPDATE 3" or "INSERT 0 3"; -1 for commands that change no rows.
std::int64_t affected_rows(PGresult* result) noexcept {
    const char* tag = PQcmdStatus(result);
    // Only these change rows; a SELECT has a number in its tag, too.
    if (*tag != 'I' && *tag != 'U' && *tag != 'D' && *tag != 'M') return -1;
    const char* number = PQcmdTuples(result);
    std::int64_t rows = -1;
    std::from_chars(number, number + std::strlen(number), rows);
    return rows;
}

} // namespace

bool Connection::keeps(const driver::Statement& statement) const noexcept {
    return statement.prepare && cache_.capacity() > 0 && !begins_copy(*statement.sql);
}

bool Connection::send(const driver::Statement& statement, const Prepared* prepared) noexcept {
    sending();
    if (prepared != nullptr) {
        return PQsendQueryPrepared(
                   channel_.get(), prepared->name.c_str(), parameters_.count(), parameters_.values(),
                   parameters_.lengths(), parameters_.formats(), 1)
               == 1;
    }
    return PQsendQueryParams(
               channel_.get(), statement.sql->c_str(), parameters_.count(), parameters_.types(),
               parameters_.values(), parameters_.lengths(), parameters_.formats(), 1)
           == 1;
}

asio::awaitable<driver::Result> Connection::execute(driver::Statement statement) {
    Operation operation{*this};
    parameters_.decide(*statement.sql, statement.params, statement.param_types);
    parameters_.encode(statement.params);
    Prepared* prepared = nullptr;
    if (keeps(statement)) {
        prepared = cache_.find(*statement.sql, statement.sql_hash, parameters_.oids());
        if (prepared == nullptr || statement.begin != nullptr || statement.timeout.count() > 0)
            co_return co_await execute_in_pipeline(statement, prepared);
    } else {
        check_text(*statement.sql);
        if (statement.begin != nullptr || statement.timeout.count() > 0) {
            if (!begins_copy(*statement.sql)) co_return co_await execute_in_pipeline(statement, nullptr);
            // A pipeline could not be left, were it a COPY to or from the client.
            if (statement.begin != nullptr) {
                const std::string begin = begin_text(*statement.begin);
                co_await run_simple(begin);
            }
        }
    }

    if (!send(statement, prepared)) channel_.throw_lost(nullptr, *statement.sql);
    if (PQflush(channel_.get()) != 0) {
        const Progress progress = co_await channel_.flush();
        if (progress == Progress::lost) channel_.throw_lost(nullptr, *statement.sql);
    }
    // take_answers(), written out: on the most frequent way of all each coroutine frame less is worth a few
    // lines.
    Intake intake{channel_.get()};
    for (Step step = intake.advance(); step != Step::done; step = intake.advance()) {
        bool alive = true;
        if (step == Step::copy) {
            const Progress progress = co_await channel_.leave_copy();
            alive = progress != Progress::lost;
        } else {
            if (!channel_.has_hidden_input()) co_await channel_.readable();
            alive = channel_.consume();
        }
        if (!alive) channel_.throw_lost(intake.failure.get(), *statement.sql);
    }
    settled();

    if (intake.failure != nullptr) {
        if (prepared != nullptr && is_stale_statement(intake.failure.get())) {
            cache_.forget(prepared, !is_gone_statement(intake.failure.get()));
            // The server has not begun to execute it; in a transaction, though, the error has ended that.
            if (PQtransactionStatus(channel_.get()) == PQTRANS_IDLE)
                co_return co_await execute_in_pipeline(statement, nullptr);
        }
        throw_database_error(diagnose(intake.failure.get()), *statement.sql);
    }
    if (intake.had_copy) throw_copy_refused(*statement.sql);
    if (intake.answer == nullptr || PQresultStatus(intake.answer.get()) != PGRES_TUPLES_OK) {
        co_return make_result(std::move(intake.answer), nullptr);
    }
    if (prepared == nullptr) {
        auto shape = co_await shape_of(intake.answer.get());
        co_return make_result(std::move(intake.answer), std::move(shape));
    }
    // Not yet known when its first execution has failed.
    if (prepared->shape == nullptr) prepared->shape = co_await shape_of(intake.answer.get());
    co_return make_result(std::move(intake.answer), prepared->shape);
}

driver::Result Connection::make_result(ResultPtr answer, std::shared_ptr<const Shape> shape) const {
    driver::Result result;
    if (answer == nullptr) return result;
    result.affected = affected_rows(answer.get());
    if (shape != nullptr) {
        result.columns = shape->columns;
        result.rows = std::make_shared<ResultBuffer>(std::move(answer), std::move(shape));
    }
    return result;
}

asio::awaitable<std::shared_ptr<const Shape>> Connection::shape_of(const PGresult* result) {
    const auto unknown = unknown_types(result, user_types_);
    if (!unknown.empty()) {
        std::string sql = "SELECT t.oid, p.prosrc, i.prosrc FROM pg_catalog.pg_type t "
                          "JOIN pg_catalog.pg_proc p ON p.oid = t.typsend "
                          "LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem "
                          "LEFT JOIN pg_catalog.pg_proc i ON i.oid = e.typsend WHERE t.oid IN (";
        for (std::size_t i = 0; i < unknown.size(); ++i) {
            if (i > 0) sql += ", ";
            sql += std::to_string(unknown[i]);
        }
        sql += ")";
        const ResultPtr found = co_await run_simple(sql);
        // What the catalogue does not have any more is bytes; not asked again.
        for (const auto type : unknown) user_types_.emplace(type, ColumnFormat{});
        for (int row = 0, rows = PQntuples(found.get()); row < rows; ++row) {
            const std::string_view number = PQgetvalue(found.get(), row, 0);
            std::uint32_t type = 0;
            std::from_chars(number.data(), number.data() + number.size(), type);
            const std::string_view sends = PQgetvalue(found.get(), row, 1);
            const std::string_view item_sends = PQgetvalue(found.get(), row, 2);
            user_types_[type] = sends == "array_send" ? array_format(item_sends) : column_format(sends);
        }
    }
    co_return make_shape(result, user_types_);
}

} // namespace azoth::postgresql
