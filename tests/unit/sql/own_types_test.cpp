// SPDX-License-Identifier: MIT
// Types that bring operators, methods and rules for the values beside them; functions that programs make known.
#include "support/catch.hpp"

#include <string>
#include <thread>
#include <vector>

#include <azoth/core.hpp>

using namespace azoth;

namespace {

std::string on(const auto& statement, const std::shared_ptr<const Dialect>& dialect = dialects::postgresql()) {
    return compile(statement, dialect).sql();
}

struct Money {
    std::int64_t cents = 0;
};

} // namespace

template <>
struct azoth::TypeTraits<Money> {
    static Type type() { return BigInteger{}; }
    static Value value(const Money& money) { return Value{money.cents}; }
    static Money decode(const Field& field, const Type&) { return Money{wire::decode_integer(field)}; }
};

/// `price.in_euros()`, of columns of Money, nullable or not.
template <class E>
struct azoth::TypeMethods<E, Money> {
    [[nodiscard]] auto in_euros() const {
        return func::call<double>("euros", static_cast<const E&>(*this));
    }
};

namespace {

struct Items : Table {
    Column<std::int32_t> id{*this, "id", primary_key};
    Column<Money> price{*this, "price"};
    Column<std::optional<Money>> rebate{*this, "rebate"};
    explicit Items(MetaData& md) : Table{"item", md} {}
};

/// A word whose `+` joins with a blank, and whose `==` looks at no letters' case.
TypeDecorator word_type() {
    return TypeDecorator{String{20}}
        .comparator(
            sql::Operator::add,
            [](sql::NodePtr left, sql::NodePtr right) {
                const auto blank = sql::make_binary(sql::Operator::concat, left, literal(" ").node(), String{});
                return sql::make_binary(sql::Operator::concat, blank, std::move(right), String{});
            })
        .comparator(sql::Operator::eq, [](sql::NodePtr left, sql::NodePtr right) {
            return sql::make_comparison(
                sql::Operator::eq, func::lower(Expr<std::string>{left}).node(), func::lower(Expr<std::string>{right}).node());
        });
}

} // namespace

TEST_CASE("operators are those of the left side's type", "[sql][core.op.type_driven][core.ctype.comparator]") {
    MetaData metadata;
    Table t{"t", metadata};
    const auto word = t.add_column("word", word_type());
    const auto plain = t.add_column("plain", String{20});
    CHECK(on(select(word + plain).select_from(t)) == "SELECT t.word || $1 || t.plain AS anon_1 FROM t");
    CHECK(on(select(t.c("plain")).where(word == "Ed")) == "SELECT t.plain FROM t WHERE lower(t.word) = lower($1)");
    // On the right it has no say, and another operator is as always.
    CHECK(on(select(plain).where(plain == word)) == "SELECT t.plain FROM t WHERE t.plain = t.word");
    CHECK(on(select(plain).where(word != "Ed")) == "SELECT t.plain FROM t WHERE t.word != $1");
    // The type of date + interval is a timestamp's: by the types, not by the columns.
    const auto day = t.add_column("day", DateType{});
    CHECK(sql::type_of(*(day + literal(Interval{})).node()).kind == TypeKind::date_time);
    CHECK(sql::type_of(*(day - day).node()).kind == TypeKind::integer);
    CHECK_THROWS_AS((TypeDecorator{String{}}.comparator(sql::Operator::eq, {})), ArgumentError);
}

TEST_CASE("a C++ type brings methods for its columns", "[sql][core.ctype.comparator]") {
    MetaData metadata;
    const Items items{metadata};
    CHECK(on(select(items.price.in_euros()).where(items.rebate.in_euros() > 1.5, items.price == Money{5}))
          == "SELECT euros(item.price) AS euros_1 FROM item WHERE euros(item.rebate) > $1 AND item.price = $2");
    const auto other = alias(items, "i");
    CHECK(on(select(other.price.in_euros())) == "SELECT euros(i.price) AS euros_1 FROM item AS i");
}

