// SPDX-License-Identifier: MIT
// Prepared statements of one connection, the least recently used closed first.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <azoth/driver/driver.hpp>

#include "driver/sqlite/analysis.hpp"

namespace azoth::sqlite {

using Columns = std::shared_ptr<const std::vector<driver::ColumnInfo>>;

struct PreparedStatement {
    PreparedStatement() = default;

    std::string sql;
    std::size_t sql_hash = 0;
    sqlite3_stmt* handle = nullptr; ///< null when the text holds no statement, only comments
    Traits traits;
    int parameter_count = 0;
    int column_count = 0;
    Columns columns;           ///< null while not read, and without columns
    int reprepared = 0;        ///< SQLite's count of its own re-preparations when `columns` was read
    bool slow = false;         ///< has taken long on the caller's thread before
    bool proved_short = false; ///< opaque, but has taken no time lately
    bool kept = false;         ///< in the cache; otherwise finalized after use

    /// The result's columns as they are now: SQLite prepares again by itself when the schema has changed.
    /// @pre stepped at least once since it was bound, or freshly prepared
    const Columns& current_columns();
};

/// Owns every statement of a connection, those in use included.
class StatementCache {
public:
    StatementCache() = default;
    ~StatementCache() { clear(); }
    StatementCache(const StatementCache&) = delete;
    StatementCache& operator=(const StatementCache&) = delete;

    void set_capacity(std::size_t statements) noexcept { capacity_ = statements; }

    struct Acquired {
        Acquired() = default;
        PreparedStatement* statement = nullptr; ///< null when `code` is not SQLITE_OK
        int code = 0;
        const char* tail = nullptr; ///< where SQLite stopped to read, when it prepared
    };

    /// A statement for `sql`, from the cache or prepared now. At most one is in use at a time.
    [[nodiscard]] Acquired acquire(sqlite3* handle, const std::string& sql, std::size_t sql_hash, bool keep);
    /// Ends the use: the statement is reset, its values are let go.
    void release(PreparedStatement& statement) noexcept;
    /// Finalizes all; the connection can be closed then.
    void clear() noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }

private:
    struct Key {
        std::string_view sql;
        std::size_t hash;
        Key(std::string_view text, std::size_t h) noexcept : sql(text), hash(h) {}
        friend bool operator==(const Key& a, const Key& b) noexcept {
            return a.hash == b.hash && a.sql == b.sql;
        }
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept { return key.hash; }
    };
    using List = std::list<PreparedStatement>;

    void evict();

    List statements_; // kept ones from the most to the least recently used; one in use once stands in front
    std::unordered_map<Key, List::iterator, KeyHash> index_; // keys view into statements_
    std::size_t capacity_ = 128;
};

} // namespace azoth::sqlite
