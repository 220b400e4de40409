// SPDX-License-Identifier: MIT
// Asking those who listen to do_orm_execute, and executing what they leave.
#include <azoth/session/events.hpp>

#include <azoth/error.hpp>

#include "session/core.hpp"

namespace azoth {

namespace session {

namespace {

/// Lets a listener use the session that is in the middle of an operation.
class Unbusy {
public:
    explicit Unbusy(Core& core) : core_(core), was_(std::exchange(core.busy, false)) {}
    ~Unbusy() { core_.busy = was_; }
    Unbusy(const Unbusy&) = delete;
    Unbusy& operator=(const Unbusy&) = delete;

private:
    Core& core_;
    bool was_;
};

} // namespace

namespace {

/// A statement's listeners, while they are asked; those of the statement around it afterwards.
class Asking {
public:
    explicit Asking(Core& core) : core_(core), before_(std::exchange(core.asked, core.events->do_orm_execute.snapshot())) {}
    ~Asking() { core_.asked = std::move(before_); }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

private:
    Core& core_;
    decltype(Core::asked) before_;
};

} // namespace

asio::awaitable<engine::ResultData> send_statement(Connection& connection, sql::NodePtr statement) {
    auto lookup = connection.lookup(statement);
    Compiled::Bound bound;
    lookup.compiled->bind(*lookup.binds, bound);
    auto result = co_await connection.execute_compiled(lookup.compiled, bound);
    co_return engine::ResultData(std::move(result), lookup.compiled);
}

namespace {

/// The class whose objects are loaded; null when the statement says.
const orm::MapperData* mapper_of(const LoadContext& context) {
    if (context.relationship != nullptr) return context.relationship->target;
    if (context.columns) return context.parent->orm_state().mapper;
    return nullptr;
}

} // namespace

/// Access to a state's insides.
struct Hooks {
    /// The listeners that have not been asked yet.
    static asio::awaitable<void> ask(ORMExecuteState& state);
    /// What a listener said is the result, else the database's.
    static asio::awaitable<engine::ResultData> finish(ORMExecuteState& state);
    static asio::awaitable<engine::ResultData> invoke(ORMExecuteState state);
};

asio::awaitable<void> Hooks::ask(ORMExecuteState& state) {
    const auto& signal = state.core_->events->do_orm_execute;
    const auto listeners = state.core_->asked; // the same ones when a listener executes the statement itself
    while (listeners && state.next_ < listeners->size() && !state.result_) {
        auto& listener = *(*listeners)[state.next_++];
        if (!signal.take(listener)) continue;
        const Unbusy listener_turn{*state.core_};
        co_await signal.function_of(listener)(state);
    }
}

asio::awaitable<engine::ResultData> Hooks::finish(ORMExecuteState& state) {
    if (state.result_) co_return std::move(*state.result_);
    auto& core = *state.core_;
    auto* connection = co_await begin_connection(core, core.engine_for(mapper_of(state.context_), state.statement_.get()));
    auto data = co_await send_statement(*connection, state.statement_);
    co_return data;
}

asio::awaitable<engine::ResultData> Hooks::invoke(ORMExecuteState state) {
    co_await ask(state);
    auto data = co_await finish(state);
    co_return data;
}

asio::awaitable<engine::ResultData> run_statement(Core& core, sql::NodePtr& statement, LoadContext context) {
    if (core.events->do_orm_execute.empty()) {
        auto* connection = co_await begin_connection(core, core.engine_for(mapper_of(context), statement.get()));
        co_return co_await send_statement(*connection, statement);
    }
    const Asking listeners{core};
    ORMExecuteState state{core, statement, context};
    co_await Hooks::ask(state);
    statement = state.statement();
    co_return co_await Hooks::finish(state);
}

asio::awaitable<void> ask_before_stream(Core& core, sql::NodePtr& statement) {
    (void)core.engine_for(nullptr, statement.get()); // there has to be one
    if (core.events->do_orm_execute.empty()) co_return;
    const Asking listeners{core};
    ORMExecuteState state{core, statement, LoadContext{}};
    co_await Hooks::ask(state);
    statement = state.statement();
}

asio::awaitable<void> prepare_flush(Core& core) {
    auto& signal = core.events->prepare_flush;
    if (signal.empty()) co_return;
    const auto listeners = signal.snapshot();
    struct InPrepareFlush {
        bool& flag;
        explicit InPrepareFlush(bool& f) : flag(f) { flag = true; }
        InPrepareFlush(const InPrepareFlush&) = delete;
        InPrepareFlush& operator=(const InPrepareFlush&) = delete;
        ~InPrepareFlush() { flag = false; }
    } const guard{core.in_prepare_flush};
    for (const auto& listener : *listeners) {
        if (!signal.take(*listener)) continue;
        const Unbusy listener_turn{core};
        co_await signal.function_of(*listener)(*core.session);
    }
}

} // namespace session

bool ORMExecuteState::is_select() const noexcept {
    return statement_->kind == sql::NodeKind::select || statement_->kind == sql::NodeKind::compound;
}

std::string_view ORMExecuteState::relationship() const noexcept {
    return context_.relationship == nullptr ? std::string_view{} : std::string_view{context_.relationship->name};
}

Session& ORMExecuteState::session() const noexcept { return *core_->session; }

void ORMExecuteState::add_criterion(sql::NodePtr criterion) {
    if (statement_->kind == sql::NodeKind::select) {
        auto changed = std::make_shared<sql::SelectNode>(static_cast<const sql::SelectNode&>(*statement_));
        changed->add(&sql::SelectNode::where, 'w', std::move(criterion));
        statement_ = std::move(changed);
    } else if (is_update() || is_delete()) {
        auto changed = std::make_shared<sql::DmlNode>(static_cast<const sql::DmlNode&>(*statement_));
        changed->add(&sql::DmlNode::where, 'w', std::move(criterion));
        statement_ = std::move(changed);
    } else {
        throw InvalidRequestError("do_orm_execute: only SELECT, UPDATE and DELETE take criteria");
    }
}

asio::awaitable<engine::ResultData> ORMExecuteState::invoke_statement() {
    return session::Hooks::invoke(*this);
}

asio::awaitable<engine::ResultData> ORMExecuteState::invoke_statement(Connection& connection) {
    return session::send_statement(connection, statement_);
}

void SessionEvents::connect_all(const SessionEvents& other) {
    orm::SessionSignals::connect_all(other);
    prepare_flush.connect_all(other.prepare_flush);
    do_orm_execute.connect_all(other.do_orm_execute);
}

} // namespace azoth
