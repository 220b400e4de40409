// SPDX-License-Identifier: MIT
// Statements of all kinds in one round trip.
#include "driver/postgresql/pipeline.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <azoth/error.hpp>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {
namespace {

/// Bytes that are queued before they are sent and what has been answered is read.
constexpr std::size_t send_size = std::size_t{64} * 1024;

} // namespace

/// The statements of a pipeline and their answers.
class Connection::PipelineRun {
public:
    struct Entry {
        const driver::Statement* statement = nullptr;
        std::size_t number = 0;                   ///< in the pipeline
        std::size_t prepare = Answers::none;      ///< the number of its preparation
        std::size_t twin = Answers::none;         ///< the entry before it that prepares it
        std::string name;                         ///< empty: not prepared
        std::vector<std::uint32_t> oids;          ///< of one that is prepared here
        std::shared_ptr<const Shape> shape;
        bool prepared = false;
        ResultPtr answer;

        Entry() = default;
    };

    void clear() {
        entries.clear();
        preparing_.clear();
        ignored = 0;
        next_ = 0;
        failure.reset();
        failed = Answers::none;
        lead_failed = false;
        refused = nullptr;
    }

    void operator()(std::size_t index, ResultPtr result) {
        if (index < ignored) return;
        while (next_ < entries.size() && entries[next_].number < index) ++next_;
        const bool known = next_ < entries.size();
        switch (PQresultStatus(result.get())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_EMPTY_QUERY:
            if (!known) break;
            if (entries[next_].prepare == index) entries[next_].prepared = true;
            else if (entries[next_].number == index) entries[next_].answer = std::move(result);
            break;
        case PGRES_PIPELINE_ABORTED: break;
        default:
            if (failure != nullptr || !known) break;
            failure = std::move(result);
            failed = next_;
            lead_failed = index != entries[next_].number && index != entries[next_].prepare;
        }
    }

    /// The entry that prepares what `parameters` and `statement` say; null when none does.
    [[nodiscard]] const Entry* find_twin(
        const driver::Statement& statement, std::span<const std::uint32_t> oids, std::size_t& index) const {
        const auto [first, last] = preparing_.equal_range(statement.sql_hash);
        for (auto found = first; found != last; ++found) {
            const Entry& entry = entries[found->second];
            if (*entry.statement->sql == *statement.sql && std::ranges::equal(entry.oids, oids)) {
                index = found->second;
                return &entry;
            }
        }
        return nullptr;
    }
    void prepares(std::size_t entry) {
        preparing_.emplace(entries[entry].statement->sql_hash, entry);
    }

    std::vector<Entry> entries;
    std::size_t ignored = 0; ///< deallocations at the front
    ResultPtr failure;
    std::size_t failed = Answers::none; ///< the entry it belongs to
    bool lead_failed = false;           ///< it is the BEGIN before that entry
    std::exception_ptr refused; ///< why the statement behind the last entry was not sent

private:
    std::unordered_multimap<std::size_t, std::size_t> preparing_;
    std::size_t next_ = 0; ///< the entry that answers belong to
};

