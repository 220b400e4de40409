// SPDX-License-Identifier: MIT
// SQLite's catalogue: what declared types mean, and the queries that read its tables.
#include <algorithm>
#include <array>

#include "dialect/sqlite.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

// The names that SQLAlchemy knows; any other word goes by its affinity.
constexpr std::array named_kinds{
    NamedKind{"bigint", TypeKind::big_integer},
    NamedKind{"blob", TypeKind::large_binary},
    NamedKind{"bool", TypeKind::boolean},
    NamedKind{"boolean", TypeKind::boolean},
    NamedKind{"char", TypeKind::string},
    NamedKind{"date", TypeKind::date},
    NamedKind{"date_char", TypeKind::date},
    NamedKind{"datetime", TypeKind::date_time},
    NamedKind{"datetime_char", TypeKind::date_time},
    NamedKind{"decimal", TypeKind::numeric},
    NamedKind{"double", TypeKind::double_},
    NamedKind{"double precision", TypeKind::double_},
    NamedKind{"double_precision", TypeKind::double_},
    NamedKind{"float", TypeKind::float_},
    NamedKind{"int", TypeKind::integer},
    NamedKind{"integer", TypeKind::integer},
    NamedKind{"json", TypeKind::json},
    NamedKind{"numeric", TypeKind::numeric},
    NamedKind{"nvarchar", TypeKind::string},
    NamedKind{"real", TypeKind::double_}, // eight bytes
    NamedKind{"smallint", TypeKind::small_integer},
    NamedKind{"text", TypeKind::text},
    NamedKind{"time", TypeKind::time},
    NamedKind{"time_char", TypeKind::time},
    NamedKind{"timestamp", TypeKind::date_time},
    NamedKind{"varchar", TypeKind::string},
};
static_assert(std::ranges::is_sorted(named_kinds, {}, &NamedKind::name));

/// The manual's rules, "Determination Of Column Affinity", in their order.
Type by_affinity(std::string_view name) {
    const auto has = [name](std::string_view word) { return name.find(word) != std::string_view::npos; };
    if (has("int")) return Integer{};
    if (has("char") || has("clob") || has("text")) return Text{};
    if (name.empty() || has("blob")) return Type{};
    if (has("real") || has("floa") || has("doub")) return Double{};
    return Numeric{};
}

// The tables of the schema. CROSS JOIN, since SQLite keeps its order: it may turn a plain JOIN round, and a
// table-valued function that runs before the table whose name it takes finds nothing.
constexpr std::string_view own_tables =
    R"(WHERE t.schema = coalesce(?, 'main') AND t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\')";

} // namespace

Type SQLiteDialect::type_from_text(std::string_view text) const {
    const auto parsed = parse_type_name(text);
    const auto found = std::ranges::lower_bound(named_kinds, parsed.name, {}, &NamedKind::name);
    if (found == named_kinds.end() || found->name != parsed.name) return by_affinity(parsed.name);
    return make_type(*found, parsed);
}

// SQLite keeps no names of constraints outside the text of CREATE TABLE, so they are not told.
// pragma_table_list needs SQLite 3.37.
ReflectionQueries SQLiteDialect::reflection() const {
    const auto query = [](std::string_view columns, std::string_view joins, std::string_view rest) {
        std::string sql = "SELECT t.name";
        sql.append(columns).append("\nFROM pragma_table_list AS t").append(joins);
        return sql.append("\n").append(own_tables).append(rest);
    };
    ReflectionQueries queries;
    queries.tables = query("", "", "\nORDER BY t.name");
    queries.views = "SELECT t.name\nFROM pragma_table_list AS t\n"
                    "WHERE t.schema = coalesce(?, 'main') AND t.type = 'view'\nORDER BY t.name";

    // A key that is the rowid is the only kind of key that needs no index.
    queries.columns = query(
        R"(, c.name, c.type, c."notnull" = 0,
       CASE WHEN upper(c.dflt_value) <> 'NULL' THEN c.dflt_value END,
       c.pk = 1 AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name, t.schema) AS i WHERE i.origin = 'pk'),
       NULL)",
        "\nCROSS JOIN pragma_table_xinfo(t.name, t.schema) AS c",
        " AND c.hidden <> 1\nORDER BY t.name, c.cid"
    );

    queries.primary_keys = query(
        ", NULL, c.name, c.pk", "\nCROSS JOIN pragma_table_xinfo(t.name, t.schema) AS c",
        " AND c.pk > 0\nORDER BY t.name, c.pk");

    // Later constraints come first in both lists. A foreign key that names no columns means the primary key.
    queries.foreign_keys = query(
        R"(, NULL, f."from", NULL, f."table",
       coalesce(f."to", (
           SELECT p.name FROM pragma_table_info(f."table", t.schema) AS p WHERE p.pk = f.seq + 1)),
       nullif(f.on_delete, 'NO ACTION'), nullif(f.on_update, 'NO ACTION'), f.seq + 1)",
        "\nCROSS JOIN pragma_foreign_key_list(t.name, t.schema) AS f",
        "\nORDER BY t.name, f.id DESC, f.seq"
    );

    queries.uniques = query(
        ", NULL, c.name, c.seqno + 1",
        "\nCROSS JOIN pragma_index_list(t.name, t.schema) AS i"
        "\nCROSS JOIN pragma_index_info(i.name, t.schema) AS c",
        " AND i.origin = 'u'\nORDER BY t.name, i.seq DESC, c.seqno");
    return queries;
}

} // namespace azoth
