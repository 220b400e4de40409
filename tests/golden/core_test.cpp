// SPDX-License-Identifier: MIT
// Every construct of the corpus, against what SQLAlchemy makes of it.
#include "golden/core_corpus.hpp"
#include "golden/neighbours.hpp"
#include "support/catch.hpp"
#include "support/paths.hpp"

#include <algorithm>
#include <iostream>

namespace {

struct DialectEntry {
    std::string name;
    std::shared_ptr<const azoth::Dialect> dialect;
};

const std::vector<DialectEntry>& dialects() {
    static const std::vector<DialectEntry> all{
        {"postgresql", azoth::dialects::postgresql()},
        {"mysql", azoth::dialects::mysql()},
        {"mariadb", azoth::dialects::mariadb()},
        {"sqlite", azoth::dialects::sqlite()},
        {"oracle", azoth::dialects::oracle()},
        {"mssql", azoth::dialects::mssql()},
    };
    return all;
}

/// Dialects without a driver: what they do not write yet is in a list of its own.
bool only_writes_sql(std::string_view dialect) {
    return dialect == "oracle" || dialect == "mssql";
}

/// All that the tests share, read once.
struct Suite {
    std::string name;
    golden::Registry registry;
    std::map<std::string, golden::CorpusCase> corpus;
    std::map<std::string, std::string> not_yet;
    std::map<std::string, std::string> accepted;
    std::map<std::string, std::string> not_yet_drivers;
};

golden::Registry all_cases() {
    golden::Registry registry;
    golden::add_select_cases(registry);
    golden::add_from_cases(registry);
    golden::add_operator_cases(registry);
    golden::add_expression_cases(registry);
    golden::add_function_cases(registry);
    golden::add_subquery_cases(registry);
    golden::add_set_operation_cases(registry);
    golden::add_upsert_cases(registry);
    golden::add_json_cases(registry);
    golden::add_postgresql_cases(registry);
    golden::add_dml_cases(registry);
    golden::add_quoting_cases(registry);
    golden::add_literal_cases(registry);
    golden::add_ddl_cases(registry);
    golden::add_ddl_type_cases(registry);
    golden::add_ddl_statement_cases(registry);
    return registry;
}

golden::Registry neighbouring_cases() {
    golden::Registry registry;
    golden::add_neighbouring_operator_cases(registry);
    golden::add_neighbouring_select_cases(registry);
    golden::add_neighbouring_function_cases(registry);
    golden::add_neighbouring_dml_cases(registry);
    golden::add_neighbouring_postgresql_cases(registry);
    golden::add_neighbouring_ddl_cases(registry);
    golden::add_neighbouring_type_cases(registry);
    golden::add_neighbouring_combinations(registry);
    golden::add_neighbouring_clauses(registry);
    golden::add_neighbouring_schemas(registry);
    return registry;
}

std::string in_golden(const std::string& file) {
    return azoth::testing::in_tests("golden/" + file);
}

/// Each value as the program gave it, or as it is handed to a driver.
bool same_values(const golden::Expected& expected, const nlohmann::json& values) {
    if (values.size() != expected.params.size())
        return false;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != expected.params[i] && values[i] != expected.driver_params[i])
            return false;
    return true;
}

/// What differs on one dialect; empty when nothing does.
std::string difference(
    const golden::CorpusCase& expected_case,
    const golden::Expected& expected,
    const golden::Registry::Build& build,
    const azoth::Dialect& dialect
) {
    golden::Rendered rendered;
    try {
        rendered = build(dialect);
    } catch (const azoth::Error& error) {
        if (!expected.refused) return std::string{"refused: "} + error.what();
        const bool unsupported = dynamic_cast<const azoth::UnsupportedCompilationError*>(&error) != nullptr;
        const bool is_class = unsupported || expected.error != "UnsupportedCompilationError";
        return is_class ? std::string{} : "refused, but not as UnsupportedCompilationError: " + std::string{error.what()};
    }
    if (expected.refused)
        return "should be refused, but is\n    " + rendered.statements.front();

    const bool ddl = expected_case.area.starts_with("ddl.");
    const auto all = [&](const std::vector<std::string>& statements) {
        std::string text;
        for (const auto& statement : statements)
            text += "\n    " + golden::normalised(statement, ddl);
        return text;
    };
    const auto wanted = all(expected.statements);
    const auto got = all(rendered.statements);
    if (wanted != got)
        return "expected" + wanted + "\n  got" + got;
    if (!expected.params.is_null() && !same_values(expected, rendered.params))
        return "expected values\n    " + expected.params.dump() + "\n  got\n    " + rendered.params.dump();
    return {};
}

