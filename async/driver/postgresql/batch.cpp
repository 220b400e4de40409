// SPDX-License-Identifier: MIT
// One statement for many rows of parameters, pipelined.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/error.hpp>

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"
#include "driver/postgresql/pipeline.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {
namespace {

/// Rows between two syncs: enough to hide the round trip, few enough that what libpq holds stays small.
constexpr std::size_t chunk_rows = 500;

/// Bytes that are queued before they are sent and what has been answered is read.
constexpr std::size_t send_size = std::size_t{64} * 1024;

std::int64_t affected_rows(PGresult* result) noexcept {
    const char* number = PQcmdTuples(result);
    std::int64_t rows = 0;
    std::from_chars(number, number + std::strlen(number), rows);
    return rows;
}

/// The rows that came back from a chunk in one buffer, and a view of it for each row of parameters.
struct ChunkRows {
    PackedBuffer whole;
    std::deque<PackedSlice> slices; // they stay where they are

    explicit ChunkRows(std::size_t columns) : whole(columns) {}
};

} // namespace

/// A batch under way, and the answers to its present chunk.
class Connection::BatchRun {
public:
    BatchRun(driver::Statement s, std::span<const Param> p, driver::BatchWants w)
        : statement(s), params(p), width(s.param_types.size()), wants(w) {}

    [[nodiscard]] std::span<const Param> row(std::size_t index) const {
        return params.subspan(index * width, width);
    }

    /// Forgets the answers of the last chunk. `first_row` is the number of the statement that is the chunk's
    /// first row; the first `ignored` are deallocations.
    void begin_chunk(std::size_t ignored, std::size_t prepare_index, std::size_t first_row) {
        ignored_ = ignored;
        prepare_index_ = prepare_index;
        first_row_ = first_row;
        prepared = false;
        begin_failed = false;
        failure.reset();
        chunk_affected_ = 0;
        chunk_rows_.reset();
        first_answer_.reset();
        sizes_.clear();
    }

    /// Takes one answer of the pipeline.
    void operator()(std::size_t index, ResultPtr answer) {
        if (index < ignored_) return; // what is gone is gone
        switch (PQresultStatus(answer.get())) {
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY:
            if (index == prepare_index_) prepared = true;
            else if (index >= first_row_) take(answer.get(), false);
            break;
        case PGRES_TUPLES_OK:
            take(answer.get(), true);
            if (first_answer_ == nullptr) first_answer_ = std::move(answer);
            break;
        case PGRES_PIPELINE_ABORTED: break;
        default:
            if (failure != nullptr) break;
            failure = std::move(answer);
            begin_failed = index < first_row_ && index != prepare_index_;
        }
    }

    /// The first answer of the chunk that had rows, for its shape; null when none had or none are wanted.
    [[nodiscard]] const PGresult* sample() const noexcept {
        return wants == driver::BatchWants::rows ? first_answer_.get() : nullptr;
    }

    /// Adds a chunk that went well to the result.
    void end_chunk(const std::shared_ptr<const Shape>& shape) {
        result.affected += chunk_affected_;
        if (wants != driver::BatchWants::rows) return;
        if (chunk_rows_ == nullptr) chunk_rows_ = std::make_shared<ChunkRows>(0);
        chunk_rows_->whole.set_shape(shape);
        std::size_t row = 0;
        for (const auto size : sizes_) {
            chunk_rows_->slices.emplace_back(&chunk_rows_->whole, row, size);
            row += size;
        }
        for (const auto& slice : chunk_rows_->slices) {
            result.rows.push_back(std::shared_ptr<const RowBuffer>(chunk_rows_, &slice));
        }
    }

    const driver::Statement statement;
    const std::span<const Param> params;
    const std::size_t width;
    const driver::BatchWants wants;
    driver::BatchResult result;
    Prepared* kept = nullptr; ///< in the cache
    std::string name; ///< of the statement on the server; empty until prepared, and when it is not kept
    bool is_prepared = false;
    bool prepared = false; ///< the chunk has prepared the statement
    ResultPtr failure;
    bool begin_failed = false; ///< it is the BEGIN that has failed

private:
    void take(PGresult* answer, bool has_rows) {
        chunk_affected_ += affected_rows(answer);
        if (wants != driver::BatchWants::rows) return;
        if (has_rows) {
            if (chunk_rows_ == nullptr) {
                chunk_rows_ = std::make_shared<ChunkRows>(static_cast<std::size_t>(PQnfields(answer)));
            }
            chunk_rows_->whole.append(answer);
        }
        sizes_.push_back(has_rows ? static_cast<std::size_t>(PQntuples(answer)) : 0);
    }

