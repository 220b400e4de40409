// SPDX-License-Identifier: MIT
// Rules of the unit of work, one by one, on every database: batches, versions, what is loaded, what is told.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;

namespace {
namespace works {

struct Counted : az::Model<Counted> { // its versions count
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::int32_t> version;
    az::Collection<struct Part> parts;

    static void map(az::Mapper<Counted>& m);
};
struct Part : az::Model<Part> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> counted_id;
    az::Related<Counted> counted;

    static void map(az::Mapper<Part>& m);
};
struct Stamped : az::Model<Stamped> { // its versions are the program's own
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::string> stamp;

    static void map(az::Mapper<Stamped>& m) {
        m.table("stamped");
        m.column<&Stamped::id>(az::primary_key);
        m.column<&Stamped::name>(az::String{50});
        m.version_id<&Stamped::stamp>(az::String{50});
        m.version_id_generator<&Stamped::stamp>([](const std::optional<std::string>& before) { return before ? *before + "+" : "new"; });
    }
};
struct Served : az::Model<Served> { // its versions are the database's, or the program sets them
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::int64_t> version;

    static void map(az::Mapper<Served>& m) {
        m.table("served");
        m.column<&Served::id>(az::primary_key);
        m.column<&Served::name>(az::String{50});
        m.version_id<&Served::version>(az::server_default(az::text("10")));
        m.version_id_generator(false);
    }
};
struct Eager : az::Model<Eager> { // reads back what the database makes
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::int64_t> number;
    az::Mapped<std::int64_t> changes;

    static void map(az::Mapper<Eager>& m) {
        m.table("eager");
        m.eager_defaults(true);
        m.column<&Eager::id>(az::primary_key);
        m.column<&Eager::name>(az::String{50});
        m.column<&Eager::number>(az::server_default(az::text("7")));
        m.column<&Eager::changes>(
            az::server_default(az::text("0")), az::onupdate_value(az::literal_column<std::int64_t>("changes + 1")));
    }
};
struct Label : az::Model<Label> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<struct Box> boxes;

    static void map(az::Mapper<Label>& m);
};
struct Box : az::Model<Box> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Label> labels;

    static void map(az::Mapper<Box>& m);
};

void Counted::map(az::Mapper<Counted>& m) {
    m.table("counted");
    m.column<&Counted::id>(az::primary_key);
    m.column<&Counted::name>(az::String{50});
    m.version_id<&Counted::version>();
    m.relationship<&Counted::parts>(az::back_populates<&Part::counted>(), az::order_by<&Part::id>());
}
void Part::map(az::Mapper<Part>& m) {
    m.table("part");
    m.column<&Part::id>(az::primary_key);
    m.column<&Part::name>(az::String{50});
    m.column<&Part::counted_id>(az::foreign_key<&Counted::id>());
    m.relationship<&Part::counted>(az::back_populates<&Counted::parts>(), az::cascade("none"));
}
void Label::map(az::Mapper<Label>& m) {
    m.table("label");
    m.column<&Label::id>(az::primary_key);
    m.column<&Label::name>(az::String{50});
    m.relationship<&Label::boxes>(az::secondary("box_label"), az::back_populates<&Box::labels>());
}
void Box::map(az::Mapper<Box>& m) {
    m.table("box");
    m.column<&Box::id>(az::primary_key);
    m.column<&Box::name>(az::String{50});
    m.relationship<&Box::labels>(az::secondary("box_label"), az::back_populates<&Label::boxes>(), az::order_by<&Label::id>());
}

} // namespace works
using namespace works;

asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<Counted, Part, Stamped, Served, Eager, Label, Box>();
    co_await models.metadata().create_all(engine);
}

std::shared_ptr<Counted> counted(std::string name) { return az::make<Counted>(col<&Counted::name> = std::move(name)); }
std::shared_ptr<Part> part(std::string name) { return az::make<Part>(col<&Part::name> = std::move(name)); }

