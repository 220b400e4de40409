// SPDX-License-Identifier: MIT
// Completing a mapping: keys found by name, relationships from foreign keys, both sides of each matched.
#include <azoth/orm/mapper_data.hpp>

#include <algorithm>
#include <mutex>

#include <azoth/error.hpp>
#include <azoth/orm/entity.hpp>
#include <azoth/sql/from.hpp>

namespace azoth::orm {

namespace {

/// Classes refer to each other, so completing one may complete others: one lock for all, taken on first use only.
std::recursive_mutex& configuration_mutex() {
    static std::recursive_mutex mutex;
    return mutex;
}

/// The attributes that hold a foreign key's columns and those of the key they refer to.
std::vector<std::pair<std::uint16_t, std::uint16_t>>
key_pairs(const MapperData& referring, const MapperData& referred, const schema::ForeignKeyData& key, const std::string& what) {
    std::vector<std::pair<std::uint16_t, std::uint16_t>> pairs;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
        const auto* from = referring.table->data().find(key.columns[i]);
        const auto* to = referred.table->data().find(key.target_columns[i]);
        const auto* from_attribute = from != nullptr ? referring.by_column(from->position) : nullptr;
        const auto* to_attribute = to != nullptr ? referred.by_column(to->position) : nullptr;
        if (from_attribute == nullptr || to_attribute == nullptr)
            throw ArgumentError(
                what + ": the foreign key " + referring.table->name() + "." + key.columns[i] + " refers to "
                + key.target_table + "." + key.target_columns[i] + ", which is not mapped");
        pairs.emplace_back(
            static_cast<std::uint16_t>(from_attribute - referring.attributes.data()),
            static_cast<std::uint16_t>(to_attribute - referred.attributes.data()));
    }
    return pairs;
}

std::vector<const schema::ForeignKeyData*>
keys_between(const MapperData& referring, const MapperData& referred, const std::string& only_attribute) {
    std::vector<const schema::ForeignKeyData*> keys;
    for (const auto& key : referring.table->data().foreign_keys) {
        if (key.target_table != referred.table->name()) continue;
        if (!only_attribute.empty() && std::ranges::find(key.columns, only_attribute) == key.columns.end()) continue;
        keys.push_back(&key);
    }
    return keys;
}

void configure_relationship(MapperData& mapper, RelationshipInfo& info) {
    const auto what = mapper.class_name + "::" + info.name;
    auto& target = info.target_reference();
    target.resolve_keys();
    info.target = &target;

    const auto own_keys = keys_between(mapper, target, info.foreign_key);
    const auto target_keys = keys_between(target, mapper, info.foreign_key);
    if (own_keys.empty() && target_keys.empty())
        throw ArgumentError(
            what + ": no foreign key connects '" + mapper.table->name() + "' and '" + target.table->name()
            + "'; give one of the columns foreign_key<...>()");
    if (&mapper == &target) info.direction = info.remote_side.empty() ? Direction::one_to_many : Direction::many_to_one;
    else if (!own_keys.empty() && (!info.collection || target_keys.empty())) info.direction = Direction::many_to_one;
    else info.direction = Direction::one_to_many;

    const bool many_to_one = info.direction == Direction::many_to_one;
    if (many_to_one && info.collection)
        throw ArgumentError(what + ": a Collection<> needs a foreign key on the other side's table '" + target.table->name() + "'");
    const auto& keys = many_to_one ? own_keys : target_keys;
    if (keys.empty()) throw ArgumentError(what + ": no foreign key on '" + target.table->name() + "' refers to '" + mapper.table->name() + "'");
    if (keys.size() > 1)
        throw ArgumentError(what + ": several foreign keys would do; say which with foreign_keys<&Class::member>()");
    if (many_to_one) {
        info.pairs = key_pairs(mapper, target, *keys.front(), what);
    } else {
        info.pairs = key_pairs(target, mapper, *keys.front(), what);
        for (auto& [here, there] : info.pairs) std::swap(here, there);
    }
    if (info.cascade.delete_orphan && many_to_one)
        throw ArgumentError(what + ": delete-orphan belongs on the \"one\" side of a relationship");
    if (!info.back_populates.empty()) info.reverse = target.relationship_index(info.back_populates);
}

} // namespace

void MapperData::resolve_keys() {
    const std::lock_guard lock{configuration_mutex()};
    if (keys_resolved_) return;
    keys_resolved_ = true;
    auto& data = *table->shared_data();
    for (const auto& pending : pending_keys) {
        const auto& target = pending.target();
        auto& key = data.foreign_keys[pending.key];
        key.target_table = target.table->name();
        key.target_schema = target.table->schema();
        key.target_columns = {target.attributes[target.attribute_index(pending.attribute)].name};
    }
    std::ranges::sort(attributes, {}, &AttributeInfo::column);
    const auto* generated = data.autoincrement_column();
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        auto& attribute = attributes[i];
        const auto& column = data.columns[attribute.column];
        attribute.node = azoth::detail::make_column_node(table->node(), column);
        attribute.server_default = column.server_default != nullptr;
        attribute.autoincrement = &column == generated;
        attribute.primary_key = column.primary_key;
        if (column.primary_key) primary_key.push_back(static_cast<std::uint16_t>(i));
    }
    if (primary_key.empty())
        throw ArgumentError(class_name + ": table '" + table->name() + "' has no primary key; give a column az::primary_key");
    std::vector<sql::NodePtr> columns;
    for (const auto& attribute : attributes) columns.push_back(attribute.node);
    entity = std::make_shared<sql::EntityNode>(table->node(), std::move(columns), this);
}

