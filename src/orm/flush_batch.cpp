// SPDX-License-Identifier: MIT
// Cutting objects of a class into statements, and their values into parameter rows.
#include <azoth/orm/flush_plan.hpp>

#include <algorithm>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/sql/dml.hpp>

namespace azoth::orm {

namespace {

const Changes::Old* old_value(const ModelBase& object, std::uint16_t attribute) {
    const auto* changes = object.orm_state().changes.get();
    if (changes != nullptr)
        for (const auto& old : changes->values)
            if (old.attribute == attribute && old.known) return &old;
    return nullptr;
}

sql::NodePtr expression_of(const ModelBase& object, std::uint16_t attribute) {
    const auto* changes = object.orm_state().changes.get();
    if (changes != nullptr)
        for (const auto& set : changes->expressions)
            if (set.attribute == attribute) return set.node;
    return nullptr;
}

Value current_value(ModelBase& object, std::uint16_t index) {
    const auto& info = object.orm_state().mapper->attributes[index];
    const auto& attribute = MapperData::attribute(object, info);
    return attribute.is_present() ? info.operations->value(attribute) : Value{};
}

Value stored_or_current(ModelBase& object, std::uint16_t index) {
    if (const auto* old = old_value(object, index)) return old->value;
    return current_value(object, index);
}

/// What a default may know of an object: the values that are there, by column.
schema::DefaultContext::Parameters values_of(ModelBase& object) {
    schema::DefaultContext::Parameters values;
    for (const auto& info : object.orm_state().mapper->attributes) {
        const auto& attribute = MapperData::attribute(object, info);
        if (attribute.is_present() && !info.computed)
            values.emplace_back(object.orm_state().mapper->column(info).key_name(), info.operations->value(attribute));
    }
    return values;
}

/// Attributes of a stored object whose value is not what the row has.
void find_changed_columns(ModelBase& object, std::vector<std::uint16_t>& columns) {
    columns.clear();
    const auto& state = object.orm_state();
    if (!state.changes) return;
    for (const auto& old : state.changes->values) {
        const auto& info = state.mapper->attributes[old.attribute];
        const auto& attribute = MapperData::attribute(object, info);
        if (info.computed || (attribute.is_expired() && !attribute.is_changed())) continue;
        if (old.known && expression_of(object, old.attribute) == nullptr) {
            const Value now = attribute.is_present() ? info.operations->value(attribute) : Value{};
            if (old.value == now) continue;
        }
        columns.push_back(old.attribute);
    }
    std::ranges::sort(columns);
}

/// An empty batch, its memory kept.
void reset(FlushBatch& batch, FlushBatch::Kind kind, const MapperData& mapper) {
    batch.kind = kind;
    batch.mapper = &mapper;
    batch.versioned = mapper.version_id >= 0 && kind != FlushBatch::Kind::insert;
    for (auto* attributes : {&batch.columns, &batch.defaulted, &batch.where, &batch.fetch}) attributes->clear();
    batch.objects.clear();
    batch.expressions.clear();
    batch.identities.clear();
    batch.fetches_only_key = false;
}

/// Puts the expressions of one object beside its columns.
void add_expressions(FlushBatch& shape, const ModelBase& object) {
    if (!object.orm_state().changes || object.orm_state().changes->expressions.empty()) return;
    for (const auto column : shape.columns) shape.expressions.push_back(expression_of(object, column));
}

Value next_version(const MapperData& mapper, const Value& before) {
    if (mapper.version_generator) return mapper.version_generator(before);
    const auto* number = std::get_if<std::int64_t>(&before.variant());
    return Value{(number != nullptr ? *number : 0) + 1};
}

void raise_version(ModelBase& object, ModelBase& stored) {
    const auto& mapper = *object.orm_state().mapper;
    const auto index = static_cast<std::uint16_t>(mapper.version_id);
    const auto before = stored_or_current(stored, index);
    if (object.orm_state().changes) // flag_modified() forgot it, and the row is found by it
        for (auto& old : object.orm_state().changes->values)
            if (old.attribute == index && !old.known && &object == &stored) old = {index, true, before};
    MapperData::attribute(object, mapper.attributes[index]).set_from_flush(next_version(mapper, before));
}

void find_update_shape(ModelBase& object, ModelBase* switched, FlushBatch& batch) {
    const auto& mapper = *object.orm_state().mapper;
    reset(batch, FlushBatch::Kind::update, mapper);
    if (switched == nullptr) {
        find_changed_columns(object, batch.columns);
    } else { // what the new object says is written, the rest of the row stays
        for (std::size_t i = 0; i < mapper.attributes.size(); ++i) {
            const auto index = static_cast<std::uint16_t>(i);
            const auto& info = mapper.attributes[i];
            if (MapperData::attribute(object, info).is_changed() && !info.primary_key && !info.computed)
                batch.columns.push_back(index);
        }
    }
    if (batch.columns.empty()) return;
    for (std::size_t i = 0; i < mapper.attributes.size(); ++i) {
        const auto& info = mapper.attributes[i];
        if (info.computed) continue;
        const auto& column = mapper.column(info);
        auto& attribute = MapperData::attribute(object, info);
        if ((column.on_update_expression || column.computed || column.fetched_on_update) && !attribute.is_changed()) {
            attribute.set_flags(0); // the database knows
            if (mapper.eager_defaults == MapperData::EagerDefaults::on) batch.fetch.push_back(static_cast<std::uint16_t>(i));
        }
        if (!column.on_update || attribute.is_changed()) continue;
        attribute.set_from_flush(column.on_update(column.on_update.reads_row() ? values_of(object) : schema::DefaultContext::Parameters{}));
        batch.columns.push_back(static_cast<std::uint16_t>(i));
        batch.defaulted.push_back(static_cast<std::uint16_t>(i));
    }
    batch.where = mapper.primary_key;
    if (mapper.version_id >= 0) {
        const auto version = static_cast<std::uint16_t>(mapper.version_id);
        const auto* old = switched == nullptr ? old_value(object, version) : nullptr;
        const bool given = old != nullptr && !(old->value == current_value(object, version)); // by the program: it stands
        batch.where.push_back(version);
        if (mapper.version_by_database) {
            if (!given) batch.fetch.push_back(version);
        } else {
            if (!given) raise_version(object, switched != nullptr ? *switched : object);
            if (std::ranges::find(batch.columns, version) == batch.columns.end()) batch.columns.push_back(version);
        }
    }
    std::ranges::sort(batch.columns);
    if (switched != nullptr) batch.identities.push_back(switched);
    add_expressions(batch, object);
}

void find_insert_shape(ModelBase& object, bool returns_defaults, FlushBatch& batch) {
    const auto& mapper = *object.orm_state().mapper;
    reset(batch, FlushBatch::Kind::insert, mapper);
    const bool fetches_defaults = returns_defaults && mapper.eager_defaults != MapperData::EagerDefaults::off;
    if (mapper.version_id >= 0 && !mapper.version_by_database)
        MapperData::attribute(object, mapper.attributes[static_cast<std::size_t>(mapper.version_id)])
            .set_from_flush(next_version(mapper, Value{}));
    for (std::size_t i = 0; i < mapper.attributes.size(); ++i) {
        const auto& info = mapper.attributes[i];
        if (info.computed) continue;
        const auto index = static_cast<std::uint16_t>(i);
        auto& attribute = MapperData::attribute(object, info);
        const auto& column = mapper.column(info);
        const bool computed = !attribute.is_present() && attribute.is_changed() && expression_of(object, index) != nullptr;
        // What the object had from the start is no assignment: the column's own default counts more.
        const bool only_default = info.init_default && attribute.is_present() && !attribute.is_changed() && (column.default_ || column.default_expression);
        // NULL counts as not set: defaults apply. (A JSON null is no NULL.)
        if (computed || (attribute.is_present() && !only_default && !info.operations->is_null(attribute))) {
            batch.columns.push_back(index);
            if (computed && (info.primary_key ? returns_defaults : info.server_default && fetches_defaults)) batch.fetch.push_back(index);
        } else if (column.default_) {
            info.operations->assign(
                attribute, column.default_(column.default_.reads_row() ? values_of(object) : schema::DefaultContext::Parameters{}));
            attribute.set_flags(AttributeBase::present | AttributeBase::changed);
            batch.columns.push_back(index);
            batch.defaulted.push_back(index);
        } else if (info.autoincrement) {
            batch.fetch.push_back(index);
        } else if (mapper.version_by_database && std::cmp_equal(i, mapper.version_id)) {
            if (returns_defaults) batch.fetch.push_back(index);
            else attribute.set_flags(0);
        } else if (column.default_expression) { // the compiler writes it
            if (column.default_expression->has_binds)
                throw InvalidRequestError(
                    mapper.class_name + "::" + info.name
                    + ": default_() of a mapped attribute takes SQL without values; write them with literal_column()");
            if (info.primary_key ? returns_defaults : info.server_default && fetches_defaults) batch.fetch.push_back(index);
            else attribute.set_flags(0);
        } else if (info.server_default) {
            if (fetches_defaults) batch.fetch.push_back(index);
            else attribute.set_flags(0);
        } else if (info.primary_key) { // left out: the database refuses the row
        } else if (info.operations->type.kind == TypeKind::json) {
            if (info.operations->nullable) attribute.set_flags(AttributeBase::present);
        } else {
            batch.columns.push_back(index); // written as NULL
            if (info.operations->nullable) attribute.set_flags(AttributeBase::present);
        }
    }
    // What is read back comes with the whole key, as in SQLAlchemy; a class with versions reads its key like that, too.
    const bool only_key = batch.fetch.size() == 1 && mapper.attributes[batch.fetch.front()].autoincrement;
    if (returns_defaults && !batch.fetch.empty() && !only_key) {
        for (const auto index : mapper.primary_key)
            if (std::ranges::find(batch.fetch, index) == batch.fetch.end()) batch.fetch.push_back(index);
        std::ranges::sort(batch.fetch);
    }
    batch.fetches_only_key = only_key && !(returns_defaults && mapper.version_id >= 0);
    add_expressions(batch, object);
}

bool same_shape(const FlushBatch& a, const FlushBatch& b) {
    return a.columns == b.columns && a.fetch == b.fetch && a.defaulted == b.defaulted && a.where == b.where
        && a.expressions.empty() && b.expressions.empty() && a.identities.empty() == b.identities.empty();
}

/// Adds to the last batch when the shape is the same.
void add(std::vector<FlushBatch>& batches, const FlushBatch& shape, ModelBase& object) {
    if (batches.empty() || batches.back().kind != shape.kind || !same_shape(batches.back(), shape)) {
        batches.push_back(shape);
    } else {
        auto& identities = batches.back().identities;
        identities.insert(identities.end(), shape.identities.begin(), shape.identities.end());
    }
    batches.back().objects.push_back(&object);
}

bool less(const Value& a, const Value& b) {
    const auto compare = [](const auto* x, const auto* y) { return x != nullptr && y != nullptr; };
    const auto* integer = std::get_if<std::int64_t>(&a.variant());
    const auto* other_integer = std::get_if<std::int64_t>(&b.variant());
    if (compare(integer, other_integer)) return *integer < *other_integer;
    const auto* text = std::get_if<std::string>(&a.variant());
    const auto* other_text = std::get_if<std::string>(&b.variant());
    if (compare(text, other_text)) return *text < *other_text;
    if (a.variant().index() != b.variant().index()) return a.variant().index() < b.variant().index();
    return to_string(a.param(), std::string::npos) < to_string(b.param(), std::string::npos);
}

} // namespace

Value stored_value(ModelBase& object, std::uint16_t attribute) { return stored_or_current(object, attribute); }

bool has_net_changes(ModelBase& object) {
    std::vector<std::uint16_t> columns;
    find_changed_columns(object, columns);
    return !columns.empty();
}

void sort_by_key(std::vector<ModelBase*>& objects) {
    if (objects.size() < 2) return;
    struct Entry {
        std::vector<Value> key;
        ModelBase* object;
        std::size_t position;
    };
    std::vector<std::pair<std::int64_t, ModelBase*>> numbered;
    numbered.reserve(objects.size());
    for (auto* object : objects) {
        const auto key = identity_key(*object, true);
        const auto* integer = std::get_if<std::int64_t>(&key);
        if (integer == nullptr) break;
        numbered.emplace_back(*integer, object);
    }
    if (numbered.size() == objects.size()) {
        std::ranges::sort(numbered, {}, [](const auto& entry) { return entry.first; });
        for (std::size_t i = 0; i < objects.size(); ++i) objects[i] = numbered[i].second;
        return;
    }
    std::vector<Entry> entries;
    entries.reserve(objects.size());
    for (auto* object : objects) {
        Entry entry{{}, object, entries.size()};
        for (const auto index : object->orm_state().mapper->primary_key) entry.key.push_back(stored_or_current(*object, index));
        entries.push_back(std::move(entry));
    }
    std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
        if (std::ranges::lexicographical_compare(a.key, b.key, less)) return true;
        if (std::ranges::lexicographical_compare(b.key, a.key, less)) return false;
        return a.position < b.position;
    });
    for (std::size_t i = 0; i < objects.size(); ++i) objects[i] = entries[i].object;
}