asio::awaitable<void> run_outside(az::Session& session, std::string sql) {
    auto* connection = co_await session.connection();
    auto statement = az::text(sql);
    (void)co_await connection->execute(statement);
}

/// What a flush throws, by name.
template <class E>
asio::awaitable<bool> flush_throws(az::Session& session) {
    bool thrown = false;
    try {
        co_await session.flush();
    } catch (const E&) {
        thrown = true;
    }
    co_return thrown;
}

asio::awaitable<void> versions_are_counted_by_row(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    std::vector<std::shared_ptr<Counted>> all;
    for (int i = 0; i < 3; ++i) all.push_back(counted("n" + std::to_string(i)));
    session.add_all(all);
    co_await session.commit();
    log.clear();
    // Each row's match is known, one whose values stay the same included.
    for (const auto& one : all) one->name = *one->name + "!";
    co_await session.flush();
    CHECK(log.count("UPDATE") == 3);
    for (const auto& one : all) CHECK(*one->version == 2);
    all[0]->version.flag_modified(); // the same name, and a version
    co_await session.flush();

    co_await run_outside(session, "UPDATE counted SET version = 9 WHERE name = 'n1!'");
    for (const auto& one : all) one->name = "again";
    std::string message;
    try {
        co_await session.flush();
    } catch (const az::StaleDataError& error) {
        message = error.what();
    }
    CHECK(message.find("Counted (id " + std::to_string(*all[1]->id)) != std::string::npos);
    co_await session.rollback();

    // A deleted row's version is compared, too.
    auto last = (co_await session.scalars(az::select<Counted>().where(col<&Counted::name> == "n2"))).one();
    co_await run_outside(session, "UPDATE counted SET version = 9 WHERE name = 'n2'");
    co_await session.delete_(last);
    const auto stale = co_await flush_throws<az::StaleDataError>(session);
    CHECK(stale);
    co_await session.rollback();
}

asio::awaitable<void> what_raises_a_version(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = counted("one");
    session.add(one);
    co_await session.commit();
    one->parts.append(part("p")); // the other table's row
    co_await session.commit();
    CHECK(*one->version == 1);
    one->name = "one"; // no change
    log.clear();
    co_await session.commit();
    CHECK(log.count("UPDATE") == 0);
    CHECK(*one->version == 1);
    one->name = "two";
    co_await session.commit();
    CHECK(*one->version == 2);
}

asio::awaitable<void> versions_of_ones_own(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto stamped = az::make<Stamped>(col<&Stamped::name> = "a");
    session.add(stamped);
    co_await session.commit();
    CHECK(*stamped->stamp == "new");
    stamped->name = "b";
    co_await session.commit();
    CHECK(*stamped->stamp == "new+");
    co_await run_outside(session, "UPDATE stamped SET stamp = 'x'");
    stamped->name = "c";
    const auto stale = co_await flush_throws<az::StaleDataError>(session);
    CHECK(stale);
    co_await session.rollback();

    auto served = az::make<Served>(col<&Served::name> = "a");
    auto given = az::make<Served>(col<&Served::name> = "b", col<&Served::version> = 3);
    session.add_all(served, given);
    co_await session.flush();
    CHECK(*served->version == 10);
    CHECK(*given->version == 3);
    served->name = "c"; // nothing raises it; it is read back
    co_await session.flush();
    CHECK(*served->version == 10);
    served->name = "d";
    served->version = 11;
    co_await session.flush();
    co_await run_outside(session, "UPDATE served SET version = 12 WHERE name = 'd'");
    served->name = "e";
    const auto served_stale = co_await flush_throws<az::StaleDataError>(session);
    CHECK(served_stale);
    co_await session.rollback();
}

