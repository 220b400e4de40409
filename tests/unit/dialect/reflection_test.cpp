// SPDX-License-Identifier: MIT
// Tables put together from catalogue rows, without a database.
#include "support/catch.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <azoth/dialect/dialect.hpp>
#include <azoth/sql/node.hpp>

#include "dialect/reflection.hpp"

namespace {

using namespace azoth;
using schema::Autoincrement;

/// Rows of text; a number is what a driver would send as one, nothing is NULL.
class TextRows final : public RowBuffer {
public:
    using Cell = std::optional<std::string>;

    explicit TextRows(std::vector<std::vector<Cell>> cells)
        : RowBuffer(cells.size(), cells.empty() ? 0 : cells.front().size()), cells_(std::move(cells)) {}

    Field field(std::size_t row, std::size_t column) const noexcept override {
        const Cell& cell = cells_[row][column];
        if (!cell) return {};
        if (cell->size() == 1 && cell->front() >= '0' && cell->front() <= '9')
            return {Wire::integer, static_cast<std::int64_t>(cell->front() - '0')};
        return {Wire::text, cell->data(), static_cast<std::uint32_t>(cell->size())};
    }

private:
    std::vector<std::vector<Cell>> cells_;
};

constexpr std::nullopt_t none = std::nullopt;

std::string default_of(const schema::ColumnData& column) {
    if (!column.server_default) return {};
    return static_cast<const sql::LiteralColumnNode&>(*column.server_default).text;
}

} // namespace

TEST_CASE("reflection: columns and keys make a table", "[dialect][reflection][core.reflect.struct]") {
    const auto dialect = dialects::postgresql();
    ReflectedSchema reflected{*dialect, "other"};
    reflected.add_tables(TextRows{{{"child"}, {"parent"}}});
    reflected.add_columns(TextRows{{
        {"a_view", "x", "integer", "1", none, "0", none},
        {"child", "id", "bigint", "0", none, "1", none},
        {"child", "code", "character varying(20)", "1", "'it''s'::text", "0", "a note"},
        {"child", "mood", "mood", "0", none, "0", none},
        {"parent", "id", "integer", "1", none, "0", none},
    }});
    reflected.add_primary_keys(TextRows{{{"child", "pk_child", "id", "1"}, {"parent", none, "id", "1"}}});
    const auto tables = std::move(reflected).take();

    REQUIRE(tables.size() == 2);
    const auto& child = *tables[0];
    CHECK(child.full_name() == "other.child");
    CHECK(child.primary_key_constraint.name == "pk_child");
    REQUIRE(child.columns.size() == 3);
    CHECK(child.columns[0].type == BigInteger{});
    CHECK_FALSE(child.columns[0].nullable);
    CHECK(child.columns[0].autoincrement == Autoincrement::on);
    CHECK(child.autoincrement_column() == &child.columns[0]);
    CHECK(child.columns[1].type == String{20});
    CHECK(child.columns[1].nullable);
    CHECK(default_of(child.columns[1]) == "'it''s'::text");
    CHECK(child.columns[1].comment == "a note");
    CHECK(child.columns[2].type.is_null_type());
    CHECK_FALSE(child.columns[2].nullable);
    CHECK(child.columns[2].server_default == nullptr);

    const auto& parent = *tables[1];
    CHECK(parent.primary_key_constraint.name.empty());
    CHECK(parent.columns[0].primary_key);
    CHECK_FALSE(parent.columns[0].nullable);
    CHECK(parent.columns[0].autoincrement == Autoincrement::off);
    CHECK(parent.autoincrement_column() == nullptr);
}

TEST_CASE("reflection: a constraint of several columns is one, with or without a name",
          "[dialect][reflection][core.reflect.struct]") {
    const auto dialect = dialects::sqlite();
    ReflectedSchema reflected{*dialect, ""};
    reflected.add_tables(TextRows{{{"t"}, {"u"}}});
    reflected.add_columns(TextRows{{
        {"t", "a", "INTEGER", "1", none, "0", none},
        {"t", "b", "INTEGER", "1", none, "0", none},
        {"u", "a", "INTEGER", "1", none, "0", none},
    }});
    reflected.add_foreign_keys(TextRows{{
        {"t", none, "a", none, "p", "x", "CASCADE", none, "1"},
        {"t", none, "b", none, "p", "y", "CASCADE", none, "2"},
        {"t", none, "a", "far", "q", "z", none, "SET NULL", "1"},
        {"u", "fk_u", "a", none, "p", "x", none, none, "1"},
    }});
    reflected.add_uniques(TextRows{{
        {"t", none, "a", "1"},
        {"t", none, "b", "1"},
        {"t", none, "a", "2"},
        {"u", "uq", "a", "1"},
    }});
    const auto tables = std::move(reflected).take();

    const auto& keys = tables[0]->foreign_keys;
    REQUIRE(keys.size() == 2);
    CHECK(keys[0].name.empty());
    CHECK(keys[0].columns == std::vector<std::string>{"a", "b"});
    CHECK(keys[0].target_table == "p");
    CHECK(keys[0].target_columns == std::vector<azoth::QuotedName>{"x", "y"});
    CHECK(keys[0].on_delete == "CASCADE");
    CHECK(keys[0].on_update.empty());
    CHECK(keys[1].target_schema == "far");
    CHECK(keys[1].on_update == "SET NULL");
    REQUIRE(tables[1]->foreign_keys.size() == 1);
    CHECK(tables[1]->foreign_keys[0].name == "fk_u");

    const auto& uniques = tables[0]->uniques;
    REQUIRE(uniques.size() == 2);
    CHECK(uniques[0].columns == std::vector<std::string>{"a"});
    CHECK(uniques[1].columns == std::vector<std::string>{"b", "a"});
    CHECK(tables[1]->uniques[0].name == "uq");
}

TEST_CASE("reflection: every query has one placeholder, in the dialect's style", "[dialect][reflection]") {
    const auto occurrences = [](const std::string& text, std::string_view what) {
        std::size_t count = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
        return count;
    };
    for (const auto& dialect :
         {dialects::postgresql(), dialects::mysql(), dialects::mariadb(), dialects::sqlite()}) {
        CAPTURE(dialect->name());
        const auto queries = dialect->reflection();
        const auto* placeholder = dialect->name() == "postgresql" ? "$1" : "?";
        for (const auto* query :
             {&queries.tables,
              &queries.columns,
              &queries.primary_keys,
              &queries.foreign_keys,
              &queries.uniques}) {
            CAPTURE(*query);
            CHECK(occurrences(*query, placeholder) == 1);
        }
    }
}
