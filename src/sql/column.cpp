// SPDX-License-Identifier: MIT
// Table handles as FROM elements and their columns as expressions.
#include <azoth/sql/column.hpp>

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/from.hpp>

#include <azoth/error.hpp>

namespace azoth {

Table::Table(std::string name, MetaData& metadata, std::string schema)
    : Table(std::make_shared<schema::TableData>(std::move(name), schema.empty() ? metadata.schema() : std::move(schema))) {
    metadata.add(*this);
}

Table::Table(std::shared_ptr<schema::TableData> data)
    : data_(std::move(data)), node_(std::make_shared<sql::TableNode>(data_)) {}

Table& Table::comment(std::string text) {
    data_->comment = std::move(text);
    return *this;
}

Table& Table::prefix(std::string word) {
    data_->prefixes.push_back(std::move(word));
    return *this;
}

Table& Table::option(const schema::DialectOption& option) {
    data_->options.set(option.name, option.value);
    return *this;
}

sql::NodePtr schema::column_node(const Table& table, std::string_view name) {
    return sql::column_of(table.node(), name);
}

ColumnRef Table::c(std::string_view column_name) const { return ColumnRef{sql::column_of(node_, column_name)}; }

std::vector<ColumnRef> Table::columns() const {
    std::vector<ColumnRef> columns;
    for (const auto& node : sql::columns_of(node_))
        columns.emplace_back(std::static_pointer_cast<const sql::ColumnNode>(node));
    return columns;
}

void Table::rebind(sql::NodePtr node) {
    node_ = std::move(node);
    // Typed columns lie at fixed offsets from this subobject, in every copy of the class.
    for (const auto offset : column_offsets_)
        reinterpret_cast<detail::ColumnBase*>(reinterpret_cast<char*>(this) + offset)->rebind(node_);
}

namespace detail {

sql::NodePtr make_column_node(const sql::NodePtr& from, const schema::ColumnData& data) {
    return std::make_shared<sql::ColumnNode>(from, data.name, data.type, &data);
}

void ColumnBase::rebind(const sql::NodePtr& from) {
    node_ = make_column_node(from, *static_cast<const sql::ColumnNode&>(*node_).column);
}

DmlBase::DmlBase(sql::NodeKind kind, const sql::NodePtr& table) {
    if (table->kind != sql::NodeKind::table)
        throw ArgumentError("INSERT, UPDATE and DELETE take a table, not " + sql::describe(*table));
    node_ = std::make_shared<sql::DmlNode>(kind, table);
}

void DmlBase::assign(const Assignment& assignment) {
    if (assignment.column->from != node_->table)
        throw ArgumentError(
            "values(): column '" + assignment.column->name + "' does not belong to " + sql::describe(*node_->table));
    own().assign({assignment.column, assignment.value});
}

void DmlBase::assign_from_row(const std::shared_ptr<const sql::ColumnNode>& column) {
    assign(Assignment{column, nullptr});
}

} // namespace detail
} // namespace azoth
