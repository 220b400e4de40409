// SPDX-License-Identifier: MIT
// Session: mapped objects in a transaction. Loads them, follows their changes, writes them as a unit of work.
#pragma once

#include <any>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/engine/connection.hpp>
#include <azoth/engine/engine.hpp>
#include <azoth/orm/entity.hpp>
#include <azoth/orm/make.hpp>
#include <azoth/orm/session_state.hpp>
#include <azoth/session/binds.hpp>
#include <azoth/session/events.hpp>
#include <azoth/session/options.hpp>
#include <azoth/session/result.hpp>
#include <azoth/session/stream.hpp>

namespace azoth {

namespace session {

class Core;

/// What loader options make of a SELECT.
using SelectChange = std::function<void(sql::SelectNode&)>;

template <class O>
concept SelectOption = requires(const O& option, sql::SelectNode& select) { option.apply(select); };

struct CoreDeleter {
    void operator()(Core* core) const noexcept;
};

/// What of an object is expired or loaded again: nothing named is all its columns.
struct RefreshOptions {
    std::vector<std::uint16_t> attributes;
    std::vector<std::uint16_t> links;
    bool for_update = false;

    RefreshOptions() = default;
};

[[nodiscard]] asio::awaitable<std::shared_ptr<const LoadedRows>> load_rows(Core& core, sql::NodePtr statement, StatementOptions options);
[[nodiscard]] asio::awaitable<RowStream> open_rows(Core& core, sql::NodePtr statement, StatementOptions options);
template <class T>
[[nodiscard]] asio::awaitable<ScalarStream<T>> stream_as(Core& core, sql::NodePtr statement, StatementOptions options) {
    auto stream = co_await open_rows(core, std::move(statement), options);
    co_return ScalarStream<T>(std::move(stream));
}
[[nodiscard]] asio::awaitable<engine::ResultData> execute(Core& core, sql::NodePtr statement, StatementOptions options);
[[nodiscard]] asio::awaitable<ModelBase*>
get(Core& core, const orm::MapperData& mapper, std::vector<Value> key, orm::GraphRef& owner, bool for_update);
[[noreturn]] void throw_no_object(const orm::MapperData& mapper);

template <class R>
[[nodiscard]] asio::awaitable<R> load_as(Core& core, sql::NodePtr statement, StatementOptions options) {
    auto rows = co_await load_rows(core, std::move(statement), options);
    co_return R(std::move(rows));
}
template <class R>
[[nodiscard]] asio::awaitable<R> execute_as(Core& core, sql::NodePtr statement, StatementOptions options) {
    auto data = co_await execute(core, std::move(statement), options);
    co_return R(std::move(data));
}

template <class S>
struct Rows {
    static constexpr bool objects = false;
    using type = engine::result_type_t<S>;
};
template <class... Ts>
    requires((is_entity<Ts> || orm::is_composite<Ts>) || ...)
struct Rows<Select<Ts...>> {
    static constexpr bool objects = true;
    using type = ObjectRows<Ts...>;
};

template <class T>
[[nodiscard]] asio::awaitable<row_value_t<T>> first_value(Core& core, sql::NodePtr statement, StatementOptions options) {
    if constexpr (is_entity<T> || orm::is_composite<T>) {
        auto rows = co_await load_rows(core, std::move(statement), options);
        const ScalarRows<T> scalars(std::move(rows));
        auto first = scalars.first();
        if constexpr (is_entity<T>) {
            if (!first) co_return nullptr;
        } else {
            if (!first) engine::throw_no_result();
        }
        co_return std::move(*first);
    } else {
        auto data = co_await execute(core, std::move(statement), options);
        const ScalarResult<T> scalars(std::move(data));
        auto first = scalars.first();
        if constexpr (detail::is_optional<T> || std::same_as<T, Value>) {
            if (!first) co_return T{};
        } else {
            if (!first) engine::throw_no_result();
        }
        co_return std::move(*first);
    }
}

/// The attribute or relationship that a member pointer names.
template <auto P>
void name_member(RefreshOptions& options) {
    using M = orm::member_of<P>;
    const auto& mapper = mapper_of<orm::class_of<P>>();
    if constexpr (std::derived_from<M, orm::RelatedBase> || std::derived_from<M, orm::CollectionBase>)
        options.links.push_back(mapper.relationship_index(orm::member_name<P>()));
    else options.attributes.push_back(mapper.attribute_index(orm::member_name<P>()));
}

} // namespace session

/// A SAVEPOINT of a session: what happened since can be undone on its own, objects included. Ends with the transaction at the
/// latest. Must not outlive the session.
class SessionSavepoint {
public:
    /// One that has ended.
    SessionSavepoint() = default;

