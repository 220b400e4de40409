// SPDX-License-Identifier: MIT
// What INSERT and UPDATE bring back although nobody asked for rows: keys and defaults that the database makes.
#include <algorithm>
#include <vector>

#include <azoth/compiler/compiler.hpp>
#include <azoth/dialect/dialect.hpp>

namespace azoth {

using sql::NodeKind;
using sql::NodePtr;

namespace {

const sql::AssignmentPair* assignment_of(const sql::DmlNode& dml, const schema::ColumnData& column) {
    const auto found = std::ranges::find(dml.assignments, &column, [](const auto& pair) { return pair.column->column; });
    return found == dml.assignments.end() ? nullptr : &*found;
}

bool is_sql(const NodePtr& value) { return value && value->kind != NodeKind::bind; }

/// Whether the database, and not the program, makes the value of a column that is inserted.
bool made_on_insert(const sql::DmlNode& insert, const schema::ColumnData& column) {
    if (const auto* pair = assignment_of(insert, column)) return is_sql(pair->value);
    if (column.default_) return false;
    return column.default_expression || column.server_default || column.fetched || column.computed || column.identity
        || column.sequence || &column == insert.table_data().autoincrement_column();
}

bool made_on_update(const sql::DmlNode& update, const schema::ColumnData& column) {
    if (const auto* pair = assignment_of(update, column)) return is_sql(pair->value);
    return column.fetched_on_update || column.on_update_expression || column.computed;
}

void add(std::vector<NodePtr>& columns, const NodePtr& column) {
    const auto same = [&](const NodePtr& other) {
        return other->kind == NodeKind::column && column->kind == NodeKind::column
            && static_cast<const sql::ColumnNode&>(*other).column == static_cast<const sql::ColumnNode&>(*column).column;
    };
    if (std::ranges::none_of(columns, same)) columns.push_back(column);
}

} // namespace

std::vector<NodePtr> Compiler::fetched(const sql::DmlNode& dml) const {
    const bool is_insert = dml.kind == NodeKind::insert;
    const auto& features = dialect_.features();
    if (scopes_.size() != 1 || !records_columns_ || literal_binds_ || dml.from_select || !dml.more_rows.empty()
        || (!is_insert && dml.kind != NodeKind::update) || dml.table->kind == NodeKind::join)
        return {};
    const auto& table = dml.table_data();
    if (!table.implicit_returning || !(is_insert ? features.insert_returning : features.update_returning)) return {};
    std::vector<NodePtr> columns;
    const auto key = table.primary_key();
    if (is_insert && !dml.is_inline && (binds_.fetches_key || dml.return_defaults)) {
        for (const auto* column : key)
            if (made_on_insert(dml, *column)) columns.push_back(detail::make_column_node(dml.table, *column));
        // The driver tells it anyway.
        const bool told = features.last_insert_id && columns.size() == 1
            && static_cast<const sql::ColumnNode&>(*columns.front()).column == table.autoincrement_column()
            && assignment_of(dml, *table.autoincrement_column()) == nullptr;
        if (told && !dml.return_defaults) return {};
    }
    if (!dml.return_defaults) return columns;
    for (const auto& column : table.columns) {
        if (!(is_insert ? made_on_insert(dml, column) : made_on_update(dml, column))) continue;
        const auto& wanted = dml.return_defaults->columns;
        const bool is_wanted = wanted.empty() || std::ranges::any_of(wanted, [&](const NodePtr& node) {
            return node->kind == NodeKind::column && static_cast<const sql::ColumnNode&>(*node).column == &column;
        });
        if (is_wanted) add(columns, detail::make_column_node(dml.table, column));
    }
    for (const auto& column : dml.return_defaults->supplemental) add(columns, column);
    return columns;
}

std::vector<NodePtr> Compiler::returned(const sql::DmlNode& dml) const {
    return dml.returning.empty() ? fetched(dml) : dml.returning;
}

void Compiler::note_primary_key(const sql::DmlNode& insert) {
    const auto columns = sql::expand_entities(returned(insert));
    for (const auto* column : insert.table_data().primary_key()) {
        Compiled::KeySource source;
        const auto slot = std::ranges::find_if(
            pending_, [&](const Pending& pending) { return pending.slot.column && pending.slot.column->column == column; });
        const auto at = std::ranges::find_if(columns, [&](const NodePtr& node) {
            return node->kind == NodeKind::column && static_cast<const sql::ColumnNode&>(*node).column == column;
        });
        if (slot != pending_.end()) {
            source.from = Compiled::KeySource::From::slot;
            source.index = static_cast<std::size_t>(slot - pending_.begin()); // the place in the text is not known yet
        } else if (at != columns.end()) {
            source.from = Compiled::KeySource::From::returned;
            source.index = static_cast<std::size_t>(at - columns.begin());
        } else if (column == insert.table_data().autoincrement_column() && dialect_.features().last_insert_id) {
            source.from = Compiled::KeySource::From::last_insert_id;
        }
        compiled_.primary_key.push_back(source);
    }
}

} // namespace azoth
