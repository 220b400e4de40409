// SPDX-License-Identifier: MIT
// Mapper<T>: what a class's map() function says, and mapper_of<T>(), what became of it.
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <azoth/orm/mapper_data.hpp>
#include <azoth/orm/type_map.hpp>
#include <azoth/schema/options.hpp>

namespace azoth {

namespace orm {

template <class P>
struct MemberPointer;
template <class C, class M>
struct MemberPointer<M C::*> {
    using class_type = C;
    using member_type = M;
};
template <auto P>
using class_of = typename MemberPointer<decltype(P)>::class_type;
template <auto P>
using member_of = typename MemberPointer<decltype(P)>::member_type;

/// The name of the member that P points at, from the compiler's own spelling of it.
template <auto P>
[[nodiscard]] constexpr std::string_view member_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    const auto end = text.find_first_of(";]", text.rfind("P = "));
    text = text.substr(0, end);
    return text.substr(text.rfind(':') + 1);
}
/// The class's name without its namespaces.
template <class T>
[[nodiscard]] constexpr std::string_view class_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    const auto begin = text.rfind("T = ") + 4;
    text = text.substr(begin, text.find_first_of(";]", begin) - begin);
    const auto colon = text.rfind(':');
    return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

/// A mapped class.
template <class T>
concept MappedClass = std::derived_from<T, ModelBase>;

template <class T>
MapperData& mapped_data();

} // namespace orm

/// The mapping of T, complete. Made on first use, thread-safe. @throws ArgumentError that says what map() got wrong.
template <class T>
[[nodiscard]] const orm::MapperData& mapper_of() {
    auto& data = orm::mapped_data<T>();
    data.configure();
    return data;
}

namespace orm {

template <class O>
concept RelationshipOption = requires(const O& option, RelationshipInfo& info) { option.apply(info); };

template <auto P>
struct BackPopulatesOption {
    void apply(RelationshipInfo& info) const { info.back_populates = member_name<P>(); }
};
template <auto P>
struct RemoteSideOption {
    void apply(RelationshipInfo& info) const { info.remote_side = member_name<P>(); }
};
template <auto P>
struct ForeignKeysOption {
    void apply(RelationshipInfo& info) const { info.foreign_key = member_name<P>(); }
};
struct CascadeOption {
    Cascade cascade;
    void apply(RelationshipInfo& info) const {
        info.cascade = cascade;
        info.cascade_given = true;
    }
};
template <auto Left, auto Right>
struct PrimaryJoinOption {
    void apply(RelationshipInfo& info) const {
        // The left column is the target's unless it is this side's: found by where the relationship is.
        info.target_first = info.target_reference == &mapped_data<class_of<Left>>;
    }
};
struct JoinConditionOption {
    std::function<sql::NodePtr()> RelationshipInfo::* part;
    std::function<sql::NodePtr()> make;
    void apply(RelationshipInfo& info) const { info.*part = make; }
};
struct OverlapsOption {
    std::string names;
    void apply(RelationshipInfo& info) const { info.overlaps = names; }
};
template <auto P>
struct OrderByOption {
    bool descending = false;
    void apply(RelationshipInfo& info) const { info.order_by.emplace_back(member_name<P>(), descending); }
};
struct SecondaryOption {
    std::string name, here, there;
    const Table* table = nullptr;
    void apply(RelationshipInfo& info) const {
        info.secondary_name = table != nullptr ? table->name() : name;
        info.secondary_here = here;
        info.secondary_there = there;
        if (table != nullptr) info.secondary = std::make_unique<Table>(*table);
    }
};
struct PassiveDeletesOption {
    PassiveDeletes value;
    void apply(RelationshipInfo& info) const { info.passive_deletes = value; }
    [[nodiscard]] PassiveDeletesOption operator()(std::string_view mode) const;
};
struct PassiveUpdatesOption {
    bool value;
    void apply(RelationshipInfo& info) const { info.passive_updates = value; }
};
struct RelationshipFlag {
    bool RelationshipInfo::* flag;
    void apply(RelationshipInfo& info) const { info.*flag = true; }
};
[[nodiscard]] Cascade parse_cascade(std::string_view text);

template <auto P>
struct CompositeMapping;

template <class Info>
[[nodiscard]] auto& watch_of(Info& info) {
    if (!info.watch) info.watch = std::make_shared<typename decltype(info.watch)::element_type>();
    return *info.watch;
}

template <auto First, auto... More>
struct References {};

[[nodiscard]] schema::TableData& require_table(MapperData& data);
/// The column of a table that is mapped as it is. @throws UnmappedColumnError that lists the columns there are.
[[nodiscard]] const schema::ColumnData& given_column(const MapperData& data, std::string_view name);
[[noreturn]] void refuse_option(const MapperData& data, std::string_view member);

struct DeferredOption {};
struct ActiveHistoryOption {};
/// Options that several columns have in common.
template <class... Options>
struct Preset {
    std::tuple<Options...> options;
};
template <class O, class F>
void each_option(const O& option, F& visit) {
    visit(option);
}
template <class... Options, class F>
void each_option(const Preset<Options...>& preset, F& visit) {
    std::apply([&](const auto&... options) { (each_option(options, visit), ...); }, preset.options);
}
/// What `m.validates<…>()` is told about, of links.
struct ValidatorOptions {
    bool removals = false;
    bool backrefs = true;
};
struct SchemaOption {
    std::string name;
    void apply(Table& table) const { table.shared_data()->schema = name; }
};
struct ImplicitReturningOption {
    bool on;
    void apply(Table& table) const { table.implicit_returning(on); }
};
struct TableCommentOption {
    std::string text;
    void apply(Table& table) const { table.comment(text); }
};

/// `foreign_key<&User::id>()`: the target is a member of a mapped class.
template <auto P>
struct MappedForeignKey {
    schema::ForeignKeyData key;
};

} // namespace orm

