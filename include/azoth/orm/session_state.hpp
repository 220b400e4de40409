// SPDX-License-Identifier: MIT
// What a session knows without its database: which objects it has and what is to be written.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/orm/identity_map.hpp>
#include <azoth/orm/signal.hpp>

namespace azoth::orm {

/// An object that the session keeps alive.
struct Pinned {
    ModelBase* object = nullptr;
    GraphRef graph;

    Pinned() = default;
    explicit Pinned(ModelBase& o) : object(&o), graph(o.orm_state().graph) {}
};

/// Whether an object has a parent along a relationship; `otherwise` when nothing was heard about it since it was loaded.
[[nodiscard]] bool has_parent(ModelBase& child, const RelationshipInfo& info, bool otherwise);
/// Whether it has lost a parent along a delete-orphan relationship. A new object without one is an orphan, too.
[[nodiscard]] bool is_orphan(ModelBase& child);
/// Whether the object has changes that a flush would write.
[[nodiscard]] bool is_modified(ModelBase& object);

/// What happens in a session; the object's is the state that it leaves and the one it enters.
struct SessionSignals {
    Signal<> before_flush, after_flush, after_flush_postexec;
    Signal<> after_begin, before_commit, after_commit, after_rollback, after_soft_rollback;
    Signal<ModelBase&> transient_to_pending, pending_to_persistent, persistent_to_deleted, deleted_to_detached, deleted_to_persistent,
        loaded_as_persistent, pending_to_transient, persistent_to_detached, persistent_to_transient, detached_to_persistent;

    /// The session itself: the argument says whether it is a savepoint that begins or ends.
    Signal<bool> after_transaction_create, after_transaction_end;
    /// Something looks like a mistake; a listener that throws makes it an error.
    Signal<std::string_view> warning;

    SessionSignals() = default;
    /// Has the listeners of `other` listen here, too.
    void connect_all(const SessionSignals& other);
};

/// The pure half of a session. Used by one strand at a time.
class SessionState {
public:
    SessionState() : SessionState(std::make_shared<SessionSignals>()) {}
    /// @param of_whom_listens  signals that are more than these
    explicit SessionState(std::shared_ptr<SessionSignals> of_whom_listens)
        : signals(*of_whom_listens), kept_signals_(std::move(of_whom_listens)) {}
    SessionState(const SessionState&) = delete;
    SessionState& operator=(const SessionState&) = delete;
    virtual ~SessionState();

    IdentityMap identity_map;
    SessionSignals& signals;
    bool in_flush = false; ///< a unit of work is being executed
    bool needs_begin = false; ///< the program has to begin a transaction first

    [[noreturn]] virtual void throw_not_begun() const;
    /// Tells `signals.warning`. @throws what a listener throws.
    virtual void warn(std::string_view message);
    /// The program does something to the session or its links that a flush cannot take into account.
    void warn_in_flush(std::string_view what) {
        if (in_flush) [[unlikely]] warn_now_in_flush(what);
    }

    /// @throws InvalidRequestError when the program has to begin a transaction first
    void require_begun() const {
        if (needs_begin) [[unlikely]] throw_not_begun();
    }
    /// Takes an object in, and what it is linked with by save-update cascades.
    /// @throws ArgumentError when it was not made by make<T>() or a load; InvalidRequestError when another session has it, or
    ///   when its row was deleted in this transaction.
    void add(ModelBase& object);
    /// Registers a first change.
    void mark_dirty(ModelBase& object);
    /// Marks a persistent object for deletion; cascades are the caller's.
    void mark_deleted(ModelBase& object);
    /// @throws InvalidRequestError when the object is not persistent here.
    void require_persistent(const ModelBase& object, const char* operation) const;
    /// Lets an object go without writing it, and what its expunge cascades reach.
    /// @throws InvalidRequestError when it is not in this session.
    void expunge(ModelBase& object);
    void expunge_all();
    /// A new or stored object of this session, not one that is deleted.
    [[nodiscard]] bool contains(const ModelBase& object) const noexcept {
        const auto& state = object.orm_state();
        return state.session == this && (state.lifecycle == Lifecycle::pending || state.lifecycle == Lifecycle::persistent);
    }

    [[nodiscard]] bool has_changes() const noexcept { return !new_.empty() || !dirty_.empty() || !deleted_.empty(); }
    [[nodiscard]] const std::vector<Pinned>& new_objects() const noexcept { return new_; }
    [[nodiscard]] const std::vector<Pinned>& dirty_objects() const noexcept { return dirty_; }
    [[nodiscard]] const std::vector<Pinned>& deleted_objects() const noexcept { return deleted_; }

    /// One object was written, or its row deleted: its changes are forgotten.
    void flushed(ModelBase& object, bool deleted);
    /// Nothing waits to be written any more.
    void end_flush();
    /// The plan of a test or a session that writes everything at once: `flushed()` for all, then `end_flush()`.
    void after_flush();

    /// A savepoint begins; what happens after it can be undone on its own.
    void begin_nested();
    /// The innermost savepoint ends and its changes belong to what is around it.
    void commit_nested();
    void rollback_nested();
    [[nodiscard]] std::size_t nesting() const noexcept { return levels_.size() - 1; }
    /// The transaction's end. After a rollback new objects are transient again and all others expired.
    void after_commit(bool expire);
    void after_rollback();
    /// Makes its values unknown, so that reading them throws until they are loaded again; refresh-expire cascades follow.
    void expire(ModelBase& object);
    void expire_all();
    /// The same for single attributes or links.
    void expire_attribute(ModelBase& object, std::uint16_t attribute);
    void expire_link(ModelBase& object, std::uint16_t relationship);
    /// Both, told to who listens to `expire`.
    void expire_members(ModelBase& object, const std::vector<std::uint16_t>& attributes, const std::vector<std::uint16_t>& links);
    /// Its changes are forgotten; `sweep_dirty()` follows.
    void forget_dirty(ModelBase& object);
    void sweep_dirty();

private:
    struct KeySwitch {
        Pinned object;
        std::vector<Value> before;
    };
    /// What a transaction, or a savepoint in it, did to objects.
    struct Level {
        std::vector<Pinned> inserted;
        std::vector<Pinned> removed; ///< deleted and flushed
        std::vector<Pinned> dirty;
        std::vector<KeySwitch> key_switches;

        Level() = default;
    };

    void warn_now_in_flush(std::string_view what);
    void let_go(ModelBase& object, bool to_transient);
    void restore(Level& level, bool nested);
    void expire_one(ModelBase& object);

    std::shared_ptr<SessionSignals> kept_signals_;
    std::vector<Pinned> new_;
    std::vector<Pinned> dirty_;
    std::vector<Pinned> deleted_;
    std::vector<Level> levels_{1}; ///< the transaction's, then one for each savepoint
};

/// Calls `visit(ModelBase&)` for every object that `object` links to by loaded links of the relationship.
template <class Visit>
void each_linked(ModelBase& object, const RelationshipInfo& info, Visit&& visit) {
    if (info.collection) {
        for (auto* item : MapperData::collection(object, info).items()) visit(*item);
        // members that wait for the collection to be loaded
        if (object.orm_state().changes && (info.write_only || !MapperData::collection(object, info).is_present()))
            for (const auto& member : object.orm_state().changes->added)
                if (member.relationship == info.index) visit(*member.object);
    } else if (auto* target = MapperData::related(object, info).target()) {
        visit(*target);
    }
}

} // namespace azoth::orm
