// SPDX-License-Identifier: MIT
// Dialects and drivers of one's own, by name; types that are written otherwise on one dialect.
#include "support/catch.hpp"

#include <memory>
#include <string>
#include <vector>

#include <azoth/core.hpp>
#include <azoth/driver/driver.hpp>
#include <azoth/engine/engine.hpp>

#include "support/run.hpp"

using namespace azoth;
using Catch::Matchers::Contains;

namespace {

/// Speaks SQLite's SQL, connects to nothing.
class Nowhere final : public driver::Driver {
public:
    explicit Nowhere(std::shared_ptr<const Dialect> dialect) : dialect_(std::move(dialect)) {}
    [[nodiscard]] std::shared_ptr<const Dialect> dialect(const Url&) const override { return dialect_; }
    [[nodiscard]] asio::awaitable<std::unique_ptr<driver::Connection>> connect(asio::any_io_executor, Url) const override {
        throw InvalidRequestError("nowhere to connect to");
        co_return nullptr;
    }
    [[nodiscard]] bool single_connection(const Url&) const override { return false; }
    void validate(const Url& url) const override {
        for (const auto& [key, value] : url.query)
            if (key != "known") throw ArgumentError("nowhere has no option '" + key + "'");
    }

private:
    std::shared_ptr<const Dialect> dialect_;
};

} // namespace

TEST_CASE("a dialect is registered by its name, or by that and a driver's", "[dialect][core.dialect.registry]") {
    driver::register_driver("nowhere", std::make_shared<Nowhere>(dialects::sqlite()));
    driver::register_driver("nowhere+pg", std::make_shared<Nowhere>(dialects::postgresql()));
    asio::io_context io;
    const auto plain = create_engine(io.get_executor(), "nowhere://host/database?known=1");
    const auto other = create_engine(io.get_executor(), "nowhere+pg://host/database");
    CHECK(plain.dialect()->name() == "sqlite");
    CHECK(other.dialect()->name() == "postgresql");
    CHECK_THROWS_WITH(create_engine(io.get_executor(), "nowhere://host/database?wrong=1"), Contains("'wrong'"));
    CHECK_THROWS_AS(create_engine(io.get_executor(), "nowhere+third://host"), NoSuchModuleError);
    CHECK_THROWS_WITH(driver::find_driver("elsewhere"), Contains("nowhere+pg")); // says what there is
    CHECK_THROWS_AS(driver::register_driver("", std::make_shared<Nowhere>(dialects::sqlite())), ArgumentError);
    CHECK_THROWS_AS(driver::register_driver("nowhere", nullptr), ArgumentError);
    // Connecting is the driver's, and says what it says.
    testing::run(io, [&]() -> asio::awaitable<void> {
        bool refused = false;
        try {
            auto connection = co_await plain.connect();
        } catch (const InvalidRequestError& error) {
            refused = std::string{error.what()}.find("nowhere to connect") != std::string::npos;
        }
        CHECK(refused);
    });
    // Another takes its name; engines keep what they have.
    driver::register_driver("nowhere", std::make_shared<Nowhere>(dialects::mysql()));
    CHECK(create_engine(io.get_executor(), "nowhere://host").dialect()->name() == "mysql");
    CHECK(plain.dialect()->name() == "sqlite");
}

TEST_CASE("a type's DDL is replaced on one dialect", "[types][core.ctype.compile_override]") {
    MetaData metadata;
    Table t{"t", metadata};
    t.add_column("id", Integer{}, primary_key);
    t.add_column("big", BigInteger{}.with_variant(UserDefinedType{"BIGINT UNSIGNED"}, "mysql").with_variant(UserDefinedType{"INT8"}, "sqlite"));
    const auto ddl = [&](const std::shared_ptr<const Dialect>& dialect) { return compile(CreateTable{t}, dialect).sql(); };
    CHECK_THAT(ddl(dialects::mysql()), Contains("big BIGINT UNSIGNED"));
    CHECK_THAT(ddl(dialects::sqlite()), Contains("big INT8"));
    CHECK_THAT(ddl(dialects::postgresql()), Contains("big BIGINT"));
    const auto cast_text = compile(select(cast(literal(1), t.c("big").type())), dialects::sqlite()).sql();
    CHECK_THAT(cast_text, Contains("AS INT8")); // wherever its name is written
    CHECK(t.c("big").type().is_integer());      // values are what they were
}

TEST_CASE("what a trigger makes is no default of the DDL's", "[schema]") {
    MetaData metadata;
    Table t{"t", metadata};
    t.add_column("id", Integer{}, primary_key);
    t.add_column("stamp", DateTime{}, server_default(FetchedValue{}), server_onupdate(FetchedValue{}));
    t.add_column("plain", Integer{});
    for (const auto& dialect : {dialects::postgresql(), dialects::sqlite(), dialects::mysql()})
        CHECK(compile(CreateTable{t}, dialect).sql().find("DEFAULT") == std::string::npos);
    CHECK(compile(insert(t).values(t.c("plain") = 1), dialects::sqlite()).sql() == "INSERT INTO t (plain) VALUES (?)");
    CHECK(compile(insert(t).values(t.c("plain") = 1).return_defaults(), dialects::postgresql()).sql()
          == "INSERT INTO t (plain) VALUES ($1) RETURNING t.id, t.stamp");
    CHECK(compile(update(t).values(t.c("plain") = 1).return_defaults(), dialects::postgresql()).sql()
          == "UPDATE t SET plain=$1 RETURNING t.stamp");
    CHECK(compile(update(t).values(t.c("plain") = 1).return_defaults(t.c("id")), dialects::postgresql()).sql()
          == "UPDATE t SET plain=$1");
    // A key that a trigger makes does not generate itself.
    Table keyed{"keyed", metadata};
    keyed.add_column("id", Integer{}, primary_key, server_default(FetchedValue{}));
    CHECK(keyed.data().autoincrement_column() == nullptr);
}
