// SPDX-License-Identifier: MIT
// Decorated types on every database: converted on the way in, singly and in batches, and on the way out, typed and untyped.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>

namespace az = azoth;

namespace {

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

az::Value text(std::string value) { return az::Value{std::move(value)}; }

/// Stored backwards; NULL as "-".
az::TypeDecorator backwards() {
    const auto bind = [](const az::Value& value, std::string_view) {
        if (value.is_null()) return text("-");
        const auto& word = std::get<std::string>(value.variant());
        return text({word.rbegin(), word.rend()});
    };
    const auto result = [](const az::Value& value, std::string_view) {
        const auto& word = std::get<std::string>(value.variant());
        return word == "-" ? az::Value{} : text({word.rbegin(), word.rend()});
    };
    return az::TypeDecorator{az::String{20}}.process_bind_param(bind).process_result_value(result);
}

struct Words : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key, az::autoincrement(false)};
    az::Column<std::optional<std::string>> word{*this, "word", backwards()};
    explicit Words(az::MetaData& metadata) : az::Table{"word", metadata} {}
};

asio::awaitable<void> convert(az::Engine engine) {
    az::MetaData metadata;
    const Words words{metadata};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();
    const std::string one = "one";
    const auto insert = az::insert(words).values(words.id = std::int64_t{1}, words.word = one);
    co_await connection.execute(insert);
    const std::vector<std::tuple<std::int64_t, std::optional<std::string>>> rows{{2, "two"}, {3, std::nullopt}};
    const auto batch = az::insert(words).columns(words.id, words.word);
    co_await connection.execute(batch, rows);

    const auto stored = co_await connection.execute(az::text("SELECT word FROM word ORDER BY id"));
    std::vector<std::string> raw;
    for (const auto& row : stored) raw.push_back(row.get<std::string>(0));
    CHECK(raw == std::vector<std::string>{"eno", "owt", "-"});

    const auto typed = co_await connection.execute(az::select(words.id, words.word).order_by(words.id));
    std::vector<std::optional<std::string>> read;
    for (const auto& [id, word] : typed) read.push_back(word);
    CHECK(read == std::vector<std::optional<std::string>>{"one", "two", std::nullopt});

    const auto untyped = co_await connection.execute(az::select(words.c("word")).where(words.c("id") == 2));
    CHECK(untyped.one()[0] == text("two"));
    const auto found = co_await connection.scalar(az::select(words.id).where(words.word == one));
    CHECK(found == 1);
    const std::vector<std::string> two{"two", "three"};
    const auto listed = co_await connection.scalar(az::select(words.id).where(words.word.in(two)));
    CHECK(listed == 2);
    co_await connection.commit();
    co_await connection.close();
    co_await metadata.drop_all(engine);
}

} // namespace

TEST_CASE("decorated types: values are converted both ways on every database",
          "[integration][types][core.ctype.decorator]") {
    Backend backend{backend_name()};
    backend.run(convert(backend.engine()));
}

namespace {

struct Note : az::Model<Note> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::string>> word;
    az::Mapped<std::optional<az::Json>> data;
    static void map(az::Mapper<Note>& m) {
        m.table("decorated_note");
        m.column<&Note::id>(az::primary_key);
        m.column<&Note::word>(backwards().cache_ok());
        m.column<&Note::data>();
    }
};

asio::awaitable<void> convert_objects(az::Engine engine) {
    az::Registry models;
    models.add<Note>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto one = az::make<Note>(az::col<&Note::word> = "one");
    auto none = az::make<Note>(az::col<&Note::word> = az::null);
    session.add_all(one, none);
    co_await session.flush();
    one->word = "two";
    co_await session.commit();
    const auto stored = co_await session.execute(az::text("SELECT word FROM decorated_note ORDER BY id"));
    std::vector<std::string> raw;
    for (const auto& row : stored) raw.push_back(row.get<std::string>(0));
    CHECK(raw == std::vector<std::string>{"owt", "-"});
    session.expunge_all();
    const auto read = co_await session.scalars(az::select<Note>().order_by(az::col<&Note::id>));
    std::vector<std::optional<std::string>> words;
    for (const auto& note : read) words.push_back(*note->word);
    CHECK(words == std::vector<std::optional<std::string>>{"two", std::nullopt});
    co_await session.commit();
}