    /// Flushes, then RELEASE SAVEPOINT; savepoints inside it end, too. @throws InvalidRequestError when it has ended already.
    [[nodiscard]] asio::awaitable<void> commit();
    /// ROLLBACK TO SAVEPOINT. Does nothing when it has ended already.
    [[nodiscard]] asio::awaitable<void> rollback();
    [[nodiscard]] bool is_active() const noexcept;

private:
    friend class Session;
    SessionSavepoint(session::Core& core, std::uint64_t number) : core_(&core), number_(number) {}

    session::Core* core_ = nullptr;
    std::uint64_t number_ = 0;
};

/// A session's transaction, or a savepoint in it, as `session.get_transaction()` tells. Must not outlive the session.
class SessionTransaction {
public:
    [[nodiscard]] TransactionOrigin origin() const noexcept { return origin_; }
    [[nodiscard]] bool nested() const noexcept { return origin_ == TransactionOrigin::begin_nested; }
    /// What it is in; nothing for the outermost one.
    [[nodiscard]] std::optional<SessionTransaction> parent() const;
    /// Whether it goes on, and no flush has failed in it.
    [[nodiscard]] bool is_active() const noexcept;

private:
    friend class Session;
    SessionTransaction(const session::Core& core, TransactionOrigin origin, std::uint64_t number)
        : core_(&core), number_(number), origin_(origin) {}

    const session::Core* core_;
    std::uint64_t number_; ///< of the transaction, or of the savepoint
    TransactionOrigin origin_;
};

/// A session: its objects, one for each row it has seen, and the transaction they are read and written in.
///
/// Attribute access never does I/O. The transaction begins with the first statement and ends with `commit()`,
/// `rollback()` or `close()`; after each the session may be used again. New, changed and deleted objects are kept alive
/// until they are written; others live as long as somebody holds them.
///
/// Used by one strand at a time. A second operation while one is suspended throws ConcurrentOperationError.
///
/// @cancellation  every operation obeys `terminal`. Cut off in mid-flush the transaction is lost: what was written is
///   rolled back, and the session wants `rollback()` before it is used again.
class Session {
public:
    /// A session without a database: it takes objects in, and throws UnboundExecutionError when something is to be executed.
    explicit Session(SessionOptions options = SessionOptions());
    /// @param at  what `engine.pool().checked_out()` names while the session has a connection; leave it out
    explicit Session(
        Engine engine,
        SessionOptions options = SessionOptions(),
        std::source_location at = std::source_location::current());
    /// A session on several databases: each object, and each statement, goes to the one that is bound. They commit one after the other,
    /// unless `SessionOptions::twophase` says otherwise.
    explicit Session(
        SessionBinds binds,
        SessionOptions options = SessionOptions(),
        std::source_location at = std::source_location::current());
    /// A session on a connection that is not its own: it is never closed by the session, and must outlive it. A transaction that
    /// is open already is joined, as `SessionOptions::join_transaction_mode` says.
    explicit Session(Connection& connection, SessionOptions options = SessionOptions());
    Session(Session&& other) noexcept;
    Session& operator=(Session&& other) noexcept;
    ~Session() = default;

    /// Takes objects in, with all they are linked to (save-update cascade). They are written by the next flush.
    /// @throws ArgumentError for an object that was not made by make<T>() or a load; InvalidRequestError when it belongs to
    ///   another session.
    template <orm::MappedClass T>
    void add(const std::shared_ptr<T>& object) {
        add_object(object.get());
    }
    template <class... T>
    void add_all(const std::shared_ptr<T>&... objects) {
        (add(objects), ...);
    }
    template <class T>
    void add_all(const std::vector<std::shared_ptr<T>>& objects) {
        for (const auto& object : objects) add(object);
    }

