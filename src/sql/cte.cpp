// SPDX-License-Identifier: MIT
// CTEs that grow, VALUES and functions in FROM: each change makes another node.
#include <azoth/sql/cte.hpp>

#include <azoth/sql/table_function.hpp>
#include <azoth/sql/values.hpp>

namespace azoth {

Cte Cte::restated(sql::SetOperation operation, std::vector<sql::NodePtr> others) const {
    // A part of a set operation that is one itself would get parentheses; it goes on growing instead.
    std::vector<sql::NodePtr> parts{cte_->select};
    parts.insert(parts.end(), others.begin(), others.end());
    auto compound = std::make_shared<const sql::CompoundNode>(operation, std::move(parts));
    return Cte{std::make_shared<const sql::CteNode>(cte_, std::move(compound))};
}

Cte Cte::prefix_with(std::string text, std::string dialect) const {
    auto copy = std::make_shared<sql::CteNode>(*cte_);
    copy->add_fragment(&sql::CteNode::prefixes, 'P', sql::Fragment{std::move(text), std::move(dialect)});
    return Cte{std::move(copy)};
}

Cte Cte::suffix_with(std::string text, std::string dialect) const {
    auto copy = std::make_shared<sql::CteNode>(*cte_);
    copy->add_fragment(&sql::CteNode::suffixes, 'S', sql::Fragment{std::move(text), std::move(dialect)});
    return Cte{std::move(copy)};
}

Values Values::literal_binds() const {
    const auto& v = *values_;
    return Values{std::make_shared<const sql::ValuesNode>(v.columns, v.rows, v.name, true, v.lateral)};
}

Values Values::lateral() const {
    const auto& v = *values_;
    return Values{std::make_shared<const sql::ValuesNode>(v.columns, v.rows, v.name, v.literal_binds, true)};
}

Cte Values::cte(std::string name) const { return Cte{std::make_shared<const sql::CteNode>(node(), std::move(name))}; }

Type Values::column_type(std::size_t position) const {
    return position < values_->columns.size() ? values_->columns[position].type : Type{};
}

Values Values::with_row(std::vector<sql::NodePtr> nodes) const {
    const auto& v = *values_;
    auto rows = v.rows;
    rows.push_back(std::move(nodes));
    return Values{std::make_shared<const sql::ValuesNode>(v.columns, std::move(rows), v.name, v.literal_binds, v.lateral)};
}

TableFunction
TableFunction::with(std::string name, sql::TableFunctionNode::Options options, std::vector<sql::NamedColumn> columns) const {
    return TableFunction{std::make_shared<const sql::TableFunctionNode>(
        function_->function, std::move(columns), std::move(name), options)};
}

TableFunction TableFunction::alias(std::string name) const {
    return with(std::move(name), function_->options, function_->columns);
}

TableFunction TableFunction::lateral(std::string name) const {
    auto options = function_->options;
    options.lateral = true;
    return with(name.empty() ? std::string{function_->name} : std::move(name), options, function_->columns);
}

TableFunction TableFunction::render_derived(std::string name, bool with_types) const {
    auto options = function_->options;
    options.derived = true;
    options.with_types = with_types;
    return with(name.empty() ? std::string{function_->name} : std::move(name), options, function_->columns);
}

TableFunction TableFunction::with_ordinality(std::string column_name) const {
    auto options = function_->options;
    options.ordinality = true;
    auto columns = function_->columns;
    columns.emplace_back(std::move(column_name), Integer{});
    return with(function_->name, options, std::move(columns));
}

namespace detail {

TableFunction make_table_function(sql::NodePtr call, std::vector<sql::NamedColumn> columns, std::string name) {
    return TableFunction{std::make_shared<const sql::TableFunctionNode>(
        std::move(call), std::move(columns), std::move(name), sql::TableFunctionNode::Options{})};
}

} // namespace detail
} // namespace azoth
