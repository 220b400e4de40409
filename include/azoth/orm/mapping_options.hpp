// SPDX-License-Identifier: MIT
// What a class's map() function says of its columns and relationships; and mapper_of<T>(), what became of it.
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

/// Maps a plain struct from outside: specialise it with `static void map(Mapper<Imperative<C>>&)`. See orm/imperative.hpp.
template <class C>
struct MapImperatively;
template <class C>
class Imperative;

namespace orm {

/// A class that is mapped is its own entity; a plain struct that is mapped from outside has `Imperative<C>`.
template <class C>
struct EntityOf {
    using type = C;
};
template <class C>
    requires requires { sizeof(MapImperatively<C>); }
struct EntityOf<C> {
    using type = Imperative<C>;
};

template <class P>
struct MemberPointer;
template <class C, class M>
struct MemberPointer<M C::*> {
    using class_type = C;
    using member_type = M;
};
template <auto P>
using class_of = typename EntityOf<typename MemberPointer<decltype(P)>::class_type>::type;
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
/// The class of the program's that an entity stands for.
template <class T>
struct PlainOf {
    using type = T;
};
template <class C>
struct PlainOf<Imperative<C>> {
    using type = C;
};

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
struct LazyOption {
    Lazy value;
    void apply(RelationshipInfo& info) const { info.lazy = value; }
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

/// An option of the attribute, not of its column; may stand where the table was made before the mapping.
struct AttributeOption {};
struct DeferredOption : AttributeOption {
    void apply(AttributeInfo& info) const { info.deferred = true; }
};
struct ActiveHistoryOption : AttributeOption {
    void apply(AttributeInfo& info) const { info.active_history = true; }
};
/// One of `init`, `repr`, `compare`.
struct ValueObjectOption : AttributeOption {
    bool AttributeUse::* what;
    bool on;
    explicit constexpr ValueObjectOption(bool AttributeUse::* use, bool value) : what(use), on(value) {}
    template <class Info>
    void apply(Info& info) const {
        info.use.*what = on;
    }
};
template <class F>
struct InitDefaultOption : AttributeOption {
    F make;
    explicit InitDefaultOption(F f) : make(std::move(f)) {}
    template <class V>
    void apply_to(AttributeInfo& info) const {
        info.init_default = [make = make](AttributeBase& attribute) {
            auto& mapped = static_cast<Mapped<V>&>(attribute);
            mapped.raw() = make();
            mapped.set_flags(AttributeBase::present);
        };
    }
};
struct InfoOption : AttributeOption {
    std::string key, value;
    InfoOption(std::string k, std::string v) : key(std::move(k)), value(std::move(v)) {}
    template <class Info>
    void apply(Info& info) const {
        info.notes.insert_or_assign(key, value);
    }
};
struct DocOption : AttributeOption {
    std::string text;
    explicit DocOption(std::string t) : text(std::move(t)) {}
    template <class Info>
    void apply(Info& info) const {
        info.doc = text;
    }
};
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
/// Whether `make<T>()` takes the attribute or link: it does, unless this says false, as for a key that the database makes.
[[nodiscard]] constexpr orm::ValueObjectOption init(bool on) { return orm::ValueObjectOption{&orm::AttributeUse::init, on}; }
/// Whether `to_string()` of an object shows the attribute or link; it does, unless told.
[[nodiscard]] constexpr orm::ValueObjectOption repr(bool on) { return orm::ValueObjectOption{&orm::AttributeUse::repr, on}; }
/// Whether `value_equal()` and its kin look at the attribute; they do, unless told.
[[nodiscard]] constexpr orm::ValueObjectOption compare(bool on) { return orm::ValueObjectOption{&orm::AttributeUse::compare, on}; }
/// What a new object has from the start, made anew for each by a function, or the value itself: an INSERT writes it unless something
/// was assigned or the column has a default of its own. It is no assignment: a link's key, for instance, takes its place.
template <class V>
[[nodiscard]] auto init_default(V value) {
    if constexpr (std::invocable<const V&>) return orm::InitDefaultOption<V>(std::move(value));
    else {
        auto make = [value = std::move(value)] { return value; };
        return orm::InitDefaultOption<decltype(make)>(std::move(make));
    }
}
/// SQLAlchemy's name for `default_()` where objects have defaults, too: what the INSERT takes when nothing was assigned.
template <class V>
[[nodiscard]] auto insert_default(const V& value) {
    return default_(value);
}
/// Words of the program's own about an attribute or relationship, found in the `notes` of its description.
[[nodiscard]] inline orm::InfoOption info(std::string key, std::string value) { return {std::move(key), std::move(value)}; }
/// What an attribute or relationship is for, found in `doc` of its description.
[[nodiscard]] inline orm::DocOption doc(std::string text) { return orm::DocOption{std::move(text)}; }
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
using orm::Lazy;
/// When the relationship is loaded; `Lazy::select` unless said otherwise. Streams of objects load no relationships.
[[nodiscard]] constexpr orm::LazyOption lazy(Lazy when) { return {when}; }
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

} // namespace azoth
