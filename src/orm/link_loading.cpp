// SPDX-License-Identifier: MIT
// The SELECTs that load links, one owner at a time or many, and putting what they bring into the objects.
#include <azoth/orm/load_plan.hpp>

#include <algorithm>

namespace azoth::orm {

namespace {

bool is_pending_change(const ModelBase& owner, const RelationshipInfo& info, const std::vector<Changes::Member>& members, const ModelBase* object) {
    return std::ranges::any_of(members, [&](const auto& member) {
        return member.object == object && &owner.orm_state().mapper->relationships[member.relationship] == &info;
    });
}

/// The attribute of the target that a pair compares.
const sql::NodePtr& target_node(const RelationshipInfo& info, std::size_t pair) {
    return info.target->attributes[info.pairs[pair].second].node;
}

sql::NodePtr bind(const Value& value, const sql::NodePtr& like) { return sql::make_bind(value, sql::type_of(*like)); }

} // namespace

void fill_related(ModelBase& owner, const RelationshipInfo& info, ModelBase* target) {
    auto& related = MapperData::related(owner, info);
    if (related.is_changed()) return; // what the program set stands
    if (target != nullptr) link(owner.orm_state().graph, target->orm_state().graph);
    related.load(target);
}

void fill_collection(ModelBase& owner, const RelationshipInfo& info, std::vector<ModelBase*> loaded) {
    auto& collection = MapperData::collection(owner, info);
    auto& state = owner.orm_state();
    if (state.changes) {
        std::erase_if(loaded, [&](ModelBase* object) { return is_pending_change(owner, info, state.changes->removed, object); });
        for (const auto& member : state.changes->added)
            if (&state.mapper->relationships[member.relationship] == &info
                && std::ranges::find(loaded, member.object) == loaded.end())
                loaded.push_back(member.object);
    }
    const auto* reverse = info.reverse < 0 ? nullptr : &info.target->relationships[static_cast<std::size_t>(info.reverse)];
    for (auto* object : loaded) {
        link(state.graph, object->orm_state().graph);
        if (reverse != nullptr && !reverse->collection && !MapperData::related(*object, *reverse).is_present())
            fill_related(*object, *reverse, &owner);
    }
    collection.items() = std::move(loaded);
    collection.set_flags(AttributeBase::present);
}

std::vector<Value> link_values(ModelBase& owner, const RelationshipInfo& info) {
    std::vector<Value> values;
    for (const auto& [here, there] : info.pairs) {
        const auto& attribute_info = owner.orm_state().mapper->attributes[here];
        const auto& attribute = MapperData::attribute(owner, attribute_info);
        if (!attribute.is_present() || attribute_info.operations->is_null(attribute)) return {};
        values.push_back(attribute_info.operations->value(attribute));
    }
    return values;
}

std::shared_ptr<const sql::SelectNode> lazy_select(const RelationshipInfo& info, const std::vector<Value>& values) {
    auto select = std::make_shared<sql::SelectNode>();
    select->add(&sql::SelectNode::columns, 'c', info.target->entity);
    for (std::size_t i = 0; i < info.pairs.size(); ++i) {
        const auto& column = target_node(info, i);
        auto value = bind(values[i], column);
        // SQLAlchemy writes the parameter first where the target has the key.
        const bool many_to_one = info.direction == Direction::many_to_one;
        select->add(
            &sql::SelectNode::where, 'w',
            sql::make_binary(sql::Operator::eq, many_to_one ? column : value, many_to_one ? value : column, Boolean{}));
    }
    return select;
}

std::shared_ptr<const sql::SelectNode>
selectin_select(const RelationshipInfo& info, const std::vector<std::vector<Value>>& values) {
    auto select = std::make_shared<sql::SelectNode>();
    const auto is_link = [&](std::size_t attribute) {
        return std::ranges::any_of(info.pairs, [&](const auto& pair) { return pair.second == attribute; });
    };
    for (std::size_t i = 0; i < info.pairs.size(); ++i) select->add(&sql::SelectNode::columns, 'c', target_node(info, i));
    for (std::size_t i = 0; i < info.target->attributes.size(); ++i)
        if (!is_link(i)) select->add(&sql::SelectNode::columns, 'c', info.target->attributes[i].node);

    if (info.pairs.size() == 1) {
        std::vector<Value> list;
        list.reserve(values.size());
        for (const auto& value : values) list.push_back(value.front());
        const auto& column = target_node(info, 0);
        select->add(
            &sql::SelectNode::where, 'w',
            std::make_shared<sql::InListNode>(column, std::move(list), sql::type_of(*column), false));
        return select;
    }
    // A key of several columns: (a = 1 AND b = 2) OR …, which every database takes.
    std::vector<sql::NodePtr> alternatives;
    for (const auto& value : values) {
        std::vector<sql::NodePtr> parts;
        for (std::size_t i = 0; i < info.pairs.size(); ++i)
            parts.push_back(sql::make_binary(
                sql::Operator::eq, target_node(info, i), bind(value[i], target_node(info, i)), Boolean{}));
        alternatives.push_back(sql::make_boolean_list(sql::Operator::and_, std::move(parts)));
    }
    select->add(&sql::SelectNode::where, 'w', sql::make_boolean_list(sql::Operator::or_, std::move(alternatives)));
    return select;
}

std::vector<std::size_t> selectin_columns(const RelationshipInfo& info) {
    std::vector<std::size_t> columns(info.target->attributes.size());
    std::size_t next = info.pairs.size();
    for (std::size_t attribute = 0; attribute < columns.size(); ++attribute) {
        const auto pair = std::ranges::find(info.pairs, attribute, [](const auto& p) { return std::size_t{p.second}; });
        columns[attribute] = pair != info.pairs.end() ? static_cast<std::size_t>(pair - info.pairs.begin()) : next++;
    }
    return columns;
}

std::shared_ptr<const sql::SelectNode> select_by_key(const MapperData& mapper, const std::vector<Value>& key) {
    auto select = std::make_shared<sql::SelectNode>();
    select->add(&sql::SelectNode::columns, 'c', mapper.entity);
    for (std::size_t i = 0; i < mapper.primary_key.size(); ++i) {
        const auto& column = mapper.attributes[mapper.primary_key[i]].node;
        select->add(
            &sql::SelectNode::where, 'w', sql::make_binary(sql::Operator::eq, column, bind(key[i], column), Boolean{}));
    }
    return select;
}

} // namespace azoth::orm
