// SPDX-License-Identifier: MIT
// Strings that mean something to a SQL parser, through every place that takes a value or a name: found back as they were, or
// refused.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>
#include <azoth/compiler/literal.hpp>

namespace az = azoth;

namespace {

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

const std::vector<std::string>& hostile() {
    static const std::vector<std::string> all{
        "'", "''", "\"", "`", "]", "[x]", "a'b", "a\"b", "a`b", "'; DROP TABLE hostile; --", "\\", "\\'", "\\\\'", "x\\",
        "--", "/* x */", "*/", "#", "%", "%%", "%s", "%(name)s", "_", ":name", ":1", "::text", "$1", "$$", "$tag$", "?", "??",
        "@x", "{fn x}", "{t '1'}", "\n", "\r\n", "\t", " ", "  a  ", "NULL", "true", "0x41", "e'\\x41'", "\u2018", "\u201D",
        "\u02BC", "\uFF07", "ż", "日本", "🐢", "a\u0301", "\u200B", "\u202E", "\x01", "\x1A", "\x7F"};
    return all;
}

struct Hostile : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key, az::autoincrement(false)};
    az::Column<std::string> word{*this, "word", az::Text{}};
    explicit Hostile(az::MetaData& metadata) : az::Table{"hostile", metadata} {}
};

asio::awaitable<std::vector<std::string>> words_of(az::Connection& connection, const Hostile& table) {
    const auto query = az::select(table.word).order_by(table.id);
    const auto found = co_await connection.scalars(query);
    co_return found.all();
}

asio::awaitable<void> as_values(az::Engine engine) {
    az::MetaData metadata;
    const Hostile table{metadata};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const auto& words = hostile();

    std::vector<std::tuple<std::int64_t, std::string>> rows;
    for (std::size_t i = 0; i < words.size(); ++i) rows.emplace_back(static_cast<std::int64_t>(i), words[i]);
    const auto batch = az::insert(table).columns(table.id, table.word);
    co_await connection.execute(batch, rows);
    const auto batched = co_await words_of(connection, table);
    CHECK(batched == words);

    co_await connection.execute(az::delete_(table));
    for (const auto& [id, word] : rows) {
        const auto insert = az::insert(table).values(table.id = id, table.word = word);
        co_await connection.run(az::literal_sql(insert, engine.dialect()));
    }
    const auto written = co_await words_of(connection, table);
    CHECK(written == words);

    const auto in = az::select(table.id).where(table.word.in(words)).order_by(table.id);
    const auto all = co_await connection.execute(in);
    CHECK(all.all().size() >= words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
        INFO("the word " << words[i]);
        const auto& word = words[i];
        const auto id = static_cast<std::int64_t>(i);
        // The comparison of a database may take two of them for one, so the key is asked for as well.
        const auto equal = az::select(table.word).where(table.word == word, table.id == id);
        const auto bound = co_await connection.scalar(equal);
        CHECK(bound == word);
        const auto contained = az::select(table.id).where(
            table.word.contains(word, az::autoescape), table.id == id);
        const auto liked = co_await connection.scalar(contained);
        CHECK(liked == id);
        const auto raw = az::text("SELECT word FROM hostile WHERE word = :w AND id = :i").bind("w", word).bind("i", id);
        const auto by_name = co_await connection.execute(raw);
        CHECK(by_name.one().get<std::string>(0) == word);
        const auto echo = co_await connection.scalar(az::select(az::literal(word).label("w")));
        CHECK(echo == word);
    }
    co_await connection.commit();

    const std::string zero{"a\0b", 3};
    bool refused = false;
    try {
        const auto insert = az::insert(table).values(table.id = std::int64_t{-1}, table.word = zero);
        co_await connection.execute(insert);
        const auto kept = co_await connection.scalar(az::select(table.word).where(table.id == std::int64_t{-1}));
        CHECK(kept == zero); // where the database keeps it, all of it is kept
    } catch (const az::DataError&) {
        refused = true;
    }
    const bool keeps_zero = engine.dialect()->name() == "mysql" || engine.dialect()->name() == "mariadb";
    CHECK(refused == !keeps_zero);
    CHECK_THROWS_AS(az::literal_sql(az::select(az::literal(zero)), engine.dialect()), az::CompileError);
    co_await connection.rollback();
    co_await connection.close();
    co_await metadata.drop_all(engine);
}

