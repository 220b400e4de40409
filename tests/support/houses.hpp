// SPDX-License-Identifier: MIT
// A domain with every kind of link:
//
//     House 1 ──── * Room           all cascades; the same rooms in a container of the program's own
//     House 1 ──── * Guest          the database deletes them
//     House * ──── 1 Key            goes with its house
//     House * ──── * House          neighbours, as sets
//     House * ──── * Guest          visitors, never loaded
//     Kept  1 ──── * Thing          never loaded, and the database deletes nothing
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <azoth/azoth.hpp>

#include "support/catch.hpp"

namespace house {

namespace az = azoth;
using az::col;

struct Room;
struct Key;
struct Guest;

/// A container of the program's own: the longest first. It counts what it is told.
struct ByLength {
    std::vector<Room*> rooms;
    int appended = 0, removed = 0;

    void append(Room& room);
    void remove(Room& room) {
        ++removed;
        std::erase(rooms, &room);
    }
    [[nodiscard]] auto begin() const { return rooms.begin(); }
    [[nodiscard]] auto end() const { return rooms.end(); }
};

struct House : az::Model<House> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> key_id;
    az::Collection<Room> rooms;                    // all cascades
    az::Collection<Guest> guests;                  // the database deletes them
    az::Related<Key> key;                          // its key goes with it
    az::Collection<House, az::AsSet> neighbours;   // a set
    az::Collection<House, az::AsSet> neighbour_of;
    az::Collection<Room, az::KeptIn<ByLength>> by_length; // read only here
    az::WriteOnly<Guest> visitors;                 // many-to-many, never loaded

    static void map(az::Mapper<House>& m);
};
struct Room : az::Model<Room> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> house_id;
    az::Related<House> house;

    static void map(az::Mapper<Room>& m);
};
struct Guest : az::Model<Guest> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> house_id;
    az::Related<House> house;

    static void map(az::Mapper<Guest>& m);
};
struct Key : az::Model<Key> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;

    static void map(az::Mapper<Key>& m) {
        m.table("house_key");
        m.column<&Key::id>(az::primary_key);
        m.column<&Key::name>(az::String{50});
    }
};
struct Kept : az::Model<Kept> { // owner of a write-only link without passive_deletes
    az::Mapped<std::int64_t> id;
    az::WriteOnly<struct Thing> things;

    static void map(az::Mapper<Kept>& m);
};
struct Thing : az::Model<Thing> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::optional<std::int64_t>> kept_id;

    static void map(az::Mapper<Thing>& m) {
        m.table("thing");
        m.column<&Thing::id>(az::primary_key);
        m.column<&Thing::kept_id>(az::foreign_key<&Kept::id>());
    }
};

inline void ByLength::append(Room& room) {
    ++appended;
    const auto shorter = [&](const Room* other) { return other->name->size() < room.name->size(); };
    rooms.insert(std::find_if(rooms.begin(), rooms.end(), shorter), &room);
}
inline void House::map(az::Mapper<House>& m) {
    m.table("house");
    m.column<&House::id>(az::primary_key);
    m.column<&House::name>(az::String{50});
    m.column<&House::key_id>(az::foreign_key<&Key::id>());
    m.relationship<&House::rooms>(az::back_populates<&Room::house>(), az::cascade("all"), az::order_by<&Room::id>());
    m.relationship<&House::guests>(az::back_populates<&Guest::house>(), az::passive_deletes);
    m.relationship<&House::key>(az::cascade("all, delete-orphan"), az::single_parent);
    m.relationship<&House::neighbours>(
        az::secondary("neighbour", "house_id", "other_id"), az::back_populates<&House::neighbour_of>(), az::cascade("save-update, merge, delete"));
    m.relationship<&House::neighbour_of>(az::secondary("neighbour", "other_id", "house_id"), az::back_populates<&House::neighbours>());
    m.relationship<&House::by_length>(az::viewonly);
    m.relationship<&House::visitors>(az::secondary("visitor"), az::passive_deletes);
}
inline void Room::map(az::Mapper<Room>& m) {
    m.table("room");
    m.column<&Room::id>(az::primary_key);
    m.column<&Room::name>(az::String{50});
    m.column<&Room::house_id>(az::foreign_key<&House::id>());
    m.relationship<&Room::house>(az::back_populates<&House::rooms>());
}
inline void Guest::map(az::Mapper<Guest>& m) {
    m.table("guest");
    m.column<&Guest::id>(az::primary_key);
    m.column<&Guest::name>(az::String{50});
    m.column<&Guest::house_id>(az::foreign_key<&House::id>(az::ondelete("CASCADE")));
    m.relationship<&Guest::house>(az::back_populates<&House::guests>());
}
inline void Kept::map(az::Mapper<Kept>& m) {
    m.table("kept");
    m.column<&Kept::id>(az::primary_key);
    m.relationship<&Kept::things>();
}

inline az::asio::awaitable<void> make_tables(az::Engine engine) {
    az::Registry models;
    models.add<House, Room, Guest, Key, Kept, Thing>();
    CHECK(models.warnings().empty());
    co_await models.metadata().create_all(engine);
}

inline std::shared_ptr<House> house_of(const char* name) { return az::make<House>(col<&House::name> = name); }
inline std::shared_ptr<Room> room(const char* name) { return az::make<Room>(col<&Room::name> = name); }
inline std::shared_ptr<Guest> guest(const char* name) { return az::make<Guest>(col<&Guest::name> = name); }
inline std::shared_ptr<Key> key(const char* name) { return az::make<Key>(col<&Key::name> = name); }

template <class T> asio::awaitable<std::int64_t> count(az::Session& session) {
    auto statement = az::select(az::func::count()).select_from<T>();
    co_return co_await session.scalar(statement);
}

} // namespace house
