// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's catalogue: what it calls the types, and the queries that read its tables.
#include <algorithm>
#include <array>

#include <azoth/types/mysql.hpp>

#include "dialect/mysql.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

// As COLUMN_TYPE spells them, and the aliases that people write. What is missing (enum, set, geometry, inet6) is null_type: its values go in and out as they come, and nothing is assumed.
constexpr std::array named_kinds{
    NamedKind{"bigint", TypeKind::big_integer},
    NamedKind{"binary", TypeKind::large_binary},
    NamedKind{"bit", TypeKind::large_binary},
    NamedKind{"blob", TypeKind::large_binary},
    NamedKind{"bool", TypeKind::boolean},
    NamedKind{"boolean", TypeKind::boolean},
    NamedKind{"char", TypeKind::string},
    NamedKind{"date", TypeKind::date},
    NamedKind{"datetime", TypeKind::date_time},
    NamedKind{"dec", TypeKind::numeric},
    NamedKind{"decimal", TypeKind::numeric},
    NamedKind{"double", TypeKind::double_},
    NamedKind{"double precision", TypeKind::double_},
    NamedKind{"fixed", TypeKind::numeric},
    NamedKind{"float", TypeKind::float_},
    NamedKind{"int", TypeKind::integer},
    NamedKind{"integer", TypeKind::integer},
    NamedKind{"json", TypeKind::json},
    NamedKind{"longblob", TypeKind::large_binary},
    NamedKind{"longtext", TypeKind::text},
    NamedKind{"mediumblob", TypeKind::large_binary},
    NamedKind{"mediumint", TypeKind::integer},
    NamedKind{"mediumtext", TypeKind::text},
    NamedKind{"numeric", TypeKind::numeric},
    NamedKind{"real", TypeKind::double_},
    NamedKind{"smallint", TypeKind::small_integer},
    NamedKind{"text", TypeKind::text},
    NamedKind{"time", TypeKind::time},
    NamedKind{"timestamp", TypeKind::date_time},
    NamedKind{"tinyblob", TypeKind::large_binary},
    NamedKind{"tinyint", TypeKind::small_integer},
    NamedKind{"tinytext", TypeKind::text},
    NamedKind{"uuid", TypeKind::uuid},
    NamedKind{"varbinary", TypeKind::large_binary},
    NamedKind{"varchar", TypeKind::string},
    NamedKind{"year", TypeKind::small_integer},
};
static_assert(std::ranges::is_sorted(named_kinds, {}, &NamedKind::name));

/// Takes `word` off the end of `name`.
bool remove_last_word(std::string& name, std::string_view word) {
    if (name.size() <= word.size() + 1 || !name.ends_with(word) || name[name.size() - word.size() - 1] != ' ')
        return false;
    name.resize(name.size() - word.size() - 1);
    return true;
}

} // namespace

Type MySQLDialect::type_from_text(std::string_view text) const {
    auto parsed = parse_type_name(text);
    remove_last_word(parsed.name, "zerofill"); // of numbers that are unsigned as well
    const bool is_unsigned = remove_last_word(parsed.name, "unsigned");
    const auto found = std::ranges::lower_bound(named_kinds, parsed.name, {}, &NamedKind::name);
    if (found == named_kinds.end() || found->name != parsed.name) return Type{};
    if (found->name == "tinyint") {
        // Perhaps a BOOL, which is another word for TINYINT(1), and perhaps not: it stays what it is.
        if (parsed.argument(0) != 1 || is_unsigned) return SmallInteger{};
        return SmallInteger{}.with_variant(mysql::TINYINT{1}, "mysql").with_variant(mysql::TINYINT{1}, "mariadb");
    }
    if (found->name == "bit") { // a number of bits, as bytes
        const mysql::BIT bits{parsed.argument(0)};
        return LargeBinary{}.with_variant(bits, "mysql").with_variant(bits, "mariadb");
    }
    // Unsigned numbers need the next wider type; there is none above BIGINT.
    if (is_unsigned && found->name == "smallint") return Integer{};
    if (is_unsigned && (found->name == "int" || found->name == "integer")) return BigInteger{};
    return make_type(*found, parsed);
}

