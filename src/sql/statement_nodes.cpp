// SPDX-License-Identifier: MIT
// Statements that grow clause by clause: what is added goes into the key too.
#include <azoth/sql/node.hpp>

#include <algorithm>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/sql/from.hpp>

namespace azoth::sql {

namespace {

/// The parts of a statement to be changed: its own copy of them.
template <class Parts>
Parts& own(std::shared_ptr<const Parts>& shared) {
    auto copy = shared ? std::make_shared<Parts>(*shared) : std::make_shared<Parts>();
    auto& parts = *copy;
    shared = std::move(copy);
    return parts;
}

std::uint64_t bits(std::initializer_list<bool> flags) noexcept {
    std::uint64_t all = 0;
    for (const bool flag : flags) all = all * 2 + (flag ? 1 : 0);
    return all;
}

} // namespace

const StatementParts& StatementNode::parts() const noexcept {
    static const StatementParts none;
    return parts_ ? *parts_ : none;
}

StatementParts& StatementNode::own_parts() { return own(parts_); }

void StatementNode::add_fragment(std::vector<Fragment> StatementParts::*where, std::uint64_t tag, Fragment fragment) {
    key.mix(tag);
    key.mix(fragment.text);
    key.mix(fragment.dialect);
    (own_parts().*where).push_back(std::move(fragment));
}

void StatementNode::add_table_hint(NodePtr table, Fragment fragment) {
    key.mix(std::uint64_t{'t'} << 8U | 'h');
    mix_child(table);
    key.mix(fragment.text);
    key.mix(fragment.dialect);
    own_parts().table_hints.push_back({std::move(table), std::move(fragment)});
}

void StatementNode::add_cte(NodePtr cte, bool nest_here) {
    key.mix(std::uint64_t{'c'} << 8U | (nest_here ? 1 : 0));
    mix_child(cte);
    own_parts().ctes.push_back({std::move(cte), nest_here});
}

void StatementNode::set_param(std::string name, std::shared_ptr<const ExpressionNode> value) {
    auto& params = own_parts().params;
    const auto known = std::ranges::find_if(params, [&](const auto& param) { return param.first == name; });
    if (known != params.end()) known->second = std::move(value);
    else params.emplace_back(std::move(name), std::move(value));
}

void GenerativeSelectNode::add(std::vector<NodePtr> GenerativeSelectNode::*clause, std::uint64_t tag, NodePtr child) {
    key.mix(tag);
    mix_child(child);
    (this->*clause).push_back(std::move(child));
}

void GenerativeSelectNode::set(NodePtr GenerativeSelectNode::*clause, std::uint64_t tag, NodePtr child) {
    key.mix(tag);
    mix_child(child);
    this->*clause = std::move(child);
    if (clause == &GenerativeSelectNode::limit) fetch.reset(); // the one or the other
}

void GenerativeSelectNode::clear(std::vector<NodePtr> GenerativeSelectNode::*clause, std::uint64_t tag) {
    key.mix(tag);
    key.mix(std::uint64_t{0});
    (this->*clause).clear();
}

void GenerativeSelectNode::set_fetch(FetchClause clause) {
    key.mix(std::uint64_t{'F'});
    key.mix(bits({clause.count != nullptr, clause.percent, clause.with_ties}));
    mix_child(clause.count);
    limit.reset();
    fetch = clause.count ? std::make_shared<const FetchClause>(std::move(clause)) : nullptr;
}

void GenerativeSelectNode::set_for_update(ForUpdateClause clause) {
    key.mix(std::uint64_t{'u'});
    key.mix(bits({clause.read, clause.nowait, clause.skip_locked, clause.key_share}));
    mix_children(clause.of);
    for_update = std::make_shared<const ForUpdateClause>(std::move(clause));
}

void SelectNode::add(std::vector<NodePtr> SelectNode::*clause, std::uint64_t tag, NodePtr child) {
    key.mix(tag);
    mix_child(child);
    (this->*clause).push_back(std::move(child));
}

void SelectNode::set_flag(bool SelectNode::*flag, std::uint64_t tag) {
    key.mix(tag);
    this->*flag = true;
}

void SelectNode::join(std::optional<std::size_t> position, NodePtr joined) {
    key.mix(std::uint64_t{'j'});
    key.mix(position ? *position + 1 : 0);
    mix_child(joined);
    if (position) from[*position] = std::move(joined);
    else from.push_back(std::move(joined));
}

void SelectNode::replace_columns(std::vector<NodePtr> replacement) {
    key.mix(std::uint64_t{'R'});
    mix_children(replacement);
    columns = std::move(replacement);
}

const SelectParts& SelectNode::select_parts() const noexcept {
    static const SelectParts none;
    return select_parts_ ? *select_parts_ : none;
}

SelectParts& SelectNode::own_select_parts() { return own(select_parts_); }

void SelectNode::add_distinct_on(NodePtr expression) {
    key.mix(std::uint64_t{'D'});
    mix_child(expression);
    own_select_parts().distinct_on.push_back(std::move(expression));
}

void SelectNode::set_correlate(
    std::optional<std::vector<NodePtr>> SelectParts::*which, std::uint64_t tag, const std::vector<NodePtr>& froms) {
    key.mix(tag);
    mix_children(froms);
    auto& list = own_select_parts().*which;
    if (!list) list.emplace();
    list->insert(list->end(), froms.begin(), froms.end());
}

void SelectNode::set_label_style(LabelStyle style) {
    key.mix(std::uint64_t{'L'});
    key.mix(static_cast<std::uint64_t>(style));
    own_select_parts().label_style = style;
}

CompoundNode::CompoundNode(SetOperation op, std::vector<NodePtr> parts)
    : GenerativeSelectNode(NodeKind::compound), operation(op), selects(std::move(parts)) {
    key.mix(static_cast<std::uint64_t>(operation));
    mix_children(selects);
}

bool AssignmentPair::same_target(const AssignmentPair& other) const noexcept {
    if (target || other.target) return target == other.target;
    return column->name == other.column->name && column->from == other.column->from;
}

void DmlNode::assign(AssignmentPair pair) {
    key.mix(std::uint64_t{'='});
    key.mix(pair.column->key);
    uncacheable = uncacheable || pair.column->uncacheable;
    if (pair.target) mix_child(pair.target);
    mix_child(pair.value);
    for (auto& existing : assignments) {
        if (existing.same_target(pair)) {
            existing.value = std::move(pair.value);
            return;
        }
    }
    assignments.push_back(std::move(pair));
}

void DmlNode::add_row(std::vector<NodePtr> values) {
    if (values.size() != assignments.size())
        throw ArgumentError(
            "values(): a row has " + std::to_string(values.size()) + " values, the first has "
            + std::to_string(assignments.size()));
    key.mix(std::uint64_t{'+'});
    uncacheable = true; // each number of rows would be another statement
    mix_children(values);
    more_rows.push_back(std::move(values));
}

void DmlNode::add(std::vector<NodePtr> DmlNode::*clause, std::uint64_t tag, NodePtr child) {
    key.mix(tag);
    mix_child(child);
    (this->*clause).push_back(std::move(child));
}

void DmlNode::set_limit(NodePtr count) {
    key.mix(std::uint64_t{'l'});
    mix_child(count);
    limit = std::move(count);
}

void DmlNode::set_ordered() {
    key.mix(std::uint64_t{'O'});
    ordered = true;
}

void DmlNode::set_sorted(bool value) {
    key.mix(std::uint64_t{'s'} << 8U | (value ? 1 : 0));
    sorted = value;
}

void DmlNode::set_fills_in(bool value) {
    key.mix(std::uint64_t{'f'} << 8U | (value ? 1 : 0));
    fills_in = value;
}

void DmlNode::set_from_select(InsertFromSelect source) {
    key.mix(std::uint64_t{'S'});
    for (const auto& column : source.columns) key.mix(column->key);
    mix_child(source.select);
    key.mix(std::uint64_t{source.include_defaults});
    from_select = std::make_shared<const InsertFromSelect>(std::move(source));
}

void DmlNode::set_upsert(UpsertClause clause) {
    key.mix(std::uint64_t{'U'});
    key.mix(static_cast<std::uint64_t>(clause.action));
    key.mix(clause.constraint);
    mix_children(clause.elements);
    mix_children(clause.index_where);
    key.mix(clause.assignments.size());
    for (const auto& pair : clause.assignments) {
        key.mix(pair.column->key);
        mix_child(pair.value);
    }
    mix_children(clause.where);
    key.mix(std::uint64_t{clause.ordered});
    upsert = std::make_shared<const UpsertClause>(std::move(clause));
}

void DmlNode::set_return_defaults(ReturnDefaults wanted) {
    key.mix(std::uint64_t{'D'});
    mix_children(wanted.columns);
    mix_children(wanted.supplemental);
    return_defaults = std::make_shared<const ReturnDefaults>(std::move(wanted));
}

void DmlNode::set_inline() {
    key.mix(std::uint64_t{'i'});
    is_inline = true;
}

const schema::TableData& DmlNode::table_data() const noexcept {
    const Node* target = table.get();
    while (target->kind == NodeKind::join) target = static_cast<const JoinNode&>(*target).left.get();
    return *sql::table_data(*target);
}

} // namespace azoth::sql
