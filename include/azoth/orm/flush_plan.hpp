// SPDX-License-Identifier: MIT
// What a unit of work has its session execute: batches of equal statements.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include <azoth/orm/session_state.hpp>
#include <azoth/sql/node.hpp>

namespace azoth {
class Dialect;
}

namespace azoth::orm {

/// A new object that takes over the row of an object that is deleted in the same flush.
using RowSwitches = std::unordered_map<const ModelBase*, ModelBase*>;

/// One statement for one or more rows: equal shapes in a row share it.
struct FlushBatch {
    enum class Kind : std::uint8_t { insert, update, delete_ };

    Kind kind = Kind::insert;
    const MapperData* mapper = nullptr;
    std::vector<ModelBase*> objects;
    std::vector<std::uint16_t> columns;    ///< attributes written
    std::vector<sql::NodePtr> expressions; ///< SQL in place of a column's value, null where there is none; empty: nowhere
    std::vector<std::uint16_t> defaulted;  ///< columns among `columns` that the program did not set
    std::vector<std::uint16_t> where;      ///< attributes whose stored values find the row
    std::vector<ModelBase*> identities;    ///< the objects that have those values, where they are others; else empty
    std::vector<std::uint16_t> fetch;      ///< attributes that the database makes and the object wants back
    bool fetches_only_key = false;         ///< `fetch` is the generated key alone
    bool versioned = false;                ///< rows are counted one by one

    FlushBatch() = default;
};

/// Rows of an association table.
struct AssociationBatch {
    const Table* table = nullptr;
    const MapperData* mapper = nullptr; ///< whose database the table is in: the relationship's target
    bool deletes = false;
    std::vector<std::size_t> columns; ///< in the table's order
    std::vector<std::vector<Value>> rows;

    AssociationBatch() = default;
};

/// What is executed before the unit of work can go on.
struct FlushStep {
    /// Expired objects that have to be loaded again first; then the step is asked for again.
    std::vector<ModelBase*> refresh;
    /// Rows that are about to be written, where somebody awaits to be told; then the step is asked for again.
    std::vector<ModelBase*> before_insert, before_update, before_delete;
    /// New objects whose key the database makes, where their INSERT will not bring it; then the step is asked for again.
    std::vector<ModelBase*> keyless;
    std::vector<FlushBatch> batches;
    std::vector<AssociationBatch> associations;

    FlushStep() = default;
    /// The step is not decided yet.
    [[nodiscard]] bool asks() const noexcept {
        return !refresh.empty() || !before_insert.empty() || !before_update.empty() || !before_delete.empty() || !keyless.empty();
    }
};

/// Rows that were written.
struct WrittenRows {
    std::vector<ModelBase*> inserted, updated, deleted;
    std::vector<ModelBase*> post_updated; ///< again, of which nobody is told

    WrittenRows() = default;
};

/// Whether the statements that write a class's rows bring values back.
using ReturnsDefaults = std::function<bool(const MapperData&)>;

/// By stored primary key.
void sort_by_key(std::vector<ModelBase*>& objects);

/// UPDATEs of `stored` objects (sorted), then INSERTs of `fresh` ones.
/// @throws FlushError for a primary key that is NULL and not generated.
[[nodiscard]] std::vector<FlushBatch> save_batches(
    const std::vector<ModelBase*>& fresh, const std::vector<ModelBase*>& stored, const RowSwitches& switches, bool returns_defaults);
/// DELETEs of objects (sorted).
[[nodiscard]] std::vector<FlushBatch> delete_batches(const MapperData& mapper, std::vector<ModelBase*> objects);
/// UPDATEs of keys that were left out before: of each object those among `columns` that have another value than the row.
[[nodiscard]] std::vector<FlushBatch> post_update_batches(std::vector<ModelBase*> objects, const std::vector<std::uint16_t>& columns);
/// Its row was written: what it has there is the version from now on.
void note_version(ModelBase& object);
/// The columns of the primary key that nobody gives a value: the database makes it.
[[nodiscard]] std::vector<std::uint16_t> missing_keys(ModelBase& object);
/// SELECT of the next value of such a column, where the dialect's INSERT does not tell it and nothing else does; null otherwise.
[[nodiscard]] std::shared_ptr<const sql::Node> key_statement(const MapperData& mapper, const AttributeInfo& info, const Dialect& dialect);
/// What the row has, as far as is known: the value before a change that is not flushed.
[[nodiscard]] Value stored_value(ModelBase& object, std::uint16_t attribute);
/// Whether an UPDATE of the object would write something.
[[nodiscard]] bool has_net_changes(ModelBase& object);

/// The batch's statement; its parameter rows are what `batch_params` gives, unless it has expressions: then its values are in it.
[[nodiscard]] std::shared_ptr<const sql::Node> batch_statement(const FlushBatch& batch, bool returning);
[[nodiscard]] std::shared_ptr<const sql::Node> association_statement(const AssociationBatch& batch);

/// The parameters, row-major. `scratch` holds values that no member can be viewed for; it must live as long.
[[nodiscard]] std::vector<Param> batch_params(const FlushBatch& batch, std::vector<Value>& scratch);

} // namespace azoth::orm
