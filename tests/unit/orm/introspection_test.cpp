// SPDX-License-Identifier: MIT
// What a mapping tells of itself, and inspect() of everything that needs no database.
#include "support/catch.hpp"

#include <string>
#include <vector>

#include <azoth/dialect/dialect.hpp>
#include <azoth/orm.hpp>
#include <azoth/orm/session_state.hpp>
#include <azoth/sql/traverse.hpp>

namespace az = azoth;
using az::col;

namespace {

struct Spot {
    std::int32_t x{}, y{};
    bool operator==(const Spot&) const = default;
};

struct Board;
struct Piece : az::Model<Piece> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::int64_t> board_id;
    az::Mapped<std::int64_t> shouted;
    az::Composite<Spot> spot;
    az::Related<Board> board;

    static void map(az::Mapper<Piece>& m);
};
struct Board : az::Model<Board> {
    az::Mapped<std::string> game;
    az::Mapped<std::int64_t> id;
    az::Collection<Piece> pieces;

    static void map(az::Mapper<Board>& m) {
        m.table("board");
        m.columns<&Board::game>();
        m.column<&Board::id>(az::primary_key);
        m.relationship<&Board::pieces>(az::back_populates<&Piece::board>());
    }
};
inline constexpr auto is_king = az::hybrid<&Piece::name>([](const auto& name) { return name == "king"; });

void Piece::map(az::Mapper<Piece>& m) {
    m.table("piece");
    m.info("owner", "games");
    m.doc("Stands on a board.");
    m.column<&Piece::id>(az::primary_key);
    m.column<&Piece::name>("called", az::String{20}, az::info("shown", "yes"), az::info("shown", "always"), az::doc("What it is called."));
    m.column<&Piece::board_id>(az::foreign_key<&Board::id>());
    m.composite<&Piece::spot>(az::field<&Spot::x>("spot_x"), az::field<&Spot::y>("spot_y"));
    m.column_property<&Piece::shouted>([] { return col<&Piece::id> + std::int64_t{1}; }, az::doc("An expression."));
    m.relationship<&Piece::board>(az::back_populates<&Board::pieces>(), az::info("cut", "no"), az::doc("Where it stands."));
    m.synonym<&Piece::name>("label");
    m.hybrid("is_king", is_king);
}

std::vector<std::string> names_of(const std::vector<az::ColumnRef>& columns) {
    std::vector<std::string> names;
    for (const auto& column : columns) names.push_back(column.name());
    return names;
}

} // namespace

