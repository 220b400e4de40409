// SPDX-License-Identifier: MIT
// Executing a flush plan: batch by batch, keys and server-made values written back before what depends on them.
#include <unordered_set>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/orm/flush_plan.hpp>

#include "session/core.hpp"

namespace azoth::session {

namespace {

using orm::FlushBatch;

/// Puts what the database made into the objects.
void write_back(const FlushBatch& batch, const driver::BatchResult& result, const Compiled& compiled) {
    const auto& mapper = *batch.mapper;
    for (std::size_t i = 0; i < result.rows.size(); ++i) {
        if (!result.rows[i] || result.rows[i]->row_count() != 1)
            throw FlushError("INSERT into '" + mapper.table->name() + "' returned no row for an object of class " + mapper.class_name);
        for (std::size_t k = 0; k < batch.fetch.size(); ++k) {
            const auto& info = mapper.attributes[batch.fetch[k]];
            info.operations->load(
                orm::MapperData::attribute(*batch.objects[i], info), result.rows[i]->field(0, k), compiled.columns[k].type);
        }
    }
    for (std::size_t i = 0; i < result.last_insert_ids.size(); ++i) {
        for (const auto index : batch.fetch) {
            const auto& info = mapper.attributes[index];
            if (!info.autoincrement) continue;
            auto& attribute = orm::MapperData::attribute(*batch.objects[i], info);
            info.operations->assign(attribute, Value{Value::Variant{result.last_insert_ids[i]}});
            attribute.set_flags(orm::AttributeBase::present);
        }
    }
}

void check_updated(const FlushBatch& batch, std::int64_t matched) {
    if (batch.kind != FlushBatch::Kind::update || matched == static_cast<std::int64_t>(batch.objects.size())) return;
    throw StaleDataError(
        "UPDATE of " + std::to_string(batch.objects.size()) + " row(s) of '" + batch.mapper->table->name() + "' (class "
        + batch.mapper->class_name + ") matched " + std::to_string(matched)
        + ": a row was deleted or its key changed by somebody else; roll back and load it again");
}

asio::awaitable<void> execute_batch(Core& core, const FlushBatch& batch) {
    auto* connection = co_await begin_connection(core);
    const auto& features = connection->dialect()->features();
    auto wants = driver::BatchWants::nothing;
    if (!batch.fetch.empty()) {
        const auto rows = batch.objects.size();
        const bool by_last_id = batch.fetches_only_key && features.last_insert_id
            && (rows == 1 || rows >= features.last_insert_id_batch);
        wants = by_last_id || !features.insert_returning ? driver::BatchWants::last_insert_ids : driver::BatchWants::rows;
    }
    const auto statement = orm::batch_statement(batch, wants == driver::BatchWants::rows);
    const auto lookup = connection->lookup(statement);
    std::vector<Value> scratch;
    const auto params = orm::batch_params(batch, scratch);
    const auto result = co_await connection->execute_batch(lookup.compiled, params, batch.objects.size(), wants);
    write_back(batch, result, *lookup.compiled);
    check_updated(batch, result.affected);
}

/// Objects to be deleted need to know the rows that refer to them, which take NULL or are deleted, too.
asio::awaitable<void> write_changes(Core& core) {
    for (auto orphans = orm::find_orphans(core); !orphans.empty(); orphans = orm::find_orphans(core)) {
        for (auto* orphan : orphans) {
            const orm::GraphRef kept{orphan->orm_state().graph};
            if (orphan->orm_state().lifecycle == orm::Lifecycle::pending) core.expunge(*orphan);
            else co_await mark_deleted(core, *orphan);
        }
    }
    auto plan = orm::plan_flush(core);
    const auto* connection = co_await begin_connection(core);
    const bool returns_defaults = connection->dialect()->features().insert_returning;
    for (std::size_t i = 0; i < plan.groups.size(); ++i) {
        const auto batches = orm::make_batches(plan.groups[i], plan.syncs[i], returns_defaults);
        for (const auto& batch : batches) co_await execute_batch(core, batch);
    }
    // A child that only its parent's change brought in has changes of its own now.
    for (auto& child : plan.touched) core.mark_dirty(*child.object);
    core.after_flush();
}

} // namespace

asio::awaitable<void> flush_changes(Core& core) {
    std::exception_ptr error;
    try {
        co_await write_changes(core);
    } catch (...) {
        error = std::current_exception();
    }
    if (!error) co_return;
    std::string reason = "the flush was cancelled";
    try {
        std::rethrow_exception(error);
    } catch (const Error& known) {
        reason = known.what();
    } catch (...) { // cancellation, or a user's type: only the fact counts
    }
    core.abandon(reason);
    std::rethrow_exception(error);
}

asio::awaitable<void> mark_deleted(Core& core, ModelBase& root) {
    // Depth by depth: what a cascade reaches has cascades of its own.
    std::vector<orm::GraphRef> kept;
    std::vector<ModelBase*> open{&root};
    std::unordered_set<const ModelBase*> seen;
    while (!open.empty()) {
        auto& object = *open.back();
        open.pop_back();
        auto& state = object.orm_state();
        if (!seen.insert(&object).second) continue;
        kept.emplace_back(state.graph);
        if (state.lifecycle != orm::Lifecycle::persistent || state.session != &core) continue;
        for (const auto& info : state.mapper->relationships) {
            const bool referred_to = info.direction == orm::Direction::one_to_many;
            if (!referred_to && !info.cascade.delete_) continue;
            const auto& link = *reinterpret_cast<orm::AttributeBase*>(reinterpret_cast<char*>(&object) + info.offset);
            if (!link.is_present()) co_await load_link_of(core, object, info);
            if (info.cascade.delete_) orm::each_linked(object, info, [&](ModelBase& other) { open.push_back(&other); });
        }
    }
    core.SessionState::mark_deleted(root);
}

} // namespace azoth::session
