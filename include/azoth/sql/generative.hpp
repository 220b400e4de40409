// SPDX-License-Identifier: MIT
// What SELECT and set operations can do alike: ordering, limits, locks, becoming a part of another statement.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <azoth/sql/statement.hpp>

namespace azoth {

/// How `fetch()` counts.
struct FetchOptions {
    bool percent = false;   ///< the number is a percentage
    bool with_ties = false; ///< also the rows that are ordered like the last
};

/// What `with_for_update()` locks: `ForUpdate{}.nowait().of(users)`.
class ForUpdate {
public:
    ForUpdate() = default;

    /// FOR SHARE.
    [[nodiscard]] ForUpdate read() const { return with(&sql::ForUpdateClause::read); }
    [[nodiscard]] ForUpdate nowait() const { return with(&sql::ForUpdateClause::nowait); }
    [[nodiscard]] ForUpdate skip_locked() const { return with(&sql::ForUpdateClause::skip_locked); }
    /// FOR NO KEY UPDATE; with `read()` FOR KEY SHARE.
    [[nodiscard]] ForUpdate key_share() const { return with(&sql::ForUpdateClause::key_share); }
    /// Tables, or columns of them.
    template <class... E>
    [[nodiscard]] ForUpdate of(const E&... elements) const {
        auto copy = *this;
        (copy.clause_.of.push_back(elements.node()), ...);
        return copy;
    }

    [[nodiscard]] const sql::ForUpdateClause& clause() const noexcept { return clause_; }

private:
    [[nodiscard]] ForUpdate with(bool sql::ForUpdateClause::*flag) const {
        auto copy = *this;
        copy.clause_.*flag = true;
        return copy;
    }
    sql::ForUpdateClause clause_;
};

template <class... Ts>
class Compound;

namespace detail {

/// A number of rows: bound, so that statements with other numbers share a compilation.
[[nodiscard]] sql::NodePtr row_count(std::int64_t rows);

/// Set operations of two and more statements; the types are the first's.
[[nodiscard]] std::shared_ptr<sql::CompoundNode> make_compound(sql::SetOperation operation, std::vector<sql::NodePtr> selects);

/// Builder methods of Select and Compound.
template <class Derived>
class GenerativeSelect : public StatementMethods<Derived> {
public:
    /// By expressions, or by the names of this statement's labels.
    template <OrderBy... E>
    [[nodiscard]] Derived group_by(const E&... expressions) const {
        return with(&sql::GenerativeSelectNode::group_by, 'g', order_node(expressions)...);
    }
    template <OrderBy... E>
    [[nodiscard]] Derived order_by(const E&... expressions) const {
        return with(&sql::GenerativeSelectNode::order_by, 'o', order_node(expressions)...);
    }
    /// Forgets what it was grouped or ordered by so far.
    [[nodiscard]] Derived group_by(Null) const { return without(&sql::GenerativeSelectNode::group_by, 'g'); }
    [[nodiscard]] Derived order_by(Null) const { return without(&sql::GenerativeSelectNode::order_by, 'o'); }

    [[nodiscard]] Derived limit(std::int64_t rows) const { return set(&sql::GenerativeSelectNode::limit, 'l', row_count(rows)); }
    [[nodiscard]] Derived offset(std::int64_t rows) const { return set(&sql::GenerativeSelectNode::offset, 'p', row_count(rows)); }
    template <Expression E>
    [[nodiscard]] Derived limit(const E& rows) const {
        return set(&sql::GenerativeSelectNode::limit, 'l', rows.node());
    }
    template <Expression E>
    [[nodiscard]] Derived offset(const E& rows) const {
        return set(&sql::GenerativeSelectNode::offset, 'p', rows.node());
    }
    /// Without the limit, the offset, it had.
    [[nodiscard]] Derived limit(Null) const { return set(&sql::GenerativeSelectNode::limit, 'l', nullptr); }
    [[nodiscard]] Derived offset(Null) const { return set(&sql::GenerativeSelectNode::offset, 'p', nullptr); }
    /// The rows from `start` to before `stop`, counted from 0.
    [[nodiscard]] Derived slice(std::int64_t start, std::int64_t stop) const {
        return start == 0 ? limit(stop) : offset(start).limit(stop - start);
    }
    /// FETCH FIRST, instead of a limit.
    [[nodiscard]] Derived fetch(std::int64_t rows, FetchOptions options = {}) const {
        return set_fetch(row_count(rows), options);
    }
    template <Expression E>
    [[nodiscard]] Derived fetch(const E& rows, FetchOptions options = {}) const {
        return set_fetch(rows.node(), options);
    }
    [[nodiscard]] Derived fetch(Null) const { return set_fetch(nullptr, {}); }

    /// FOR UPDATE; SQLite has none and writes none, as SQLAlchemy.
    [[nodiscard]] Derived with_for_update(const ForUpdate& how = {}) const {
        auto copy = this->self();
        copy.own().set_for_update(how.clause());
        return copy;
    }
    /// Raw text at the end of the statement. Never build it from input.
    [[nodiscard]] Derived suffix_with(std::string text, std::string dialect = {}) const {
        return this->with_fragment(&sql::StatementParts::suffixes, 'S', std::move(text), std::move(dialect));
    }

