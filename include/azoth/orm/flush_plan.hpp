// SPDX-License-Identifier: MIT
// The unit of work as data: which rows are written, in which order. Pure; the session executes it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <azoth/orm/session_state.hpp>
#include <azoth/sql/node.hpp>

namespace azoth::orm {

/// Objects of one class that are saved, or deleted, together. Groups follow each other: a group's rows may depend on
/// keys that an earlier group's INSERTs make.
struct FlushGroup {
    const MapperData* mapper = nullptr;
    bool deletes = false;
    std::vector<ModelBase*> objects;
};

/// Before its group is written, `child` takes its foreign key from `parent` (NULL without one).
struct KeySync {
    ModelBase* child = nullptr;
    const RelationshipInfo* relationship = nullptr; ///< from either side; its `child_pairs` say what is taken
    ModelBase* parent = nullptr;
};

struct FlushPlan {
    std::vector<FlushGroup> groups;
    std::vector<std::vector<KeySync>> syncs; ///< as many as groups
    std::vector<Pinned> touched;             ///< children that only their parents' changes bring in

    FlushPlan() = default;
};

/// One statement for one or more rows: equal shapes in a row share it.
struct FlushBatch {
    enum class Kind : std::uint8_t { insert, update, delete_ };

    Kind kind = Kind::insert;
    const MapperData* mapper = nullptr;
    std::vector<ModelBase*> objects;
    std::vector<std::uint16_t> columns;  ///< attributes written
    std::vector<std::uint16_t> fetch;    ///< INSERT: attributes that the database makes and the object wants back
    bool fetches_only_key = false;       ///< `fetch` is the generated key alone

    FlushBatch() = default;
};

/// Orders everything that is new, changed or deleted: referred-to rows are saved before those that refer to them and
/// deleted after them. @throws CircularDependencyError when objects refer to each other in a ring.
[[nodiscard]] FlushPlan plan_flush(SessionState& session);

/// Applies the group's key syncs and cuts it into statements: UPDATEs in key order, then INSERTs in the order of add().
/// Called when everything before it is written. @throws FlushError for a primary key that is NULL and not generated.
[[nodiscard]] std::vector<FlushBatch>
make_batches(FlushGroup& group, const std::vector<KeySync>& syncs, bool returns_defaults);

/// The batch's statement; its parameter rows are what `batch_params` gives.
[[nodiscard]] std::shared_ptr<const sql::Node> batch_statement(const FlushBatch& batch, bool returning);

/// The parameters, row-major. `scratch` holds values that no member can be viewed for; it must live as long.
[[nodiscard]] std::vector<Param> batch_params(const FlushBatch& batch, std::vector<Value>& scratch);

/// Persistent objects that lost their last parent through a delete-orphan relationship.
[[nodiscard]] std::vector<ModelBase*> find_orphans(SessionState& session);

} // namespace azoth::orm
