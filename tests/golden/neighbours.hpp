// SPDX-License-Identifier: MIT
// Constructs beside those of the core corpus (corpus/core_neighbours.jsonl), which holds what SQLAlchemy 2.1 (MIT licence)
// makes of them.
#pragma once

#include "golden/core_corpus.hpp"

namespace golden {

// One for each group of areas.
void add_neighbouring_operator_cases(Registry& registry);
void add_neighbouring_select_cases(Registry& registry);
void add_neighbouring_function_cases(Registry& registry);
void add_neighbouring_dml_cases(Registry& registry);
void add_neighbouring_postgresql_cases(Registry& registry);
void add_neighbouring_ddl_cases(Registry& registry);
void add_neighbouring_type_cases(Registry& registry);
void add_neighbouring_schemas(Registry& registry);      ///< expressions in DDL
void add_neighbouring_clauses(Registry& registry);      ///< names and brackets
void add_neighbouring_combinations(Registry& registry); ///< of several areas

} // namespace golden