std::vector<FlushBatch> save_batches(
    const std::vector<ModelBase*>& fresh, const std::vector<ModelBase*>& stored, const RowSwitches& switches, bool returns_defaults) {
    std::vector<FlushBatch> batches;
    FlushBatch shape;
    const auto switched = [&](const ModelBase* object) -> ModelBase* {
        if (switches.empty()) return nullptr;
        const auto found = switches.find(object);
        return found == switches.end() ? nullptr : found->second;
    };
    for (auto* object : fresh) {
        auto* before = switched(object);
        if (before == nullptr) continue;
        find_update_shape(*object, before, shape);
        if (!shape.columns.empty()) add(batches, shape, *object);
    }
    for (auto* object : stored) {
        find_update_shape(*object, nullptr, shape);
        if (!shape.columns.empty()) add(batches, shape, *object);
    }
    for (auto* object : fresh) {
        if (switched(object) != nullptr) continue;
        find_insert_shape(*object, returns_defaults, shape);
        add(batches, shape, *object);
    }
    return batches;
}

std::vector<FlushBatch> delete_batches(const MapperData& mapper, std::vector<ModelBase*> objects) {
    std::vector<FlushBatch> batches;
    if (objects.empty()) return batches;
    auto& batch = batches.emplace_back();
    batch.kind = FlushBatch::Kind::delete_;
    batch.mapper = &mapper;
    batch.objects = std::move(objects);
    batch.where = mapper.primary_key;
    if (mapper.version_id >= 0) {
        batch.where.push_back(static_cast<std::uint16_t>(mapper.version_id));
        batch.versioned = true;
    }
    return batches;
}

