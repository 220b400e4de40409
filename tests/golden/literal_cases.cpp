// SPDX-License-Identifier: MIT
// Constructs of the area literal: values written into the text.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;
using namespace std::chrono_literals;

void add_literal_cases(Registry& registry) {
    const auto one_where = [&](std::string id, auto make) {
        registry.add_literal(std::move(id), [make] { return select(literal_column("1")).where(make()); });
    };
    const auto user_where = [&](std::string id, auto make) {
        registry.add_literal(std::move(id), [make] { return select(users.id).where(make()); });
    };
    one_where("literal.bool", [] { return sample.flag == literal(true); });
    one_where("literal.date", [] { return sample.day == Date{std::chrono::year{2024} / 2 / 29}; });
    one_where("literal.decimal", [] { return orders.total == Decimal{"19.90"}; });
    one_where("literal.enum", [] { return orders.status == "paid"; });
    one_where("literal.float", [] { return sample.ratio == 0.25; });
    one_where("literal.time", [] { return sample.at == Time{1h + 2min + 3s}; });
    one_where("literal.uuid", [] { return sample.uid == Uuid{"12345678-1234-5678-1234-567812345678"}; });
    user_where("literal.in_list", [] { return users.id.in({1, 2, 3}); });
    user_where("literal.negative", [] { return users.id == -5; });
    user_where("literal.none", [] { return users.name == literal(std::optional<std::string>{}); });
    user_where("literal.string", [] { return users.name == "ed"; });
    user_where("literal.string_backslash", [] { return users.name == "a\\b"; });
    user_where("literal.string_quote", [] { return users.name == "O'Brien"; });
    user_where("literal.tuples", [] {
        return tuple_(users.id, users.name).in({{1, "a"}, {2, "b"}});
    });
    registry.add_literal("literal.case", [] { return select(case_(when(users.id == 1, "x")).else_("y")); });
    registry.add_literal("literal.json_error", [] { return select(literal(Json{{"a", "it's"}})); });
    registry.add_literal("literal.limit", [] {
        return select(users.id).order_by(users.id).limit(5).offset(10);
    });
    registry.add_literal("expr.literal.execute", [] { return select(literal("it's")); });
}

} // namespace golden