asio::awaitable<void> as_documents(az::Engine engine) {
    az::MetaData metadata;
    az::Table documents{"hostile_document", metadata};
    const auto id = documents.add_column("id", az::BigInteger{}, az::primary_key, az::autoincrement(false));
    const auto body = documents.add_column("body", az::JsonType{});
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    std::int64_t key = 0;
    for (const auto& word : hostile()) {
        INFO("the word " << word);
        const az::Json document{{word, word}};
        const auto insert = az::insert(documents).values(id = ++key, body = document);
        co_await connection.execute(insert);
        const auto row = co_await connection.execute(az::select(body).where(id == key));
        const auto read = az::wire::parse_json(std::get<az::JsonText>(row.one()[0].variant()).text);
        CHECK(read == document);
    }
    co_await connection.commit();
    co_await connection.close();
    co_await metadata.drop_all(engine);
}

/// One table with hostile names for itself, its columns, its defaults and its comment.
asio::awaitable<void> as_names(az::Engine engine) {
    const bool is_mysql = engine.dialect()->name() == "mysql" || engine.dialect()->name() == "mariadb";
    for (const auto& word : hostile()) {
        const auto name = "t" + word + "t"; // MariaDB takes no blank at the end of a name
        // MariaDB's names have no characters beyond the basic plane.
        if (is_mysql && word == "🐢") continue;
        INFO("the name " << name);
        az::MetaData metadata;
        az::Table table{name, metadata};
        const auto id = table.add_column("id", az::Integer{}, az::primary_key, az::autoincrement(false));
        const auto column = table.add_column("c" + word + "c", az::String{100}, az::server_default(word), az::comment(word));
        table.comment(word);
        co_await metadata.create_all(engine);
        auto connection = co_await engine.connect();
        co_await connection.execute(az::insert(table).values(id = 1));
        co_await connection.execute(az::insert(table).values(id = 2, column = word));
        const auto alias = az::alias(table, "a" + word + "a");
        const auto label = "l" + word + "l";
        const auto query =
            az::select(alias.c("c" + word + "c").label(label)).where(alias.c("id") > 0).order_by(alias.c("id"));
        const auto rows = co_await connection.execute(query);
        REQUIRE(rows.all().size() == 2);
        CHECK(rows.keys().front() == label);
        for (const auto& cells : rows) CHECK(cells[0] == az::Value{word});
        co_await connection.execute(az::update(table).values(column = word).where(column == word));
        co_await connection.commit();
        co_await connection.close();
        co_await metadata.drop_all(engine);
    }
    az::MetaData metadata;
    az::Table table{std::string("a\0b", 3), metadata};
    table.add_column("id", az::Integer{}, az::primary_key);
    bool refused = false;
    try {
        co_await metadata.create_all(engine);
    } catch (const az::CompileError&) {
        refused = true;
    }
    CHECK(refused);
}

asio::awaitable<void> as_members(az::Engine engine) {
    std::vector<std::string> members;
    for (const auto& word : hostile())
        if (word.find_first_not_of(" ") != std::string::npos && word != "  a  " && word.find(',') == std::string::npos)
            members.push_back(word + "!"); // MariaDB cuts blanks at the end
    for (const bool native : {true, false}) {
        az::MetaData metadata;
        az::Table table{native ? "hostile_member" : "hostile_word", metadata};
        const auto id = table.add_column("id", az::BigInteger{}, az::primary_key, az::autoincrement(false));
        const auto member =
            table.add_column("member", az::Enum{members, "hostile'\"type"}.native_enum(native).create_constraint());
        co_await metadata.create_all(engine);
        auto connection = co_await engine.connect();
        std::vector<std::tuple<std::int64_t, std::string>> rows;
        for (const auto& word : members) rows.emplace_back(static_cast<std::int64_t>(rows.size()), word);
        const auto batch = az::insert(table).columns(id, member);
        co_await connection.execute(batch, rows);
        const auto read = co_await connection.execute(az::select(member).order_by(id));
        std::vector<std::string> kept;
        for (const auto& cells : read) kept.push_back(std::get<std::string>(cells[0].variant()));
        CHECK(kept == members);
        co_await connection.commit();
        co_await connection.close();
        co_await metadata.drop_all(engine);
    }
}

} // namespace

TEST_CASE("hostile strings: as values, bound or written, they come back", "[integration][types]") {
    Backend backend{backend_name()};
    backend.run(as_values(backend.engine()));
}

TEST_CASE("hostile strings: as keys and values of documents", "[integration][types]") {
    Backend backend{backend_name()};
    backend.run(as_documents(backend.engine()));
}

TEST_CASE("hostile strings: as names of tables, columns, aliases and labels, in defaults and comments",
          "[integration][types][core.compile.identifier_quoting]") {
    Backend backend{backend_name()};
    backend.run(as_names(backend.engine()));
}

TEST_CASE("hostile strings: as members of enumerations", "[integration][types]") {
    Backend backend{backend_name()};
    backend.run(as_members(backend.engine()));
}