Suite read_suite(std::string name, golden::Registry registry) {
    return {
        name,
        std::move(registry),
        golden::read_corpus(in_golden("corpus/" + name + ".jsonl")),
        golden::read_list(in_golden("not_yet_" + name + ".txt")),
        golden::read_list(in_golden("accepted_differences_" + name + ".txt")),
        golden::read_list(in_golden("not_yet_" + name + "_oracle_mssql.txt")),
    };
}

const Suite& suite() {
    static const Suite core = read_suite("core", all_cases());
    return core;
}

/// Each case that `chosen(id, area)` names is built, refused as expected, or in a list that says why not.
template <class Chosen>
void check_cases(const Suite& all, Chosen chosen) {
    std::size_t passed = 0;
    std::size_t differing = 0;
    std::size_t missing = 0;
    std::size_t count = 0;
    for (const auto& [id, expected_case] : all.corpus) {
        if (!chosen(id, expected_case.area))
            continue;
        ++count;
        const auto found = all.registry.all().find(id);
        if (found == all.registry.all().end()) {
            ++missing;
            INFO(id << " is neither registered nor in the list not_yet");
            CHECK(all.not_yet.contains(id));
            continue;
        }
        std::string differences;
        std::string not_yet_differences;
        const bool is_not_yet = all.not_yet_drivers.contains(id);
        for (const auto& [name, dialect] : dialects()) {
            const auto expected = expected_case.dialects.find(name);
            if (expected == expected_case.dialects.end())
                continue;
            const auto text = difference(expected_case, expected->second, found->second, *dialect);
            if (!text.empty())
                (is_not_yet && only_writes_sql(name) ? not_yet_differences : differences) += "\n  " + name + ": " + text;
        }
        if (is_not_yet && not_yet_differences.empty())
            FAIL_CHECK(id << " no longer differs: take it off the list for Oracle and SQL Server");
        const bool is_accepted = all.accepted.contains(id);
        if (differences.empty() && !is_not_yet)
            ++passed;
        else if (is_accepted)
            ++differing;
        INFO(id << differences);
        CHECK((differences.empty() || is_accepted));
        if (is_accepted && differences.empty())
            FAIL_CHECK(id << " no longer differs: take it off the accepted list");
    }
    CHECK(count > 0);
    std::cout << "golden " << all.name << ": " << count << " cases, " << passed << " passed, " << differing
              << " accepted differences, " << missing << " missing\n";
}

/// The cases of some areas; or those whose ids begin with one of `ids`.
void check_areas(const std::vector<std::string>& areas, const std::vector<std::string>& ids = {}) {
    check_cases(suite(), [&](const std::string& id, const std::string& area) {
        return std::ranges::find(areas, area) != areas.end() ||
               std::ranges::any_of(ids, [&](const auto& prefix) { return id.starts_with(prefix); });
    });
}

void check_all(const Suite& all) {
    check_cases(all, [](const std::string&, const std::string&) { return true; });
}

void check_lists(const Suite& all) {
    CHECK(all.registry.repeated().empty());
    for (const auto& [id, build] : all.registry.all()) {
        INFO(id);
        CHECK(all.corpus.contains(id));
        CHECK_FALSE(all.not_yet.contains(id));
    }
    for (const auto& [id, reason] : all.not_yet) {
        INFO("not_yet_" << all.name << ".txt: " << id);
        CHECK(all.corpus.contains(id));
    }
    for (const auto& [id, reason] : all.not_yet_drivers) {
        INFO("not_yet_" << all.name << "_oracle_mssql.txt: " << id);
        CHECK(all.registry.all().contains(id));
    }
    for (const auto& [id, reason] : all.accepted) {
        INFO("accepted_differences_" << all.name << ".txt: " << id);
        CHECK(all.registry.all().contains(id));
        CHECK_FALSE(reason.empty());
    }
}

} // namespace

TEST_CASE("the lists of the core corpus name cases that exist", "[golden][sql]") { check_lists(suite()); }

