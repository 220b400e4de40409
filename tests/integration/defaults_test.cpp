// SPDX-License-Identifier: MIT
// Values that the database makes, with RETURNING and without, and keys that are made before their row. On every database.
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
namespace made {

/// Its table has triggers, say: no RETURNING.
template <class Entity>
struct Row : az::Model<Entity> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> title;
    az::Mapped<std::int32_t> counter; // by the database
    az::Mapped<std::string> status;   // by the program
    az::Mapped<std::string> stamp;    // by SQL of the program's

    static void columns(az::Mapper<Entity>& m) {
        m.template column<&Entity::id>(az::primary_key);
        m.template column<&Entity::title>(az::String{40});
        m.template column<&Entity::counter>(az::server_default(az::text("5")));
        m.template column<&Entity::status>(az::String{20}, az::default_("new"));
        m.template column<&Entity::stamp>(az::String{40}, az::default_(az::func::lower(az::literal_column("'MADE'"))));
    }
};
struct Triggered : Row<Triggered> {
    static void map(az::Mapper<Triggered>& m) {
        m.table("triggered", az::implicit_returning(false));
        columns(m);
    }
};
struct Eager : Row<Eager> {
    static void map(az::Mapper<Eager>& m) {
        m.table("eager_triggered", az::implicit_returning(false));
        columns(m);
        m.eager_defaults(true);
    }
};
struct Plain : Row<Plain> {
    static void map(az::Mapper<Plain>& m) {
        m.table("plain_row");
        columns(m);
    }
};
/// The key is SQL.
template <class Entity>
struct CodeBase : az::Model<Entity> {
    az::Mapped<std::string> code;
    az::Mapped<std::string> text;
    static void columns(az::Mapper<Entity>& m) {
        m.template column<&Entity::code>(az::String{40}, az::primary_key, az::default_(az::func::lower(az::literal_column("'ABC'"))));
        m.template column<&Entity::text>(az::String{40});
    }
};
struct Code : CodeBase<Code> {
    static void map(az::Mapper<Code>& m) {
        m.table("code");
        columns(m);
    }
};
struct QuietCode : CodeBase<QuietCode> {
    static void map(az::Mapper<QuietCode>& m) {
        m.table("quiet_code", az::implicit_returning(false));
        columns(m);
    }
};
/// Nobody makes it; the database does, and cannot tell.
struct Nobody : az::Model<Nobody> {
    az::Mapped<std::string> code;
    az::Mapped<std::string> text;
    static void map(az::Mapper<Nobody>& m) {
        m.table("nobody", az::implicit_returning(false));
        m.column<&Nobody::code>(az::String{40}, az::primary_key, az::server_default(az::text("'x'")));
        m.column<&Nobody::text>(az::String{40});
    }
};
/// Numbered by a sequence.
struct Numbered : az::Model<Numbered> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> text;
    static void map(az::Mapper<Numbered>& m) {
        m.table("numbered_row", az::implicit_returning(false));
        m.column<&Numbered::id>(az::primary_key, az::Sequence{"row_numbers"}.start(100));
        m.column<&Numbered::text>(az::String{40});
    }
};
} // namespace made
using namespace made;

bool has_returning(const az::testing::StatementLog& log) {
    for (const auto& text : log.texts())
        if (text.find("RETURNING") != std::string::npos) return true;
    return false;
}