    /// Executes a statement; rows of entities hold shared_ptr<T>. Writes pending changes first (autoflush).
    template <Statement S>
    [[nodiscard]] auto execute(const S& statement, const SessionExecution& how = SessionExecution()) {
        using Kind = session::Rows<S>;
        if constexpr (Kind::objects) return session::load_as<typename Kind::type>(core(), statement.node(), how.options());
        else return session::execute_as<typename Kind::type>(core(), statement.node(), how.options());
    }
    /// The first element of each row.
    template <class T, class... Ts>
    [[nodiscard]] auto scalars(const Select<T, Ts...>& statement, const SessionExecution& how = SessionExecution()) {
        if constexpr (session::Rows<Select<T, Ts...>>::objects)
            return session::load_as<ScalarRows<T>>(core(), statement.node(), how.options());
        else return session::execute_as<ScalarResult<T>>(core(), statement.node(), how.options());
    }
    /// The same while the rows come, with a bounded number of them in memory.
    template <class T, class... Ts>
        requires(session::is_entity<T>)
    [[nodiscard]] asio::awaitable<ScalarStream<T>>
    stream_scalars(const Select<T, Ts...>& statement, const SessionExecution& how = SessionExecution()) {
        return session::stream_as<T>(core(), statement.node(), how.options());
    }
    /// The first element of the first row: null or an empty optional when there is no row.
    /// @throws NoResultFound when there is no row and the type can say neither.
    template <class T, class... Ts>
    [[nodiscard]] asio::awaitable<session::row_value_t<T>>
    scalar(const Select<T, Ts...>& statement, const SessionExecution& how = SessionExecution()) {
        return session::first_value<T>(core(), statement.node(), how.options());
    }
    /// The object with this primary key, from memory or the database; null when there is none.
    template <orm::MappedClass T, class... Key>
        requires(sizeof...(Key) > 0)
    [[nodiscard]] asio::awaitable<std::shared_ptr<T>> get(const Key&... key) {
        return get_as<T>(core(), key_of(key...), false, false);
    }
    /// The same, from the database even when it is here: SELECT … FOR UPDATE, and its values are taken.
    template <orm::MappedClass T, class... Key>
        requires(sizeof...(Key) > 0)
    [[nodiscard]] asio::awaitable<std::shared_ptr<T>> get_for_update(const Key&... key) {
        return get_as<T>(core(), key_of(key...), false, true);
    }
    /// The object with this primary key. @throws NoResultFound when there is none.
    template <orm::MappedClass T, class... Key>
        requires(sizeof...(Key) > 0)
    [[nodiscard]] asio::awaitable<std::shared_ptr<T>> get_one(const Key&... key) {
        return get_as<T>(core(), key_of(key...), true, false);
    }
    /// Copies an object of no session, or of another one, into this: onto the object of that row, loaded when need be, or onto a
    /// new one. What it is linked with by merge cascades comes along; attributes without a value are left alone.
    /// @throws StaleDataError when its version is not the row's
    template <orm::MappedClass T>
    [[nodiscard]] asio::awaitable<std::shared_ptr<T>> merge(std::shared_ptr<T> object) {
        return merge_as<T>(core(), std::move(object), true, {});
    }
    /// The same, and relationships of the row's object are loaded along: `merge(user, selectinload<&User::addresses>())`. Only where
    /// the row has to be loaded.
    template <orm::MappedClass T, class... Options>
        requires(sizeof...(Options) > 0 && (session::SelectOption<Options> && ...))
    [[nodiscard]] asio::awaitable<std::shared_ptr<T>> merge(std::shared_ptr<T> object, const Options&... options) {
        session::SelectChange change = [options...](sql::SelectNode& select) { (options.apply(select), ...); };
        return merge_as<T>(core(), std::move(object), true, std::move(change));
    }
    /// Several: what they share is copied once. In their order.
    template <orm::MappedClass T>
    [[nodiscard]] asio::awaitable<std::vector<std::shared_ptr<T>>> merge_all(const std::vector<std::shared_ptr<T>>& objects) {
        std::vector<std::shared_ptr<ModelBase>> plain(objects.begin(), objects.end());
        return merge_all_as<T>(core(), std::move(plain));
    }
    /// The same without looking at the database: the object is taken for what its row is. @throws InvalidRequestError when it has
    /// changes that were not flushed, or was never stored.
    template <orm::MappedClass T>
    [[nodiscard]] asio::awaitable<std::shared_ptr<T>> merge_without_loading(std::shared_ptr<T> object) {
        return merge_as<T>(core(), std::move(object), false, {});
    }

