// SPDX-License-Identifier: MIT
// The mappings of collections that are no plain lists, and of values that are checked.
#pragma once

#include "golden/orm_models.hpp"

#include <cctype>
#include <stdexcept>

namespace golden {

// ---- playlist: a numbered list ----

struct Track : az::Model<Track> {
    Id id;
    Number playlist_id, position;
    Text title;

    static void map(az::Mapper<Track>& m);
};
struct Playlist : az::Model<Playlist> {
    Id id;
    Text name;
    az::Collection<Track, az::OrderedBy<&Track::position>> tracks;

    static void map(az::Mapper<Playlist>& m) {
        m.table("playlists");
        m.column<&Playlist::id>(az::primary_key);
        m.column<&Playlist::name>(az::String{50});
        m.relationship<&Playlist::tracks>(az::order_by<&Track::position>(), az::cascade("all, delete-orphan"));
    }
};
inline void Track::map(az::Mapper<Track>& m) {
    m.table("tracks");
    m.column<&Track::id>(az::primary_key);
    m.column<&Track::playlist_id>(az::foreign_key<&Playlist::id>());
    m.column<&Track::position>();
    m.column<&Track::title>(az::String{50});
}

// ---- notes: a map, and a set through an association table ----

struct Note : az::Model<Note> {
    Id id;
    Number record_id;
    Text keyword, text;

    static void map(az::Mapper<Note>& m);
};
struct Tag : az::Model<Tag> {
    Id id;
    Text name;

    static void map(az::Mapper<Tag>& m) {
        m.table("tags");
        m.column<&Tag::id>(az::primary_key);
        m.column<&Tag::name>(az::String{50});
    }
};
struct Record : az::Model<Record> {
    Id id;
    Text name;
    az::Collection<Note, az::KeyedBy<&Note::keyword>> notes;
    az::Collection<Tag, az::AsSet> tags;

    static void map(az::Mapper<Record>& m) {
        m.table("records");
        m.column<&Record::id>(az::primary_key);
        m.column<&Record::name>(az::String{50});
        m.relationship<&Record::notes>(az::cascade("all, delete-orphan"));
        m.relationship<&Record::tags>(az::secondary("record_tags", "record_id", "tag_id"));
    }
};
inline void Note::map(az::Mapper<Note>& m) {
    m.table("notes");
    m.column<&Note::id>(az::primary_key);
    m.column<&Note::record_id>(az::foreign_key<&Record::id>());
    m.column<&Note::keyword>(az::String{50});
    m.column<&Note::text>(az::String{50});
}

// ---- validated ----

struct Phone;

struct Contact : az::Model<Contact> {
    Id id;
    Text email;
    az::Collection<Phone> phones;

    static void map(az::Mapper<Contact>& m);
};
struct Phone : az::Model<Phone> {
    Id id;
    Number contact_id;
    Text number;
    az::Related<Contact> contact;

    static void map(az::Mapper<Phone>& m);
};
inline void Contact::map(az::Mapper<Contact>& m) {
    m.table("contacts");
    m.column<&Contact::id>(az::primary_key);
    m.column<&Contact::email>(az::String{50});
    m.validates<&Contact::email>([](const std::optional<std::string>& email) {
        if (!email || email->find('@') == std::string::npos) throw std::invalid_argument("bad email");
        std::string lower;
        for (const char c : *email) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        return lower;
    });
    m.relationship<&Contact::phones>(az::back_populates<&Phone::contact>());
    m.validates<&Contact::phones>([](Phone& phone) {
        if (phone.number->value_or("").empty()) throw std::invalid_argument("empty number");
    });
}
inline void Phone::map(az::Mapper<Phone>& m) {
    m.table("phones");
    m.column<&Phone::id>(az::primary_key);
    m.column<&Phone::contact_id>(az::foreign_key<&Contact::id>());
    m.column<&Phone::number>(az::String{20});
    m.relationship<&Phone::contact>(az::back_populates<&Contact::phones>());
}

} // namespace golden