    /// This statement as a value in an expression: one column, at most one row.
    [[nodiscard]] auto scalar_subquery() const {
        auto statement = this->self().select_node();
        const Type type = sql::output_type(*statement);
        return Expr<typename Derived::first_type>{std::make_shared<sql::ScalarSubqueryNode>(std::move(statement), type)};
    }
    [[nodiscard]] Expr<bool> exists() const {
        return Expr<bool>{std::make_shared<sql::ExistsNode>(this->self().select_node(), false)};
    }
    /// This statement in FROM.
    [[nodiscard]] Subquery subquery(QuotedName name = {}) const {
        return Subquery{std::make_shared<sql::AliasNode>(this->self().select_node(), std::move(name))};
    }
    /// The same, and it may refer to the FROM elements beside it.
    [[nodiscard]] Subquery lateral(QuotedName name = {}) const {
        return Subquery{std::make_shared<sql::AliasNode>(this->self().select_node(), std::move(name), true)};
    }

    template <RowsStatement... S>
    [[nodiscard]] auto union_(const S&... others) const {
        return combined(sql::SetOperation::union_, others...);
    }
    template <RowsStatement... S>
    [[nodiscard]] auto union_all(const S&... others) const {
        return combined(sql::SetOperation::union_all, others...);
    }
    template <RowsStatement... S>
    [[nodiscard]] auto except_(const S&... others) const {
        return combined(sql::SetOperation::except, others...);
    }
    template <RowsStatement... S>
    [[nodiscard]] auto except_all(const S&... others) const {
        return combined(sql::SetOperation::except_all, others...);
    }
    template <RowsStatement... S>
    [[nodiscard]] auto intersect(const S&... others) const {
        return combined(sql::SetOperation::intersect, others...);
    }
    template <RowsStatement... S>
    [[nodiscard]] auto intersect_all(const S&... others) const {
        return combined(sql::SetOperation::intersect_all, others...);
    }

protected:
    template <class... N>
    [[nodiscard]] Derived
    with(std::vector<sql::NodePtr> sql::GenerativeSelectNode::*clause, std::uint64_t tag, const N&... nodes) const {
        auto copy = this->self();
        auto& node = copy.own();
        (node.add(clause, tag, nodes), ...);
        return copy;
    }
    [[nodiscard]] Derived without(std::vector<sql::NodePtr> sql::GenerativeSelectNode::*clause, std::uint64_t tag) const {
        auto copy = this->self();
        copy.own().clear(clause, tag);
        return copy;
    }
    [[nodiscard]] Derived set(sql::NodePtr sql::GenerativeSelectNode::*clause, std::uint64_t tag, sql::NodePtr node) const {
        auto copy = this->self();
        copy.own().set(clause, tag, std::move(node));
        return copy;
    }
    [[nodiscard]] Derived set_fetch(sql::NodePtr count, FetchOptions options) const {
        auto copy = this->self();
        copy.own().set_fetch({std::move(count), options.percent, options.with_ties});
        return copy;
    }
    template <class... S>
    [[nodiscard]] auto combined(sql::SetOperation operation, const S&... others) const {
        return typename Derived::compound_type{
            make_compound(operation, {this->self().select_node(), others.select_node()...})};
    }
};

} // namespace detail

/// UNION, EXCEPT, INTERSECT of statements with the same number of columns; names and types are the first's. An immutable
/// value, as every statement.
template <class... Ts>
class Compound : public detail::GenerativeSelect<Compound<Ts...>> {
public:
    static constexpr bool typed = sizeof...(Ts) > 0;
    using first_type = std::tuple_element_t<0, std::tuple<Ts..., Value>>;
    using compound_type = Compound;

    explicit Compound(std::shared_ptr<sql::CompoundNode> node) noexcept : node_(std::move(node)) {}

    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }
    [[nodiscard]] sql::NodePtr select_node() const noexcept { return node_; }

    /// Makes the node ours alone, so that a clause can be added.
    sql::CompoundNode& own() {
        if (node_.use_count() != 1) node_ = std::make_shared<sql::CompoundNode>(*node_);
        return *node_;
    }

private:
    std::shared_ptr<sql::CompoundNode> node_;
};

template <RowsStatement First, RowsStatement... S>
[[nodiscard]] auto union_(const First& first, const S&... others) {
    return first.union_(others...);
}
template <RowsStatement First, RowsStatement... S>
[[nodiscard]] auto union_all(const First& first, const S&... others) {
    return first.union_all(others...);
}
template <RowsStatement First, RowsStatement... S>
[[nodiscard]] auto except_(const First& first, const S&... others) {
    return first.except_(others...);
}
template <RowsStatement First, RowsStatement... S>
[[nodiscard]] auto except_all(const First& first, const S&... others) {
    return first.except_all(others...);
}
template <RowsStatement First, RowsStatement... S>
[[nodiscard]] auto intersect(const First& first, const S&... others) {
    return first.intersect(others...);
}
template <RowsStatement First, RowsStatement... S>
[[nodiscard]] auto intersect_all(const First& first, const S&... others) {
    return first.intersect_all(others...);
}

} // namespace azoth
