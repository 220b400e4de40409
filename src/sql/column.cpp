// SPDX-License-Identifier: MIT
// Table handles as FROM elements and their columns as expressions.
#include <azoth/sql/column.hpp>

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/from.hpp>

#include <azoth/error.hpp>

#include <memory>
#include <utility>

#include "schema/foreign_types.hpp"

namespace azoth {

namespace {

/// What the handles of one table own together; statements own the table's data alone. Expressions in indexes and checks name
/// the table's own columns, whose nodes own the data in turn: with the last handle, when no DDL can be asked for any
/// more, they go.
struct OwnedTable {
    explicit OwnedTable(std::shared_ptr<schema::TableData> table) : data(std::move(table)) {}
    OwnedTable(const OwnedTable&) = delete;
    OwnedTable& operator=(const OwnedTable&) = delete;
    ~OwnedTable() {
        if (data->foreign_types) data->foreign_types->destroyed(*data);
        data->foreign_types.reset();
        data->indexes.clear();
        data->checks.clear();
        data->excludes.clear();
        data->attached.clear();
        for (auto& column : data->columns) {
            column.checks.clear();
            if (!column.computed || !column.computed->expression) continue;
            auto without = std::make_shared<schema::ComputedData>(*column.computed);
            without->expression.reset();
            column.computed = std::move(without);
        }
    }

    std::shared_ptr<schema::TableData> data;
};

std::shared_ptr<schema::TableData> own(const std::shared_ptr<schema::TableData>& data) {
    return {std::make_shared<OwnedTable>(data), data.get()};
}

} // namespace

Table::Table(QuotedName name, MetaData& metadata, QuotedName schema)
    : Table(std::make_shared<schema::TableData>(
          std::move(name), schema.empty() ? QuotedName{metadata.schema()} : std::move(schema))) {
    metadata.add(*this);
}

Table::Table(QuotedName name, MetaData& metadata, schema::Redeclare existing, QuotedName schema)
    : Table([&] {
          const QuotedName place = schema.empty() ? QuotedName{metadata.schema()} : schema;
          if (const auto* found = metadata.find(name, place)) {
              if (existing != schema::Redeclare::refuse) return *found;
          } else if (existing == schema::Redeclare::must_exist) {
              throw InvalidRequestError("table '" + name + "' is not defined for this MetaData, but must be");
          }
          return Table{std::move(name), metadata, place};
      }()) {
    // What was not there before is declared as always.
    const bool is_new = data_->columns.empty();
    existing_ = is_new ? schema::Redeclare::refuse : existing;
}

schema::PrimaryKeyData Table::primary_key_constraint() const {
    auto key = data_->primary_key_constraint;
    if (key.columns.empty())
        for (const auto* column : data_->primary_key()) key.columns.push_back(column->name);
    return key;
}

Table::Table(std::shared_ptr<schema::TableData> data)
    : data_(own(data)), node_(std::make_shared<sql::TableNode>(std::move(data))) {}

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

namespace {

std::vector<ColumnRef> refs(const std::vector<sql::NodePtr>& nodes) {
    std::vector<ColumnRef> columns;
    columns.reserve(nodes.size());
    for (const auto& node : nodes) columns.emplace_back(std::static_pointer_cast<const sql::ColumnNode>(node));
    return columns;
}

} // namespace

std::vector<ColumnRef> Table::columns() const { return refs(sql::columns_of(node_)); }
std::vector<ColumnRef> FromClause::columns() const { return refs(sql::columns_of(node_)); }

void Table::rebind(sql::NodePtr node) {
    node_ = std::move(node);
    // Typed columns lie at fixed offsets from this subobject, in every copy of the class.
    for (const auto offset : column_offsets_)
        reinterpret_cast<detail::ColumnBase*>(reinterpret_cast<char*>(this) + offset)->rebind(node_);
}

namespace detail {

void add_light_column(schema::TableData& table, const sql::NodePtr& column) {
    if (column->kind != sql::NodeKind::column) throw ArgumentError("table() takes names and columns, as column<int>(\"x\")");
    const auto& node = static_cast<const sql::ColumnNode&>(*column);
    table.add_column(node.name, node.type);
}

namespace {
/// A handle on the table of a node, for a moment.
Table borrowed(const sql::NodePtr& table) {
    const auto& data = static_cast<const sql::TableNode&>(*table).table;
    return TableAccess{std::const_pointer_cast<schema::TableData>(data), table};
}
} // namespace

Table table_of(const sql::NodePtr& column) {
    const auto& node = static_cast<const sql::ColumnNode&>(*column);
    if (!node.from || node.from->kind != sql::NodeKind::table)
        throw ArgumentError("column '" + node.name + "' is no table's: a constraint needs columns of a table");
    return borrowed(node.from);
}

Table only_table_of(const sql::NodePtr& expression) {
    std::vector<sql::NodePtr> froms;
    sql::collect_froms(*expression, froms);
    if (froms.size() != 1 || froms.front()->kind != sql::NodeKind::table)
        throw ArgumentError("a constraint without a table is about the columns of one table");
    return borrowed(froms.front());
}

void check_owner(const Table& table, const sql::NodePtr& column) {
    if (sql::table_data(*static_cast<const sql::ColumnNode&>(*column).from) != &table.data())
        throw ArgumentError(
            "column '" + static_cast<const sql::ColumnNode&>(*column).name + "' is not part of table '" + table.name() + "'");
}

sql::NodePtr make_column_node(const sql::NodePtr& from, const schema::ColumnData& data) {
    return std::make_shared<sql::ColumnNode>(from, data.name, data.type, &data, nullptr, data.key);
}

void ColumnBase::rebind(const sql::NodePtr& from) {
    const auto& column = *static_cast<const sql::ColumnNode&>(*node_).column;
    const auto* table = sql::table_data(*from);
    const bool of_copy = table != nullptr && table != column.table; // to_metadata()
    node_ = make_column_node(from, of_copy ? table->columns[column.position] : column);
}

Join make_join(const sql::NodePtr& left, const sql::NodePtr& right, sql::NodePtr on, sql::JoinKind how) {
    if (!on) on = sql::foreign_key_condition(left, right);
    return Join{std::make_shared<sql::JoinNode>(left, right, std::move(on), how)};
}

std::shared_ptr<const sql::ColumnNode> target_column(const sql::NodePtr& node) {
    const auto* found = &node;
    while ((*found)->kind != sql::NodeKind::column) {
        if ((*found)->kind != sql::NodeKind::binary) throw ArgumentError("values(): only columns and their elements can be set");
        found = &static_cast<const sql::BinaryNode&>(**found).left;
    }
    return std::static_pointer_cast<const sql::ColumnNode>(*found);
}

} // namespace detail
} // namespace azoth
