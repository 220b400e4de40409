// SPDX-License-Identifier: MIT
// Rendering INSERT, UPDATE, DELETE and text(). Columns stand in the table's order, as SQLAlchemy writes them.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

namespace azoth {

using sql::NodeKind;
using sql::NodePtr;

namespace {

/// SET in the order in which it is written: what is no column first, columns in their table's order.
std::vector<sql::AssignmentPair> in_table_order(const std::vector<sql::AssignmentPair>& assignments) {
    std::vector<sql::AssignmentPair> special;
    std::vector<sql::AssignmentPair> plain;
    for (const auto& pair : assignments) (pair.target ? special : plain).push_back(pair);
    std::ranges::sort(plain, {}, [](const sql::AssignmentPair& pair) { return pair.column->column->position; });
    special.insert(special.end(), plain.begin(), plain.end());
    return special;
}

/// Whether an INSERT takes the column's value from its sequence.
bool uses_sequence(const Dialect& dialect, const schema::ColumnData& column) {
    const auto& features = dialect.features();
    return column.sequence && features.sequences && !(column.sequence->optional && features.sequences_optional);
}

} // namespace

bool Compiler::has_default(const schema::ColumnData& column) const {
    return column.default_ || column.default_expression || uses_sequence(dialect_, column);
}

void Compiler::default_slot(
    const schema::ColumnData& column, const NodePtr& table, const NodePtr& expression, bool of_update) {
    if (expression) {
        const bool inside = std::exchange(in_default_, true);
        grouped(*expression);
        in_default_ = inside;
        return;
    }
    BindSlot slot;
    slot.source = BindSlot::Source::default_;
    slot.type = column.type;
    slot.of_update = of_update;
    slot.column = std::static_pointer_cast<const sql::ColumnNode>(detail::make_column_node(table, column));
    if (!wrapped_slot(slot)) bind_placeholder(slot, nullptr);
}

void Compiler::default_value(const schema::ColumnData& column, const sql::DmlNode& insert) {
    if (!column.default_ && !column.default_expression) visit_next_value(sql::NextValueNode{column.sequence});
    else default_slot(column, insert.table, column.default_expression, false);
}

void Compiler::note_column(std::size_t pending_before, const std::shared_ptr<const sql::ColumnNode>& column) {
    if (pending_.size() == pending_before + 1) pending_.back().slot.column = column;
}

void Compiler::insert_value(const sql::DmlNode&, const InsertColumn& column, const NodePtr& value) {
    if (value) {
        const bool is_bind = value->kind == NodeKind::bind;
        if (has_names_ && is_bind && static_cast<const sql::BindNode&>(*value).name.empty())
            claim_name(column.data->name, 'c');
        const auto before = pending_.size();
        grouped(*value);
        if (is_bind) note_column(before, column.node);
        return;
    }
    if (has_names_) claim_name(column.data->name, 'c');
    BindSlot slot;
    slot.source = BindSlot::Source::row;
    slot.index = column.row_position;
    slot.type = column.data->type;
    slot.column = column.node;
    if (!wrapped_slot(slot)) bind_placeholder(slot, nullptr);
}

bool Compiler::gives_value(const sql::DmlNode& insert, const InsertColumn& column) {
    if (!column.node) return static_cast<bool>(column.data->default_);
    const auto& value = insert.assignments[column.given].value;
    return !value || value->kind == NodeKind::bind;
}

void Compiler::insert_values(const sql::DmlNode& insert) {
    const auto& table = insert.table_data();
    std::unordered_map<const schema::ColumnData*, std::size_t> given;
    std::vector<std::size_t> row_positions;
    std::size_t rows = 0;
    for (std::size_t i = 0; i < insert.assignments.size(); ++i) {
        given.emplace(insert.assignments[i].column->column, i);
        row_positions.push_back(rows);
        if (!insert.assignments[i].value) ++rows;
    }
    std::vector<InsertColumn> columns;
    std::vector<QuotedName> names;
    for (const auto& data : table.columns) {
        const auto found = given.find(&data);
        if (found == given.end() && data.omitted) continue;
        if (found != given.end())
            columns.push_back({&data, insert.assignments[found->second].column, found->second, row_positions[found->second]});
        else if (has_default(data)) columns.push_back({&data, nullptr});
        else continue;
        names.push_back(data.name);
    }
    if (!names.empty()) {
        out_ += ' ';
        column_list(names);
    }
    if (returning_precedes_values()) returning(insert);
    if (names.empty()) {
        out_ += dialect_.features().default_values ? " DEFAULT VALUES" : " () VALUES ()";
        return;
    }
    if (!insert.more_rows.empty()) check_multiple_rows();
    has_more_rows_ = !insert.more_rows.empty();
    out_ += " VALUES ";
    const bool many = scopes_.size() == 1 && records_columns_ && insert.more_rows.empty() && !returned(insert).empty()
        && dialect_.features().insert_many_values && !literal_binds_;
    if (many) mark_values(values_begin_token);
    for (std::size_t row = 0; row <= insert.more_rows.size(); ++row) {
        values_row_ = row;
        out_ += row == 0 ? "(" : ", (";
        bool first = true;
        for (const auto& column : columns) {
            if (!first) out_ += ", ";
            first = false;
            if (!column.node) default_value(*column.data, insert);
            else insert_value(insert, column, row == 0 ? insert.assignments[column.given].value : insert.more_rows[row - 1][column.given]);
        }
        out_ += ')';
    }
    values_row_ = 0;
    if (!many) return;
    mark_values(values_end_token);
    plan_many_values(insert, columns);
}

void Compiler::insert_from_select(const sql::DmlNode& insert, std::size_t start) {
    const auto& source = *insert.from_select;
    std::vector<QuotedName> names;
    for (const auto& column : source.columns) names.push_back(column->name);
    bool adds_defaults = false;
    if (source.include_defaults) {
        for (const auto& data : insert.table_data().columns) {
            const bool given =
                std::ranges::any_of(source.columns, [&](const auto& column) { return column->column == &data; });
            if (given || !has_default(data)) continue;
            names.push_back(data.name);
            adds_defaults = true;
        }
    }
    if (adds_defaults && source.select->kind != NodeKind::select)
        throw CompileError(
            "INSERT … SELECT cannot add the columns that have defaults to this statement; make it a subquery(), or use "
            "from_select() without defaults");
    out_ += ' ';
    column_list(names);
    if (returning_precedes_values()) returning(insert);
    out_ += ' ';
    const auto select_start = out_.size();
    select_defaults_ = adds_defaults ? &insert : nullptr;
    const bool records = std::exchange(records_columns_, false);
    render_rows(*source.select, Place::source, {.shares_with = true});
    records_columns_ = records;
    write_with(cte_follows_insert() ? select_start : start, true);
}

void Compiler::render_insert(const sql::DmlNode& insert) {
    const auto start = out_.size();
    scopes_.push_back({});
    auto outer_hints = std::exchange(hints_, table_hints(insert));
    const auto& parts = insert.parts();
    out_ += "INSERT ";
    if (const auto prefixes = fragments(parts.prefixes); !prefixes.empty()) out_ += prefixes + " ";
    out_ += "INTO ";
    attached_ctes(insert);
    render_from(*insert.table);
    if (insert.from_select) insert_from_select(insert, start);
    else insert_values(insert);
    if (insert.upsert) {
        out_ += ' ';
        render_upsert(insert, *insert.upsert);
    }
    if (!returning_precedes_values()) returning(insert);
    write_with(start, true);
    if (scopes_.size() == 1 && records_columns_ && insert.more_rows.empty() && !insert.from_select) note_primary_key(insert);
    hints_ = std::move(outer_hints);
    scopes_.pop_back();
}

// ---- UPDATE and DELETE --------------------------------------------------------------------------------------------

std::vector<NodePtr> Compiler::extra_froms(const sql::DmlNode& statement) {
    std::vector<NodePtr> froms;
    for (const auto& criterion : statement.where) sql::collect_froms(*criterion, froms);
    for (const auto& pair : statement.assignments)
        if (pair.value) sql::collect_froms(*pair.value, froms);
    std::erase_if(froms, [&](const NodePtr& from) { return sql::contains_from(*statement.table, *from); });
    return froms;
}

void Compiler::add_on_updates(sql::DmlNode& update) const {
    if (!update.fills_in || update.assignments.empty()) return;
    std::unordered_set<const schema::ColumnData*> given;
    for (const auto& pair : update.assignments) {
        given.insert(pair.column->column);
        if (!pair.target || pair.target->kind != NodeKind::tuple) continue;
        for (const auto& item : static_cast<const sql::TupleNode&>(*pair.target).items)
            if (item->kind == NodeKind::column) given.insert(static_cast<const sql::ColumnNode&>(*item).column);
    }
    const auto* target = &update.table;
    while ((*target)->kind == NodeKind::join) target = &static_cast<const sql::JoinNode&>(**target).left;
    std::vector<NodePtr> changed{*target}; // and other tables that SET mentions
    for (const auto& pair : update.assignments) {
        const auto* table = pair.column->from ? sql::table_data(*pair.column->from) : nullptr;
        if (table == nullptr || table == &update.table_data()) continue;
        if (std::ranges::find(changed, pair.column->from) == changed.end()) changed.push_back(pair.column->from);
    }
    for (const auto& from : changed)
        for (const auto& data : sql::table_data(*from)->columns) {
            if ((!data.on_update && !data.on_update_expression) || given.contains(&data)) continue;
            update.assignments.push_back(
                {std::static_pointer_cast<const sql::ColumnNode>(detail::make_column_node(from, data)), nullptr});
        }
}

void Compiler::assignment(
    const sql::DmlNode& update, const sql::AssignmentPair& pair, bool qualified,
    const std::unordered_map<const sql::ColumnNode*, std::size_t>& row_positions) {
    const bool qualify = std::exchange(qualify_, qualified);
    if (pair.target) visit(*pair.target);
    else visit(*pair.column);
    qualify_ = qualify;
    out_ += '=';
    if (pair.value) {
        if (has_names_ && pair.value->kind == NodeKind::bind && static_cast<const sql::BindNode&>(*pair.value).name.empty())
            claim_name(pair.column->name, 'c');
        const auto before = pending_.size();
        grouped(*pair.value);
        if (pair.value->kind == NodeKind::bind && !pair.target) note_column(before, pair.column);
        return;
    }
    const auto position = row_positions.find(pair.column.get());
    if (position != row_positions.end()) {
        insert_value(update, {pair.column->column, pair.column, 0, position->second}, nullptr);
        return;
    }
    const auto& data = *pair.column->column;
    default_slot(data, pair.column->from, data.on_update_expression, true);
}

void Compiler::render_update(const sql::DmlNode& statement) {
    // Without values all columns take theirs from the parameter row.
    sql::DmlNode update{statement};
    if (update.assignments.empty())
        for (const auto& column : sql::columns_of(update.table))
            update.assign({std::static_pointer_cast<const sql::ColumnNode>(column), nullptr});
    std::unordered_map<const sql::ColumnNode*, std::size_t> row_positions;
    for (const auto& pair : update.assignments)
        if (!pair.value) row_positions.emplace(pair.column.get(), row_positions.size());
    add_on_updates(update);

    const auto start = out_.size();
    const auto extra = extra_froms(update);
    std::vector<NodePtr> froms{update.table};
    froms.insert(froms.end(), extra.begin(), extra.end());
    push_scope(froms, false);
    lint("UPDATE", froms, update.where);
    auto outer_hints = std::exchange(hints_, table_hints(update));
    const bool qualify = std::exchange(qualify_, true);
    const auto& parts = update.parts();

    out_ += "UPDATE ";
    if (const auto prefixes = fragments(parts.prefixes); !prefixes.empty()) out_ += prefixes + " ";
    attached_ctes(update);
    render_update_tables(update, extra);
    out_ += " SET ";
    const bool many = !extra.empty() || update.table->kind == NodeKind::join;
    if (update.table->kind == NodeKind::join && !updates_many_tables())
        throw CompileError(std::string{dialect_.name()} + " cannot UPDATE a join");
    auto pairs = update.ordered ? update.assignments : in_table_order(update.assignments);
    // Columns of other tables, where they can be changed at all, stand first.
    const auto is_target = [&](const sql::AssignmentPair& pair) {
        return pair.column->from == update.table || sql::table_data(*pair.column->from) == &update.table_data();
    };
    if (!std::ranges::all_of(pairs, is_target)) {
        for (const auto& pair : pairs)
            if (!is_target(pair) && !(updates_many_tables() && many))
                throw CompileError(
                    "values(): column '" + pair.column->name + "' does not belong to " + sql::describe(*update.table));
        if (!update.ordered) {
            std::vector<sql::AssignmentPair> sorted;
            for (const auto& pair : pairs)
                if (!is_target(pair)) sorted.push_back(pair);
            for (const auto& pair : pairs)
                if (is_target(pair)) sorted.push_back(pair);
            pairs = std::move(sorted);
        }
    }
    bool first = true;
    for (const auto& pair : pairs) {
        if (!first) out_ += ", ";
        first = false;
        assignment(update, pair, many && updates_many_tables(), row_positions);
    }
    if (returning_precedes_values()) returning(update);
    if (!extra.empty()) render_update_from(update, extra);
    conditions(" WHERE ", update.where);
    render_dml_limit(update);
    if (!returning_precedes_values()) returning(update);
    write_with(start);
    qualify_ = qualify;
    hints_ = std::move(outer_hints);
    scopes_.pop_back();
}

void Compiler::render_delete(const sql::DmlNode& statement) {
    const auto start = out_.size();
    const auto extra = extra_froms(statement);
    std::vector<NodePtr> froms{statement.table};
    froms.insert(froms.end(), extra.begin(), extra.end());
    push_scope(froms, false);
    lint("DELETE", froms, statement.where);
    auto outer_hints = std::exchange(hints_, table_hints(statement));
    const bool qualify = std::exchange(qualify_, true);
    const auto& parts = statement.parts();

    out_ += "DELETE ";
    if (const auto prefixes = fragments(parts.prefixes); !prefixes.empty()) out_ += prefixes + " ";
    out_ += "FROM ";
    attached_ctes(statement);
    render_delete_tables(statement, extra);
    conditions(" WHERE ", statement.where);
    render_dml_limit(statement);
    if (!returning_precedes_values()) returning(statement);
    write_with(start);
    qualify_ = qualify;
    hints_ = std::move(outer_hints);
    scopes_.pop_back();
}

void Compiler::render_update_tables(const sql::DmlNode& update, const std::vector<NodePtr>&) { render_from(*update.table); }

void Compiler::render_update_from(const sql::DmlNode&, const std::vector<NodePtr>&) {
    throw CompileError(std::string{dialect_.name()} + " has no UPDATE of one table by another");
}

void Compiler::render_delete_tables(const sql::DmlNode& statement, const std::vector<NodePtr>& extra) {
    if (!extra.empty()) throw CompileError(std::string{dialect_.name()} + " has no DELETE from one table by another");
    render_from(*statement.table);
    if (returning_precedes_values()) returning(statement);
}

void Compiler::render_dml_limit(const sql::DmlNode& statement) {
    if (statement.limit) throw UnsupportedCompilationError(std::string{dialect_.name()} + " has no LIMIT of UPDATE and DELETE");
}

// ---- upserts ------------------------------------------------------------------------------------------------------

void Compiler::render_upsert(const sql::DmlNode&, const sql::UpsertClause&) {
    throw UnsupportedCompilationError(std::string{dialect_.name()} + " has no such INSERT that may change rows instead");
}

void Compiler::render_excluded(const sql::ColumnNode& column) { out_ += "excluded." + dialect_.quote(column.name); }

void Compiler::upsert_assignments(const sql::DmlNode&, const sql::UpsertClause& upsert) {
    const auto pairs = upsert.ordered ? upsert.assignments : in_table_order(upsert.assignments);
    bool first = true;
    for (const auto& pair : pairs) {
        if (!first) out_ += ", ";
        first = false;
        out_ += dialect_.quote(pair.column->name) + " = ";
        grouped(*pair.value);
    }
}

void Compiler::on_conflict(const sql::DmlNode& insert, const sql::UpsertClause& upsert) {
    if (upsert.action == sql::UpsertClause::Action::on_duplicate_key_update)
        throw UnsupportedCompilationError(std::string{dialect_.name()} + " has no ON DUPLICATE KEY UPDATE; use on_conflict_do_update()");
    out_ += "ON CONFLICT";
    const bool schema_qualifies = std::exchange(schema_qualifies_, false);
    if (!upsert.constraint.empty()) {
        out_ += " ON CONSTRAINT " + dialect_.quote(upsert.constraint);
    } else if (!upsert.elements.empty()) {
        const bool qualify = std::exchange(qualify_, false);
        out_ += " (";
        list(upsert.elements);
        out_ += ')';
        conditions(" WHERE ", upsert.index_where);
        qualify_ = qualify;
    }
    if (upsert.action == sql::UpsertClause::Action::do_nothing) {
        out_ += " DO NOTHING";
    } else {
        out_ += " DO UPDATE SET ";
        const bool qualify = std::exchange(qualify_, true);
        upsert_assignments(insert, upsert);
        conditions(" WHERE ", upsert.where);
        qualify_ = qualify;
    }
    schema_qualifies_ = schema_qualifies;
}

void Compiler::returning(const sql::DmlNode& dml) {
    if (!dml.returning.empty()) {
        compiled_.returns_rows = compiled_.returns_rows || records_columns_;
        render_returning(dml);
        return;
    }
    auto columns = fetched(dml);
    if (columns.empty()) return;
    compiled_.fetches = true;
    sql::DmlNode with{dml};
    with.returning = std::move(columns);
    render_returning(with);
}

void Compiler::render_returning(const sql::DmlNode& dml) {
    out_ += " RETURNING ";
    const bool qualified = std::exchange(qualify_, qualifies_returning());
    returned_columns(dml.returning, true);
    qualify_ = qualified;
}

std::size_t Compiler::returned_columns(const std::vector<sql::NodePtr>& columns, bool labelled) {
    select_columns(sql::expand_entities(columns), Place::top, sql::LabelStyle::disambiguate_only, labelled);
    return columns.size();
}

void Compiler::render_text(const sql::TextNode& text) {
    for (std::size_t i = 0; i < text.names.size(); ++i) {
        raw(text.pieces[i]);
        const auto& value = std::ranges::find(text.binds, text.names[i], [](const auto& bind) { return bind.first; })->second;
        if (names_parameters_) parameter_names_.try_emplace(value.get(), text.names[i]);
        visit(*value);
    }
    raw(text.pieces.back());
}

} // namespace azoth
