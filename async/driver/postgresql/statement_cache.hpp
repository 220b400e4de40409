// SPDX-License-Identifier: MIT
// The statements that are prepared on one connection; of too many the least recently used goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace azoth::postgresql {

struct Shape;

/// A statement that the server keeps under `name`, for this text and these parameter types.
struct Prepared {
    std::string sql;
    std::vector<std::uint32_t> oids;
    std::string name;
    std::shared_ptr<const Shape> shape; ///< null until a first result has told, and where there are no rows
    std::size_t key = 0;

    Prepared() = default;
};

class StatementCache {
public:
    /// @param capacity  how many statements the server keeps at a time; 0 prepares none.
    explicit StatementCache(std::size_t capacity) noexcept : capacity_(capacity) {}

    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::size_t size() const noexcept { return statements_.size(); }

    /// Null when it is not prepared; valid until the next `insert`, `forget` or `clear`.
    [[nodiscard]] Prepared* find(
        const std::string& sql, std::size_t hash, std::span<const std::uint32_t> oids);

    /// @pre `find` says null and `capacity() > 0`. What has to go for it is added to `doomed()`.
    Prepared* insert(
        std::string name, const std::string& sql, std::size_t hash, std::span<const std::uint32_t> oids);

    /// @param on_server  the server still has it, so that it must be told.
    void forget(const Prepared* statement, bool on_server);

    /// A name that no statement of this connection has had.
    [[nodiscard]] std::string next_name() { return "azoth_" + std::to_string(++names_); }

    /// Names to deallocate with the next statement that is prepared: a round trip of their own would be a
    /// waste.
    [[nodiscard]] std::vector<std::string>& doomed() noexcept { return doomed_; }

private:
    using Entries = std::list<Prepared>;

    static std::size_t key_of(std::size_t hash, std::span<const std::uint32_t> oids) noexcept;
    void erase(Entries::iterator entry, bool on_server);

    std::size_t capacity_;
    std::uint64_t names_ = 0;
    Entries statements_; ///< the most recently used first
    std::unordered_map<std::size_t, Entries::iterator> index_;
    std::vector<std::string> doomed_;
};

} // namespace azoth::postgresql
