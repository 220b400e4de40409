// SPDX-License-Identifier: MIT
// What the database makes and when it is read back, tables and views that are there before their classes, rules in SQL and on objects.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"

#include <azoth/azoth.hpp>

#include <array>
#include <cctype>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;

namespace {

/// What all three kinds of tickets have; how eagerly the database's values are read back is the class's own.
template <class Entity>
struct TicketBase : az::Model<Entity> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> title;
    az::Mapped<std::int32_t> counter; // by the database
    az::Mapped<std::string> status;   // by the program
    az::Mapped<std::int32_t> twice;   // computed by the database
    az::Mapped<std::string> stamp;    // by SQL in each INSERT and UPDATE

    static void map_columns(az::Mapper<Entity>& m, const char* table) {
        m.table(table);
        m.template column<&Entity::id>(az::primary_key);
        m.template column<&Entity::title>(az::String{40});
        m.template column<&Entity::counter>(az::server_default(az::text("5")));
        m.template column<&Entity::status>(az::String{20}, az::default_("new"));
        m.template column<&Entity::twice>(az::Computed{"counter * 2"}.persisted());
        m.template column<&Entity::stamp>(
            az::String{40}, az::default_(az::func::lower(az::literal_column("'MADE'"))),
            az::onupdate_value(az::func::lower(az::literal_column("'CHANGED'"))));
    }
};
struct Eager : TicketBase<Eager> {
    static void map(az::Mapper<Eager>& m) {
        map_columns(m, "eager");
        m.eager_defaults(true);
    }
};
struct Automatic : TicketBase<Automatic> {
    static void map(az::Mapper<Automatic>& m) { map_columns(m, "automatic"); }
};
struct Lazy : TicketBase<Lazy> {
    static void map(az::Mapper<Lazy>& m) {
        map_columns(m, "lazy");
        m.eager_defaults(false);
    }
};

asio::awaitable<void> defaults_are_read_back(az::Engine engine) {
    az::Registry models;
    models.add<Eager, Automatic, Lazy>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    std::vector<std::string> sent;
    auto log = engine.events().before_cursor_execute.connect([&](const az::StatementEvent& event) { sent.push_back(event.sql); });
    const auto& features = engine.dialect()->features();

    auto eager = az::make<Eager>(col<&Eager::title> = "e");
    auto other = az::make<Eager>(col<&Eager::title> = "f");
    auto automatic = az::make<Automatic>(col<&Automatic::title> = "a");
    auto lazy = az::make<Lazy>(col<&Lazy::title> = "l");
    session.add_all(eager, other, automatic, lazy);
    co_await session.flush();
    CHECK(*eager->counter == 5);
    CHECK(*eager->twice == 10);
    CHECK(*eager->status == "new"); // the program's own are there in any case
    CHECK(*lazy->status == "new");
    if (features.insert_returning) CHECK(*automatic->counter == 5);
    // What the database alone knows is loaded when it is asked for.
    CHECK_THROWS_AS(*lazy->counter, az::NotLoadedError);
    CHECK_THROWS_AS(*lazy->twice, az::NotLoadedError);
    CHECK_THROWS_AS(*automatic->stamp, az::NotLoadedError); // SQL of the program's, not marked as fetched
    const auto counter = co_await lazy->counter.load();
    CHECK(counter == 5);
    CHECK(*lazy->twice == 10); // all that was unknown came along
    const auto stamp = co_await automatic->stamp.load();
    CHECK(stamp == "made");

    eager->counter = 6;
    other->counter = 7;
    automatic->counter = 6;
    lazy->counter = 6;
    sent.clear();
    co_await session.flush();
    CHECK(*eager->twice == 12);
    CHECK(*other->twice == 14);
    CHECK(*eager->stamp == "changed");
    CHECK_THROWS_AS(*automatic->twice, az::NotLoadedError);
    CHECK_THROWS_AS(*lazy->twice, az::NotLoadedError);
    CHECK_THROWS_AS(*lazy->stamp, az::NotLoadedError);
    std::size_t returning = 0;
    for (const auto& sql : sent) returning += sql.starts_with("UPDATE eager") && Contains("RETURNING").match(sql) ? 1U : 0U;
    CHECK(returning == (features.update_returning ? 2 : 0)); // one statement for each row
    const auto twice = co_await lazy->twice.load();
    CHECK(twice == 12);
    co_await session.refresh(automatic);
    CHECK(*automatic->twice == 12);
    CHECK(*automatic->stamp == "changed");
    log.disconnect();
    co_await session.commit();
}

// ---- a table without RETURNING ----------------------------------------------------------------------------------