namespace {

/// Whether a flush, or the program before it, gave the attribute another value than the row had.
bool is_given(ModelBase& object, std::uint16_t index) {
    const auto& state = object.orm_state();
    const auto& attribute = MapperData::attribute(object, state.mapper->attributes[index]);
    if (state.lifecycle < Lifecycle::persistent) return attribute.is_changed();
    if (!state.changes) return false;
    const auto old = std::ranges::find(state.changes->values, index, &Changes::Old::attribute);
    return old != state.changes->values.end() && (!old->known || !(old->value == current_value(object, index)));
}

/// The keys that were left out of the row's INSERT or UPDATE. Beside them only what every UPDATE writes.
void find_post_update_shape(ModelBase& object, const std::vector<std::uint16_t>& keys, FlushBatch& batch) {
    const auto& mapper = *object.orm_state().mapper;
    const bool stored = object.orm_state().lifecycle >= Lifecycle::persistent;
    reset(batch, FlushBatch::Kind::update, mapper);
    for (const auto index : keys)
        if (!mapper.attributes[index].primary_key && is_given(object, index)) batch.columns.push_back(index);
    if (batch.columns.empty()) return;
    for (std::size_t i = 0; i < mapper.attributes.size(); ++i) {
        const auto index = static_cast<std::uint16_t>(i);
        const auto& info = mapper.attributes[i];
        if (info.computed || std::ranges::find(batch.columns, index) != batch.columns.end()) continue;
        const auto& column = mapper.column(info);
        auto& attribute = MapperData::attribute(object, info);
        if ((column.on_update_expression || column.computed || column.fetched_on_update) && !attribute.is_changed()) attribute.set_flags(0);
        if (!column.on_update) continue;
        batch.columns.push_back(index);
        if (is_given(object, index)) continue;
        attribute.set_from_flush(column.on_update(column.on_update.reads_row() ? values_of(object) : schema::DefaultContext::Parameters{}));
        batch.defaulted.push_back(index);
    }
    batch.where = mapper.primary_key;
    if (mapper.version_id >= 0) {
        const auto version = static_cast<std::uint16_t>(mapper.version_id);
        batch.where.push_back(version);
        if (mapper.version_by_database) {
            batch.fetch.push_back(version);
        } else if (stored) { // of a new row the version stays
            raise_version(object, object);
            batch.columns.push_back(version);
        }
    }
    std::ranges::sort(batch.columns);
}

} // namespace

