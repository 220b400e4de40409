// SPDX-License-Identifier: MIT
// Registries and type maps, tables that are there before their classes, presets, mixins, and what map() refuses.
#include "support/catch.hpp"

#include <array>
#include <atomic>
#include <thread>

#include <azoth/dialect/dialect.hpp>
#include <azoth/orm.hpp>
#include <azoth/orm/session_state.hpp>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;

namespace {
namespace forms {
enum class Colour { red, green };
} // namespace forms
} // namespace
template <>
struct az::EnumNames<forms::Colour> {
    static constexpr std::array names{"red", "green"};
};

namespace {

template <class E = az::Error, class F>
std::string message_of(F f) {
    try {
        f();
    } catch (const E& error) {
        return error.what();
    }
    return "nothing was thrown";
}

az::Registry& models() {
    static az::Registry registry;
    static const bool filled = [] {
        registry.type_map().set<std::string>(az::String{50}).set<std::optional<std::string>>(az::String{200}).set<double>(az::Numeric{10, 2});
        registry.type_map().set_enumerations(az::String{12});
        registry.type_map().resolver([](const az::orm::MemberType& member) -> std::optional<az::Type> {
            if (member.plain == std::type_index{typeid(std::int16_t)}) return az::Integer{};
            return std::nullopt;
        });
        return true;
    }();
    (void)filled;
    return registry;
}

struct Typed : az::Model<Typed> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> exact;
    az::Mapped<std::optional<std::string>> exact_optional;
    az::Mapped<std::optional<double>> inside;
    az::Mapped<std::int16_t> resolved;
    az::Mapped<forms::Colour> enumeration;
    az::Mapped<std::string> own;
    az::Mapped<bool> library;

    static void map(az::Mapper<Typed>& m) {
        m.registry(models());
        m.table("typed");
        m.column<&Typed::id>(az::primary_key);
        m.columns<&Typed::exact, &Typed::exact_optional, &Typed::inside, &Typed::resolved, &Typed::enumeration>();
        m.column<&Typed::own>(az::Text{});
        m.column<&Typed::library>();
    }
};

struct Unfit : az::Model<Unfit> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Unfit>& m) {
        static const az::TypeMap types = az::TypeMap{}.set<std::int64_t>(az::Type{az::TypeKind::date});
        m.type_map(types);
        m.table("unfit");
        m.column<&Unfit::id>(az::primary_key);
    }
};

} // namespace

TEST_CASE("registry: a type map gives columns their types", "[orm][mapping][orm.map.type_map]") {
    const auto& table = az::mapper_of<Typed>().table->data();
    CHECK(table.find("exact")->type == az::String{50});
    CHECK(table.find("exact_optional")->type == az::String{200});
    CHECK(table.find("exact_optional")->nullable);
    CHECK(table.find("inside")->type == az::Numeric{10, 2}); // by the type in the optional
    CHECK(table.find("resolved")->type == az::Integer{});    // by the hook
    CHECK(table.find("enumeration")->type == az::String{12});
    CHECK(table.find("own")->type == az::Text{}); // what the column says counts more
    CHECK(table.find("library")->type == az::Boolean{});
    CHECK_THAT(message_of<az::MappedAnnotationError>([] { (void)az::mapper_of<Unfit>(); }), Contains("'id'"));
}

namespace {

struct Stray : az::Model<Stray> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Stray>& m) {
        m.table("stray");
        m.column<&Stray::id>(az::primary_key);
    }
};
namespace other {
struct Stray : az::Model<Stray> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Stray>& m) {
        m.table("other_stray");
        m.column<&Stray::id>(az::primary_key);
    }
};
} // namespace other

} // namespace