/// As where triggers forbid it.
const az::Table& unreturned() {
    static az::MetaData metadata;
    static az::Table table = [] {
        az::Table made{"unreturned", metadata};
        made.add_column("id", az::BigInteger{}.with_variant(az::Integer{}, "sqlite"), az::primary_key);
        made.add_column("title", az::String{40});
        made.add_column("counter", az::Integer{}, az::server_default(az::text("5")));
        made.implicit_returning(false);
        return made;
    }();
    return table;
}
struct Unreturned : az::Model<Unreturned> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> title;
    az::Mapped<std::int32_t> counter;
    static void map(az::Mapper<Unreturned>& m) {
        m.table(unreturned());
        m.columns<&Unreturned::id, &Unreturned::title, &Unreturned::counter>();
        m.eager_defaults(true);
    }
};

asio::awaitable<void> nothing_is_returned(az::Engine engine) {
    {
        auto connection = co_await engine.connect();
        co_await connection.execute(az::CreateTable{unreturned()});
        co_await connection.commit();
        co_await connection.close();
    }
    std::vector<std::string> sent;
    auto log = engine.events().before_cursor_execute.connect([&](const az::StatementEvent& event) { sent.push_back(event.sql); });
    az::Session session{engine};
    auto one = az::make<Unreturned>(col<&Unreturned::title> = "a");
    auto two = az::make<Unreturned>(col<&Unreturned::title> = "b");
    session.add_all(one, two);
    co_await session.flush();
    CHECK(*one->id == 1);
    CHECK(*two->id == 2);
    CHECK(*one->counter == 5); // by a SELECT
    two->counter = 7;
    co_await session.commit();
    // Where nothing else tells the key, it alone is returned.
    const bool told = engine.dialect()->features().last_insert_id;
    for (const auto& sql : sent) {
        const auto at = sql.find("RETURNING");
        if (told || !sql.starts_with("INSERT")) CHECK(at == std::string::npos);
        else CHECK(sql.find("counter", at) == std::string::npos);
    }
    log.disconnect();
}

// ---- tables and views of the database -------------------------------------------------------------------------

az::MetaData*& reflected() {
    static az::MetaData* metadata = nullptr;
    return metadata;
}

/// A class for each test, since a class is mapped once.
template <int Database>
struct Legacy : az::Model<Legacy<Database>> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;

    static void map(az::Mapper<Legacy>& m) {
        m.table(reflected()->table("legacy"));
        m.template column<&Legacy::id>("number_");
        m.template column<&Legacy::name>();
    }
};
/// Read only; the rows have a key, although the view says nothing about it.
template <int Database>
struct Loud : az::Model<Loud<Database>> {
    az::Mapped<std::int64_t> number;
    az::Mapped<std::string> name;

    static void map(az::Mapper<Loud>& m) {
        m.table("loud");
        m.template columns<&Loud::number, &Loud::name>();
        m.template primary_key<&Loud::number>();
        m.read_only();
    }
};

template <int Database>
asio::awaitable<void> maps_what_is_there(az::Engine engine) {
    {
        auto connection = co_await engine.connect();
        for (const char* sql : {"CREATE TABLE legacy (number_ INTEGER NOT NULL PRIMARY KEY, name VARCHAR(30) NOT NULL, unused VARCHAR(10))",
                                "CREATE VIEW loud AS SELECT number_ AS number, upper(name) AS name FROM legacy"}) {
            auto statement = az::text(sql);
            (void)co_await connection.execute(statement);
        }
        co_await connection.commit();
    }
    az::MetaData metadata;
    metadata.column_reflect([](const az::ReflectedTable&, az::ReflectedColumn& column) {
        if (column.name == "name") column.type = az::String{99};
    });
    co_await metadata.reflect(engine);
    reflected() = &metadata;
    using Old = Legacy<Database>;
    CHECK(az::mapper_of<Old>().table->data().find("name")->type == az::String{99}); // as the hook said
    CHECK(az::mapper_of<Old>().attributes.size() == 2);
    using View = Loud<Database>;
    az::Session session{engine};
    session.add(az::make<Old>(col<&Old::id> = 7, col<&Old::name> = "old"));
    co_await session.commit();
    session.expunge_all();
    auto found = co_await session.template get<Old>(std::int64_t{7});
    REQUIRE(found != nullptr);
    CHECK(*found->name == "old");
    found->name = "new";
    co_await session.commit();

    az::Registry models;
    models.add<View>();
    CHECK(models.metadata().tables().empty()); // nobody creates a view
    const auto statement = az::select<View>().where(col<&View::name> == "NEW");
    const az::ScalarRows<az::Entity<View>> louder = co_await session.scalars(statement);
    const std::shared_ptr<View> loud = louder.one();
    auto by_key = co_await session.template get<View>(std::int64_t{7});
    CHECK(by_key == loud);
    loud->name = "quiet";
    std::string refused;
    try {
        co_await session.flush();
    } catch (const az::FlushError& error) {
        refused = error.what();
    }
    CHECK_THAT(refused, Contains("read_only"));
    co_await session.rollback();
    session.add(az::make<View>(col<&View::number> = 8, col<&View::name> = "x"));
    refused.clear();
    try {
        co_await session.flush();
    } catch (const az::FlushError& error) {
        refused = error.what();
    }
    CHECK_THAT(refused, Contains("read_only"));
    co_await session.rollback();
}