asio::awaitable<void> versions_are_compared_when_rows_are_locked(az::Engine engine, az::testing::StatementLog) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = counted("one");
    session.add(one);
    co_await session.commit();
    const auto same = co_await session.get_for_update<Counted>(*one->id);
    CHECK(same == one);
    co_await run_outside(session, "UPDATE counted SET version = 7");
    bool stale = false;
    try {
        (void)co_await session.get_for_update<Counted>(*one->id);
    } catch (const az::StaleDataError&) {
        stale = true;
    }
    CHECK(stale);
    co_await session.rollback();
    // Merging what has another version.
    auto copy = az::make<Counted>(col<&Counted::id> = *one->id, col<&Counted::name> = "copy", col<&Counted::version> = 5);
    bool refused = false;
    try {
        (void)co_await session.merge(copy);
    } catch (const az::StaleDataError&) {
        refused = true;
    }
    CHECK(refused);
    co_await session.rollback();
}

asio::awaitable<void> inserts_are_what_the_database_can(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    std::vector<std::shared_ptr<Part>> all;
    for (int i = 0; i < 200; ++i) all.push_back(part("p" + std::to_string(i)));
    session.add_all(all);
    log.clear();
    co_await session.flush();
    // However they are brought back (a pipeline of INSERTs, RETURNING of many rows, one by one): in the order of the objects.
    const auto sent = log.statements();
    std::size_t inserts = 0;
    for (const auto& statement : sent)
        if (statement.sql.starts_with("INSERT")) ++inserts;
    CHECK((inserts > 0 && inserts <= all.size()));
    for (std::size_t i = 0; i < all.size(); ++i) {
        REQUIRE(all[i]->id.is_present());
        if (i > 0) CHECK(*all[i]->id > *all[i - 1]->id);
    }
    session.expire_all();
    for (const auto i : {0, 99, 199}) {
        const auto text = co_await all[static_cast<std::size_t>(i)]->name.load();
        CHECK(text == "p" + std::to_string(i)); // each has its own row's key
    }
    // With keys of the program's own there is nothing to bring back: one statement for all.
    std::vector<std::shared_ptr<Part>> keyed;
    for (int i = 0; i < 50; ++i) {
        keyed.push_back(part("k"));
        keyed.back()->id = 10'000 + i;
    }
    session.add_all(keyed);
    log.clear();
    co_await session.flush();
    CHECK(log.count("INSERT") == 1);
    co_await session.commit();
}

asio::awaitable<void> what_the_database_makes_is_read_back(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto eager = az::make<Eager>(col<&Eager::name> = "a");
    session.add(eager);
    co_await session.flush();
    CHECK(*eager->number == 7); // by RETURNING or by a SELECT: it is there
    eager->name = "b";
    co_await session.flush();
    CHECK(*eager->changes == 1);
    eager->number = col<&Eager::number> + 1;
    co_await session.flush();
    CHECK(*eager->number == 8);
    CHECK(*eager->changes == 2);
    log.clear();
    co_await session.flush();
    CHECK(log.size() == 0);
    // Several at once: each has its own.
    auto second = az::make<Eager>(col<&Eager::name> = "s");
    session.add(second);
    co_await session.flush();
    eager->name = "x";
    second->name = "y";
    co_await session.flush();
    CHECK(*eager->changes == 3);
    CHECK(*second->changes == 1);
    co_await session.rollback();
}

