// SPDX-License-Identifier: MIT
// The SELECTs that load links, one owner at a time or many, and putting what they bring into the objects.
#include <azoth/orm/load_plan.hpp>

#include <algorithm>
#include <unordered_set>

#include <azoth/sql/from.hpp>
#include <azoth/sql/traverse.hpp>

#include "orm/join_condition.hpp"

namespace azoth::orm {

namespace {

/// The attribute of the target that a pair compares.
const sql::NodePtr& target_node(const RelationshipInfo& info, std::size_t pair) {
    return info.target->attributes[info.pairs[pair].second].node;
}

sql::NodePtr parameter(const Value& value, const sql::NodePtr& like) { return sql::make_bind(value, sql::type_of(*like)); }

} // namespace

void fill_related(ModelBase& owner, const RelationshipInfo& info, ModelBase* target) {
    auto& related = MapperData::related(owner, info);
    if (related.is_changed()) return; // what the program set stands
    if (target != nullptr) link(owner.orm_state().graph, target->orm_state().graph);
    related.load(target);
}

namespace {

/// The other side of what a collection holds is known without having been loaded.
void imply_related(ModelBase& member, const RelationshipInfo& info, ModelBase& owner) {
    auto& related = MapperData::related(member, info);
    if (related.is_present()) return;
    fill_related(member, info, &owner);
    related.set_flags(related.flags() | AttributeBase::implied);
}

std::size_t link_width_of(const RelationshipInfo& info) { return info.pairs.size() + info.secondary_pairs.size(); }

sql::NodePtr secondary_column(const RelationshipInfo& info, std::size_t position) {
    return azoth::detail::make_column_node(info.secondary->node(), info.secondary->data().columns[position]);
}

void add_order(sql::SelectNode& select, const RelationshipInfo& info) {
    for (const auto& [name, descending] : info.order_by) {
        auto node = info.target->attributes[info.target->attribute_index(name)].node;
        if (descending) node = sql::make_unary(sql::Operator::desc, std::move(node), Type{});
        select.add(&sql::SelectNode::order_by, 'o', std::move(node));
    }
}

/// Many-to-many: the association table's rows of the targets.
void add_association(sql::SelectNode& select, const RelationshipInfo& info) {
    if (info.secondaryjoin) {
        for (const auto& operand : and_operands(info.secondaryjoin)) select.add(&sql::SelectNode::where, 'w', operand);
        return;
    }
    for (const auto& [attribute, column] : info.secondary_target_pairs)
        select.add(
            &sql::SelectNode::where, 'w',
            sql::make_binary(
                sql::Operator::eq, info.target->attributes[attribute].node, secondary_column(info, column), Boolean{}));
}

} // namespace

void fill_collection(ModelBase& owner, const RelationshipInfo& info, std::vector<ModelBase*> loaded) {
    auto& collection = MapperData::collection(owner, info);
    auto& state = owner.orm_state();
    if (state.changes && !(state.changes->removed.empty() && state.changes->added.empty())) {
        std::erase_if(loaded, [&](const ModelBase* object) { return state.changes->removed.has(info.index, object); });
        const std::unordered_set<const ModelBase*> there(loaded.begin(), loaded.end());
        for (const auto& member : state.changes->added)
            if (member.relationship == info.index && !there.contains(member.object)) loaded.push_back(member.object);
    }
    const auto* reverse = info.viewonly ? nullptr : info.other_side();
    for (auto* object : loaded) {
        link(state.graph, object->orm_state().graph);
        if (reverse != nullptr && !reverse->collection) imply_related(*object, *reverse, owner);
    }
    collection.set_items(std::move(loaded));
    collection.set_flags(AttributeBase::present);
    if (info.watch) info.watch->init_collection(owner);
}

namespace {

/// What a changed attribute was before; null when it was not changed, or nobody knows.
const Value* value_before(const ModelBase& object, std::uint16_t attribute) {
    const auto& state = object.orm_state();
    if (state.lifecycle < Lifecycle::persistent || !state.changes) return nullptr;
    for (const auto& old : state.changes->values)
        if (old.attribute == attribute && old.known && !old.value.is_null()) return &old.value;
    return nullptr;
}

} // namespace

std::vector<Value> link_values(ModelBase& owner, const RelationshipInfo& info) {
    std::vector<Value> values;
    // A part of a key of several columns may be NULL, where the target's rows may have such keys.
    const bool partial = info.to_primary_key && info.pairs.size() > 1 && info.target->allow_partial_pks;
    const auto take = [&](const auto& pairs) {
        for (const auto& pair : pairs) {
            const auto& attribute_info = owner.orm_state().mapper->attributes[pair.first];
            const auto& attribute = MapperData::attribute(owner, attribute_info);
            // The rows that refer to an object have the key that is stored, not one that is still to be written.
            if (info.direction != Direction::many_to_one)
                if (const auto* stored = value_before(owner, pair.first)) {
                    values.push_back(*stored);
                    continue;
                }
            if (partial && attribute.is_present() && attribute_info.operations->is_null(attribute)) {
                values.emplace_back();
                continue;
            }
            if (!attribute.is_present() || attribute_info.operations->is_null(attribute)) return false;
            values.push_back(attribute_info.operations->value(attribute));
        }
        return true;
    };
    if (!take(info.pairs) || !take(info.secondary_pairs)) return {};
    if (partial && std::ranges::all_of(values, &Value::is_null)) return {};
    if (!info.local_columns.empty()) { // what else the condition asks for
        std::vector<std::pair<std::uint16_t, std::uint16_t>> more;
        const auto all = info.local_attributes();
        for (auto i = values.size(); i < all.size(); ++i) more.emplace_back(all[i], all[i]);
        if (!take(more)) return {};
    }
    return values;
}

std::shared_ptr<sql::SelectNode> lazy_select(const RelationshipInfo& info, const std::vector<Value>& values) {
    auto select = std::make_shared<sql::SelectNode>();
    select->add(&sql::SelectNode::columns, 'c', info.target->entity);
    const auto compare = [&](sql::NodePtr column, const Value& value, bool column_first) {
        if (value.is_null()) {
            select->add(&sql::SelectNode::where, 'w', sql::make_binary(sql::Operator::is, std::move(column), sql::make_null(), Boolean{}));
            return;
        }
        auto bound = parameter(value, column);
        select->add(
            &sql::SelectNode::where, 'w',
            sql::make_binary(
                sql::Operator::eq, column_first ? column : bound, column_first ? bound : column, Boolean{}));
    };
    const bool partial = std::ranges::any_of(values, &Value::is_null); // then by the target's primary key
    if (info.primaryjoin && !partial) {
        const auto attributes = info.local_attributes();
        const auto condition = sql::replacement_traverse(info.primaryjoin, [&](const sql::NodePtr& node) -> sql::NodePtr {
            const auto local = std::ranges::find(info.local_columns, node.get(), [](const auto& column) { return column.first; });
            if (local == info.local_columns.end()) return nullptr;
            return parameter(values[static_cast<std::size_t>(std::ranges::find(attributes, local->second) - attributes.begin())], node);
        });
        for (const auto& operand : and_operands(condition)) select->add(&sql::SelectNode::where, 'w', operand);
        add_association(*select, info);
        add_order(*select, info);
        return select;
    }
    // SQLAlchemy writes the parameter first where the target, or an association table, has the key.
    for (std::size_t i = 0; i < info.pairs.size(); ++i)
        compare(target_node(info, i), values[i], info.direction == Direction::many_to_one || info.target_first);
    for (std::size_t i = 0; i < info.secondary_pairs.size(); ++i)
        compare(secondary_column(info, info.secondary_pairs[i].second), values[i], false);
    add_association(*select, info);
    add_order(*select, info);
    return select;
}

std::size_t link_width(const RelationshipInfo& info) { return link_width_of(info); }

namespace {

/// The columns have the values of one of the rows.
void add_one_of(sql::SelectNode& select, const std::vector<sql::NodePtr>& columns, const std::vector<std::vector<Value>>& rows) {
    if (columns.size() == 1) {
        std::vector<Value> list;
        list.reserve(rows.size());
        for (const auto& row : rows) list.push_back(row.front());
        select.add(
            &sql::SelectNode::where, 'w',
            std::make_shared<sql::InListNode>(columns.front(), std::move(list), sql::type_of(*columns.front()), false));
        return;
    }
    // A key of several columns: (a = 1 AND b = 2) OR …, which every database takes.
    std::vector<sql::NodePtr> alternatives;
    for (const auto& row : rows) {
        std::vector<sql::NodePtr> parts;
        for (std::size_t i = 0; i < columns.size(); ++i)
            parts.push_back(sql::make_binary(sql::Operator::eq, columns[i], parameter(row[i], columns[i]), Boolean{}));
        alternatives.push_back(sql::make_boolean_list(sql::Operator::and_, std::move(parts)));
    }
    select.add(&sql::SelectNode::where, 'w', sql::make_boolean_list(sql::Operator::or_, std::move(alternatives)));
}

} // namespace

std::shared_ptr<const sql::SelectNode>
selectin_join_select(const MapperData& mapper, const RelationshipInfo& info, const std::vector<std::vector<Value>>& keys) {
    auto select = std::make_shared<sql::SelectNode>();
    const auto& table = mapper.table->node();
    const sql::NodePtr owner = std::make_shared<sql::AliasNode>(table, QuotedName{});
    const auto of_owner = [&](const sql::NodePtr& node) { return sql::adapt(node, table, owner); };
    std::vector<sql::NodePtr> key;
    for (const auto index : mapper.primary_key) key.push_back(of_owner(mapper.attributes[index].node));
    for (const auto& column : key) select->add(&sql::SelectNode::columns, 'c', column);
    for (const auto& attribute : info.target->attributes)
        if (!attribute.deferred) select->add(&sql::SelectNode::columns, 'c', attribute.node);
    const auto equal = [](std::vector<sql::NodePtr>& conditions, sql::NodePtr a, sql::NodePtr b) {
        conditions.push_back(sql::make_binary(sql::Operator::eq, std::move(a), std::move(b), Boolean{}));
    };
    // The owner's columns in the condition are its alias's; those of the same table on the other side are not.
    std::vector<sql::NodePtr> first;
    if (info.primaryjoin) {
        first.push_back(sql::replacement_traverse(info.primaryjoin, [&](const sql::NodePtr& node) -> sql::NodePtr {
            const bool local = std::ranges::any_of(info.local_columns, [&](const auto& column) { return column.first == node.get(); });
            return local ? of_owner(node) : nullptr;
        }));
    } else if (info.secondary) {
        for (const auto& [attribute, column] : info.secondary_pairs)
            equal(first, of_owner(mapper.attributes[attribute].node), secondary_column(info, column));
    } else {
        for (const auto& [here, there] : info.pairs) equal(first, of_owner(mapper.attributes[here].node), info.target->attributes[there].node);
    }
    auto on = sql::make_boolean_list(sql::Operator::and_, std::move(first));
    sql::NodePtr from;
    if (info.secondary) {
        std::vector<sql::NodePtr> second;
        if (info.secondaryjoin) second.push_back(info.secondaryjoin);
        else
            for (const auto& [attribute, column] : info.secondary_target_pairs)
                equal(second, info.target->attributes[attribute].node, secondary_column(info, column));
        from = std::make_shared<sql::JoinNode>(owner, info.secondary->node(), std::move(on), sql::JoinKind::inner);
        on = sql::make_boolean_list(sql::Operator::and_, std::move(second));
        from = std::make_shared<sql::JoinNode>(std::move(from), info.target->table->node(), std::move(on), sql::JoinKind::inner);
    } else {
        from = std::make_shared<sql::JoinNode>(owner, info.target->table->node(), std::move(on), sql::JoinKind::inner);
    }
    select->add(&sql::SelectNode::from, 'f', std::move(from));
    add_one_of(*select, key, keys);
    add_order(*select, info);
    return select;
}

std::vector<std::size_t> selectin_join_columns(const MapperData& mapper, const RelationshipInfo& info) {
    std::vector<std::size_t> columns;
    auto next = mapper.primary_key.size();
    for (const auto& attribute : info.target->attributes) columns.push_back(attribute.deferred ? not_selected : next++);
    return columns;
}

std::shared_ptr<const sql::SelectNode>
selectin_select(const RelationshipInfo& info, const std::vector<std::vector<Value>>& values) {
    auto select = std::make_shared<sql::SelectNode>();
    std::vector<sql::NodePtr> links;
    for (std::size_t i = 0; i < info.pairs.size(); ++i) links.push_back(target_node(info, i));
    for (const auto& pair : info.secondary_pairs) links.push_back(secondary_column(info, pair.second));
    const auto is_link = [&](std::size_t attribute) {
        return std::ranges::any_of(info.pairs, [&](const auto& pair) { return pair.second == attribute; });
    };
    for (const auto& link : links) select->add(&sql::SelectNode::columns, 'c', link);
    for (std::size_t i = 0; i < info.target->attributes.size(); ++i)
        if (!is_link(i) && !info.target->attributes[i].deferred)
            select->add(&sql::SelectNode::columns, 'c', info.target->attributes[i].node);

    add_one_of(*select, links, values);
    add_association(*select, info);
    add_order(*select, info);
    return select;
}

std::vector<std::size_t> selectin_columns(const RelationshipInfo& info) {
    std::vector<std::size_t> columns(info.target->attributes.size());
    std::size_t next = link_width_of(info);
    for (std::size_t attribute = 0; attribute < columns.size(); ++attribute) {
        const auto pair = std::ranges::find(info.pairs, attribute, [](const auto& p) { return std::size_t{p.second}; });
        if (pair != info.pairs.end()) columns[attribute] = static_cast<std::size_t>(pair - info.pairs.begin());
        else columns[attribute] = info.target->attributes[attribute].deferred ? not_selected : next++;
    }
    return columns;
}

namespace {

void add_key_condition(sql::SelectNode& select, const MapperData& mapper, const std::vector<Value>& key) {
    for (std::size_t i = 0; i < mapper.primary_key.size(); ++i) {
        const auto& column = mapper.attributes[mapper.primary_key[i]].node;
        auto condition = key[i].is_null() ? sql::make_binary(sql::Operator::is, column, sql::make_null(), Boolean{})
                                          : sql::make_binary(sql::Operator::eq, column, parameter(key[i], column), Boolean{});
        select.add(&sql::SelectNode::where, 'w', std::move(condition));
    }
}

} // namespace

std::shared_ptr<sql::SelectNode> select_by_key(const MapperData& mapper, const std::vector<Value>& key) {
    auto select = std::make_shared<sql::SelectNode>();
    select->add(&sql::SelectNode::columns, 'c', mapper.entity);
    add_key_condition(*select, mapper, key);
    return select;
}

std::shared_ptr<sql::SelectNode>
select_attributes(const MapperData& mapper, const std::vector<std::uint16_t>& attributes, const std::vector<Value>& key) {
    auto select = std::make_shared<sql::SelectNode>();
    for (const auto attribute : attributes) select->add(&sql::SelectNode::columns, 'c', mapper.attributes[attribute].node);
    add_key_condition(*select, mapper, key);
    return select;
}

std::vector<std::uint16_t> expired_attributes(ModelBase& object) {
    std::vector<std::uint16_t> expired;
    const auto& mapper = *object.orm_state().mapper;
    for (std::size_t i = 0; i < mapper.attributes.size(); ++i) {
        const auto& attribute = MapperData::attribute(object, mapper.attributes[i]);
        if (mapper.attributes[i].query_expression) continue; // not loaded by itself
        if (attribute.is_expired() && !attribute.is_changed()) expired.push_back(static_cast<std::uint16_t>(i));
    }
    return expired;
}

std::vector<Value> stored_key(ModelBase& object) {
    std::vector<Value> key;
    const auto& state = object.orm_state();
    for (const auto index : state.mapper->primary_key) {
        const auto& info = state.mapper->attributes[index];
        const auto& attribute = MapperData::attribute(object, info);
        Value value = attribute.is_present() ? info.operations->value(attribute) : Value{};
        if (state.changes)
            for (const auto& old : state.changes->values)
                if (old.attribute == index && old.known) value = old.value;
        key.push_back(std::move(value));
    }
    return key;
}

} // namespace azoth::orm
