// SPDX-License-Identifier: MIT
// What executes: the concept that engine and compiler ask of a statement, and what all kinds of statements can do.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include <azoth/sql/cte.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/node.hpp>

namespace azoth {

/// Select, Compound, Insert, Update, Delete, TextClause.
template <class S>
concept Statement = requires(const S& statement) {
    { statement.node() } -> std::convertible_to<sql::NodePtr>;
    { S::typed } -> std::convertible_to<bool>;
};

namespace detail {

/// The value for a named parameter, as the node that holds it.
template <class V>
std::shared_ptr<const sql::ExpressionNode> given_value(const std::string& name, const V& value) {
    if constexpr (is_value_list<V>) {
        return make_value_list(name, nullptr, value, own_type<std::ranges::range_value_t<V>>());
    } else if constexpr (std::same_as<V, Null>) {
        return std::make_shared<sql::BindNode>(name, Value{}, Type{});
    } else {
        return std::make_shared<sql::BindNode>(name, value_for<Value>(value), own_type<V>());
    }
}

/// Builder methods of every statement. `Derived` has `own()`, which makes its node its own.
template <class Derived>
class StatementMethods {
public:
    /// Raw text behind the statement's first word, on one dialect ("mysql") or on all. Never build it from input.
    [[nodiscard]] Derived prefix_with(std::string text, std::string dialect = {}) const {
        return with_fragment(&sql::StatementParts::prefixes, 'P', std::move(text), std::move(dialect));
    }
    /// Raw text for the optimizer at the end of the statement. Never build it from input.
    [[nodiscard]] Derived with_statement_hint(std::string text, std::string dialect = {}) const {
        return with_fragment(&sql::StatementParts::hints, 'H', std::move(text), std::move(dialect));
    }
    /// Raw text beside a table, where the dialect has hints; `%(name)s` in it stands for the table's name.
    template <FromElement F>
    [[nodiscard]] Derived with_hint(const F& table, std::string text, std::string dialect = {}) const {
        auto copy = self();
        copy.own().add_table_hint(table.node(), sql::Fragment{std::move(text), std::move(dialect)});
        return copy;
    }
    /// Puts a CTE into WITH although nothing mentions it: INSERT, UPDATE and DELETE are executed there too.
    [[nodiscard]] Derived add_cte(const Cte& cte, bool nest_here = false) const {
        auto copy = self();
        copy.own().add_cte(cte.node(), nest_here);
        return copy;
    }
    /// Gives a named parameter its value. The statement keeps its place in the cache.
    template <class V>
    [[nodiscard]] Derived params(std::string name, const V& value) const {
        auto copy = self();
        auto node = given_value(name, value);
        copy.own().set_param(std::move(name), std::move(node));
        return copy;
    }
    /// This statement in WITH; of INSERT, UPDATE and DELETE its RETURNING columns.
    [[nodiscard]] Cte cte(QuotedName name = {}, CteOptions options = {}) const {
        return Cte{std::make_shared<const sql::CteNode>(self().node(), std::move(name), options.recursive, options.nesting)};
    }

protected:
    [[nodiscard]] const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }
    [[nodiscard]] Derived with_fragment(
        std::vector<sql::Fragment> sql::StatementParts::*where, std::uint64_t tag, std::string text, std::string dialect) const {
        auto copy = self();
        copy.own().add_fragment(where, tag, sql::Fragment{std::move(text), std::move(dialect)});
        return copy;
    }
};

} // namespace detail
} // namespace azoth