asio::awaitable<void> association_rows_have_their_place(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto box = az::make<Box>(col<&Box::name> = "box");
    auto red = az::make<Label>(col<&Label::name> = "red");
    auto blue = az::make<Label>(col<&Label::name> = "blue");
    box->labels.append(red);
    blue->boxes.append(box); // known from both sides, written once
    session.add(box);
    log.clear();
    co_await session.flush();
    auto texts = log.texts();
    REQUIRE(log.count("INSERT INTO box_label") == 1);
    CHECK(texts.back().starts_with("INSERT INTO box_label")); // after both ends
    auto green = az::make<Label>(col<&Label::name> = "green");
    box->labels.remove(red);
    box->labels.append(green);
    co_await session.delete_(red);
    log.clear();
    co_await session.flush();
    texts = log.texts();
    const auto position = [&](const char* start) {
        for (std::size_t i = 0; i < texts.size(); ++i)
            if (texts[i].starts_with(start)) return i;
        return texts.size();
    };
    CHECK(position("DELETE FROM box_label") < position("INSERT INTO box_label"));
    CHECK(position("INSERT INTO label") < position("INSERT INTO box_label"));
    CHECK(position("DELETE FROM box_label") < position("DELETE FROM label"));
    CHECK(position("DELETE FROM label") < texts.size());

    // A row between that is gone already is an error.
    co_await run_outside(session, "DELETE FROM box_label");
    box->labels.clear();
    const auto stale = co_await flush_throws<az::StaleDataError>(session);
    CHECK(stale);
    co_await session.rollback();
}

asio::awaitable<void> after_a_flush(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = counted("one");
    auto p = part("p");
    one->parts.append(p);
    session.add(one);
    CHECK(az::inspect(*one).pending());
    co_await session.flush();
    CHECK(az::inspect(*one).persistent());
    CHECK(*p->counted_id == *one->id);
    CHECK_FALSE(session.has_changes());
    CHECK_FALSE(az::inspect(*one).modified());
    CHECK(az::get_history(one->parts).added.empty());
    CHECK(az::get_history(one->parts).unchanged.size() == 1);
    const auto again = co_await session.get<Counted>(*one->id);
    CHECK(again == one);
    auto served = az::make<Eager>(col<&Eager::name> = "x");
    served->number = col<&Eager::id> * 0 + 5;
    log.clear();
    co_await session.flush();
    CHECK(log.size() == 0);
    p->name = "q";
    p->name = "p"; // as it was
    co_await session.flush();
    CHECK(log.size() == 0);

    // What a listener changes of other objects while rows are written is lost, and that is told.
    std::vector<std::string> warnings;
    session.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    one->name = "seen";
    const auto listener = session.events().after_flush.connect([&] { p->name = "late"; });
    co_await session.flush();
    auto ended = listener;
    ended.disconnect();
    co_await session.commit();
    CHECK(warnings.size() == 1);
    CHECK_FALSE(session.has_changes());
    co_await session.refresh(p);
    CHECK(*p->name == "p");
}

asio::awaitable<void> flushes_load_what_they_need(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = counted("one");
    one->parts.append(part("p"));
    one->parts.append(part("q"));
    session.add(one);
    co_await session.commit();
    const auto id = *one->id;
    one.reset();
    session.expunge_all();
    auto found = co_await session.get<Counted>(id);
    auto other = counted("other");
    session.add(other); // nothing that is loaded for the flush flushes by itself
    co_await session.delete_(found);
    log.clear();
    co_await session.flush();
    CHECK(log.count("SELECT") == 1);
    CHECK(log.count("UPDATE part SET counted_id") == 1);
    CHECK(log.count("DELETE") == 1);
    co_await session.commit();
    auto parts = (co_await session.scalars(az::select<Part>())).all();
    REQUIRE(parts.size() == 2);
    for (const auto& p : parts) CHECK(*p->counted_id == std::nullopt);
}

asio::awaitable<void> a_row_changes_hands(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    auto one = counted("one");
    session.add(one);
    co_await session.commit();
    std::vector<std::string> warnings;
    session.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    auto taker = counted("two");
    taker->id = *one->id;
    co_await session.delete_(one);
    session.add(taker);
    log.clear();
    co_await session.commit();
    CHECK(log.count("UPDATE") == 1);
    CHECK(log.count("INSERT") + log.count("DELETE") == 0);
    CHECK(*taker->version == 2); // the row's
    CHECK(warnings.empty());

    // Where that one stays, it is told, and the database refuses.
    auto third = counted("three");
    third->id = *taker->id;
    session.add(third);
    const auto refused = co_await flush_throws<az::IntegrityError>(session);
    CHECK(refused);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().find("conflicts") != std::string::npos);
    CHECK(warnings.front().find("Counted (id") != std::string::npos);
    co_await session.rollback();
}

