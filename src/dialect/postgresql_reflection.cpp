// SPDX-License-Identifier: MIT
// PostgreSQL's catalogue: what it calls the types, and the queries that read its tables.
#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include <azoth/dialect/postgresql.hpp>
#include <azoth/types/postgresql.hpp>

#include "dialect/type_name.hpp"

namespace azoth {

namespace {

// As format_type() spells them, and the short names that people write. What is missing here and below (types that
// users made) is null_type: its values go in and out as text, and nothing is assumed.
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

/// The types that no other database has.
Type own_type(const TypeName& parsed) {
    namespace pg = postgresql;
    if (parsed.name == "bit") return pg::BIT{parsed.argument(0) == Type::unset ? 1 : parsed.argument(0)};
    if (parsed.name == "bit varying" || parsed.name == "varbit") return pg::BIT_VARYING{parsed.argument(0)};
    static const std::map<std::string_view, Type> types{
        {"cidr", pg::CIDR{}},
        {"datemultirange", pg::DATEMULTIRANGE{}},
        {"daterange", pg::DATERANGE{}},
        {"hstore", pg::HSTORE{}},
        {"inet", pg::INET{}},
        {"int4multirange", pg::INT4MULTIRANGE{}},
        {"int4range", pg::INT4RANGE{}},
        {"int8multirange", pg::INT8MULTIRANGE{}},
        {"int8range", pg::INT8RANGE{}},
        {"jsonb", pg::JSONB{}},
        {"jsonpath", pg::JSONPATH{}},
        {"macaddr", pg::MACADDR{}},
        {"macaddr8", pg::MACADDR8{}},
        {"money", pg::MONEY{}},
        {"nummultirange", pg::NUMMULTIRANGE{}},
        {"numrange", pg::NUMRANGE{}},
        {"regclass", pg::REGCLASS{}},
        {"regconfig", pg::REGCONFIG{}},
        {"tsmultirange", pg::TSMULTIRANGE{}},
        {"tsquery", pg::TSQUERY{}},
        {"tsrange", pg::TSRANGE{}},
        {"tstzmultirange", pg::TSTZMULTIRANGE{}},
        {"tstzrange", pg::TSTZRANGE{}},
        {"tsvector", pg::TSVECTOR{}},
    };
    const auto found = types.find(parsed.name);
    return found == types.end() ? Type{} : found->second;
}

} // namespace

Type PostgreSQLDialect::type_from_text(std::string_view text) const {
    if (text.ends_with("[]")) {
        while (text.ends_with("[]")) text.remove_suffix(2);
        const auto item = type_from_text(text);
        if (item.is_null_type() && !item.details) return item;
        return ARRAY{item}; // how many dimensions it has the catalogue does not enforce
    }
    const auto parsed = parse_type_name(text);
    if (auto own = own_type(parsed); own.details) return own;
    if (parsed.name.starts_with("interval ")) return IntervalType{}; // "interval day to second(3)"
    const auto found = std::ranges::lower_bound(named_kinds, parsed.name, {}, &NamedKind::name);
    if (found == named_kinds.end() || found->name != parsed.name) return Type{};
    // REAL has 24 binary digits; FLOAT without a precision would be created as DOUBLE PRECISION.
    if (found->kind == TypeKind::float_) return Float{24};
    return make_type(*found, parsed);
}

// Everything is read for all tables of the schema at once, or for one, and cast to text or integer: the catalogue's own
// types (name, oid, "char", arrays) are no concern of who reads the rows. The connection's own schema is its search path.
ReflectionQueries PostgreSQLDialect::reflection(const ReflectionScope& scope) const {
    const auto within = [](std::string_view relation, std::string_view visible) {
        std::string text = "CASE WHEN $1::text IS NULL THEN pg_catalog.";
        text.append(visible).append("(").append(relation).append(".oid) AND n.nspname <> 'pg_catalog' ELSE ");
        return text.append("n.nspname = $1::text END");
    };
    const std::string own = within("c", "pg_table_is_visible") + (scope.one_table ? " AND c.relname = $2::text" : "");
    ReflectionQueries queries;
    queries.tables = R"(SELECT c.relname::text,
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
       CASE WHEN c.relpersistence = 't' THEN 1 ELSE 0 END, pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND )" + own + "\nORDER BY c.relname";

