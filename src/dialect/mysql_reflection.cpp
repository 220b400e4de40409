// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's catalogue: what it calls the types, and the queries that read its tables.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/dialect/mysql.hpp>
#include <azoth/schema/reflected.hpp>
#include <azoth/types/details.hpp>
#include <azoth/types/mysql.hpp>
#include <azoth/types/standard.hpp>

#include "dialect/type_name.hpp"

namespace azoth {

namespace {

// As COLUMN_TYPE spells them, and the aliases that people write. What is missing is one of these databases' own types, or
// null_type (geometry): its values go in and out as they come, and nothing is assumed.
constexpr std::array named_kinds{
    NamedKind{"bigint", TypeKind::big_integer},
    NamedKind{"binary", TypeKind::large_binary},
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

/// Kinds of types of which the generic type is one.
constexpr std::array without_generic = std::to_array<std::string_view>({
    "binary", "char", "longblob", "longtext", "mediumblob", "mediumint", "mediumtext", "timestamp", "tinyblob", "tinytext",
    "varbinary", "year",
});

/// Takes " clause word …" off the end of `text`, and gives what stands behind the words of the clause.
std::string_view take_clause(std::string_view& text, std::string_view clause) {
    const auto begin = text.rfind(clause);
    // Inside quotes it is a member of an ENUM.
    if (begin == std::string_view::npos || text.find('\'', begin) != std::string_view::npos) return {};
    const auto rest = text.substr(begin + clause.size());
    text = text.substr(0, begin);
    return rest;
}

/// "latin1 collate latin1_german1_ci"
void set_charset(Type& type, std::string_view text) {
    const auto collation = take_clause(text, " collate ");
    change_details(type, [&](TypeDetails& d) {
        d.charset = text;
        d.collation = collation;
    });
}

/// The members in the parentheses: 'it''s', 'b'.
std::vector<std::string> members_of(std::string_view text) {
    std::vector<std::string> members;
    bool quoted = false;
    for (std::size_t i = text.find('('); i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\'' && quoted && i + 1 < text.size() && text[i + 1] == '\'') {
            members.back() += text[++i];
        } else if (c == '\'') {
            quoted = !quoted;
            if (quoted) members.emplace_back();
        } else if (quoted) {
            members.back() += c;
        }
    }
    return members;
}

/// What these databases call it; null_type where the generic type says it all.
Type own_type(std::string_view text, const TypeName& parsed) {
    namespace my = mysql;
    const auto size = parsed.argument(0);
    const auto& name = parsed.name;
    if (name == "enum") return my::ENUM{members_of(text)};
    if (name == "set") return my::SET{members_of(text)};
    if (name == "bit") return my::BIT{size};
    if (name == "char") return my::CHAR{size};
    if (name == "varchar") return my::VARCHAR{size};
    if (name == "tinyint") return my::TINYINT{size};
    if (name == "decimal" || name == "numeric") return my::DECIMAL{size, parsed.argument(1)};
    if (name == "float") return my::FLOAT{size, parsed.argument(1)};
    if (name == "double") return my::DOUBLE{size, parsed.argument(1)};
    if (name == "timestamp") return my::TIMESTAMP{size};
    if (name == "binary") return BINARY{size};
    if (name == "varbinary") return VARBINARY{size};
    static const std::map<std::string_view, Type> others{
        {"bigint", my::BIGINT{}},         {"inet4", mariadb::INET4{}},    {"inet6", mariadb::INET6{}},
        {"int", my::INTEGER{}},           {"integer", my::INTEGER{}},     {"longblob", my::LONGBLOB{}},
        {"longtext", my::LONGTEXT{}},     {"mediumblob", my::MEDIUMBLOB{}}, {"mediumint", my::MEDIUMINT{}},
        {"mediumtext", my::MEDIUMTEXT{}}, {"smallint", my::SMALLINT{}},   {"text", my::TEXT{}},
        {"tinyblob", my::TINYBLOB{}},     {"tinytext", my::TINYTEXT{}},   {"year", my::YEAR{}},
    };
    const auto found = others.find(name);
    return found == others.end() ? Type{} : found->second;
}

} // namespace

// Where the generic type does not say it all, it has what these databases call it as a variant: reflected tables can be created
// anew there and elsewhere.
Type MySQLDialect::type_from_text(std::string_view text) const {
    const auto charset = take_clause(text, " character set ");
    auto parsed = parse_type_name(text);
    const bool zerofill = remove_last_word(parsed.name, "zerofill");
    const bool is_unsigned = remove_last_word(parsed.name, "unsigned");
    Type own = own_type(text, parsed);
    if (zerofill) set_flag(own, TypeFlag::zerofill);
    if (is_unsigned) set_flag(own, TypeFlag::unsigned_);
    if (!charset.empty()) set_charset(own, charset);
    const auto found = std::ranges::lower_bound(named_kinds, parsed.name, {}, &NamedKind::name);
    const bool known = found != named_kinds.end() && found->name == parsed.name;
    if (!known) return own;
    Type type = make_type(*found, parsed);
    // Unsigned numbers need the next wider type; there is none above BIGINT.
    if (is_unsigned && found->name == "smallint") type = Integer{};
    if (is_unsigned && (found->name == "int" || found->name == "integer")) type = BigInteger{};
    // A TINYINT(1) is perhaps a BOOL, which is another word for it, and perhaps not: it stays what it is.
    if (found->name == "tinyint" && parsed.argument(0) != 1) own.length = Type::unset;
    const bool says_more = is_unsigned || !charset.empty() || std::ranges::find(without_generic, parsed.name) != without_generic.end()
        || (found->name == "tinyint" && parsed.argument(0) == 1);
    return says_more && own.details ? type.with_variant(own, "mysql").with_variant(own, "mariadb") : type;
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
FROM information_schema.columns AS c
JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name)";
    // Said where it is not the table's own.
    const std::string charset = R"(
           CASE WHEN c.collation_name <> t.table_collation
                THEN concat(' character set ', c.character_set_name, ' collate ', c.collation_name) ELSE '' END)";
    queries.columns = is_mariadb_ ? R"(SELECT c.table_name, c.column_name,
       CASE WHEN k.constraint_name IS NULL THEN concat(c.column_type, )" + charset + R"() ELSE 'json' END,
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
                                  : "SELECT c.table_name, c.column_name, concat(c.column_type, " + charset + R"(),
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

    // A server that keeps names as they were written and compares them without regard to case may tell this one in lower case.
    // RESTRICT and NO ACTION are one and the same here, and what one gets without asking.
    queries.foreign_keys = R"(SELECT k.table_name, k.constraint_name, k.column_name,
       CASE WHEN k.referenced_table_schema <> k.table_schema THEN k.referenced_table_schema END,
       CASE WHEN @@lower_case_table_names = 2 THEN coalesce((
           SELECT f.table_name FROM information_schema.tables AS f
           WHERE f.table_schema = k.referenced_table_schema AND lower(f.table_name) = lower(k.referenced_table_name)
           LIMIT 1), k.referenced_table_name) ELSE k.referenced_table_name END, k.referenced_column_name,
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
            WHEN 'collate' THEN o.table_collation ELSE nullif(o.create_options, '') END
