// SPDX-License-Identifier: MIT
// What a session tells those who listen, and the statement that do_orm_execute is asked about.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <azoth/detail/asio.hpp>
#include <azoth/engine/connection.hpp>
#include <azoth/orm/session_state.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

class ORMExecuteState;
class Session;

namespace session {

class Core;
struct Hooks;

/// Why a statement is executed.
struct LoadContext {
    ModelBase* parent = nullptr; ///< of a relationship that one object loads, or of columns
    const orm::RelationshipInfo* relationship = nullptr;
    bool columns = false; ///< of an object that is there

    LoadContext() = default;
};

} // namespace session

/// A statement on its way to the database, as `session.events().do_orm_execute` sees it. Those who listen may change it, execute it
/// themselves, or say what its result is. Valid during the call only.
class ORMExecuteState {
public:
    ORMExecuteState(session::Core& core, sql::NodePtr statement, session::LoadContext context)
        : core_(&core), statement_(std::move(statement)), context_(context) {}

    [[nodiscard]] const sql::NodePtr& statement() const noexcept { return statement_; }
    /// Executes another statement instead, whose rows are of the same kind.
    template <class S>
        requires requires(const S& s) { s.node(); }
    void statement(const S& other) {
        statement_ = other.node();
    }
    /// Adds criteria to a SELECT, UPDATE or DELETE. @throws InvalidRequestError for another statement
    template <Condition... C>
    void where(const C&... criteria) {
        (add_criterion(criteria.node()), ...);
    }
    [[nodiscard]] bool is_select() const noexcept;
    [[nodiscard]] bool is_insert() const noexcept { return statement_->kind == sql::NodeKind::insert; }
    [[nodiscard]] bool is_update() const noexcept { return statement_->kind == sql::NodeKind::update; }
    [[nodiscard]] bool is_delete() const noexcept { return statement_->kind == sql::NodeKind::delete_; }
    /// It loads a relationship: `load()`, `load_all()`, a loader option.
    [[nodiscard]] bool is_relationship_load() const noexcept { return context_.relationship != nullptr; }
    /// It loads columns of an object that is there: `load()` of an attribute, `refresh()`.
    [[nodiscard]] bool is_column_load() const noexcept { return context_.columns; }
    /// The object whose columns or relationship are loaded; null when there is none, or several.
    [[nodiscard]] ModelBase* parent() const noexcept { return context_.parent; }
    /// The relationship's name; empty when none is loaded.
    [[nodiscard]] std::string_view relationship() const noexcept;
    /// May be used by the listener.
    [[nodiscard]] Session& session() const noexcept;

    /// Executes the statement, as it is now: the listeners after this one are asked, then the database. May be called more than
    /// once; nothing becomes the result unless `result()` says so.
    [[nodiscard]] asio::awaitable<engine::ResultData> invoke_statement();
    /// The same on another connection, without asking further listeners.
    [[nodiscard]] asio::awaitable<engine::ResultData> invoke_statement(Connection& connection);
    /// The statement's result: nobody else is asked. It must be of a statement with the same columns: an earlier one that was kept.
    void result(engine::ResultData data) { result_ = std::move(data); }

private:
    friend struct session::Hooks;
    void add_criterion(sql::NodePtr criterion);

    session::Core* core_;
    sql::NodePtr statement_;
    session::LoadContext context_;
    std::optional<engine::ResultData> result_;
    std::size_t next_ = 0; ///< listener
};

/// `session.events()`, and `SessionMaker::events()` for all its sessions.
struct SessionEvents : orm::SessionSignals {
    /// Awaited at the begin of a flush, before `before_flush`; may use the session, as in `co_await session.delete_(x)`.
    Signal<asio::awaitable<void>(Session&)> prepare_flush;
    /// Awaited before each statement, those that load relationships and columns included; not before those of a flush.
    Signal<asio::awaitable<void>(ORMExecuteState&)> do_orm_execute;

    SessionEvents() = default;
    /// Has the listeners of `other` listen here, too.
    void connect_all(const SessionEvents& other);
};

} // namespace azoth