TEST_CASE("registry: it knows its classes by name, and refuses another's", "[orm][mapping][orm.map.registry]") {
    models().add<Typed, Stray>();
    models().add<Typed>(); // again: nothing happens
    CHECK(models().mappers().size() == 2);
    CHECK(models().find("Typed") == &az::mapper_of<Typed>());
    CHECK(models().find("Nobody") == nullptr);
    CHECK(models().metadata().contains("typed"));
    az::Registry second;
    CHECK_THAT(message_of<az::ArgumentError>([&] { second.add<Typed>(); }), Contains("another registry"));
    second.add<Stray, other::Stray>(); // Stray names no registry: it may be in several
    CHECK_THROWS_AS(second.find("Stray"), az::InvalidRequestError);
    CHECK_FALSE(second.metadata().contains("typed"));
}

namespace {

// A table of the Core, with a key and a reserved word among its columns.
struct Accounts : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> user_name{*this, "user_name", az::String{30}, az::key("login")};
    az::Column<std::string> order{*this, "order", az::String{20}};
    az::Column<std::optional<std::string>> secret{*this, "secret", az::String{20}};
    explicit Accounts(az::MetaData& md) : az::Table{"account", md} {}
};
const Accounts& accounts() {
    static az::MetaData metadata;
    static const Accounts table{metadata};
    return table;
}

struct Account : az::Model<Account> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> login;    // by the column's key
    az::Mapped<std::string> sequence; // by name
    static void map(az::Mapper<Account>& m) {
        m.table(accounts());
        m.columns<&Account::id, &Account::login>();
        m.column<&Account::sequence>("order", az::deferred);
    }
};
struct Wrong : az::Model<Wrong> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> nowhere;
    static void map(az::Mapper<Wrong>& m) {
        m.table(accounts());
        m.columns<&Wrong::id, &Wrong::nowhere>();
    }
};
struct Optioned : az::Model<Optioned> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Optioned>& m) {
        m.table(accounts());
        m.column<&Optioned::id>(az::unique);
    }
};
struct Twice : az::Model<Twice> {
    az::Mapped<std::int64_t> id, again;
    static void map(az::Mapper<Twice>& m) {
        m.table(accounts());
        m.column<&Twice::id>();
        m.column<&Twice::again>("id");
    }
};

} // namespace

TEST_CASE("mapping: a table that is there is matched by key",
          "[orm][mapping][orm.map.imperative_table][orm.col.key][orm.col.include_exclude][orm.col.sql_naming]") {
    const auto sqlite = az::dialects::sqlite();
    const auto mysql = az::dialects::mysql();
    const auto& mapper = az::mapper_of<Account>();
    CHECK(mapper.table->node() == accounts().node());
    CHECK(az::compile(az::select<Account>().where(col<&Account::login> == "x"), sqlite).sql()
          == "SELECT account.id, account.user_name FROM account WHERE account.user_name = ?");
    // reserved words are quoted, as each dialect does it; what is not mapped is in no statement
    CHECK(az::compile(az::select<Account>().options(az::undefer<&Account::sequence>()), mysql).sql()
          == "SELECT account.id, account.user_name, account.`order` FROM account");
    CHECK(az::compile(az::update<Account>().values(col<&Account::sequence> = "x"), sqlite).sql() == "UPDATE account SET \"order\"=?");
    // the table itself says more than the class
    CHECK(az::compile(az::select(accounts().secret), sqlite).sql() == "SELECT account.secret FROM account");
    CHECK_THAT(message_of<az::UnmappedColumnError>([] { (void)az::mapper_of<Wrong>(); }), Contains("no column 'nowhere'") && Contains("login"));
    CHECK_THAT(message_of<az::ArgumentError>([] { (void)az::mapper_of<Optioned>(); }), Contains("no options"));
    CHECK_THAT(message_of<az::ArgumentError>([] { (void)az::mapper_of<Twice>(); }), Contains("mapped twice"));
    az::Registry registry;
    registry.add<Account>();
    CHECK(&registry.metadata().table("account").data() == &accounts().data());
}

namespace {

struct Reading : az::Model<Reading> {
    az::Mapped<std::string> sensor;
    az::Mapped<std::int32_t> hour;
    az::Mapped<double> value;
    static void map(az::Mapper<Reading>& m) {
        m.table("reading"); // without a key of its own
        m.columns<&Reading::value, &Reading::sensor, &Reading::hour>();
        m.primary_key<&Reading::sensor, &Reading::hour>();
    }
};

} // namespace

