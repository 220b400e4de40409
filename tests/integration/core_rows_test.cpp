// SPDX-License-Identifier: MIT
// Keys and defaults that the database makes, sentinels, pages of rows, and statements executed through other schemas.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

namespace az = azoth;

namespace {

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}


struct Things : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{20}};
    az::Column<std::optional<std::string>> state{*this, "state", az::String{20}, az::server_default("new")};
    az::Column<std::optional<std::int32_t>> twice{*this, "twice", az::default_(az::literal_column<std::int32_t>("2 * 21"))};
    explicit Things(az::MetaData& md) : az::Table{"thing", md} {}
};
struct Words : az::Table {
    az::Column<std::string> word{*this, "word", az::String{20}, az::primary_key, az::default_([] { return std::string{"made"}; })};
    az::Column<std::int32_t> part{*this, "part", az::primary_key, az::autoincrement(false)};
    explicit Words(az::MetaData& md) : az::Table{"word_part", md} {}
};

asio::awaitable<void> keys(az::Engine engine, bool& done) {
    az::MetaData metadata;
    const Things things{metadata};
    const Words words{metadata};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();

    const auto made = co_await connection.execute(az::insert(things).values(things.name = "a"));
    CHECK(made.inserted_primary_key().get<std::int64_t>(0) == 1);
    CHECK_FALSE(made.returns_rows());
    CHECK(made.rowcount() == 1);
    const auto again = co_await connection.execute(az::insert(things).values(things.name = "b")); // from the cache
    CHECK(again.inserted_primary_key().get<std::int64_t>(0) == 2);
    const auto given = co_await connection.execute(az::insert(things).values(things.id = 50, things.name = "c"));
    CHECK(given.inserted_primary_key().get<std::int64_t>(0) == 50);
    const auto by_sql =
        co_await connection.execute(az::insert(things).values(things.id = az::literal_column<std::int64_t>("30 + 30"), things.name = "d"));
    if (engine.dialect()->features().insert_returning) CHECK(by_sql.inserted_primary_key().get<std::int64_t>(0) == 60);
    const auto composite = co_await connection.execute(az::insert(words).values(words.part = 3));
    CHECK(composite.inserted_primary_key().get<std::string>("word") == "made");
    CHECK(composite.inserted_primary_key().get<std::int32_t>("part") == 3);

    // Not to be fetched.
    const auto unasked = co_await connection.execute(az::insert(things).inline_().values(things.id = 70, things.name = "e"));
    CHECK(unasked.inserted_primary_key().get<std::int64_t>(0) == 70); // the program's own is known all the same
    // Several rows in one statement have no one key.
    const auto several =
        co_await connection.execute(az::insert(words).values(words.part = 1, words.word = "x").row(words.part = 2, words.word = "y"));
    CHECK_THROWS_AS(several.inserted_primary_key(), az::InvalidRequestError);
    co_await connection.rollback();
    co_await connection.close();
    done = true;
}

