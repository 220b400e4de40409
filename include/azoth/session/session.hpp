// SPDX-License-Identifier: MIT
// Session: mapped objects in a transaction. Loads them, follows their changes, writes them as a unit of work.
#pragma once

#include <memory>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/engine/connection.hpp>
#include <azoth/engine/engine.hpp>
#include <azoth/orm/entity.hpp>
#include <azoth/orm/make.hpp>
#include <azoth/session/result.hpp>

namespace azoth {

/// How a session behaves. Defaults are those that suit coroutines: objects stay readable after a commit.
struct SessionOptions {
    bool autoflush = true;         ///< write pending changes before each query
    bool expire_on_commit = false; ///< make all values unknown at commit, so that they are loaded again
};

namespace session {

class Core;

struct CoreDeleter {
    void operator()(Core* core) const noexcept;
};

[[nodiscard]] asio::awaitable<std::shared_ptr<const LoadedRows>> load_rows(Core& core, sql::NodePtr statement);
[[nodiscard]] asio::awaitable<engine::ResultData> execute(Core& core, sql::NodePtr statement);
[[nodiscard]] asio::awaitable<ModelBase*> get(Core& core, const orm::MapperData& mapper, std::vector<Value> key, orm::GraphRef& owner);

template <class R>
[[nodiscard]] asio::awaitable<R> load_as(Core& core, sql::NodePtr statement) {
    auto rows = co_await load_rows(core, std::move(statement));
    co_return R(std::move(rows));
}
template <class R>
[[nodiscard]] asio::awaitable<R> execute_as(Core& core, sql::NodePtr statement) {
    auto data = co_await execute(core, std::move(statement));
    co_return R(std::move(data));
}

template <class S>
struct Rows {
    static constexpr bool objects = false;
    using type = engine::result_type_t<S>;
};
template <class... Ts>
    requires(is_entity<Ts> || ...)
struct Rows<Select<Ts...>> {
    static constexpr bool objects = true;
    using type = ObjectRows<Ts...>;
};

template <class T>
[[nodiscard]] asio::awaitable<row_value_t<T>> first_value(Core& core, sql::NodePtr statement) {
    if constexpr (is_entity<T>) {
        auto rows = co_await load_rows(core, std::move(statement));
        const ScalarRows<T> scalars(std::move(rows));
        auto first = scalars.first();
        if (!first) co_return nullptr;
        co_return std::move(*first);
    } else {
        auto data = co_await execute(core, std::move(statement));
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

} // namespace session

/// A session: its objects, one for each row it has seen, and the transaction they are read and written in.
///
/// Attribute access never does I/O. The transaction begins with the first statement and ends with `commit()`,
/// `rollback()` or `close()`; after each the session may be used again. New, changed and deleted objects are kept alive
/// until they are written; others live as long as somebody holds them.
///
/// Used by one strand at a time. A second operation while one is suspended throws InvalidRequestError.
///
/// @cancellation  every operation obeys `terminal`. Cut off in mid-flush the transaction is lost: what was written is
///   rolled back, and the session wants `rollback()` before it is used again.
class Session {
public:
    /// @param at  what `engine.pool().checked_out()` names while the session has a connection; leave it out
    explicit Session(
        Engine engine,
        SessionOptions options = SessionOptions(),
        std::source_location at = std::source_location::current());
    Session(Session&&) noexcept = default;
    Session& operator=(Session&&) noexcept = default;

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
    [[nodiscard]] auto execute(const S& statement) {
        using Kind = session::Rows<S>;
        if constexpr (Kind::objects) return session::load_as<typename Kind::type>(core(), statement.node());
        else return session::execute_as<typename Kind::type>(core(), statement.node());
    }
    /// The first element of each row.
    template <class T, class... Ts>
    [[nodiscard]] auto scalars(const Select<T, Ts...>& statement) {
        if constexpr (session::Rows<Select<T, Ts...>>::objects)
            return session::load_as<ScalarRows<T>>(core(), statement.node());
        else return session::execute_as<ScalarResult<T>>(core(), statement.node());
    }
    /// The first element of the first row: null or an empty optional when there is no row.
    /// @throws NoResultFound when there is no row and the type can say neither.
    template <class T, class... Ts>
    [[nodiscard]] asio::awaitable<session::row_value_t<T>> scalar(const Select<T, Ts...>& statement) {
        return session::first_value<T>(core(), statement.node());
    }
    /// The object with this primary key, from memory or the database; null when there is none.
    template <orm::MappedClass T, class... Key>
        requires(sizeof...(Key) > 0)
    [[nodiscard]] asio::awaitable<std::shared_ptr<T>> get(const Key&... key) {
        std::vector<Value> values;
        (values.push_back(detail::value_for<Value>(key)), ...);
        return get_as<T>(core(), std::move(values));
    }

    /// Writes what is new, changed or deleted. Without changes nothing happens.
    /// @throws the class of the DBAPIError tree that fits; FlushError, StaleDataError, CircularDependencyError. Whatever it
    ///   throws, the transaction is rolled back and the session wants `rollback()`.
    [[nodiscard]] asio::awaitable<void> flush();
    /// Flushes and commits.
    [[nodiscard]] asio::awaitable<void> commit();
    /// Rolls back: objects that were added are transient again, all others are expired.
    [[nodiscard]] asio::awaitable<void> rollback();
    /// Marks an object for deletion, with what its delete cascades reach (loaded for that where it is not).
    template <orm::MappedClass T>
    [[nodiscard]] asio::awaitable<void> delete_(std::shared_ptr<T> object) {
        return delete_object(std::move(object));
    }
    /// Loads an object's columns again.
    template <orm::MappedClass T>
    [[nodiscard]] asio::awaitable<void> refresh(std::shared_ptr<T> object) {
        return refresh_object(std::move(object));
    }
    /// Lets an object go; it is detached.
    template <orm::MappedClass T>
    void expunge(const std::shared_ptr<T>& object) {
        expunge_object(*object);
    }
    void expunge_all();
    /// Makes an object's values unknown; the next `refresh()` or query loads them.
    template <orm::MappedClass T>
    void expire(const std::shared_ptr<T>& object) {
        expire_object(*object);
    }
    /// Rolls back what is open and lets all objects go. Usable again afterwards.
    [[nodiscard]] asio::awaitable<void> close();

    template <orm::MappedClass T>
    [[nodiscard]] bool contains(const std::shared_ptr<T>& object) const noexcept {
        return has_object(*object);
    }
    /// Objects that the identity map knows and somebody holds.
    [[nodiscard]] std::size_t identity_map_size() const;
    [[nodiscard]] bool has_changes() const noexcept;
    [[nodiscard]] bool in_transaction() const noexcept;
    /// The connection of the transaction, for statements of the Core; begins one.
    [[nodiscard]] asio::awaitable<Connection*> connection();

private:
    template <class T>
    static asio::awaitable<std::shared_ptr<T>> get_as(session::Core& core, std::vector<Value> key) {
        orm::GraphRef owner;
        auto* object = co_await session::get(core, mapper_of<T>(), std::move(key), owner);
        if (object == nullptr) co_return nullptr;
        co_return orm::handle_of<T>(object);
    }
    [[nodiscard]] session::Core& core() const;
    void add_object(ModelBase* object);
    [[nodiscard]] asio::awaitable<void> delete_object(std::shared_ptr<ModelBase> object);
    [[nodiscard]] asio::awaitable<void> refresh_object(std::shared_ptr<ModelBase> object);
    void expunge_object(ModelBase& object);
    void expire_object(ModelBase& object);
    [[nodiscard]] bool has_object(const ModelBase& object) const noexcept;

    std::unique_ptr<session::Core, session::CoreDeleter> core_;
};

} // namespace azoth
