// SPDX-License-Identifier: MIT
// Rows to objects.
#include <azoth/orm/load_plan.hpp>

#include <algorithm>

#include <azoth/error.hpp>
#include <azoth/orm/flush_plan.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth::orm {

namespace {

void finish(EntityPlan& plan) {
    for (const auto part : plan.mapper->primary_key)
        for (std::size_t i = 0; i < plan.loads.size(); ++i)
            if (plan.loads[i].attribute == part) plan.key_loads.push_back(i);
    if (plan.key_loads.size() != plan.mapper->primary_key.size())
        throw InvalidRequestError(plan.mapper->class_name + ": the statement does not select the whole primary key");
    const auto& key = plan.mapper->attributes[plan.mapper->primary_key.front()];
    plan.integer_key = plan.mapper->primary_key.size() == 1 && key.operations->type.is_integer();
}

EntityPlan::Load load_of(const MapperData& mapper, std::uint16_t attribute, std::size_t column, const Compiled& compiled) {
    const auto& info = mapper.attributes[attribute];
    return {column, attribute, compiled.columns[column].type, info.operations->load, info.offset};
}

/// @throws the same error with the attribute's name in front.
[[noreturn]] void rethrow_naming(const EntityPlan& plan, const EntityPlan::Load& load, const TypeMismatchError& error) {
    throw TypeMismatchError(
        plan.mapper->class_name + "::" + plan.mapper->attributes[load.attribute].name + " (column "
        + plan.mapper->table->name() + "." + plan.mapper->attributes[load.attribute].name + "): " + error.what());
}

} // namespace

EntityPlan plan_entity(const MapperData& mapper, const std::vector<std::size_t>& columns, const Compiled& compiled) {
    EntityPlan plan;
    plan.mapper = &mapper;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i] != not_selected)
            plan.loads.push_back(load_of(mapper, static_cast<std::uint16_t>(i), columns[i], compiled));
    finish(plan);
    return plan;
}

std::vector<std::uint16_t> entity_members(const sql::EntityNode& entity) {
    const auto& mapper = *static_cast<const MapperData*>(entity.tag);
    const bool is_alias = entity.from != mapper.selectable(); // it has what the class selects unless it is told
    std::vector<std::uint16_t> members;
    for (std::size_t i = 0; i < mapper.attributes.size() && members.size() < entity.columns.size(); ++i) {
        const auto& info = mapper.attributes[i];
        if (is_alias ? !info.deferred && info.node != nullptr : info.node == entity.columns[members.size()])
            members.push_back(static_cast<std::uint16_t>(i));
    }
    return members;
}

LoadPlan plan_load(const sql::SelectNode& select, const Compiled& compiled) {
    using Filled = decltype(LoaderOptions::filled);
    const auto* options = static_cast<const LoaderOptions*>(select.options.get());
    LoadPlan plan;
    std::size_t column = 0;
    for (const auto& element : select.columns) {
        if (element->kind != sql::NodeKind::entity) {
            plan.elements.push_back({-1, column++});
            continue;
        }
        const auto& entity = static_cast<const sql::EntityNode&>(*element);
        if (entity.tag == nullptr) { // a composite: several columns, no object
            plan.elements.push_back({-1, column});
            column += entity.columns.size();
            continue;
        }
        const auto& mapper = *static_cast<const MapperData*>(entity.tag);
        std::vector<std::size_t> columns(mapper.attributes.size(), not_selected);
        const auto filled = options == nullptr ? Filled::const_iterator{} : std::ranges::find(options->filled, element.get(), &Filled::value_type::first);
        const auto members = options == nullptr || filled == options->filled.end() ? entity_members(entity) : filled->second;
        for (std::size_t i = 0; i < members.size(); ++i) columns[members[i]] = column + i;
        plan.elements.push_back({static_cast<int>(plan.entities.size()), column});
        plan.entities.push_back(plan_entity(mapper, columns, compiled));
        column += entity.columns.size();
    }
    return plan;
}

void populate(
    const EntityPlan& plan, const RowBuffer& rows, std::size_t row, ModelBase& object, bool populate_existing,
    std::vector<std::uint16_t>* loaded) {
    for (const auto& load : plan.loads) {
        auto& attribute = *reinterpret_cast<AttributeBase*>(reinterpret_cast<char*>(&object) + load.offset);
        if (!populate_existing && (attribute.is_changed() || (attribute.is_present() && !attribute.is_expired()))) continue;
        try {
            load.load(attribute, rows.field(row, load.column), load.type);
            if (loaded != nullptr) loaded->push_back(load.attribute);
        } catch (const TypeMismatchError& error) {
            rethrow_naming(plan, load, error);
        }
    }
}

ModelBase* ObjectLoader::load(const EntityPlan& plan, const RowBuffer& rows, std::size_t row) {
    GraphRef owner;
    ModelBase* object = nullptr;
    std::int64_t integer = 0;
    IdentityKey key;
    if (plan.integer_key) {
        const auto& load = plan.loads[plan.key_loads.front()];
        const auto field = rows.field(row, load.column);
        if (field.is_null()) return nullptr;
        try {
            integer = wire::decode_integer(field);
        } catch (const TypeMismatchError& error) {
            rethrow_naming(plan, load, error);
        }
        object = session_.identity_map.find(*plan.mapper, integer, owner);
    } else {
        std::vector<Value> values;
        std::size_t nulls = 0;
        for (const auto position : plan.key_loads) {
            const auto& load = plan.loads[position];
            const auto field = rows.field(row, load.column);
            nulls += field.is_null() ? 1 : 0;
            values.push_back(field.is_null() ? Value{} : to_value(field, load.type));
        }
        if (nulls == values.size() || (nulls > 0 && !plan.mapper->allow_partial_pks)) return nullptr;
        key = identity_key(values);
        object = session_.identity_map.find(*plan.mapper, key, owner);
    }
    if (object != nullptr) {
        auto& state = object->orm_state();
        if (populate_existing_) {
            for (std::size_t i = 0; i < plan.mapper->attributes.size(); ++i)
                session_.expire_attribute(*object, static_cast<std::uint16_t>(i));
            for (const auto& info : plan.mapper->relationships) session_.expire_link(*object, info.index);
            session_.forget_dirty(*object);
        }
        std::vector<std::uint16_t> loaded;
        const bool told = is_told(*plan.mapper, &MapperSignals::refresh);
        populate(plan, rows, row, *object, populate_existing_, told ? &loaded : nullptr);
        state.expired = false;
        if (!loaded.empty()) tell(*object, &MapperSignals::refresh, loaded);
        link(&graph_, object->orm_state().graph);
        return object;
    }
    object = plan.mapper->create(graph_, true);
    for (const auto index : plan.mapper->query_expressions) // null unless the row has a value
        MapperData::attribute(*object, plan.mapper->attributes[index]).set_flags(AttributeBase::present);
    populate(plan, rows, row, *object, true);
    auto& state = object->orm_state();
    state.lifecycle = Lifecycle::persistent;
    state.session = &session_;
    if (plan.integer_key) session_.identity_map.insert(integer, *object);
    else session_.identity_map.insert(key, *object);
    tell(*object, &MapperSignals::load);
    session_.signals.loaded_as_persistent(*object);
    return object;
}

} // namespace azoth::orm
