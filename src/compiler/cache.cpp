// SPDX-License-Identifier: MIT
// The compiled-statement cache: a hash table whose entries are also a list in order of use.
#include <azoth/compiler/cache.hpp>

#include <utility>

namespace azoth {

namespace {

std::uint64_t next_identity() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

} // namespace

CompiledCache::CompiledCache(std::size_t capacity) : capacity_(capacity), identity_(next_identity()) {}

CompiledCache::~CompiledCache() = default;

std::shared_ptr<const Compiled> CompiledCache::find(const sql::Key& key) {
    std::shared_ptr<const Compiled> found;
    if (capacity_ > 0) {
        const detail::TinyGuard guard{lock_};
        if (const auto entry = entries_.find(key); entry != entries_.end()) {
            found = entry->second.compiled;
            if (newest_ != &entry->second) {
                unlink(entry->second);
                push_newest(entry->second);
            }
        }
    }
    (found ? hits_ : misses_).fetch_add(1, std::memory_order_relaxed);
    return found;
}

std::shared_ptr<const Compiled>
CompiledCache::insert(const sql::Key& key, std::shared_ptr<const Compiled> compiled) {
    if (capacity_ == 0) return compiled;
    std::shared_ptr<const Compiled> evicted; // destroyed when the lock is free
    const detail::TinyGuard guard{lock_};
    const auto [entry, added] = entries_.try_emplace(key);
    if (!added) return entry->second.compiled;
    entry->second.compiled = compiled;
    entry->second.key = &entry->first;
    push_newest(entry->second);
    if (entries_.size() > capacity_) {
        Entry& last = *oldest_;
        unlink(last);
        evicted = std::move(last.compiled);
        entries_.erase(entries_.find(*last.key));
    }
    return compiled;
}

sql::StatementMemo::Content CompiledCache::recall(const sql::StatementNode& statement, const sql::Key& key) {
    if (capacity_ == 0) return {};
    auto content = statement.memo.recall(identity_.load(std::memory_order_relaxed), key);
    if (content.compiled) hits_.fetch_add(1, std::memory_order_relaxed);
    return content;
}

void CompiledCache::remember(
    const sql::StatementNode& statement, const sql::Key& key, sql::StatementMemo::Content content) const {
    if (capacity_ == 0) return;
    statement.memo.remember(identity_.load(std::memory_order_relaxed), key, std::move(content));
}

void CompiledCache::clear() {
    std::unordered_map<sql::Key, Entry, sql::KeyHash> old;
    const detail::TinyGuard guard{lock_};
    identity_.store(next_identity(), std::memory_order_relaxed);
    old.swap(entries_);
    newest_ = nullptr;
    oldest_ = nullptr;
}

std::size_t CompiledCache::size() const {
    const detail::TinyGuard guard{lock_};
    return entries_.size();
}

void CompiledCache::unlink(Entry& entry) noexcept {
    (entry.newer != nullptr ? entry.newer->older : newest_) = entry.older;
    (entry.older != nullptr ? entry.older->newer : oldest_) = entry.newer;
    entry.newer = nullptr;
    entry.older = nullptr;
}

void CompiledCache::push_newest(Entry& entry) noexcept {
    entry.older = newest_;
    (newest_ != nullptr ? newest_->newer : oldest_) = &entry;
    newest_ = &entry;
}

} // namespace azoth
