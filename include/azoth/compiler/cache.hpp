// SPDX-License-Identifier: MIT
// CompiledCache: the statements an engine has compiled, least recently used out first.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include <azoth/compiler/compiled.hpp>
#include <azoth/detail/lock.hpp>
#include <azoth/sql/key.hpp>
#include <azoth/sql/node.hpp>

namespace azoth {

/// Compiled statements by structural key, for one dialect. Thread-safe.
class CompiledCache {
public:
    /// @param capacity  how many statements are kept; 0 keeps none, and statements remember none either
    explicit CompiledCache(std::size_t capacity = 500);
    ~CompiledCache();
    CompiledCache(const CompiledCache&) = delete;
    CompiledCache& operator=(const CompiledCache&) = delete;

    /// What has this key, now the most recently used; null when there is none.
    [[nodiscard]] std::shared_ptr<const Compiled> find(const sql::Key& key);
    /// Adds what was compiled; the least recently used makes room. What another thread added meanwhile is
    /// kept instead.
    /// @return what the cache has now for this key
    std::shared_ptr<const Compiled> insert(const sql::Key& key, std::shared_ptr<const Compiled> compiled);

    /// What `statement` itself remembers for this cache; empty when it was not executed before, or changed
    /// since.
    /// @param key  the statement's own, and what else its compilation depends on
    [[nodiscard]] sql::StatementMemo::Content recall(const sql::StatementNode& statement, const sql::Key& key);
    void remember(const sql::StatementNode& statement, const sql::Key& key, sql::StatementMemo::Content content) const;
    [[nodiscard]] sql::StatementMemo::Content recall(const sql::StatementNode& statement) { return recall(statement, statement.key); }
    void remember(const sql::StatementNode& statement, sql::StatementMemo::Content content) const {
        remember(statement, statement.key, std::move(content));
    }

    /// Forgets all, what statements remember included.
    void clear();
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    /// Look-ups that did not have to compile, those answered by the statement itself included.
    [[nodiscard]] std::uint64_t hits() const noexcept { return hits_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t misses() const noexcept { return misses_.load(std::memory_order_relaxed); }

private:
    struct Entry {
        std::shared_ptr<const Compiled> compiled;
        const sql::Key* key = nullptr; ///< the map's
        Entry* newer = nullptr;
        Entry* older = nullptr;
    };

    void unlink(Entry& entry) noexcept;
    void push_newest(Entry& entry) noexcept;

    const std::size_t capacity_;
    std::atomic<std::uint64_t>
        identity_; ///< unique in the process, never used again; a new one after clear()
    std::atomic<std::uint64_t> hits_{0};
    std::atomic<std::uint64_t> misses_{0};

    mutable detail::TinyLock lock_;
    std::unordered_map<sql::Key, Entry, sql::KeyHash> entries_; // its nodes stay where they are
    Entry* newest_ = nullptr;
    Entry* oldest_ = nullptr;
};

} // namespace azoth
