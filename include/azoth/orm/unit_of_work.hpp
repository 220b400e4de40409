// SPDX-License-Identifier: MIT
// UnitOfWork: one flush, decided step by step. Pure; the session loads and executes what it asks for.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <azoth/orm/flush_plan.hpp>
#include <azoth/orm/link_history.hpp>
#include <azoth/orm/session_state.hpp>

namespace azoth::orm {

/// Orders what is new, changed or deleted as SQLAlchemy does: relationships are looked at class by class until no more objects
/// are drawn in; the actions on whole classes are sorted by what depends on what; where classes depend on each other in
/// a ring, the actions on their single objects are.
///
///     UnitOfWork work{session};
///     while (auto load = work.next_load()) …load it…
///     while (auto step = work.next_step()) …execute its batches, in order…
///     work.finish();
class UnitOfWork {
public:
    explicit UnitOfWork(SessionState& session);
    ~UnitOfWork();
    UnitOfWork(const UnitOfWork&) = delete;
    UnitOfWork& operator=(const UnitOfWork&) = delete;

    /// Nothing is to be written.
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

    /// Of the first object that takes part; null when nothing is to be written.
    [[nodiscard]] const MapperData* first_class() const noexcept { return classes_.empty() ? nullptr : classes_.front().mapper; }

    struct Load {
        ModelBase* object;
        const RelationshipInfo* relationship;
    };
    /// A link that has to be loaded before it can be decided what depends on the object; none when all is known.
    [[nodiscard]] std::optional<Load> next_load();

    /// What is executed next; nothing at the end. A step's keys are to be written back before the next is asked for.
    /// @throws CircularDependencyError when objects depend on each other in a ring; FlushError.
    [[nodiscard]] std::optional<FlushStep> next_step(const ReturnsDefaults& returns_defaults);
    [[nodiscard]] std::optional<FlushStep> next_step(bool returns_defaults);
    /// Tells that the last step's rows were written. Nothing the second time.
    WrittenRows written();
    /// Somebody awaits to be told of rows before they are written: steps ask for it.
    void announce(bool on) noexcept { announces_ = on; }
    /// Whose objects take part.
    [[nodiscard]] std::vector<const MapperData*> mappers() const;

    /// Everything was executed: objects are persistent or deleted, changes forgotten.
    void finish();

private:
    struct Entry {
        ModelBase* object;
        bool deletes = false;
        bool list_only = false; ///< other objects look at it, it is not written
    };
    struct ClassObjects {
        const MapperData* mapper = nullptr;
        std::vector<ModelBase*> objects;
    };
    /// One relationship at work.
    struct Processor {
        const MapperData* mapper = nullptr;
        const RelationshipInfo* info = nullptr;
        std::size_t objects = 0; ///< index into classes_
        std::string sort_key;
        bool follows_keys = false; ///< not the relationship itself: its keys follow the target's, whose class this one is about
        std::vector<bool> looked_at;
        bool in_plan = false; ///< its actions are in the plan
        std::vector<ModelBase*> open_deletes, open_saves; ///< being looked at
        std::size_t next = 0;
        bool busy = false;
        std::unordered_set<const ModelBase*> children_added;
        std::unordered_map<const ModelBase*, std::size_t> save_actions, delete_actions; ///< of single objects
    };
    enum class Kind : std::uint8_t { delete_all, delete_one, post_update, process_all, process_one, save_one, save_all, barrier };
    struct Action {
        Kind kind = Kind::barrier;
        const MapperData* mapper = nullptr;
        std::size_t processor = 0;
        bool deletes = false;
        ModelBase* object = nullptr;
        bool disabled = false;

        Action() = default;
    };
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    bool register_object(ModelBase& object, bool deletes = false, bool list_only = false, bool cancel_delete = false);
    /// Null when the object takes no part.
    [[nodiscard]] const Entry* find(const ModelBase& object) const noexcept {
        const auto number = object.orm_state().plan_entry;
        return number == 0 ? nullptr : &entries_[number - 1];
    }
    [[nodiscard]] Entry* find(const ModelBase& object) noexcept { return const_cast<Entry*>(std::as_const(*this).find(object)); }
    [[nodiscard]] bool is_deleted(const ModelBase& object) const noexcept {
        const auto* entry = find(object);
        return entry != nullptr && entry->deletes;
    }
    std::optional<Load> look_at(Processor& processor, ModelBase& object, bool deletes);
    std::optional<Load> look_at_saved_parent(Processor& processor, ModelBase& object);
    std::optional<Load> register_deleted(ModelBase& object);
    /// Links of rows to be deleted, of classes that form a ring: what they link to is ordered after them.
    std::optional<Load> next_ring_load();
    void follow_keys(const Processor& processor, const std::vector<ModelBase*>& objects);
    [[nodiscard]] bool has_changes(const Processor& processor, const std::vector<ModelBase*>& objects, bool deletes) const;

