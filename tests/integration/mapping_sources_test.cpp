// SPDX-License-Identifier: MIT
// Where a mapping comes from: a struct mapped from outside, tables that the database describes, other rows than a table's.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/on_each_database.hpp"

#include <cctype>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;
using Catch::Matchers::Contains;

namespace {
namespace domain {

// Knows nothing of what maps it.
struct Country {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
};
struct Customer {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> country_id;
    az::Related<az::Imperative<Country>> country;
    int visits = 0;

    [[nodiscard]] std::string greeting() const { return "Dear " + *name; }
};

struct Tables {
    az::MetaData metadata;
    az::Table countries{"country", metadata}, customers{"customer", metadata};
    Tables() {
        countries.add_column("id", az::Integer{}, az::primary_key);
        countries.add_column("name", az::String{30}, az::not_null);
        customers.add_column("id", az::Integer{}, az::primary_key);
        customers.add_column("full_name", az::String{30}, az::not_null);
        customers.add_column("country_id", az::Integer{}, az::foreign_key("country.id"));
    }
};
const Tables& tables() {
    static const Tables made;
    return made;
}

} // namespace domain
} // namespace

template <>
struct az::MapImperatively<domain::Country> {
    static void map(az::Mapper<az::Imperative<domain::Country>>& m) {
        m.table(domain::tables().countries);
        m.columns<&domain::Country::id, &domain::Country::name>();
    }
};
template <>
struct az::MapImperatively<domain::Customer> {
    static void map(az::Mapper<az::Imperative<domain::Customer>>& m) {
        m.table(domain::tables().customers);
        m.column<&domain::Customer::id>();
        m.column<&domain::Customer::name>("full_name");
        m.column<&domain::Customer::country_id>();
        m.relationship<&domain::Customer::country>();
    }
};

namespace {

using CustomerEntity = az::Imperative<domain::Customer>;
using CountryEntity = az::Imperative<domain::Country>;

asio::awaitable<void> plain_structs_are_mapped_from_outside(az::Engine engine) {
    co_await domain::tables().metadata.create_all(engine);
    CHECK(az::mapper_of<CustomerEntity>().class_name == "Customer");
    az::Registry models;
    models.add<CustomerEntity>();
    CHECK(models.find("Customer") == &az::mapper_of<CustomerEntity>());
    az::Session session{engine};
    auto ann = az::make<CustomerEntity>(col<&domain::Customer::name> = "Ann");
    ann->country = az::make<CountryEntity>(col<&domain::Country::name> = "Erehwon");
    ann->visits = 3;
    session.add(ann);
    co_await session.commit();
    session.expunge_all();
    ann.reset();

    auto statement = az::select<CustomerEntity>().where(col<&domain::Customer::name> == "Ann").options(az::selectinload<&domain::Customer::country>());
    auto found = (co_await session.scalars(statement)).one();
    const std::shared_ptr<domain::Customer> customer = found; // an object of the domain's class
    CHECK(customer->greeting() == "Dear Ann");
    CHECK(customer->visits == 0);
    CHECK(*customer->country->name == "Erehwon");
    customer->name = "Bea";
    co_await session.commit();
    auto joined = az::select(col<&domain::Customer::name>, col<&domain::Country::name>).select_from<CustomerEntity>().join<&domain::Customer::country>();
    const auto row = (co_await session.execute(joined)).one();
    CHECK(row == std::tuple<std::string, std::string>{"Bea", "Erehwon"});
    co_await session.delete_(found);
    co_await session.commit();
    CHECK((co_await session.scalars(az::select<CustomerEntity>())).all().empty());
}

// ---- tables that are in the database only ----------------------------------------------------------------------------------

az::Registry& library() {
    static az::Registry registry;
    return registry;
}

struct Author;
struct Book : az::Model<Book> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> title;
    az::Mapped<std::int64_t> author_id;
    az::Related<Author> author;
    az::Collection<Author> readers;
    static void map(az::Mapper<Book>& m);
};
struct Author : az::Model<Author> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Book> books;
    static void map(az::Mapper<Author>& m) {
        m.reflected_table(library(), "author");
        m.columns<&Author::id, &Author::name>();
        m.relationship<&Author::books>(az::back_populates<&Book::author>());
    }
};
void Book::map(az::Mapper<Book>& m) {
    m.reflected_table(library(), "book");
    m.columns<&Book::id, &Book::title, &Book::author_id>();
    m.relationship<&Book::author>(az::back_populates<&Author::books>());
    m.relationship<&Book::readers>(az::secondary("book_reader")); // read from the database as well
}
struct Lost : az::Model<Lost> {
    az::Mapped<std::int64_t> id;
    static void map(az::Mapper<Lost>& m) {
        m.reflected_table(library(), "lost");
        m.columns<&Lost::id>();
    }
};
// Linked with one that has to wait.
struct Review : az::Model<Review> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::int64_t> book_id;
    az::Related<Book> book;
    static void map(az::Mapper<Review>& m) {
        m.table("review");
        m.column<&Review::id>(az::primary_key);
        m.column<&Review::book_id>(az::foreign_key<&Book::id>());
        m.relationship<&Review::book>();
    }
};

