// SPDX-License-Identifier: MIT
// Selected columns and their names: labels, numbers for names that were taken, names of what has none.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/types/decorator.hpp>
#include <azoth/types/details.hpp>

namespace azoth {

namespace {

/// A name of which a numbered one is made: what would need quotes or read as a placeholder becomes an underscore.
std::string plain_words(std::string_view name) {
    std::string words;
    for (const char c : name) {
        if (std::string_view{"%() $"}.find(c) == std::string_view::npos) words += c;
        else if (!words.empty() && words.back() != '_') words += '_';
    }
    while (!words.empty() && words.back() == '_') words.pop_back();
    return words;
}

} // namespace

using sql::NodeKind;
using sql::NodePtr;

namespace {

/// The label with the quoting of the name that it is, if it is one that was given.
QuotedName own_quoting(const sql::Node& column, std::string label) {
    const QuotedName* own = nullptr;
    if (column.kind == NodeKind::label) own = &static_cast<const sql::LabelNode&>(column).name;
    else if (column.kind == NodeKind::column) own = &static_cast<const sql::ColumnNode&>(column).name;
    if (own != nullptr && *own == label) return *own;
    return label;
}

} // namespace

struct Compiler::LabelNames {
    std::unordered_set<std::string> taken;
    std::unordered_multimap<std::string, const sql::Node*> columns; ///< by their FROM element's address and name

    LabelNames() = default;