asio::awaitable<void> values_come_back(az::Engine engine, az::testing::StatementLog log) {
    az::Registry models;
    models.add<Triggered, Eager, Plain>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    log.clear();
    auto triggered = az::make<Triggered>(col<&Triggered::title> = "t");
    auto second = az::make<Triggered>(col<&Triggered::title> = "u");
    auto eager = az::make<Eager>(col<&Eager::title> = "e");
    session.add_all(triggered, second, eager);
    co_await session.flush();
    CHECK_FALSE(has_returning(log)); // whatever the database could
    CHECK(*triggered->id >= 1);
    CHECK(*second->id == *triggered->id + 1);
    CHECK(*triggered->status == "new"); // the program's own
    CHECK_THROWS_AS(*triggered->counter, az::NotLoadedError);
    CHECK_THROWS_AS(*triggered->stamp, az::NotLoadedError);
    CHECK(*eager->counter == 5); // by a SELECT
    CHECK_THROWS_AS(*eager->stamp, az::NotLoadedError); // SQL of the program's that is not marked as fetched
    const auto counter = co_await triggered->counter.load();
    CHECK(counter == 5);
    CHECK(*triggered->stamp == "made");
    // Otherwise RETURNING brings them, where there is one.
    log.clear();
    auto plain = az::make<Plain>(col<&Plain::title> = "p");
    session.add(plain);
    co_await session.flush();
    const bool returns = engine.dialect()->features().insert_returning;
    CHECK(has_returning(log) == returns);
    CHECK(plain->counter.is_loaded() == returns);
    const auto loaded = co_await plain->counter.load();
    CHECK(loaded == 5);
    // A value that the program gives stands; NULL counts as none.
    auto given = az::make<Plain>(col<&Plain::title> = "g", col<&Plain::counter> = 9, col<&Plain::status> = "s", col<&Plain::stamp> = "mine");
    session.add(given);
    co_await session.commit();
    session.expire(given);
    const auto stored = co_await given->counter.load();
    CHECK(stored == 9);
    CHECK(*given->stamp == "mine");
    co_await session.close();
}

asio::awaitable<void> keys_are_made(az::Engine engine, az::testing::StatementLog log) {
    az::Registry models;
    models.add<Code, QuietCode, Nobody>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    log.clear();
    auto code = az::make<Code>(col<&Code::text> = "c");
    session.add(code);
    co_await session.flush();
    CHECK(*code->code == "abc");
    log.clear();
    auto quiet = az::make<QuietCode>(col<&QuietCode::text> = "q");
    session.add(quiet);
    co_await session.flush();
    CHECK(*quiet->code == "abc");
    CHECK_FALSE(has_returning(log));
    CHECK(log.count("SELECT") == 1); // before the INSERT
    auto own = az::make<QuietCode>(col<&QuietCode::code> = "own", col<&QuietCode::text> = "q");
    session.add(own);
    log.clear();
    co_await session.flush();
    CHECK(log.count("SELECT") == 0);
    const auto found = co_await session.get<QuietCode>("own");
    CHECK(found == own);
    co_await session.commit();

    session.add(az::make<Nobody>(col<&Nobody::text> = "n"));
    std::string error;
    try {
        co_await session.flush();
    } catch (const az::FlushError& null_identity) {
        error = null_identity.what();
    }
    CHECK(error.find("Nobody::code") != std::string::npos);
    co_await session.rollback();
    session.add(az::make<Nobody>(col<&Nobody::code> = "given", col<&Nobody::text> = "n"));
    co_await session.commit();
    co_await session.close();
}

asio::awaitable<void> sequences_number(az::Engine engine, az::testing::StatementLog log) {
    if (!engine.dialect()->features().sequences) co_return;
    az::Registry models;
    models.add<Numbered>();
    co_await models.metadata().create_all(engine);
    if (!engine.dialect()->features().sequences) co_return; // now it is known which server it is
    az::Session session{engine};
    log.clear();
    auto first = az::make<Numbered>(col<&Numbered::text> = "a");
    auto second = az::make<Numbered>(col<&Numbered::text> = "b");
    session.add_all(first, second);
    co_await session.flush();
    CHECK(*first->id == 100);
    CHECK(*second->id == 101);
    CHECK_FALSE(has_returning(log));
    co_await session.rollback();
    co_await session.close();
}

} // namespace

ON_EACH_DATABASE("defaults: they come back, or are loaded", "[orm.defaults.fetch]", values_come_back)
ON_EACH_DATABASE("defaults: keys that INSERT does not tell are made before it", "[orm.defaults.fetch][orm.defaults.pk_noreturning]", keys_are_made)
ON_EACH_DATABASE("defaults: sequences number rows", "[orm.defaults.fetch]", sequences_number)
