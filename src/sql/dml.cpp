// SPDX-License-Identifier: MIT
// The untyped part of building INSERT, UPDATE and DELETE: whose columns they take, rows, INSERT … SELECT.
#include <azoth/sql/dml.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth::detail {

namespace {

/// A table, or a table under another name.
bool is_table(const sql::Node& node) {
    return node.kind == sql::NodeKind::table
        || (node.kind == sql::NodeKind::alias && static_cast<const sql::AliasNode&>(node).element->kind == sql::NodeKind::table);
}

std::vector<std::shared_ptr<const sql::ColumnNode>> all_columns(const sql::NodePtr& table) {
    std::vector<std::shared_ptr<const sql::ColumnNode>> columns;
    for (const auto& column : sql::columns_of(table))
        columns.push_back(std::static_pointer_cast<const sql::ColumnNode>(column));
    return columns;
}

} // namespace

sql::DmlNode& DmlBase::own() {
    if (node_.use_count() != 1) node_ = std::make_shared<sql::DmlNode>(*node_);
    return *node_;
}

DmlBase::DmlBase(sql::NodeKind kind, const sql::NodePtr& table) {
    const bool allowed = kind == sql::NodeKind::insert ? table->kind == sql::NodeKind::table
                                                       : is_table(*table)
            || (kind == sql::NodeKind::update && table->kind == sql::NodeKind::join);
    if (!allowed) throw ArgumentError("INSERT, UPDATE and DELETE take a table, not " + sql::describe(*table));
    node_ = std::make_shared<sql::DmlNode>(kind, table);
}

void DmlBase::assign(const Assignment& assignment) {
    if (node_->kind == sql::NodeKind::insert && assignment.column->from != node_->table)
        throw ArgumentError(
            "values(): column '" + assignment.column->name + "' does not belong to " + sql::describe(*node_->table));
    own().assign({assignment.column, assignment.value, assignment.target});
}

void DmlBase::assign_from_row(const std::shared_ptr<const sql::ColumnNode>& column) { assign(Assignment{column, nullptr}); }

void DmlBase::add_row(const std::vector<Assignment>& row) {
    if (node_->assignments.empty()) {
        for (const auto& assignment : row) assign(assignment);
        return;
    }
    std::vector<sql::NodePtr> values;
    for (const auto& pair : node_->assignments) {
        const auto found = std::ranges::find(row, pair.column->name, [](const Assignment& a) { return a.column->name; });
        if (found == row.end()) throw ArgumentError("row(): it has no value for the column '" + pair.column->name + "' of the first row");
        values.push_back(found->value);
    }
    if (values.size() != row.size())
        throw ArgumentError("row(): it has values for columns that the first row does not have");
    own().add_row(std::move(values));
}

void DmlBase::add_values(std::vector<Value> row) {
    auto& statement = own();
    if (statement.assignments.empty())
        for (const auto& column : all_columns(statement.table)) statement.assign({column, nullptr});
    if (row.size() != statement.assignments.size())
        throw ArgumentError(
            "rows(): a row has " + std::to_string(row.size()) + " values for " + std::to_string(statement.assignments.size())
            + " columns");
    std::vector<sql::NodePtr> values;
    for (std::size_t i = 0; i < row.size(); ++i)
        values.push_back(sql::make_bind(std::move(row[i]), statement.assignments[i].column->type));
    const bool first = std::ranges::none_of(statement.assignments, [](const auto& pair) { return pair.value != nullptr; });
    if (!first) {
        statement.add_row(std::move(values));
        return;
    }
    for (std::size_t i = 0; i < values.size(); ++i)
        statement.assign({statement.assignments[i].column, std::move(values[i])});
}

void DmlBase::set_from_select(sql::NodePtr select, bool include_defaults) {
    auto& statement = own();
    std::vector<std::shared_ptr<const sql::ColumnNode>> columns;
    for (const auto& pair : statement.assignments) columns.push_back(pair.column);
    if (columns.empty()) columns = all_columns(statement.table);
    statement.assignments.clear();
    statement.set_from_select({std::move(columns), std::move(select), include_defaults});
}

void DmlBase::upsert(sql::UpsertClause clause) { own().set_upsert(std::move(clause)); }

void DmlBase::return_defaults(std::vector<sql::NodePtr> columns) {
    if (!node_->returning.empty()) throw ArgumentError("a statement has either returning() or return_defaults()");
    auto wanted = node_->return_defaults ? *node_->return_defaults : sql::ReturnDefaults{};
    wanted.columns.insert(wanted.columns.end(), columns.begin(), columns.end());
    own().set_return_defaults(std::move(wanted));
}

void DmlBase::supplemental(std::vector<sql::NodePtr> columns) {
    auto wanted = node_->return_defaults ? *node_->return_defaults : sql::ReturnDefaults{};
    wanted.supplemental.insert(wanted.supplemental.end(), columns.begin(), columns.end());
    own().set_return_defaults(std::move(wanted));
}

void DmlBase::limit_rows(std::int64_t rows) {
    own().set_limit(sql::make_bind(TypeTraits<std::int64_t>::value(rows), Integer{}));
}

} // namespace azoth::detail