ReflectionQueries MySQLDialect::reflection(const ReflectionScope& scope) const {
    const auto within = [&scope](const std::string& alias) {
        return alias + ".table_schema = coalesce(?, database())" + (scope.one_table ? " AND " + alias + ".table_name = ?" : "");
    };
    ReflectionQueries queries;
    queries.tables = R"(SELECT t.table_name, CASE WHEN t.table_type LIKE '%VIEW' THEN 'view' ELSE 'table' END, 0,
       CASE WHEN t.table_type NOT LIKE '%VIEW' THEN nullif(t.table_comment, '') END
FROM information_schema.tables AS t
WHERE )" + within("t") + " AND t.table_type <> 'SEQUENCE'\nORDER BY t.table_name";
    queries.hides_temporary_tables = true;

    if (is_mariadb_)
        queries.sequences = R"(SELECT t.table_name
FROM information_schema.tables AS t
WHERE t.table_schema = coalesce(?, database()) AND t.table_type = 'SEQUENCE'
ORDER BY t.table_name)";
    queries.schemas = "SELECT s.schema_name FROM information_schema.schemata AS s ORDER BY s.schema_name";
    queries.default_schema = "SELECT database()";
    queries.view_definition = R"(SELECT v.view_definition
FROM information_schema.views AS v
WHERE v.table_schema = coalesce(?, database()) AND v.table_name = ?)";

    // The two servers tell a default in their own ways. MariaDB: as it stands in SQL, NULL included, and JSON
    // is a LONGTEXT with a check. MySQL: the value of a literal without its quotes, or an expression marked
    // DEFAULT_GENERATED.
    const std::string computed = R"(
       c.extra LIKE '%auto_increment%',
       nullif(c.column_comment, ''), nullif(c.generation_expression, ''),
       CASE WHEN c.extra LIKE '%STORED GENERATED%' OR c.extra LIKE '%PERSISTENT%' THEN 1
            WHEN c.extra LIKE '%VIRTUAL%' THEN 0 END,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM information_schema.columns AS c)";
    queries.columns = is_mariadb_ ? R"(SELECT c.table_name, c.column_name,
       CASE WHEN k.constraint_name IS NULL THEN c.column_type ELSE 'json' END,
       c.is_nullable = 'YES',
       CASE WHEN c.column_default IS NULL OR c.column_default = 'NULL' THEN NULL
            WHEN locate('on update', c.extra) > 0
            THEN concat(c.column_default, ' ', substring(c.extra, locate('on update', c.extra)))
            ELSE c.column_default END,)" + computed + R"(
LEFT JOIN information_schema.check_constraints AS k
    ON k.constraint_schema = c.table_schema AND k.table_name = c.table_name
    AND k.constraint_name = c.column_name
    AND k.check_clause = concat('json_valid(`', replace(c.column_name, '`', '``'), '`)')
WHERE )" + within("c") + "\nORDER BY c.table_name, c.ordinal_position"
                                  : R"(SELECT c.table_name, c.column_name, c.column_type,
       c.is_nullable = 'YES',
       CASE WHEN c.column_default IS NULL THEN NULL
            WHEN locate('on update', c.extra) > 0
            THEN concat(c.column_default, ' ', substring(c.extra, locate('on update', c.extra)))
            WHEN locate('DEFAULT_GENERATED', c.extra) > 0 THEN c.column_default
            ELSE quote(c.column_default) END,)" + computed + "\nWHERE " + within("c") + "\nORDER BY c.table_name, c.ordinal_position";

    queries.primary_keys = R"(SELECT s.table_name, NULL, s.column_name, s.seq_in_index
FROM information_schema.statistics AS s
WHERE )" + within("s") + R"( AND s.index_name = 'PRIMARY'
ORDER BY s.table_name, s.seq_in_index)";

    // A unique index is a unique constraint, unless it is of an expression or of the beginnings of values.
    queries.uniques = R"(SELECT i.table_name, i.index_name, i.column_name, i.seq_in_index, i.index_name, 0
