// SPDX-License-Identifier: MIT
// Rendering SELECT and set operations: which FROM elements there are, correlation, ordering, limits, locks.
#include <algorithm>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

#include "compiler/from_linter.hpp"
#include "compiler/grouping.hpp"

namespace azoth {

using sql::NodeKind;
using sql::NodePtr;

namespace {

/// A FROM element and, of a join, all its sides.
void flatten_into(const sql::Node& from, std::vector<const sql::Node*>& elements) {
    elements.push_back(&from);
    if (from.kind != NodeKind::join) return;
    const auto& join = static_cast<const sql::JoinNode&>(from);
    flatten_into(*join.left, elements);
    flatten_into(*join.right, elements);
}

bool has(const std::vector<const sql::Node*>& elements, const sql::Node* element) {
    return std::ranges::find(elements, element) != elements.end();
}
bool has(const std::vector<NodePtr>& elements, const sql::Node* element) {
    return std::ranges::find(elements, element, [](const NodePtr& e) { return e.get(); }) != elements.end();
}

/// A part of a set operation that needs parentheses: one with an order or a limit, or another set operation.
bool needs_group(const sql::Node& part) {
    if (part.kind == NodeKind::compound) return true;
    if (part.kind != NodeKind::select) return false;
    const auto& select = static_cast<const sql::SelectNode&>(part);
    return !select.order_by.empty() || select.limit || select.offset || select.fetch;
}

std::size_t column_count(const sql::Node& rows) {
    if (rows.kind != NodeKind::select) return 0;
    return sql::expand_entities(static_cast<const sql::SelectNode&>(rows).columns).size();
}

} // namespace

std::vector<NodePtr> Compiler::from_list(const sql::SelectNode& select, Place place, bool lateral) const {
    auto shown = sql::final_froms(select);
    if (scopes_.empty()) return shown;

    // A subquery refers to what it was told to of the statements around it, one in FROM not to its neighbours.
    const auto& outer = scopes_.back();
    const auto& parts = select.select_parts();
    const bool in_from = place == Place::from_element && !lateral;
    const auto visible = [&](const sql::Node* from) { return has(outer.all, from) && !(in_from && has(outer.nearest, from)); };
    if (parts.correlate)
        std::erase_if(shown, [&](const NodePtr& f) { return visible(f.get()) && has(*parts.correlate, f.get()); });
    if (parts.correlate_except)
        std::erase_if(shown, [&](const NodePtr& f) { return visible(f.get()) && !has(*parts.correlate_except, f.get()); });
    // Told nothing, one in an expression refers to the FROM elements right around it instead of listing them.
    if (!parts.correlate && !parts.correlate_except && !in_from && shown.size() > 1) {
        std::erase_if(shown, [&](const NodePtr& from) { return has(outer.nearest, from.get()); });
        if (shown.empty())
            throw CompileError(
                "a subquery has no FROM element of its own left: all of them belong to the enclosing SELECT; "
                "say with correlate() which do");
    }
    return shown;
}

void Compiler::lint(std::string_view verb, const std::vector<NodePtr>& froms, const std::vector<NodePtr>& criteria) {
    if (!binds_.lint) return;
    if (auto warning = cartesian_warning(verb, froms, criteria); !warning.empty())
        compiled_.warnings.push_back(std::move(warning));
}

void Compiler::push_scope(const std::vector<NodePtr>& froms, bool sees_outside) {
    Scope scope;
    for (const auto& from : froms) flatten_into(*from, scope.nearest);
    scope.all = scope.nearest;
    if (sees_outside && !scopes_.empty())
        scope.all.insert(scope.all.end(), scopes_.back().all.begin(), scopes_.back().all.end());
    scopes_.push_back(std::move(scope));
}

void Compiler::render_rows(const sql::Node& rows, Place place, Embedding embedding) {
    switch (rows.kind) {
    case NodeKind::select: render_select(static_cast<const sql::SelectNode&>(rows), place, embedding); return;
    case NodeKind::compound: render_compound(static_cast<const sql::CompoundNode&>(rows), place, embedding); return;
    case NodeKind::values: render_values(static_cast<const sql::ValuesNode&>(rows)); return;
    case NodeKind::textual_select: visit(*static_cast<const sql::TextualSelectNode&>(rows).text); return;
    case NodeKind::insert: render_insert(static_cast<const sql::DmlNode&>(rows)); return;
    case NodeKind::update: render_update(static_cast<const sql::DmlNode&>(rows)); return;
    case NodeKind::delete_: render_delete(static_cast<const sql::DmlNode&>(rows)); return;
    default: throw CompileError("only a statement that returns rows can be a subquery, not " + sql::describe(rows));
    }
}

void Compiler::render_select(const sql::SelectNode& select, Place place, Embedding embedding) {
    const auto start = out_.size();
    const bool toplevel = scopes_.empty();
    const auto froms = from_list(select, place, embedding.lateral);
    push_scope(froms, true);
    lint("SELECT", froms, select.where);
    const bool qualified = std::exchange(qualify_, true);
    auto outer_hints = std::exchange(hints_, table_hints(select));
    const auto& parts = select.parts();

    out_ += "SELECT ";
    render_select_hint(select);
    attached_ctes(select);
    if (const auto prefixes = fragments(parts.prefixes); !prefixes.empty()) out_ += prefixes + " ";
    render_precolumns(select);
    const auto columns = sql::expand_entities(select.columns);
    if (!columns.empty()) select_columns(columns, place, select.select_parts().label_style);
    else if (place == Place::expression) out_ += '*';
    else out_.pop_back();
    if (const auto* insert = std::exchange(select_defaults_, nullptr)) {
        for (const auto& data : insert->table_data().columns) {
            const bool given = std::ranges::any_of(
                insert->from_select->columns, [&](const auto& column) { return column->column == &data; });
            if (given || !has_default(data)) continue;
            out_ += ", ";
            default_value(data, *insert);
            const auto* expression = data.default_expression.get();
            if (expression != nullptr && (expression->kind == NodeKind::literal_column || expression->kind == NodeKind::text)) continue;
            std::string name = "anon";
            if (expression == nullptr) name = data.default_ ? "anon" : "next_value";
            else if (expression->kind == NodeKind::function) name = sql::output_name(*expression).first;
            out_ += " AS " + dialect_.quote(truncated(anonymous(name)));
        }
    }
    if (!froms.empty()) {
        out_ += " FROM ";
        from_elements(froms);
    } else {
        render_default_from(select);
    }
    conditions(" WHERE ", select.where);
    if (!select.group_by.empty()) {
        out_ += " GROUP BY ";
        bool first = true;
        for (const auto& node : select.group_by) {
            if (!first) out_ += ", ";
            first = false;
            if (node->kind == NodeKind::label_reference) order_item(*node, columns, false);
            else operand(*node, sql::Operator::comma);
        }
    }
    conditions(" HAVING ", select.having);
    render_tail(select);
    if (select.for_update) render_for_update(select);
    if (const auto hints = fragments(parts.hints); !hints.empty()) out_ += " " + hints;
    if (!embedding.shares_with || toplevel) write_with(start);
    if (const auto suffixes = fragments(parts.suffixes); !suffixes.empty()) out_ += " " + suffixes;

    hints_ = std::move(outer_hints);
    qualify_ = qualified;
    scopes_.pop_back();
}

void Compiler::render_compound(const sql::CompoundNode& compound, Place place, Embedding) {
    const auto start = out_.size();
    scopes_.push_back(scopes_.empty() ? Scope{} : scopes_.back());
    attached_ctes(compound);

    const bool records = records_columns_;
    const auto expected = column_count(first_select(compound));
    bool first = true;
    for (const auto& part : compound.selects) {
        if (column_count(first_select(*part)) != expected)
            throw CompileError("all parts of a set operation must have the same number of columns");
        if (!first) (out_ += ' ').append(set_operation_word(compound.operation)) += ' ';
        records_columns_ = records && first;
        const bool group = needs_group(*part);
        if (group) out_ += part_opening();
        render_rows(*part, place, {.shares_with = true});
        if (group) out_ += ')';
        first = false;
    }
    records_columns_ = records;

    const bool qualified = std::exchange(qualify_, false);
    if (!compound.group_by.empty()) {
        const auto columns = sql::expand_entities(static_cast<const sql::SelectNode&>(first_select(compound)).columns);
        out_ += " GROUP BY ";
        first = true;
        for (const auto& node : compound.group_by) {
            if (!first) out_ += ", ";
            first = false;
            order_item(*node, columns, true);
        }
    }
    render_tail(compound);
    qualify_ = qualified;
    write_with(start, true);
    if (const auto suffixes = fragments(compound.parts().suffixes); !suffixes.empty()) out_ += " " + suffixes;
    scopes_.pop_back();
}

std::string_view Compiler::set_operation_word(sql::SetOperation operation) const {
    switch (operation) {
    case sql::SetOperation::union_: return "UNION";
    case sql::SetOperation::union_all: return "UNION ALL";
    case sql::SetOperation::except: return "EXCEPT";
    case sql::SetOperation::except_all: return "EXCEPT ALL";
    case sql::SetOperation::intersect: return "INTERSECT";
    case sql::SetOperation::intersect_all: return "INTERSECT ALL";
    }
    return "UNION";
}

const sql::Node& Compiler::first_select(const sql::Node& rows) {
    const auto* first = &rows;
    while (first->kind == NodeKind::compound) first = static_cast<const sql::CompoundNode&>(*first).selects.front().get();
    return *first;
}

void Compiler::render_values(const sql::ValuesNode& values) {
    out_ += "VALUES ";
    const bool literal_binds = std::exchange(literal_binds_, literal_binds_ || values.literal_binds);
    bool first = true;
    for (const auto& row : values.rows) {
        if (!first) out_ += ", ";
        first = false;
        out_ += '(';
        list(row);
        out_ += ')';
    }
    literal_binds_ = literal_binds;
}

std::string Compiler::fragments(const std::vector<sql::Fragment>& all) const {
    std::string text;
    for (const auto& fragment : all) {
        if (!fragment.dialect.empty() && fragment.dialect != "*" && fragment.dialect != dialect_.name()) continue;
        if (fragment.text.find('\0') != std::string::npos) throw CompileError("SQL text must not contain a NUL character");
        if (!text.empty()) text += ' ';
        text += fragment.text;
    }
    return text;
}

// ---- what stands behind the rows ------------------------------------------------------------------------------------

void Compiler::render_precolumns(const sql::SelectNode& select) {
    if (!select.select_parts().distinct_on.empty())
        throw UnsupportedCompilationError(std::string{dialect_.name()} + " has no DISTINCT ON");
    if (select.distinct) out_ += "DISTINCT ";
}

void Compiler::render_tail(const sql::GenerativeSelectNode& select) {
    render_order_by(select);
    if (select.fetch) render_fetch(select);
    else render_limit(select);
}

void Compiler::order_item(const sql::Node& node, const std::vector<NodePtr>& columns, bool in_compound) {
    // A label of this SELECT is ordered by its name; so is the labelled expression itself.
    if (node.kind == NodeKind::unary) {
        const auto& unary = static_cast<const sql::UnaryNode&>(node);
        if (precedence(unary.op) == precedence(sql::Operator::asc)) {
            const auto& inner = *unary.operand;
            const bool by_name = inner.kind == NodeKind::label_reference
                || (inner.kind == NodeKind::label && (orders_by_label() || in_compound) && has(columns, &inner));
            const bool of_nulls = unary.op == sql::Operator::nulls_first || unary.op == sql::Operator::nulls_last;
            const bool of_order = inner.kind == NodeKind::unary
                && precedence(static_cast<const sql::UnaryNode&>(inner).op) == precedence(sql::Operator::asc);
            if (!by_name && !of_order && (of_nulls || operator_of(inner) == sql::Operator::exists)) {
                visit(node);
                return;
            }
            order_item(*unary.operand, columns, in_compound);
            (out_ += ' ').append(text_of(unary.op));
            return;
        }
    }
    if (node.kind == NodeKind::label && (orders_by_label() || in_compound)) {
        for (const auto& column : columns)
            if (column.get() == &node) {
                out_ += dialect_.quote(static_cast<const sql::LabelNode&>(node).name);
                return;
            }
    }
    if (node.kind == NodeKind::label_reference) {
        const auto& name = static_cast<const sql::LabelReferenceNode&>(node).name;
        for (const auto& column : columns) {
            if (column->kind == NodeKind::label && static_cast<const sql::LabelNode&>(*column).name == name) {
                out_ += dialect_.quote(static_cast<const sql::LabelNode&>(*column).name);
                return;
            }
            if (column->kind == NodeKind::column && static_cast<const sql::ColumnNode&>(*column).name == name) {
                visit(*column);
                return;
            }
        }
        throw CompileError("'" + name + "': the SELECT has no label or column of that name; use text() for raw SQL");
    }
    operand(node, sql::Operator::comma);
}

void Compiler::render_order_by(const sql::GenerativeSelectNode& select) {
    if (select.order_by.empty()) return;
    out_ += " ORDER BY ";
    const auto& source = first_select(select);
    std::vector<NodePtr> columns;
    if (source.kind == NodeKind::select) columns = sql::expand_entities(static_cast<const sql::SelectNode&>(source).columns);
    bool first = true;
    for (const auto& node : select.order_by) {
        if (!first) out_ += ", ";
        first = false;
        order_item(*node, columns, select.kind == NodeKind::compound);
    }
}

void Compiler::render_limit(const sql::GenerativeSelectNode& select) {
    if (select.limit) {
        out_ += " LIMIT ";
        visit(*select.limit);
    }
    if (select.offset) {
        out_ += select.limit ? " OFFSET " : " LIMIT ALL OFFSET ";
        visit(*select.offset);
    }
}

void Compiler::render_fetch(const sql::GenerativeSelectNode& select) {
    if (select.offset) {
        out_ += " OFFSET ";
        visit(*select.offset);
        out_ += " ROWS";
    }
    out_ += " FETCH FIRST ";
    visit(*select.fetch->count);
    out_ += select.fetch->percent ? " PERCENT ROWS " : " ROWS ";
    out_ += select.fetch->with_ties ? "WITH TIES" : "ONLY";
}

void Compiler::render_for_update(const sql::GenerativeSelectNode&) { out_ += " FOR UPDATE"; }

} // namespace azoth
