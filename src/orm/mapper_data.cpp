// SPDX-License-Identifier: MIT
// Completing a mapping: keys found by name, relationships from foreign keys, both sides of each matched.
#include <azoth/orm/mapper_data.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

#include <azoth/orm/entity.hpp>
#include <azoth/orm/errors.hpp>
#include <azoth/schema/metadata.hpp>
#include <azoth/sql/from.hpp>

#include "orm/configuration.hpp"
#include "orm/join_condition.hpp"

namespace azoth::orm {

namespace {

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
        if (!only_attribute.empty()) {
            const auto* attribute = referring.find(only_attribute);
            if (attribute == nullptr || std::ranges::find(key.columns, referring.column(*attribute).name) == key.columns.end())
                continue;
        }
        keys.push_back(&key);
    }
    return keys;
}

/// Whose columns come first in a table made for both sides: the side whose name the table's begins with.
bool comes_first(const MapperData& mapper, const MapperData& target, const std::string& table) {
    const bool mine = table.starts_with(mapper.table->name());
    const bool theirs = table.starts_with(target.table->name());
    if (mine != theirs) return mine;
    return mapper.class_name <= target.class_name;
}

void add_association_columns(schema::TableData& table, const MapperData& mapper, const std::string& name) {
    schema::ForeignKeyData key;
    key.target_table = mapper.table->name();
    key.target_schema = mapper.table->schema();
    for (const auto attribute : mapper.primary_key) {
        const auto& source = mapper.column(mapper.attributes[attribute]);
        auto& column = table.add_column(
            name.empty() || mapper.primary_key.size() > 1 ? mapper.table->name() + "_" + source.name : name, source.type);
        column.primary_key = true;
        column.nullable = false;
        key.columns.push_back(column.name);
        key.target_columns.push_back(source.name);
    }
    table.foreign_keys.push_back(std::move(key));
}

std::unique_ptr<Table> make_association_table(const MapperData& mapper, const RelationshipInfo& info, const MapperData& target) {
    auto data = std::make_shared<schema::TableData>(info.secondary_name, mapper.table->schema());
    if (comes_first(mapper, target, info.secondary_name)) {
        add_association_columns(*data, mapper, info.secondary_here);
        add_association_columns(*data, target, info.secondary_there);
    } else {
        add_association_columns(*data, target, info.secondary_there);
        add_association_columns(*data, mapper, info.secondary_here);
    }
    return std::make_unique<Table>(std::move(data));
}

/// The association table's columns that refer to `mapper`, with the attributes that they hold.
std::vector<std::pair<std::uint16_t, std::size_t>>
association_pairs(const Table& table, const MapperData& mapper, std::size_t skip, const std::string& what) {
    for (const auto& key : table.data().foreign_keys) {
        if (key.target_table != mapper.table->name() || skip-- > 0) continue;
        std::vector<std::pair<std::uint16_t, std::size_t>> pairs;
        for (std::size_t i = 0; i < key.columns.size(); ++i) {
            const auto* to = mapper.table->data().find(key.target_columns[i]);
            const auto* attribute = to != nullptr ? mapper.by_column(to->position) : nullptr;
            if (attribute == nullptr)
                throw ArgumentError(what + ": '" + table.name() + "' refers to a column that " + mapper.class_name + " does not map");
            pairs.emplace_back(
                static_cast<std::uint16_t>(attribute - mapper.attributes.data()), table.data().find(key.columns[i])->position);
        }
        return pairs;
    }
    throw ArgumentError(
        what + ": no foreign key of the association table '" + table.name() + "' refers to '" + mapper.table->name() + "'");
}

/// The other side. One that is only read is not kept in step.
void find_reverse(RelationshipInfo& info) {
    const auto index = info.target->relationship_index(info.back_populates);
    if (!info.viewonly && !info.target->relationships[index].viewonly) info.reverse = index;
}

