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