asio::awaitable<void> defaults(az::Engine engine, bool& done) {
    az::MetaData metadata;
    const Things things{metadata};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const bool returns = engine.dialect()->features().insert_returning;

    const auto all = co_await connection.execute(az::insert(things).values(things.name = "a").return_defaults());
    CHECK_FALSE(all.returns_rows());
    CHECK(all.inserted_primary_key().get<std::int64_t>(0) == 1);
    if (returns) {
        const auto row = all.returned_defaults();
        REQUIRE(row.has_value());
        CHECK(row->get<std::int64_t>("id") == 1);
        CHECK(row->get<std::string>("state") == "new");
        CHECK(row->get<std::int32_t>("twice") == 42);
        const auto names = row->keys();
        CHECK(std::ranges::find(names, "name") == names.end());

        const auto some = co_await connection.execute(
            az::insert(things).values(things.name = "b").return_defaults(things.state).supplemental_cols(things.name));
        const auto parts = some.returned_defaults();
        REQUIRE(parts.has_value());
        CHECK(parts->keys() == std::vector<std::string>{"id", "state", "name"});
        CHECK(parts->get<std::string>("name") == "b");

        const std::vector<std::tuple<std::string>> rows{{"r1"}, {"r2"}, {"r3"}};
        const auto statement = az::insert(things).columns(things.name).return_defaults().supplemental_cols(things.name);
        const auto many = co_await connection.execute(statement, rows);
        CHECK_FALSE(many.returns_rows());
        std::vector<std::string> read;
        for (const auto& one : many.returned_defaults_rows()) {
            read.push_back(one.get<std::string>("name"));
            CHECK(one.get<std::string>("state") == "new");
        }
        CHECK(read == std::vector<std::string>{"r1", "r2", "r3"});
    }
    const auto plain = co_await connection.execute(az::insert(things).values(things.name = "z"));
    if (engine.dialect()->name() == "sqlite") CHECK_THROWS_AS(plain.returned_defaults(), az::InvalidRequestError);
    CHECK_THROWS_AS(az::insert(things).returning(things.id).return_defaults(), az::ArgumentError);
    if (engine.dialect()->features().update_returning) {
        const auto updated = co_await connection.execute(az::update(things)
                                                             .values(things.name = az::func::upper(things.name))
                                                             .where(things.id == 1)
                                                             .return_defaults(things.name));
        CHECK(updated.rowcount() == 1);
        const auto row = updated.returned_defaults();
        REQUIRE(row.has_value());
        CHECK(row->get<std::string>("name") == "A");
    }
    co_await connection.rollback();
    co_await connection.close();
    done = true;
}

struct Counted : az::Table {
    az::Column<std::string> id{*this, "id", az::String{40}, az::primary_key, az::server_default(az::text("'x'"))};
    az::Column<std::string> name{*this, "name", az::String{20}};
    az::Column<std::optional<std::int32_t>> sentinel{*this, "_sentinel", az::insert_sentinel_counter};
    Counted(az::MetaData& md, const std::string& key_default) : az::Table{"counted", md} {
        auto& column = data_->columns.front();
        column.server_default = az::text(key_default).node();
    }
};
struct Marked : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key};
    az::Column<std::string> tag{*this, "tag", az::String{20}, az::not_null, az::insert_sentinel};
    explicit Marked(az::MetaData& md) : az::Table{"marked", md} {}
};

asio::awaitable<void> sentinels(Backend& backend, bool& done) {
    az::testing::StatementLog log;
    az::EngineOptions options;
    log.attach(options);
    const auto engine = backend.make_engine(options);
    const auto dialect = std::string{engine.dialect()->name()};
    az::MetaData metadata;
    // A key that the database makes and nobody can foretell: the counter alone tells the rows.
    const std::string opaque = dialect == "postgresql" ? "gen_random_uuid()" : dialect == "sqlite" ? "(hex(randomblob(16)))" : "(uuid())";
    const Counted counted{metadata, opaque};
    const Marked marked{metadata};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    log.clear();

    std::vector<std::tuple<std::string>> rows;
    for (int i = 0; i < 25; ++i) rows.emplace_back("n" + std::to_string(99 - i));
    const auto statement = az::insert(counted).columns(counted.name).returning(counted.name, counted.id);
    const auto in_pages = az::ExecutionOptions{}.insertmanyvalues_page_size(10);
    const auto returned = co_await connection.execute(statement, rows, in_pages);
    CHECK(returned.keys() == std::vector<std::string>{"name", "id"}); // the sentinel is not among them
    std::size_t at = 0;
    for (const auto& [name, id] : returned) {
        CHECK(name == std::get<0>(rows[at++]));
        CHECK_FALSE(id.empty());
    }
    CHECK(at == rows.size());
    CHECK(log.count("INSERT") == 3);
    const auto kept = co_await connection.execute(az::select(counted));
    CHECK(kept.keys() == std::vector<std::string>{"id", "name"}); // in no SELECT unless it is named
    const auto numbers = co_await connection.scalar(az::select(az::func::max(counted.sentinel)));
    CHECK(numbers == 9); // counted in each page

    log.clear();
    const std::vector<std::tuple<std::string>> single{{"single"}};
    const auto one = co_await connection.execute(statement, single);
    CHECK(one.all().size() == 1);
    CHECK(log.texts().back().find("sentinel") == std::string::npos);

    const std::vector<std::tuple<std::string>> tags{{"c"}, {"a"}, {"b"}};
    log.clear();
    const auto marks = co_await connection.execute(az::insert(marked).columns(marked.tag).returning(marked.id, marked.tag), tags);
    std::vector<std::string> seen;
    for (const auto& [id, tag] : marks) seen.push_back(tag);
    CHECK(seen == std::vector<std::string>{"c", "a", "b"});
    CHECK(log.count("INSERT") == 1);
    co_await connection.rollback();
    co_await connection.close();
    co_await engine.dispose();
    done = true;
}