    /// Writes what is new, changed or deleted. Without changes nothing happens.
    /// @throws the class of the DBAPIError tree that fits; FlushError, StaleDataError, CircularDependencyError. Whatever it
    ///   throws, the transaction is rolled back and the session wants `rollback()`.
    [[nodiscard]] asio::awaitable<void> flush();
    /// Says that a transaction begins; the first statement sends BEGIN. Without it the first use of the session does the same,
    /// unless `SessionOptions::autobegin` is off. @throws InvalidRequestError when there is one already.
    void begin();
    /// Flushes; SAVEPOINT is sent with the first statement inside it.
    [[nodiscard]] asio::awaitable<SessionSavepoint> begin_nested();
    /// Runs a coroutine inside a savepoint: released when it returns, rolled back when it throws. The lambda may capture by
    /// reference; on GCC 12 one that captures by value has to be named first.
    template <class F>
        requires std::is_invocable_v<F&>
    [[nodiscard]] asio::awaitable<void> begin_nested(F f) {
        return run_nested(*this, std::move(f));
    }
    /// Flushes and commits, open savepoints included.
    [[nodiscard]] asio::awaitable<void> commit();
    /// Rolls back, open savepoints included: objects that were added are transient again, all others are expired.
    [[nodiscard]] asio::awaitable<void> rollback();
    /// Marks an object for deletion, with what its delete cascades reach (loaded for that where it is not).
    template <orm::MappedClass T>
    [[nodiscard]] asio::awaitable<void> delete_(std::shared_ptr<T> object) {
        return delete_object(std::move(object));
    }
    /// Loads an object's columns again, or the attributes and links named: `refresh<&User::name, &User::addresses>(user)`.
    /// Changes of them that were not flushed are lost. @throws ObjectDeletedError when its row is gone.
    template <auto... Members, orm::MappedClass T>
    [[nodiscard]] asio::awaitable<void> refresh(std::shared_ptr<T> object) {
        return refresh_object(std::move(object), named<Members...>(false));
    }
    /// The same with FOR UPDATE.
    template <auto... Members, orm::MappedClass T>
    [[nodiscard]] asio::awaitable<void> refresh_for_update(std::shared_ptr<T> object) {
        return refresh_object(std::move(object), named<Members...>(true));
    }
    /// Lets an object go, with what its expunge cascades reach; it is detached.
    template <orm::MappedClass T>
    void expunge(const std::shared_ptr<T>& object) {
        expunge_object(*object);
    }
    void expunge_all();
    /// Makes an object's values unknown, or those of the attributes and links named: `co_await object->name.load()`,
    /// `refresh()` and queries load them again. Changes that were not flushed are lost.
    template <auto... Members, orm::MappedClass T>
    void expire(const std::shared_ptr<T>& object) {
        expire_object(*object, named<Members...>(false));
    }
    void expire_all();
    /// Rolls back what is open and lets all objects go. Usable again afterwards, unless `SessionOptions::close_resets_only` is off.
    [[nodiscard]] asio::awaitable<void> close();
    /// The same; always usable again.
    [[nodiscard]] asio::awaitable<void> reset();

