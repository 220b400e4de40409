// SPDX-License-Identifier: MIT
// Rendering SELECT: which FROM elements it has, how its columns are named, correlation, CTEs.
#include <algorithm>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

#include "compiler/compiler.hpp"
#include "dialect/base.hpp"

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

std::vector<NodePtr> expanded(const std::vector<NodePtr>& columns) {
    std::vector<NodePtr> all;
    for (const auto& column : columns) {
        if (column->kind == NodeKind::entity) {
            const auto& parts = static_cast<const sql::EntityNode&>(*column).columns;
            all.insert(all.end(), parts.begin(), parts.end());
        } else {
            all.push_back(column);
        }
    }
    return all;
}

/// The same column of the same FROM element, whichever node says it.
bool same_column(const sql::Node& a, const sql::Node& b) {
    if (&a == &b) return true;
    if (a.kind != NodeKind::column || b.kind != NodeKind::column) return false;
    const auto& left = static_cast<const sql::ColumnNode&>(a);
    const auto& right = static_cast<const sql::ColumnNode&>(b);
    return left.from == right.from && left.name == right.name;
}

} // namespace

std::vector<NodePtr> Compiler::from_list(const sql::SelectNode& select, Place place) const {
    std::vector<NodePtr> froms;
    for (const auto& from : select.from)
        if (std::ranges::find(froms, from) == froms.end()) froms.push_back(from);
    for (const auto& column : select.columns) sql::collect_froms(*column, froms);
    for (const auto& criterion : select.where) sql::collect_froms(*criterion, froms);

    // What stands inside a join is not listed again.
    std::vector<NodePtr> shown;
    for (const auto& from : froms) {
        const bool hidden = std::ranges::any_of(
            froms, [&](const NodePtr& other) { return other != from && sql::contains_from(*other, *from); });
        if (!hidden) shown.push_back(from);
    }

    // A subquery in an expression refers to the enclosing FROM elements instead of listing them.
    if (place == Place::expression && !correlated_.empty() && shown.size() > 1) {
        const auto& outer = correlated_.back();
        std::vector<NodePtr> own;
        for (const auto& from : shown)
            if (std::ranges::find(outer, from.get()) == outer.end()) own.push_back(from);
        if (own.empty())
            throw CompileError("a subquery has no FROM element of its own left: all of them belong to the enclosing SELECT");
        return own;
    }
    return shown;
}

void Compiler::render_select(const sql::SelectNode& select, Place place) {
    const auto froms = from_list(select, place);
    std::vector<const sql::Node*> visible;
    for (const auto& from : froms) flatten_into(*from, visible);
    if (place == Place::expression && !correlated_.empty())
        visible.insert(visible.end(), correlated_.back().begin(), correlated_.back().end());
    correlated_.push_back(std::move(visible));
    selects_.push_back(&select);
    const bool qualified = std::exchange(qualify_, true);

    out_ += "SELECT ";
    if (select.distinct) out_ += "DISTINCT ";
    render_precolumns(select);
    const auto columns = expanded(select.columns);
    if (columns.empty()) out_ += place == Place::expression ? "*" : "";
    select_columns(columns, place, place == Place::top);
    if (!froms.empty()) {
        out_ += " FROM ";
        bool first = true;
        for (const auto& from : froms) {
            if (!first) out_ += ", ";
            first = false;
            render_from(*from);
        }
    } else {
        render_default_from();
    }
    conditions(" WHERE ", select.where);
    if (!select.group_by.empty()) {
        out_ += " GROUP BY ";
        list_by_name(select.group_by, select, "GROUP BY");
    }
    conditions(" HAVING ", select.having);
    render_order_by(select);
    render_limit(select);
    if (select.for_update) render_for_update(select);

    qualify_ = qualified;
    selects_.pop_back();
    correlated_.pop_back();
}

