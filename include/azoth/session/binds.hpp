// SPDX-License-Identifier: MIT
// SessionBinds: which database a session uses for what.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <azoth/engine/engine.hpp>
#include <azoth/orm/mapper.hpp>

namespace azoth {

/// What a session is about to do, when it asks where.
struct BindRequest {
    const orm::MapperData* mapper = nullptr; ///< of the objects; null for a statement without any
    const sql::Node* statement = nullptr;    ///< null in a flush
    bool flushing = false;

    BindRequest() = default;
    BindRequest(const orm::MapperData* of, const sql::Node* executed, bool in_flush) : mapper(of), statement(executed), flushing(in_flush) {}
    /// It only reads: a SELECT, and no flush.
    [[nodiscard]] bool is_select() const noexcept;
};

/// The databases of a session: by class, by a base of classes, by table, and one for all else. Of several bases the closest wins.
/// A builder: `SessionBinds(engine).bind<Invoice>(accounts).bind(log_table, archive)`.
class SessionBinds {
public:
    using Route = std::function<std::optional<Engine>(const BindRequest&)>;

    SessionBinds() = default;
    /// @param engine  of what is not bound otherwise
    explicit SessionBinds(Engine engine);

    /// The objects of a mapped class, or of all that derive from T; statements about their tables, too.
    template <class T>
    [[nodiscard]] SessionBinds bind(Engine engine) const {
        return with_class(
            {[](const ModelBase& object) { return dynamic_cast<const T*>(&object) != nullptr; }, &throw_pointer<T>,
             [](void (*thrower)()) {
                 try {
                     thrower();
                 } catch (const T*) {
                     return true;
                 } catch (...) {
                 }
                 return false;
             },
             std::move(engine)});
    }
    /// Statements about a table.
    [[nodiscard]] SessionBinds bind(const Table& table, Engine engine) const;
    /// Asked first, each time: nothing leaves it to the binds. It may look at anything, and throw.
    [[nodiscard]] SessionBinds route(Route choose) const;

    /// The engine for that; null when there is none. Valid as long as a copy of the binds exists.
    /// Routed engines are not looked for here.
    [[nodiscard]] const Engine* find(const BindRequest& request) const;
    [[nodiscard]] const Engine* default_engine() const noexcept;
    [[nodiscard]] const Route* route() const noexcept;
    /// One engine does it all.
    [[nodiscard]] bool simple() const noexcept;

private:
    struct ClassBind {
        bool (*has)(const ModelBase&); ///< the object is one
        void (*throw_one)();           ///< how two classes are compared
        bool (*catches)(void (*)());
        Engine engine;
    };
    struct Data;

    template <class T>
    [[noreturn]] static void throw_pointer() {
        throw static_cast<T*>(nullptr);
    }
    [[nodiscard]] SessionBinds with_class(ClassBind bind) const;
    [[nodiscard]] const Engine* find_class(const orm::MapperData& mapper) const;

    std::shared_ptr<const Data> data_;
};

} // namespace azoth