TEST_CASE("mapping: any columns may be the identity", "[orm][mapping][orm.col.pk_override]") {
    const auto& mapper = az::mapper_of<Reading>();
    REQUIRE(mapper.primary_key.size() == 2);
    CHECK(mapper.attributes[mapper.primary_key[0]].name == "sensor");
    CHECK(mapper.attributes[mapper.primary_key[1]].name == "hour");
    CHECK(mapper.table->data().primary_key().empty()); // the table is as it was
    az::orm::SessionState session;
    auto reading = az::make<Reading>(col<&Reading::sensor> = "a", col<&Reading::hour> = 7, col<&Reading::value> = 1.5);
    session.add(*reading);
    session.after_flush();
    az::orm::GraphRef kept;
    CHECK(session.identity_map.find(mapper, az::orm::identity_key({az::Value{std::string{"a"}}, az::Value{std::int64_t{7}}}), kept) == reading.get());
}

namespace {

std::atomic<int> map_calls{0};
struct Broken : az::Model<Broken> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Broken>& m) {
        ++map_calls;
        m.table("broken");
        m.column<&Broken::id>(az::primary_key);
        throw az::ArgumentError("no mapping today");
    }
};
struct Lonely : az::Model<Lonely> {
    az::Mapped<std::int64_t> id;
    az::Related<Stray> stray; // no foreign key
    static void map(az::Mapper<Lonely>& m) {
        m.table("lonely");
        m.column<&Lonely::id>(az::primary_key);
        m.relationship<&Lonely::stray>();
    }
};
struct Friend : az::Model<Friend> {
    az::Mapped<std::int64_t> id, broken_id;
    az::Related<Broken> broken;
    static void map(az::Mapper<Friend>& m) {
        m.table("friend");
        m.column<&Friend::id>(az::primary_key);
        m.column<&Friend::broken_id>(az::foreign_key<&Broken::id>());
        m.relationship<&Friend::broken>();
    }
};

// Classes that refer to each other; only names are known where the members are declared.
struct Team;
struct Player : az::Model<Player> {
    az::Mapped<std::int64_t> id, team_id;
    az::Related<Team> team;
    az::Collection<Team> former;
    static void map(az::Mapper<Player>& m);
};
struct Team : az::Model<Team> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Player> players;
    static void map(az::Mapper<Team>& m) {
        m.table("team");
        m.column<&Team::id>(az::primary_key);
        m.column<&Team::name>(az::String{20});
        m.relationship<&Team::players>(
            az::back_populates<&Player::team>(), az::order_by<&Player::id>(), az::foreign_keys<&Player::team_id>());
    }
};
void Player::map(az::Mapper<Player>& m) {
    m.table("player");
    m.column<&Player::id>(az::primary_key);
    m.column<&Player::team_id>(az::foreign_key<&Team::id>());
    m.relationship<&Player::team>(az::back_populates<&Team::players>());
    m.relationship<&Player::former>(az::secondary("former_player"));
}

} // namespace

TEST_CASE("mapping: what a mapping gets wrong is said each time, in the same words", "[orm][mapping][orm.map.configure]") {
    const auto first = message_of([] { (void)az::mapper_of<Broken>(); });
    CHECK(first == "no mapping today");
    CHECK(message_of([] { (void)az::make<Broken>(); }) == first);
    CHECK(map_calls == 1);
    const auto lonely = message_of([] { (void)az::mapper_of<Lonely>(); });
    CHECK_THAT(lonely, Contains("no foreign key connects"));
    CHECK(message_of([] { (void)az::select<Lonely>(); }) == lonely);
    CHECK(message_of([] { (void)az::mapper_of<Friend>(); }) == first); // through another class
    CHECK(message_of([] { (void)az::mapper_of<Friend>(); }) == first);
}

