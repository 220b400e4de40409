// SPDX-License-Identifier: MIT
// What an INSERT, UPDATE or DELETE was executed with, and what it is asked to return besides.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <azoth/dialect/dialect.hpp>
#include <azoth/engine/connection.hpp>
#include <azoth/engine/row.hpp>
#include <azoth/sql/node.hpp>

namespace azoth::engine {

/// Kept by the result, which answers from it. The statement keeps what `bound` views.
struct DmlExecution {
    sql::NodePtr statement; ///< as it was compiled
    Lookup found;
    Compiled::Bound bound;  ///< empty for many rows
    bool many = false;      ///< parameter rows
    std::size_t rows = 0;   ///< how many of them
    /// Of an INSERT of many rows: where its rows' parts of the key are among its parameters, by column of the key.
    std::vector<std::optional<std::size_t>> key_slots;
    std::vector<Value> keys; ///< those parts, row by row

    DmlExecution() = default;

    /// Finds the slots. @pre `found` is set
    void find_keys();
    /// Keeps a row's parts of the key. @param params  as many as there are slots
    void keep_key(std::span<const Param> params);
};

[[nodiscard]] inline bool is_dml(const sql::Node& statement) noexcept {
    return statement.kind == sql::NodeKind::insert || statement.kind == sql::NodeKind::update ||
           statement.kind == sql::NodeKind::delete_;
}
/// The result of a statement that was executed once. What was fetched besides is no row of the user's.
/// @param dml  null for others than INSERT, UPDATE and DELETE
[[nodiscard]] ResultData
result_of(driver::Result result, const Lookup& found, sql::NodePtr statement, std::shared_ptr<DmlExecution> dml);

} // namespace azoth::engine
