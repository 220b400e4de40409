// SPDX-License-Identifier: MIT
// What an INSERT, UPDATE or DELETE was executed with, and what it is asked to return besides.
#pragma once

#include <memory>
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

    DmlExecution() = default;
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
