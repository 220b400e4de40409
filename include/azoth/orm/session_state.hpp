// SPDX-License-Identifier: MIT
// What a session knows without its database: which objects it has and what is to be written.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <azoth/orm/identity_map.hpp>

namespace azoth::orm {

/// An object that the session keeps alive.
struct Pinned {
    ModelBase* object = nullptr;
    GraphRef graph;

    Pinned() = default;
    explicit Pinned(ModelBase& o) : object(&o), graph(o.orm_state().graph) {}
};

/// The pure half of a session. Used by one strand at a time.
class SessionState {
public:
    SessionState() = default;
    SessionState(const SessionState&) = delete;
    SessionState& operator=(const SessionState&) = delete;
    ~SessionState();

    IdentityMap identity_map;

    /// Takes an object in, and what it is linked with by save-update cascades.
    /// @throws ArgumentError when it was not made by make<T>() or a load; InvalidRequestError when another session has it.
    void add(ModelBase& object);
    /// Registers a first change.
    void mark_dirty(ModelBase& object);
    /// Marks a persistent object, and what loaded delete cascades reach, for deletion.
    /// @throws InvalidRequestError when the object is not persistent here.
    void mark_deleted(ModelBase& object);
    /// Lets an object go without writing it.
    void expunge(ModelBase& object);
    void expunge_all();

    [[nodiscard]] bool has_changes() const noexcept { return !new_.empty() || !dirty_.empty() || !deleted_.empty(); }
    [[nodiscard]] const std::vector<Pinned>& new_objects() const noexcept { return new_; }
    [[nodiscard]] const std::vector<Pinned>& dirty_objects() const noexcept { return dirty_; }
    [[nodiscard]] const std::vector<Pinned>& deleted_objects() const noexcept { return deleted_; }

    /// Everything was written: objects are persistent, their changes forgotten.
    void after_flush();
    /// The transaction's end. After a rollback new objects are transient again and all others expired.
    void after_commit(bool expire);
    void after_rollback();
    /// Makes its values unknown, so that reading them throws until they are loaded again.
    static void expire(ModelBase& object);

private:
    std::vector<Pinned> new_;
    std::vector<Pinned> dirty_;
    std::vector<Pinned> deleted_;
    std::vector<Pinned> inserted_;           ///< since the transaction began
    std::vector<Pinned> removed_;            ///< deleted and flushed since the transaction began
};

/// Calls `visit(ModelBase&)` for every object that `object` links to by loaded links of the relationship.
template <class Visit>
void each_linked(ModelBase& object, const RelationshipInfo& info, Visit&& visit) {
    if (info.collection) {
        for (auto* item : MapperData::collection(object, info).items()) visit(*item);
        // members that wait for the collection to be loaded
        if (!MapperData::collection(object, info).is_present() && object.orm_state().changes)
            for (const auto& member : object.orm_state().changes->added)
                if (&object.orm_state().mapper->relationships[member.relationship] == &info) visit(*member.object);
    } else if (auto* target = MapperData::related(object, info).target()) {
        visit(*target);
    }
}

} // namespace azoth::orm