TEST_CASE("mapper: it tells its columns, keys, table, attributes by kind, and the program's words", "[orm][orm.mapper.introspection]") {
    const auto& mapper = az::inspect<Piece>();
    CHECK(&mapper == &az::mapper_of<Piece>());
    CHECK(mapper.class_name == "Piece");
    CHECK(names_of(mapper.columns()) == std::vector<std::string>{"id", "called", "board_id", "spot_x", "spot_y"});
    CHECK(names_of(mapper.primary_key_columns()) == std::vector<std::string>{"id"});
    CHECK(mapper.local_table().name() == "piece");
    CHECK(mapper.selectable() == mapper.local_table().node());

    std::vector<std::string> columns;
    for (const auto* attribute : mapper.column_attrs()) columns.push_back(attribute->name);
    CHECK(columns == std::vector<std::string>{"shouted", "id", "name", "board_id", "spot_x", "spot_y"});
    REQUIRE(mapper.relationships.size() == 1);
    CHECK(mapper.find_relationship("board")->target == &az::mapper_of<Board>());
    CHECK(mapper.find_relationship("nothing") == nullptr);
    REQUIRE(mapper.composites.size() == 1);
    CHECK(mapper.composites[0].name == "spot");
    CHECK(mapper.composites[0].attributes == std::vector<std::string>{"spot_x", "spot_y"});
    REQUIRE(mapper.synonyms.size() == 1);
    CHECK(mapper.synonyms[0].attribute == "name");
    REQUIRE(mapper.hybrids.size() == 1);
    CHECK(az::sql::compare(*mapper.hybrids[0].expression(), *is_king().node()));

    using Kind = az::orm::DescriptorKind;
    std::vector<std::pair<Kind, std::string>> all;
    for (const auto& each : mapper.all_orm_descriptors()) all.emplace_back(each.kind, each.name);
    CHECK(all == std::vector<std::pair<Kind, std::string>>{
        {Kind::column_property, "shouted"}, {Kind::column, "id"}, {Kind::column, "name"}, {Kind::column, "board_id"},
        {Kind::column, "spot_x"}, {Kind::column, "spot_y"}, {Kind::relationship, "board"}, {Kind::composite, "spot"}, {Kind::synonym, "label"},
        {Kind::hybrid, "is_king"}});

    CHECK(mapper.notes.at("owner") == "games");
    CHECK(mapper.doc == "Stands on a board.");
    CHECK(mapper.find("name")->notes.at("shown") == "always"); // the last one counts
    CHECK(mapper.find("name")->doc == "What it is called.");
    CHECK(mapper.find("id")->notes.empty());
    CHECK(mapper.find("shouted")->doc == "An expression.");
    CHECK(mapper.find_relationship("board")->notes.at("cut") == "no");
    CHECK(mapper.find_relationship("board")->doc == "Where it stands.");
    // A key that is not the first column.
    CHECK(names_of(az::inspect<Board>().columns()) == std::vector<std::string>{"game", "id"});
    CHECK(names_of(az::inspect<Board>().primary_key_columns()) == std::vector<std::string>{"id"});
}

TEST_CASE("inspect: objects have a state, classes a mapping, aliases what they stand for, tables themselves", "[orm][inspect]") {
    auto piece = az::make<Piece>(col<&Piece::name> = "king");
    CHECK(az::inspect(piece).transient());
    CHECK(az::inspect(*piece).mapper().class_name == "Piece");
    Piece by_hand;
    CHECK_THROWS_AS(az::inspect(by_hand), az::NoInspectionAvailable);
    CHECK_THROWS_AS(az::inspect(std::shared_ptr<Piece>{}), az::NoInspectionAvailable);

    const auto other = az::aliased<Piece>("other");
    CHECK(&az::inspect(other).mapper() == &az::inspect<Piece>());
    CHECK(az::inspect(other).name() == "other");
    CHECK(az::inspect(other).is_aliased_class());
    CHECK(az::inspect(other).selectable() == other.node());
    CHECK(az::inspect(az::aliased<Piece>()).name().empty());
    CHECK_THROWS_AS(az::inspect(other).attribute("nothing"), az::UnmappedColumnError);

    const auto& table = az::inspect<Piece>().local_table();
    CHECK(&az::inspect(table) == &table);
    const auto rows = az::select<Piece>().subquery("rows");
    CHECK(&az::inspect(rows) == &rows);
}

TEST_CASE("aliased: a class under another name, its expressions too", "[orm][orm.expr.column_property_compose]") {
    const auto sqlite = az::dialects::sqlite();
    const auto a = az::aliased<Piece>("a");
    CHECK(az::compile(az::select(a), sqlite).sql()
          == "SELECT a.id + ? AS anon_1, a.id, a.called, a.board_id, a.spot_x, a.spot_y FROM piece AS a");
    CHECK(az::compile(az::select(a).where(a[col<&Piece::name>] == "x", a[col<&Piece::shouted>] > 3), sqlite).sql()
          == "SELECT a.id + ? AS anon_1, a.id, a.called, a.board_id, a.spot_x, a.spot_y FROM piece AS a WHERE a.called = ? AND a.id + ? > ?");
    // Twice: the same class, independent of each other and of its table.
    const auto b = az::aliased<Piece>(), c = az::aliased<Piece>();
    CHECK(az::compile(az::select(b[col<&Piece::id>], c[col<&Piece::id>], col<&Piece::id>).where(b[col<&Piece::id>] < c[col<&Piece::id>]), sqlite).sql()
          == "SELECT piece_1.id, piece_2.id AS id_1, piece.id AS id_2 FROM piece AS piece_1, piece AS piece_2, piece WHERE piece_1.id < piece_2.id");
}

