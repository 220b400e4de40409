// SPDX-License-Identifier: MIT
// Executing SELECTs of entities and loading their links.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <azoth/error.hpp>
#include <azoth/orm/flush_plan.hpp>
#include <azoth/orm/load_plan.hpp>

#include "session/core.hpp"

namespace azoth::session {

namespace {

/// Owners in one IN list: SQLAlchemy's number.
constexpr std::size_t selectin_chunk = 500;

/// Loads the target from the identity map, when a many-to-one link is by its primary key.
ModelBase* find_target(Core& core, const orm::RelationshipInfo& info, const std::vector<Value>& values, orm::GraphRef& owner) {
    return core.identity_map.find(*info.target, orm::identity_key(values), owner);
}

[[noreturn]] void throw_gone(const orm::MapperData& mapper) {
    throw ObjectDeletedError(
        "the row of this object of class " + mapper.class_name + " is not there any more, or its primary key was changed");
}

void warn_several(Core& core, const ModelBase& owner, const orm::RelationshipInfo& info) {
    core.warn(
        "several rows were found for '" + owner.orm_state().mapper->class_name + "." + info.name + "', which links to one object: the first is taken");
}

/// Adds what is loaded eagerly of `mapper`, unless the options say how.
void add_eager(std::vector<orm::LoaderOption>& options, const orm::MapperData& mapper) {
    for (auto& eager : orm::eager_options(mapper)) {
        const bool told = std::ranges::any_of(options, [&](const orm::LoaderOption& option) {
            return option.mapper == eager.mapper && option.relationship == eager.relationship;
        });
        if (!told) options.push_back(std::move(eager));
    }
}

/// The same of all that the options lead to.
void add_eager_to_nested(std::vector<orm::LoaderOption>& options) {
    for (auto& option : options) {
        add_eager_to_nested(option.nested);
        add_eager(option.nested, *option.mapper->relationships[option.relationship].target);
    }
}

/// What is to be loaded along with a statement's entities: what it says itself, then what their mappings say.
std::vector<orm::LoaderOption> options_of(const sql::SelectNode& select, const orm::LoadPlan& plan) {
    std::vector<orm::LoaderOption> options;
    if (select.options) options = static_cast<const orm::LoaderOptions*>(select.options.get())->options;
    add_eager_to_nested(options);
    for (const auto& entity : plan.entities) add_eager(options, *entity.mapper);
    return options;
}

struct WaitingOwners {
    std::vector<std::vector<Value>> values; ///< what each distinct link compares
    std::vector<std::vector<ModelBase*>> owners;
};

} // namespace

void make_objects(Core& core, LoadedRows& rows, bool populate_existing) {
    rows.graph = orm::make_graph();
    rows.objects.resize(rows.plan.entities.size());
    const auto count = rows.data.row_count();
    if (count == 0) return;
    std::size_t bytes = 0;
    for (const auto& entity : rows.plan.entities) bytes += entity.mapper->object_size;
    orm::reserve(*rows.graph, bytes * count);
    // Of a join, each entity has fewer objects than there are rows.
    if (rows.plan.entities.size() == 1 && rows.plan.entities.front().integer_key)
        core.identity_map.reserve_integers(*rows.plan.entities.front().mapper, count);
    orm::ObjectLoader loader{core, *rows.graph, populate_existing};
    for (auto& objects : rows.objects) objects.reserve(count);
    for (std::size_t row = 0; row < count; ++row)
        for (std::size_t entity = 0; entity < rows.plan.entities.size(); ++entity)
            rows.objects[entity].push_back(loader.load(rows.plan.entities[entity], *rows.data.rows, row));
    if (populate_existing) core.sweep_dirty();
}

std::shared_ptr<const LoadedRows> unique_rows(const LoadedRows& rows) {
    auto unique = std::make_shared<LoadedRows>(rows);
    const auto& first = rows.plan.elements.front();
    if (first.entity < 0) {
        unique->data = rows.data.unique_rows(std::vector<std::size_t>(1, first.column));
        return unique;
    }
    const auto entity = static_cast<std::size_t>(first.entity);
    std::vector<std::size_t> key;
    for (const auto position : rows.plan.entities[entity].key_loads) key.push_back(rows.plan.entities[entity].loads[position].column);
    unique->data = rows.data.unique_rows(key);
    std::unordered_set<const ModelBase*> seen;
    for (auto& objects : unique->objects) objects.clear();
    for (std::size_t row = 0; row < rows.data.row_count(); ++row) {
        if (!seen.insert(rows.objects[entity][row]).second) continue;
        for (std::size_t i = 0; i < rows.objects.size(); ++i) unique->objects[i].push_back(rows.objects[i][row]);
    }
    return unique;
}

asio::awaitable<std::shared_ptr<const LoadedRows>>
load_objects(Core& core, sql::NodePtr statement, bool populate_existing, LoadContext context) {
    auto rows = std::make_shared<LoadedRows>();
    statement = orm::with_expressions(statement);
    auto joined = orm::join_links(statement);
    rows->data = co_await run_statement(core, statement, context);
    const auto& select = static_cast<const sql::SelectNode&>(*statement);
    rows->plan = orm::plan_load(select, *rows->data.compiled);
    make_objects(core, *rows, populate_existing);
    if (rows->plan.entities.size() != joined.links.size() + 1) joined = {}; // a listener's statement
    if (!joined.links.empty()) {
        orm::fill_joined(joined, rows->objects);
        rows->plan.elements.resize(1); // what was added is nobody's
        rows->plan.entities.resize(1);
        rows->objects.resize(1);
        if (joined.multiplies) *rows = *unique_rows(*rows);
    }
    const auto options = options_of(select, rows->plan);
    if (!options.empty()) {
        std::vector<ModelBase*> owners;
        for (const auto& objects : rows->objects) owners.insert(owners.end(), objects.begin(), objects.end());
        co_await load_options(core, options, std::move(owners), rows->graph);
    }
    co_return rows;
}

asio::awaitable<void> load_attributes(Core& core, ModelBase& object, std::vector<std::uint16_t> attributes, bool for_update) {
    auto& state = object.orm_state();
    const auto& mapper = *state.mapper;
    auto statement = orm::select_attributes(mapper, attributes, orm::stored_key(object));
    if (for_update) statement->set_for_update({});
    LoadContext context;
    context.parent = &object;
    context.columns = true;
    sql::NodePtr node = std::move(statement);
    const auto data = co_await run_statement(core, node, context);
    if (data.row_count() == 0) throw_gone(mapper);
    for (std::size_t i = 0; i < attributes.size(); ++i) {
        const auto& info = mapper.attributes[attributes[i]];
        auto& attribute = orm::MapperData::attribute(object, info);
        info.operations->load(attribute, data.rows->field(0, i), data.type(i));
    }
    state.expired = false;
    orm::tell(object, &orm::MapperSignals::refresh, attributes);
}

asio::awaitable<void> load_whole(Core& core, ModelBase& object, bool for_update) {
    const auto& mapper = *object.orm_state().mapper;
    auto statement = orm::select_by_key(mapper, orm::stored_key(object));
    if (for_update) statement->set_for_update({});
    LoadContext context;
    context.parent = &object;
    context.columns = true;
    const auto rows = co_await load_objects(core, std::move(statement), false, context);
    if (rows->data.row_count() == 0) throw_gone(mapper);
}

asio::awaitable<void> load_expired(Core& core, ModelBase& object, bool flush_first) {
    auto expired = orm::expired_attributes(object);
    if (object.orm_state().lifecycle != orm::Lifecycle::persistent || expired.empty()) co_return;
    if (flush_first && core.autoflushes()) {
        co_await autoflush(core);
        if (object.orm_state().lifecycle != orm::Lifecycle::persistent) co_return; // deleted by it
    }
    co_await load_attributes(core, object, std::move(expired)); // as in SQLAlchemy although the flush may have done so
}

asio::awaitable<void> load_link_of(Core& core, ModelBase& owner, const orm::RelationshipInfo& info, bool flush_first) {
    for (const auto index : info.local_attributes()) {
        const auto& attribute_info = owner.orm_state().mapper->attributes[index];
        if (orm::MapperData::attribute(owner, attribute_info).is_expired()) {
            co_await load_expired(core, owner, flush_first);
            break;
        }
    }
    auto values = orm::link_values(owner, info);
    if (values.empty()) { // a NULL key refers to nothing
        if (info.collection) orm::fill_collection(owner, info, {});
        else orm::fill_related(owner, info, nullptr);
        co_return;
    }
    if (info.to_primary_key) {
        orm::GraphRef kept;
        if (auto* target = find_target(core, info, values, kept)) {
            if (target->orm_state().expired) co_await load_expired(core, *target, flush_first);
            orm::fill_related(owner, info, target);
            co_return;
        }
    }
    if (flush_first && core.autoflushes()) {
        co_await autoflush(core);
        values = orm::link_values(owner, info);
        if (values.empty()) {
            if (orm::MapperData::link(owner, info).is_present()) co_return;
            if (info.collection) orm::fill_collection(owner, info, {});
            else orm::fill_related(owner, info, nullptr);
            co_return;
        }
    }
    LoadContext context;
    context.parent = &owner;
    context.relationship = &info;
    const auto rows = co_await load_objects(core, orm::lazy_select(info, values), false, context);
    auto objects = rows->objects.front();
    if (info.collection) {
        orm::fill_collection(owner, info, std::move(objects));
    } else {
        if (objects.size() > 1) warn_several(core, owner, info);
        orm::fill_related(owner, info, objects.empty() ? nullptr : objects.front());
    }
}

namespace {

/// The owners that have not loaded the link, by what it compares.
WaitingOwners waiting_owners(Core& core, const orm::RelationshipInfo& info, const std::vector<ModelBase*>& owners) {
    WaitingOwners waiting;
    std::unordered_map<orm::IdentityKey, std::size_t> known;
    std::unordered_set<const ModelBase*> seen; // a row repeats its owner where it was joined
    for (auto* owner : owners) {
        const auto& link = orm::MapperData::link(*owner, info);
        if (link.is_present() || !seen.insert(owner).second) continue;
        auto values = orm::link_values(*owner, info);
        if (values.empty() || std::ranges::any_of(values, &Value::is_null)) {
            if (info.collection) orm::fill_collection(*owner, info, {});
            else orm::fill_related(*owner, info, nullptr);
            continue;
        }
        if (info.to_primary_key) {
            orm::GraphRef kept;
            if (auto* target = find_target(core, info, values, kept)) {
                orm::fill_related(*owner, info, target);
                continue;
            }
        }
        if (!info.keys_only) values = orm::stored_key(*owner); // found by a join
        const auto [entry, fresh] = known.emplace(orm::identity_key(values), waiting.values.size());
        if (fresh) {
            waiting.values.push_back(std::move(values));
            waiting.owners.emplace_back();
        }
        auto& same = waiting.owners[entry->second];
        same.push_back(owner);
    }
    return waiting;
}

/// One SELECT for the owners [begin, end) of `waiting`.
asio::awaitable<std::vector<ModelBase*>> load_chunk(
    Core& core, const orm::RelationshipInfo& info, const WaitingOwners& waiting, std::size_t begin, std::size_t end,
    orm::Graph& graph) {
    const std::vector<std::vector<Value>> values(
        waiting.values.begin() + static_cast<std::ptrdiff_t>(begin), waiting.values.begin() + static_cast<std::ptrdiff_t>(end));
    LoadContext context;
    context.relationship = &info;
    const auto& mapper = *waiting.owners[begin].front()->orm_state().mapper;
    sql::NodePtr statement;
    if (info.keys_only) statement = orm::selectin_select(info, values);
    else statement = orm::selectin_join_select(mapper, info, values);
    const auto data = co_await run_statement(core, statement, context);
    const auto columns = info.keys_only ? orm::selectin_columns(info) : orm::selectin_join_columns(mapper, info);
    const auto plan = orm::plan_entity(*info.target, columns, *data.compiled);
    const auto width = info.keys_only ? orm::link_width(info) : mapper.primary_key.size();

    std::unordered_map<orm::IdentityKey, std::vector<ModelBase*>> found;
    std::vector<ModelBase*> targets;
    orm::ObjectLoader loader{core, graph};
    for (std::size_t row = 0; row < data.row_count(); ++row) {
        std::vector<Value> key;
        for (std::size_t i = 0; i < width; ++i) key.push_back(to_value(data.rows->field(row, i), data.type(i)));
        auto* object = loader.load(plan, *data.rows, row);
        targets.push_back(object);
        found[orm::identity_key(key)].push_back(object);
    }
    for (std::size_t i = begin; i < end; ++i) {
        const auto entry = found.find(orm::identity_key(waiting.values[i]));
        for (auto* owner : waiting.owners[i]) {
            if (info.collection) {
                orm::fill_collection(*owner, info, entry == found.end() ? std::vector<ModelBase*>{} : entry->second);
            } else {
                if (entry != found.end() && entry->second.size() > 1) warn_several(core, *owner, info);
                orm::fill_related(*owner, info, entry == found.end() ? nullptr : entry->second.front());
            }
        }
    }
    co_return targets;
}

} // namespace

asio::awaitable<void> load_options(
    Core& core, const std::vector<orm::LoaderOption>& options, std::vector<ModelBase*> owners, orm::GraphRef graph) {
    for (const auto& option : options) {
        const auto& info = option.mapper->relationships[option.relationship];
        if (info.write_only)
            throw LoaderStrategyError(
                option.mapper->class_name + "::" + info.name + " is write-only, never loaded whole: execute its select()");
        std::vector<ModelBase*> concerned;
        for (auto* owner : owners)
            if (owner != nullptr && owner->orm_state().mapper == option.mapper) concerned.push_back(owner);
        const auto waiting = waiting_owners(core, info, concerned);
        for (std::size_t begin = 0; begin < waiting.values.size(); begin += selectin_chunk) {
            const auto end = std::min(begin + selectin_chunk, waiting.values.size());
            (void)co_await load_chunk(core, info, waiting, begin, end, *graph);
        }
        if (option.nested.empty()) continue;
        std::vector<ModelBase*> targets;
        for (auto* owner : concerned)
            orm::each_linked(*owner, info, [&](ModelBase& target) { targets.push_back(&target); });
        co_await load_options(core, option.nested, std::move(targets), graph);
    }
}

} // namespace azoth::session
