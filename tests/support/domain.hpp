// SPDX-License-Identifier: MIT
// The sample domain of the ORM's tests:
//
//     Author 1 ──── * Book          Book.author_id; books die with their author (delete-orphan)
//     Author 1 ──── * Note          Note.author_id, may be NULL; notes outlive their author
//     Node   1 ──── * Node          Node.parent_id, a tree
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <azoth/orm.hpp>

namespace domain {

namespace az = azoth;

struct Author;

struct Book : az::Model<Book> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> title;
    az::Mapped<std::int32_t> pages;
    az::Mapped<std::int64_t> author_id;
    az::Related<Author> author;

    static void map(az::Mapper<Book>& m);
};

struct Note : az::Model<Note> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> text;
    az::Mapped<std::optional<std::int64_t>> author_id;
    az::Related<Author> author;

    static void map(az::Mapper<Note>& m);
};

struct Author : az::Model<Author> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::string>> motto;
    az::Collection<Book> books;
    az::Collection<Note> notes;

    static void map(az::Mapper<Author>& m);
};

struct Node : az::Model<Node> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> parent_id;
    az::Related<Node> parent;
    az::Collection<Node> children;

    static void map(az::Mapper<Node>& m);
};

inline void Book::map(az::Mapper<Book>& m) {
    m.table("book");
    m.column<&Book::id>(az::primary_key);
    m.column<&Book::title>(az::String{100});
    m.column<&Book::pages>(az::default_(std::int32_t{100}));
    m.column<&Book::author_id>(az::foreign_key<&Author::id>());
    m.relationship<&Book::author>(az::back_populates<&Author::books>());
}
inline void Note::map(az::Mapper<Note>& m) {
    m.table("note");
    m.column<&Note::id>(az::primary_key);
    m.column<&Note::text>(az::String{200});
    m.column<&Note::author_id>(az::foreign_key<&Author::id>());
    m.relationship<&Note::author>(az::back_populates<&Author::notes>());
}
inline void Author::map(az::Mapper<Author>& m) {
    m.table("author");
    m.column<&Author::id>(az::primary_key);
    m.column<&Author::name>(az::String{60});
    m.column<&Author::motto>(az::String{100});
    m.relationship<&Author::books>(az::back_populates<&Book::author>(), az::cascade("all, delete-orphan"));
    m.relationship<&Author::notes>(az::back_populates<&Note::author>());
}
inline void Node::map(az::Mapper<Node>& m) {
    m.table("node");
    m.column<&Node::id>(az::primary_key);
    m.column<&Node::name>(az::String{60});
    m.column<&Node::parent_id>(az::foreign_key<&Node::id>());
    m.relationship<&Node::parent>(az::remote_side<&Node::id>(), az::back_populates<&Node::children>());
    m.relationship<&Node::children>(az::back_populates<&Node::parent>());
}

} // namespace domain
