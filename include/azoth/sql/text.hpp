// SPDX-License-Identifier: MIT
// text(): a statement in the user's own SQL, with named parameters.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <azoth/sql/expression.hpp>
#include <azoth/sql/statement.hpp>
#include <azoth/sql/values.hpp>

namespace azoth {

namespace detail {

template <class C>
sql::NamedColumn column_of(const C& column) {
    const auto node = column.column_node();
    return {node->name, node->type};
}

} // namespace detail

/// text() that says what its columns are: it can be executed, and stand in FROM.
template <class... Ts>
class TextualSelect {
public:
    static constexpr bool typed = sizeof...(Ts) > 0;
    using first_type = std::tuple_element_t<0, std::tuple<Ts..., Value>>;

    explicit TextualSelect(std::shared_ptr<const sql::TextualSelectNode> node) noexcept : node_(std::move(node)) {}

    /// The statement to execute.
    [[nodiscard]] sql::NodePtr node() const noexcept { return node_->text; }
    [[nodiscard]] sql::NodePtr select_node() const noexcept { return node_; }
    [[nodiscard]] Subquery subquery(QuotedName name = {}) const {
        return Subquery{std::make_shared<sql::AliasNode>(node_, std::move(name))};
    }
    [[nodiscard]] Cte cte(QuotedName name = {}, CteOptions options = {}) const {
        return Cte{std::make_shared<const sql::CteNode>(node_, std::move(name), options.recursive, options.nesting)};
    }
    [[nodiscard]] Expr<first_type> scalar_subquery() const {
        return Expr<first_type>{std::make_shared<sql::ScalarSubqueryNode>(node_, detail::own_type<first_type>())};
    }

private:
    std::shared_ptr<const sql::TextualSelectNode> node_;
};

/// SQL text with `:name` parameters. `\:` is a colon; `::` and a colon behind a word (`a[1:n]`) are left alone. Quotes and
/// comments are not looked at: a colon before a word needs its backslash there too. A statement of its own, or a part of another: a condition, an order, a FROM element.
class TextClause {
public:
    static constexpr bool typed = false;
    using value_type = Value;

    explicit TextClause(std::string_view sql_text);

    /// Gives a parameter its value. @throws ArgumentError when the text has no parameter of that name.
    template <class V>
    [[nodiscard]] TextClause bind(std::string_view name, const V& value) const {
        if constexpr (std::same_as<V, Null>) {
            return with_bind(name, sql::make_bind(Value{}, Type{}));
        } else if constexpr (detail::is_value_list<V>) { // IN :name
            return with_bind(name, detail::make_value_list({}, nullptr, value, Type{}));
        } else if constexpr (Expression<V>) {
            return with_bind(name, value.node());
        } else {
            Type type = detail::own_type<V>();
            if (type.is_text()) type = Type{}; // the database infers what the text stands for
            return with_bind(name, sql::make_bind(detail::value_for<Value>(value), type));
        }
    }

    /// Gives a parameter its value, as every statement's `params()`.
    template <class V>
    [[nodiscard]] TextClause params(const std::string& name, const V& value) const {
        return bind(name, value);
    }

    /// What the text returns, in order: columns of tables, or `named_column(…)`.
    template <class... C>
        requires(HasColumnNode<C> && ...)
    [[nodiscard]] auto columns(const C&... columns) const {
        auto returning = std::make_shared<sql::TextNode>(*node_);
        returning->set_columns(std::vector<sql::NodePtr>{columns.column_node()...});
        return TextualSelect<typename C::value_type...>{std::make_shared<const sql::TextualSelectNode>(
            std::move(returning), std::vector<sql::NamedColumn>{detail::column_of(columns)...})};
    }
    template <std::same_as<sql::NamedColumn>... C>
    [[nodiscard]] TextualSelect<> columns(const C&... columns) const {
        return TextualSelect<>{
            std::make_shared<const sql::TextualSelectNode>(node_, std::vector<sql::NamedColumn>{columns...})};
    }

    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }

private:
    [[nodiscard]] TextClause with_bind(std::string_view name, sql::NodePtr value) const;

    std::shared_ptr<sql::TextNode> node_;
};

/// Never build `sql_text` from input: pass values with `bind()`.
[[nodiscard]] inline TextClause text(std::string_view sql_text) { return TextClause{sql_text}; }

} // namespace azoth
