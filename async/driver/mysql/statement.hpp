// SPDX-License-Identifier: MIT
// Prepared statements, and the least recently used ones of a connection.
#pragma once

#include "driver/mysql/client.hpp"
#include "driver/mysql/column.hpp"
#include "driver/mysql/decode.hpp"

#include <azoth/driver/driver.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace azoth::mysql {

using Columns = std::shared_ptr<const std::vector<driver::ColumnInfo>>;

/// A statement handle with its text, and what its result columns look like.
class PreparedStatement {
public:
    /// @throws std::bad_alloc
    PreparedStatement(MYSQL* connection, std::string sql, std::size_t sql_hash);
    ~PreparedStatement();
    PreparedStatement(const PreparedStatement&) = delete;
    PreparedStatement& operator=(const PreparedStatement&) = delete;

    [[nodiscard]] MYSQL_STMT* handle() const noexcept { return handle_; }
    /// For a call that closes the handle.
    [[nodiscard]] MYSQL_STMT* release() noexcept { return std::exchange(handle_, nullptr); }
    /// The server's text; it must not move while it is being prepared.
    [[nodiscard]] const std::string& sql() const noexcept { return sql_; }
    [[nodiscard]] std::size_t sql_hash() const noexcept { return sql_hash_; }
    [[nodiscard]] bool is_prepared() const noexcept;

    /// Compares the columns of the result that was just executed with those of the last, and reads
    /// them anew if they differ: `SELECT ?` changes its type with the parameter's, `SELECT *` its
    /// names with the table's.
    void update_columns();
    [[nodiscard]] const Columns& columns() const noexcept { return columns_; }
    [[nodiscard]] const BinaryDecoder* decoders() const noexcept { return decoders_.data(); }

    bool bulk = false; ///< the handle still has the attributes of array binding

private:
    [[nodiscard]] bool
    columns_are_current(const MYSQL_FIELD* fields, std::size_t count) const noexcept;

    MYSQL_STMT* handle_;
    std::string sql_;
    std::size_t sql_hash_;
    Columns columns_;
    std::vector<Coding> codings_;
    std::vector<BinaryDecoder> decoders_;
};

/// Names and types as the fields tell them.
[[nodiscard]] std::vector<driver::ColumnInfo>
read_columns(const MYSQL_FIELD* fields, std::size_t count);

/// The prepared statements that a connection keeps, by text.
class StatementCache {
public:
    explicit StatementCache(std::size_t capacity) noexcept : capacity_(capacity) {}

    /// The statement of that text, now the most recently used; null when there is none.
    [[nodiscard]] PreparedStatement* find(std::string_view sql, std::size_t sql_hash);
    PreparedStatement* insert(std::unique_ptr<PreparedStatement> statement);
    /// The least recently used statement, when there are more than the capacity; the caller closes
    /// it.
    [[nodiscard]] std::unique_ptr<PreparedStatement> take_surplus();
    [[nodiscard]] std::unique_ptr<PreparedStatement> take(const PreparedStatement* statement);
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::size_t size() const noexcept { return recent_.size(); }
    void clear() noexcept;

private:
    struct Key {
        std::string_view sql; ///< views the text of the statement itself
        std::size_t hash;
        friend bool operator==(const Key& a, const Key& b) noexcept {
            return a.hash == b.hash && a.sql == b.sql;
        }
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept { return key.hash; }
    };
    using Recent = std::list<std::unique_ptr<PreparedStatement>>;

    std::size_t capacity_;
    Recent recent_; ///< most recently used first
    std::unordered_map<Key, Recent::iterator, KeyHash> index_;
};

} // namespace azoth::mysql
