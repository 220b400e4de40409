// SPDX-License-Identifier: MIT
// Tables, aliases and joins: their columns, what an expression selects from, and joining by foreign key.
#include <azoth/sql/from.hpp>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/sql/visit.hpp>

namespace azoth::sql {

namespace {

/// What returns the rows of a subquery or CTE, also under another name; null for tables, joins and functions.
const Node* rows_below(const Node& from) noexcept {
    switch (from.kind) {
    case NodeKind::cte: return rows_below(*static_cast<const CteNode&>(from).select);
    case NodeKind::alias: return rows_below(*static_cast<const AliasNode&>(from).element);
    case NodeKind::compound: return rows_below(*static_cast<const CompoundNode&>(from).selects.front());
    case NodeKind::select:
    case NodeKind::insert:
    case NodeKind::update:
    case NodeKind::delete_:
    case NodeKind::values:
    case NodeKind::table_function:
    case NodeKind::textual_select: return &from;
    default: return nullptr;
    }
}

void add_columns(const NodePtr& from, const std::vector<NamedColumn>& named, std::vector<NodePtr>& columns) {
    for (const auto& column : named) columns.push_back(std::make_shared<ColumnNode>(from, column.name, column.type, nullptr));
}

const std::vector<NodePtr>& output_columns(const Node& rows) noexcept {
    if (rows.kind == NodeKind::select) return static_cast<const SelectNode&>(rows).columns;
    return static_cast<const DmlNode&>(rows).returning;
}

void flatten(const NodePtr& from, std::vector<NodePtr>& tables) {
    if (from->kind == NodeKind::join) {
        const auto& join = static_cast<const JoinNode&>(*from);
        flatten(join.left, tables);
        flatten(join.right, tables);
    } else {
        tables.push_back(from);
    }
}

struct KeyMatch {
    NodePtr referring;
    NodePtr referred;
    const schema::ForeignKeyData* key;
};

/// A table's column by its name in SQL.
NodePtr column_named(const NodePtr& from, const std::string& name) {
    if (const auto* data = table_data(*from)->find(name)) return azoth::detail::make_column_node(from, *data);
    return column_of(from, name);
}

void find_keys(const NodePtr& referring, const NodePtr& referred, std::vector<KeyMatch>& matches) {
    const auto* from = table_data(*referring);
    const auto* to = table_data(*referred);
    if (from == nullptr || to == nullptr) return;
    for (const auto& key : from->foreign_keys)
        if (key.target_table == to->name && schema::target_schema(*from, key) == to->schema)
            matches.push_back({referring, referred, &key});
}

} // namespace

std::pair<QuotedName, bool> output_name(const Node& column) {
    switch (column.kind) {
    case NodeKind::label: return {static_cast<const LabelNode&>(column).name, true};
    case NodeKind::column: return {static_cast<const ColumnNode&>(column).name, true};
    case NodeKind::literal_column: return {static_cast<const LiteralColumnNode&>(column).text, true};
    case NodeKind::cast: {
        const auto& operand = *static_cast<const CastNode&>(column).operand;
        if (operand.kind == NodeKind::column) return {static_cast<const ColumnNode&>(operand).name, true};
        return {"anon", false};
    }
    case NodeKind::type_coerce: return output_name(*static_cast<const TypeCoerceNode&>(column).operand);
    case NodeKind::function: {
        const auto& name = static_cast<const FunctionNode&>(column).name;
        return {QuotedName{name.substr(name.rfind('.') + 1)}, false};
    }
    case NodeKind::text: return {QuotedName{}, true};
    case NodeKind::unary: { // NOT x is known as x
        const auto& unary = static_cast<const UnaryNode&>(column);
        if (unary.op == Operator::not_ && unary.operand->kind == NodeKind::column) return output_name(*unary.operand);
        return {"anon", false};
    }
    default: return {"anon", false};
    }
}

const schema::TableData* table_data(const Node& from) noexcept {
    if (from.kind == NodeKind::table) return static_cast<const TableNode&>(from).table.get();
    if (from.kind == NodeKind::alias) return table_data(*static_cast<const AliasNode&>(from).element);
    return nullptr;
}

std::string describe(const Node& from) {
    switch (from.kind) {
    case NodeKind::table: return "table '" + static_cast<const TableNode&>(from).table->full_name() + "'";
    case NodeKind::alias: {
        const auto& alias = static_cast<const AliasNode&>(from);
        return alias.name.empty() ? "an anonymous alias" : "'" + alias.name + "'";
    }
    case NodeKind::cte: {
        const auto& cte = static_cast<const CteNode&>(from);
        return cte.name.empty() ? "an anonymous CTE" : "CTE '" + cte.name + "'";
    }
    case NodeKind::join: {
        const auto& join = static_cast<const JoinNode&>(from);
        return "the join of " + describe(*join.left) + " and " + describe(*join.right);
    }
    case NodeKind::values: return "VALUES '" + static_cast<const ValuesNode&>(from).name + "'";
    case NodeKind::table_function: {
        const auto& name = static_cast<const TableFunctionNode&>(from).name;
        return name.empty() ? "an anonymous table function" : "table function '" + name + "'";
    }
    case NodeKind::excluded: return "the row that was not inserted";
    default: return "a statement";
    }
}

std::vector<NodePtr> columns_of(const NodePtr& from) {
    std::vector<NodePtr> columns;
    if (const auto* table = table_data(*from)) {
        columns.reserve(table->columns.size());
        for (const auto& data : table->columns)
            if (!data.omitted) columns.push_back(detail::make_column_node(from, data));
        return columns;
    }
    if (from->kind == NodeKind::join) {
        const auto& join = static_cast<const JoinNode&>(*from);
        columns = columns_of(join.left);
        auto right = columns_of(join.right);
        columns.insert(columns.end(), right.begin(), right.end());
        return columns;
    }
    const auto* rows = rows_below(*from);
    if (rows == nullptr) return columns;
    switch (rows->kind) {
    case NodeKind::values: add_columns(from, static_cast<const ValuesNode&>(*rows).columns, columns); return columns;
    case NodeKind::table_function:
        add_columns(from, static_cast<const TableFunctionNode&>(*rows).columns, columns);
        return columns;
    case NodeKind::textual_select:
        add_columns(from, static_cast<const TextualSelectNode&>(*rows).columns, columns);
        return columns;
    default: break;
    }
    const auto selected = expand_entities(output_columns(*rows));
    const auto style = label_style_of(*rows);
    const auto names = output_names(selected, style);
    // The same column again has the same name in SQL; only code calls it by another.
    std::map<std::tuple<const Node*, std::string_view, std::string_view>, const ColumnNode*> known;
    for (std::size_t i = 0; i < selected.size(); ++i) {
        const auto& inner = *selected[i];
        const ColumnNode* column = inner.kind == NodeKind::column ? &static_cast<const ColumnNode&>(inner) : nullptr;
        const auto* data = column != nullptr ? column->column : nullptr;
        auto [own, is_own] = output_name(inner);
        const Node* unnamed = nullptr;
        std::string handle;
        if (column != nullptr) {
            if (style == LabelStyle::tablename_plus_col) own = qualified_label(*column);
            unnamed = column->unnamed;
            if (own == names[i] && style != LabelStyle::tablename_plus_col) handle = column->handle;
            const auto [first, fresh] = known.try_emplace({column->from.get(), column->name, column->handle}, nullptr);
            if (!fresh) {
                columns.push_back(std::make_shared<ColumnNode>(
                    from, first->second->name, column->type, data, first->second->unnamed, names[i]));
                continue;
            }
            if (!is_own || own != names[i]) unnamed = &inner;
            auto node = std::make_shared<ColumnNode>(from, names[i], column->type, data, unnamed, std::move(handle));
            first->second = node.get();
            columns.push_back(std::move(node));
            continue;
        }
        if (!is_own || own != names[i] || inner.kind == NodeKind::literal_column) unnamed = &inner;
        columns.push_back(std::make_shared<ColumnNode>(from, names[i], type_of(inner), data, unnamed));
    }
    return columns;
}

const Type& output_type(const Node& rows) noexcept {
    static const Type unknown;
    const auto* source = rows_below(rows);
    if (source == nullptr) return unknown;
    switch (source->kind) {
    case NodeKind::values:
    case NodeKind::table_function:
    case NodeKind::textual_select: return unknown;
    default: break;
    }
    const auto& columns = output_columns(*source);
    return columns.empty() ? unknown : type_of(*columns.front());
}

std::vector<NodePtr> expand_entities(const std::vector<NodePtr>& columns) {
    std::vector<NodePtr> all;
    all.reserve(columns.size());
    for (const auto& column : columns) {
        if (column->kind == NodeKind::entity) {
            const auto& parts = static_cast<const EntityNode&>(*column).columns;
            all.insert(all.end(), parts.begin(), parts.end());
        } else {
            all.push_back(column);
        }
    }
    return all;
}

LabelStyle label_style_of(const Node& rows) noexcept {
    if (rows.kind == NodeKind::compound) return label_style_of(*static_cast<const CompoundNode&>(rows).selects.front());
    if (rows.kind != NodeKind::select) return LabelStyle::disambiguate_only;
    return static_cast<const SelectNode&>(rows).select_parts().label_style;
}

std::string qualified_label(const ColumnNode& column) {
    if (!column.from) return column.name;
    std::string prefix;
    if (column.from->kind == NodeKind::table) {
        const auto& table = *static_cast<const TableNode&>(*column.from).table;
        if (!table.schema.empty()) {
            prefix = table.schema + "_";
            std::ranges::replace(prefix, '.', '_');
        }
        prefix += table.name;
    } else if (column.from->kind == NodeKind::values) {
        prefix = static_cast<const ValuesNode&>(*column.from).name;
    } else if (column.from->kind != NodeKind::join) {
        prefix = static_cast<const NamedFromNode&>(*column.from).name;
    }
    return prefix.empty() ? std::string{column.name} : prefix + "_" + column.name;
}

std::vector<QuotedName> output_names(const std::vector<NodePtr>& columns, LabelStyle style) {
    std::vector<QuotedName> names;
    std::unordered_set<std::string> used;
    std::unordered_map<std::string, int> counts;
    names.reserve(columns.size());
    for (const auto& column : columns) {
        auto [name, is_own] = output_name(*column);
        if (style == LabelStyle::tablename_plus_col && column->kind == NodeKind::column)
            name = qualified_label(static_cast<const ColumnNode&>(*column));
        if (!is_own || used.contains(name)) {
            const std::string base = name;
            do name = base + "_" + std::to_string(++counts[base]);
            while (used.contains(name));
        }
        used.insert(name);
        names.push_back(std::move(name));
    }
    return names;
}

std::shared_ptr<const ColumnNode> column_of(const NodePtr& from, std::string_view name) {
    if (const auto* table = table_data(*from))
        for (const auto& data : table->columns)
            if (data.omitted && data.key_name() == name)
                return std::static_pointer_cast<const ColumnNode>(detail::make_column_node(from, data));
    auto columns = columns_of(from);
    for (const auto& column : columns)
        if (static_cast<const ColumnNode&>(*column).handle_or_name() == name)
            return std::static_pointer_cast<const ColumnNode>(column);
    std::string message = describe(*from) + " has no column '" + std::string{name} + "'; it has";
    if (columns.empty()) message += " none";
    for (const auto& column : columns) message += " '" + static_cast<const ColumnNode&>(*column).handle_or_name() + "'";
    throw ArgumentError(message);
}

bool contains_from(const Node& from, const Node& part) noexcept {
    if (&from == &part) return true;
    if (from.kind != NodeKind::join) return false;
    const auto& join = static_cast<const JoinNode&>(from);
    return contains_from(*join.left, part) || contains_from(*join.right, part);
}

NodePtr foreign_key_condition(const NodePtr& left, const NodePtr& right) {
    std::vector<NodePtr> left_tables;
    std::vector<NodePtr> right_tables;
    flatten(left, left_tables);
    flatten(right, right_tables);
    std::vector<KeyMatch> matches;
    for (const auto& l : left_tables)
        for (const auto& r : right_tables) {
            find_keys(r, l, matches);
            if (table_data(*l) != table_data(*r)) find_keys(l, r, matches);
        }
    if (matches.empty())
        throw NoForeignKeysError(
            "cannot join " + describe(*left) + " and " + describe(*right)
            + ": no foreign key connects them; give the ON condition as the last argument");
    if (matches.size() > 1)
        throw AmbiguousForeignKeysError(
            "cannot join " + describe(*left) + " and " + describe(*right)
            + ": more than one foreign key connects them; give the ON condition as the last argument");
    const auto& match = matches.front();
    std::vector<NodePtr> conditions;
    for (std::size_t i = 0; i < match.key->columns.size(); ++i) {
        const auto target = i < match.key->target_columns.size() ? match.key->target_columns[i] : QuotedName{};
        const auto& referred = *table_data(*match.referred);
        if (referred.find(target) == nullptr && std::ranges::find(referred.columns, target, &schema::ColumnData::key_name) == referred.columns.end())
            throw NoReferencedColumnError(
                "could not initialize target column for foreign key '" + match.key->target_table + "." + target + "' on table '"
                + table_data(*match.referring)->name + "': table '" + referred.name + "' has no column named '" + target + "'");
        // SQLAlchemy writes the referred column first.
        conditions.push_back(make_binary(
            Operator::eq, column_named(match.referred, target), column_named(match.referring, match.key->columns[i]), Boolean{}));
    }
    return make_boolean_list(Operator::and_, std::move(conditions));
}

std::vector<NodePtr> final_froms(const SelectNode& select) {
    std::vector<NodePtr> froms;
    for (const auto& from : select.from)
        if (std::ranges::find(froms, from) == froms.end()) froms.push_back(from);
    for (const auto& column : select.columns) collect_froms(*column, froms);
    for (const auto& criterion : select.where) collect_froms(*criterion, froms);

    // What stands inside a join is not listed again.
    std::vector<NodePtr> shown;
    for (const auto& from : froms) {
        const bool hidden = std::ranges::any_of(
            froms, [&](const NodePtr& other) { return other != from && contains_from(*other, *from); });
        if (!hidden) shown.push_back(from);
    }
    return shown;
}

void collect_froms(const Node& node, std::vector<NodePtr>& into) {
    switch (node.kind) {
    case NodeKind::column: {
        const auto& from = static_cast<const ColumnNode&>(node).from;
        if (from && from->kind != NodeKind::excluded && std::ranges::find(into, from) == into.end()) into.push_back(from);
        return;
    }
    case NodeKind::entity: {
        const auto& from = static_cast<const EntityNode&>(node).from;
        if (from && std::ranges::find(into, from) == into.end()) into.push_back(from);
        for (const auto& column : static_cast<const EntityNode&>(node).columns) collect_froms(*column, into); // expressions may have more
        return;
    }
    case NodeKind::scalar_subquery:
    case NodeKind::exists:
    case NodeKind::select:
    case NodeKind::compound: return; // their FROM is their own
    default: each_child(node, [&](const NodePtr& child) { collect_froms(*child, into); });
    }
}

} // namespace azoth::sql
