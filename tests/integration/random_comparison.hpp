// SPDX-License-Identifier: MIT
// Whether objects and tables are what the model says.
#pragma once

#include "integration/random_player_state.hpp"

namespace random_programs {

class ComparingPlayer : public PlayerState {
public:
    using PlayerState::PlayerState;

protected:
    /// Ids of those members that have a row.
    template <class C>
    [[nodiscard]] static std::set<std::int64_t> ids(const C& collection) {
        std::set<std::int64_t> found;
        for (const auto& member : collection)
            if (az::inspect(*member).persistent()) found.insert(*member->id);
        return found;
    }
    template <class C, class F>
    void compare_collection(int i, const char* what, const C& collection, F belongs) {
        if (!collection.is_loaded() || world_[i].stale) return;
        std::set<std::int64_t> wanted;
        for (const auto& item : world_.items)
            if (item.stage == Stage::stored && belongs(item)) wanted.insert(item.id);
        const auto got = ids(collection);
        if (got != wanted) throw Difference(name_of(i) + " ." + what + " shows " + text_of(got) + ", not " + text_of(wanted));
    }
    [[nodiscard]] static std::string text_of(const std::set<std::int64_t>& list) {
        std::string text = "{";
        for (const auto id : list) text += " " + std::to_string(id);
        return text + " }";
    }
    template <class L, class K>
    void compare_parent(int i, const L& link, const K& key) {
        const std::int64_t wanted = world_[i].parent < 0 ? 0 : world_[world_[i].parent].id;
        if (link.is_loaded()) {
            const auto target = link.get();
            const auto got = target && az::inspect(*target).persistent() ? *target->id : 0;
            if (got != wanted)
                throw Difference(name_of(i) + " has the parent " + std::to_string(got) + ", not " + std::to_string(wanted));
        }
        if (key.is_present() && !key.is_expired()) {
            std::int64_t got = 0;
            if constexpr (requires { key->has_value(); }) got = key->value_or(0);
            else got = *key;
            if (got != wanted)
                throw Difference(name_of(i) + " has the key " + std::to_string(got) + " of its parent, not " + std::to_string(wanted));
        }
    }
    void compare_object(int i) {
        const auto& item = world_[i];
        const auto state = az::inspect(*item.handle);
        if (item.stage == Stage::gone) {
            if (!state.deleted()) throw Difference(name_of(i) + " is not in the state 'deleted'");
            return;
        }
        if (!state.persistent()) throw Difference(name_of(i) + " is not persistent");
        with_class(item.kind, [&]<class T>() {
            const auto& name = as<T>(i)->name;
            if (name.is_present() && *name != item.name)
                throw Difference(name_of(i) + " is called '" + *name + "', not '" + item.name + "'");
        });
        const auto mine = [i](const Item& other) { return other.parent == i; };
        switch (item.kind) {
        case Kind::shelf:
            compare_collection(i, "books", as<Shelf>(i)->books, [&](const Item& o) { return o.kind == Kind::book && mine(o); });
            compare_collection(i, "notes", as<Shelf>(i)->notes, [&](const Item& o) { return o.kind == Kind::note && mine(o); });
            break;
        case Kind::tag:
            compare_collection(i, "books", as<Tag>(i)->books, [i](const Item& o) { return o.tags.contains(i); });
            break;
        case Kind::book:
            compare_parent(i, as<Book>(i)->shelf, as<Book>(i)->shelf_id);
            compare_collection(i, "tags", as<Book>(i)->tags, [&](const Item& o) {
                return o.kind == Kind::tag && item.tags.contains(static_cast<int>(&o - world_.items.data()));
            });
            break;
        case Kind::note: compare_parent(i, as<Note>(i)->shelf, as<Note>(i)->shelf_id); break;
        case Kind::node:
            compare_parent(i, as<Node>(i)->parent, as<Node>(i)->parent_id);
            compare_collection(i, "children", as<Node>(i)->children, mine);
            break;
        }
    }
    template <class S>
    Task read(Tables& tables, Kind kind, S statement) {
        auto& rows = tables.rows[static_cast<std::size_t>(kind)];
        for (const auto& [id, name, parent] : co_await session_->execute(statement)) {
            if constexpr (requires { parent.value_or(0); }) rows[id] = {name, parent.value_or(0)};
            else rows[id] = {name, parent};
        }
    }
    Task compare() {
        Tables tables;
        co_await read(tables, Kind::shelf, az::select(col<&Shelf::id>, col<&Shelf::name>, az::literal(std::int64_t{0})));
        co_await read(tables, Kind::tag, az::select(col<&Tag::id>, col<&Tag::name>, az::literal(std::int64_t{0})));
        co_await read(tables, Kind::book, az::select(col<&Book::id>, col<&Book::name>, col<&Book::shelf_id>));
        co_await read(tables, Kind::note, az::select(col<&Note::id>, col<&Note::name>, col<&Note::shelf_id>));
        co_await read(tables, Kind::node, az::select(col<&Node::id>, col<&Node::name>, col<&Node::parent_id>));
        auto links = az::text("SELECT book_id, tag_id FROM book_tag");
        for (const auto& row : co_await session_->execute(links))
            tables.book_tags.emplace(row.template get<std::int64_t>(0), row.template get<std::int64_t>(1));
        for (std::size_t kind = 0; kind < tables.rows.size(); ++kind) {
            if (tables.rows[kind] == world_.tables.rows[kind]) continue;
            std::string text = std::string{"the table '"} + kind_names[kind] + "' has";
            for (const auto& [id, row] : tables.rows[kind])
                text += " (" + std::to_string(id) + " " + row.name + " " + std::to_string(row.parent) + ")";
            text += ", not";
            for (const auto& [id, row] : world_.tables.rows[kind])
                text += " (" + std::to_string(id) + " " + row.name + " " + std::to_string(row.parent) + ")";
            throw Difference(text);
        }
        if (tables.book_tags != world_.tables.book_tags) throw Difference("the table 'book_tag' has other rows");
        for (std::size_t i = 0; i < world_.items.size(); ++i)
            if (world_.items[i].handle) compare_object(static_cast<int>(i));
    }
};

} // namespace random_programs
