// SPDX-License-Identifier: MIT
// What the workloads consist of, the same for every contender: sizes, rows, keys, check values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// Sizes never change, so that figures of different days can be compared.
inline constexpr std::int64_t read_rows = 200'000;    // W2
inline constexpr std::int64_t short_selects = 10'000; // W3
inline constexpr std::int64_t transactions = 10'000;  // W4
inline constexpr std::int64_t parents = 10'000;       // W6
inline constexpr std::int64_t children_each = 2;      // W6
inline constexpr std::int64_t update_rows = 10'000;   // W7
inline constexpr std::int64_t shared_selects = 100'000; // W8, taken by all clients together
inline constexpr std::size_t clients = 64;            // W8
inline constexpr std::size_t pool_connections = 16;   // W8
inline constexpr std::int64_t pipelined_selects = 10'000; // W9

/// A row as the application owns it: no views into a driver's buffer.
struct Customer {
    std::int64_t id = 0;
    std::string name;
    std::string description;
};

// Both texts are too long for the 15 bytes a std::string holds without allocating.
[[nodiscard]] inline std::string customer_name(std::int64_t i) {
    return "customer name " + std::to_string(i);
}
[[nodiscard]] inline std::string customer_description(std::int64_t i) {
    return "customer description " + std::to_string(i);
}
[[nodiscard]] inline std::string changed_description(std::int64_t i) {
    return "another description " + std::to_string(i);
}
[[nodiscard]] inline std::string parent_name(std::int64_t i) {
    return "the parent called " + std::to_string(i);
}
[[nodiscard]] inline std::string child_name(std::int64_t parent, std::int64_t child) {
    return "the child called " + std::to_string(parent) + "." + std::to_string(child);
}

/// A permutation of 1..10000, the same in all languages.
[[nodiscard]] constexpr std::int64_t permuted_key(std::int64_t i) {
    return i * 7919 % 10'000 + 1;
}

// ---- check values: sums, so that the order of the rows does not matter -----------------------

[[nodiscard]] constexpr std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 14695981039346656037u; // FNV-1a
    for (const char c : text)
        value = (value ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return value;
}
[[nodiscard]] constexpr std::uint64_t
check_customer(std::int64_t id, std::string_view name, std::string_view description) {
    return static_cast<std::uint64_t>(id) * (hash(name) ^ (hash(description) << 1));
}
[[nodiscard]] inline std::uint64_t check(const std::vector<Customer>& rows) {
    std::uint64_t sum = 0;
    for (const auto& row : rows)
        sum += check_customer(row.id, row.name, row.description);
    return sum;
}

/// Of the customers with keys from 1 to `rows`, each `times` over.
[[nodiscard]] inline std::uint64_t check_seeded(std::int64_t rows, std::uint64_t times = 1) {
    std::uint64_t sum = 0;
    for (std::int64_t i = 1; i <= rows; ++i)
        sum += check_customer(i, customer_name(i), customer_description(i));
    return sum * times;
}

[[nodiscard]] inline std::uint64_t sum(const std::vector<std::int64_t>& keys) {
    std::uint64_t total = 0;
    for (const auto key : keys)
        total += static_cast<std::uint64_t>(key);
    return total;
}

// W6: all keys, and each child's parent's; a child under a wrong parent does not count. All databases
// understand it.
inline constexpr const char* sum_of_parent_keys = "SELECT sum(id) FROM parent";
inline constexpr const char* sum_of_child_keys =
    "SELECT sum(child.id + child.parent_id) FROM child JOIN parent ON parent.id = child.parent_id "
    "AND replace(parent.name, 'parent', 'child') = substr(child.name, 1, length(child.name) - 2)";

/// Rows of one INSERT .. VALUES, in the contenders that make such.
inline constexpr std::size_t values_rows = 1000;
/// Statements between two synchronisations, in the contenders that pipeline.
inline constexpr std::size_t pipeline_statements = 500;

} // namespace bench