TEST_CASE("every construct of the core corpus is written as SQLAlchemy writes it", "[golden][sql]") { check_all(suite()); }

TEST_CASE("the neighbours of the core corpus's constructs are written as SQLAlchemy writes them", "[golden][sql]") {
    const auto neighbours = read_suite("core_neighbours", neighbouring_cases());
    check_lists(neighbours);
    check_all(neighbours);
}

// By what the cases prove: each test names the rows of the specification that these cases cover.

TEST_CASE("corpus: columns, labels and names of a SELECT", "[golden][core.select.basic][core.select.implicit_from]"
          "[core.select.select_from][core.select.where][core.select.distinct][core.select.labels_style]"
          "[core.select.hints][core.select.prefix_suffix][core.select.dual][core.expr.label][core.expr.literal_column]"
          "[pg.select.distinct_on][my.select.hints][or.hints][ms.hints]") {
    check_areas({"select"});
}
TEST_CASE("corpus: grouping and ordering", "[golden][core.select.group_having][core.select.order_by]"
          "[core.expr.asc_desc_nulls][core.expr.collate][core.func.grouping]") {
    check_areas({"group_order"});
}
TEST_CASE("corpus: limits", "[golden][core.select.limit_offset][core.select.fetch][my.select.limit][or.limit][ms.limit]"
          "[core.bind.literal_execute]") {
    check_areas({"limit"});
}
TEST_CASE("corpus: row locks", "[golden][core.select.for_update][pg.select.for_update][my.select.for_share]") {
    check_areas({"lock"});
}
TEST_CASE("corpus: FROM elements and joins", "[golden][core.from.alias][core.from.subquery][core.from.join_object]"
          "[core.from.values][core.from.tablesample][core.from.schema_qualified][core.select.join_on_fk]"
          "[core.select.join_explicit][core.select.subquery_columns]") {
    check_areas({"from"});
}
TEST_CASE("corpus: CTEs", "[golden][core.from.cte][core.from.cte_recursive][core.from.cte_nesting][core.from.cte_dml]"
          "[core.from.cte_prefix]") {
    check_areas({"cte"});
}
TEST_CASE("corpus: set operations", "[golden][core.setop.basic][core.setop.order_by_name][core.setop.methods]"
          "[core.setop.with_for_update][core.select.nested_set][or.sets]") {
    check_areas({"setop"});
}
TEST_CASE("corpus: subqueries", "[golden][core.expr.scalar_subquery][core.expr.exists][core.op.in_subquery]"
          "[core.select.correlate_auto]") {
    check_areas({"subquery"});
}
TEST_CASE("corpus: expressions", "[golden][core.expr.literal][core.expr.cast][core.expr.try_cast][core.expr.type_coerce]"
          "[core.expr.case][core.expr.extract][core.text.columns][core.text.fragments][core.text.bindparams][core.bind.bindparam]"
          "[core.bind.expanding][core.bind.params][my.op.cast]") {
    check_areas({"expr"});
}
TEST_CASE("corpus: comparisons", "[golden][core.op.comparison][core.op.is][core.op.distinct_from][core.op.reverse]"
          "[core.expr.between][core.expr.eq_null][core.expr.tuple]") {
    check_areas({"op.compare"});
}
TEST_CASE("corpus: truth values", "[golden][core.expr.and_or][core.expr.not][core.expr.boolean_column]"
          "[core.expr.null_true_false]") {
    check_areas({"op.bool"});
}
TEST_CASE("corpus: calculating", "[golden][core.op.arith][core.op.truediv][core.op.floordiv][core.op.mod][core.op.bitwise]") {
    check_areas({"op.arith"});
}
TEST_CASE("corpus: IN", "[golden][core.op.in_list][core.op.in_empty]") { check_areas({"op.in"}); }
TEST_CASE("corpus: text is searched", "[golden][core.op.like_family][core.op.contains_family][core.op.regexp][core.op.match]"
          "[my.op.match]") {
    check_areas({"op.like"});
}
TEST_CASE("corpus: other operators", "[golden][core.op.concat][core.expr.op_custom][core.expr.any_all][my.op.concat_eq]") {
    check_areas({"op.misc"});
}
TEST_CASE("corpus: functions", "[golden][core.func.generic][core.func.count_star][core.func.dialect_names][core.func.filter]"
          "[core.func.within_group][core.func.table_valued][core.func.column_valued][core.from.table_valued_alias]"
          "[core.func.aggregate_order_by][core.from.lateral][pg.func.table_valued][core.expr.distinct][core.default.next_value]"
          "[my.func.group_concat]") {
    check_areas({"func"});
}
TEST_CASE("corpus: windows", "[golden][core.func.over][core.func.frames]") { check_areas({"window"}); }
TEST_CASE("corpus: JSON documents", "[golden][core.type.json][core.op.json_index][core.expr.getitem]") { check_areas({"json"}); }
TEST_CASE("corpus: PostgreSQL's own", "[golden][pg.type.array][pg.type.json][pg.type.fulltext][pg.func.aggs]"
          "[core.update.subscript_set]") {
    check_areas({"pg"});
}
TEST_CASE("corpus: literals", "[golden][core.bind.literal_binds]") { check_areas({"literal"}); }
TEST_CASE("corpus: quoting", "[golden][core.compile.identifier_quoting][dial.common.reserved_words]") { check_areas({"quote"}); }
TEST_CASE("corpus: INSERT", "[golden][core.insert.values][core.insert.multi_values][core.insert.from_select][core.insert.empty]"
          "[core.insert.prefix][core.insert.unconsumed][core.from.cte_in_insert][core.dml.null_values][core.default.scalar]"
          "[core.default.precedence][my.dml.insert_ignore][my.dml.returning][or.multi_insert]") {
    check_areas({"dml.insert"});
}
TEST_CASE("corpus: UPDATE", "[golden][core.update.values][core.update.expressions][core.update.from][core.update.alias]"
          "[sl.dml.update_from][my.dml.multi_table][my.dml.limit]") {
    check_areas({"dml.update"});
}
TEST_CASE("corpus: DELETE", "[golden][core.delete.basic][core.delete.multi][core.delete.returning]") { check_areas({"dml.delete"}); }
TEST_CASE("corpus: RETURNING", "[golden][core.update.returning][pg.dml.returning][sl.dml.returning][or.returning][ms.returning]") {
    check_areas({}, {"insert.returning", "insert.multi.returning", "delete.returning", "delete.using_returning",
                     "upsert.pg.multi_returning", "cte.dml"});
}
TEST_CASE("corpus: upserts", "[golden][pg.dml.upsert][my.dml.upsert][sl.dml.upsert]") { check_areas({"dml.upsert"}); }
TEST_CASE("corpus: CREATE TABLE", "[golden][core.schema.prefixes][core.schema.dialect_options][core.ddl.column_render]"
          "[pg.ddl.table_opts][my.ddl.table_opts][sl.ddl.table_opts]") {
    check_areas({"ddl.table"});
}
TEST_CASE("corpus: columns of a table", "[golden][core.default.server][core.default.identity][core.default.computed]"
          "[core.default.sequence_as_server_default][core.schema.autoincrement][pg.ddl.autoinc][my.ddl.autoinc]"
          "[sl.ddl.on_conflict][my.type.datetime]") {
    check_areas({"ddl.column"});
}
TEST_CASE("corpus: constraints", "[golden][core.constraint.fk][core.constraint.unique][core.constraint.check][core.naming.convention]"
          "[pg.ddl.constraint_opts]") {
    check_areas({"ddl.constraint"});
}
TEST_CASE("corpus: indexes", "[golden][core.index.basic][core.index.functional][core.index.options][pg.ddl.index_opts][my.ddl.index]"
          "[ms.index]") {
    check_areas({"ddl.index"});
}
TEST_CASE("corpus: sequences, comments, types and views", "[golden][core.ddl.elements][core.schema.comments][core.default.sequence]"
          "[pg.ddl.comments][my.ddl.comments][pg.ddl.views][my.ddl.sequence]") {
    check_areas({"ddl.object"});
}
TEST_CASE("corpus: scripts", "[golden][core.ddl.order][core.ddl.cycles][core.constraint.fk_use_alter][sl.ddl.alter_limits]"
          "[pg.type.enum]") {
    check_areas({"ddl.script"});
}
TEST_CASE("corpus: names of types", "[golden][core.type.ddl_matrix][core.type.uppercase_std][core.type.integer_family]"
          "[my.type.numeric][my.type.string][my.type.enum_set][ms.types][or.types]") {
    check_areas({"ddl.type"});
}
