// SPDX-License-Identifier: MIT
// A session's working half: its connection, and one operation at a time.
#pragma once

#include <optional>
#include <source_location>
#include <string>

#include <azoth/engine/connection.hpp>
#include <azoth/engine/engine.hpp>
#include <azoth/orm/session_state.hpp>
#include <azoth/session/session.hpp>

namespace azoth::session {

class Core : public orm::SessionState {
public:
    Core(Engine database, SessionOptions chosen, std::source_location at)
        : engine(std::move(database)), options(chosen), made_at(at) {}

    Engine engine;
    SessionOptions options;
    std::source_location made_at; ///< what the pool names while the session has a connection
    std::optional<Connection> connection; ///< while a transaction is open
    bool busy = false;
    bool failed = false;        ///< a flush failed: rollback() comes first
    std::string failure;        ///< its message

    /// The transaction is lost: the pool rolls the connection back, the objects are as after a rollback.
    void abandon(const std::string& reason);
    /// @throws PendingRollbackError after a failed flush.
    void require_usable() const;
};

/// Marks the session as busy for one operation. @throws InvalidRequestError when it is.
class Operation {
public:
    explicit Operation(Core& core);
    ~Operation() { core_.busy = false; }
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;

private:
    Core& core_;
};

// The steps that operations are made of; the caller holds the Operation.

[[nodiscard]] asio::awaitable<Connection*> begin_connection(Core& core);
[[nodiscard]] asio::awaitable<engine::ResultData> run_statement(Core& core, sql::NodePtr statement);
[[nodiscard]] asio::awaitable<void> flush_changes(Core& core);
/// Loads what a delete cascade or a key to be set NULL needs to know, and marks the object.
[[nodiscard]] asio::awaitable<void> mark_deleted(Core& core, ModelBase& object);
[[nodiscard]] asio::awaitable<void> load_link_of(Core& core, ModelBase& owner, const orm::RelationshipInfo& info);
[[nodiscard]] asio::awaitable<std::shared_ptr<const LoadedRows>> load_objects(Core& core, sql::NodePtr statement);
/// Loads the relationships of loader options for objects that are there.
[[nodiscard]] asio::awaitable<void> load_options(
    Core& core, const std::vector<orm::LoaderOption>& options, std::vector<ModelBase*> owners, orm::GraphRef graph);

} // namespace azoth::session
