// SPDX-License-Identifier: MIT
// The Connection as an object: where it goes when it goes, and what it says about itself.
#include <azoth/engine/connection.hpp>

#include <utility>

#include <azoth/error.hpp>

#include "engine/execute.hpp"
#include "engine/pool_state.hpp"

namespace azoth {

namespace {

/// The slot of a connection that is not closed.
engine::Slot& slot_of(const engine::Lease& lease) {
    if (!engine::is_current(lease) || !lease.slot->driver)
        throw ResourceClosedError("this connection is closed; take another one with engine.connect()");
    return *lease.slot;
}

} // namespace

Connection::~Connection() {
    engine::give_back(std::move(lease_));
}

Connection& Connection::operator=(Connection&& other) noexcept {
    if (this == &other) return *this;
    engine::give_back(std::exchange(lease_, std::move(other.lease_)));
    other.lease_.number = 0;
    return *this;
}

bool Connection::closed() const noexcept {
    return !engine::is_current(lease_);
}

asio::awaitable<void> Connection::close() {
    if (engine::is_current(lease_) && lease_.slot->use.load() != engine::Slot::Use::idle)
        throw InvalidRequestError("an operation is suspended on this connection; await it before close()");
    return engine::close_owned(std::move(*this));
}

void Connection::invalidate() {
    auto& slot = slot_of(lease_);
    if (slot.use.load() != engine::Slot::Use::idle)
        throw InvalidRequestError("an operation is suspended on this connection; await it before invalidate()");
    if (!slot.driver->is_open()) return;
    slot.cursor.reset();
    slot.stream = 0;
    slot.driver->terminate();
    slot.failed = true;
    slot.loss_told = true;
    slot.pool->count_loss(slot);
}

void Connection::invalidate_soft() {
    auto& slot = slot_of(lease_);
    slot.invalidated = true;
    auto& event = slot.core->events.soft_invalidate;
    if (event.empty()) return;
    PoolEvent about;
    about.connection = slot.id;
    event.emit(about);
}

bool Connection::invalidated() const noexcept {
    return engine::is_current(lease_) && lease_.slot->driver && !lease_.slot->driver->is_open();
}

void Connection::detach() {
    auto& slot = slot_of(lease_);
    if (slot.detached.exchange(true)) return;
    slot.pool->vacate();
    auto& event = slot.core->events.detach;
    if (event.empty()) return;
    PoolEvent about;
    about.connection = slot.id;
    event.emit(about);
}

namespace {

void refuse_in_transaction(const engine::Slot& slot) {
    if (slot.transaction != 0)
        throw InvalidRequestError(
            "this connection has a transaction already: its isolation level cannot change; commit() or rollback() "
            "first"
        );
}

} // namespace

void Connection::isolation_level(IsolationLevel level) {
    auto& slot = slot_of(lease_);
    refuse_in_transaction(slot);
    slot.apply(ExecutionOptions().isolation_level(level));
}

void Connection::execution_options(const ExecutionOptions& options) {
    auto& slot = slot_of(lease_);
    if (options.isolation_level() || options.postgresql_readonly() || options.postgresql_deferrable())
        refuse_in_transaction(slot);
    slot.apply(options);
}

const ExecutionOptions& Connection::get_execution_options() const {
    return slot_of(lease_).options;
}

IsolationLevel Connection::default_isolation_level() const {
    const auto* info = slot_of(lease_).core->server_info();
    return info != nullptr ? info->default_isolation_level : IsolationLevel::server_default;
}

std::string Connection::default_schema_name() const {
    const auto* info = slot_of(lease_).core->server_info();
    return info != nullptr ? info->default_schema : std::string{};
}

std::optional<Transaction> Connection::get_transaction() const {
    const auto& slot = slot_of(lease_);
    if (slot.transaction == 0) return std::nullopt;
    return engine::ScopeAccess::look_at<Transaction>(lease_, slot.transaction);
}

std::optional<Savepoint> Connection::get_nested_transaction() const {
    const auto& slot = slot_of(lease_);
    if (slot.savepoints.empty()) return std::nullopt;
    return engine::ScopeAccess::look_at<Savepoint>(lease_, slot.savepoints.back().serial);
}

std::map<std::string, std::any>& Connection::info() const {
    return slot_of(lease_).info;
}

void Connection::schema_translate_map(SchemaTranslateMap map) {
    slot_of(lease_).schema_map = map.empty() ? nullptr : std::make_shared<const SchemaTranslateMap>(std::move(map));
}

bool Connection::in_transaction() const noexcept {
    return engine::is_current(lease_) && lease_.slot->transaction != 0;
}

bool Connection::in_nested_transaction() const noexcept {
    return engine::is_current(lease_) && !lease_.slot->savepoints.empty();
}

const std::shared_ptr<const Dialect>& Connection::dialect() const {
    return slot_of(lease_).core->dialect();
}

std::string Connection::server_version() const {
    return slot_of(lease_).driver->server_version();
}

void* Connection::native_handle() const {
    return slot_of(lease_).driver->native_handle();
}

engine::Lookup Connection::lookup(const sql::NodePtr& statement) const {
    return engine::lookup(slot_of(lease_), statement);
}

} // namespace azoth