// ---- rules --------------------------------------------------------------------------------------------------

/// Compares without regard to case, on objects and in SQL.
template <class E>
class CaseInsensitive {
public:
    explicit CaseInsensitive(const E& value) : value_(value) {}
    [[nodiscard]] auto operator==(std::string other) const {
        for (auto& letter : other) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        if constexpr (std::same_as<E, std::string>) {
            std::string mine = value_;
            for (auto& letter : mine) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
            return mine == other;
        } else {
            return az::func::lower(value_) == other;
        }
    }

private:
    E value_;
};

struct Owner;
struct Deposit : az::Model<Deposit> {
    az::Mapped<std::int64_t> id, owner_id;
    az::Mapped<std::int32_t> amount;
    static void map(az::Mapper<Deposit>& m);
};
struct Owner : az::Model<Owner> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Deposit> deposits;

    /// Asks the database, through the object's own session.
    [[nodiscard]] asio::awaitable<std::int64_t> count_larger(std::int32_t than) const {
        auto* session = az::object_session(*this);
        if (session == nullptr) throw az::DetachedInstanceError("count_larger(): the owner is in no session");
        auto statement = az::select(az::func::count())
                             .select_from<Deposit>()
                             .where(col<&Deposit::owner_id> == *id, col<&Deposit::amount> > than);
        co_return co_await session->scalar(statement);
    }
    static void map(az::Mapper<Owner>& m) {
        m.table("owner");
        m.column<&Owner::id>(az::primary_key);
        m.column<&Owner::name>(az::String{30});
        m.relationship<&Owner::deposits>();
    }
};
void Deposit::map(az::Mapper<Deposit>& m) {
    m.table("deposit");
    m.column<&Deposit::id>(az::primary_key);
    m.column<&Deposit::owner_id>(az::foreign_key<&Owner::id>());
    m.column<&Deposit::amount>();
}

inline constexpr auto called = az::hybrid<&Owner::name>([](const auto& name) { return CaseInsensitive{name}; });
/// On an object the loaded deposits, in SQL a correlated subquery.
inline constexpr auto balance = az::hybrid<&Owner::deposits>([](const auto& deposits) {
                                    std::int64_t sum = 0;
                                    for (const auto& deposit : deposits) sum += *deposit->amount;
                                    return sum;
                                }).expression([](auto) {
                                    return az::func::coalesce(
                                        az::select(az::func::sum(col<&Deposit::amount>))
                                            .where(col<&Deposit::owner_id> == col<&Owner::id>)
                                            .scalar_subquery(),
                                        0);
                                });

asio::awaitable<void> rules_on_both_sides(az::Engine engine) {
    az::Registry models;
    models.add<Owner, Deposit>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto ann = az::make<Owner>(col<&Owner::name> = "Ann");
    for (const std::int32_t amount : {1, 20, 300}) ann->deposits.append(az::make<Deposit>(col<&Deposit::amount> = amount));
    session.add_all(ann, az::make<Owner>(col<&Owner::name> = "Bob"));
    co_await session.commit();
    session.expunge_all();

    auto found = (co_await session.scalars(az::select<Owner>().where(called() == "aNN"))).one();
    CHECK(called(*found) == "ANN");
    CHECK_FALSE(called(*found) == "Anna");
    CHECK_THROWS_AS(balance(*found), az::NotLoadedError); // it reads what is loaded
    (void)co_await found->deposits.load();
    CHECK(balance(*found) == 321);
    auto rich = (co_await session.scalars(az::select<Owner>().where(balance() > 300))).all();
    REQUIRE(rich.size() == 1);
    CHECK(rich[0] == found);
    auto poor = (co_await session.scalars(az::select<Owner>().where(balance() == 0))).one();
    CHECK(*poor->name == "Bob");

    const auto larger = co_await found->count_larger(10);
    CHECK(larger == 2);
    session.expunge(found);
    bool detached = false;
    try {
        (void)co_await found->count_larger(10);
    } catch (const az::DetachedInstanceError&) {
        detached = true;
    }
    CHECK(detached);

    CHECK(az::identity_key<Owner>(std::int64_t{1}) == az::identity_key<Owner>(std::int64_t{1}));
    CHECK_FALSE(az::identity_key<Owner>(std::int64_t{1}) == az::identity_key<Deposit>(std::int64_t{1}));
    CHECK(az::identity_key(*poor) == az::identity_key<Owner>(*poor->id));
    CHECK(az::identity_key(*az::make<Owner>()).key.front().is_null());
    auto rows = az::text("SELECT id, name FROM owner WHERE name = 'Bob'");
    const auto result = co_await session.execute(rows);
    CHECK(az::identity_key<Owner>(result.one()) == az::identity_key(*poor));
    CHECK_THROWS_AS((az::identity_key<Owner>(1, 2)), az::ArgumentError);
}

