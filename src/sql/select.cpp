// SPDX-License-Identifier: MIT
// The untyped part of building SELECT: whole tables as columns, and where a join goes.
#include <azoth/sql/select.hpp>

#include <azoth/error.hpp>

namespace azoth::detail {

void SelectBase::add_columns_of(const sql::NodePtr& from) {
    auto& select = own();
    for (auto& column : sql::columns_of(from)) select.add(&sql::SelectNode::columns, 'c', std::move(column));
}

void SelectBase::join_elements(sql::NodePtr left, sql::NodePtr right, sql::NodePtr on, sql::JoinKind how) {
    auto& select = own();
    // A FROM element that already has the left side grows by the join; otherwise the join is a new element.
    std::optional<std::size_t> position;
    for (std::size_t i = 0; i < select.from.size() && !position; ++i)
        if (sql::contains_from(*select.from[i], *left)) position = i;
    if (!on) on = sql::foreign_key_condition(left, right);
    auto base = position ? select.from[*position] : std::move(left);
    select.join(position, std::make_shared<sql::JoinNode>(std::move(base), std::move(right), std::move(on), how));
}

void SelectBase::join_right(const sql::NodePtr& right, sql::NodePtr on, sql::JoinKind how) {
    std::vector<sql::NodePtr> candidates = node_->from;
    for (const auto& column : node_->columns) sql::collect_froms(*column, candidates);
    std::erase_if(candidates, [&](const sql::NodePtr& candidate) { return candidate == right; });
    if (candidates.empty())
        throw ArgumentError(
            "join(): there is nothing to join " + sql::describe(*right) + " to; select a column or use select_from() first");
    if (on) {
        // The side that the condition mentions; the first one when it mentions none.
        std::vector<sql::NodePtr> mentioned;
        sql::collect_froms(*on, mentioned);
        for (const auto& candidate : candidates)
            for (const auto& from : mentioned)
                if (from != right && sql::contains_from(*candidate, *from)) {
                    join_elements(candidate, right, std::move(on), how);
                    return;
                }
        join_elements(candidates.front(), right, std::move(on), how);
        return;
    }
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        try {
            auto condition = sql::foreign_key_condition(candidates[i], right);
            join_elements(candidates[i], right, std::move(condition), how);
            return;
        } catch (const ArgumentError&) {
            if (i + 1 == candidates.size()) throw;
        }
    }
}

std::vector<ColumnDescription> SelectBase::column_descriptions() const {
    const auto columns = sql::expand_entities(node_->columns);
    const auto names = sql::output_names(columns, sql::label_style_of(*node_));
    std::vector<ColumnDescription> all;
    for (std::size_t i = 0; i < columns.size(); ++i) all.emplace_back(names[i], sql::type_of(*columns[i]), columns[i]);
    return all;
}

std::vector<sql::NodePtr> SelectBase::columns_clause_froms() const {
    std::vector<sql::NodePtr> froms;
    for (const auto& column : node_->columns) sql::collect_froms(*column, froms);
    return froms;
}

sql::NodePtr SelectBase::whereclause() const {
    return node_->where.empty() ? nullptr : sql::make_boolean_list(sql::Operator::and_, node_->where);
}

std::shared_ptr<const sql::ColumnNode> SelectBase::column_to_filter(std::string_view name) const {
    std::shared_ptr<const sql::ColumnNode> found;
    const auto look = [&](const sql::NodePtr& from, const auto& self) -> void {
        if (from->kind == sql::NodeKind::join) {
            const auto& join = static_cast<const sql::JoinNode&>(*from);
            self(join.left, self);
            self(join.right, self);
            return;
        }
        for (const auto& each : sql::columns_of(from)) {
            auto column = std::static_pointer_cast<const sql::ColumnNode>(each);
            if (column->handle_or_name() != name) continue;
            if (found)
                throw ArgumentError(
                    "filter_by(): both " + sql::describe(*found->from) + " and " + sql::describe(*from) + " have a column '"
                    + std::string{name} + "'; use where() with the one that is meant");
            found = std::move(column);
        }
    };
    const auto froms = sql::final_froms(*node_);
    for (const auto& from : froms) look(from, look);
    if (found) return found;
    std::string message = "filter_by(): no column '" + std::string{name} + "' in";
    if (froms.empty()) message += " a SELECT that selects from nothing";
    for (const auto& from : froms) message += " " + sql::describe(*from);
    throw ArgumentError(message);
}

void SelectBase::replace_columns(std::vector<sql::NodePtr> columns, bool keep_froms) {
    auto& select = own();
    if (keep_froms) {
        std::vector<sql::NodePtr> froms;
        for (const auto& column : select.columns) sql::collect_froms(*column, froms);
        for (auto& from : froms) select.add(&sql::SelectNode::from, 'f', std::move(from));
    }
    select.replace_columns(std::move(columns));
}

sql::NodePtr row_count(std::int64_t rows) { return sql::make_bind(TypeTraits<std::int64_t>::value(rows), Integer{}); }

std::shared_ptr<sql::CompoundNode> make_compound(sql::SetOperation operation, std::vector<sql::NodePtr> selects) {
    return std::make_shared<sql::CompoundNode>(operation, std::move(selects));
}

} // namespace azoth::detail