void configure_many_to_many(MapperData& mapper, RelationshipInfo& info, MapperData& target, const std::string& what) {
    info.direction = Direction::many_to_many;
    RelationshipInfo* other = nullptr;
    if (!info.back_populates.empty()) {
        other = &target.relationships[target.relationship_index(info.back_populates)];
        find_reverse(info);
    }
    const bool second_side = other != nullptr && other->secondary != nullptr && other->target != nullptr;
    if (!info.secondary && mapper.reflected_in != nullptr)
        if (const auto* known = mapper.reflected_in->find(info.secondary_name, mapper.reflected_schema))
            info.secondary = std::make_unique<Table>(*known);
    if (!info.secondary) {
        info.secondary = other != nullptr && other->secondary ? std::make_unique<Table>(*other->secondary)
                                                              : make_association_table(mapper, info, target);
    }
    // Where both sides are one class, the first key is the side's that was looked at first.
    const bool same = &mapper == &target;
    configure_association_join(mapper, info, what);
    if (!info.make_primaryjoin) info.secondary_pairs = association_pairs(*info.secondary, mapper, same && second_side ? 1 : 0, what);
    if (!info.make_secondaryjoin) info.secondary_target_pairs = association_pairs(*info.secondary, target, same && !second_side ? 1 : 0, what);
}

void require_single_parent(const RelationshipInfo& info, const std::string& what) {
    if (info.cascade.delete_orphan && info.direction != Direction::one_to_many && !info.single_parent)
        throw ArgumentError(
            what + ": delete-orphan belongs on the \"one\" side of a relationship, or goes together with single_parent");
}

/// When direction and keys are known.
void complete_relationship(MapperData& mapper, RelationshipInfo& info, const std::string& what) {
    auto& target = *info.target;
    if (info.direction == Direction::many_to_one) {
        info.to_primary_key = info.keys_only
            && std::ranges::equal(info.pairs, target.primary_key, {}, [](const auto& pair) { return pair.second; });
        if (!info.viewonly) target.add_referrer(mapper, info);
    }
    require_single_parent(info, what);
    if (!info.back_populates.empty()) find_reverse(info);
}

void configure_relationship(MapperData& mapper, RelationshipInfo& info) {
    const auto what = mapper.class_name + "::" + info.name;
    auto& target = info.target_reference();
    target.resolve_keys();
    info.target = &target;
    if (info.cascade.delete_orphan && !info.cascade.delete_)
        throw ArgumentError(what + ": cascade: delete-orphan goes together with delete");
    if (info.viewonly && (info.cascade.save_update || info.cascade.delete_ || info.cascade.delete_orphan))
        throw ArgumentError(
            what + ": a viewonly relationship is never written, so the cascades save-update, delete and delete-orphan are not for it");
    if (info.write_only && info.lazy != Lazy::select)
        throw ArgumentError(what + ": a write-only relationship is never loaded whole, so lazy() is not for it");
    if (!info.secondary_name.empty()) {
        configure_many_to_many(mapper, info, target, what);
        require_single_parent(info, what);
        return;
    }
    if (info.make_secondaryjoin)
        throw ArgumentError(what + ": secondaryjoin() is for relationships with an association table; give it secondary()");
    if (info.make_primaryjoin) {
        configure_join(mapper, info, what);
        complete_relationship(mapper, info, what);
        return;
    }

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
    if (keys.empty()) throw NoForeignKeysError(what + ": no foreign key on '" + target.table->name() + "' refers to '" + mapper.table->name() + "'");
    if (keys.size() > 1)
        throw AmbiguousForeignKeysError(what + ": several foreign keys would do; say which with foreign_keys<&Class::member>()");
    if (many_to_one) {
        info.child_pairs = key_pairs(mapper, target, *keys.front(), what);
        info.pairs = info.child_pairs;
    } else {
        info.child_pairs = key_pairs(target, mapper, *keys.front(), what);
        for (const auto& [child, parent] : info.child_pairs) info.pairs.emplace_back(parent, child);
    }
    complete_relationship(mapper, info, what);
}

} // namespace