asio::awaitable<void> mismatch(az::Engine engine, bool& done) {
    az::MetaData metadata;
    az::Table t{"mangled", metadata};
    t.add_column("id", az::Integer{}, az::primary_key);
    const auto shouting = az::TypeDecorator{az::String{20}}.bind_expression([](az::sql::NodePtr x) {
        return az::func::upper(az::Expr<std::string>{std::move(x)}).node();
    });
    t.add_column("tag", shouting, az::not_null, az::insert_sentinel);
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const auto statement = az::insert(t).columns(t.c("tag")).returning(t.c("id"));
    std::vector<std::tuple<std::string>> rows{{"a"}, {"b"}};
    std::string message;
    try {
        co_await connection.execute(statement, rows);
    } catch (const az::InvalidRequestError& error) {
        message = error.what();
    }
    CHECK(message.find("sentinel value") != std::string::npos);
    co_await connection.rollback();
    // Unsorted nothing has to match.
    const auto loose = co_await connection.execute(statement.sort_by_parameter_order(false), rows);
    CHECK(loose.all().size() == 2);
    co_await connection.rollback();
    co_await connection.close();
    done = true;
}

asio::awaitable<void> pages(Backend& backend, bool& done) {
    for (const bool used : {true, false}) {
        az::testing::StatementLog log;
        az::EngineOptions options;
        options.use_insertmanyvalues = used;
        options.insertmanyvalues_page_size = 4;
        log.attach(options);
        const auto engine = backend.make_engine(options);
        az::MetaData metadata;
        const Words words{metadata};
        co_await metadata.create_all(engine);
        auto connection = co_await engine.connect();
        log.clear();
        std::vector<std::tuple<std::string, std::int32_t>> rows;
        for (int i = 0; i < 10; ++i) rows.emplace_back("w" + std::to_string(i), i);
        const auto statement = az::insert(words).columns(words.word, words.part).returning(words.part);
        const auto returned = co_await connection.execute(statement, rows);
        const auto numbers = returned.scalars().all();
        REQUIRE(numbers.size() == 10);
        for (int i = 0; i < 10; ++i) CHECK(numbers[static_cast<std::size_t>(i)] == i);
        if (used) CHECK(log.count("INSERT") == 3);
        else {
            std::size_t executions = 0;
            for (const auto& sent : log.statements())
                if (sent.sql.starts_with("INSERT")) executions += std::max<std::size_t>(1, sent.rows.size());
            CHECK(executions == 10);
        }
        co_await connection.execute(az::delete_(words));
        log.clear();
        const auto two = az::ExecutionOptions{}.insertmanyvalues_page_size(2);
        const auto smaller = co_await connection.execute(statement, rows, two);
        CHECK(smaller.all().size() == 10);
        if (used) CHECK(log.count("INSERT") == 5);
        co_await connection.rollback();
        co_await connection.close();
        co_await metadata.drop_all(engine);
        co_await engine.dispose();
    }
    done = true;
}

asio::awaitable<void> functions(az::Engine engine, bool& done) {
    auto connection = co_await engine.connect();
    const auto lower = co_await connection.scalar(az::func::lower(az::literal("ABC")));
    CHECK(lower == "abc");
    const auto result = co_await connection.execute(az::func::coalesce(az::literal(7), 8));
    const auto value = result.scalar_one();
    CHECK(value == 7);
    bool refused = false;
    try {
        co_await connection.execute(az::literal(5));
    } catch (const az::ArgumentError& error) {
        refused = std::string{error.what()}.find("not an executable object") != std::string::npos;
    }
    CHECK(refused);
    if (engine.dialect()->features().sequences) {
        az::MetaData metadata;
        const auto sequence = az::Sequence{"numbers"}.start(40).metadata(metadata);
        co_await metadata.create_all(engine);
        const auto first = co_await connection.scalar(sequence);
        const auto second = co_await connection.scalar(sequence);
        CHECK(first == 40);
        CHECK(second == 41);
        co_await connection.rollback();
    }
    co_await connection.close();
    done = true;
}

