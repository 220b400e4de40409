// SPDX-License-Identifier: MIT
// Statement handles, their columns, and the cache's bookkeeping.
#include "driver/mysql/statement.hpp"

#include <new>
#include <utility>

namespace azoth::mysql {
namespace {

std::string_view name_of(const MYSQL_FIELD& field) noexcept {
    return field.name != nullptr ? std::string_view{field.name, field.name_length}
                                 : std::string_view{};
}

} // namespace

PreparedStatement::PreparedStatement(MYSQL* connection, std::string sql, std::size_t sql_hash)
    : handle_(mysql_stmt_init(connection)),
      sql_(std::move(sql)),
      sql_hash_(sql_hash) {
    if (handle_ == nullptr)
        throw std::bad_alloc();
}

// After mysql_close the handle knows no connection any more and only frees memory. Before, this
// would write to the socket: connections close their statements with mysql_stmt_close_start and
// `release()`.
PreparedStatement::~PreparedStatement() {
    if (handle_ != nullptr)
        mysql_stmt_close(handle_);
}

bool PreparedStatement::is_prepared() const noexcept {
    return handle_->state >= MYSQL_STMT_PREPARED;
}

bool PreparedStatement::columns_are_current(const MYSQL_FIELD* fields, std::size_t count)
    const noexcept {
    if (columns_ == nullptr || columns_->size() != count)
        return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (coding_of(fields[i]) != codings_[i] || name_of(fields[i]) != (*columns_)[i].name)
            return false;
    }
    return true;
}

void PreparedStatement::update_columns() {
    // The connection's description, not the statement's: the library does not update the names in
    // that one.
    const std::size_t count = handle_->field_count;
    const MYSQL_FIELD* fields = handle_->mysql->fields;
    if (fields == nullptr || handle_->mysql->field_count != count)
        fields = handle_->fields;
    if (columns_are_current(fields, count))
        return;
    auto columns = read_columns(fields, count);
    // Where the server left the description out, because it has not changed since preparing, the
    // library makes one up from the statement's own and loses what MariaDB adds to the protocol's
    // types.
    for (std::size_t i = 0; i < count; ++i) {
        if (name_of(fields[i]) == name_of(handle_->fields[i]))
            columns[i].type = type_of(handle_->fields[i]);
    }
    columns_ = std::make_shared<const std::vector<driver::ColumnInfo>>(std::move(columns));
    codings_.clear();
    decoders_.clear();
    for (std::size_t i = 0; i < count; ++i) {
        codings_.push_back(coding_of(fields[i]));
        decoders_.push_back(binary_decoder(codings_.back()));
    }
}

std::vector<driver::ColumnInfo> read_columns(const MYSQL_FIELD* fields, std::size_t count) {
    std::vector<driver::ColumnInfo> columns;
    columns.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        columns.emplace_back(std::string{name_of(fields[i])}, type_of(fields[i]));
    }
    return columns;
}

PreparedStatement* StatementCache::find(std::string_view sql, std::size_t sql_hash) {
    const auto found = index_.find(Key{sql, sql_hash});
    if (found == index_.end())
        return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->get();
}

PreparedStatement* StatementCache::insert(std::unique_ptr<PreparedStatement> statement) {
    recent_.push_front(std::move(statement));
    auto* const inserted = recent_.front().get();
    try {
        index_.emplace(Key{inserted->sql(), inserted->sql_hash()}, recent_.begin());
    } catch (...) {
        recent_.pop_front();
        throw;
    }
    return inserted;
}

std::unique_ptr<PreparedStatement> StatementCache::take_surplus() {
    if (recent_.size() <= capacity_)
        return nullptr;
    return take(recent_.back().get());
}

std::unique_ptr<PreparedStatement> StatementCache::take(const PreparedStatement* statement) {
    const auto found = index_.find(Key{statement->sql(), statement->sql_hash()});
    if (found == index_.end() || found->second->get() != statement)
        return nullptr;
    auto taken = std::move(*found->second);
    recent_.erase(found->second);
    index_.erase(found); // after this the key's text lives on in `taken`
    return taken;
}

void StatementCache::clear() noexcept {
    index_.clear();
    recent_.clear();
}

} // namespace azoth::mysql
