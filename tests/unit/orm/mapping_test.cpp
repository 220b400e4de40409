// SPDX-License-Identifier: MIT
// What map() makes of a class, and what it refuses.
#include "support/catch.hpp"
#include "support/domain.hpp"

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/orm/session_state.hpp>

namespace az = azoth;
using az::col;
using namespace domain;

TEST_CASE("mapping: attributes take name, type and nullability from the member",
          "[orm][mapping][orm.core.static_mapping][orm.map.declarative][orm.col.mapped_column]"
          "[orm.col.nullability]") {
    const auto& mapper = az::mapper_of<Author>();
    REQUIRE(mapper.class_name == "Author");
    REQUIRE(mapper.attributes.size() == 3);
    const auto& table = mapper.table->data();
    CHECK(table.find("id")->type == az::BigInteger{});
    CHECK_FALSE(table.find("name")->nullable);
    CHECK(table.find("motto")->nullable);
    CHECK(table.find("name")->type == az::String{60});
    CHECK(table.autoincrement_column() == table.find("id"));
}

TEST_CASE("mapping: a foreign key by member pointer names table and column", "[orm][mapping]") {
    const auto& key = az::mapper_of<Book>().table->data().foreign_keys.at(0);
    CHECK(key.target_table == "author");
    CHECK(key.target_columns == std::vector<azoth::QuotedName>{"id"});
    CHECK(key.columns == std::vector<std::string>{"author_id"});
}

TEST_CASE("mapping: directions and both sides are found",
          "[orm][mapping][orm.rel.one_to_many][orm.backpop.back_populates][orm.joincond.auto]") {
    const auto& author = az::mapper_of<Author>();
    const auto& books = author.relationships[author.relationship_index("books")];
    CHECK(books.direction == az::orm::Direction::one_to_many);
    CHECK(books.target == &az::mapper_of<Book>());
    CHECK(books.target->relationships[static_cast<std::size_t>(books.reverse)].name == "author");
    const auto& node = az::mapper_of<Node>();
    CHECK(node.relationships[node.relationship_index("parent")].direction == az::orm::Direction::many_to_one);
    CHECK(node.relationships[node.relationship_index("children")].direction == az::orm::Direction::one_to_many);
}

TEST_CASE("mapping: entities and attributes render as their columns",
          "[orm][sql][orm.core.class_vs_instance][orm.select.join_rel]") {
    const auto sqlite = az::dialects::sqlite();
    CHECK(az::compile(az::select<Author>().where(col<&Author::name> == "x"), sqlite).sql()
          == "SELECT author.id, author.name, author.motto FROM author WHERE author.name = ?");
    CHECK(az::compile(az::select<Book>().join<&Book::author>().where(col<&Author::name> == "x"), sqlite).sql()
          == "SELECT book.id, book.title, book.pages, book.author_id FROM book JOIN author ON author.id = book.author_id "
             "WHERE author.name = ?");
    CHECK(az::compile(az::select<Author, Book>().join<&Author::books>(), sqlite).sql()
          == "SELECT author.id, author.name, author.motto, book.id AS id_1, book.title, book.pages, book.author_id FROM author "
             "JOIN book ON author.id = book.author_id");
    CHECK(az::compile(az::update<Author>().values(col<&Author::motto> = az::null).where(col<&Author::id> == 1), sqlite).sql()
          == "UPDATE author SET motto=? WHERE author.id = ?");
}

TEST_CASE("mapping: cascades are read and unknown ones refused", "[orm][mapping]") {
    const auto all = az::orm::parse_cascade("all, delete-orphan");
    CHECK(all.save_update);
    CHECK(all.delete_);
    CHECK(all.delete_orphan);
    CHECK_FALSE(az::orm::parse_cascade("none").save_update);
    CHECK_THROWS_AS(az::orm::parse_cascade("everything"), az::ArgumentError);
    CHECK_THROWS_AS(az::orm::parse_cascade("delete-orphan"), az::ArgumentError);
}

namespace {

struct Keyless : az::Model<Keyless> {
    az::Mapped<std::string> name;
    static void map(az::Mapper<Keyless>& m) {
        m.table("keyless");
        m.column<&Keyless::name>();
    }
};
struct Tableless : az::Model<Tableless> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Tableless>& m) { m.column<&Tableless::id>(az::primary_key); }
};
struct Unconnected : az::Model<Unconnected> {
    az::Mapped<std::int64_t> id;
    az::Related<Node> node;
    static void map(az::Mapper<Unconnected>& m) {
        m.table("unconnected");
        m.column<&Unconnected::id>(az::primary_key);
        m.relationship<&Unconnected::node>();
    }
};

template <class F>
std::string message_of(F f) {
    try {
        f();
    } catch (const az::Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

} // namespace

TEST_CASE("mapping: what map() leaves out is said", "[orm][mapping][orm.joincond.auto]") {
    CHECK(message_of([] { (void)az::mapper_of<Keyless>(); }).find("has no primary key") != std::string::npos);
    CHECK(message_of([] { (void)az::mapper_of<Tableless>(); }).find("must come first") != std::string::npos);
    CHECK(message_of([] { (void)az::mapper_of<Unconnected>(); }).find("no foreign key connects") != std::string::npos);
}

TEST_CASE("attributes: unset and expired ones say what to do", "[orm][attribute][orm.map.defaults_none]") {
    auto author = az::make<Author>();
    CHECK(message_of([&] { (void)*author->name; }).find("Author::name has not been set") != std::string::npos);
    CHECK(*author->motto == std::nullopt); // a nullable attribute of a new object is NULL
    author->name = "Ann";
    CHECK(*author->name == "Ann");
    CHECK(author->name->size() == 3);
    CHECK(author->name == "Ann");
}

TEST_CASE("attributes: an object made by hand is refused", "[orm][session]") {
    az::orm::SessionState session;
    Author author;
    CHECK_THROWS_AS(session.add(author), az::ArgumentError);
}