/// An engine's own way with documents: each in an envelope.
asio::awaitable<void> documents_in_envelopes(Backend& backend, bool& done) {
    az::EngineOptions options;
    options.json_serializer = [](const az::Json& document) { return "{\"envelope\": " + document.dump() + "}"; };
    options.json_deserializer = [](const std::string& text) { return az::Json::parse(text).at("envelope"); };
    const auto engine = backend.make_engine(options);
    az::MetaData metadata;
    az::Table papers{"papers", metadata};
    const auto id = papers.add_column("id", az::Integer{}, az::primary_key, az::autoincrement(false));
    const auto data = papers.add_column("data", az::JsonType{}.with_variant(az::postgresql::JSONB{}, "postgresql"));
    const auto own = papers.add_column(
        "own", az::TypeDecorator{az::JsonType{}}.process_bind_param([](const az::Value& value, std::string_view) { return value; }).cache_ok());
    auto connection = co_await engine.connect();
    co_await metadata.create_all(connection);
    const az::Json document{{"a", az::Json::array({1, nullptr, "x"})}};
    co_await connection.execute(az::insert(papers).values(id = 1, data = document, own = document));
    const std::vector<std::tuple<std::int32_t, az::Json>> rows{{2, az::Json(5)}, {3, az::Json(nullptr)}};
    const auto many = az::insert(papers).columns(id, data);
    co_await connection.execute(many, rows);
    co_await connection.execute(az::insert(papers).values(id = 4, data = az::null)); // SQL's NULL is no document

    const auto stored = co_await connection.execute(az::text("SELECT data FROM papers ORDER BY id"));
    std::vector<az::Json> raw;
    for (const auto& row : stored)
        if (!row[0].is_null()) raw.push_back(az::Json::parse(row.get<std::string>(0)));
    REQUIRE(raw.size() == 3);
    CHECK(raw[0].at("envelope") == document);
    CHECK(raw[1].at("envelope") == 5);
    CHECK(raw[2].at("envelope").is_null());
    const auto read = co_await connection.execute(az::select(data, own).order_by(id));
    const auto all = read.all();
    REQUIRE(all.size() == 4);
    CHECK(all[0].get<az::Json>(0) == document);
    CHECK(all[0].get<az::Json>(1) == document); // a decorated type is its own
    CHECK(all[1].get<az::Json>(0) == 5);
    CHECK(all[2].get<az::Json>(0).is_null());
    CHECK(all[3][0].is_null());

    az::Registry models;
    models.add<Note>();
    co_await models.metadata().create_all(connection);
    co_await connection.commit();
    co_await connection.close();
    {
        az::Session session{engine};
        auto note = az::make<Note>(az::col<&Note::data> = document);
        session.add(note);
        co_await session.commit();
        session.expunge_all();
        const auto again = co_await session.scalars(az::select<Note>().where(az::col<&Note::data>.is_not(az::null)));
        const auto found = again.first();
        REQUIRE(found.has_value());
        CHECK(**(*found)->data == document);
        const auto text = co_await session.execute(az::text("SELECT data FROM decorated_note WHERE data IS NOT NULL"));
        CHECK(az::Json::parse(text.one().get<std::string>(0)).contains("envelope"));
        co_await session.commit();
    }
    co_await engine.dispose();
    done = true;
}

} // namespace

TEST_CASE("decorated types: the unit of work converts, too", "[integration][orm][types][core.ctype.decorator]") {
    Backend backend{backend_name()};
    backend.run(convert_objects(backend.engine()));
}

TEST_CASE("an engine has its own way with JSON documents", "[integration][types][core.engine.json_codec]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(documents_in_envelopes(backend, done));
    CHECK(done);
}