// ---- keys of several columns ---------------------------------------------------------------------------------

struct Place : az::Model<Place> {
    az::Mapped<std::optional<std::int64_t>> street, house;
    az::Mapped<std::string> name;
    static void map(az::Mapper<Place>& m) {
        m.table("place");
        m.columns<&Place::street, &Place::house>();
        m.column<&Place::name>(az::String{20});
        m.primary_key<&Place::street, &Place::house>();
    }
};
struct StrictPlace : az::Model<StrictPlace> {
    az::Mapped<std::optional<std::int64_t>> street, house;
    az::Mapped<std::string> name;
    static void map(az::Mapper<StrictPlace>& m) {
        m.table("strict_place");
        m.columns<&StrictPlace::street, &StrictPlace::house>();
        m.column<&StrictPlace::name>(az::String{20});
        m.primary_key<&StrictPlace::street, &StrictPlace::house>();
        m.allow_partial_pks(false);
    }
};

asio::awaitable<void> parts_of_keys_may_be_null(az::Engine engine) {
    az::Registry models;
    models.add<Place, StrictPlace>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    for (const char* table : {"place", "strict_place"})
        for (const char* row : {"1, 2, 'both'", "1, NULL, 'half'", "NULL, NULL, 'none'"}) {
            auto statement = az::text(std::string{"INSERT INTO "} + table + " (street, house, name) VALUES (" + row + ")");
            (void)co_await session.execute(statement);
        }
    std::size_t partly = 0;
    for (const auto& place : co_await session.scalars(az::select<Place>())) partly += place != nullptr ? 1U : 0U;
    CHECK(partly == 2);
    std::size_t strictly = 0;
    for (const auto& place : co_await session.scalars(az::select<StrictPlace>())) strictly += place != nullptr ? 1U : 0U;
    CHECK(strictly == 1);
    auto half = az::make<Place>(col<&Place::street> = std::int64_t{1}, col<&Place::house> = az::null, col<&Place::name> = "merged");
    auto merged = co_await session.merge(half);
    CHECK(az::inspect(*merged).persistent()); // its row was found
    session.expunge(merged);
    auto strict = az::make<StrictPlace>(
        col<&StrictPlace::street> = std::int64_t{1}, col<&StrictPlace::house> = az::null, col<&StrictPlace::name> = "new");
    auto fresh = co_await session.merge(strict);
    CHECK(az::inspect(*fresh).pending()); // it is looked for nowhere
    session.expunge(fresh);
    co_await session.rollback();
}

} // namespace

ON_EACH_DATABASE("mapper: what the database makes is read back, at once or on request",
                 "[orm.mapper.eager_defaults][orm.defaults.async_note]", defaults_are_read_back)
ON_EACH_DATABASE("mapper: rules hold on objects and in SQL, over relationships too",
                 "[orm.hybrid.comparator][orm.hybrid.relationship][orm.expr.plain_descriptor][orm.session.identity_key]", rules_on_both_sides)
ON_EACH_DATABASE("mapper: a table may forbid RETURNING to the unit of work, too", "[implicit_returning]", nothing_is_returned)
ON_EACH_DATABASE("mapper: parts of a key may be NULL", "[partial_pks]", parts_of_keys_may_be_null)

TEST_CASE("mapper: reflected tables and views are mapped as they are",
          "[integration][orm][orm.nontrad.view]") {
    const auto names = backend_names();
    REQUIRE(names.size() <= 4);
    const std::array<asio::awaitable<void> (*)(az::Engine), 4> bodies{&maps_what_is_there<0>, &maps_what_is_there<1>, &maps_what_is_there<2>, &maps_what_is_there<3>};
    for (std::size_t i = 0; i < names.size(); ++i) {
        INFO("database: " << names[i]);
        Backend backend{names[i]};
        backend.run(bodies[i](backend.engine()));
    }
}
