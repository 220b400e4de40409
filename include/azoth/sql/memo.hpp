// SPDX-License-Identifier: MIT
// StatementMemo: what an engine remembers on a statement that the user keeps, so that executing it again
// costs a load.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <azoth/detail/lock.hpp>
#include <azoth/sql/key.hpp>

namespace azoth {
struct Compiled;
}

namespace azoth::sql {

struct BindList;

/// The outcome of the last compilation of one statement node, for one cache. Statements are shared between
/// threads, so it has a lock; it belongs to one node, so copies of the node begin without.
class StatementMemo {
public:
    struct Content {
        std::shared_ptr<const Compiled> compiled;
        std::shared_ptr<const BindList> binds; ///< points into the node that the memo belongs to

        Content() = default;
    };

    StatementMemo() noexcept = default;
    StatementMemo(const StatementMemo&) noexcept {}
    StatementMemo& operator=(const StatementMemo&) = delete;

    /// What was remembered for the cache of that identity while the node had that key; empty otherwise. A
    /// builder changes a node that only it can see, and with it the key: then what is remembered here is out
    /// of date.
    [[nodiscard]] Content recall(std::uint64_t cache_identity, const Key& key) const noexcept {
        detail::TinyGuard guard{lock_};
        if (cache_identity_ != cache_identity || key_ != key) return {};
        return content_;
    }
    void remember(std::uint64_t cache_identity, const Key& key, Content content) const noexcept {
        detail::TinyGuard guard{lock_};
        cache_identity_ = cache_identity;
        key_ = key;
        std::swap(content_, content); // what was there before is destroyed after the lock is free
    }

private:
    mutable detail::TinyLock lock_;
    mutable std::uint64_t cache_identity_ = 0; ///< 0: nothing is remembered
    mutable Key key_{};
    mutable Content content_;
};

} // namespace azoth::sql
