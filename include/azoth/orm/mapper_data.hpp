// SPDX-License-Identifier: MIT
// MapperData: the mapping of one class as data: its table, attributes and relationships.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/orm/attribute.hpp>
#include <azoth/orm/links.hpp>
#include <azoth/orm/signal.hpp>
#include <azoth/schema/table.hpp>
#include <azoth/sql/node.hpp>

namespace azoth {
class MetaData;
class Registry;
class TypeMap;
} // namespace azoth

namespace azoth::orm {

class MapperData;

/// A class found late, so that two classes can refer to each other.
using MapperReference = MapperData& (*)();

/// Who has a say when an attribute is set.
struct AttributeWatch {
    std::function<void(ModelBase&, void* value)> validate;          ///< may change the value or throw
    Signal<ModelBase&, void* /*value*/, const void* /*old*/> set; ///< old: null when it is not known
    Signal<ModelBase&, void* /*value*/> init_scalar; ///< of a new object, read before it has a value: who listens gives one
    Signal<ModelBase&> modified;                     ///< by flag_modified() or mutate()

    AttributeWatch() = default;
};

/// What an object as a value does with an attribute or a link.
struct AttributeUse {
    bool init = true;    ///< make<T>() takes it
    bool repr = true;    ///< to_string() shows it
    bool compare = true; ///< value_equal() and its kin look at it
};

struct AttributeInfo {
    std::string name; ///< the member's; the column may be called otherwise
    std::uint32_t offset = 0; ///< from ModelBase
    const AttributeOperations* operations = nullptr;
    std::size_t column = 0; ///< position in the table; of a computed one past all columns
    bool computed = false;  ///< a SQL expression, read only
    bool deferred = false;  ///< loaded when asked for
    bool query_expression = false; ///< a computed one that statements fill by with_expression(): null otherwise, never loaded by itself
    std::function<sql::NodePtr()> expression; ///< of a computed one: called once, when all classes are mapped
    std::function<void(AttributeBase&)> init_default; ///< gives a new object its value; empty: none
    AttributeUse use;
    std::map<std::string, std::string> notes; ///< the program's own words
    std::string doc;
    bool active_history = false; ///< not set before its old value is known
    bool primary_key = false;
    bool server_default = false;
    bool autoincrement = false;
    sql::NodePtr node; ///< the column as an expression
    std::shared_ptr<AttributeWatch> watch;
};

/// Several attributes as one value.
struct CompositeInfo {
    std::string name;
    std::vector<std::string> attributes; ///< in the order of the struct's members
};
/// Another name of an attribute.
struct SynonymInfo {
    std::string name;
    std::string attribute;
};
/// A rule that works on objects and in SQL.
struct HybridInfo {
    std::string name;
    std::function<sql::NodePtr()> expression;
};
/// What a class shows to programs under a name.
enum class DescriptorKind : std::uint8_t { column, column_property, relationship, composite, synonym, hybrid };
struct Descriptor {
    DescriptorKind kind;
    std::string name;
};

enum class Direction : std::uint8_t { many_to_one, one_to_many, many_to_many };

/// Which operations follow a relationship (SQLAlchemy's cascades).
struct Cascade {
    bool save_update = true;
    bool merge = true;
    bool refresh_expire = false;
    bool expunge = false;
    bool delete_ = false;
    bool delete_orphan = false;
};

/// Whether ON DELETE of the database is trusted: `all` does not even touch objects that are loaded.
enum class PassiveDeletes : std::uint8_t { off, on, all };

/// When a relationship is loaded, unless a statement's options say otherwise: SQLAlchemy's `lazy`.
enum class Lazy : std::uint8_t {
    select,   ///< when the program asks for it
    selectin, ///< along with its owners, by one more SELECT
    joined,   ///< with its owners' rows, by LEFT OUTER JOIN; by one more SELECT where rows are counted, grouped, locked or of several classes
};

/// What is about to be linked: a listener may put another object in its place, or none.
struct Incoming {
    ModelBase* object = nullptr;
    GraphRef kept; ///< of an object that nobody else holds

    explicit Incoming(ModelBase* o) : object(o) {}
};

/// Who has a say when a link is set, or a member put into or taken out of a collection.
struct LinkWatch {
    std::function<void(ModelBase& owner, ModelBase& member, bool removed)> validate; ///< may throw
    bool validates_removal = false;
    bool validates_backrefs = true; ///< what the other side causes, too
    Signal<ModelBase&, Incoming&, const std::optional<ModelBase*>&> set; ///< of a Related<>; nothing: the old target is not known
    Signal<ModelBase&, Incoming&> append;
    Signal<ModelBase&, ModelBase&> append_wo_mutation; ///< it was there already
    Signal<ModelBase&, ModelBase&> remove;
    Signal<ModelBase&, std::vector<ModelBase*>&, std::vector<GraphRef>&> bulk_replace; ///< who listens may change the members
    Signal<ModelBase&> init_collection;
    Signal<ModelBase&, const std::vector<ModelBase*>&> dispose_collection; ///< what was in it