FROM information_schema.tables AS o
JOIN (SELECT 1 AS place, 'engine' AS name UNION ALL SELECT 2, 'default charset' UNION ALL SELECT 3, 'collate'
      UNION ALL SELECT 4, 'create options') AS p
WHERE )" + within("o") + R"( AND o.engine IS NOT NULL AND o.table_collation IS NOT NULL
ORDER BY o.table_name, p.place)";

    queries.definitions = R"(SELECT v.table_name, v.table_name, v.view_definition
FROM information_schema.views AS v
WHERE )" + within("v");

    // Subpartitions are listed for each partition. The beginning of each is said once, its parts one by one.
    queries.partitions = R"(SELECT p.table_name, o.name,
       CASE o.name
           WHEN 'partition by' THEN concat(p.partition_method, ' (', coalesce(p.partition_expression, ''), ')')
           WHEN 'partitions' THEN (
               SELECT max(q.partition_ordinal_position) FROM information_schema.partitions AS q
               WHERE q.table_schema = p.table_schema AND q.table_name = p.table_name)
           WHEN 'subpartition by' THEN concat(p.subpartition_method, ' (', coalesce(p.subpartition_expression, ''), ')')
           WHEN 'subpartitions' THEN (
               SELECT max(q.subpartition_ordinal_position) FROM information_schema.partitions AS q
               WHERE q.table_schema = p.table_schema AND q.table_name = p.table_name)
           ELSE concat('PARTITION `', replace(p.partition_name, '`', '``'),
                       CASE WHEN p.partition_method LIKE 'RANGE%' THEN '` VALUES LESS THAN (' ELSE '` VALUES IN (' END,
                       p.partition_description, ')')
       END
FROM information_schema.partitions AS p
JOIN (SELECT 1 AS place, 'partition by' AS name UNION ALL SELECT 2, 'partitions' UNION ALL SELECT 3, 'subpartition by'
      UNION ALL SELECT 4, 'subpartitions' UNION ALL SELECT 5, 'partition definitions') AS o
WHERE )" + within("p") + R"( AND p.partition_method REGEXP '^(RANGE|LIST|(LINEAR )?(HASH|KEY))'
    AND coalesce(p.subpartition_ordinal_position, 1) = 1
    AND (o.place = 5 OR p.partition_ordinal_position = 1)
    AND (o.place NOT IN (3, 4) OR p.subpartition_method IS NOT NULL)
    AND (o.place <> 2 OR p.partition_method REGEXP 'HASH|KEY')
    AND (o.place <> 5 OR p.partition_method NOT REGEXP 'HASH|KEY')
ORDER BY p.table_name, o.place, p.partition_ordinal_position)";
    return queries;
}

// The servers list no columns of a view that they cannot open.
void MySQLDialect::read_definition(ReflectedTable& table, std::string_view, std::string_view) const {
    if (!table.columns.empty()) return;
    table.unreflectable = "the view refers to a table, column or function that is gone, or that its definer or invoker may not use";
}

} // namespace azoth