std::string Compiler::label_for(const sql::Node& node, UsedNames& used) {
    const auto take = [&](std::string name) {
        used.insert_or_assign(name, &node);
        return name;
    };
    // A name that was taken gets a number; the same column again, or made into something else, gets another underscore
    // before it.
    const auto named = [&](const std::string& name) {
        const auto [entry, added] = used.try_emplace(name, &node);
        if (added) return name;
        const bool repeated = node.kind != NodeKind::column || same_column(*entry->second, node);
        return take(anonymous(repeated ? name + "_" : name));
    };
    switch (node.kind) {
    case NodeKind::label: return take(static_cast<const sql::LabelNode&>(node).name);
    case NodeKind::literal_column: return {};
    case NodeKind::column: {
        const auto& name = static_cast<const sql::ColumnNode&>(node).name;
        auto label = named(name);
        return label == name ? std::string{} : label;
    }
    case NodeKind::function: {
        const auto& name = static_cast<const sql::FunctionNode&>(node).name;
        return take(anonymous(std::string_view{name}.substr(name.rfind('.') + 1)));
    }
    case NodeKind::cast: {
        const auto& operand = *static_cast<const sql::CastNode&>(node).operand;
        if (operand.kind == NodeKind::column) return named(static_cast<const sql::ColumnNode&>(operand).name);
        if (operand.kind == NodeKind::label) return named(static_cast<const sql::LabelNode&>(operand).name);
        if (operand.kind == NodeKind::literal_column) return named(static_cast<const sql::LiteralColumnNode&>(operand).text);
        const bool named_below = operand.kind == NodeKind::cast || operand.kind == NodeKind::function;
        return named_below ? label_for(operand, used) : take(anonymous("anon"));
    }
    case NodeKind::binary: {
        const auto& binary = static_cast<const sql::BinaryNode&>(node);
        const bool aggregate = binary.op == sql::Operator::within_group;
        return aggregate ? label_for(*binary.left, used) : take(anonymous("anon"));
    }
    case NodeKind::constant:
        if (static_cast<const sql::ConstantNode&>(node).constant == sql::Constant::star) return {};
        return take(anonymous("anon"));
    case NodeKind::unary: {
        const auto& unary = static_cast<const sql::UnaryNode&>(node);
        if (unary.operand->kind != NodeKind::column) return take(anonymous("anon"));
        // -x, ~x, DISTINCT x are recognised by their position; NOT x may have become `x = 0`
        const bool compared = unary.op == sql::Operator::not_ && !dialect_.features().native_boolean;
        return compared ? named(static_cast<const sql::ColumnNode&>(*unary.operand).name) : std::string{};
    }
    default: return take(anonymous("anon"));
    }
}

void Compiler::select_columns(const std::vector<NodePtr>& columns, Place place, bool record, bool labelled) {
    UsedNames used;
    std::vector<std::string> outer_names; // in FROM every column has the name under which it is referred to
    if (place == Place::from_element) outer_names = sql::output_names(columns);
    bool first = true;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& column = *columns[i];
        if (!first) out_ += ", ";
        first = false;
        const auto label = place == Place::from_element ? outer_names[i] : label_for(column, used);
        operand(column, column.kind == NodeKind::label ? sql::Operator::comma : sql::Operator::none);
        const bool raw_sql = column.kind == NodeKind::literal_column || column.kind == NodeKind::constant;
        if (labelled && !label.empty() && !(place == Place::from_element && raw_sql)) out_ += " AS " + dialect_.quote(label);
        if (record) {
            auto name = label;
            if (name.empty() && column.kind == NodeKind::column) name = static_cast<const sql::ColumnNode&>(column).name;
            compiled_.columns.emplace_back(std::move(name), sql::type_of(column));
        }
    }
}

