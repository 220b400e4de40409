// SPDX-License-Identifier: MIT
// Relationships in SQL: EXISTS over what an object is linked to.
#include <azoth/error.hpp>
#include <azoth/orm/entity.hpp>
#include <azoth/sql/from.hpp>

namespace azoth::orm {

std::shared_ptr<const sql::ColumnNode> as_column(const sql::NodePtr& attribute) {
    if (attribute->kind != sql::NodeKind::column)
        throw ArgumentError("a column property is an expression: it cannot be written, or stand where a column is wanted");
    return std::static_pointer_cast<const sql::ColumnNode>(attribute);
}

const Table& association_table(const MapperData& mapper, std::string_view relationship) {
    const auto& info = mapper.relationships[mapper.relationship_index(relationship)];
    if (!info.secondary)
        throw ArgumentError(mapper.class_name + "::" + info.name + " has no association table: it is not many-to-many");
    return *info.secondary;
}

sql::NodePtr relationship_exists(const MapperData& mapper, const RelationshipInfo& info, sql::NodePtr criterion) {
    if (info.target == &mapper)
        throw ArgumentError(
            mapper.class_name + "::" + info.name + ": both sides are one class; write the EXISTS with an alias of its table");
    auto select = std::make_shared<sql::SelectNode>();
    select->add(&sql::SelectNode::columns, 'c', std::make_shared<sql::LiteralColumnNode>("1", Integer{}));
    std::vector<sql::NodePtr> conditions;
    const auto equal = [&](sql::NodePtr a, sql::NodePtr b) {
        conditions.push_back(sql::make_binary(sql::Operator::eq, std::move(a), std::move(b), Boolean{}));
    };
    if (info.direction == Direction::many_to_many) {
        const auto link = [&](std::size_t column) {
            return azoth::detail::make_column_node(info.secondary->node(), info.secondary->data().columns[column]);
        };
        select->add(&sql::SelectNode::from, 'f', info.target->table->node());
        select->add(&sql::SelectNode::from, 'f', info.secondary->node());
        for (const auto& [attribute, column] : info.secondary_pairs) equal(mapper.attributes[attribute].node, link(column));
        for (const auto& [attribute, column] : info.secondary_target_pairs) equal(info.target->attributes[attribute].node, link(column));
    } else {
        select->add(&sql::SelectNode::from, 'f', info.target->table->node());
        conditions.push_back(relationship_condition(mapper, info));
    }
    if (criterion) conditions.push_back(std::move(criterion));
    select->add(&sql::SelectNode::where, 'w', sql::make_boolean_list(sql::Operator::and_, std::move(conditions)));
    return std::make_shared<sql::ExistsNode>(std::move(select), false);
}

} // namespace azoth::orm
