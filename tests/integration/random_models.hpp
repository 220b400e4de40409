// SPDX-License-Identifier: MIT
// The classes of the random programs:
//
//     Shelf 1 ──── * Book    a book needs a shelf: without one it is deleted (delete-orphan)
//     Shelf 1 ──── * Note    a note may be without
//     Book  * ──── * Tag
//     Node  1 ──── * Node    a tree
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <azoth/azoth.hpp>

namespace random_programs {

namespace az = azoth;

struct Book;
struct Note;

struct Shelf : az::Model<Shelf> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Book> books;
    az::Collection<Note> notes;

    static void map(az::Mapper<Shelf>& m);
};

struct Tag : az::Model<Tag> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Collection<Book> books;

    static void map(az::Mapper<Tag>& m);
};

struct Book : az::Model<Book> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::int64_t> shelf_id;
    az::Related<Shelf> shelf;
    az::Collection<Tag> tags;

    static void map(az::Mapper<Book>& m);
};

struct Note : az::Model<Note> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> shelf_id;
    az::Related<Shelf> shelf;

    static void map(az::Mapper<Note>& m);
};

struct Node : az::Model<Node> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> parent_id;
    az::Related<Node> parent;
    az::Collection<Node> children;

    static void map(az::Mapper<Node>& m);
};

inline void Shelf::map(az::Mapper<Shelf>& m) {
    m.table("shelf");
    m.column<&Shelf::id>(az::primary_key);
    m.column<&Shelf::name>(az::String{40});
    m.relationship<&Shelf::books>(az::back_populates<&Book::shelf>(), az::cascade("all, delete-orphan"));
    m.relationship<&Shelf::notes>(az::back_populates<&Note::shelf>());
}
inline void Tag::map(az::Mapper<Tag>& m) {
    m.table("tag");
    m.column<&Tag::id>(az::primary_key);
    m.column<&Tag::name>(az::String{40});
    m.relationship<&Tag::books>(az::secondary("book_tag"), az::back_populates<&Book::tags>());
}
inline void Book::map(az::Mapper<Book>& m) {
    m.table("book");
    m.column<&Book::id>(az::primary_key);
    m.column<&Book::name>(az::String{40});
    m.column<&Book::shelf_id>(az::foreign_key<&Shelf::id>());
    m.relationship<&Book::shelf>(az::back_populates<&Shelf::books>());
    m.relationship<&Book::tags>(az::secondary("book_tag"), az::back_populates<&Tag::books>());
}
inline void Note::map(az::Mapper<Note>& m) {
    m.table("note");
    m.column<&Note::id>(az::primary_key);
    m.column<&Note::name>(az::String{40});
    m.column<&Note::shelf_id>(az::foreign_key<&Shelf::id>());
    m.relationship<&Note::shelf>(az::back_populates<&Shelf::notes>());
}
inline void Node::map(az::Mapper<Node>& m) {
    m.table("node");
    m.column<&Node::id>(az::primary_key);
    m.column<&Node::name>(az::String{40});
    m.column<&Node::parent_id>(az::foreign_key<&Node::id>());
    m.relationship<&Node::parent>(az::remote_side<&Node::id>(), az::back_populates<&Node::children>());
    m.relationship<&Node::children>(az::back_populates<&Node::parent>());
}

} // namespace random_programs