    LinkWatch() = default;
};

struct RelationshipInfo {
    std::string name;
    std::uint32_t offset = 0;
    std::uint16_t index = 0; ///< among its class's relationships
    bool collection = false;
    bool write_only = false; ///< never loaded whole
    bool list = false;       ///< may hold an object more than once
    std::unique_ptr<KeyIndex> (*make_keys)() = nullptr; ///< of a map
    MapperReference target_reference = nullptr;
    std::string back_populates; ///< the attribute's name on the other side; empty: none
    std::string remote_side;    ///< an attribute's name of the target
    std::string foreign_key;    ///< an attribute's name on the side that has the key, where there are several
    std::function<sql::NodePtr()> make_primaryjoin;   ///< a condition of the program's own: called once
    std::function<sql::NodePtr()> make_secondaryjoin; ///< the same, between the association table and the target
    std::string overlaps;       ///< names of relationships that may write the same columns
    bool target_first = false;  ///< the join condition names the target's column first
    std::vector<std::pair<std::string, bool>> order_by; ///< attributes of the target; true: descending
    Cascade cascade;
    bool cascade_given = false;
    bool viewonly = false;
    Lazy lazy = Lazy::select;
    bool post_update = false;
    bool passive_updates = true;
    bool single_parent = false;
    AttributeUse use;
    std::map<std::string, std::string> notes; ///< the program's own words
    std::string doc;
    PassiveDeletes passive_deletes = PassiveDeletes::off;
    std::string secondary_name; ///< of an association table made for the two sides
    std::string secondary_here; ///< its column that refers to this class; empty: "<table>_<key>"
    std::string secondary_there;
    std::unique_ptr<Table> secondary; ///< the association table
    std::shared_ptr<LinkWatch> watch;

    // Found by configure():
    MapperData* target = nullptr;
    Direction direction = Direction::many_to_one;
    /// (attribute here, attribute of the target): the key's columns and what they refer to. Empty for many-to-many.
    std::vector<std::pair<std::uint16_t, std::uint16_t>> pairs;
    /// The same as (attribute of the child, attribute of the parent), whichever side this is.
    std::vector<std::pair<std::uint16_t, std::uint16_t>> child_pairs;
    /// Many-to-many: (attribute here, column of the association table), and the same for the target.
    std::vector<std::pair<std::uint16_t, std::size_t>> secondary_pairs;
    std::vector<std::pair<std::uint16_t, std::size_t>> secondary_target_pairs;
    /// Conditions of the program's own; null: the keys alone.
    sql::NodePtr primaryjoin, secondaryjoin;
    /// Columns in `primaryjoin` that are this side's, and their attributes.
    std::vector<std::pair<const sql::Node*, std::uint16_t>> local_columns;
    bool keys_only = true; ///< `primaryjoin` compares keys, nothing else
    int reverse = -1; ///< index of the other side among the target's relationships
    bool to_primary_key = false; ///< many-to-one by the target's primary key, in its order

    RelationshipInfo() = default;
    [[nodiscard]] const RelationshipInfo* other_side() const noexcept;
    /// The attributes here that the relationship compares.
    [[nodiscard]] std::vector<std::uint16_t> local_attributes() const;
};

/// Attributes and links by name; empty: all of them.
using AttributeNames = std::vector<std::string>;

/// What happens to objects of one class: `events<User>().before_insert`.
struct MapperSignals {
    Signal<ModelBase&> before_insert, after_insert, before_update, after_update, before_delete, after_delete, load, init, init_failure;
    Signal<ModelBase&, const AttributeNames&> refresh, refresh_flush, expire;

