// SPDX-License-Identifier: MIT
// Least-recently-used bookkeeping of prepared statements.
#include "driver/postgresql/statement_cache.hpp"

#include <algorithm>
#include <utility>

namespace azoth::postgresql {

std::size_t StatementCache::key_of(std::size_t hash, std::span<const std::uint32_t> oids) noexcept {
    for (const auto oid : oids) hash = (hash ^ oid) * 0x9E3779B97F4A7C15ULL;
    return hash;
}

Prepared* StatementCache::find(
    const std::string& sql, std::size_t hash, std::span<const std::uint32_t> oids) {
    const auto found = index_.find(key_of(hash, oids));
    if (found == index_.end()) return nullptr;
    Prepared& statement = *found->second;
    // Hashes may collide, statements may not.
    if (statement.sql != sql
        || !std::equal(oids.begin(), oids.end(), statement.oids.begin(), statement.oids.end())) {
        return nullptr;
    }
    if (found->second != statements_.begin())
        statements_.splice(statements_.begin(), statements_, found->second);
    return &statement;
}

Prepared* StatementCache::insert(
    std::string name, const std::string& sql, std::size_t hash, std::span<const std::uint32_t> oids) {
    const auto key = key_of(hash, oids);
    // Two statements with one key: the newer one takes its place.
    if (const auto found = index_.find(key); found != index_.end()) erase(found->second, true);
    while (statements_.size() >= capacity_) erase(std::prev(statements_.end()), true);
    auto& statement = statements_.emplace_front();
    statement.sql = sql;
    statement.oids.assign(oids.begin(), oids.end());
    statement.name = std::move(name);
    statement.key = key;
    index_.emplace(key, statements_.begin());
    return &statement;
}

void StatementCache::forget(const Prepared* statement, bool on_server) {
    const auto found = index_.find(statement->key);
    if (found != index_.end() && &*found->second == statement) erase(found->second, on_server);
}

void StatementCache::erase(Entries::iterator entry, bool on_server) {
    if (on_server) doomed_.push_back(std::move(entry->name));
    index_.erase(entry->key);
    statements_.erase(entry);
}

} // namespace azoth::postgresql