asio::awaitable<void> make_library(az::Engine engine) {
    auto connection = co_await engine.connect();
    for (const char* ddl :
         {"CREATE TABLE author (id INTEGER PRIMARY KEY, full_name VARCHAR(30) NOT NULL)",
          "CREATE TABLE book (id INTEGER PRIMARY KEY, title VARCHAR(30) NOT NULL, isbn VARCHAR(20), author_id INTEGER NOT NULL REFERENCES author (id))",
          "CREATE TABLE book_reader (the_book INTEGER NOT NULL, the_reader INTEGER NOT NULL, PRIMARY KEY (the_book, the_reader), "
          "FOREIGN KEY (the_book) REFERENCES book (id), FOREIGN KEY (the_reader) REFERENCES author (id))"}) {
        auto statement = az::text(ddl);
        (void)co_await connection.execute(statement);
    }
    co_await connection.commit();
}

asio::awaitable<void> use_library(az::Engine engine) {
    az::Session session{engine};
    auto author = az::make<Author>(col<&Author::id> = 1, col<&Author::name> = "Lem");
    auto book = az::make<Book>(col<&Book::id> = 1, col<&Book::title> = "Solaris");
    author->books.append(book);
    book->readers.append(author);
    session.add(author);
    co_await session.commit();
    session.expunge_all();
    auto found = (co_await session.scalars(az::select<Book>().options(az::selectinload<&Book::readers>()))).one();
    REQUIRE(found->readers.size() == 1);
    CHECK(*found->readers[0]->name == "Lem");
    const auto of = co_await found->author.load();
    CHECK(of == found->readers[0]);
}

asio::awaitable<void> classes_wait_for_their_tables(az::Engine engine) {
    // On the first database the classes are prepared; their mapping is theirs, so later ones only have the same tables.
    static bool prepared = false;
    co_await make_library(engine);
    if (!prepared) {
        CHECK_THROWS_WITH(az::mapper_of<Book>(), Contains("Book") && Contains("has not been reflected"));
        CHECK_THROWS_AS(az::mapper_of<Review>(), az::MappingDeferredError);
        CHECK_THROWS_AS(az::select<Author>(), az::MappingDeferredError);
        library().metadata().column_reflect([](const az::ReflectedTable& table, az::ReflectedColumn& column) {
            if (table.name == "author" && column.name == "full_name") column.key = "name";
        });
        co_await az::prepare<Book, Author>(library(), engine);
        prepared = true;
    }
    CHECK(library().find("Book") == &az::mapper_of<Book>());
    CHECK(library().metadata().contains("book_reader"));
    const auto& table = az::mapper_of<Book>().table->data();
    CHECK(table.find("isbn") != nullptr);                      // it is known, and not mapped
    CHECK(az::mapper_of<Book>().find("isbn") == nullptr);
    CHECK(table.find("title")->type.length == 30);             // of the database
    CHECK(az::mapper_of<Book>().relationships[1].secondary->data().find("the_book") != nullptr);
    CHECK(az::mapper_of<Review>().relationships[0].target == &az::mapper_of<Book>()); // what waited works now
    co_await use_library(engine);
    std::string missing;
    try {
        co_await az::prepare<Lost>(library(), engine);
    } catch (const az::InvalidRequestError& error) {
        missing = error.what();
    }
    CHECK_THAT(missing, Contains("lost"));
}

