// SPDX-License-Identifier: MIT
// Constructs of the area pg: arrays, documents, ranges and full text search of PostgreSQL.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

#include <azoth/sql/postgresql.hpp>

namespace golden {

using namespace azoth;
namespace pg = azoth::postgresql;

namespace {

using Texts = std::vector<std::string>;

void add_arrays(Registry& registry) {
    const auto where = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(docs.id).where(make()); });
    };
    registry.add("pg.array.agg_filter", [] {
        return select(func::call("array_agg", users.name).filter(users.id > 2));
    });
    registry.add("pg.array.agg_index", [] {
        return select(pg::item(func::call("array_agg", users.name), 1));
    });
    where("pg.array.all", [] { return pg::all(docs.tags, "x"); });
    registry.add("pg.array.bound", [] { return select(pg::array_value(Texts{"a", "b"})); });
    where("pg.array.contained_by", [] { return pg::contained_by(docs.tags, Texts{"a", "b"}); });
    where("pg.array.contains", [] { return pg::contains(docs.tags, Texts{"a", "b"}); });
    where("pg.array.eq", [] { return docs.tags == pg::array_value(Texts{"a", "b"}); });
    registry.add("pg.array.length", [] { return select(func::call("array_length", docs.tags, 1)); });
    registry.add("pg.array.literal", [] { return select(pg::array(1, 2, 3)); });
    where("pg.array.overlap", [] { return pg::overlap(docs.tags, pg::array("a", "b")); });
    registry.add("pg.array.slice", [] { return select(pg::slice(docs.tags, 2, 4)); });
    registry.add("pg.insert.array", [] {
        return insert(docs).values(
            docs.body = "x",
            docs.tags = pg::array_value(Texts{"a", "b"}),
            docs.data = Json{{"k", Json::array({1})}}
        );
    });
    registry.add("pg.update.array_element", [] {
        return update(docs).values(pg::set_item(docs.tags, 2, "x")).where(docs.id == 1);
    });
    registry.add("pg.update.jsonb_subscript", [] {
        return update(docs).values(pg::set_item(docs.data, "k", "v"));
    });
}

void add_documents(Registry& registry) {
    const auto where = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(docs.id).where(make()); });
    };
    registry.add("pg.jsonb.astext", [] { return select(docs.data["k"].astext()); });
    registry.add("pg.jsonb.cast", [] { return select(docs.data["n"].astext().cast(Integer{})); });
    where("pg.jsonb.contained_by", [] { return pg::contained_by(docs.data, Json{{"a", 1}}); });
    where("pg.jsonb.contains", [] { return pg::contains(docs.data, Json{{"a", 1}}); });
    where("pg.jsonb.eq_text", [] { return docs.data["k"].astext() == "v"; });
    where("pg.jsonb.has_all", [] { return pg::has_all(docs.data, pg::array("a", "b")); });
    registry.add("pg.jsonb.minus", [] { return select(pg::delete_key(docs.data, "k")); });
    registry.add("pg.jsonb.path", [] { return select(docs.data[json_path("a", "b", 1)]); });
    registry.add("pg.jsonb.path_astext", [] { return select(docs.data[json_path("a", "b")].astext()); });
    where("pg.jsonb.path_exists", [] { return pg::path_exists(docs.data, "$.a"); });
    where("pg.jsonb.path_match", [] { return pg::path_match(docs.data, "$.a > 1"); });
}

void add_text_search(Registry& registry) {
    const auto where = [&](std::string id, auto make) {
        registry.add(std::move(id), [make] { return select(docs.id).where(make()); });
    };
    registry.add("pg.fts.headline", [] {
        return select(pg::ts_headline("english", docs.body, pg::to_tsquery("x")));
    });
    where("pg.fts.match", [] { return docs.body.match("a & b"); });
    where("pg.fts.match_config", [] { return docs.body.match("a & b", "english"); });
    where("pg.fts.op", [] {
        return func::call("to_tsvector", docs.body).bool_op("@@", func::call("to_tsquery", "a"));
    });
    registry.add("pg.fts.pg_to_tsvector", [] { return select(pg::to_tsvector("english", docs.body)); });
    registry.add("pg.fts.rank", [] {
        return select(func::call("ts_rank", pg::to_tsvector(docs.body), pg::to_tsquery("a & b")));
    });
    registry.add("pg.fts.to_tsvector", [] {
        return select(func::call("to_tsvector", "english", docs.body));
    });
}

} // namespace

void add_postgresql_cases(Registry& registry) {
    add_arrays(registry);
    add_documents(registry);
    add_text_search(registry);
    registry.add("pg.array.cast", [] { return select(cast(docs.tags, ARRAY{Integer{}})); });
    registry.add("pg.array.empty", [] { return select(pg::empty_array(ARRAY{Integer{}})); });
    registry.add("pg.cast_regclass", [] { return select(cast("user_account", pg::REGCLASS{})); });
    registry.add("pg.jsonb.delete_path", [] { return select(pg::delete_path(docs.data, "a", "b")); });
    registry.add("pg.jsonb.key", [] { return select(docs.data["k"]); });
    registry.add("pg.at_time_zone", [] { return select(sample.stamp.op("AT TIME ZONE", "UTC")); });
    registry.add("pg.ilike_cast", [] {
        return select(docs.id).where(cast(docs.id, String{}).ilike("1%"));
    });
    registry.add("pg.range.adjacent", [] {
        return select(docs.id).where(pg::adjacent_to(column("r"), Range<std::int32_t>{10, 20}));
    });
    registry.add("pg.range.contains", [] {
        return select(docs.id).where(pg::contains(column("r"), 5));
    });
    registry.add("pg.range.date", [] {
        return select(docs.id).where(
            pg::contains(column("r"), Date{std::chrono::year{2024} / 1 / 2})
        );
    });
    registry.add("pg.regexp_ops", [] {
        return select(docs.id).where(
            or_(!docs.body.regexp_match("a"), docs.body.regexp_match("b", "i"))
        );
    });
}

} // namespace golden
