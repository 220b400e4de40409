// SPDX-License-Identifier: MIT
// Executing a flush plan: batch by batch, keys and server-made values written back before what depends on them.
#include <algorithm>
#include <deque>
#include <map>
#include <span>
#include <unordered_set>
#include <utility>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/orm/unit_of_work.hpp>
#include <azoth/types/type_traits.hpp>

#include "session/core.hpp"
#include "session/row_events.hpp"

namespace azoth::session {

namespace {

using orm::FlushBatch;

/// Puts what the database made into the objects.
/// @param first  of the batch's objects: the result's
void write_back(const FlushBatch& batch, const driver::BatchResult& result, const Compiled& compiled, std::size_t first = 0) {
    const auto& mapper = *batch.mapper;
    for (std::size_t i = 0; i < result.rows.size(); ++i) {
        if (!result.rows[i] || result.rows[i]->row_count() != 1)
            throw FlushError("INSERT into or UPDATE of '" + mapper.table->name() + "' returned no row for an object of class " + mapper.class_name);
        for (std::size_t k = 0; k < batch.fetch.size(); ++k) {
            const auto& info = mapper.attributes[batch.fetch[k]];
            auto& attribute = orm::MapperData::attribute(*batch.objects[first + i], info);
            info.operations->load(attribute, result.rows[i]->field(0, k), compiled.columns[k].type);
        }
    }
    for (std::size_t i = 0; i < result.last_insert_ids.size(); ++i) {
        for (const auto index : batch.fetch) {
            const auto& info = mapper.attributes[index];
            if (!info.autoincrement) continue;
            auto& attribute = orm::MapperData::attribute(*batch.objects[i], info);
            info.operations->assign(attribute, Value{result.last_insert_ids[i]});
            attribute.set_flags(orm::AttributeBase::present);
        }
    }
}

/// What types make of their values on the way to the database.
void convert(const Compiled& compiled, std::vector<Param>& params, std::deque<Value>& kept) {
    for (std::size_t i = 0; i < compiled.slots.size(); ++i) {
        const auto& type = compiled.slots[i].type;
        if (!wire::converts_params(type)) continue;
        for (std::size_t at = i; at < params.size(); at += compiled.slots.size())
            params[at] = kept.emplace_back(wire::convert_param(to_value(params[at]), type)).param();
    }
}

/// " (id 7, version 3)": which row was to be found.
std::string named_row(const FlushBatch& batch, std::size_t row) {
    auto& identity = batch.identities.empty() ? *batch.objects[row] : *batch.identities[row];
    std::string text;
    for (const auto index : batch.where) {
        const auto& info = batch.mapper->attributes[index];
        text += (text.empty() ? " (" : ", ") + info.name + " " + to_string(orm::stored_value(identity, index).param(), 100);
    }
    return text + ")";
}

[[noreturn]] void throw_stale(const FlushBatch& batch, std::size_t row) {
    throw StaleDataError(
        std::string{batch.kind == FlushBatch::Kind::update ? "UPDATE" : "DELETE"} + " of '" + batch.mapper->table->name() + "': there is no row of class "
        + batch.mapper->class_name + named_row(batch, row)
        + " any more: it was deleted, or its key or version changed, by somebody else; roll back and load it again");
}

/// An object without a key cannot be found again.
void require_keys(const FlushBatch& batch) {
    if (batch.kind != FlushBatch::Kind::insert) return;
    const auto has = [](const auto& list, std::uint16_t index) { return std::ranges::find(list, index) != list.end(); };
    for (const auto index : batch.mapper->primary_key)
        if (!has(batch.columns, index) && !has(batch.fetch, index))
            throw FlushError(
                batch.mapper->class_name + "::" + batch.mapper->attributes[index].name
                + " is part of the primary key and has no value, and the database makes none: assign it before flush()");
}

void check_matched(Core& core, const FlushBatch& batch, std::int64_t matched) {
    if (batch.kind == FlushBatch::Kind::insert || matched == static_cast<std::int64_t>(batch.objects.size())) return;
    if (batch.kind == FlushBatch::Kind::delete_ && !batch.versioned) { // no harm, unless its version was to be compared
        if (batch.mapper->confirm_deleted_rows && matched >= 0)
            core.warn(
                "DELETE of " + std::to_string(batch.objects.size()) + " row(s) of '" + batch.mapper->table->name() + "' matched "
                + std::to_string(matched) + "; m.confirm_deleted_rows(false) where that is meant");
        return;
    }
    if (batch.objects.size() == 1) throw_stale(batch, 0);
    throw StaleDataError(
        std::string{batch.kind == FlushBatch::Kind::update ? "UPDATE" : "DELETE"} + " of " + std::to_string(batch.objects.size())
        + " row(s) of '" + batch.mapper->table->name() + "' (class " + batch.mapper->class_name + ") matched " + std::to_string(matched)
        + ": a row was deleted or its key or version changed by somebody else; roll back and load it again");
}

/// Where rows come back, they are counted.
std::int64_t matched_rows(const FlushBatch& batch, const driver::BatchResult& result) {
    if (batch.kind != FlushBatch::Kind::update || result.rows.empty()) return result.affected;
    std::int64_t matched = 0;
    for (const auto& rows : result.rows)
        if (rows) matched += static_cast<std::int64_t>(rows->row_count());
    return matched;
}

bool has_expression(const ModelBase& object, std::size_t attribute) {
    const auto* changes = object.orm_state().changes.get();
    return changes != nullptr
        && std::ranges::any_of(changes->expressions, [&](const auto& set) { return set.attribute == attribute; });
}

void require_version(const orm::MapperData& mapper, ModelBase& object) {
    const auto& info = mapper.attributes[static_cast<std::size_t>(mapper.version_id)];
    const auto& attribute = orm::MapperData::attribute(object, info);
    if (attribute.is_present() && !info.operations->is_null(attribute)) return;
    throw FlushError(
        mapper.class_name + "::" + info.name + ": the database made no version; it needs a default or a trigger, or version_id_generator(true)");
}

/// Whether statements that write the class's rows may have RETURNING.
bool returns_rows(const orm::MapperData& mapper, bool supported) { return supported && mapper.table->data().implicit_returning; }

/// Tells who listens which attributes the flush has given a value.
void tell_given(const FlushBatch& batch) {
    if (batch.kind == FlushBatch::Kind::delete_ || !orm::is_told(*batch.mapper, &orm::MapperSignals::refresh_flush)) return;
    auto given = batch.defaulted;
    for (const auto index : batch.fetch)
        if (!batch.mapper->attributes[index].primary_key) given.push_back(index);
    for (auto* object : batch.objects) {
        auto there = given;
        std::erase_if(there, [&](const auto index) { return !orm::MapperData::attribute(*object, batch.mapper->attributes[index]).is_present(); });
        if (!there.empty()) orm::tell(*object, &orm::MapperSignals::refresh_flush, there);
    }
}

asio::awaitable<void> execute_batch(Core& core, const FlushBatch& batch) {
    auto* connection = co_await begin_connection(core, core.engine_for(batch.mapper, nullptr));
    const auto& features = connection->dialect()->features();
    auto wants = driver::BatchWants::nothing;
    const bool returns =
        returns_rows(*batch.mapper, batch.kind == FlushBatch::Kind::update ? features.update_returning : features.insert_returning);
    if (batch.kind == FlushBatch::Kind::update) {
        if (!batch.fetch.empty() && returns) wants = driver::BatchWants::rows;
    } else if (!batch.fetch.empty()) {
        const auto rows = batch.objects.size();
        const bool from_sequence = features.sequences && batch.mapper->column(batch.mapper->attributes[batch.fetch.front()]).sequence;
        const bool by_last_id = batch.kind == FlushBatch::Kind::insert && batch.fetches_only_key && features.last_insert_id && !(from_sequence && returns)
            && (rows == 1 || rows >= features.last_insert_id_batch);
        wants = by_last_id || !returns ? driver::BatchWants::last_insert_ids : driver::BatchWants::rows;
    }
    const auto statement = orm::batch_statement(batch, wants == driver::BatchWants::rows);
    const auto lookup = connection->lookup(statement);
    std::vector<Value> scratch;
    if (!batch.expressions.empty()) { // one row, its values in the statement
        Compiled::Bound bound;
        lookup.compiled->bind(*lookup.binds, bound);
        const auto result = co_await connection->execute_batch(lookup.compiled, bound.params, 1, wants);
        require_keys(batch);
        check_matched(core, batch, matched_rows(batch, result));
        write_back(batch, result, *lookup.compiled);
        co_return;
    }
    auto params = orm::batch_params(batch, scratch);
    std::deque<Value> converted; // a deque: what params view stays where it is
    convert(*lookup.compiled, params, converted);
    const bool returns_each = batch.kind == FlushBatch::Kind::update && wants == driver::BatchWants::rows;
    if ((batch.versioned || returns_each) && batch.kind != FlushBatch::Kind::delete_ && batch.objects.size() > 1) { // each row's match is looked at
        const auto width = params.size() / batch.objects.size();
        std::int64_t matched = 0;
        for (std::size_t row = 0; row < batch.objects.size(); ++row) {
            const auto result = co_await connection->execute_batch(
                lookup.compiled, std::span<const Param>(params).subspan(row * width, width), 1, wants);
            const auto found = matched_rows(batch, result);
            matched += found;
            if (found != 1) throw_stale(batch, row);
            write_back(batch, result, *lookup.compiled, row);
        }
        check_matched(core, batch, matched);
        co_return;
    }
    const auto result = co_await connection->execute_batch(lookup.compiled, params, batch.objects.size(), wants);
    require_keys(batch);
    check_matched(core, batch, matched_rows(batch, result));
    write_back(batch, result, *lookup.compiled);
}

/// What the database made and no RETURNING brought, where the mapping wants it at once.
/// @param returned  UPDATE … RETURNING is to be had
asio::awaitable<void> fetch_defaults(Core& core, const FlushBatch& batch, bool returned) {
    const auto& mapper = *batch.mapper;
    if (batch.kind == FlushBatch::Kind::delete_) co_return;
    const bool eager = mapper.eager_defaults == orm::MapperData::EagerDefaults::on;
    if (!eager && !mapper.version_by_database) co_return;
    const bool inserted = batch.kind == FlushBatch::Kind::insert;
    for (auto* object : batch.objects) {
        std::vector<std::uint16_t> missing;
        for (std::size_t i = 0; i < mapper.attributes.size(); ++i) {
            const auto& info = mapper.attributes[i];
            if (info.computed) continue;
            const auto& attribute = orm::MapperData::attribute(*object, info);
            const auto& column = mapper.column(info);
            const bool version = mapper.version_by_database && std::cmp_equal(i, mapper.version_id);
            const bool made = inserted ? info.server_default : column.computed || column.fetched_on_update || column.on_update_expression || has_expression(*object, i);
            if (!attribute.is_present() ? version || (eager && made) : version && !inserted && !returned)
                missing.push_back(static_cast<std::uint16_t>(i));
        }
        if (!missing.empty()) co_await load_attributes(core, *object, std::move(missing));
        if (mapper.version_by_database) require_version(mapper, *object);
    }
}

asio::awaitable<void> execute_association(Core& core, const orm::AssociationBatch& batch) {
    auto* connection = co_await begin_connection(core, core.engine_for(batch.mapper, nullptr));
    const auto statement = orm::association_statement(batch);
    const auto lookup = connection->lookup(statement);
    std::vector<Param> params;
    params.reserve(batch.rows.size() * batch.columns.size());
    for (const auto& row : batch.rows)
        for (const auto& value : row) params.push_back(value.param());
    std::deque<Value> converted;
    convert(*lookup.compiled, params, converted);
    const auto result = co_await connection->execute_batch(lookup.compiled, params, batch.rows.size(), driver::BatchWants::nothing);
    if (batch.deletes && result.affected != static_cast<std::int64_t>(batch.rows.size()))
        throw StaleDataError(
            "DELETE of " + std::to_string(batch.rows.size()) + " row(s) of '" + batch.table->name() + "' matched "
            + std::to_string(result.affected) + ": somebody else has removed a link meanwhile; roll back and load it again");
}

/// Makes the keys of new objects that no INSERT will bring back: SQL defaults and sequences, executed by themselves.
asio::awaitable<void> make_keys(Core& core, const std::vector<ModelBase*>& objects) {
    for (auto* object : objects) {
        const auto& mapper = *object->orm_state().mapper;
        auto* connection = co_await begin_connection(core, core.engine_for(&mapper, nullptr));
        const auto& dialect = *connection->dialect();
        for (const auto index : orm::missing_keys(*object)) {
            const auto& info = mapper.attributes[index];
            const auto statement = orm::key_statement(mapper, info, dialect);
            if (!statement) continue; // the driver tells it after the INSERT, or the database refuses the row
            const auto data = co_await send_statement(*connection, statement);
            auto& attribute = orm::MapperData::attribute(*object, info);
            info.operations->load(attribute, data.rows->field(0, 0), info.operations->type);
            attribute.set_flags(orm::AttributeBase::present | orm::AttributeBase::changed);
        }
    }
}

/// Everything that the unit of work asks for before a step is decided.
asio::awaitable<void> answer(Core& core, const orm::FlushStep& step) {
    for (auto* object : step.refresh) co_await load_expired(core, *object, false);
    co_await announce_rows(core, step.before_insert, &RowSignals::before_insert);
    co_await announce_rows(core, step.before_update, &RowSignals::before_update);
    co_await announce_rows(core, step.before_delete, &RowSignals::before_delete);
    co_await make_keys(core, step.keyless);
}

asio::awaitable<void> write_changes(Core& core) {
    struct Flushing {
        bool& flag;
        explicit Flushing(bool& f) : flag(f) { flag = true; }
        Flushing(const Flushing&) = delete;
        Flushing& operator=(const Flushing&) = delete;
        ~Flushing() { flag = false; }
    } const guard{core.flushing};
    orm::UnitOfWork work{core};
    if (const auto* mapper = work.first_class()) (void)core.engine_for(mapper, nullptr);
    if (work.empty()) {
        core.end_flush();
        co_return;
    }
    for (;;) {
        const auto load = work.next_load();
        if (!load) break;
        co_await load_link_of(core, *load->object, *load->relationship, false);
    }
    // Of each class, since each may be in another database.
    std::map<const orm::MapperData*, const Features*> features;
    for (const auto* mapper : work.mappers()) {
        const auto* connection = co_await begin_connection(core, core.engine_for(mapper, nullptr));
        features[mapper] = &connection->dialect()->features();
    }
    const orm::ReturnsDefaults returns_defaults = [&](const orm::MapperData& mapper) {
        const auto known = features.find(&mapper); // of a class without objects nothing is written
        return known != features.end() && returns_rows(mapper, known->second->insert_returning);
    };
    const bool announces = announces_rows();
    work.announce(announces);
    for (;;) {
        const auto step = work.next_step(returns_defaults);
        if (!step) break;
        if (step->asks()) {
            co_await answer(core, *step);
            continue;
        }
        for (const auto& batch : step->batches) co_await execute_batch(core, batch);
        for (const auto& batch : step->batches)
            co_await fetch_defaults(core, batch, returns_rows(*batch.mapper, features.at(batch.mapper)->update_returning));
        for (const auto& batch : step->batches) tell_given(batch);
        for (const auto& batch : step->associations) co_await execute_association(core, batch);
        if (!announces) continue;
        const auto rows = work.written();
        co_await announce_rows(core, rows.inserted, &RowSignals::after_insert);
        co_await announce_rows(core, rows.updated, &RowSignals::after_update);
        co_await announce_rows(core, rows.deleted, &RowSignals::after_delete);
    }
    core.signals.after_flush();
    work.finish();
    core.signals.after_flush_postexec();
}

/// After an error in a flush: the innermost savepoint, or the transaction, is rolled back; rollback() makes it good.
asio::awaitable<void> undo(Core& core, std::string reason) {
    if (core.savepoint_numbers.empty()) {
        if (core.outer != nullptr) {
            if (core.open() != nullptr) co_await release_parts(core);
            core.abandon(reason);
        } else {
            auto parts = std::exchange(core.parts, {});
            core.abandon(reason);
            core.parts = std::move(parts);
            co_await release_parts(core);
        }
        core.signals.after_rollback();
        core.signals.after_soft_rollback();
        co_return;
    }
    core.rollback_nested();
    core.begin_nested(); // the level stays until it is ended
    core.failed = true;
    core.failure = std::move(reason);
    for (auto& part : core.parts)
        if (part.savepoints.size() == core.savepoint_numbers.size()) co_await part.savepoints.back().rollback();
    core.signals.after_rollback();
    core.signals.after_soft_rollback();
}

} // namespace

asio::awaitable<void> flush_changes(Core& core) {
    co_await prepare_flush(core);
    core.signals.before_flush();
    std::exception_ptr error;
    try {
        co_await write_changes(core);
    } catch (...) {
        error = std::current_exception();
    }
    if (!error) co_return;
    std::string reason;
    try {
        std::rethrow_exception(error);
    } catch (const asio_system_error&) { // cancelled: nothing more is awaited here
    } catch (const std::exception& known) {
        reason = known.what();
        if (reason.empty()) reason = "an error without a message";
    } catch (...) {
        reason = "an exception of the program's own";
    }
    if (reason.empty()) {
        core.abandon("the flush was cancelled");
        std::rethrow_exception(error);
    }
    std::exception_ptr worse;
    try {
        co_await undo(core, reason);
    } catch (...) {
        worse = std::current_exception();
    }
    if (worse && core.open() != nullptr) core.abandon(reason);
    std::rethrow_exception(error);
}

asio::awaitable<void> autoflush(Core& core) {
    if (core.autoflushes()) co_await flush_changes(core);
}

asio::awaitable<void> mark_deleted(Core& core, ModelBase& root) {
    auto& root_state = root.orm_state();
    if (root_state.was_deleted && root_state.session == nullptr) co_return; // its row is gone already
    if (root_state.session == nullptr && root_state.lifecycle == orm::Lifecycle::detached) core.add(root);
    core.require_persistent(root, "delete_()");
    if (root_state.to_be_deleted) co_return;
    // What it reaches is collected first, so that an autoflush while loading does not delete half of it.
    std::vector<orm::GraphRef> kept;
    std::vector<ModelBase*> reached;
    std::vector<ModelBase*> open{&root};
    std::unordered_set<const ModelBase*> seen;
    while (!open.empty()) {
        auto& object = *open.back();
        open.pop_back();
        auto& state = object.orm_state();
        if (!seen.insert(&object).second) continue;
        kept.emplace_back(state.graph);
        if (state.lifecycle == orm::Lifecycle::persistent && state.session == &core) reached.push_back(&object);
        std::vector<ModelBase*> linked;
        for (const auto& info : state.mapper->relationships) {
            if (!info.cascade.delete_) continue;
            orm::require_no_load(object, info);
            const bool stored = state.lifecycle == orm::Lifecycle::persistent && state.session == &core;
            if (stored && !info.write_only && info.passive_deletes == orm::PassiveDeletes::off
                && !orm::MapperData::link(object, info).is_present())
                co_await load_link_of(core, object, info, true);
            orm::each_linked(object, info, [&](ModelBase& other) { linked.push_back(&other); });
        }
        open.insert(open.end(), linked.rbegin(), linked.rend());
    }
    for (auto* object : reached) core.SessionState::mark_deleted(*object);
}

} // namespace azoth::session