asio::awaitable<bool>
Connection::run_pipeline(PipelineRun& run, std::span<const driver::Statement> statements) {
    run.clear();
    run.entries.reserve(statements.size());
    const std::string& first_sql = *statements.front().sql;
    sending();
    if (!pipeline_.enter(channel_.get())) channel_.throw_lost(nullptr, first_sql);
    run.ignored = queue_deallocations(first_sql);
    std::size_t queued_bytes = 0;
    for (const auto& statement : statements) {
        const std::string& sql = *statement.sql;
        PipelineRun::Entry entry;
        entry.statement = &statement;
        const bool keep = keeps(statement);
        try {
            parameters_.decide(sql, statement.params, statement.param_types);
            parameters_.encode(statement.params);
            check_text(sql);
            if (begins_copy(sql)) throw_copy_refused(sql);
        } catch (const Error&) {
            run.refused = std::current_exception(); // those before it are executed all the same
        }
        if (run.refused != nullptr) break;
        const Prepared* kept = keep ? cache_.find(sql, statement.sql_hash, parameters_.oids()) : nullptr;
        const PipelineRun::Entry* twin = nullptr;
        if (keep && kept == nullptr) twin = run.find_twin(statement, parameters_.oids(), entry.twin);
        if (kept != nullptr) {
            entry.name = kept->name;
            entry.shape = kept->shape;
        } else if (twin != nullptr) {
            entry.name = twin->name;
        } else if (keep) {
            entry.name = cache_.next_name();
        }
        queue_lead(statement);
        if (keep && kept == nullptr && twin == nullptr) {
            entry.oids.assign(parameters_.oids().begin(), parameters_.oids().end());
            entry.prepare = pipeline_.count();
            queue_prepare(entry.name, sql);
        }
        entry.number = pipeline_.count();
        if (keep) queue_execute(entry.name, sql);
        else queue_unprepared(sql);
        run.entries.push_back(std::move(entry));
        if (run.entries.back().prepare != Answers::none) run.prepares(run.entries.size() - 1);
        queued_bytes += parameters_.wire_size();
        if (queued_bytes < send_size) continue;
        queued_bytes = 0;
        while (PQflush(channel_.get()) == 1) {
            // Reading while sending: a server that cannot get rid of its answers stops taking statements.
            const Progress progress = co_await channel_.wait_either();
            if (progress == Progress::lost) channel_.throw_lost(run.failure.get(), sql);
            if (pipeline_.advance(run) == Step::lost) channel_.throw_lost(run.failure.get(), sql);
        }
    }
    if (pipeline_.needs_sync() && !pipeline_.sync()) channel_.throw_lost(run.failure.get(), first_sql);
    co_await finish_pipeline(run, first_sql);

    for (const auto& entry : run.entries) {
        if (entry.prepared)
            cache_.insert(entry.name, *entry.statement->sql, entry.statement->sql_hash, entry.oids);
    }
    if (run.failure == nullptr || run.lead_failed || !is_stale_statement(run.failure.get())) co_return false;
    const auto& stale = run.entries[run.failed];
    const bool on_server = !is_gone_statement(run.failure.get());
    parameters_.decide(*stale.statement->sql, stale.statement->params, stale.statement->param_types);
    Prepared* const prepared = cache_.find(*stale.statement->sql, stale.statement->sql_hash, parameters_.oids());
    if (prepared == nullptr) co_return false;
    cache_.forget(prepared, on_server);
    const std::string rollback = "ROLLBACK";
    // The transaction that the pipeline was to begin has seen nothing else.
    if (statements.front().begin != nullptr) co_await run_simple(rollback);
    co_return PQtransactionStatus(channel_.get()) == PQTRANS_IDLE;
}

asio::awaitable<driver::PipelineResult>
Connection::execute_pipeline(std::span<const driver::Statement> statements) {
    Operation operation{*this};
    driver::PipelineResult answers;
    if (statements.empty()) co_return std::move(answers);
    PipelineRun run;
    // Each time another statement may turn out to be out of date.
    for (std::size_t attempt = 0; attempt <= statements.size(); ++attempt) {
        const bool again = co_await run_pipeline(run, statements);
        if (!again) break;
    }

    const std::size_t done = run.failure != nullptr ? run.failed : run.entries.size();
    answers.results.reserve(done);
    for (std::size_t i = 0; i < done; ++i) {
        auto& entry = run.entries[i];
        std::shared_ptr<const Shape> shape;
        if (entry.answer != nullptr && PQresultStatus(entry.answer.get()) == PGRES_TUPLES_OK
            && run.failure == nullptr) { // a failed transaction could not be asked for types
            if (entry.shape == nullptr && entry.twin != Answers::none) entry.shape = run.entries[entry.twin].shape;
            if (entry.shape == nullptr) {
                entry.shape = co_await shape_of(entry.answer.get());
                if (entry.prepare != Answers::none) {
                    Prepared* const prepared =
                        cache_.find(*entry.statement->sql, entry.statement->sql_hash, entry.oids);
                    if (prepared != nullptr) prepared->shape = entry.shape;
                }
            }
            shape = entry.shape;
        }
        answers.results.push_back(make_result(std::move(entry.answer), std::move(shape)));
    }
    if (run.failure == nullptr) {
        answers.error = run.refused;
        co_return std::move(answers);
    }
    const driver::Statement& statement = *run.entries[run.failed].statement;
    try {
        throw_database_error(
            diagnose(run.failure.get()), run.lead_failed ? begin_text(*statement.begin) : *statement.sql);
    } catch (const Error&) {
        answers.error = std::current_exception();
    }
    co_return std::move(answers);
}

} // namespace azoth::postgresql