TEST_CASE("mapping: classes are completed once, whichever thread comes first",
          "[orm][mapping][orm.map.configure][orm.map.late_names]") {
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&right, i] {
            const auto& player = az::mapper_of<Player>();
            const auto& team = i % 2 == 0 ? az::mapper_of<Team>() : *player.relationships[0].target;
            if (&team == &az::mapper_of<Team>() && team.relationships[0].target == &player && team.relationships[0].reverse == 0
                && player.relationships[1].secondary->name() == "former_player")
                ++right;
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == 8);
}

namespace {

const auto intpk = az::preset(az::primary_key, az::BigInteger{});
const auto short_text = az::preset(az::String{20}, az::not_null, az::comment("short"));
const auto owned = az::preset(az::preset(az::index), az::foreign_key<&Team::id>());

struct Preset : az::Model<Preset> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::string>> name;
    az::Mapped<std::string> longer;
    az::Mapped<std::int64_t> team_id, other_team_id;
    static void map(az::Mapper<Preset>& m) {
        m.table("preset");
        m.column<&Preset::id>(intpk);
        m.column<&Preset::name>("called", short_text);
        m.column<&Preset::longer>(short_text, az::String{60});
        m.column<&Preset::team_id>(owned);
        m.column<&Preset::other_team_id>(owned);
    }
};

} // namespace

TEST_CASE("mapping: presets bundle what columns have in common", "[orm][mapping][orm.map.annotated]") {
    const auto& table = az::mapper_of<Preset>().table->data();
    CHECK(table.find("id")->primary_key);
    CHECK(table.find("called")->type == az::String{20});
    CHECK_FALSE(table.find("called")->nullable);
    CHECK(table.find("called")->comment == "short");
    CHECK(table.find("longer")->type == az::String{60}); // its own option counts more
    CHECK(table.find("team_id")->index);
    REQUIRE(table.foreign_keys.size() == 2); // a copy for each
    CHECK(table.foreign_keys[0].columns == std::vector<std::string>{"team_id"});
    CHECK(table.foreign_keys[1].columns == std::vector<std::string>{"other_team_id"});
    CHECK(table.foreign_keys[1].target_table == "team");
}

namespace {

// A base without a table: descendants go to another catalogue, with its types.
az::Registry& archive() {
    static az::Registry registry{std::string{"archive"}, 
        az::NamingConvention{{{"ix", "ix_%(table_name)s_%(column_0_name)s"}, {"ck", "ck_%(table_name)s_%(constraint_name)s"}}}};
    return registry;
}
template <class Entity>
struct Archived : az::Model<Entity> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> archived_by;
    az::Mapped<std::optional<std::int64_t>> team_id;
    az::Related<Team> team;
    int visits = 3; // not mapped

    static void map(az::Mapper<Entity>& m) {
        m.registry(archive());
        std::string name = m.class_name();
        for (auto& letter : name) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        m.table(name + "s", az::Index{"", "archived_by"});
        m.template column<&Entity::id>(az::primary_key);
        m.template column<&Entity::archived_by>(az::String{30});
        m.template column<&Entity::team_id>(az::foreign_key<&Team::id>());
        m.template relationship<&Entity::team>();
        m.table_args(az::CheckConstraint{"archived_by <> ''", az::named("somebody")});
        Entity::map_more(m);
    }
};
struct Letter : Archived<Letter> {
    az::Mapped<std::string> text;
    static void map_more(az::Mapper<Letter>& m) {
        m.column<&Letter::text>(az::Text{});
        m.table_args(az::UniqueConstraint{"text", az::named("uq_text")});
    }
};
struct Parcel : Archived<Parcel> {
    az::Mapped<double> weight;
    static void map_more(az::Mapper<Parcel>& m) { m.column<&Parcel::weight>(); }
};

} // namespace