namespace {

// Expressions made of others, in any order.
struct Person : az::Model<Person> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> given, family;
    az::Mapped<std::string> greeting;
    az::Mapped<std::string> full;
    az::Mapped<std::int64_t> namesakes;

    static void map(az::Mapper<Person>& m) {
        m.table("person");
        m.column<&Person::id>(az::primary_key);
        m.columns<&Person::given, &Person::family>();
        m.column_property<&Person::greeting>([] { return az::literal("Hello ").concat(col<&Person::full>); });
        m.column_property<&Person::full>([] { return col<&Person::given>.concat(col<&Person::family>); });
        m.column_property<&Person::namesakes>([] {
            static const auto other = az::alias(az::mapper_of<Person>().local_table(), "other");
            return az::select(az::func::count()).select_from(other).where(other.c("family") == col<&Person::family>).scalar_subquery();
        });
    }
};
struct Ring : az::Model<Ring> {
    az::Mapped<std::int64_t> id, first, second;
    static void map(az::Mapper<Ring>& m) {
        m.table("ring");
        m.column<&Ring::id>(az::primary_key);
        m.column_property<&Ring::first>([] { return col<&Ring::second> + std::int64_t{1}; });
        m.column_property<&Ring::second>([] { return col<&Ring::first> + std::int64_t{1}; });
    }
};

} // namespace

TEST_CASE("column properties: one is made of another, whichever is mapped first, also under an alias",
          "[orm][orm.expr.column_property_compose]") {
    const auto sqlite = az::dialects::sqlite();
    CHECK(az::compile(az::select(col<&Person::greeting>), sqlite).sql() == "SELECT ? || person.given || person.family AS anon_1 FROM person");
    CHECK(az::compile(az::select(col<&Person::id>).where(col<&Person::full> == "ab"), sqlite).sql()
          == "SELECT person.id FROM person WHERE (person.given || person.family) = ?");
    const auto p = az::aliased<Person>("p");
    CHECK(az::compile(az::select(p[col<&Person::greeting>]).order_by(p[col<&Person::full>]), sqlite).sql()
          == "SELECT ? || p.given || p.family AS anon_1 FROM person AS p ORDER BY p.given || p.family");
    // A correlated subquery follows the alias; what it selects from itself stays.
    CHECK(az::compile(az::select(p[col<&Person::id>], p[col<&Person::namesakes>]), sqlite).sql()
          == "SELECT p.id, (SELECT count(*) AS count_1 FROM person AS other WHERE other.family = p.family) AS anon_1 FROM person AS p");
    CHECK_THROWS_WITH(az::mapper_of<Ring>(), Catch::Matchers::Contains("made of itself"));
}

TEST_CASE("aliased: other rows than the table's stand for the class", "[orm][aliased]") {
    const auto sqlite = az::dialects::sqlite();
    const auto few = az::aliased<Board>(az::select<Board>().order_by(col<&Board::game>).limit(5).subquery("few"));
    CHECK(az::inspect(few).name() == "few");
    CHECK(az::compile(az::select(few).where(few[col<&Board::game>] != "go"), sqlite).sql()
          == "SELECT few.game, few.id FROM (SELECT board.game AS game, board.id AS id FROM board ORDER BY board.game LIMIT ? OFFSET ?) AS few "
             "WHERE few.game != ?");
    // Columns are found by what they come from, whatever they are called.
    const auto renamed = az::aliased<Board>(az::select(col<&Board::id>.label("number"), col<&Board::game>.label("title")).subquery("r"));
    CHECK(az::compile(az::select(renamed), sqlite).sql()
          == "SELECT r.title, r.number FROM (SELECT board.id AS number, board.game AS title FROM board) AS r");
}