asio::awaitable<void> what_is_not_in_the_session_is_left_out(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    az::Session session{engine};
    std::vector<std::string> warnings;
    engine.events().warning.connect([&](std::string_view text) { warnings.emplace_back(text); });
    auto p = part("p");
    p->counted = counted("outside"); // Part::counted has no save-update
    session.add(p);
    co_await session.flush();
    CHECK(*p->counted_id == std::nullopt);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front() == "Object of type <Counted> not in session, add operation along 'Part.counted' will not proceed");
    CHECK(log.count("INSERT INTO counted") == 0);
    co_await session.rollback();
}

asio::awaitable<void> graph_of_many(az::Session& session) {
    for (int i = 0; i < 5; ++i) {
        auto box = az::make<Box>(col<&Box::name> = "b" + std::to_string(i));
        for (int k = 0; k < 3; ++k) box->labels.append(az::make<Label>(col<&Label::name> = "l" + std::to_string(k)));
        auto one = counted("c" + std::to_string(i));
        one->parts.append(part("p"));
        session.add(one);
        session.add(box);
    }
    co_await session.flush();
    auto boxes = (co_await session.scalars(az::select<Box>().order_by(col<&Box::id>))).all();
    for (const auto& box : boxes) box->name = *box->name + "!";
    boxes[1]->labels.clear();
    co_await session.delete_(boxes[0]);
    co_await session.flush();
}

asio::awaitable<void> the_order_is_always_the_same(az::Engine engine, az::testing::StatementLog log) {
    co_await make_tables(engine);
    std::vector<std::string> first;
    for (int round = 0; round < 5; ++round) {
        az::Session session{engine};
        log.clear();
        co_await graph_of_many(session);
        if (round == 0) first = log.texts();
        else CHECK(log.texts() == first);
        co_await session.rollback();
    }
}

} // namespace

ON_EACH_DATABASE("flush: versions are compared row by row", "[orm.version.rowcount]", versions_are_counted_by_row)
ON_EACH_DATABASE("flush: a version is raised by changed columns only", "[orm.version.bump_scope]", what_raises_a_version)
ON_EACH_DATABASE("flush: versions of the program's own, and of the database", "[orm.version.custom][orm.version.server][orm.version.manual]", versions_of_ones_own)
ON_EACH_DATABASE("flush: versions are compared when rows are locked or merged", "[orm.version.refresh_check]", versions_are_compared_when_rows_are_locked)
ON_EACH_DATABASE("flush: many INSERTs are what the database can", "[orm.flush.insert_backends]", inserts_are_what_the_database_can)
ON_EACH_DATABASE("flush: eager defaults are read back, with RETURNING or without", "[eager_defaults]", what_the_database_makes_is_read_back)
ON_EACH_DATABASE("flush: association rows come after both ends and go before either", "[orm.flush.secondary_order]", association_rows_have_their_place)
ON_EACH_DATABASE("flush: afterwards nothing is changed any more", "[orm.flush.post_state]", after_a_flush)
ON_EACH_DATABASE("flush: what has to be known is loaded", "[orm.flush.loads]", flushes_load_what_they_need)
ON_EACH_DATABASE("flush: a deleted row is taken over, another one is not", "[orm.flush.rowswitch][orm.version.rowswitch][orm.idmap.conflict]", a_row_changes_hands)
ON_EACH_DATABASE("flush: what is in no session is left out, and told of", "[orm.flush.not_in_session]", what_is_not_in_the_session_is_left_out)
ON_EACH_DATABASE("flush: the same graph is the same statements", "[orm.flush.deterministic]", the_order_is_always_the_same)