namespace {

/// Under the lock of configure().
std::map<const schema::TableData*, const MapperData*>& mapped_tables() {
    static std::map<const schema::TableData*, const MapperData*> tables;
    return tables;
}

} // namespace

const MapperData* mapper_of_table(const schema::TableData& table) {
    const std::lock_guard lock{configuration_mutex()};
    const auto found = mapped_tables().find(&table);
    return found == mapped_tables().end() ? nullptr : found->second;
}

void MapperData::resolve_keys() {
    const std::lock_guard lock{configuration_mutex()};
    require_mapped();
    if (keys_resolved_) return;
    keys_resolved_ = true;
    mapped_tables().emplace(&table->data(), this);
    auto& data = *table->shared_data();
    for (const auto& pending : pending_keys) {
        const auto& target = pending.target();
        target.require_mapped();
        auto& key = data.foreign_keys[pending.key];
        key.target_table = target.table->name();
        key.target_schema = target.table->schema();
        key.target_columns.clear();
        for (const auto& attribute : pending.attributes)
            key.target_columns.push_back(target.column(target.attributes[target.attribute_index(attribute)]).name);
    }
    // Computed ones first, in the order of their declaration.
    std::vector<AttributeInfo> ordered;
    ordered.reserve(attributes.size());
    for (auto& info : attributes)
        if (info.computed) ordered.push_back(std::move(info));
    const auto computed = static_cast<std::ptrdiff_t>(ordered.size());
    for (auto& info : attributes)
        if (!info.computed) ordered.push_back(std::move(info));
    std::ranges::sort(ordered.begin() + computed, ordered.end(), {}, &AttributeInfo::column);
    attributes = std::move(ordered);
    if (!version_name.empty()) version_id = attribute_index(version_name);
    const auto* generated = data.autoincrement_column();
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        auto& attribute = attributes[i];
        if (attribute.query_expression) query_expressions.push_back(static_cast<std::uint16_t>(i));
        if (attribute.computed) continue;
        const auto& column = data.columns[attribute.column];
        attribute.node = azoth::detail::make_column_node(table->node(), column);
        attribute.server_default = column.server_default || column.fetched || column.computed || column.identity;
        attribute.autoincrement = &column == generated;
        attribute.primary_key = column.primary_key && key_names.empty();
        if (attribute.primary_key) primary_key.push_back(static_cast<std::uint16_t>(i));
    }
    for (const auto& name : key_names) {
        primary_key.push_back(attribute_index(name));
        attributes[primary_key.back()].primary_key = true;
    }
    if (primary_key.empty())
        throw ArgumentError(class_name + ": table '" + table->name() + "' has no primary key; give a column az::primary_key, or say with m.primary_key<…>() what identifies its rows");
    entity = make_entity();
}

sql::NodePtr MapperData::make_entity(const std::vector<std::uint16_t>& undeferred) const {
    std::vector<sql::NodePtr> nodes;
    nodes.reserve(attributes.size());
    for (const auto& attribute : attributes) nodes.push_back(attribute.node);
    return make_entity_from(table->node(), nodes, undeferred);
}

sql::NodePtr MapperData::make_entity_from(
    const sql::NodePtr& from, const std::vector<sql::NodePtr>& nodes, const std::vector<std::uint16_t>& undeferred) const {
    std::vector<sql::NodePtr> columns;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        const bool wanted = !attributes[i].deferred || std::ranges::find(undeferred, i) != undeferred.end();
        if (wanted && nodes[i]) columns.push_back(nodes[i]);
    }
    return std::make_shared<sql::EntityNode>(from, std::move(columns), this);
}