    MapperSignals() = default;
};

/// Of every mapped class; told after the class's own.
[[nodiscard]] MapperSignals& signals_of_all_classes();
/// Tells the listeners of the object's class, then those of all classes.
void tell(ModelBase& object, Signal<ModelBase&> MapperSignals::* signal);
/// The same of some attributes; none named: of all.
void tell(ModelBase& object, Signal<ModelBase&, const AttributeNames&> MapperSignals::* signal, const std::vector<std::uint16_t>& attributes);
void tell_names(ModelBase& object, Signal<ModelBase&, const AttributeNames&> MapperSignals::* signal, const AttributeNames& names);
/// Whether somebody listens, to the class or to all.
[[nodiscard]] bool is_told(const MapperData& mapper, Signal<ModelBase&, const AttributeNames&> MapperSignals::* signal);

/// The class that is mapped to a table, the first of several; null when none is, or it was not used yet.
[[nodiscard]] const MapperData* mapper_of_table(const schema::TableData& table);

/// What happens to mappings, before objects are: on the thread that first uses a class, while others wait.
struct MappingEvents {
    Signal<const MapperData&> after_mapper_constructed; ///< map() has run
    /// Before a class is completed. A listener that sets `skip` holds it back: whoever wants to use it, or one that is linked with
    /// it, gets a MappingDeferredError, and the next use asks again.
    Signal<const MapperData&, bool& /*skip*/> before_mapper_configured;
    Signal<const MapperData&> mapper_configured;
    /// Around all classes that one use completes. `after_configured` is not told when that failed.
    Signal<> before_configured, after_configured;

    MappingEvents() = default;
};

[[nodiscard]] MappingEvents& mapping_events_of_all_classes();

/// The mapping of one class. Filled by `T::map`, completed by `configure()` on first use, constant afterwards.
class MapperData {
public:
    MapperData() = default;
    MapperData(const MapperData&) = delete;
    MapperData& operator=(const MapperData&) = delete;

    std::string class_name;
    std::size_t object_size = 0;
    std::size_t object_alignment = 0;
    ModelBase* (*construct)(void* memory) = nullptr;
    DestroyFunction destroy = nullptr; ///< takes the address that `construct` was given
    std::unique_ptr<Table> table;
    std::vector<AttributeInfo> attributes;       ///< computed ones, then the table's in its order: SQLAlchemy's order in a SELECT
    std::vector<RelationshipInfo> relationships; ///< in the order of map()
    void add(RelationshipInfo&& relationship);
    std::vector<CompositeInfo> composites;
    std::vector<SynonymInfo> synonyms; ///< that map() told of
    std::vector<HybridInfo> hybrids;   ///< that map() told of
    std::vector<std::uint16_t> primary_key;      ///< attributes
    std::vector<std::string> key_names;          ///< of m.primary_key<>(): attributes; empty: the table's key
    bool given_table = false;                    ///< made before the mapping, which adds nothing to it
    bool read_only = false;                      ///< a flush that would write an object of the class fails
    bool allow_partial_pks = true;               ///< of several key columns all but one may be NULL
    bool confirm_deleted_rows = true;            ///< warns when a DELETE does not find its row
    Registry* registry = nullptr;                ///< of m.registry(); the only one that takes the class
    const TypeMap* type_map = nullptr;
    std::map<std::string, std::string> notes;    ///< the program's own words about the mapping
    std::string doc;
    const MetaData* reflected_in = nullptr;      ///< has the reflected table, and association tables
    std::string reflected_name, reflected_schema; ///< of the table that reflected_table() asked for
    bool only_names_table = false;               ///< map() is run to ask which table it wants, nothing else
    bool mapping = false;                        ///< map() is running
    std::vector<std::uint16_t> query_expressions; ///< attributes without a value of their own
    sql::NodePtr entity;                         ///< all columns, for select<T>()
    std::string version_name;
    int version_id = -1;                         ///< the attribute that counts versions; -1: none
    std::function<Value(const Value& before)> version_generator; ///< empty: counts from 1; `before` is NULL for a new row
    bool version_by_database = false;            ///< nobody here makes versions: a trigger or a default does
    std::vector<std::string> warnings;           ///< what configure() found strange
    /// Whether INSERT (and `on`: UPDATE) reads back what the database made. `automatic`: INSERT, where it costs no statement.
    enum class EagerDefaults : std::uint8_t { automatic, on, off } eager_defaults = EagerDefaults::automatic;
    mutable MapperSignals signals;
    /// Foreign keys whose target is a member pointer: resolved by configure().
    struct PendingKey {
        std::size_t key; ///< among the table's foreign keys
        MapperReference target;
        std::vector<std::string> attributes;
    };
    std::vector<PendingKey> pending_keys;
    /// Indexes and constraints of m.table(), which name columns: added after map().
    std::vector<std::function<void(const Table&)>> table_parts;
    /// Relationships to one object of this class, by who has them: their keys follow when this class's are changed.
    struct Referrer {
        const MapperData* mapper;
        const RelationshipInfo* relationship;
        const Referrer* next;
    };
    /// The newest first: classes are mapped while others use this one.
    [[nodiscard]] const Referrer* referrers() const noexcept { return referrers_.load(std::memory_order_acquire); }
    void add_referrer(const MapperData& mapper, const RelationshipInfo& relationship);