TEST_CASE("mapping: abstract bases and mixins make each class its own columns, constraints and links",
          "[orm][mapping][orm.mixin.abstract][orm.mixin.declared][orm.mixin.named_constraints]") {
    archive().metadata().clear();
    az::Registry mine;
    mine.add<Team>();
    CHECK_THROWS_AS(mine.add<Letter>(), az::ArgumentError);
    archive().add<Letter, Parcel>();
    const auto& letter = az::mapper_of<Letter>();
    const auto& parcel = az::mapper_of<Parcel>();
    CHECK(letter.table->name() == "letters");
    CHECK(parcel.table->name() == "parcels");
    CHECK(letter.table->data().find("archived_by") != parcel.table->data().find("archived_by"));
    CHECK(letter.relationships[0].target == &az::mapper_of<Team>());
    CHECK(letter.table->data().foreign_keys.size() == 1);
    CHECK(letter.table->data().checks.size() == 1);
    CHECK(letter.table->data().uniques.size() == 1); // the mixin's and the class's arguments, both
    CHECK(parcel.table->data().uniques.empty());
    REQUIRE(letter.table->data().indexes.size() == 1);
    REQUIRE(parcel.table->data().indexes.size() == 1);
    CHECK(&letter.table->data().indexes[0] != &parcel.table->data().indexes[0]);
    auto object = az::make<Letter>();
    CHECK(object->visits == 3); // a plain member beside the mapped ones
    object->visits = 4;
    CHECK(az::inspect(*object).unloaded().size() == 4 + 1);
}

namespace {

int made = 0;
struct Counted : az::Model<Counted> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::string>> note;
    az::Mapped<std::int32_t> amount;
    Counted() { ++made; }
    static void map(az::Mapper<Counted>& m) {
        m.table("counted");
        m.column<&Counted::id>(az::primary_key);
        m.column<&Counted::name>(az::String{20});
        m.column<&Counted::note>(az::String{20}, az::active_history);
        m.column<&Counted::amount>(az::default_(std::int32_t{5}));
        m.validates<&Counted::name>([](const std::string& name) {
            if (name.empty()) throw az::ArgumentError("a name, please");
            return " " + name;
        });
        m.validates<&Counted::name>([](const std::string& name) { // takes the first one's place
            if (name.empty()) throw az::ArgumentError("a name, please");
            return name + "!";
        });
    }
};

} // namespace

TEST_CASE("attributes: each has a state", "[orm][attribute][orm.core.attr_wrapper]") {
    auto counted = az::make<Counted>(col<&Counted::id> = 1, col<&Counted::name> = "a", col<&Counted::amount> = 2);
    const auto look = az::inspect(*counted);
    using State = az::AttributeState;
    CHECK(look.state_of<&Counted::name>() == State::modified);
    CHECK(look.state_of<&Counted::note>() == State::never_set);
    az::orm::SessionState session;
    session.add(*counted);
    session.after_flush();
    CHECK(look.state_of<&Counted::name>() == State::loaded);
    counted->name = "b";
    CHECK(look.state_of<&Counted::name>() == State::modified);
    const auto history = az::get_history(counted->name);
    CHECK(history.added == std::vector<std::string>{"b!"});
    CHECK(history.deleted == std::vector<std::string>{"a!"});
    session.expire(*counted);
    CHECK(look.state_of<&Counted::name>() == State::expired);
    CHECK_FALSE(counted->name.is_loaded());
    CHECK_THROWS_AS(*counted->name, az::NotLoadedError);
}

TEST_CASE("attributes: active_history wants the old value first", "[orm][attribute][orm.col.active_history]") {
    auto counted = az::make<Counted>(col<&Counted::id> = 1, col<&Counted::name> = "a", col<&Counted::amount> = 2);
    counted->note = "new objects have no old value";
    az::orm::SessionState session;
    session.add(*counted);
    session.after_flush();
    counted->note = "known";
    session.after_flush();
    session.expire(*counted);
    CHECK_THAT(message_of<az::NotLoadedError>([&] { counted->note = "x"; }), Contains("active_history") && Contains("note.load()"));
    counted->name = "without"; // it has none
    counted->id = 2;           // a key's old value is the identity's
    CHECK(az::get_history(counted->id).deleted == std::vector<std::int64_t>{1});
    CHECK(az::get_history(counted->name).deleted.empty());
}