// A class on tables that were reflected before: one class for each database, since a mapping is made once.
template <int N>
az::Registry& reflected_registry() {
    static az::Registry registry;
    return registry;
}
template <int N>
struct Shelf : az::Model<Shelf<N>> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> label;
    az::Mapped<std::optional<std::int64_t>> width;
    static void map(az::Mapper<Shelf>& m) {
        m.registry(reflected_registry<N>());
        m.table(reflected_registry<N>().metadata().table("shelf"));
        m.template columns<&Shelf::id, &Shelf::label, &Shelf::width>();
    }
};

asio::awaitable<std::string> label_in_the_table(az::Session& session) {
    auto text = az::text("SELECT shelf_label FROM shelf WHERE id = 4 AND dust IS NULL");
    const auto row = (co_await session.execute(text)).one();
    co_return row.get<std::string>(0);
}

template <int N>
asio::awaitable<void> maps_reflected_tables(az::Engine engine) {
    {
        auto connection = co_await engine.connect();
        auto statement = az::text("CREATE TABLE shelf (id INTEGER PRIMARY KEY, shelf_label VARCHAR(30) NOT NULL, shelf_width VARCHAR(10), dust INTEGER)");
        (void)co_await connection.execute(statement);
        co_await connection.commit();
    }
    az::Registry& models = reflected_registry<N>();
    models.metadata().column_reflect([](const az::ReflectedTable&, az::ReflectedColumn& column) {
        if (column.name.starts_with("shelf_")) column.key = column.name.substr(6); // called otherwise in code
        if (column.name == "shelf_label") column.type = az::Text{};
    });
    co_await models.metadata().reflect(engine, az::ReflectOptions().only("shelf"));
    models.add<Shelf<N>>();
    const auto& table = az::mapper_of<Shelf<N>>().table->data();
    CHECK(table.find("shelf_label")->type == az::Text{});
    CHECK(table.find("shelf_label")->key == "label");
    az::Session session{engine};
    auto shelf = az::make<Shelf<N>>();
    shelf->id = 4;
    shelf->label = "top";
    session.add(shelf);
    co_await session.commit();
    const std::string label = co_await label_in_the_table(session);
    CHECK(label == "top");
}

// ---- one class, other rows -------------------------------------------------------------------------------------------------

struct Score : az::Model<Score> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> player;
    az::Mapped<std::int64_t> points;
    static void map(az::Mapper<Score>& m) {
        m.table("score");
        m.column<&Score::id>(az::primary_key);
        m.column<&Score::player>(az::String{20});
        m.columns<&Score::points>();
    }
};