std::vector<FlushBatch>
post_update_batches(std::vector<ModelBase*> objects, const std::vector<std::uint16_t>& columns) {
    // New ones first, in the order in which they were added, as in save_batches().
    std::vector<ModelBase*> stored;
    std::vector<ModelBase*> fresh;
    for (auto* object : objects) (object->orm_state().lifecycle >= Lifecycle::persistent ? stored : fresh).push_back(object);
    std::ranges::sort(fresh, {}, [](const ModelBase* object) { return object->orm_state().plan_entry; });
    sort_by_key(stored);
    std::vector<FlushBatch> batches;
    FlushBatch shape;
    for (const auto* list : {&fresh, &stored})
        for (auto* object : *list) {
            find_post_update_shape(*object, columns, shape);
            if (!shape.columns.empty()) add(batches, shape, *object);
        }
    return batches;
}

void note_version(ModelBase& object) {
    const auto& state = object.orm_state();
    if (state.mapper->version_id < 0 || !state.changes) return;
    const auto index = static_cast<std::uint16_t>(state.mapper->version_id);
    for (auto& old : state.changes->values)
        if (old.attribute == index) old = {index, true, current_value(object, index)};
}

std::shared_ptr<const sql::Node> batch_statement(const FlushBatch& batch, bool returning) {
    const auto& mapper = *batch.mapper;
    const auto kind = batch.kind == FlushBatch::Kind::insert ? sql::NodeKind::insert
        : batch.kind == FlushBatch::Kind::update             ? sql::NodeKind::update
                                                             : sql::NodeKind::delete_;
    const bool with_values = !batch.expressions.empty(); // a single row
    auto statement = std::make_shared<sql::DmlNode>(kind, mapper.table->node());
    if (kind == sql::NodeKind::update) statement->set_fills_in(false);
    std::size_t position = 0;
    const auto bind = [&](std::uint16_t attribute, const Value* value) -> sql::NodePtr {
        const auto type = sql::type_of(*mapper.attributes[attribute].node);
        if (value != nullptr) return sql::make_bind(*value, type);
        return std::make_shared<sql::BindNode>(position++, type);
    };
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
        const auto attribute = batch.columns[i];
        auto value = with_values ? batch.expressions[i] : nullptr;
        if (!value) {
            const auto current = with_values ? current_value(*batch.objects.front(), attribute) : Value{};
            value = bind(attribute, with_values ? &current : nullptr);
        }
        statement->assign(
            {std::static_pointer_cast<const sql::ColumnNode>(mapper.attributes[attribute].node), std::move(value)});
    }
    if (kind == sql::NodeKind::update) {
        for (std::size_t i = 0; i < mapper.attributes.size(); ++i) {
            if (mapper.attributes[i].computed) continue;
            const auto& expression = mapper.column(mapper.attributes[i]).on_update_expression;
            if (!expression || std::ranges::find(batch.columns, static_cast<std::uint16_t>(i)) != batch.columns.end()) continue;
            if (expression->has_binds)
                throw InvalidRequestError(
                    mapper.class_name + "::" + mapper.attributes[i].name
                    + ": onupdate_value() of a mapped attribute takes SQL without values; write them with literal_column()");
            statement->assign({std::static_pointer_cast<const sql::ColumnNode>(mapper.attributes[i].node), expression});
        }
    }
    if (kind != sql::NodeKind::insert) {
        std::vector<sql::NodePtr> conditions;
        for (const auto attribute : batch.where) {
            auto& owner = batch.identities.empty() ? *batch.objects.front() : *batch.identities.front();
            const auto stored = with_values ? stored_or_current(owner, attribute) : Value{};
            conditions.push_back(sql::make_binary(
                sql::Operator::eq, mapper.attributes[attribute].node, bind(attribute, with_values ? &stored : nullptr), Boolean{}));
        }
        statement->add(&sql::DmlNode::where, 'w', sql::make_boolean_list(sql::Operator::and_, std::move(conditions)));
    }
    if (returning)
        for (const auto attribute : batch.fetch)
            statement->add(&sql::DmlNode::returning, 'r', mapper.attributes[attribute].node);
    return statement;
}

