// SPDX-License-Identifier: MIT
// What the sources that send pipelines share: sorting the answers, and Connection::finish_pipeline.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"

namespace azoth::postgresql {

/// "BEGIN ISOLATION LEVEL ..."
[[nodiscard]] std::string begin_text(const driver::BeginOptions& options);

/// Sorts the answers to one statement, to what goes ahead of it and to what follows it.
struct Answers {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::size_t ignored = 0;        ///< deallocations at the front: what is gone is gone
    std::size_t prepare = none;     ///< the number of its preparation
    std::size_t statement = 0;      ///< its number; what lies between is BEGIN and settings
    bool prepared = false;
    ResultPtr answer;
    ResultPtr failure;              ///< the first, of the statement or of what goes ahead of it
    std::size_t failed = none;      ///< whose

    void operator()(std::size_t index, ResultPtr result) {
        if (index < ignored || index > statement) return;
        switch (PQresultStatus(result.get())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
            if (index == prepare) prepared = true;
            else if (index == statement) answer = std::move(result);
            break;
        case PGRES_PIPELINE_ABORTED: break;
        default:
            if (failure != nullptr) break;
            failure = std::move(result);
            failed = index;
        }
    }

    /// @pre there is a failure
    [[noreturn]] void throw_failure(const driver::Statement& of) const {
        const bool itself = failed == statement || failed == prepare;
        throw_database_error(diagnose(failure.get()), itself || of.begin == nullptr ? *of.sql : begin_text(*of.begin));
    }
};

template <class Take>
asio::awaitable<void> Connection::finish_pipeline(Take& take, const std::string& sql) {
    for (Step step = pipeline_.advance(take); step != Step::done; step = pipeline_.advance(take)) {
        Progress progress = Progress::made;
        // libpq cannot end a COPY whose sync has been sent already.
        if (step == Step::copy) {
            channel_.close();
            throw_copy_refused(sql);
        }
        if (step == Step::lost) progress = Progress::lost;
        else if (PQflush(channel_.get()) == 1) progress = co_await channel_.wait_either();
        else progress = co_await channel_.wait_input(no_deadline);
        if (progress == Progress::lost) channel_.throw_lost(take.failure.get(), sql);
    }
    if (!pipeline_.leave()) channel_.throw_lost(nullptr, sql);
    settled();
}

} // namespace azoth::postgresql
