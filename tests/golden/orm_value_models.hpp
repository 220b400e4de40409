// SPDX-License-Identifier: MIT
// The mappings of collections that are never loaded, and of values of several columns.
#pragma once

#include "golden/orm_models.hpp"

namespace golden {

// ---- ledger: collections that are never loaded ----

struct Entry : az::Model<Entry> {
    Id id;
    Number ledger_id;
    Text memo;
    Number amount;

    static void map(az::Mapper<Entry>& m);
};
struct LTag : az::Model<LTag> {
    Id id;
    Text name;

    static void map(az::Mapper<LTag>& m) {
        m.table("ltags");
        m.column<&LTag::id>(az::primary_key);
        m.column<&LTag::name>(az::String{50});
    }
};
struct Ledger : az::Model<Ledger> {
    Id id;
    Text name;
    az::WriteOnly<Entry> entries;
    az::WriteOnly<LTag> tags;

    static void map(az::Mapper<Ledger>& m) {
        m.table("ledgers");
        m.column<&Ledger::id>(az::primary_key);
        m.column<&Ledger::name>(az::String{50});
        m.relationship<&Ledger::entries>(az::order_by<&Entry::id>(), az::cascade("all, delete-orphan"), az::passive_deletes);
        m.relationship<&Ledger::tags>(
            az::secondary("ledger_tags", "ledger_id", "tag_id"), az::order_by<&LTag::id>(), az::passive_deletes);
    }
};
inline void Entry::map(az::Mapper<Entry>& m) {
    m.table("entries");
    m.column<&Entry::id>(az::primary_key);
    m.column<&Entry::ledger_id>(az::foreign_key<&Ledger::id>(az::ondelete("CASCADE")));
    m.column<&Entry::memo>(az::String{50});
    m.column<&Entry::amount>();
}

// ---- shapes: composite values ----

struct Point {
    std::optional<std::int64_t> x, y;
    bool operator==(const Point&) const = default;
};

struct Vertex : az::Model<Vertex> {
    Id id;
    az::Composite<Point> start, end;

    static void map(az::Mapper<Vertex>& m) {
        m.table("vertices");
        m.column<&Vertex::id>(az::primary_key);
        m.composite<&Vertex::start>(az::field<&Point::x>("x1"), az::field<&Point::y>("y1"));
        m.composite<&Vertex::end>(az::field<&Point::x>("x2"), az::field<&Point::y>("y2"));
    }
};

} // namespace golden