asio::awaitable<void> nothing_fetched(Backend& backend, bool& done) {
    az::testing::StatementLog log;
    az::EngineOptions options;
    log.attach(options);
    const auto engine = backend.make_engine(options);
    az::MetaData metadata;
    Things things{metadata};
    things.implicit_returning(false);
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    log.clear();
    const auto result = co_await connection.execute(az::insert(things).values(things.name = "a"));
    CHECK(result.inserted_primary_key()[0].is_null() != engine.dialect()->features().last_insert_id);
    co_await connection.execute(az::insert(things).values(things.name = "b").return_defaults());
    co_await connection.execute(az::insert(things).inline_().values(things.name = "c"));
    for (const auto& text : log.texts()) CHECK(text.find("RETURNING") == std::string::npos);
    // Asked for it is used all the same.
    if (engine.dialect()->features().insert_returning) {
        const auto asked = co_await connection.execute(az::insert(things).values(things.name = "d").returning(things.id));
        CHECK(asked.all().size() == 1);
    }
    co_await connection.rollback();
    co_await connection.close();
    co_await engine.dispose();
    done = true;
}

} // namespace

TEST_CASE("an INSERT of one row tells its key", "[integration][core.insert.implicit_pk_fetch]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(keys(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("defaults that the database makes are fetched beside the result", "[integration][core.insert.return_defaults]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(defaults(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("a sentinel column tells which row came back", "[integration][core.imv.sentinel][core.default.sentinel]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(sentinels(backend, done));
    CHECK(done);
}

TEST_CASE("a sentinel that comes back changed is an error", "[integration][core.imv.mismatch]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(mismatch(backend.engine(), done));
    CHECK(done);
}

TEST_CASE(
    "rows go in pages of the size that engine or execution say",
    "[integration][core.opt.insertmanyvalues_page_size][core.engine.insertmanyvalues_opts]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(pages(backend, done));
    CHECK(done);
}

TEST_CASE("functions and sequences are executed by themselves", "[integration][core.func.execute]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(functions(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("a table may forbid RETURNING for keys nobody asked for", "[integration][core.schema.implicit_returning]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(nothing_fetched(backend, done));
    CHECK(done);
}

namespace {

asio::awaitable<void> triggers(az::Engine engine) {
    auto connection = co_await engine.connect();
    az::MetaData metadata;
    az::Table t{"stamped", metadata};
    t.add_column("id", az::Integer{}, az::primary_key);
    t.add_column("name", az::String{20});
    t.add_column("stamp", az::String{20}, az::server_default(az::FetchedValue{}), az::server_onupdate(az::FetchedValue{}));
    co_await metadata.create_all(connection);
    co_await connection.run(
        "CREATE FUNCTION stamp_it() RETURNS trigger AS 'BEGIN NEW.stamp := lower(TG_OP); RETURN NEW; END' LANGUAGE plpgsql");
    co_await connection.run("CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON stamped FOR EACH ROW EXECUTE FUNCTION stamp_it()");
    const auto made = co_await connection.execute(az::insert(t).values(t.c("name") = "a").return_defaults());
    const auto row = made.returned_defaults();
    REQUIRE(row.has_value());
    CHECK(row->get<std::string>("stamp") == "insert");
    const auto changed = co_await connection.execute(az::update(t).values(t.c("name") = "b").return_defaults());
    const auto after = changed.returned_defaults();
    REQUIRE(after.has_value());
    CHECK(after->get<std::string>("stamp") == "update");
    CHECK(changed.rowcount() == 1);
    co_await connection.rollback();
    co_await connection.close();
}

} // namespace

TEST_CASE("what a trigger makes is fetched", "[integration][postgresql][core.default.fetched]") {
    const auto names = backend_names();
    if (std::ranges::find(names, "postgresql") == names.end()) return;
    Backend backend{"postgresql"};
    backend.run(triggers(backend.engine()));
}