asio::awaitable<void> other_rows_of_a_class(az::Engine engine) {
    az::Registry models;
    models.add<Score>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    for (int i = 1; i <= 6; ++i)
        session.add(az::make<Score>(col<&Score::player> = i % 2 == 0 ? "even" : "odd", col<&Score::points> = 10 * i));
    co_await session.commit();
    auto first = (co_await session.scalars(az::select<Score>().order_by(col<&Score::points>).limit(1))).one();

    const auto best = az::aliased<Score>(az::select<Score>().order_by(col<&Score::points>.desc()).limit(3).subquery("best"));
    auto statement = az::select(best).where(best[col<&Score::player>] == "even").order_by(best[col<&Score::points>]);
    std::vector<std::int64_t> points;
    for (const auto& score : co_await session.scalars(statement)) points.push_back(*score->points);
    CHECK(points == std::vector<std::int64_t>{40, 60});

    // The same objects, whichever rows they came from; changes are written to the table.
    const auto low = az::aliased<Score>("low"), high = az::aliased<Score>("high");
    auto pairs = az::select(low, high).where(low[col<&Score::player>] == high[col<&Score::player>], low[col<&Score::points>] + 40 == high[col<&Score::points>]);
    const auto pair = (co_await session.execute(pairs.order_by(low[col<&Score::points>]).limit(1))).one();
    CHECK(std::get<0>(pair) == first);
    CHECK(*std::get<1>(pair)->points == 50);
    std::get<1>(pair)->points = 51;
    co_await session.commit();
    const auto all = co_await session.scalar(az::select(az::func::max(col<&Score::points>)).where(col<&Score::player> == "odd"));
    CHECK(all == 51);
    CHECK(&az::inspect(low).mapper() == &az::inspect<Score>()); // one mapping
}

asio::awaitable<void> what_can_be_inspected(az::Engine engine) {
    az::Registry models;
    models.add<Score>();
    co_await models.metadata().create_all(engine);
    auto of_engine = az::inspect(engine);
    const auto names = co_await of_engine.get_table_names();
    CHECK(names == std::vector<std::string>{"score"});
    {
        auto connection = co_await engine.connect();
        auto of_connection = az::inspect(connection);
        const bool there = co_await of_connection.has_table("score");
        CHECK(there);
        co_await connection.close();
    }
    const auto& table = models.metadata().table("score");
    CHECK(&az::inspect(table) == &table);
    CHECK(az::inspect<Score>().class_name == "Score");
    CHECK(az::inspect(az::aliased<Score>("s")).name() == "s");
    az::Session session{engine};
    auto score = az::make<Score>(col<&Score::player> = "x", col<&Score::points> = 1);
    session.add(score);
    CHECK(az::inspect(score).pending());
    co_await session.commit();
    CHECK(az::inspect(*score).persistent());
    CHECK_THROWS_AS(az::inspect(std::shared_ptr<Score>{}), az::NoInspectionAvailable);
}

} // namespace

ON_EACH_DATABASE("mapping: a plain struct is mapped from outside", "[orm.map.imperative]", plain_structs_are_mapped_from_outside)
ON_EACH_DATABASE("mapping: other rows than its table's stand for a class by an alias", "[orm.nontrad.one_mapper]", other_rows_of_a_class)
ON_EACH_DATABASE("mapping: inspect() of all that can be inspected", "[orm.inspect.api][core.inspect.registry]", what_can_be_inspected)

// A mapping is made once for all databases, so these go through them in one test.
TEST_CASE("mapping: classes without columns of their own wait until their tables are read", "[integration][orm][orm.map.deferred_reflection]") {
    for (const auto& database : backend_names()) {
        INFO("database: " << database);
        Backend backend{database};
        backend.run(classes_wait_for_their_tables(backend.engine()));
    }
}

TEST_CASE("mapping: classes on tables that were reflected before", "[integration][orm][orm.map.reflected]") {
    const auto names = backend_names();
    REQUIRE(names.size() <= 4);
    const std::vector<asio::awaitable<void> (*)(az::Engine)> bodies{
        &maps_reflected_tables<0>, &maps_reflected_tables<1>, &maps_reflected_tables<2>, &maps_reflected_tables<3>};
    for (std::size_t i = 0; i < names.size(); ++i) {
        INFO("database: " << names[i]);
        Backend backend{names[i]};
        backend.run(bodies[i](backend.engine()));
    }
}