/// The attribute on the other side that shows the same links: both follow each other in memory.
template <auto P>
[[nodiscard]] orm::BackPopulatesOption<P> back_populates() {
    return {};
}
/// Which side of a self-referential relationship is the "one".
template <auto P>
[[nodiscard]] orm::RemoteSideOption<P> remote_side() {
    return {};
}
/// Which key a relationship uses, where several would do.
template <auto P>
[[nodiscard]] orm::ForeignKeysOption<P> foreign_keys() {
    return {};
}
/// "save-update, merge, delete, delete-orphan" in any selection, "all" for all but the last, "none".
/// @throws ArgumentError for an unknown word.
[[nodiscard]] inline orm::CascadeOption cascade(std::string_view text) { return {orm::parse_cascade(text)}; }

/// A column, or a column property, that queries leave out: `co_await article->body.load()` loads it.
inline constexpr orm::DeferredOption deferred{};
/// A column that is not set before its old value is known: setting it while it is not loaded throws NotLoadedError.
inline constexpr orm::ActiveHistoryOption active_history{};
/// Options under one name: `const auto intpk = az::preset(az::primary_key, az::Integer{})`, then `m.column<&User::id>(intpk)`.
/// What is given besides counts more. A preset may hold others.
template <class... Options>
[[nodiscard]] orm::Preset<Options...> preset(Options... options) {
    return {{std::move(options)...}};
}
/// The schema of a mapped table.
[[nodiscard]] inline orm::SchemaOption table_schema(std::string name) { return {std::move(name)}; }
/// `implicit_returning(false)`: no statement of a flush has RETURNING, as a table with triggers may want it. Keys that INSERT does not
/// tell otherwise are made before it.
[[nodiscard]] constexpr orm::ImplicitReturningOption implicit_returning(bool on) { return {on}; }
[[nodiscard]] inline orm::TableCommentOption table_comment(std::string text) { return {std::move(text)}; }