    /// Whether the object is new or stored in this session, and not deleted.
    template <orm::MappedClass T>
    [[nodiscard]] bool contains(const std::shared_ptr<T>& object) const noexcept {
        return has_object(*object);
    }
    /// Whether a flush would write something for the object.
    template <orm::MappedClass T>
    [[nodiscard]] bool is_modified(const std::shared_ptr<T>& object) const {
        return orm::is_modified(*object);
    }
    /// What the next flush writes: new objects, stored ones that were touched, and those to be deleted.
    [[nodiscard]] std::vector<std::shared_ptr<ModelBase>> new_objects() const;
    [[nodiscard]] std::vector<std::shared_ptr<ModelBase>> dirty_objects() const;
    [[nodiscard]] std::vector<std::shared_ptr<ModelBase>> deleted_objects() const;
    /// All objects: new ones and those of the identity map.
    [[nodiscard]] std::vector<std::shared_ptr<ModelBase>> objects() const;
    /// `session.events().before_flush.connect([] { … })`
    [[nodiscard]] SessionEvents& events();
    /// Queries do not flush while what this gives exists.
    [[nodiscard]] NoAutoflush no_autoflush();
    /// Objects that the identity map knows and somebody holds.
    [[nodiscard]] std::size_t identity_map_size() const;
    [[nodiscard]] bool has_changes() const noexcept;
    [[nodiscard]] bool in_transaction() const noexcept;
    /// Inside a savepoint of `begin_nested()`.
    [[nodiscard]] bool in_nested_transaction() const noexcept;
    /// The outermost transaction, begun by `begin()` or by the first statement; nothing without one.
    [[nodiscard]] std::optional<SessionTransaction> get_transaction() const;
    /// The innermost savepoint of `begin_nested()`.
    [[nodiscard]] std::optional<SessionTransaction> get_nested_transaction() const;
    /// The connection of the transaction, for statements of the Core; begins one.
    [[nodiscard]] asio::awaitable<Connection*> connection();
    /// The same with an isolation level, for as long as the session keeps the connection: until the end of the transaction. Where a
    /// transaction has begun already its level stays, and `events().warning` is told.
    [[nodiscard]] asio::awaitable<Connection*> connection(IsolationLevel level);
    /// The one to the database of a class, where there are several.
    template <orm::MappedClass T>
    [[nodiscard]] asio::awaitable<Connection*> connection() {
        return connection_of(mapper_of<T>());
    }
    /// The options of what is executed from the next transaction on, on connections of the session's own; they are added to the
    /// engine's.
    void execution_options(const ExecutionOptions& options);
    [[nodiscard]] const ExecutionOptions& get_execution_options() const;
    /// Values of yours; a SessionMaker's are copied into each of its sessions.
    [[nodiscard]] std::map<std::string, std::any>& info();

private:
    template <class... Key>
    static std::vector<Value> key_of(const Key&... key) {
        std::vector<Value> values;
        (values.push_back(detail::value_for<Value>(key)), ...);
        return values;
    }
    template <auto... Members>
    static session::RefreshOptions named(bool for_update) {
        session::RefreshOptions options;
        options.for_update = for_update;
        (session::name_member<Members>(options), ...);
        return options;
    }
    template <class T>
    static asio::awaitable<std::shared_ptr<T>> get_as(session::Core& core, std::vector<Value> key, bool required, bool for_update) {
        orm::GraphRef owner;
        auto* object = co_await session::get(core, mapper_of<T>(), std::move(key), owner, for_update);
        if (object == nullptr) {
            if (required) session::throw_no_object(mapper_of<T>());
            co_return nullptr;
        }
        co_return orm::handle_of<T>(object);
    }
    template <class T>
    static asio::awaitable<std::shared_ptr<T>>
    merge_as(session::Core& core, std::shared_ptr<T> object, bool load, session::SelectChange options) {
        std::vector<std::shared_ptr<ModelBase>> objects(1, std::move(object));
        auto merged = co_await merge_objects(core, std::move(objects), load, std::move(options));
        co_return std::static_pointer_cast<T>(merged.front());
    }
    template <class T>
    static asio::awaitable<std::vector<std::shared_ptr<T>>> merge_all_as(session::Core& core, std::vector<std::shared_ptr<ModelBase>> objects) {
        session::SelectChange none;
        auto merged = co_await merge_objects(core, std::move(objects), true, std::move(none));
        std::vector<std::shared_ptr<T>> typed;
        for (auto& object : merged) typed.push_back(std::static_pointer_cast<T>(std::move(object)));
        co_return typed;
    }
    template <class F>
    static asio::awaitable<void> run_nested(Session& session, F f) {
        auto savepoint = co_await session.begin_nested();
        std::exception_ptr error;
        try {
            co_await f();
            co_await savepoint.commit();
        } catch (...) {
            error = std::current_exception();
        }
        if (!error) co_return;
        co_await savepoint.rollback();
        std::rethrow_exception(error);
    }
    static asio::awaitable<std::vector<std::shared_ptr<ModelBase>>> merge_objects(
        session::Core& core, std::vector<std::shared_ptr<ModelBase>> objects, bool load, session::SelectChange options);
    [[nodiscard]] asio::awaitable<Connection*> connection_of(const orm::MapperData& mapper);
    friend class SessionMaker;
    void take_listeners(const SessionEvents& events);
    [[nodiscard]] session::Core& core() const;
    void add_object(ModelBase* object);
    [[nodiscard]] asio::awaitable<void> delete_object(std::shared_ptr<ModelBase> object);
    [[nodiscard]] asio::awaitable<void> refresh_object(std::shared_ptr<ModelBase> object, session::RefreshOptions options);
    void expunge_object(ModelBase& object);
    void expire_object(ModelBase& object, const session::RefreshOptions& what);
    [[nodiscard]] bool has_object(const ModelBase& object) const noexcept;

    std::unique_ptr<session::Core, session::CoreDeleter> core_;
};

/// The session that an object is in; null for none.
[[nodiscard]] Session* object_session(const ModelBase& object) noexcept;

} // namespace azoth
