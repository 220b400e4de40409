// SPDX-License-Identifier: MIT
#include <azoth/orm/write_only.hpp>

#include <azoth/error.hpp>

namespace azoth::orm {

namespace {

const RelationshipInfo& info_of(const AttributeBase& link) {
    if (link.owner() == nullptr) throw InvalidRequestError("this link's object was not made by make<T>() or loaded by a session");
    return link.owner()->orm_state().mapper->relationships[link.index()];
}

std::vector<Value> key_of(const AttributeBase& link) {
    const auto& info = info_of(link);
    auto values = link_values(*link.owner(), info);
    if (values.empty())
        throw InvalidRequestError(
            link.owner()->orm_state().mapper->class_name + "::" + info.name + ": the object has no key yet: flush() the session first");
    return values;
}

} // namespace

std::shared_ptr<const sql::SelectNode> members_select(const AttributeBase& link) { return lazy_select(info_of(link), key_of(link)); }

std::vector<sql::NodePtr> members_condition(const AttributeBase& link) {
    const auto& info = info_of(link);
    if (info.direction != Direction::many_to_many) return lazy_select(info, key_of(link))->where;
    // No database takes a second table everywhere: EXISTS does.
    auto links = std::make_shared<sql::SelectNode>();
    links->add(&sql::SelectNode::columns, 'c', std::make_shared<sql::LiteralColumnNode>("1", Integer{}));
    links->add(&sql::SelectNode::from, 'f', info.secondary->node());
    const auto values = key_of(link);
    const auto condition = [&](std::size_t column, const auto& make_other) {
        auto node = azoth::detail::make_column_node(info.secondary->node(), info.secondary->data().columns[column]);
        auto other = make_other(*node);
        links->add(&sql::SelectNode::where, 'w', sql::make_binary(sql::Operator::eq, std::move(node), std::move(other), Boolean{}));
    };
    for (std::size_t i = 0; i < info.secondary_pairs.size(); ++i)
        condition(info.secondary_pairs[i].second, [&](const sql::Node& like) { return sql::make_bind(values[i], sql::type_of(like)); });
    for (const auto& [attribute, column] : info.secondary_target_pairs)
        condition(column, [&](const sql::Node&) { return info.target->attributes[attribute].node; });
    return {std::make_shared<sql::ExistsNode>(std::move(links), false)};
}

std::vector<Assignment> members_key(const AttributeBase& link) {
    const auto& info = info_of(link);
    if (info.direction == Direction::many_to_many)
        throw ArgumentError(info.name + ": an INSERT of members would not link them; add() objects, or insert into the association table");
    const auto values = key_of(link);
    std::vector<Assignment> assignments;
    for (std::size_t i = 0; i < info.pairs.size(); ++i) {
        const auto& node = info.target->attributes[info.pairs[i].second].node;
        assignments.push_back(
            Assignment{std::static_pointer_cast<const sql::ColumnNode>(node), sql::make_bind(values[i], sql::type_of(*node))});
    }
    return assignments;
}

} // namespace azoth::orm