/// Orders a collection when it is loaded: `order_by<&Address::id>()`.
template <auto P>
[[nodiscard]] orm::OrderByOption<P> order_by() {
    return {};
}
template <auto P>
[[nodiscard]] orm::OrderByOption<P> order_by_desc() {
    return {true};
}
/// Many-to-many through an association table, which is made of the two primary keys: its columns are called "<table>_<key>"
/// unless they are named here, first the one that refers to this class.
[[nodiscard]] inline orm::SecondaryOption secondary(std::string table, std::string here = {}, std::string there = {}) {
    return {std::move(table), std::move(here), std::move(there)};
}
/// The same through a table of your own, whose foreign keys refer to both classes. It must outlive the mapping.
[[nodiscard]] inline orm::SecondaryOption secondary(const Table& table) { return {{}, {}, {}, &table}; }
/// How the join condition is written, where a foreign key alone would write it the other way round.
template <auto Left, auto Right>
[[nodiscard]] orm::PrimaryJoinOption<Left, Right> primaryjoin() {
    return {};
}
/// A join condition of the program's own: `primaryjoin([] { return col<&User::id> == col<&Address::user_id> && …; })`, called once.
/// Comparisons of a key with what it refers to are what a flush writes; the rest holds for loading and joins only. Which columns are
/// keys say the tables' foreign keys, `foreign_keys<>()`, or `foreign()` and `remote()` in the condition itself.
template <std::invocable F>
[[nodiscard]] orm::JoinConditionOption primaryjoin(F make) {
    return {&orm::RelationshipInfo::make_primaryjoin, [make = std::move(make)] { return make().node(); }};
}
/// The same between an association table and the target.
template <std::invocable F>
[[nodiscard]] orm::JoinConditionOption secondaryjoin(F make) {
    return {&orm::RelationshipInfo::make_secondaryjoin, [make = std::move(make)] { return make().node(); }};
}
/// Relationships that may write the same columns as this one, by name: `overlaps("children, parent")`; no warning is given.
[[nodiscard]] inline orm::OverlapsOption overlaps(std::string names) { return {std::move(names)}; }
/// Trust ON DELETE of the database for members that are not loaded; `passive_deletes("all")` for loaded ones, too.
inline constexpr orm::PassiveDeletesOption passive_deletes{orm::PassiveDeletes::on};
/// Whether ON UPDATE of the database is trusted when a referred-to key changes (it is, unless said otherwise).
[[nodiscard]] constexpr orm::PassiveUpdatesOption passive_updates(bool trusted) { return {trusted}; }
/// Only read: changes of the link are not written.
inline constexpr orm::RelationshipFlag viewonly{&orm::RelationshipInfo::viewonly};
/// Written by an UPDATE of its own after both rows are there: for rows that refer to each other.
inline constexpr orm::RelationshipFlag post_update{&orm::RelationshipInfo::post_update};
/// An object is linked by one other at most; delete-orphan on a many-to-one or many-to-many side needs it.
inline constexpr orm::RelationshipFlag single_parent{&orm::RelationshipInfo::single_parent};

/// A column that refers to a mapped class's attribute.
template <auto P, class... Options>
[[nodiscard]] orm::MappedForeignKey<P> foreign_key(const Options&... options) {
    orm::MappedForeignKey<P> option;
    (options.apply(option.key), ...);
    return option;
}

/// What a foreign key of several columns refers to.
template <auto First, auto... More>
[[nodiscard]] constexpr orm::References<First, More...> references() {
    return {};
}

/// Given to `T::map`: says what the class's type cannot.
template <class T>
class Mapper {
public:
    explicit Mapper(orm::MapperData& data) : data_(data) {}

    /// The table's name. Comes first. Then what the whole table has, its columns named as in the database:
    /// `m.table("article", az::Index{"ix_title", "title"}, az::CheckConstraint{"version > 0"}, az::table_schema("shop"))`.
    template <class... Parts>
    void table(std::string name, const Parts&... parts) {
        data_.table = std::make_unique<Table>(std::make_shared<schema::TableData>(std::move(name)));
        (add_part(parts), ...);
    }