const sql::NodePtr& MapperData::express(std::uint16_t index) {
    auto& attribute = attributes[index];
    if (attribute.node || !attribute.computed) return attribute.node;
    if (!attribute.expression) { // of a query_expression<>()
        attribute.node = sql::make_null();
        return attribute.node;
    }
    if (std::ranges::find(expressing_, index) != expressing_.end())
        throw ArgumentError(class_name + "::" + attribute.name + ": the expression of this column property is made of itself");
    expressing_.push_back(index);
    auto node = attribute.expression();
    expressing_.pop_back();
    attribute.node = std::move(node);
    return attribute.node;
}

void MapperData::add_referrer(const MapperData& mapper, const RelationshipInfo& relationship) {
    referrer_list_.push_back({&mapper, &relationship, referrers()});
    referrers_.store(&referrer_list_.back(), std::memory_order_release);
}

void MapperData::resolve_relationships() {
    resolve_keys();
    for (auto& relationship : relationships) {
        configure_relationship(*this, relationship);
        find_overlaps(*this, relationship);
    }
    for (auto& relationship : relationships) relationship.target->configure();
    bool computes = false;
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        if (!attributes[i].computed) continue;
        (void)express(static_cast<std::uint16_t>(i));
        computes = true;
    }
    if (computes) entity = make_entity();
}

std::vector<ColumnRef> MapperData::columns() const {
    std::vector<ColumnRef> columns;
    for (const auto& attribute : attributes)
        if (!attribute.computed) columns.emplace_back(as_column(attribute.node));
    return columns;
}

std::vector<ColumnRef> MapperData::primary_key_columns() const {
    std::vector<ColumnRef> columns;
    for (const auto index : primary_key) columns.emplace_back(as_column(attributes[index].node));
    return columns;
}

std::vector<const AttributeInfo*> MapperData::column_attrs() const {
    std::vector<const AttributeInfo*> all;
    for (const auto& attribute : attributes) all.push_back(&attribute);
    return all;
}

std::vector<Descriptor> MapperData::all_orm_descriptors() const {
    std::vector<Descriptor> all;
    for (const auto& attribute : attributes)
        all.push_back({attribute.computed ? DescriptorKind::column_property : DescriptorKind::column, attribute.name});
    const auto add = [&](DescriptorKind kind, const auto& described) {
        for (const auto& each : described) all.push_back({kind, each.name});
    };
    add(DescriptorKind::relationship, relationships);
    add(DescriptorKind::composite, composites);
    add(DescriptorKind::synonym, synonyms);
    add(DescriptorKind::hybrid, hybrids);
    return all;
}

void MapperData::add(RelationshipInfo&& relationship) { relationships.push_back(std::move(relationship)); }

const RelationshipInfo* MapperData::find_relationship(std::string_view name) const noexcept {
    const auto found = std::ranges::find(relationships, name, &RelationshipInfo::name);
    return found == relationships.end() ? nullptr : &*found;
}

const AttributeInfo* MapperData::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(attributes, name, &AttributeInfo::name);
    return found == attributes.end() ? nullptr : &*found;
}

std::uint16_t MapperData::attribute_index(std::string_view name) const {
    if (const auto* found = find(name)) return static_cast<std::uint16_t>(found - attributes.data());
    throw UnmappedColumnError(class_name + "::" + std::string{name} + " is not mapped: give it a column<>() in map()");
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
        attribute(*object, attributes[i])
            .place(
                attributes[i].offset, static_cast<std::uint16_t>(i), attributes[i].watch != nullptr || attributes[i].active_history);
    if (!loaded)
        for (const auto& info : attributes)
            if (info.init_default) info.init_default(attribute(*object, info));
    for (std::size_t i = 0; i < relationships.size(); ++i) {
        auto& member = link(*object, relationships[i]);
        member.place(relationships[i].offset, static_cast<std::uint16_t>(i), relationships[i].watch != nullptr);
        if (!loaded) member.set_flags(AttributeBase::present); // a new object's links are known: there are none
    }
    if (!loaded)
        for (const auto& info : relationships)
            if (info.watch && info.collection) info.watch->init_collection(*object);
    return object;
}

