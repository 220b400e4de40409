// SPDX-License-Identifier: MIT
// Relationships in SQL: EXISTS over what an object is linked to.
#include <algorithm>

#include <azoth/error.hpp>
#include <azoth/orm/entity.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/traverse.hpp>

#include "orm/join_condition.hpp"

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
    auto select = std::make_shared<sql::SelectNode>();
    select->add(&sql::SelectNode::columns, 'c', std::make_shared<sql::LiteralColumnNode>("1", Integer{}));
    // Where both sides are one class, the target is an alias of its table.
    const bool same = info.target == &mapper;
    const auto& table = info.target->table->node();
    const sql::NodePtr target = same ? std::make_shared<sql::AliasNode>(table, QuotedName{}) : table;
    const auto of_target = [&](sql::NodePtr node) { return same ? sql::adapt(node, table, target) : node; };
    std::vector<sql::NodePtr> conditions;
    const auto take = [&](const sql::NodePtr& condition) {
        for (auto& operand : and_operands(condition)) conditions.push_back(std::move(operand));
    };
    const auto equal = [&](sql::NodePtr a, sql::NodePtr b) {
        conditions.push_back(sql::make_binary(sql::Operator::eq, std::move(a), std::move(b), Boolean{}));
    };
    select->add(&sql::SelectNode::from, 'f', target);
    if (info.direction == Direction::many_to_many) {
        const auto link = [&](std::size_t column) {
            return azoth::detail::make_column_node(info.secondary->node(), info.secondary->data().columns[column]);
        };
        select->add(&sql::SelectNode::from, 'f', info.secondary->node());
        if (info.primaryjoin) take(info.primaryjoin);
        else
            for (const auto& [attribute, column] : info.secondary_pairs) equal(mapper.attributes[attribute].node, link(column));
        if (info.secondaryjoin) take(of_target(info.secondaryjoin));
        else
            for (const auto& [attribute, column] : info.secondary_target_pairs)
                equal(of_target(info.target->attributes[attribute].node), link(column));
    } else if (!same) {
        take(relationship_condition(mapper, info));
    } else if (info.primaryjoin) {
        take(sql::replacement_traverse(info.primaryjoin, [&](const sql::NodePtr& node) -> sql::NodePtr {
            if (node->kind != sql::NodeKind::column) return nullptr;
            const bool local = std::ranges::any_of(info.local_columns, [&](const auto& column) { return column.first == node.get(); });
            return local ? node : of_target(node);
        }));
    } else {
        const bool many_to_one = info.direction == Direction::many_to_one;
        for (const auto& [here, there] : info.pairs) {
            auto own = mapper.attributes[here].node;
            auto other = of_target(info.target->attributes[there].node);
            // SQLAlchemy writes the referred column first.
            if (many_to_one) equal(std::move(other), std::move(own));
            else equal(std::move(own), std::move(other));
        }
    }
    if (criterion) conditions.push_back(of_target(std::move(criterion)));
    select->add(&sql::SelectNode::where, 'w', sql::make_boolean_list(sql::Operator::and_, std::move(conditions)));
    return std::make_shared<sql::ExistsNode>(std::move(select), false);
}

} // namespace azoth::orm
