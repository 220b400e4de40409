// SPDX-License-Identifier: MIT
// What is known of one mapped object: its class, its graph, its session, and what changed since it was loaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <utility>
#include <vector>

#include <azoth/orm/graph.hpp>
#include <azoth/sql/fwd.hpp>
#include <azoth/types/value.hpp>

namespace azoth {

class ModelBase;

namespace orm {

class MapperData;
class SessionState;
struct RelationshipInfo;

/// Where an object stands (SQLAlchemy's object states).
enum class Lifecycle : std::uint8_t { transient, pending, persistent, deleted, detached };

/// What changed in one object since it was loaded or flushed. Made with the first change.
struct Changes {
    struct Old {
        std::uint16_t attribute;
        bool known; ///< false: it had not been loaded
        Value value;
    };
    struct OldTarget {
        std::uint16_t relationship;
        ModelBase* target;
        bool known; ///< false: it had not been loaded
    };
    struct Member {
        std::uint16_t relationship;
        ModelBase* object;
        GraphRef kept; ///< until the flush: a collection that is not loaded does not link to its members
    };
    /// Members in the order in which they came; a long list is not searched.
    class Members {
    public:
        [[nodiscard]] auto begin() const noexcept { return members_.begin(); }
        [[nodiscard]] auto end() const noexcept { return members_.end(); }
        [[nodiscard]] bool empty() const noexcept { return members_.empty(); }
        [[nodiscard]] bool has(std::uint16_t relationship, const ModelBase* object) const;
        void add(std::uint16_t relationship, ModelBase* object, GraphRef kept);
        /// @return whether it was there
        bool erase(std::uint16_t relationship, const ModelBase* object);
        void erase_all(std::uint16_t relationship);

    private:
        using Key = std::pair<const ModelBase*, std::uint16_t>;
        struct Hash {
            std::size_t operator()(const Key& key) const noexcept { return std::hash<const void*>{}(key.first) ^ key.second; }
        };
        std::vector<Member> members_;
        std::unordered_set<Key, Hash> known_; ///< of a long list; of a short one empty
    };

    /// SQL that the next flush writes in place of a value.
    struct Expression {
        std::uint16_t attribute;
        std::shared_ptr<const sql::Node> node;
    };
    /// Whether the object has a parent along a relationship that a change of a collection was about.
    struct Parent {
        const RelationshipInfo* relationship;
        const ModelBase* parent; ///< null: it was removed from its last one
    };

    std::vector<Old> values;
    std::vector<OldTarget> targets; ///< of links to one object: what they pointed at
    std::vector<Expression> expressions;
    std::vector<Parent> parents;
    Members added; ///< to collections
    Members removed;

    Changes() = default;
};

/// Part of every mapped object.
struct ObjectState {
    const MapperData* mapper = nullptr; ///< null: not made by make<T>() or a load
    Graph* graph = nullptr;
    SessionState* session = nullptr;
    std::unique_ptr<Changes> changes;
    Lifecycle lifecycle = Lifecycle::transient;
    bool in_dirty_list = false;
    bool to_be_deleted = false;
    std::uint32_t plan_entry = 0;    ///< while a flush is planned: its entry there plus one; else 0
    bool expired = false;            ///< all of it: get() and queries load it again
    bool was_deleted = false;        ///< its row: the object cannot be added again
    bool orphaned_outside = false;   ///< lost its parent while that was in no session: not to be inserted

    ObjectState() = default;
    Changes& changed() {
        if (!changes) changes = std::make_unique<Changes>();
        return *changes;
    }
};

} // namespace orm

/// The root of all mapped classes; derive from `Model<T>` instead.
class ModelBase {
public:
    ModelBase() = default;
    virtual ~ModelBase() = default;
    ModelBase(const ModelBase&) = delete;
    ModelBase& operator=(const ModelBase&) = delete;

    [[nodiscard]] orm::ObjectState& orm_state() noexcept { return state_; }
    [[nodiscard]] const orm::ObjectState& orm_state() const noexcept { return state_; }

private:
    orm::ObjectState state_;
};

/// The base of a mapped class: `struct User : az::Model<User> { … static void map(az::Mapper<User>& m); };`
/// Objects are made by `make<User>()` or loaded by a session; they cannot be copied, and live in the graph of what they
/// are linked with.
template <class T>
class Model : public ModelBase {};

} // namespace azoth