    /// Whether this column was listed before, whichever node says it.
    bool repeats(const sql::Node& node) {
        if (node.kind != NodeKind::column) return false;
        const auto& column = static_cast<const sql::ColumnNode&>(node);
        const auto [begin, end] = columns.equal_range(column.name);
        const bool found = std::any_of(begin, end, [&](const auto& entry) {
            const auto& other = static_cast<const sql::ColumnNode&>(*entry.second);
            return other.from == column.from && other.handle == column.handle;
        });
        if (!found) columns.emplace(column.name, &node);
        return found;
    }
};

std::string Compiler::unnamed(const sql::Node& node, std::string_view base, const std::vector<std::string>& taken) {
    auto [entry, fresh] = unnamed_.try_emplace(&node);
    if (fresh)
        do entry->second = truncated(anonymous(base));
        while (std::ranges::find(taken, entry->second) != taken.end());
    return entry->second;
}

QuotedName Compiler::column_name(const sql::ColumnNode& column) {
    if (column.unnamed == nullptr || column.is_literal()) {
        // a name that a subquery's labels are made of may have been cut there
        const bool made = column.from && (column.from->kind == NodeKind::alias || column.from->kind == NodeKind::cte)
            && column.column != nullptr && column.name != column.column->name;
        return made ? QuotedName{truncated(column.name)} : column.name;
    }
    if (const auto known = unnamed_.find(column.unnamed); known != unnamed_.end()) return known->second;
    std::vector<std::string> taken; // the names that others beside it have of their own
    for (const auto& other : sql::columns_of(column.from)) {
        const auto& node = static_cast<const sql::ColumnNode&>(*other);
        if (node.unnamed == nullptr) taken.push_back(node.name);
    }
    auto [base, is_own] = sql::output_name(*column.unnamed);
    if (is_own && column.unnamed->kind != NodeKind::column) base += '_'; // a column's name again, for something made of it
    return unnamed(*column.unnamed, base, taken);
}

std::string Compiler::label_for(const sql::Node& node, LabelNames& names, sql::LabelStyle style, Place place) {
    const auto take = [&](std::string name) {
        names.taken.insert(name);
        return name;
    };
    const auto invented = [&](std::string_view base) { return take(truncated(anonymous(base))); };
    // A name that was taken gets a number; the same column again, or made into something else, gets another underscore
    // before it.
    const auto named = [&](const sql::Node& of, std::string name) {
        const bool repeated = of.kind != NodeKind::column || names.repeats(of);
        if (!names.taken.contains(name)) return take(std::move(name));
        return invented(repeated ? name + "_" : name);
    };
    switch (node.kind) {
    case NodeKind::label: return take(static_cast<const sql::LabelNode&>(node).name);
    case NodeKind::literal_column:
    case NodeKind::text: return {};
    case NodeKind::column: {
        const auto& column = static_cast<const sql::ColumnNode&>(node);
        if (style == sql::LabelStyle::none) return {};
        auto name = column_name(column);
        if (style == sql::LabelStyle::tablename_plus_col) return named(node, qualified_label(column));
        // in an expression nobody asks for the second of the same
        if (place == Place::expression && names.repeats(node)) return {};
        auto label = named(node, name);
        return label == name ? std::string{} : label;
    }
    case NodeKind::function: {
        const auto& name = static_cast<const sql::FunctionNode&>(node).name;
        return invented(plain_words(std::string_view{name}.substr(name.rfind('.') + 1)));
    }
    case NodeKind::next_value: return invented("next_value");
    case NodeKind::cast:
    case NodeKind::type_coerce: {
        const auto& operand = node.kind == NodeKind::cast ? *static_cast<const sql::CastNode&>(node).operand
                                                          : *static_cast<const sql::TypeCoerceNode&>(node).operand;
        if (operand.kind == NodeKind::column) return named(node, column_name(static_cast<const sql::ColumnNode&>(operand)));
        if (operand.kind == NodeKind::label) return named(node, static_cast<const sql::LabelNode&>(operand).name);
        if (operand.kind == NodeKind::literal_column) return named(node, static_cast<const sql::LiteralColumnNode&>(operand).text);
        const bool named_below = operand.kind == NodeKind::cast || operand.kind == NodeKind::function;
        return named_below ? label_for(operand, names, style, place) : invented("anon");
    }
    case NodeKind::binary: {
        const auto& binary = static_cast<const sql::BinaryNode&>(node);
        const bool aggregate = binary.op == sql::Operator::within_group;
        return aggregate ? label_for(*binary.left, names, style, place) : invented("anon");
    }
    case NodeKind::constant:
        if (static_cast<const sql::ConstantNode&>(node).constant == sql::Constant::star) return {};
        return invented("anon");
    case NodeKind::unary: {
        const auto& unary = static_cast<const sql::UnaryNode&>(node);
        if (unary.operand->kind != NodeKind::column) return invented("anon");
        // -x, ~x, DISTINCT x are recognised by their position; NOT x may have become `x = 0`
        const bool compared = unary.op == sql::Operator::not_ && !dialect_.features().native_boolean;
        return compared ? named(node, static_cast<const sql::ColumnNode&>(*unary.operand).name) : std::string{};
    }
    default: return invented("anon");
    }
}

std::string Compiler::qualified_label(const sql::ColumnNode& column) {
    const bool invented = column.from && column.from->kind != NodeKind::table && column.from->kind != NodeKind::values
        && column.from->kind != NodeKind::excluded;
    if (!invented) return truncated(sql::qualified_label(column));
    return truncated(alias_name(*column.from) + "_" + column_name(column));
}

std::vector<QuotedName> Compiler::names_in_from(const std::vector<NodePtr>& columns, sql::LabelStyle style) {
    std::vector<QuotedName> names;
    names.reserve(columns.size());
    std::vector<std::string> labels;
    for (const auto& column : columns)
        if (column->kind == NodeKind::label) labels.push_back(static_cast<const sql::LabelNode&>(*column).name);
    LabelNames known;
    for (const auto& column : columns) {
        auto [name, is_own] = sql::output_name(*column);
        if (column->kind == NodeKind::column) {
            const auto& node = static_cast<const sql::ColumnNode&>(*column);
            name = style == sql::LabelStyle::tablename_plus_col ? QuotedName{qualified_label(node)} : column_name(node);
        }
        const bool repeated = column->kind != NodeKind::column ? is_own : known.repeats(*column);
        if (!is_own || known.taken.contains(name)) name = unnamed(*column, repeated ? name + "_" : std::string{name}, labels);
        known.taken.insert(name);
        names.push_back(std::move(name));
    }
    return names;
}

void Compiler::select_columns(const std::vector<NodePtr>& columns, Place place, sql::LabelStyle style, bool labelled) {
    const bool in_from = place == Place::from_element; // there every column has the name under which it is referred to
    const auto names = in_from ? names_in_from(columns, style) : std::vector<QuotedName>{};
    LabelNames used;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& column = *columns[i];
        if (i > 0) out_ += ", ";
        const bool is_outermost = place == Place::top && records_columns_;
        if (const auto conversion = conversion_of(sql::type_of(column));
            is_outermost && conversion && conversion->column_expression) {
            std::string name = label_for(column, used, style, place);
            if (name.empty() && column.kind == NodeKind::column) name = column_name(static_cast<const sql::ColumnNode&>(column));
            operand(*conversion->column_expression(columns[i]), sql::Operator::none);
            if (labelled && !name.empty()) out_ += " AS " + dialect_.quote(own_quoting(column, name));
            compiled_.columns.emplace_back(std::move(name), on_this_dialect(sql::type_of(column)));
            continue;
        }
        const bool is_column = column.kind == NodeKind::column; // the number of its subquery is taken before its own
        if (is_column) visit(column);
        const auto label = in_from ? names[i] : own_quoting(column, label_for(column, used, style, place));
        if (!is_column) operand(column, column.kind == NodeKind::label ? sql::Operator::comma : sql::Operator::none);
        const bool raw_sql =
            column.kind == NodeKind::literal_column || column.kind == NodeKind::constant || column.kind == NodeKind::text;
        if (labelled && !label.empty() && !(in_from && raw_sql)) out_ += " AS " + dialect_.quote(label);
        if (is_outermost) {
            std::string name = label;
            if (name.empty() && column.kind == NodeKind::column) name = column_name(static_cast<const sql::ColumnNode&>(column));
            compiled_.columns.emplace_back(std::move(name), on_this_dialect(sql::type_of(column)));
        }
    }
}

std::vector<QuotedName> Compiler::cte_column_names(const sql::Node& rows) {
    const auto& source = first_select(rows);
    std::vector<QuotedName> names;
    switch (source.kind) {
    case NodeKind::select: {
        const auto& select = static_cast<const sql::SelectNode&>(source);
        return names_in_from(sql::expand_entities(select.columns), select.select_parts().label_style);
    }
    case NodeKind::values:
        for (const auto& column : static_cast<const sql::ValuesNode&>(source).columns) names.emplace_back(column.name);
        return names;
    case NodeKind::textual_select:
        for (const auto& column : static_cast<const sql::TextualSelectNode&>(source).columns) names.emplace_back(column.name);
        return names;
    default: return names;
    }
}

} // namespace azoth
