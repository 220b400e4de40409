// SPDX-License-Identifier: MIT
// Prepared statements of one connection, the least recently used closed first.
#include "driver/sqlite/statement.hpp"

#include <iterator>
#include <utility>

#include <sqlite3.h>

#include <azoth/dialect/dialect.hpp>
#include <azoth/dialect/dialects.hpp>

namespace azoth::sqlite {
namespace {

Columns read_columns(sqlite3_stmt* statement, int count) {
    static const auto dialect = dialects::sqlite();
    auto columns = std::make_shared<std::vector<driver::ColumnInfo>>();
    columns->reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const char* name = sqlite3_column_name(statement, i);
        // Only a column that comes straight from a table has a declared type.
        const char* declared = sqlite3_column_decltype(statement, i);
        columns->emplace_back(
            name != nullptr ? name : "", declared != nullptr ? dialect->type_from_text(declared) : Type{});
    }
    return columns;
}

} // namespace

const Columns& PreparedStatement::current_columns() {
    const int now = sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0);
    if (now != reprepared) {
        reprepared = now;
        column_count = sqlite3_column_count(handle);
        columns = nullptr;
    }
    if (!columns && column_count != 0) columns = read_columns(handle, column_count);
    return columns;
}

StatementCache::Acquired
StatementCache::acquire(sqlite3* handle, const std::string& sql, std::size_t sql_hash, bool keep) {
    Acquired acquired;
    // The same statement again and again is the common case.
    if (!statements_.empty() && statements_.front().kept && statements_.front().sql_hash == sql_hash
        && statements_.front().sql == sql) {
        acquired.statement = &statements_.front();
        return acquired;
    }
    if (const auto found = index_.find(Key(sql, sql_hash)); found != index_.end()) {
        statements_.splice(statements_.begin(), statements_, found->second);
        acquired.statement = &statements_.front();
        return acquired;
    }
    keep = keep && capacity_ != 0;
    sqlite3_stmt* prepared = nullptr;
    // With its terminating zero counted SQLite need not copy the text.
    acquired.code = sqlite3_prepare_v3(
        handle, sql.c_str(), static_cast<int>(sql.size()) + 1, keep ? SQLITE_PREPARE_PERSISTENT : 0,
        &prepared, &acquired.tail);
    if (acquired.code != SQLITE_OK) return acquired;

    auto& statement = statements_.emplace_front();
    acquired.statement = &statement;
    statement.handle = prepared;
    if (prepared == nullptr) return acquired;
    statement.sql = sql;
    statement.sql_hash = sql_hash;
    statement.parameter_count = sqlite3_bind_parameter_count(prepared);
    statement.column_count = sqlite3_column_count(prepared);
    statement.traits = analyse(handle, prepared, sql, keep);
    if (keep) {
        index_.emplace(Key(statement.sql, sql_hash), statements_.begin());
        statement.kept = true;
        evict();
    }
    return acquired;
}

void StatementCache::evict() {
    while (index_.size() > capacity_) {
        auto& oldest = statements_.back();
        index_.erase(Key(oldest.sql, oldest.sql_hash));
        sqlite3_finalize(oldest.handle);
        statements_.pop_back();
    }
}

void StatementCache::release(PreparedStatement& statement) noexcept {
    if (statement.kept) {
        sqlite3_reset(statement.handle);
        if (statement.parameter_count != 0) sqlite3_clear_bindings(statement.handle);
        return;
    }
    // In front, where `acquire()` has put it: nothing else was acquired since.
    sqlite3_finalize(statement.handle);
    statements_.pop_front();
}

void StatementCache::clear() noexcept {
    index_.clear();
    for (const auto& statement : statements_) sqlite3_finalize(statement.handle);
    statements_.clear();
}

} // namespace azoth::sqlite