TEST_CASE("a value beside a decorated column is of its type, unless that says otherwise", "[sql][core.ctype.coerce_compared]") {
    const auto upper = TypeDecorator{String{20}}.process_bind_param([](const Value& value, std::string_view) {
        const auto* text = std::get_if<std::string>(&value.variant());
        return text == nullptr ? value : Value{"<" + *text + ">"};
    });
    MetaData metadata;
    Table t{"t", metadata};
    const auto same = t.add_column("same", upper);
    const auto free = t.add_column("free", upper.coerce_compared_value([&upper](sql::Operator op, const Value&) -> Type {
        if (op == sql::Operator::like || op == sql::Operator::not_like) return String{};
        return upper;
    }));
    const auto sent = [](const auto& statement) {
        return std::get<std::string>(compile(statement, dialects::sqlite()).params().front().variant());
    };
    CHECK(sent(select(same).where(same == "x")) == "<x>");
    CHECK(sent(select(same).where(same.like("x%"))) == "<x%>"); // the decorator's own word, by default
    CHECK(sent(select(free).where(free == "x")) == "<x>");
    CHECK(sent(select(free).where(free.like("x%"))) == "x%");
    CHECK(sent(select(free).where(free.not_like("x%"))) == "x%");
}

TEST_CASE("a value keeps its own type beside one of another kind", "[sql][core.type.coercion]") {
    MetaData metadata;
    Table t{"t", metadata};
    const auto number = t.add_column("number", Integer{});
    const auto exact = t.add_column("exact", Numeric{10, 2});
    const auto text = t.add_column("text", String{5});
    const auto day = t.add_column("day", DateType{});
    const auto unknown = t.add_column("unknown", Type{});
    const auto type_beside = [](const auto& condition) {
        const auto& binary = static_cast<const sql::BinaryNode&>(*condition.node());
        return sql::type_of(*binary.right).kind;
    };
    CHECK(type_beside(number == 5) == TypeKind::integer);
    CHECK(type_beside(number == 5.5) == TypeKind::double_); // not cut to an integer
    CHECK(type_beside(exact == 5) == TypeKind::numeric);
    CHECK(type_beside(text == "x") == TypeKind::string);
    CHECK(type_beside(day + literal(Interval{})) == TypeKind::interval);
    CHECK(type_beside(unknown == 5) == TypeKind::integer);
    CHECK(type_beside(unknown == "x") == TypeKind::string);
    const auto same = text == "x";
    const auto& length = static_cast<const sql::BinaryNode&>(*same.node());
    CHECK(sql::type_of(*length.right).length == 5); // the column's, sizes and all
}

TEST_CASE("functions are registered by name and package", "[sql][core.func.registry]") {
    func::register_function("As_Utc", DateTime{true});
    func::register_function("Area", Numeric{}, "geo");
    func::register_function("same_as", [](const std::vector<sql::NodePtr>& arguments) {
        return arguments.empty() ? Type{} : sql::type_of(*arguments.front());
    });
    MetaData metadata;
    Table t{"t", metadata};
    const auto name = t.add_column("name", String{7});
    const auto typed = [](const auto& expression) { return sql::type_of(*expression.node()); };
    CHECK(typed(func::call("AS_UTC", name)) == Type{DateTime{true}});
    CHECK(on(select(func::call("AS_UTC", name))) == "SELECT As_Utc(t.name) AS \"As_Utc_1\" FROM t");
    CHECK(typed(func::call("geo.area", name)) == Type{Numeric{}});
    CHECK(typed(func::call("area", name)).is_null_type()); // of no package there is none
    CHECK(typed(func::call("same_as", name)).length == 7);
    CHECK(typed(func::call<std::int32_t>("as_utc", name)) == Type{Integer{}}); // said at the call
    CHECK_THROWS_AS(func::register_function("", Integer{}), ArgumentError);
    func::register_function("area", Integer{}, "GEO"); // replaces
    CHECK(typed(func::call("Geo.Area", name)) == Type{Integer{}});

    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([i] {
            for (int n = 0; n < 50; ++n) {
                func::register_function("threaded_" + std::to_string(i), Integer{});
                static_cast<void>(func::call("threaded_" + std::to_string((i + 1) % 4)));
            }
        });
    for (auto& thread : threads) thread.join();
}