TEST_CASE("objects: make() sets what it is given, loading runs no more than the default constructor", "[orm][orm.map.constructor]") {
    made = 0;
    (void)az::mapper_of<Counted>();
    made = 0;
    auto counted = az::make<Counted>(col<&Counted::name> = "x");
    CHECK(made == 1);
    CHECK(*counted->name == "x!");
    CHECK_FALSE(counted->amount.is_present()); // its default is for the INSERT
    CHECK_FALSE(counted->id.is_present());
    CHECK(*counted->note == std::nullopt);
    CHECK(az::inspect(*counted).state_of<&Counted::note>() == az::AttributeState::never_set); // looking changes nothing
}

TEST_CASE("errors: misuse throws where it happens, in a class of its own", "[orm][orm.exc.set]") {
    az::orm::SessionState session;
    Counted by_hand;
    CHECK_THROWS_AS(session.add(by_hand), az::UnmappedInstanceError);
    CHECK_THROWS_AS(az::mapper_of<Counted>().attribute_index("nothing"), az::UnmappedColumnError);
    auto counted = az::make<Counted>(col<&Counted::id> = 1, col<&Counted::name> = "a", col<&Counted::amount> = 2);
    session.add(*counted);
    session.after_flush();
    session.expire(*counted);
    session.expunge(*counted);
    CHECK_THROWS_AS(*counted->name, az::DetachedInstanceError);
    STATIC_REQUIRE(std::derived_from<az::DetachedInstanceError, az::NotLoadedError>);
    STATIC_REQUIRE(std::derived_from<az::StaleDataError, az::FlushError>);
    STATIC_REQUIRE(std::derived_from<az::PendingRollbackError, az::InvalidRequestError>);
    STATIC_REQUIRE(std::derived_from<az::ConcurrentOperationError, az::InvalidRequestError>);
    STATIC_REQUIRE(std::derived_from<az::LoaderStrategyError, az::InvalidRequestError>);
    STATIC_REQUIRE(std::derived_from<az::ObjectDeletedError, az::InvalidRequestError>);
}

TEST_CASE("history: set_committed_value leaves none, flag_modified and flag_dirty say that there is", "[orm][orm.history.committed]") {
    auto team = az::make<Team>(col<&Team::id> = 1, col<&Team::name> = "a");
    auto player = az::make<Player>(col<&Player::id> = 1, col<&Player::team_id> = 1);
    az::orm::SessionState session;
    session.add(*team);
    session.add(*player);
    session.after_flush();
    az::set_committed_value(team->name, "b");
    CHECK(*team->name == "b");
    CHECK_FALSE(az::orm::is_modified(*team));
    team->name = "c";
    az::set_committed_value(team->name, "d"); // what was set does not stand
    CHECK_FALSE(az::orm::is_modified(*team));
    CHECK(az::get_history(team->name).unchanged == std::vector<std::string>{"d"});
    az::set_committed_value(player->team, team);
    az::set_committed_value(team->players, std::vector{player});
    CHECK(player->team.get() == team);
    CHECK(team->players.size() == 1);
    CHECK_FALSE(az::orm::is_modified(*player));
    CHECK_FALSE(az::orm::is_modified(*team));
    session.after_flush();
    CHECK(session.dirty_objects().empty());
    az::flag_dirty(team);
    CHECK(session.dirty_objects().size() == 1);
    CHECK_FALSE(az::orm::is_modified(*team)); // no SQL
    team->name.flag_modified();
    CHECK(az::orm::is_modified(*team));
    Team by_hand;
    CHECK_THROWS_AS(az::flag_dirty(by_hand), az::UnmappedInstanceError);
    CHECK_THROWS_AS(az::set_committed_value(by_hand.players, std::vector{player}), az::UnmappedInstanceError);
}

