// SPDX-License-Identifier: MIT
// Neighbours of the core corpus, group postgresql.
#include "golden/core_tables.hpp"
#include "golden/neighbours.hpp"

#include <azoth/sql/postgresql.hpp>

namespace golden {

using namespace azoth;

namespace {

namespace pg = azoth::postgresql;
using Texts = std::vector<std::string>;

} // namespace

void add_neighbouring_postgresql_cases(Registry& registry) {
    const auto add = [&](std::string id, NodeBuilder build) { registry.insert("near." + std::move(id), built(build)); };
    add("pg.array.any", [] { return select(docs.id).where(pg::any(docs.tags, "x")).node(); });
    add("pg.array.not_any", [] { return select(docs.id).where(!pg::any(docs.tags, "x")).node(); });
    add("pg.array.any_function", [] { return select(docs.id).where(literal("x") == any_(docs.tags)).node(); });
    add("pg.array.all_function", [] { return select(docs.id).where(literal("x") != all_(docs.tags)).node(); });
    add("pg.array.index", [] { return select(pg::item(docs.tags, 1)).node(); });
    add("pg.array.index_compare", [] { return select(docs.id).where(pg::item<std::string>(docs.tags, 1) == "x").node(); });
    add("pg.array.index_expression", [] { return select(pg::item(docs.tags, docs.id + 1)).node(); });
    add("pg.array.agg", [] { return select(func::call("array_agg", users.name)).node(); });
    add("pg.array.agg_order", [] { return select(func::call("array_agg", users.name).aggregate_order_by(users.id.desc())).node(); });
    add("pg.array.literal_strings", [] { return select(pg::array("a", "b")).node(); });
    add("pg.array.literal_columns", [] { return select(pg::array(users.id, users.id + 1)).node(); });
    add("pg.array.literal_concat", [] { return select(pg::concat(pg::array(1, 2), pg::array(3))).node(); });
    add("pg.array.nested", [] { return select(pg::array(pg::array(1, 2), pg::array(3, 4))).node(); });
    add("pg.array.overlap_list", [] { return select(docs.id).where(pg::overlap(docs.tags, Texts{"a", "b"})).node(); });
    add("pg.array.contains_array", [] { return select(docs.id).where(pg::contains(docs.tags, pg::array("a"))).node(); });
    add("pg.array.not_contains", [] { return select(docs.id).where(!pg::contains(docs.tags, Texts{"a"})).node(); });
    add("pg.array.remove", [] { return select(func::call("array_remove", docs.tags, "x")).node(); });
    add("pg.array.unnest", [] { return select(column_valued(func::call("unnest", docs.tags), "t")).node(); });
    add("pg.array.to_string", [] { return select(func::call("array_to_string", docs.tags, ",")).node(); });
    add("pg.array.subquery", [] { return select(func::call("array", select(users.name).scalar_subquery())).node(); });
    add("pg.jsonb.has_key", [] { return select(docs.id).where(pg::has_key(docs.data, "a")).node(); });
    add("pg.jsonb.has_any", [] { return select(docs.id).where(pg::has_any(docs.data, pg::array("a", "b"))).node(); });
    add("pg.jsonb.not_has_key", [] { return select(docs.id).where(!pg::has_key(docs.data, "a")).node(); });
    add("pg.jsonb.concat_method", [] { return select(pg::concat(docs.data, Json{{"a", 1}})).node(); });
    add("pg.jsonb.index", [] { return select(docs.data[0]).node(); });
    add("pg.jsonb.key_compare", [] { return select(docs.id).where(docs.data["k"].astext().in({"a", "b"})).node(); });
    add("pg.jsonb.astext_like", [] { return select(docs.id).where(docs.data["k"].astext().like("a%")).node(); });
    add("pg.jsonb.chained", [] { return select(docs.data["a"]["b"].astext()).node(); });
    add("pg.jsonb.as_string", [] { return select(docs.data["a"].as_string()).node(); });
    add("pg.jsonb.as_integer", [] { return select(docs.data["a"].as_integer()).node(); });
    add("pg.jsonb.contains_element", [] { return select(docs.id).where(pg::contains(docs.data["a"], Json::array({1, 2}))).node(); });
    add("pg.jsonb.eq", [] { return select(docs.id).where(docs.data == Json{{"a", 1}}).node(); });
    add("pg.jsonb.build", [] { return select(func::call("jsonb_build_object", "a", docs.id, "b", 2)).node(); });
    add("pg.jsonb.minus_index", [] { return select(pg::delete_key(docs.data, 1)).node(); });
    add("pg.jsonb.cast_column", [] { return select(cast(docs.data, Text{})).node(); });
    add("pg.range.overlaps_column", [] { return select(docs.id).where(pg::overlap(column("r"), column("q"))).node(); });
    add("pg.range.left_of_column", [] { return select(docs.id).where(pg::strictly_left_of(column("r"), column("q"))).node(); });
    add("pg.range.right_of_column", [] { return select(docs.id).where(pg::strictly_right_of(column("r"), column("q"))).node(); });
    add("pg.range.not_extend_right", [] { return select(docs.id).where(pg::not_extend_right_of(column("r"), column("q"))).node(); });
    add("pg.range.adjacent_column", [] { return select(docs.id).where(pg::adjacent_to(column("r"), column("q"))).node(); });
    add("pg.range.union", [] { return select(column("r") + column("q")).node(); });
    add("pg.range.intersection", [] { return select(column("r") * column("q")).node(); });
    add("pg.range.difference", [] { return select(column("r") - column("q")).node(); });
    add("pg.range.function", [] { return select(func::lower(column("r"))).node(); });
    add("pg.fts.pg_to_tsquery", [] { return select(pg::to_tsquery("english", "a & b")).node(); });
    add("pg.fts.plainto", [] { return select(pg::plainto_tsquery("english", "a b")).node(); });
    add("pg.fts.phraseto", [] { return select(pg::phraseto_tsquery("a b")).node(); });
    add("pg.fts.websearch", [] { return select(pg::websearch_to_tsquery("english", "a -b")).node(); });
    add("pg.fts.match_vector", [] { return select(docs.id).where(pg::to_tsvector("english", docs.body).match("a", "english")).node(); });
    add("pg.fts.bool_op_where", [] { return select(docs.id).where(pg::to_tsvector(docs.body).bool_op("@@", pg::to_tsquery("a"))).node(); });
    add("pg.fts.headline_plain", [] { return select(pg::ts_headline(docs.body, pg::plainto_tsquery("x"))).node(); });
    add("pg.fts.rank_order", [] { return select(docs.id).order_by(func::call("ts_rank_cd", pg::to_tsvector(docs.body), pg::to_tsquery("a")).desc()).node(); });
    add("pg.ilike", [] { return select(docs.id).where(docs.body.ilike("%x%")).node(); });
    add("pg.not_ilike", [] { return select(docs.id).where(docs.body.not_ilike("%x%")).node(); });
    add("pg.regexp_replace", [] { return select(docs.body.regexp_replace("a", "b", "ig")).node(); });
    add("pg.distinct_from", [] { return select(docs.id).where(docs.body.is_distinct_from(null)).node(); });
    add("pg.cast_interval", [] { return select(cast("1 day", pg::INTERVAL{})).node(); });
    add("pg.cast_inet", [] { return select(cast("10.0.0.1", pg::INET{})).node(); });
    add("pg.cast_timestamp", [] { return select(cast(docs.body, pg::TIMESTAMP{true, 3})).node(); });
    add("pg.cast_jsonb", [] { return select(json_item(cast(docs.body, pg::JSONB{}), "a").astext()).node(); });
    add("pg.string_agg", [] { return select(func::call("string_agg", docs.body, ",").aggregate_order_by(docs.id)).node(); });
    add("pg.timezone_function", [] { return select(func::call("timezone", "UTC", sample.stamp)).node(); });
    add("pg.date_trunc", [] { return select(func::call("date_trunc", "day", sample.stamp)).node(); });
    add("pg.insert.returning", [] { return insert(docs).values(docs.body = "x", docs.tags = pg::array_value(Texts{"a"})).returning(docs.id).node(); });
    add("pg.insert.jsonb_none", [] { return insert(docs).values(docs.body = "x", docs.data = Json{}).node(); });
    add("pg.insert.array_literal", [] { return insert(docs).values(docs.body = "x", docs.tags = pg::array("a", "b")).node(); });
    add("pg.update.array", [] { return update(docs).values(docs.tags = pg::array_value(Texts{"x"})).where(docs.id == 1).node(); });
    add("pg.update.array_append", [] { return update(docs).values(docs.tags = func::call("array_append", docs.tags, "x")).node(); });
    add("pg.array.concat", [] { return select(pg::concat(docs.tags, Texts{"x"})).node(); });
    add("pg.array.concat_array", [] { return select(pg::concat(docs.tags, pg::array("x"))).node(); });
}

} // namespace golden
