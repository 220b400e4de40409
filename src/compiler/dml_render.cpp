// SPDX-License-Identifier: MIT
// Rendering INSERT, UPDATE, DELETE and text(). Columns stand in the table's order, as SQLAlchemy writes them.
#include <algorithm>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

#include "compiler/compiler.hpp"
#include "dialect/base.hpp"

namespace azoth {

namespace {

std::vector<sql::AssignmentPair> in_table_order(const sql::DmlNode& dml) {
    auto pairs = dml.assignments;
    std::ranges::sort(pairs, {}, [](const sql::AssignmentPair& pair) { return pair.column->column->position; });
    return pairs;
}

/// The position of a column's value in the parameter row: rows follow the order of `columns()`.
std::size_t row_position(const sql::DmlNode& dml, const sql::ColumnNode& column) {
    std::size_t position = 0;
    for (const auto& pair : dml.assignments) {
        if (pair.column.get() == &column) break;
        if (!pair.value) ++position;
    }
    return position;
}

} // namespace

void Compiler::assignments_of_insert(const sql::DmlNode& insert) {
    const auto& table = insert.table_data();
    std::string columns;
    auto values_before = std::exchange(out_, {});
    const auto begin_column = [&](const std::string& name) {
        if (!columns.empty()) {
            columns += ", ";
            out_ += ", ";
        }
        columns += dialect_.quote(name);
    };

    const auto assigned = in_table_order(insert);
    auto next = assigned.begin();
    for (const auto& data : table.columns) {
        if (next != assigned.end() && next->column->column == &data) {
            begin_column(data.name);
            if (next->value) {
                grouped(*next->value);
            } else {
                BindSlot slot;
                slot.source = BindSlot::Source::row;
                slot.index = row_position(insert, *next->column);
                slot.type = data.type;
                slot.column = next->column;
                bind_placeholder(slot, nullptr);
            }
            ++next;
        } else if (data.default_) {
            begin_column(data.name);
            BindSlot slot;
            slot.source = BindSlot::Source::default_;
            slot.type = data.type;
            slot.column = sql::column_of(insert.table, data.name);
            bind_placeholder(slot, nullptr);
        }
    }
    auto values = std::exchange(out_, std::move(values_before));
    if (!columns.empty()) out_ += " (" + columns + ")";
    if (returning_precedes_values()) returning(insert);
    if (columns.empty()) out_ += dialect_.features().default_values ? " DEFAULT VALUES" : " () VALUES ()";
    else out_ += " VALUES (" + values + ")";
}

void Compiler::render_insert(const sql::DmlNode& insert) {
    const auto& table = insert.table_data();
    out_ += "INSERT INTO " + quote_table(dialect_, table.schema, table.name);
    assignments_of_insert(insert);
    if (!returning_precedes_values()) returning(insert);
}

void Compiler::render_update(const sql::DmlNode& update) {
    const auto& table = update.table_data();
    if (update.assignments.empty())
        throw CompileError("UPDATE of table '" + table.full_name() + "' changes nothing: give it values()");
    correlated_.push_back({update.table.get()});
    out_ += "UPDATE " + quote_table(dialect_, table.schema, table.name) + " SET ";
    bool first = true;
    for (const auto& pair : in_table_order(update)) {
        if (!first) out_ += ", ";
        first = false;
        out_ += dialect_.quote(pair.column->name) + "=";
        grouped(*pair.value);
    }
    if (returning_precedes_values()) returning(update);
    conditions(" WHERE ", update.where);
    correlated_.pop_back();
    if (!returning_precedes_values()) returning(update);
}

void Compiler::render_delete(const sql::DmlNode& delete_statement) {
    const auto& table = delete_statement.table_data();
    correlated_.push_back({delete_statement.table.get()});
    out_ += "DELETE FROM " + quote_table(dialect_, table.schema, table.name);
    if (returning_precedes_values()) returning(delete_statement);
    conditions(" WHERE ", delete_statement.where);
    correlated_.pop_back();
    if (!returning_precedes_values()) returning(delete_statement);
}

void Compiler::returning(const sql::DmlNode& dml) {
    if (dml.returning.empty()) return;
    compiled_.returns_rows = true;
    render_returning(dml);
}

void Compiler::render_returning(const sql::DmlNode& dml) {
    out_ += " RETURNING ";
    const bool qualified = std::exchange(qualify_, qualifies_returning());
    returned_columns(dml.returning, true);
    qualify_ = qualified;
}

std::size_t Compiler::returned_columns(const std::vector<sql::NodePtr>& columns, bool labelled) {
    select_columns(columns, Place::top, true, labelled);
    return compiled_.columns.size();
}

void Compiler::render_text(const sql::TextNode& text) {
    for (std::size_t i = 0; i < text.names.size(); ++i) {
        raw(text.pieces[i]);
        const auto bound = std::ranges::find(text.binds, text.names[i], [](const auto& bind) { return bind.first; });
        if (bound == text.binds.end())
            throw CompileError("text(): the parameter :" + text.names[i] + " has no value; give it one with bind()");
        visit(*bound->second);
    }
    raw(text.pieces.back());
}

} // namespace azoth