    /// Resolves what refers to other classes. Thread-safe; done once. @throws ArgumentError that says what does not fit, the same
    /// each time.
    void configure();
    /// Resolves the foreign keys only (their targets' tables must be mapped, nothing more).
    void resolve_keys();
    /// map() threw this: whoever uses the class is told.
    void fail(std::exception_ptr error) noexcept { failure_ = std::move(error); }
    /// @throws what map() or configure() threw.
    void require_mapped() const {
        if (failure_) std::rethrow_exception(failure_);
    }

    // What SQLAlchemy's mapper inspection tells.
    /// The mapped columns, in the order of the attributes.
    [[nodiscard]] std::vector<ColumnRef> columns() const;
    [[nodiscard]] std::vector<ColumnRef> primary_key_columns() const;
    [[nodiscard]] const Table& local_table() const { return *table; }
    /// What the class is selected from.
    [[nodiscard]] const sql::NodePtr& selectable() const { return table->node(); }
    /// Columns, those of composites included, and column properties.
    [[nodiscard]] std::vector<const AttributeInfo*> column_attrs() const;
    /// Everything that has a name: columns, column properties, relationships, composites, synonyms, hybrids.
    [[nodiscard]] std::vector<Descriptor> all_orm_descriptors() const;
    /// Null when there is none of that name.
    [[nodiscard]] const RelationshipInfo* find_relationship(std::string_view name) const noexcept;

    [[nodiscard]] const AttributeInfo* find(std::string_view name) const noexcept;
    /// @throws ArgumentError that names the class.
    [[nodiscard]] std::uint16_t attribute_index(std::string_view name) const;
    [[nodiscard]] std::uint16_t relationship_index(std::string_view name) const;

    /// All columns that are selected with an object, as one element of a SELECT. @param undeferred  deferred ones among them
    [[nodiscard]] sql::NodePtr make_entity(const std::vector<std::uint16_t>& undeferred = {}) const;
    /// The same from an alias: `nodes` are the attributes there.
    [[nodiscard]] sql::NodePtr make_entity_from(
        const sql::NodePtr& from, const std::vector<sql::NodePtr>& nodes, const std::vector<std::uint16_t>& undeferred = {}) const;
    /// The expression of a computed attribute, made when another's asks for it before its turn. @throws ArgumentError when it is made of
    /// itself.
    const sql::NodePtr& express(std::uint16_t attribute);

    [[nodiscard]] static AttributeBase& attribute(ModelBase& object, const AttributeInfo& info) noexcept {
        return *reinterpret_cast<AttributeBase*>(reinterpret_cast<char*>(&object) + info.offset);
    }
    [[nodiscard]] static RelatedBase& related(ModelBase& object, const RelationshipInfo& info) noexcept {
        return *reinterpret_cast<RelatedBase*>(reinterpret_cast<char*>(&object) + info.offset);
    }
    [[nodiscard]] static AttributeBase& link(ModelBase& object, const RelationshipInfo& info) noexcept {
        return *reinterpret_cast<AttributeBase*>(reinterpret_cast<char*>(&object) + info.offset);
    }
    [[nodiscard]] static CollectionBase& collection(ModelBase& object, const RelationshipInfo& info) noexcept {
        return *reinterpret_cast<CollectionBase*>(reinterpret_cast<char*>(&object) + info.offset);
    }

    /// A new object in `graph`, its wrappers placed, without values. @param loaded  links start as not loaded
    [[nodiscard]] ModelBase* create(Graph& graph, bool loaded) const;
    /// The column of an attribute. @pre it is not computed
    [[nodiscard]] const schema::ColumnData& column(const AttributeInfo& info) const { return table->data().columns[info.column]; }
    /// The attribute that holds `column` of the table; null when the class does not map it.
    [[nodiscard]] const AttributeInfo* by_column(std::size_t column) const noexcept;

private:
    void resolve_relationships();

    friend class ConfigurePass;

    std::exception_ptr failure_;
    std::deque<Referrer> referrer_list_;
    std::atomic<const Referrer*> referrers_{nullptr};
    std::atomic<bool> configured_{false};
    bool configuring_ = false;
    std::vector<std::uint16_t> expressing_; ///< computed attributes that are being made
    bool keys_resolved_ = false;
};

} // namespace azoth::orm