void MapperData::configure() {
    if (configured_.load(std::memory_order_acquire)) return;
    const std::lock_guard lock{configuration_mutex()};
    if (configured_.load(std::memory_order_relaxed) || configuring_) return;
    configuring_ = true;
    resolve_keys();
    for (auto& relationship : relationships) configure_relationship(*this, relationship);
    for (auto& relationship : relationships) relationship.target->configure();
    configuring_ = false;
    configured_.store(true, std::memory_order_release);
}

const AttributeInfo* MapperData::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(attributes, name, &AttributeInfo::name);
    return found == attributes.end() ? nullptr : &*found;
}

std::uint16_t MapperData::attribute_index(std::string_view name) const {
    if (const auto* found = find(name)) return static_cast<std::uint16_t>(found - attributes.data());
    throw ArgumentError(class_name + "::" + std::string{name} + " is not mapped: give it a column<>() in map()");
}

std::uint16_t MapperData::relationship_index(std::string_view name) const {
    const auto found = std::ranges::find(relationships, name, &RelationshipInfo::name);
    if (found != relationships.end()) return static_cast<std::uint16_t>(found - relationships.begin());
    throw ArgumentError(class_name + "::" + std::string{name} + " is not mapped: give it a relationship<>() in map()");
}

const AttributeInfo* MapperData::by_column(std::size_t column) const noexcept {
    const auto found = std::ranges::find(attributes, column, &AttributeInfo::column);
    return found == attributes.end() ? nullptr : &*found;
}

ModelBase* MapperData::create(Graph& graph, bool loaded) const {
    void* memory = allocate(graph, object_size, object_alignment);
    auto* object = construct(memory);
    own(graph, memory, object_size, destroy);
    auto& state = object->orm_state();
    state.mapper = this;
    state.graph = &graph;
    for (std::size_t i = 0; i < attributes.size(); ++i)
        attribute(*object, attributes[i]).place(attributes[i].offset, static_cast<std::uint16_t>(i));
    for (std::size_t i = 0; i < relationships.size(); ++i) {
        auto& link = *reinterpret_cast<AttributeBase*>(reinterpret_cast<char*>(object) + relationships[i].offset);
        link.place(relationships[i].offset, static_cast<std::uint16_t>(i));
        if (!loaded) link.set_flags(AttributeBase::present); // a new object's links are known: there are none
    }
    return object;
}

schema::TableData& require_table(MapperData& data) {
    if (!data.table) throw ArgumentError(data.class_name + "::map(): m.table(\"name\") must come first");
    return *data.table->shared_data();
}

Cascade parse_cascade(std::string_view text) {
    Cascade cascade{false, false, false};
    std::string word;
    const auto take = [&] {
        if (word.empty()) return;
        if (word == "all") cascade.save_update = cascade.delete_ = true;
        else if (word == "save-update") cascade.save_update = true;
        else if (word == "delete") cascade.delete_ = true;
        else if (word == "delete-orphan") cascade.delete_orphan = true;
        else if (word != "merge" && word != "refresh-expire" && word != "expunge" && word != "none")
            throw ArgumentError(
                "cascade(\"" + word + "\"): the cascades are all, save-update, merge, refresh-expire, expunge, delete, "
                "delete-orphan, none");
        word.clear();
    };
    for (const char c : text) {
        if (c == ',' || c == ' ') take();
        else word += c;
    }
    take();
    if (cascade.delete_orphan && !cascade.delete_)
        throw ArgumentError("cascade: delete-orphan goes together with delete");
    return cascade;
}

const sql::NodePtr& attribute_node(const MapperData& mapper, std::string_view name) {
    return mapper.attributes[mapper.attribute_index(name)].node;
}

sql::NodePtr relationship_condition(const MapperData& mapper, const RelationshipInfo& relationship) {
    std::vector<sql::NodePtr> conditions;
    for (const auto& [here, there] : relationship.pairs) {
        const auto& own = mapper.attributes[here].node;
        const auto& target = relationship.target->attributes[there].node;
        const bool many_to_one = relationship.direction == Direction::many_to_one;
        // SQLAlchemy writes the referred column first.
        conditions.push_back(sql::make_binary(
            sql::Operator::eq, many_to_one ? target : own, many_to_one ? own : target, Boolean{}));
    }
    return sql::make_boolean_list(sql::Operator::and_, std::move(conditions));
}

} // namespace azoth::orm
