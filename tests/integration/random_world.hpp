// SPDX-License-Identifier: MIT
// What a random program should lead to: plain data, beside the session. One truth for both sides of each link.
#pragma once

#include "integration/random_models.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace random_programs {

enum class Kind : std::uint8_t { shelf, tag, book, note, node };
inline constexpr std::array kind_names{"shelf", "tag", "book", "note", "node"};

/// pending: waits for its INSERT. marked: waits for its DELETE. gone: deleted, or never stored.
enum class Stage : std::uint8_t { pending, stored, marked, gone };

struct Item {
    Kind kind = Kind::shelf;
    Stage stage = Stage::pending;
    std::shared_ptr<az::ModelBase> handle; ///< null: the program let go of it
    std::int64_t id = 0;
    std::string name;
    int parent = -1; ///< a shelf or a node
    int stored_parent = -1; ///< as of the last flush
    std::set<int> tags;
    bool received = false; ///< something was linked to it since the last flush
    bool moved = false;    ///< since the last flush
    bool stale = false;    ///< its loaded collections need not show what others did, until they are loaded again

    Item() = default;
};

struct Row {
    std::string name;
    std::int64_t parent = 0; ///< 0: NULL
    friend auto operator<=>(const Row&, const Row&) = default;
};
struct Tables {
    std::array<std::map<std::int64_t, Row>, 5> rows;
    std::set<std::pair<std::int64_t, std::int64_t>> book_tags;
    friend bool operator==(const Tables&, const Tables&) = default;
};

struct World {
    std::vector<Item> items;
    Tables tables; ///< what was flushed
    std::vector<std::vector<Item>> levels; ///< as of the last commit, then one for each savepoint; without handles

    World() { levels.emplace_back(); }

    [[nodiscard]] Item& operator[](int i) { return items[static_cast<std::size_t>(i)]; }
    [[nodiscard]] const Item& operator[](int i) const { return items[static_cast<std::size_t>(i)]; }

    /// The `choice`th of the items that `fits` (counted round), -1 when there is none.
    template <class F>
    [[nodiscard]] int pick(std::uint32_t choice, F fits) const {
        std::vector<int> found;
        for (std::size_t i = 0; i < items.size(); ++i)
            if (fits(items[i])) found.push_back(static_cast<int>(i));
        return found.empty() ? -1 : found[choice % found.size()];
    }
    [[nodiscard]] bool dies(const Item& item) const {
        return item.stage == Stage::marked || (item.stage == Stage::stored && item.kind == Kind::book && item.parent < 0);
    }
    /// A tree node must not come under itself.
    [[nodiscard]] bool is_under(int node, int ancestor) const {
        for (; node >= 0; node = (*this)[node].parent)
            if (node == ancestor) return true;
        return false;
    }
    /// Nor, in one flush, under what was below it before: SQLAlchemy orders rows by old parents, too.
    [[nodiscard]] bool is_or_was_under(int node, int ancestor) const {
        std::set<int> seen;
        std::vector<int> open{node};
        while (!open.empty()) {
            const int next = open.back();
            open.pop_back();
            if (next < 0 || !seen.insert(next).second) continue;
            if (next == ancestor) return true;
            open.push_back((*this)[next].parent);
            open.push_back((*this)[next].stored_parent);
        }
        return false;
    }

    void flushed() {
        std::set<int> dead;
        for (std::size_t i = 0; i < items.size(); ++i)
            if (dies(items[i])) dead.insert(static_cast<int>(i));
        tables = {};
        for (const int i : dead) (*this)[i].stage = Stage::gone;
        for (auto& item : items) {
            item.received = item.moved = false;
            if (dead.contains(item.parent)) item.parent = -1;
            std::erase_if(item.tags, [&](int tag) { return dead.contains(tag); });
            if (item.stage == Stage::pending) item.stage = Stage::stored;
            item.stored_parent = item.parent;
        }
        for (const auto& item : items) {
            if (item.stage != Stage::stored) continue;
            tables.rows[static_cast<std::size_t>(item.kind)][item.id] = {item.name, item.parent < 0 ? 0 : (*this)[item.parent].id};
            for (const int tag : item.tags) tables.book_tags.emplace(item.id, (*this)[tag].id);
        }
    }
    void begin_level() {
        auto copy = items;
        for (auto& item : copy) item.handle.reset();
        levels.push_back(std::move(copy));
    }
    /// Everything is as it was at the beginning of the level. @return what was made since
    std::vector<Item> restore(std::vector<Item> before) {
        std::vector<Item> created(items.begin() + static_cast<std::ptrdiff_t>(before.size()), items.end());
        bool deleted = false;
        for (std::size_t i = 0; i < before.size(); ++i) {
            before[i].handle = std::move(items[i].handle);
            before[i].stale = items[i].stale;
            deleted = deleted || (before[i].stage != items[i].stage && items[i].stage == Stage::gone);
        }
        items = std::move(before);
        flushed();
        // As in SQLAlchemy: a collection that lost a deleted member does not get it back until it is loaded again.
        if (deleted)
            for (auto& item : items) item.stale = true;
        return created;
    }
    void committed() {
        for (auto& item : items)
            if (item.stage == Stage::gone) item.handle.reset();
        levels.clear();
        begin_level();
    }
};

} // namespace random_programs