const schema::ColumnData& given_column(const MapperData& data, std::string_view name) {
    const auto& table = data.table->data();
    // By key, as SQLAlchemy matches attributes and columns; the name in the database will do, too.
    auto found = std::ranges::find_if(table.columns, [&](const auto& column) { return column.key_name() == name; });
    if (found == table.columns.end())
        found = std::ranges::find_if(table.columns, [&](const auto& column) { return column.name == name; });
    if (found == table.columns.end()) {
        std::string known;
        for (const auto& column : table.columns) known += (known.empty() ? "" : ", ") + column.key_name();
        throw UnmappedColumnError(
            data.class_name + "::map(): table '" + table.name + "' has no column '" + std::string{name} + "'; it has " + known);
    }
    if (data.by_column(found->position) != nullptr)
        throw ArgumentError(data.class_name + "::map(): column '" + found->name + "' is mapped twice");
    return *found;
}

void refuse_option(const MapperData& data, std::string_view member) {
    throw ArgumentError(
        data.class_name + "::" + std::string{member} + ": table '" + data.table->name()
        + "' was made before the mapping: its columns take no options but a name, deferred and active_history");
}

void finish_table(MapperData& data) {
    (void)require_table(data);
    for (const auto& part : std::exchange(data.table_parts, {})) part(*data.table);
}

schema::TableData& require_table(MapperData& data) {
    if (!data.table) throw ArgumentError(data.class_name + "::map(): m.table(\"name\") must come first");
    return *data.table->shared_data();
}

Cascade parse_cascade(std::string_view text) {
    Cascade cascade{false, false, false, false, false, false};
    std::string word;
    const auto take = [&] {
        if (word.empty()) return;
        const bool all = word == "all";
        bool known = all || word == "none";
        const auto set = [&](bool& flag, std::string_view name) {
            if (word == name || (all && name != "delete-orphan")) flag = known = true;
        };
        set(cascade.save_update, "save-update");
        set(cascade.merge, "merge");
        set(cascade.refresh_expire, "refresh-expire");
        set(cascade.expunge, "expunge");
        set(cascade.delete_, "delete");
        set(cascade.delete_orphan, "delete-orphan");
        if (!known)
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

PassiveDeletesOption PassiveDeletesOption::operator()(std::string_view mode) const {
    if (mode == "all") return {PassiveDeletes::all};
    throw ArgumentError("passive_deletes(\"" + std::string{mode} + "\"): only \"all\" is known; passive_deletes alone is the other");
}

const RelationshipInfo* RelationshipInfo::other_side() const noexcept {
    return reverse < 0 ? nullptr : &target->relationships[static_cast<std::size_t>(reverse)];
}

std::vector<std::uint16_t> RelationshipInfo::local_attributes() const {
    std::vector<std::uint16_t> attributes;
    for (const auto& pair : pairs) attributes.push_back(pair.first);
    for (const auto& pair : secondary_pairs) attributes.push_back(pair.first);
    for (const auto& column : local_columns)
        if (std::ranges::find(attributes, column.second) == attributes.end()) attributes.push_back(column.second);
    return attributes;
}

const sql::NodePtr& attribute_node(const MapperData& mapper, std::string_view name) {
    const auto index = mapper.attribute_index(name);
    const auto& info = mapper.attributes[index];
    // While a mapping is completed one expression may be made of another.
    if (!info.node && info.computed) return const_cast<MapperData&>(mapper).express(index);
    return info.node;
}

sql::NodePtr relationship_condition(const MapperData& mapper, const RelationshipInfo& relationship) {
    if (relationship.direction == Direction::many_to_many)
        throw ArgumentError(
            mapper.class_name + "::" + relationship.name + ": a many-to-many relationship is joined through its association table");
    if (relationship.primaryjoin) return relationship.primaryjoin;
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
