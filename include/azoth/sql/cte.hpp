// SPDX-License-Identifier: MIT
// Cte: a statement in WITH, which others select from by its name.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <azoth/sql/from.hpp>

namespace azoth {

/// `cte("tree", {.recursive = true})`.
struct CteOptions {
    bool recursive = false;
    bool nesting = false; ///< stays in the WITH of the statement that mentions it
};

/// Something that can be a part of a set operation: Select, Compound.
template <class S>
concept RowsStatement = requires(const S& statement) {
    { statement.select_node() } -> std::convertible_to<sql::NodePtr>;
};

/// A common table expression. Each call returns another one and leaves this as it was.
class Cte : public Subquery {
public:
    explicit Cte(std::shared_ptr<const sql::CteNode> node) noexcept : Subquery(node), cte_(std::move(node)) {}

    /// The recursive part: `others` select from this CTE, what is returned is both.
    template <RowsStatement... S>
        requires(sizeof...(S) > 0)
    [[nodiscard]] Cte union_(const S&... others) const {
        return restated(sql::SetOperation::union_, {others.select_node()...});
    }
    template <RowsStatement... S>
        requires(sizeof...(S) > 0)
    [[nodiscard]] Cte union_all(const S&... others) const {
        return restated(sql::SetOperation::union_all, {others.select_node()...});
    }
    /// Raw text before the statement's parenthesis: "MATERIALIZED". Never build it from input.
    [[nodiscard]] Cte prefix_with(std::string text, std::string dialect = {}) const;
    /// Raw text behind the statement's parenthesis: "CYCLE id SET …". Never build it from input.
    [[nodiscard]] Cte suffix_with(std::string text, std::string dialect = {}) const;

private:
    [[nodiscard]] Cte restated(sql::SetOperation operation, std::vector<sql::NodePtr> others) const;

    std::shared_ptr<const sql::CteNode> cte_;
};

} // namespace azoth