void Compiler::render_from(const sql::Node& from) {
    switch (from.kind) {
    case NodeKind::table: {
        const auto& table = *static_cast<const sql::TableNode&>(from).table;
        out_ += quote_table(dialect_, table.schema, table.name);
        return;
    }
    case NodeKind::alias: {
        const auto& alias = static_cast<const sql::AliasNode&>(from);
        if (alias.element->kind == NodeKind::select) {
            out_ += '(';
            render_select(static_cast<const sql::SelectNode&>(*alias.element), Place::from_element);
            out_ += ')';
        } else {
            render_from(*alias.element);
        }
        (out_ += alias_word()) += dialect_.quote(alias_name(from));
        return;
    }
    case NodeKind::cte: visit_cte(static_cast<const sql::CteNode&>(from)); return;
    case NodeKind::join: {
        const auto& join = static_cast<const sql::JoinNode&>(from);
        render_from(*join.left);
        out_ += join_word(join.outer);
        const bool nested = join.right->kind == NodeKind::join;
        if (nested) out_ += '(';
        render_from(*join.right);
        if (nested) out_ += ')';
        out_ += " ON ";
        if (join.on) condition(*join.on, sql::Operator::comma);
        else visit(*sql::make_constant(sql::Constant::true_));
        return;
    }
    default: throw CompileError("this cannot stand in FROM");
    }
}

void Compiler::visit_cte(const sql::CteNode& cte) {
    const bool known = std::ranges::any_of(ctes_, [&](const auto& entry) { return entry.first == &cte; });
    if (!known) {
        // Rendered apart, with no enclosing SELECT to refer to; what it reads itself goes before it.
        auto outer_text = std::exchange(out_, {});
        auto outer_scopes = std::exchange(correlated_, {});
        render_select(static_cast<const sql::SelectNode&>(*cte.select), Place::from_element);
        auto text = std::exchange(out_, std::move(outer_text));
        correlated_ = std::move(outer_scopes);
        ctes_.emplace_back(&cte, std::move(text));
    }
    out_ += dialect_.quote(alias_name(cte));
}

void Compiler::render_order_by(const sql::SelectNode& select) {
    if (select.order_by.empty()) return;
    out_ += " ORDER BY ";
    list_by_name(select.order_by, select, "ORDER BY");
}

void Compiler::list_by_name(
    const std::vector<NodePtr>& nodes, const sql::SelectNode& select, std::string_view clause
) {
    const auto columns = expanded(select.columns);
    const auto named = [&](const std::string& name) {
        for (const auto& column : columns) {
            if (column->kind == NodeKind::label && static_cast<const sql::LabelNode&>(*column).name == name) {
                out_ += dialect_.quote(name);
                return;
            }
            if (column->kind == NodeKind::column && static_cast<const sql::ColumnNode&>(*column).name == name) {
                visit(*column);
                return;
            }
        }
        throw CompileError(
            std::string{clause} + " '" + name +
            "': the SELECT has no label or column of that name; use text for raw SQL");
    };
    // A label of this SELECT is ordered by its name; so is the labelled expression itself.
    const bool by_label = clause == "ORDER BY" && orders_by_label();
    const auto item = [&](const sql::Node& node, const auto& self) -> void {
        if (node.kind == NodeKind::unary) {
            const auto& unary = static_cast<const sql::UnaryNode&>(node);
            if (precedence(unary.op) == precedence(sql::Operator::asc)) {
                self(*unary.operand, self);
                (out_ += ' ').append(text_of(unary.op));
                return;
            }
        }
        const bool is_own_label = node.kind == NodeKind::label && by_label &&
            std::ranges::any_of(columns, [&](const auto& column) { return column.get() == &node; });
        if (is_own_label) out_ += dialect_.quote(static_cast<const sql::LabelNode&>(node).name);
        else if (node.kind == NodeKind::label_reference) named(static_cast<const sql::LabelReferenceNode&>(node).name);
        else operand(node, sql::Operator::comma);
    };
    bool first = true;
    for (const auto& node : nodes) {
        if (!first) out_ += ", ";
        first = false;
        item(*node, item);
    }
}

void Compiler::render_limit(const sql::SelectNode& select) {
    if (select.limit) {
        out_ += " LIMIT ";
        visit(*select.limit);
    }
    if (select.offset) {
        out_ += select.limit ? " OFFSET " : " LIMIT ALL OFFSET ";
        visit(*select.offset);
    }
}

void Compiler::render_for_update(const sql::SelectNode&) { out_ += " FOR UPDATE"; }

} // namespace azoth
