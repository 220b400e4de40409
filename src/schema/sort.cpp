// SPDX-License-Identifier: MIT
// Sorting tables by their foreign keys: in waves, each of the tables whose targets are all in earlier ones, as SQLAlchemy does.
#include <azoth/schema/sort.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <azoth/error.hpp>

#include "schema/foreign_types.hpp"

namespace azoth::schema {

namespace {

/// One foreign key between two of the tables, by their positions.
struct Edge {
    std::size_t target;
    std::size_t dependent;
    const ForeignKeyData* key;
};

using Targets = std::vector<std::vector<std::size_t>>;

Targets targets_of(std::size_t count, const std::vector<Edge>& edges) {
    Targets targets(count);
    for (const auto& edge : edges) targets[edge.dependent].push_back(edge.target);
    return targets;
}

/// The tables' waves; one that is part of a ring or behind one gets none.
std::vector<std::optional<std::size_t>> waves(const Targets& targets) {
    const auto count = targets.size();
    std::vector<std::size_t> open(count);
    Targets dependents(count);
    for (std::size_t i = 0; i < count; ++i) {
        open[i] = targets[i].size();
        for (const auto target : targets[i]) dependents[target].push_back(i);
    }
    std::vector<std::optional<std::size_t>> wave(count);
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < count; ++i)
        if (open[i] == 0) {
            wave[i] = 0;
            ready.push_back(i);
        }
    std::vector<std::size_t> earliest(count, 0);
    while (!ready.empty()) {
        const auto table = ready.back();
        ready.pop_back();
        for (const auto dependent : dependents[table]) {
            earliest[dependent] = std::max(earliest[dependent], *wave[table] + 1);
            if (--open[dependent] > 0) continue;
            wave[dependent] = earliest[dependent];
            ready.push_back(dependent);
        }
    }
    return wave;
}

/// The tables that are part of some ring: Tarjan's strongly connected components, without recursion.
std::vector<bool> in_rings(const Targets& targets) {
    const auto count = targets.size();
    constexpr auto unseen = static_cast<std::size_t>(-1);
    std::vector<std::size_t> number(count, unseen);
    std::vector<std::size_t> low(count, 0);
    std::vector<bool> on_path(count, false);
    std::vector<bool> result(count, false);
    std::vector<std::size_t> path;
    std::vector<std::pair<std::size_t, std::size_t>> work; // a table, and which of its targets is next
    std::size_t next_number = 0;
    for (std::size_t root = 0; root < count; ++root) {
        if (number[root] != unseen) continue;
        work.emplace_back(root, 0);
        while (!work.empty()) {
            auto& [table, next] = work.back();
            if (next == 0 && number[table] == unseen) {
                number[table] = low[table] = next_number++;
                path.push_back(table);
                on_path[table] = true;
            }
            if (next < targets[table].size()) {
                const auto target = targets[table][next++];
                if (number[target] == unseen) work.emplace_back(target, 0);
                else if (on_path[target]) low[table] = std::min(low[table], number[target]);
                continue;
            }
            const auto done = table;
            work.pop_back();
            if (!work.empty()) low[work.back().first] = std::min(low[work.back().first], low[done]);
            if (low[done] != number[done]) continue;
            const bool ring = path.back() != done;
            for (bool last = false; !last; path.pop_back()) {
                last = path.back() == done;
                on_path[path.back()] = false;
                result[path.back()] = ring;
            }
        }
    }
    return result;
}

} // namespace

std::unordered_set<const ForeignKeyData*> SortedTables::altered_keys() const {
    std::unordered_set<const ForeignKeyData*> keys;
    for (const auto& [table, key] : by_alter) keys.insert(key);
    return keys;
}

SortedTables sort_tables_and_constraints(const std::vector<const Table*>& tables, const AlterRule& rule) {
    using Name = std::pair<std::string_view, std::string_view>; // schema, table
    std::map<Name, std::size_t> positions;
    for (std::size_t i = 0; i < tables.size(); ++i) positions.emplace(Name{tables[i]->schema(), tables[i]->name()}, i);

    std::vector<Edge> edges;
    std::unordered_set<const ForeignKeyData*> altered;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const auto& data = tables[i]->data();
        for (const auto& key : data.foreign_keys) {
            check_references(data, key);
            if (key.use_alter || (rule && rule(key) == true)) {
                altered.insert(&key);
                continue;
            }
            const auto target = positions.find({target_schema(data, key), key.target_table});
            if (target != positions.end() && target->second != i) edges.push_back({target->second, i, &key});
        }
    }

    auto targets = targets_of(tables.size(), edges);
    auto wave = waves(targets);
    const auto sorted = [&] { return std::ranges::all_of(wave, [](const auto& w) { return w.has_value(); }); };
    if (!sorted()) {
        // All keys of a ring's tables leave, not only those that close it: the same for whichever table comes first.
        const auto ring = in_rings(targets);
        for (std::size_t i = 0; i < tables.size(); ++i) {
            if (!ring[i]) continue;
            for (const auto& key : tables[i]->data().foreign_keys)
                if (!rule || rule(key) != false) altered.insert(&key);
        }
        std::erase_if(edges, [&](const Edge& edge) { return altered.contains(edge.key); });
        targets = targets_of(tables.size(), edges);
        wave = waves(targets);
    }
    if (!sorted()) {
        std::vector<std::string> names;
        const auto ring = in_rings(targets);
        for (std::size_t i = 0; i < tables.size(); ++i)
            if (ring[i]) names.push_back(tables[i]->data().full_name());
        std::ranges::sort(names);
        std::string list;
        for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
        throw CircularDependencyError(
            "tables cannot be sorted, their foreign keys form a ring: " + list
            + ". Give the foreign keys names, so that ALTER TABLE can drop them"
        );
    }

    std::vector<std::pair<std::size_t, std::size_t>> order; // wave, then position
    for (std::size_t i = 0; i < tables.size(); ++i) order.emplace_back(*wave[i], i);
    std::ranges::sort(order);
    SortedTables result;
    for (const auto& [when, position] : order) result.tables.push_back(tables[position]);
    for (const auto* table : tables)
        for (const auto& key : table->data().foreign_keys)
            if (altered.contains(&key)) result.by_alter.emplace_back(table, &key);
    return result;
}

} // namespace azoth::schema
