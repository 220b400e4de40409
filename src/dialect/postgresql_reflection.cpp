// SPDX-License-Identifier: MIT
// PostgreSQL's catalogue: what it calls the types, and the queries that read its tables.
#include <algorithm>
#include <array>

#include "dialect/postgresql.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

// As format_type() spells them, and the short names that people write. What is missing (arrays, ranges,
// enums, inet, money) is null_type: its values go in and out as text, and nothing is assumed.
constexpr std::array named_kinds{
    NamedKind{"bigint", TypeKind::big_integer},
    NamedKind{"bool", TypeKind::boolean},
    NamedKind{"boolean", TypeKind::boolean},
    NamedKind{"bpchar", TypeKind::string},
    NamedKind{"bytea", TypeKind::large_binary},
    NamedKind{"char", TypeKind::string},
    NamedKind{"character", TypeKind::string},
    NamedKind{"character varying", TypeKind::string},
    NamedKind{"citext", TypeKind::text},
    NamedKind{"date", TypeKind::date},
    NamedKind{"decimal", TypeKind::numeric},
    NamedKind{"double precision", TypeKind::double_},
    NamedKind{"float", TypeKind::double_},
    NamedKind{"float4", TypeKind::float_},
    NamedKind{"float8", TypeKind::double_},
    NamedKind{"int", TypeKind::integer},
    NamedKind{"int2", TypeKind::small_integer},
    NamedKind{"int4", TypeKind::integer},
    NamedKind{"int8", TypeKind::big_integer},
    NamedKind{"integer", TypeKind::integer},
    NamedKind{"interval", TypeKind::interval},
    NamedKind{"json", TypeKind::json},
    NamedKind{"jsonb", TypeKind::json},
    NamedKind{"name", TypeKind::string},
    NamedKind{"numeric", TypeKind::numeric},
    NamedKind{"oid", TypeKind::big_integer},
    NamedKind{"real", TypeKind::float_},
    NamedKind{"smallint", TypeKind::small_integer},
    NamedKind{"text", TypeKind::text},
    NamedKind{"time", TypeKind::time},
    NamedKind{"time with time zone", TypeKind::time, true},
    NamedKind{"time without time zone", TypeKind::time},
    NamedKind{"timestamp", TypeKind::date_time},
    NamedKind{"timestamp with time zone", TypeKind::date_time, true},
    NamedKind{"timestamp without time zone", TypeKind::date_time},
    NamedKind{"timestamptz", TypeKind::date_time, true},
    NamedKind{"timetz", TypeKind::time, true},
    NamedKind{"uuid", TypeKind::uuid},
    NamedKind{"varchar", TypeKind::string},
};
static_assert(std::ranges::is_sorted(named_kinds, {}, &NamedKind::name));

} // namespace

Type PostgreSQLDialect::type_from_text(std::string_view text) const {
    const auto parsed = parse_type_name(text);
    if (parsed.name.starts_with("interval ")) return IntervalType{}; // "interval day to second(3)"
    const auto found = std::ranges::lower_bound(named_kinds, parsed.name, {}, &NamedKind::name);
    if (found == named_kinds.end() || found->name != parsed.name) return Type{};
    // REAL has 24 binary digits; FLOAT without a precision would be created as DOUBLE PRECISION.
    if (found->kind == TypeKind::float_) return Float{24};
    return make_type(*found, parsed);
}

// Everything is read for all tables of the schema at once, and cast to text or integer: the catalogue's own
// types (name, oid, "char", arrays) are no concern of who reads the rows.
ReflectionQueries PostgreSQLDialect::reflection() const {
    ReflectionQueries queries;
    queries.tables = R"(SELECT c.relname::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = coalesce($1::text, current_schema()::text)
ORDER BY c.relname)";

    queries.views = R"(SELECT c.relname::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname = coalesce($1::text, current_schema()::text)
ORDER BY c.relname)";

    queries.sequences = R"(SELECT c.relname::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND n.nspname = coalesce($1::text, current_schema()::text)
ORDER BY c.relname)";
    queries.types = R"(SELECT t.typname::text
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype IN ('e', 'd') AND n.nspname = coalesce($1::text, current_schema()::text)
ORDER BY t.typname)";

    // What a sequence or an identity fills generates itself and has no default besides. What a generated column
    // is made of is no default. A domain counts as the type it is made from.
    queries.columns = R"(SELECT c.relname::text, a.attname::text,
       CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
            ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END,
       CASE WHEN a.attnotnull OR t.typnotnull THEN 0 ELSE 1 END,
       CASE WHEN g.generates OR a.attgenerated <> '' THEN NULL ELSE e.expression END,
       CASE WHEN g.generates THEN 1 ELSE 0 END,
       pg_catalog.col_description(c.oid, a.attnum)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression) AS e
CROSS JOIN LATERAL (
    SELECT a.attidentity <> '' OR coalesce(e.expression LIKE 'nextval(%', false) AS generates
) AS g
WHERE c.relkind IN ('r', 'p') AND n.nspname = coalesce($1::text, current_schema()::text)
ORDER BY c.relname, a.attnum)";

    const auto keys = [](std::string_view kind) {
        std::string query = R"(SELECT c.relname::text, k.conname::text, a.attname::text, p.position::integer
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS p(attnum, position)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.attnum
WHERE k.contype = ')";
        return query.append(kind) + R"(' AND n.nspname = coalesce($1::text, current_schema()::text)
ORDER BY c.relname, k.conname, p.position)";
    };
    queries.primary_keys = keys("p");
    queries.uniques = keys("u");

    queries.foreign_keys = R"(SELECT c.relname::text, k.conname::text, a.attname::text,
       CASE WHEN tn.oid <> n.oid THEN tn.nspname::text END, tc.relname::text, ta.attname::text,
       CASE k.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
            WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,
       CASE k.confupdtype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
            WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,
       p.position::integer
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS tc ON tc.oid = k.confrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = tc.relnamespace
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p(attnum, target, position)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.attnum
JOIN pg_catalog.pg_attribute AS ta ON ta.attrelid = tc.oid AND ta.attnum = p.target
WHERE k.contype = 'f' AND n.nspname = coalesce($1::text, current_schema()::text)
ORDER BY c.relname, k.conname, p.position)";
    return queries;
}

} // namespace azoth