    std::size_t ignored_ = 0;
    std::size_t prepare_index_ = 0;
    std::size_t first_row_ = 0;
    std::int64_t chunk_affected_ = 0;
    std::shared_ptr<ChunkRows> chunk_rows_;
    ResultPtr first_answer_;
    std::vector<std::size_t> sizes_; ///< rows that came back for each row of parameters
};

asio::awaitable<void>
Connection::run_chunk(BatchRun& run, std::size_t first, std::size_t rows, bool begin) {
    const std::string& sql = *run.statement.sql;
    sending();
    if (!pipeline_.enter(channel_.get())) channel_.throw_lost(nullptr, sql);
    const std::size_t ignored = run.is_prepared ? 0 : queue_deallocations(sql);
    if (begin) queue_text(begin_text(*run.statement.begin), sql);
    if (run.is_prepared) {
        run.begin_chunk(ignored, Answers::none, pipeline_.count());
    } else {
        // Not kept, the statement is the unnamed one, which lives until the next unnamed one: prepared in
        // each chunk, so that a pooler may send each chunk to another server.
        if (keeps(run.statement)) run.name = cache_.next_name();
        run.begin_chunk(ignored, pipeline_.count(), pipeline_.count() + 1);
        queue_prepare(run.name, sql);
    }
    std::size_t queued_bytes = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        parameters_.encode(run.row(first + i));
        queue_execute(run.name, sql);
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
    if (!pipeline_.sync()) channel_.throw_lost(run.failure.get(), sql);
    co_await finish_pipeline(run, sql);
    if (run.prepared && keeps(run.statement)) {
        run.kept = cache_.insert(run.name, sql, run.statement.sql_hash, parameters_.oids());
        run.is_prepared = true;
    }
}

asio::awaitable<driver::BatchResult> Connection::execute_batch(
    driver::Statement statement, std::span<const Param> params, std::size_t rows, driver::BatchWants wants) {
    Operation operation{*this};
    const std::string& sql = *statement.sql;
    check_text(sql);
    if (wants == driver::BatchWants::last_insert_ids) {
        throw InvalidRequestError("PostgreSQL reports no last insert id; ask for RETURNING rows instead");
    }
    if (params.size() != rows * statement.param_types.size()) {
        throw ArgumentError(
            "a batch of " + std::to_string(rows) + " rows of " + std::to_string(statement.param_types.size())
            + " parameters was given " + std::to_string(params.size()) + " values");
    }
    if (begins_copy(sql)) throw_copy_refused(sql);
    BatchRun run{statement, params, wants};
    if (rows == 0) co_return std::move(run.result);

    parameters_.decide(sql, params, statement.param_types, rows);
    // Values are refused before anything is sent, not in the middle of a batch.
    for (std::size_t i = 0; i < rows; ++i) parameters_.encode(run.row(i));
    if (keeps(statement)) {
        run.kept = cache_.find(sql, statement.sql_hash, parameters_.oids());
        if (run.kept != nullptr) {
            run.name = run.kept->name;
            run.is_prepared = true;
        }
    }
    if (wants == driver::BatchWants::rows) run.result.rows.reserve(rows);

    bool renewed = false;
    bool begin = statement.begin != nullptr;
    for (std::size_t first = 0; first < rows;) {
        const std::size_t size = std::min(chunk_rows, rows - first);
        co_await run_chunk(run, first, size, begin);
        if (run.failure != nullptr) {
            if (run.begin_failed) throw_database_error(diagnose(run.failure.get()), begin_text(*statement.begin));
            if (run.kept != nullptr && !renewed && is_stale_statement(run.failure.get())) {
                cache_.forget(run.kept, !is_gone_statement(run.failure.get()));
                run.kept = nullptr;
                run.is_prepared = false;
                renewed = true;
                const std::string rollback = "ROLLBACK";
                // The transaction that it was to begin has seen nothing else.
                if (begin) co_await run_simple(rollback);
                // A chunk is a transaction of its own here, so nothing of it has happened.
                if (PQtransactionStatus(channel_.get()) == PQTRANS_IDLE) continue;
            }
            throw_database_error(diagnose(run.failure.get()), sql);
        }
        begin = false;
        std::shared_ptr<const Shape> shape = run.kept != nullptr ? run.kept->shape : nullptr;
        if (run.sample() != nullptr && shape == nullptr) {
            shape = co_await shape_of(run.sample());
            if (run.kept != nullptr) run.kept->shape = shape;
        }
        run.end_chunk(shape);
        first += size;
    }
    co_return std::move(run.result);
}

} // namespace azoth::postgresql
