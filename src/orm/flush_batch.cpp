// SPDX-License-Identifier: MIT
// Cutting a group of objects into statements, and their values into parameter rows.
#include <azoth/orm/flush_plan.hpp>

#include <algorithm>

#include <azoth/error.hpp>
#include <azoth/sql/dml.hpp>

namespace azoth::orm {

namespace {

void apply_sync(const KeySync& sync) {
    auto& child = *sync.child;
    const auto& mapper = *child.orm_state().mapper;
    for (const auto& [own, theirs] : sync.relationship->child_pairs) {
        const auto& info = mapper.attributes[own];
        auto& attribute = MapperData::attribute(child, info);
        Value value;
        if (sync.parent != nullptr) {
            const auto& source = sync.parent->orm_state().mapper->attributes[theirs];
            const auto& key = MapperData::attribute(*sync.parent, source);
            if (key.is_present()) value = source.operations->value(key);
        }
        if (info.primary_key && value.is_null() && child.orm_state().lifecycle == Lifecycle::persistent)
            throw FlushError(
                mapper.class_name + "::" + info.name
                + " is part of the primary key and would become NULL, as its parent is gone: delete the object, or give the "
                  "relationship cascade(\"all, delete-orphan\")");
        if (child.orm_state().lifecycle == Lifecycle::persistent) {
            const bool known = std::ranges::any_of(
                child.orm_state().changed().values, [&](const auto& old) { return old.attribute == own; });
            if (!known)
                child.orm_state().changed().values.push_back(
                    {own, attribute.is_present(), attribute.is_present() ? info.operations->value(attribute) : Value{}});
        }
        info.operations->assign(attribute, value);
        // A member that cannot hold NULL stays without a value, which is written as NULL.
        const bool holds = !value.is_null() || info.operations->nullable;
        attribute.set_flags(static_cast<std::uint8_t>((holds ? AttributeBase::present : 0) | AttributeBase::changed));
    }
}

/// Attributes of a persistent object whose value is not what the row has.
void find_changed_columns(ModelBase& object, std::vector<std::uint16_t>& columns) {
    columns.clear();
    const auto& state = object.orm_state();
    if (!state.changes) return;
    for (const auto& old : state.changes->values) {
        const auto& info = state.mapper->attributes[old.attribute];
        const auto& attribute = MapperData::attribute(object, info);
        const Value now = attribute.is_present() ? info.operations->value(attribute) : Value{};
        if (old.known && old.value == now) continue;
        columns.push_back(old.attribute);
    }
    std::ranges::sort(columns);
}

/// Which attributes a row writes, and which it brings back.
struct Shape {
    std::vector<std::uint16_t> columns;
    std::vector<std::uint16_t> fetch;
};

void find_insert_shape(ModelBase& object, bool returns_defaults, Shape& shape) {
    const auto& mapper = *object.orm_state().mapper;
    shape.columns.clear();
    shape.fetch.clear();
    for (std::size_t i = 0; i < mapper.attributes.size(); ++i) {
        const auto& info = mapper.attributes[i];
        const auto index = static_cast<std::uint16_t>(i);
        auto& attribute = MapperData::attribute(object, info);
        const auto& column = mapper.table->data().columns[info.column];
        if (!attribute.is_present() && column.default_) {
            info.operations->assign(attribute, column.default_());
            attribute.set_flags(AttributeBase::present | AttributeBase::changed);
        }
        const bool has_value = attribute.is_present()
            && (attribute.is_changed() || !info.operations->is_null(attribute));
        if (has_value) {
            shape.columns.push_back(index);
        } else if (info.autoincrement) {
            shape.fetch.push_back(index);
        } else if (info.server_default) {
            if (returns_defaults) shape.fetch.push_back(index);
        } else if (info.primary_key) {
            throw FlushError(
                mapper.class_name + "::" + info.name
                + " is part of the primary key and has no value, and the database makes none: assign it before flush()");
        } else {
            shape.columns.push_back(index); // written as NULL
        }
    }
}

/// Adds to the last batch when the shape is the same.
void add(std::vector<FlushBatch>& batches, FlushBatch::Kind kind, const Shape& shape, ModelBase& object) {
    const bool fits = !batches.empty() && batches.back().kind == kind && batches.back().columns == shape.columns
        && batches.back().fetch == shape.fetch;
    if (!fits) {
        auto& batch = batches.emplace_back();
        batch.kind = kind;
        batch.mapper = object.orm_state().mapper;
        batch.columns = shape.columns;
        batch.fetch = shape.fetch;
        batch.fetches_only_key = shape.fetch.size() == 1 && batch.mapper->attributes[shape.fetch.front()].autoincrement;
    }
    batches.back().objects.push_back(&object);
}

void sort_by_key(std::vector<ModelBase*>& objects) {
    std::vector<std::pair<IdentityKey, ModelBase*>> keyed;
    keyed.reserve(objects.size());
    for (auto* object : objects) keyed.emplace_back(identity_key(*object, true), object);
    std::ranges::sort(keyed, {}, [](const auto& entry) -> const IdentityKey& { return entry.first; });
    for (std::size_t i = 0; i < objects.size(); ++i) objects[i] = keyed[i].second;
}

sql::NodePtr key_condition(const MapperData& mapper, std::size_t first_position) {
    std::vector<sql::NodePtr> conditions;
    for (const auto attribute : mapper.primary_key) {
        const auto& node = mapper.attributes[attribute].node;
        conditions.push_back(sql::make_binary(
            sql::Operator::eq, node, std::make_shared<sql::BindNode>(first_position++, sql::type_of(*node)), Boolean{}));
    }
    return sql::make_boolean_list(sql::Operator::and_, std::move(conditions));
}

} // namespace

std::vector<FlushBatch> make_batches(FlushGroup& group, const std::vector<KeySync>& syncs, bool returns_defaults) {
    for (const auto& sync : syncs) apply_sync(sync);
    std::vector<FlushBatch> batches;
    if (group.deletes) {
        sort_by_key(group.objects);
        FlushBatch batch;
        batch.kind = FlushBatch::Kind::delete_;
        batch.mapper = group.mapper;
        batch.objects = group.objects;
        batches.push_back(std::move(batch));
        return batches;
    }
    std::vector<ModelBase*> persistent;
    for (auto* object : group.objects)
        if (object->orm_state().lifecycle == Lifecycle::persistent) persistent.push_back(object);
    sort_by_key(persistent);
    Shape shape;
    for (auto* object : persistent) {
        find_changed_columns(*object, shape.columns);
        if (!shape.columns.empty()) add(batches, FlushBatch::Kind::update, shape, *object);
    }
    for (auto* object : group.objects) {
        if (object->orm_state().lifecycle != Lifecycle::pending) continue;
        find_insert_shape(*object, returns_defaults, shape);
        add(batches, FlushBatch::Kind::insert, shape, *object);
    }
    return batches;
}

std::shared_ptr<const sql::Node> batch_statement(const FlushBatch& batch, bool returning) {
    const auto& mapper = *batch.mapper;
    const auto kind = batch.kind == FlushBatch::Kind::insert ? sql::NodeKind::insert
        : batch.kind == FlushBatch::Kind::update             ? sql::NodeKind::update
                                                             : sql::NodeKind::delete_;
    auto statement = std::make_shared<sql::DmlNode>(kind, mapper.table->node());
    std::size_t position = 0;
    for (const auto attribute : batch.columns) {
        const auto& node = mapper.attributes[attribute].node;
        statement->assign(
            {std::static_pointer_cast<const sql::ColumnNode>(node),
             std::make_shared<sql::BindNode>(position++, sql::type_of(*node))});
    }
    if (kind != sql::NodeKind::insert) statement->add(&sql::DmlNode::where, 'w', key_condition(mapper, position));
    if (returning)
        for (const auto attribute : batch.fetch)
            statement->add(&sql::DmlNode::returning, 'r', mapper.attributes[attribute].node);
    return statement;
}

std::vector<Param> batch_params(const FlushBatch& batch, std::vector<Value>& scratch) {
    const auto& mapper = *batch.mapper;
    const bool by_key = batch.kind != FlushBatch::Kind::insert;
    const auto width = batch.columns.size() + (by_key ? mapper.primary_key.size() : 0);
    std::vector<Param> params;
    params.reserve(width * batch.objects.size());
    scratch.clear();
    scratch.reserve(width * batch.objects.size()); // params view them: they must not move

    const auto current = [&](ModelBase& object, std::uint16_t index) -> Param {
        const auto& info = mapper.attributes[index];
        const auto& attribute = MapperData::attribute(object, info);
        if (!attribute.is_present()) return {};
        Value made;
        auto param = info.operations->param(attribute, made);
        if (made.is_null()) return param;
        scratch.push_back(std::move(made));
        return scratch.back().param();
    };
    for (auto* object : batch.objects) {
        for (const auto index : batch.columns) params.push_back(current(*object, index));
        if (!by_key) continue;
        for (const auto index : mapper.primary_key) {
            const auto* changes = object->orm_state().changes.get();
            const Changes::Old* original = nullptr;
            if (changes != nullptr)
                for (const auto& old : changes->values)
                    if (old.attribute == index && old.known) original = &old;
            params.push_back(original != nullptr ? original->value.param() : current(*object, index));
        }
    }
    return params;
}

} // namespace azoth::orm