    queries.sequences = R"(SELECT c.relname::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND )" + within("c", "pg_table_is_visible") + "\nORDER BY c.relname";
    queries.types = R"(SELECT t.typname::text
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype IN ('e', 'd') AND )" + within("t", "pg_type_is_visible") + "\nORDER BY t.typname";
    queries.enums = R"(SELECT t.typname::text, e.enumlabel::text
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_enum AS e ON e.enumtypid = t.oid
WHERE t.typtype = 'e' AND )" + within("t", "pg_type_is_visible") + "\nORDER BY t.typname, e.enumsortorder";
    queries.schemas = R"(SELECT n.nspname::text
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname NOT LIKE 'pg\_%'
ORDER BY n.nspname)";
    queries.default_schema = "SELECT current_schema()::text";
    queries.view_definition = R"(SELECT pg_catalog.pg_get_viewdef(c.oid)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND c.relname = $2::text AND )" + within("c", "pg_table_is_visible");

    // What a generated column is made of is no default. A domain counts as the type it is made from.
    queries.columns = R"(SELECT c.relname::text, a.attname::text,
       CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
            ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END,
       CASE WHEN a.attnotnull OR t.typnotnull THEN 0 ELSE 1 END,
       CASE WHEN a.attgenerated = '' THEN e.expression END,
       CASE WHEN a.attidentity <> '' OR coalesce(e.expression LIKE 'nextval(%', false) THEN 1 ELSE 0 END,
       pg_catalog.col_description(c.oid, a.attnum),
       CASE WHEN a.attgenerated <> '' THEN e.expression END,
       CASE a.attgenerated WHEN 's' THEN 1 WHEN 'v' THEN 0 END,
       CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'default' END,
       s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN 1 ELSE 0 END,
       CASE WHEN e.expression LIKE 'nextval(%'
            THEN pg_catalog.pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) END
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression) AS e
LEFT JOIN pg_catalog.pg_depend AS o ON a.attidentity <> '' AND o.deptype = 'i' AND o.refobjid = c.oid
    AND o.refobjsubid = a.attnum AND o.classid = 'pg_catalog.pg_class'::regclass
    AND o.refclassid = 'pg_catalog.pg_class'::regclass
