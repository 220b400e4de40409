// SPDX-License-Identifier: MIT
// Mapper<T>: given to a class's map() function, which says by it what the class's type cannot.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <azoth/orm/mapping_options.hpp>

namespace azoth {

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
    /// A table that `co_await prepare<…>(models, engine)` reads from the database into the registry's MetaData, or that is there already;
    /// before all else. Used before, the class throws MappingDeferredError, and can be used later.
    void reflected_table(Registry& registry, std::string name, std::string schema = {});
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
    /// What the class is for, found in `mapper_of<T>().doc`.
    void doc(std::string text) { data_.doc = std::move(text); }
    /// Tells of a second name of an attribute, see `az::synonym<>()`, or of a rule, see `az::hybrid<>()`: for who looks at the mapping.
    template <auto P>
    void synonym(std::string name) {
        data_.synonyms.push_back({std::move(name), data_.attributes[find_attribute(orm::member_name<P>())].name});
    }
    template <std::invocable Rule>
    void hybrid(std::string name, Rule rule) {
        data_.hybrids.push_back({std::move(name), [rule = std::move(rule)]() -> sql::NodePtr { return rule().node(); }});
    }

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
            if constexpr (std::derived_from<O, orm::AttributeOption>) apply_to_attribute<V>(info, option);
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
    void column_property(F make, const Options&... options) {
        data_.attributes.push_back(computed<P>([make = std::move(make)] { return make().node(); }, options...));
    }
    /// An attribute that a statement fills: `select<User>().options(with_expression<&User::score>(…))`. Null otherwise, also after a
    /// flush or expire(): it is never loaded by itself. `make` returns what statements that do not say select.
    template <auto P, class... Options>
        requires azoth::detail::is_optional<typename orm::member_of<P>::value_type> && (std::derived_from<Options, orm::AttributeOption> && ...)
    void query_expression(const Options&... options) {
        auto info = computed<P>(nullptr, options...);
        info.deferred = info.query_expression = true;
        data_.attributes.push_back(std::move(info));
    }
    template <auto P, std::invocable F, class... Options>
        requires azoth::detail::is_optional<typename orm::member_of<P>::value_type>
    void query_expression(F make, const Options&... options) {
        auto info = computed<P>([make = std::move(make)] { return make().node(); }, options...);
        info.query_expression = true;
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
        data_.add(std::move(info));
    }

private:
    [[nodiscard]] schema::TableData& table_data() { return orm::require_table(data_); }
    [[nodiscard]] std::size_t find_attribute(std::string_view name) const { return data_.attribute_index(name); }

    template <auto P, class... Options>
    [[nodiscard]] orm::AttributeInfo computed(std::function<sql::NodePtr()> make, const Options&... options) {
        using V = typename orm::member_of<P>::value_type;
        orm::AttributeInfo info;
        info.name = orm::member_name<P>();
        info.offset = offset<P>();
        info.operations = &orm::operations_of<V>();
        info.column = static_cast<std::size_t>(-1);
        info.computed = true;
        info.expression = std::move(make);
        (apply_to_attribute<V>(info, options), ...);
        return info;
    }
    template <class V, std::derived_from<orm::AttributeOption> O>
    static void apply_to_attribute(orm::AttributeInfo& info, const O& option) {
        if constexpr (requires { option.template apply_to<V>(info); }) option.template apply_to<V>(info);
        else option.apply(info);
    }
    template <class O>
    static void rename(std::string& name, const O& option) {
        if constexpr (std::convertible_to<const O&, std::string_view>) name = std::string_view{option};
    }
    template <class O>
    void apply(schema::TableData& table, schema::ColumnData& column, const O& option) {
        if constexpr (!std::convertible_to<const O&, std::string_view> && !std::derived_from<O, orm::AttributeOption>)
            schema::apply_option(table, column, option);
    }
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

/// Where a class's mapping is kept.
struct MappedSlot {
    std::atomic<bool> ready{false};
    bool begun = false;
    MapperData data;

    MappedSlot() = default;
};
/// Calls `fill` unless it was called. What it throws whoever uses the class is told, each time; a MappingDeferredError is thrown
/// here, and the next call tries again.
void map_once(MappedSlot& slot, void (*fill)(MapperData&));

template <class T>
void fill_mapping(MapperData& mapped) {
    mapped.class_name = class_name<typename PlainOf<T>::type>();
    mapped.object_size = sizeof(T);
    mapped.object_alignment = alignof(T);
    mapped.construct = [](void* memory) -> ModelBase* { return ::new (memory) T(); };
    mapped.destroy = [](void* memory) noexcept { static_cast<T*>(memory)->~T(); };
    Mapper<T> mapper{mapped};
    T::map(mapper);
}

/// The data of T after T::map has run, before other classes were looked at. T::map runs under the lock of configure(), not under
/// that of a static variable: two threads that begin with different classes must not wait for each other.
template <class T>
MapperData& mapped_data() {
    static_assert(MappedClass<T>, "a mapped class derives from az::Model<T>");
    static MappedSlot slot;
    if (!slot.ready.load(std::memory_order_acquire)) [[unlikely]] map_once(slot, &fill_mapping<T>);
    return slot.data;
}

} // namespace orm

} // namespace azoth