std::shared_ptr<const sql::Node> association_statement(const AssociationBatch& batch) {
    auto statement = std::make_shared<sql::DmlNode>(
        batch.deletes ? sql::NodeKind::delete_ : sql::NodeKind::insert, batch.table->node());
    std::vector<sql::NodePtr> conditions;
    std::size_t position = 0;
    for (const auto index : batch.columns) {
        auto column = azoth::detail::make_column_node(batch.table->node(), batch.table->data().columns[index]);
        auto bind = std::make_shared<sql::BindNode>(position++, sql::type_of(*column));
        if (batch.deletes) conditions.push_back(sql::make_binary(sql::Operator::eq, column, std::move(bind), Boolean{}));
        else statement->assign({std::static_pointer_cast<const sql::ColumnNode>(column), std::move(bind)});
    }
    if (batch.deletes)
        statement->add(&sql::DmlNode::where, 'w', sql::make_boolean_list(sql::Operator::and_, std::move(conditions)));
    return statement;
}

std::vector<Param> batch_params(const FlushBatch& batch, std::vector<Value>& scratch) {
    const auto& mapper = *batch.mapper;
    const auto width = batch.columns.size() + batch.where.size();
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
    for (std::size_t i = 0; i < batch.objects.size(); ++i) {
        for (const auto index : batch.columns) params.push_back(current(*batch.objects[i], index));
        auto& identity = batch.identities.empty() ? *batch.objects[i] : *batch.identities[i];
        for (const auto index : batch.where) {
            const auto* stored = old_value(identity, index);
            params.push_back(stored != nullptr ? stored->value.param() : current(identity, index));
        }
    }
    return params;
}

} // namespace azoth::orm
