// SPDX-License-Identifier: MIT
// Constructs of the area quote.
#include "golden/core_corpus.hpp"
#include "golden/core_tables.hpp"

namespace golden {

using namespace azoth;

namespace {

Table table(std::string name) {
    return Table{std::make_shared<schema::TableData>(std::move(name))};
}

/// `SELECT name FROM name`.
void add_word(Registry& registry, std::string id, std::string column_name, std::string table_name) {
    registry.add(std::move(id), [column_name, table_name] {
        return select(column(column_name)).select_from(table(table_name));
    });
}

} // namespace

void add_quoting_cases(Registry& registry) {
    for (const std::string word :
         {"comment",
          "date",
          "desc",
          "key",
          "level",
          "limit",
          "order",
          "rank",
          "row",
          "status",
          "type",
          "user",
          "value"})
        add_word(registry, "quote.word." + word, word, word);
    add_word(registry, "quote.leading_digit", "1st", "2nd");
    add_word(registry, "quote.leading_underscore", "_x", "_t");
    add_word(registry, "quote.unicode_name", "größe", "tabelle_ä");

    registry.add("quote.bind_name", [] {
        auto data = std::make_shared<schema::TableData>("t");
        for (const char* name : {"a b", "c:d", "e%f"})
            data->add_column(name, Type{});
        const Table t{data};
        return update(t).values(t.c("a b") = 1, t.c("c:d") = 2, t.c("e%f") = 3);
    });
    registry.add("quote.collation", [] { return select(users.name.collate("en-US-x-icu")); });
    registry.add("quote.forced", [] {
        return select(column(quoted_name("plain", true))).select_from(azoth::table(quoted_name("tbl", true)));
    });
    registry.add("quote.suppressed", [] {
        return select(column(quoted_name("MixedCase", false))).select_from(azoth::table(quoted_name("Tbl", false)));
    });
    registry.add("quote.odd_alias", [] {
        const auto o = alias(odd, "OD");
        return select(o.mixed_case).where(o.select == "x");
    });
    registry.add("quote.odd_insert", [] {
        return insert(odd).values(odd.select = "x", odd.mixed_case = 1, odd.with_space = 2, odd.group = 3);
    });
    registry.add("quote.odd_subquery", [] {
        const auto s = select(odd.with_space, odd.mixed_case).subquery("Sub Q");
        return select(s.c("with space")).order_by(s.c("MixedCase"));
    });
    registry.add("quote.odd_table", [] { return select(odd); });
    registry.add("quote.odd_where", [] {
        return select(odd.id).where(odd.mixed_case == 1, odd.with_space == 2);
    });
}

} // namespace golden