LEFT JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = o.objid
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND )" + own + "\nORDER BY c.relname, a.attnum";

    const auto keys = [&own](std::string_view kind, std::string_view more, std::string_view join) {
        std::string query = "SELECT c.relname::text, k.conname::text, a.attname::text, p.position::integer";
        query.append(more).append(R"(
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS p(attnum, position)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.attnum)").append(join).append("\nWHERE k.contype = '");
        return query.append(kind).append("' AND ").append(own).append("\nORDER BY c.relname, k.conname, p.position");
    };
    queries.primary_keys = keys("p", "", "");
    // By way of JSON, since servers before 15 have no such column.
    queries.uniques = keys(
        "u", ", NULL, CASE WHEN to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' THEN 1 ELSE 0 END",
        "\nJOIN pg_catalog.pg_index AS i ON i.indexrelid = k.conindid");

    // A table that the search path shows needs no schema, unless it is in the one that was asked for.
    queries.foreign_keys = R"(SELECT c.relname::text, k.conname::text, a.attname::text,
       CASE WHEN tn.nspname = $1::text OR NOT pg_catalog.pg_table_is_visible(tc.oid) THEN tn.nspname::text ELSE '' END,
       tc.relname::text, ta.attname::text,
       CASE k.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
            WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,
       CASE k.confupdtype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
            WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,
       p.position::integer, CASE k.confmatchtype WHEN 'f' THEN 'FULL' WHEN 'p' THEN 'PARTIAL' END,
       CASE WHEN k.condeferrable THEN 1 END, CASE WHEN k.condeferred THEN 'DEFERRED' END,
       CASE WHEN k.convalidated THEN 0 ELSE 1 END,
       CASE WHEN tn.nspname IS DISTINCT FROM current_schema() THEN tn.nspname::text END
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS tc ON tc.oid = k.confrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = tc.relnamespace
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p(attnum, target, position)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.attnum
JOIN pg_catalog.pg_attribute AS ta ON ta.attrelid = tc.oid AND ta.attnum = p.target
WHERE k.contype = 'f' AND )" + own + "\nORDER BY c.relname, k.conname, p.position";

    // NULLs come last, and with DESC first, unless something else is said.
    queries.indexes = R"(SELECT c.relname::text, ic.relname::text, a.attname::text, p.position::integer,
       CASE WHEN i.indisunique THEN 1 ELSE 0 END,
       CASE WHEN p.attnum = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, p.position::integer, true) END, k.conname::text,
       CASE WHEN p.position > i.indnkeyatts THEN 1 ELSE 0 END, q.bits & 1,
       CASE q.bits & 3 WHEN 1 THEN 'last' WHEN 2 THEN 'first' END, m.amname::text,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid, true), CASE WHEN NOT oc.opcdefault THEN oc.opcname::text END,
       array_to_string(ic.reloptions, ', '), CASE WHEN to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' THEN 1 ELSE 0 END,
       NULL, NULL
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_am AS m ON m.oid = ic.relam
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS p(attnum, position)
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.position <= i.indnkeyatts THEN i.indoption[p.position - 1]::integer ELSE 0 END AS bits,
           CASE WHEN p.position <= i.indnkeyatts THEN i.indclass[p.position - 1] END AS class
) AS q
LEFT JOIN pg_catalog.pg_opclass AS oc ON oc.oid = q.class
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = p.attnum AND p.attnum <> 0
LEFT JOIN pg_catalog.pg_constraint AS k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('u', 'x')
WHERE NOT i.indisprimary AND )" + own + "\nORDER BY c.relname, ic.relname, p.position";

    queries.checks = R"(SELECT c.relname::text, k.conname::text, pg_catalog.pg_get_expr(k.conbin, k.conrelid, true),
       CASE WHEN k.convalidated THEN 0 ELSE 1 END
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype = 'c' AND )" + own + "\nORDER BY c.relname, k.conname";

    queries.excludes = R"(SELECT c.relname::text, k.conname::text, p.position::integer,
       CASE WHEN i.indkey[p.position - 1] = 0 THEN '(' ELSE '' END
           || pg_catalog.pg_get_indexdef(k.conindid, p.position::integer, true)
           || CASE WHEN i.indkey[p.position - 1] = 0 THEN ')' ELSE '' END,
       o.oprname::text, m.amname::text, pg_catalog.pg_get_expr(i.indpred, i.indrelid, true),
       CASE WHEN k.condeferrable THEN 1 END, CASE WHEN k.condeferred THEN 'DEFERRED' END
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index AS i ON i.indexrelid = k.conindid
JOIN pg_catalog.pg_class AS ic ON ic.oid = k.conindid
JOIN pg_catalog.pg_am AS m ON m.oid = ic.relam
CROSS JOIN LATERAL unnest(k.conexclop) WITH ORDINALITY AS p(operator, position)
JOIN pg_catalog.pg_operator AS o ON o.oid = p.operator
WHERE k.contype = 'x' AND )" + own + "\nORDER BY c.relname, k.conname, p.position";

    queries.column_enums = R"(SELECT c.relname::text, a.attname::text, CASE WHEN t.oid = i.oid THEN 0 ELSE 1 END, i.typname::text,
       CASE WHEN NOT pg_catalog.pg_type_is_visible(i.oid) THEN tn.nspname::text END, e.enumlabel::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
JOIN pg_catalog.pg_type AS i ON i.oid = CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END AND i.typtype = 'e'
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = i.typnamespace
LEFT JOIN pg_catalog.pg_enum AS e ON e.enumtypid = i.oid
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND )" + own + "\nORDER BY c.relname, a.attnum, e.enumsortorder";

    queries.partitions = R"(SELECT c.relname::text, 'partition by', pg_catalog.pg_get_partkeydef(c.oid)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'p' AND )" + own;

    queries.domains = R"(SELECT t.typname::text, n.nspname::text, CASE WHEN pg_catalog.pg_type_is_visible(t.oid) THEN 1 ELSE 0 END,
       pg_catalog.format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN 0 ELSE 1 END, t.typdefault,
       CASE WHEN t.typcollation <> b.typcollation THEN l.collname::text END, k.conname::text,
       pg_catalog.pg_get_expr(k.conbin, 0, true)
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = t.typcollation
LEFT JOIN pg_catalog.pg_constraint AS k ON k.contypid = t.oid AND k.contype = 'c'
WHERE t.typtype = 'd' AND )" + within("t", "pg_type_is_visible") + "\nORDER BY n.nspname, t.typname, k.conname";
    queries.table_oid = R"(SELECT c.oid::bigint::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = $2::text AND )" + within("c", "pg_table_is_visible");
    return queries;
}

} // namespace azoth
