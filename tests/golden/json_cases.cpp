// SPDX-License-Identifier: MIT
// Constructs of the area json, and those of op that need a modifier of their operator.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;
using namespace std::chrono_literals;

void add_json_cases(Registry& registry) {
    const auto where = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(items.id).where(make()); });
    };
    registry.add("json.as_integer", [] { return select(items.attrs["n"].as_integer()); });
    registry.add("json.as_json", [] { return select(items.attrs["sub"].as_json()); });
    registry.add("json.as_numeric", [] { return select(items.attrs["n"].as_numeric(10, 2)); });
    registry.add("json.as_string", [] { return select(items.attrs["color"].as_string()); });
    where("json.eq_bool", [] { return items.attrs["ok"].as_boolean() == true; });
    where("json.eq_json", [] { return items.attrs["sub"] == Json{{"a", 1}}; });
    where("json.eq_json_null", [] { return items.attrs == Json(nullptr); });
    where("json.eq_string", [] { return items.attrs["color"].as_string() == "red"; });
    where("json.in_list", [] { return items.attrs["color"].as_string().in({"red", "blue"}); });
    registry.add("json.key", [] { return select(items.attrs["color"]); });
    registry.add("json.key_with_dot", [] { return select(items.attrs["a.b c"]); });
    registry.add("json.labelled", [] { return select(items.attrs["color"].label("c")); });
    where("json.like", [] { return items.attrs["color"].as_string().like("r%"); });
    registry.add("json.path", [] { return select(items.attrs[json_path("size", "w", 0)]); });

    registry.add("op.arith.datetime_plus_interval", [] {
        Interval day;
        day.days = 1;
        return select(orders.placed_at.op<Timestamp>("+", literal(day), 7));
    });
    registry.add("op.in.tuples", [] {
        return select(users.id).where(tuple_(users.id, users.name).in({{1, "a"}, {2, "b"}}));
    });
    registry.add("op.in.tuples_empty", [] {
        const std::vector<std::tuple<std::int32_t, std::string>> none;
        return select(users.id).where(tuple_(users.id, users.name).in(none));
    });
    registry.add("op.like.regexp_flags", [] {
        return select(users.id).where(users.name.regexp_match("^a", "i"));
    });
    registry.add("op.like.regexp_replace_flags", [] {
        return select(users.name.regexp_replace("a", "b", "g"));
    });
    registry.add("quote.odd_label_style", [] {
        return select(odd.mixed_case, odd.with_space).set_label_style(LabelStyle::tablename_plus_col);
    });
}

} // namespace golden