    /// A table that is there already: its columns are matched by key, to the member's name unless column<>() says another.
    /// Columns that the class leaves out are neither read nor written.
    void table(const Table& made) {
        data_.table = std::make_unique<Table>(made);
        data_.given_table = true;
    }
    /// More of what the whole table has; for mixins. @throws ArgumentError before table().
    template <class... Parts>
    void table_args(const Parts&... parts) {
        (void)table_data();
        (add_part(parts), ...);
    }
    /// The class's name without its namespaces, to make names of.
    [[nodiscard]] const std::string& class_name() const noexcept { return data_.class_name; }
    /// The registry that the class belongs to: its type map gives columns their types, and no other registry takes the class.
    /// Comes before the columns. The registry must outlive the mapping.
    void registry(Registry& registry);
    /// Which members' types become which SQL types; before the columns. It must outlive map().
    void type_map(const TypeMap& types) { data_.type_map = &types; }
    /// What identifies a row, whatever key the table has: after the columns. They must be unique and, as a whole, not NULL.
    template <auto... Key>
        requires(sizeof...(Key) > 0)
    void primary_key() {
        data_.key_names = {data_.attributes[find_attribute(orm::member_name<Key>())].name...};
    }
    /// Objects are loaded and never written: of a view, for instance, whose table a Registry does not create.
    void read_only() { data_.read_only = true; }
    /// Whether a row is an object when a part of its primary key is NULL (it is, unless said otherwise).
    void allow_partial_pks(bool allowed) { data_.allow_partial_pks = allowed; }
    /// Whether a DELETE that does not find its row is told to `session.events().warning` (it is, unless said otherwise).
    void confirm_deleted_rows(bool confirm) { data_.confirm_deleted_rows = confirm; }
    /// Words of the program's own, found in `mapper_of<T>().notes`.
    void info(std::string key, std::string value) { data_.notes.insert_or_assign(std::move(key), std::move(value)); }

    /// All of them by their members' names: `m.columns<&User::id, &User::name>()`.
    template <auto... P>
    void columns() {
        (column<P>(), ...);
    }

    /// A column: type and nullability from the member, its name too unless the first option is a text; options say the rest.
    template <auto P, class... Options>
    void column(const Options&... options) {
        using M = orm::member_of<P>;
        using V = typename M::value_type;
        static_assert(std::derived_from<M, orm::AttributeBase>, "column<>() takes a Mapped<> member");
        std::string name{orm::member_name<P>()};
        orm::AttributeInfo info;
        info.name = name;
        info.offset = offset<P>();
        info.operations = &orm::operations_of<V>();
        const auto each = [&]([[maybe_unused]] auto visit) { (orm::each_option(options, visit), ...); };
        each([&](const auto& option) {
            rename(name, option);
            using O = std::remove_cvref_t<decltype(option)>;
            if constexpr (std::same_as<O, orm::DeferredOption>) info.deferred = true;
            else if constexpr (std::same_as<O, orm::ActiveHistoryOption>) info.active_history = true;
            else if constexpr (!std::convertible_to<const O&, std::string_view>)
                if (data_.given_table) orm::refuse_option(data_, orm::member_name<P>());
        });
        if (data_.given_table) {
            info.column = orm::given_column(data_, name).position;
        } else {
            auto& table = table_data();
            auto& column = table.add_column(std::move(name), orm::column_type(data_.type_map, orm::MemberType::of<V>(), info.name));
            column.nullable = azoth::detail::is_optional<V>;
            each([&](const auto& option) { apply(table, column, option); });
            info.column = column.position;
        }
        data_.attributes.push_back(std::move(info));
    }

    /// An attribute that is a SQL expression, selected along with the columns: `make` returns it, a scalar subquery for instance.
    /// Read only; unknown after its object was written, until it is loaded again.
    template <auto P, std::invocable F, class... Options>
    void column_property(F make, const Options&...) {
        using V = typename orm::member_of<P>::value_type;
        orm::AttributeInfo info;
        info.name = orm::member_name<P>();
        info.offset = offset<P>();
        info.operations = &orm::operations_of<V>();
        info.column = static_cast<std::size_t>(-1);
        info.computed = true;
        info.deferred = (std::same_as<Options, orm::DeferredOption> || ...);
        info.expression = [make = std::move(make)] { return make().node(); };
        data_.attributes.push_back(std::move(info));
    }