FROM (
    SELECT s.table_name, s.index_name, s.column_name, s.seq_in_index,
           sum(s.sub_part IS NOT NULL OR s.column_name IS NULL)
               OVER (PARTITION BY s.table_name, s.index_name) AS partial_columns
    FROM information_schema.statistics AS s
    WHERE )" + within("s") + R"( AND s.non_unique = 0 AND s.index_name <> 'PRIMARY'
) AS i
WHERE i.partial_columns = 0
ORDER BY i.table_name, i.index_name, i.seq_in_index)";

    queries.indexes = "SELECT s.table_name, s.index_name, s.column_name, s.seq_in_index, s.non_unique = 0,\n       ";
    queries.indexes += is_mariadb_ ? "NULL" : "concat('(', s.expression, ')')";
    queries.indexes += R"(, NULL, 0, s.collation = 'D', NULL,
       CASE WHEN s.index_type NOT IN ('BTREE', 'FULLTEXT', 'SPATIAL', 'RTREE') THEN s.index_type END, NULL, NULL, NULL, 0,
       s.sub_part, CASE WHEN s.index_type IN ('FULLTEXT', 'SPATIAL') THEN s.index_type END
FROM information_schema.statistics AS s
WHERE )" + within("s") + R"( AND s.index_name <> 'PRIMARY'
ORDER BY s.table_name, s.index_name, s.seq_in_index)";

    // RESTRICT and NO ACTION are one and the same here, and what one gets without asking.
    queries.foreign_keys = R"(SELECT k.table_name, k.constraint_name, k.column_name,
       CASE WHEN k.referenced_table_schema <> k.table_schema THEN k.referenced_table_schema END,
       k.referenced_table_name, k.referenced_column_name,
       CASE WHEN r.delete_rule NOT IN ('RESTRICT', 'NO ACTION') THEN r.delete_rule END,
       CASE WHEN r.update_rule NOT IN ('RESTRICT', 'NO ACTION') THEN r.update_rule END,
       k.ordinal_position, NULL, NULL, NULL, 0
FROM information_schema.key_column_usage AS k
JOIN information_schema.referential_constraints AS r
    ON r.constraint_schema = k.constraint_schema AND r.table_name = k.table_name
    AND r.constraint_name = k.constraint_name
WHERE )" + within("k") + R"( AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position)";

    // The check by which MariaDB knows its JSON columns is part of their type.
    queries.checks = is_mariadb_ ? R"(SELECT k.table_name, k.constraint_name, k.check_clause, 0
FROM (
    SELECT c.*, c.constraint_schema AS table_schema FROM information_schema.check_constraints AS c
) AS k
WHERE )" + within("k") + R"( AND k.check_clause <> concat('json_valid(`', replace(k.constraint_name, '`', '``'), '`)')
ORDER BY k.table_name, k.constraint_name)"
                                 : R"(SELECT k.table_name, k.constraint_name, c.check_clause, 0
FROM information_schema.table_constraints AS k
JOIN information_schema.check_constraints AS c
    ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name
WHERE )" + within("k") + R"( AND k.constraint_type = 'CHECK'
ORDER BY k.table_name, k.constraint_name)";

    // One row for each option that there is.
    queries.table_options = R"(SELECT o.table_name, p.name,
       CASE p.name WHEN 'engine' THEN o.engine WHEN 'default charset' THEN substring_index(o.table_collation, '_', 1)
            ELSE o.table_collation END
FROM information_schema.tables AS o
JOIN (SELECT 1 AS place, 'engine' AS name UNION ALL SELECT 2, 'default charset' UNION ALL SELECT 3, 'collate') AS p
WHERE )" + within("o") + R"( AND o.engine IS NOT NULL AND o.table_collation IS NOT NULL
ORDER BY o.table_name, p.place)";
    return queries;
}

} // namespace azoth