    // Actions and what comes before what.
    std::size_t class_action(Kind kind, const MapperData& mapper, bool deletes = false);
    std::size_t process_action(std::size_t processor, bool deletes);
    std::size_t object_action(Kind kind, ModelBase& object);
    std::size_t process_object_action(std::size_t processor, ModelBase& object, bool deletes);
    void before(std::size_t first, std::size_t second);
    void plan_processor(std::size_t processor);
    void split_processor(std::size_t processor, const std::vector<ModelBase*>& objects, bool deletes, const std::vector<bool>& ring);
    void split_rings();
    [[nodiscard]] std::vector<bool> find_rings() const;
    void order();
    [[nodiscard]] const std::string& sort_key(const Action& action) const;

    // Execution.
    [[nodiscard]] std::vector<ModelBase*> objects_of(const MapperData& mapper, bool deletes) const;
    void execute(const std::vector<std::size_t>& actions, FlushStep& step, const ReturnsDefaults& returns_defaults);
    void save(const MapperData& mapper, std::vector<ModelBase*> objects, FlushStep& step, bool returns_defaults);
    void remove(const MapperData& mapper, std::vector<ModelBase*> objects, FlushStep& step);
    void refresh_sources(const Processor& processor, const std::vector<ModelBase*>& objects, bool deletes, FlushStep& step);
    void process(Processor& processor, const std::vector<ModelBase*>& objects, bool deletes, FlushStep& step);
    void process_one_to_many(Processor& processor, ModelBase& parent, bool deletes);
    void process_many_to_one(Processor& processor, ModelBase& child, bool deletes);
    void process_many_to_many(Processor& processor, const std::vector<ModelBase*>& objects, bool deletes, FlushStep& step);
    void synchronize(ModelBase* parent, ModelBase& child, const Processor& processor);
    void post_update(ModelBase& object, const Processor& processor);

    SessionState& session_;
    std::vector<Entry> entries_; ///< found by ObjectState::plan_entry
    std::vector<ClassObjects> classes_;
    std::map<const MapperData*, std::size_t> class_index_;
    std::deque<Processor> processors_; ///< references stay
    std::size_t current_ = 0;    ///< the processor that is being asked
    std::size_t pass_end_ = 0;
    bool pass_found_ = false;
    bool planned_ = false;
    std::optional<std::vector<Load>> ring_loads_; ///< that may be needed; nothing: not looked for yet
    std::size_t next_ring_load_ = 0;

    std::vector<Action> actions_;
    std::map<std::tuple<Kind, const void*, bool>, std::size_t> class_actions_;
    std::unordered_map<const ModelBase*, std::size_t> save_actions_, delete_actions_;
    std::vector<std::pair<std::size_t, std::size_t>> edges_;
    std::unordered_set<std::uint64_t> known_edges_;
    std::vector<std::vector<std::size_t>> steps_; ///< groups of actions, in order
    std::size_t next_step_ = 0;
    bool ring_ = false; ///< what is not in steps_ cannot be ordered

    struct PostUpdate {
        std::vector<ModelBase*> objects;
        std::vector<std::uint16_t> columns;
    };
    std::map<const MapperData*, PostUpdate> post_updates_;
    /// Links of many-to-many relationships that the other side has written.
    std::map<const schema::TableData*, std::unordered_map<const ModelBase*, std::unordered_set<const ModelBase*>>> written_links_;
    WrittenRows written_; ///< by the last step, to be told
    bool announces_ = false;
    bool told_ = false;   ///< the step's rows were announced
    bool keyed_ = false;  ///< keys were made for it
    std::vector<Pinned> pinned_;
};

/// @throws InvalidRequestError for a stored owner's write-only link without passive_deletes: deleting the owner would load it.
void require_no_load(const ModelBase& owner, const RelationshipInfo& info);
/// Whether the key that a relationship refers to was changed since it was stored.
[[nodiscard]] bool key_changed(ModelBase& object, const RelationshipInfo& info);

} // namespace azoth::orm
