// SPDX-License-Identifier: MIT
// COPY on a connection: opened in its transaction, fed in pieces; and NOTIFY, which is as short.
#include <azoth/engine/copy.hpp>

#include <deque>
#include <exception>
#include <string>
#include <utility>

#include <azoth/compiler/literal.hpp>
#include <azoth/engine/connection.hpp>
#include <azoth/error.hpp>

#include "engine/execute.hpp"
#include "engine/failure.hpp"

namespace azoth::engine {

namespace {

/// Values in one call of the driver: enough that the call does not count, not enough to fill memory.
constexpr std::size_t piece_size = 8'192;

} // namespace

CopyColumns all_columns(const Table& table) {
    CopyColumns columns;
    columns.table = table.shared_data();
    for (const auto& column : table.data().columns) columns.names.push_back(column.name);
    return columns;
}

CopyColumns these_columns(const std::vector<sql::NodePtr>& nodes) {
    CopyColumns columns;
    for (const auto& node : nodes) {
        const auto& column = static_cast<const sql::ColumnNode&>(*node);
        if (column.column == nullptr || column.column->table == nullptr)
            throw ArgumentError("copy_in() takes columns of a table; " + column.name + " is none");
        // Alive as long as the node; from here on as long as the COPY.
        std::shared_ptr<const schema::TableData> table{node, column.column->table};
        if (columns.table && columns.table != table)
            throw ArgumentError(
                "copy_in() takes columns of one table; " + column.name + " is of " + table->name + ", not of " +
                columns.table->name
            );
        columns.table = std::move(table);
        columns.names.push_back(column.name);
    }
    if (!columns.table) throw ArgumentError("copy_in() needs a column at least");
    return columns;
}

struct CopyRun::State {
    State(Lease given_lease, CopyColumns given_columns, CopyFormat copy_format)
        : lease(std::move(given_lease)),
          operation(lease),
          columns(std::move(given_columns)),
          format(copy_format) {}

    Lease lease;
    Operation operation;
    CopyColumns columns;
    CopyFormat format;
    std::unique_ptr<driver::CopyIn> copy;
    std::string sql; ///< for the log
    std::vector<Param> params;
    std::deque<Value> kept; // a deque: values stay where they are
    std::size_t rows = 0;

    [[nodiscard]] driver::CopyTarget target() const {
        const auto& dialect = *operation.slot().core->dialect();
        driver::CopyTarget sql_names;
        if (!columns.table->schema.empty()) sql_names.table = dialect.quote(columns.table->schema) + ".";
        sql_names.table += dialect.quote(columns.table->name);
        for (const auto& name : columns.names) sql_names.columns.push_back(dialect.quote(name));
        return sql_names;
    }
};

CopyRun::CopyRun(Lease lease, CopyColumns columns, CopyFormat format)
    : state_(std::make_unique<State>(std::move(lease), std::move(columns), format)) {}

CopyRun::~CopyRun() = default;

bool CopyRun::full() const noexcept {
    return state_->params.size() >= piece_size;
}

Param* CopyRun::begin_row(std::size_t width) {
    State& state = *state_;
    if (width != state.columns.names.size())
        throw ArgumentError(
            "this COPY takes " + std::to_string(state.columns.names.size()) + " values a row, but a row has " +
            std::to_string(width)
        );
    state.params.resize(state.params.size() + width);
    return state.params.data() + (state.params.size() - width);
}

Param CopyRun::keep(Value value) {
    return state_->kept.emplace_back(std::move(value)).param();
}

void CopyRun::finish_row() noexcept {
    ++state_->rows;
}

namespace {

/// Opens it when that has not been done.
asio::awaitable<void> open(Slot& slot, std::unique_ptr<driver::CopyIn>& copy, driver::CopyTarget target, CopyFormat format) {
    if (slot.needs_attention()) co_await attend(slot);
    if (!slot.on_server) co_await begin_on_server(slot);
    if (slot.logs()) {
        std::string line = "COPY " + target.table + " (";
        for (const auto& name : target.columns) line += (&name == target.columns.data() ? "" : ", ") + name;
        slot.log(line + ") FROM STDIN");
    }
    const std::string table = target.table;
    try {
        copy = co_await slot.driver->copy_in(std::move(target), format);
    } catch (...) {
        rethrow_failure(slot, "COPY " + table, {});
    }
}

} // namespace

asio::awaitable<void> CopyRun::send() {
    State& state = *state_;
    Slot& slot = state.operation.slot();
    if (!state.copy) co_await open(slot, state.copy, state.target(), state.format);
    std::exception_ptr refused;
    try {
        co_await state.copy->write(state.params, state.rows);
    } catch (const DataError&) {
        refused = std::current_exception(); // the connection is in order: the COPY only has to be ended
    } catch (...) {
        state.copy.reset();
        rethrow_failure(slot, {}, {});
    }
    if (refused) co_await give_up(refused);
    state.params.clear();
    state.kept.clear();
    state.rows = 0;
}

asio::awaitable<std::int64_t> CopyRun::finish() {
    State& state = *state_;
    Slot& slot = state.operation.slot();
    if (!state.copy) co_return 0; // no rows, no statement
    std::int64_t taken = 0;
    try {
        taken = co_await state.copy->finish();
    } catch (...) {
        state.copy.reset();
        rethrow_failure(slot, {}, {});
    }
    note_success(slot);
    co_return taken;
}

asio::awaitable<void> CopyRun::give_up(std::exception_ptr error) {
    State& state = *state_;
    Slot& slot = state.operation.slot();
    if (state.copy) {
        slot.failed = true;
        try {
            co_await state.copy->abort();
        } catch (const Error&) { // the first error is what the caller has to know
        }
        state.copy.reset();
    }
    try {
        std::rethrow_exception(error);
    } catch (const DBAPIError&) {
        rethrow_failure(slot, {}, {});
    }
}

asio::awaitable<OpenStream> open_copy_out(Lease lease, sql::NodePtr statement, CopyOptions options) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    const auto found = lookup(slot, statement);
    // COPY takes no parameters: the values are written into the text, quoted by the dialect's rules.
    std::string sql = literal_sql_node(*statement, *slot.core->dialect());
    if (!slot.on_server) co_await begin_on_server(slot);
    slot.log("COPY (" + sql + ") TO STDOUT");
    std::unique_ptr<driver::Cursor> cursor;
    try {
        cursor = co_await slot.driver->copy_out(sql, options.format());
    } catch (...) {
        rethrow_failure(slot, sql, {});
    }
    OpenStream stream;
    stream.head.columns = cursor->columns();
    stream.head.compiled = found.compiled;
    stream.lease = lease;
    stream.serial = slot.next_serial();
    stream.yield_per = options.yield_per() == 0 ? 1 : options.yield_per();
    slot.cursor = std::move(cursor);
    slot.stream = stream.serial;
    co_return stream;
}

asio::awaitable<void> send_notification(Lease lease, std::string channel, std::string payload) {
    Operation operation{lease};
    Slot& slot = operation.slot();
    if (slot.needs_attention()) co_await attend(slot);
    driver::Statement begin;
    if (!slot.on_server && !begin_with(slot, begin)) co_await begin_on_server(slot);
    slot.log("NOTIFY " + channel);
    try {
        co_await slot.driver->notify(std::move(channel), std::move(payload), begin.begin);
    } catch (...) {
        rethrow_failure(slot, {}, {});
    }
    note_success(slot);
}

} // namespace azoth::engine
