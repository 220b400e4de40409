// SPDX-License-Identifier: MIT
// Several statements in one round trip, where the driver can.
#include <deque>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <azoth/engine/connection.hpp>
#include <azoth/error.hpp>

#include "engine/execute.hpp"
#include "engine/failure.hpp"

namespace azoth::engine {

namespace {

struct Prepared {
    Lookup found;
    Compiled::Bound bound;

    Prepared() = default;
};

/// Throws `error`, of the statement that `failed` is.
[[noreturn]] void throw_of(Slot& slot, const std::exception_ptr& error, const Prepared& failed) {
    try {
        std::rethrow_exception(error);
    } catch (...) {
        rethrow_failure(slot, *failed.bound.sql, failed.bound.params);
    }
}

} // namespace

asio::awaitable<std::vector<ResultData>>
execute_pipeline(Lease lease, std::vector<sql::NodePtr> statements) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    std::vector<ResultData> results;
    if (slot.needs_attention()) co_await attend(slot);
    if (statements.empty()) co_return std::move(results);
    std::deque<Prepared> prepared; // a deque: what is bound stays where it is
    std::vector<driver::Statement> requests;
    requests.reserve(statements.size());
    for (auto& statement : statements) {
        slot.core->events.before_execute.emit(statement);
        auto& one = prepared.emplace_back();
        one.found = lookup(slot, statement);
        one.found.compiled->bind(*one.found.binds, one.bound);
        requests.push_back(make_statement(*one.found.compiled, one.bound));
    }
    if (!slot.on_server && !begin_with(slot, requests.front())) co_await begin_on_server(slot);
    if (slot.logs())
        for (const auto& one : prepared)
            slot.core->log_statement(slot.echo, *one.bound.sql, one.bound.params, 1, one.found.cached);
    driver::PipelineResult answers;
    try {
        answers = co_await slot.driver->execute_pipeline(requests);
    } catch (...) {
        rethrow_failure(slot, {}, {});
    }
    if (answers.error) throw_of(slot, answers.error, prepared[answers.results.size()]);
    note_success(slot);
    results.reserve(answers.results.size());
    for (std::size_t i = 0; i < answers.results.size(); ++i) {
        auto& data = results.emplace_back(std::move(answers.results[i]), std::move(prepared[i].found.compiled));
        data.statement = statements[i];
        slot.core->events.after_execute.emit(statements[i], data);
    }
    co_return std::move(results);
}

} // namespace azoth::engine