    /// A foreign key of several columns, after their column<>():
    /// `m.foreign_key<&Supply::part_vendor, &Supply::part_number>(az::references<&Part::vendor, &Part::number>())`.
    template <auto... Here, auto First, auto... There, class... Options>
        requires(sizeof...(Here) == 1 + sizeof...(There))
    void foreign_key(orm::References<First, There...>, const Options&... options) {
        auto& table = table_data();
        schema::ForeignKeyData key;
        (key.columns.push_back(data_.column(data_.attributes[find_attribute(orm::member_name<Here>())]).name), ...);
        (options.apply(key), ...);
        table.foreign_keys.push_back(std::move(key));
        data_.pending_keys.push_back(
            {table.foreign_keys.size() - 1, &orm::mapped_data<orm::class_of<First>>,
             {std::string{orm::member_name<First>()}, std::string{orm::member_name<There>()}...}});
    }

    /// A counter that each UPDATE raises and compares, so that nobody overwrites what another has changed. Maps the column, too.
    template <auto P, class... Options>
    void version_id(const Options&... options) {
        column<P>(not_null, options...);
        data_.version_name = data_.attributes.back().name;
    }
    /// How versions are made, where they do not count from 1: `make` gets the row's version, nothing for a new row, and returns the
    /// next: `m.version_id_generator<&User::stamp>([](const std::optional<std::string>& before) { … })`. After `version_id<>()`.
    template <auto P, class F>
    void version_id_generator(F make) {
        using V = typename orm::member_of<P>::value_type;
        data_.version_generator = [make = std::move(make)](const Value& before) {
            std::optional<V> old;
            if (!before.is_null()) {
                Mapped<V> held;
                orm::operations_of<V>().assign(held, before);
                old = held.raw();
            }
            return TypeTraits<V>::value(make(std::as_const(old)));
        };
    }
    /// `false`: nobody here makes versions. The database does, and each INSERT and UPDATE reads back what it made; or the program
    /// assigns them.
    void version_id_generator(bool on) { data_.version_by_database = !on; }
    /// Whether INSERT and UPDATE read back what the database makes; see `orm::MapperData::EagerDefaults`.
    void eager_defaults(bool on) {
        data_.eager_defaults = on ? orm::MapperData::EagerDefaults::on : orm::MapperData::EagerDefaults::off;
    }

    /// Several columns as one value: `m.composite<&Vertex::start>(az::field<&Point::x>("x1"), az::field<&Point::y>("y1"))`.
    template <auto P, class... Fields>
    void composite(const Fields&... fields) {
        orm::CompositeMapping<P>::map(data_, table_data(), fields...); // its columns may be there already
    }

    /// Called with each value that the program sets, not with loaded ones: returns the value to take, or throws. Of a link it takes
    /// a member, and on request whether that is removed: `validates<&User::addresses>(check, {.removals = true})`. Another one for the
    /// same attribute takes its place.
    template <auto P, class F>
        requires std::derived_from<orm::member_of<P>, orm::AttributeBase>
    void validates(F check, orm::ValidatorOptions options = {}) {
        using M = orm::member_of<P>;
        constexpr auto name = orm::member_name<P>();
        if constexpr (requires { typename M::value_type; }) {
            using V = typename M::value_type;
            auto& watch = orm::watch_of(data_.attributes[find_attribute(name)]);
            watch.validate = [check = std::move(check)](ModelBase&, void* value) {
                auto& typed = *static_cast<V*>(value);
                typed = check(std::as_const(typed));
            };
        } else {
            using Target = typename M::target_type;
            auto& watch = orm::watch_of(data_.relationships[data_.relationship_index(name)]);
            watch.validates_removal = options.removals;
            watch.validates_backrefs = options.backrefs;
            watch.validate = [check = std::move(check)](ModelBase&, ModelBase& member, bool removed) {
                if constexpr (std::invocable<const F&, Target&, bool>) check(static_cast<Target&>(member), removed);
                else check(static_cast<Target&>(member));
            };
        }
    }

