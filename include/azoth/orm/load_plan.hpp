// SPDX-License-Identifier: MIT
// Turning rows into objects: which column goes into which attribute, and which row is an object already there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <azoth/compiler/compiled.hpp>
#include <azoth/orm/session_state.hpp>
#include <azoth/types/field.hpp>

namespace azoth::orm {

/// How one mapped class is read from the rows of a statement.
struct EntityPlan {
    struct Load {
        std::size_t column;
        std::uint16_t attribute;
        Type type;
        void (*load)(AttributeBase&, const Field&, const Type&);
        std::uint32_t offset;
    };

    const MapperData* mapper = nullptr;
    std::vector<Load> loads;
    std::vector<std::size_t> key_loads; ///< positions in `loads` of the primary key
    bool integer_key = false;           ///< a single integer: the fast way

    EntityPlan() = default;
};

/// What the columns of a SELECT are: entities and single values, in order.
struct LoadPlan {
    struct Element {
        int entity = -1;        ///< index into `entities`; -1: a single value
        std::size_t column = 0; ///< the first
    };
    std::vector<EntityPlan> entities;
    std::vector<Element> elements;

    LoadPlan() = default;
};

/// @throws InvalidRequestError when the statement does not select what was expected.
[[nodiscard]] LoadPlan plan_load(const sql::SelectNode& select, const Compiled& compiled);
/// Of an attribute that a statement leaves out.
inline constexpr std::size_t not_selected = static_cast<std::size_t>(-1);
/// For columns in another order than the class's own. @param columns  the column of each attribute, or `not_selected`
[[nodiscard]] EntityPlan plan_entity(const MapperData& mapper, const std::vector<std::size_t>& columns, const Compiled& compiled);

/// Makes objects of the rows of one result.
class ObjectLoader {
public:
    /// New objects live in `graph`; others are kept by it.
    /// @param populate_existing  objects that are there take the row's values, changes of the program are lost
    ObjectLoader(SessionState& session, Graph& graph, bool populate_existing = false)
        : session_(session), graph_(graph), populate_existing_(populate_existing) {}

    /// The object of the row, null when its key is NULL (an outer join). Attributes that are loaded already stay as they
    /// are. @throws TypeMismatchError naming class and attribute.
    [[nodiscard]] ModelBase* load(const EntityPlan& plan, const RowBuffer& rows, std::size_t row);

private:
    SessionState& session_;
    Graph& graph_;
    bool populate_existing_;
};

/// Loads every row of one entity. `populate_existing` overwrites what is loaded.
/// @param loaded  takes the attributes that were; may be null
void populate(
    const EntityPlan& plan, const RowBuffer& rows, std::size_t row, ModelBase& object, bool populate_existing,
    std::vector<std::uint16_t>* loaded = nullptr);

/// One loader option: how a relationship is loaded along with its owners.
struct LoaderOption {
    const MapperData* mapper = nullptr;
    std::uint16_t relationship = 0;
    std::vector<LoaderOption> nested;
    Lazy how = Lazy::selectin;
};

/// One `with_expression()`.
struct ExpressionOption {
    const MapperData* mapper = nullptr;
    std::uint16_t attribute = 0;
    sql::NodePtr expression;
};

/// What `options()` hangs on a SELECT.
struct LoaderOptions {
    std::vector<LoaderOption> options;
    std::vector<ExpressionOption> expressions;
    /// Of a statement as it is executed: which attributes the columns of these entities are.
    std::vector<std::pair<const sql::Node*, std::vector<std::uint16_t>>> filled;
};

/// Which attributes of its class an entity's columns are, in order.
[[nodiscard]] std::vector<std::uint16_t> entity_members(const sql::EntityNode& entity);

/// The statement as it is executed: its entities select what `with_expression()` says. Itself where there is none.
[[nodiscard]] sql::NodePtr with_expressions(const sql::NodePtr& statement);

/// A relationship whose objects come in a statement's own rows.
struct JoinedLink {
    const RelationshipInfo* info;
    int owner;          ///< which of the joined links brings its owners; -1: they are the statement's own entity
    std::size_t entity; ///< its entity among those that were added to the statement's
};
struct JoinedLinks {
    std::vector<JoinedLink> links;
    bool multiplies = false; ///< an owner may have several rows

    JoinedLinks() = default;
};

/// Whether a relationship is loaded along with objects of the class.
[[nodiscard]] bool loads_eagerly(const MapperData& mapper) noexcept;
/// Those relationships as loader options, each class once on each way.
[[nodiscard]] std::vector<LoaderOption> eager_options(const MapperData& mapper);
/// Adds LEFT OUTER JOINs to a SELECT of one entity, for what is to be loaded that way; its columns stand behind the entity's. Nothing where
/// rows are counted, grouped or locked.
[[nodiscard]] JoinedLinks join_links(sql::NodePtr& statement);
/// Fills those links. @param objects  by entity, then by row
void fill_joined(const JoinedLinks& joined, const std::vector<std::vector<ModelBase*>>& objects);

/// Fills a collection that was not loaded: what the database has, with pending changes of the program on top.
void fill_collection(ModelBase& owner, const RelationshipInfo& info, std::vector<ModelBase*> loaded);
/// Points a link at what the database says; the other side of a one-to-many knows it, too.
void fill_related(ModelBase& owner, const RelationshipInfo& info, ModelBase* target);

/// The values of the attributes that a relationship compares, on the owner's side. Empty when one is NULL or not loaded.
[[nodiscard]] std::vector<Value> link_values(ModelBase& owner, const RelationshipInfo& info);

/// SELECT of the target's objects that `owner` links to.
[[nodiscard]] std::shared_ptr<sql::SelectNode> lazy_select(const RelationshipInfo& info, const std::vector<Value>& values);
/// SELECT of the objects that many owners link to, by their values. The linking columns come first.
[[nodiscard]] std::shared_ptr<const sql::SelectNode>
selectin_select(const RelationshipInfo& info, const std::vector<std::vector<Value>>& values);
/// The columns of `selectin_select` for each attribute of the target; the linking columns are 0, 1, ….
[[nodiscard]] std::vector<std::size_t> selectin_columns(const RelationshipInfo& info);
/// The same of owners by their primary keys, joined with what they link to: for conditions that compare more than keys. The owners'
/// keys come first.
[[nodiscard]] std::shared_ptr<const sql::SelectNode>
selectin_join_select(const MapperData& mapper, const RelationshipInfo& info, const std::vector<std::vector<Value>>& keys);
[[nodiscard]] std::vector<std::size_t> selectin_join_columns(const MapperData& mapper, const RelationshipInfo& info);
/// How many columns a link compares.
[[nodiscard]] std::size_t link_width(const RelationshipInfo& info);
/// SELECT of one object by its primary key.
[[nodiscard]] std::shared_ptr<sql::SelectNode> select_by_key(const MapperData& mapper, const std::vector<Value>& key);
/// The same of some attributes.
[[nodiscard]] std::shared_ptr<sql::SelectNode>
select_attributes(const MapperData& mapper, const std::vector<std::uint16_t>& attributes, const std::vector<Value>& key);
/// What is to be loaded again: expired, and not set since.
[[nodiscard]] std::vector<std::uint16_t> expired_attributes(ModelBase& object);
/// The primary key that the object's row has.
[[nodiscard]] std::vector<Value> stored_key(ModelBase& object);

} // namespace azoth::orm