    /// A link to other objects: Related<> or Collection<>.
    template <auto P, class... Options>
        requires(orm::RelationshipOption<Options> && ...)
    void relationship(const Options&... options) {
        using M = orm::member_of<P>;
        orm::RelationshipInfo info;
        info.name = orm::member_name<P>();
        info.offset = offset<P>();
        info.index = static_cast<std::uint16_t>(data_.relationships.size());
        info.collection = std::derived_from<M, orm::CollectionBase>;
        if constexpr (requires { M::write_only; }) info.write_only = M::write_only;
        if constexpr (requires { M::has_index; })
            if constexpr (M::has_index) info.make_keys = &M::make_keys;
        info.target_reference = &orm::mapped_data<typename M::target_type>;
        (options.apply(info), ...);
        if constexpr (requires { M::is_list; }) info.list = M::is_list;
        if (info.viewonly && !info.cascade_given) info.cascade = orm::Cascade{false, true, false, false, false, false};
        data_.relationships.push_back(std::move(info));
    }

private:
    [[nodiscard]] schema::TableData& table_data() { return orm::require_table(data_); }
    [[nodiscard]] std::size_t find_attribute(std::string_view name) const { return data_.attribute_index(name); }

    template <class O>
    static void rename(std::string& name, const O& option) {
        if constexpr (std::convertible_to<const O&, std::string_view>) name = std::string_view{option};
    }
    template <class O>
    void apply(schema::TableData& table, schema::ColumnData& column, const O& option) {
        if constexpr (!std::convertible_to<const O&, std::string_view>) schema::apply_option(table, column, option);
    }
    void apply(schema::TableData&, schema::ColumnData&, const orm::DeferredOption&) {}
    void apply(schema::TableData&, schema::ColumnData&, const orm::ActiveHistoryOption&) {}
    template <class Part>
    void add_part(const Part& part) {
        if constexpr (requires { part.apply(*data_.table); }) part.apply(*data_.table);
        else data_.table_parts.push_back([part](const Table& table) { part.attach_to(table); });
    }
    template <auto Q>
    void apply(schema::TableData& table, schema::ColumnData& column, const orm::MappedForeignKey<Q>& option) {
        auto key = option.key;
        key.columns = {column.name};
        table.foreign_keys.push_back(std::move(key));
        data_.pending_keys.push_back(
            {table.foreign_keys.size() - 1, &orm::mapped_data<orm::class_of<Q>>, {std::string{orm::member_name<Q>()}}});
    }

    /// From an object of the class, since the language has no offset of a member of such a class.
    template <auto P>
    [[nodiscard]] std::uint32_t offset() {
        static const T prototype{};
        const auto* member = reinterpret_cast<const char*>(&(prototype.*P));
        const auto* base = reinterpret_cast<const char*>(static_cast<const ModelBase*>(&prototype));
        return static_cast<std::uint32_t>(member - base);
    }

    orm::MapperData& data_;
};

namespace orm {

/// After map(): what names columns of the table.
void finish_table(MapperData& data);

/// The data of T after T::map has run, before other classes were looked at.
template <class T>
MapperData& mapped_data() {
    static_assert(MappedClass<T>, "a mapped class derives from az::Model<T>");
    static MapperData& data = []() -> MapperData& {
        static MapperData mapped;
        mapped.class_name = class_name<T>();
        mapped.object_size = sizeof(T);
        mapped.object_alignment = alignof(T);
        mapped.construct = [](void* memory) -> ModelBase* { return ::new (memory) T(); };
        mapped.destroy = [](void* memory) noexcept { static_cast<T*>(memory)->~T(); };
        try {
            Mapper<T> mapper{mapped};
            T::map(mapper);
            finish_table(mapped);
        } catch (...) {
            mapped.fail(std::current_exception()); // whoever uses the class is told, each time
        }
        return mapped;
    }();
    return data;
}

} // namespace orm

} // namespace azoth
