// SPDX-License-Identifier: MIT
// The mappings that the scenarios of corpus/orm_scenarios.jsonl work with: shop, school, trees and single tables.
#pragma once

#include <azoth/azoth.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace golden {

namespace az = azoth;
using az::col;

using Id = az::Mapped<std::int64_t>;
using Number = az::Mapped<std::optional<std::int64_t>>;
using Text = az::Mapped<std::optional<std::string>>;

// ---- shop: users, addresses, orders, items, keywords ----

struct Address;
struct Order;
struct Item;
struct Keyword;

struct OrderItemLinks : az::Table {
    az::Column<std::int64_t> order_id{*this, "order_id", az::primary_key, az::foreign_key("orders.id")};
    az::Column<std::int64_t> item_id{*this, "item_id", az::primary_key, az::foreign_key("items.id")};

    explicit OrderItemLinks(az::MetaData& metadata) : az::Table{"order_items", metadata} {}
};
struct ItemKeywordLinks : az::Table {
    az::Column<std::int64_t> item_id{*this, "item_id", az::primary_key, az::foreign_key("items.id")};
    az::Column<std::int64_t> keyword_id{*this, "keyword_id", az::primary_key, az::foreign_key("keywords.id")};

    explicit ItemKeywordLinks(az::MetaData& metadata) : az::Table{"item_keywords", metadata} {}
};
inline az::MetaData& association_tables() {
    static az::MetaData metadata;
    return metadata;
}
inline const OrderItemLinks& order_items() {
    static const OrderItemLinks table{association_tables()};
    return table;
}
inline const ItemKeywordLinks& item_keywords() {
    static const ItemKeywordLinks table{association_tables()};
    return table;
}

struct User : az::Model<User> {
    Id id;
    az::Mapped<std::string> name;
    Text fullname;
    Number age;
    az::Collection<Address> addresses;
    az::Collection<Order> orders;

    static void map(az::Mapper<User>& m);
};
struct Address : az::Model<Address> {
    Id id;
    Number user_id;
    az::Mapped<std::string> email_address;
    az::Related<User> user;

    static void map(az::Mapper<Address>& m);
};
struct Order : az::Model<Order> {
    Id id;
    Number user_id, address_id;
    Text description;
    Number is_open;
    az::Related<User> user;
    az::Related<Address> address;
    az::Collection<Item> items;

    static void map(az::Mapper<Order>& m);
};
struct Item : az::Model<Item> {
    Id id;
    az::Mapped<std::string> description;
    Number price;
    az::Collection<Order> orders;
    az::Collection<Keyword> keywords;

    static void map(az::Mapper<Item>& m);
};
struct Keyword : az::Model<Keyword> {
    Id id;
    az::Mapped<std::string> name;
    az::Collection<Item> items;

    static void map(az::Mapper<Keyword>& m);
};

inline void User::map(az::Mapper<User>& m) {
    m.table("users");
    m.column<&User::id>(az::primary_key);
    m.column<&User::name>(az::String{50});
    m.column<&User::fullname>(az::String{100});
    m.column<&User::age>();
    m.relationship<&User::addresses>(az::back_populates<&Address::user>(), az::order_by<&Address::id>());
    m.relationship<&User::orders>(az::back_populates<&Order::user>());
}
inline void Address::map(az::Mapper<Address>& m) {
    m.table("addresses");
    m.column<&Address::id>(az::primary_key);
    m.column<&Address::user_id>(az::foreign_key<&User::id>());
    m.column<&Address::email_address>(az::String{100});
    m.relationship<&Address::user>(az::back_populates<&User::addresses>());
}
inline void Order::map(az::Mapper<Order>& m) {
    m.table("orders");
    m.column<&Order::id>(az::primary_key);
    m.column<&Order::user_id>(az::foreign_key<&User::id>());
    m.column<&Order::address_id>(az::foreign_key<&Address::id>());
    m.column<&Order::description>(az::String{50});
    m.column<&Order::is_open>();
    m.relationship<&Order::user>(az::back_populates<&User::orders>());
    m.relationship<&Order::address>();
    m.relationship<&Order::items>(az::secondary(order_items()), az::back_populates<&Item::orders>(), az::order_by<&Item::id>());
}
inline void Item::map(az::Mapper<Item>& m) {
    m.table("items");
    m.column<&Item::id>(az::primary_key);
    m.column<&Item::description>(az::String{50});
    m.column<&Item::price>();
    m.relationship<&Item::orders>(az::secondary(order_items()), az::back_populates<&Order::items>());
    m.relationship<&Item::keywords>(az::secondary(item_keywords()), az::back_populates<&Keyword::items>());
}
inline void Keyword::map(az::Mapper<Keyword>& m) {
    m.table("keywords");
    m.column<&Keyword::id>(az::primary_key);
    m.column<&Keyword::name>(az::String{50});
    m.relationship<&Keyword::items>(az::secondary(item_keywords()), az::back_populates<&Item::keywords>());
}

// ---- nodes: a tree ----

struct Node : az::Model<Node> {
    Id id;
    Number parent_id;
    Text name;
    az::Collection<Node> children;
    az::Related<Node> parent;

    static void map(az::Mapper<Node>& m) {
        m.table("nodes");
        m.column<&Node::id>(az::primary_key);
        m.column<&Node::parent_id>(az::foreign_key<&Node::id>());
        m.column<&Node::name>(az::String{50});
        m.relationship<&Node::children>(az::back_populates<&Node::parent>(), az::order_by<&Node::id>());
        m.relationship<&Node::parent>(az::back_populates<&Node::children>(), az::remote_side<&Node::id>());
    }
};

// ---- school: an association object ----

struct Student;
struct Course;

struct Enrollment : az::Model<Enrollment> {
    Id student_id, course_id;
    Text grade;
    az::Related<Student> student;
    az::Related<Course> course;

    static void map(az::Mapper<Enrollment>& m);
};
struct Student : az::Model<Student> {
    Id id;
    Text name;
    az::Collection<Enrollment> enrollments;

    static void map(az::Mapper<Student>& m);
};
struct Course : az::Model<Course> {
    Id id;
    Text title;
    az::Collection<Enrollment> enrollments;

    static void map(az::Mapper<Course>& m);
};

inline void Enrollment::map(az::Mapper<Enrollment>& m) {
    m.table("enrollments");
    m.column<&Enrollment::student_id>(az::primary_key, az::foreign_key<&Student::id>());
    m.column<&Enrollment::course_id>(az::primary_key, az::foreign_key<&Course::id>());
    m.column<&Enrollment::grade>(az::String{2});
    m.relationship<&Enrollment::student>(az::back_populates<&Student::enrollments>());
    m.relationship<&Enrollment::course>(az::back_populates<&Course::enrollments>());
}
inline void Student::map(az::Mapper<Student>& m) {
    m.table("students");
    m.column<&Student::id>(az::primary_key);
    m.column<&Student::name>(az::String{50});
    m.relationship<&Student::enrollments>(az::back_populates<&Enrollment::student>(), az::cascade("all, delete-orphan"));
}
inline void Course::map(az::Mapper<Course>& m) {
    m.table("courses");
    m.column<&Course::id>(az::primary_key);
    m.column<&Course::title>(az::String{50});
    m.relationship<&Course::enrollments>(az::back_populates<&Enrollment::course>(), az::cascade("all, delete-orphan"));
}

// ---- parts: composite keys ----

struct Supply;

struct Part : az::Model<Part> {
    az::Mapped<std::string> vendor;
    Id number;
    Text label;
    az::Collection<Supply> supplies;

    static void map(az::Mapper<Part>& m);
};
struct Supply : az::Model<Supply> {
    Id id;
    Text part_vendor;
    Number part_number, quantity;
    az::Related<Part> part;

    static void map(az::Mapper<Supply>& m);
};

inline void Part::map(az::Mapper<Part>& m) {
    m.table("parts");
    m.column<&Part::vendor>(az::String{20}, az::primary_key);
    m.column<&Part::number>(az::primary_key, az::autoincrement(false));
    m.column<&Part::label>(az::String{50});
    m.relationship<&Part::supplies>(az::back_populates<&Supply::part>(), az::order_by<&Supply::id>());
}
inline void Supply::map(az::Mapper<Supply>& m) {
    m.table("supplies");
    m.column<&Supply::id>(az::primary_key);
    m.column<&Supply::part_vendor>(az::String{20});
    m.column<&Supply::part_number>();
    m.column<&Supply::quantity>();
    m.foreign_key<&Supply::part_vendor, &Supply::part_number>(az::references<&Part::vendor, &Part::number>());
    m.relationship<&Supply::part>(az::back_populates<&Part::supplies>());
}

// ---- single tables ----

struct Thing : az::Model<Thing> {
    Id id;
    Text name;
    Number value;

    static void map(az::Mapper<Thing>& m) {
        m.table("things");
        m.column<&Thing::id>(az::primary_key);
        m.column<&Thing::name>(az::String{50});
        m.column<&Thing::value>();
    }
};
struct Slug : az::Model<Slug> {
    az::Mapped<std::string> code;
    Text title;

    static void map(az::Mapper<Slug>& m) {
        m.table("slugs");
        m.column<&Slug::code>(az::String{20}, az::primary_key);
        m.column<&Slug::title>(az::String{50});
    }
};
struct Document : az::Model<Document> {
    Id id;
    Text title;
    Number position;

    static void map(az::Mapper<Document>& m) {
        m.table("Documents");
        m.column<&Document::id>("doc_id", az::primary_key);
        m.column<&Document::title>("docTitle", az::String{50});
        m.column<&Document::position>("order");
    }
};
struct Doc : az::Model<Doc> {
    Id id;
    Text title;
    Id version_id;

    static void map(az::Mapper<Doc>& m) {
        m.table("docs");
        m.column<&Doc::id>(az::primary_key);
        m.column<&Doc::title>(az::String{50});
        m.version_id<&Doc::version_id>();
    }
};
struct UniqueMember : az::Model<UniqueMember> {
    Id id;
    az::Mapped<std::string> name;
    Text team;

    static void map(az::Mapper<UniqueMember>& m) {
        m.table("members");
        m.column<&UniqueMember::id>(az::primary_key);
        m.column<&UniqueMember::name>(az::String{50}, az::unique);
        m.column<&UniqueMember::team>(az::String{50});
    }
};
struct Ticket : az::Model<Ticket> {
    Id id;
    Text title, status;
    Number counter;
    Text code;

    static void map(az::Mapper<Ticket>& m) {
        m.table("tickets");
        m.column<&Ticket::id>(az::primary_key);
        m.column<&Ticket::title>(az::String{50});
        m.column<&Ticket::status>(az::String{20}, az::default_("new"), az::onupdate_value("touched"));
        m.column<&Ticket::counter>(az::server_default(az::text("5")));
        m.column<&Ticket::code>(az::String{20}, az::server_default("abc"));
    }
};
struct EagerTicket : az::Model<EagerTicket> {
    Id id;
    Text title, status;
    Number counter;
    Text code;

    static void map(az::Mapper<EagerTicket>& m) {
        m.table("eager_tickets");
        m.eager_defaults(true);
        m.column<&EagerTicket::id>(az::primary_key);
        m.column<&EagerTicket::title>(az::String{50});
        m.column<&EagerTicket::status>(az::String{20}, az::default_("new"));
        m.column<&EagerTicket::counter>(az::server_default(az::text("5")));
        m.column<&EagerTicket::code>(az::String{20}, az::server_default("abc"));
    }
};
struct LazyTicket : az::Model<LazyTicket> {
    Id id;
    Text title, status;
    Number counter;
    Text code;

    static void map(az::Mapper<LazyTicket>& m) {
        m.table("lazy_tickets");
        m.eager_defaults(false);
        m.column<&LazyTicket::id>(az::primary_key);
        m.column<&LazyTicket::title>(az::String{50});
        m.column<&LazyTicket::status>(az::String{20}, az::default_("new"));
        m.column<&LazyTicket::counter>(az::server_default(az::text("5")));
        m.column<&LazyTicket::code>(az::String{20}, az::server_default("abc"));
    }
};
struct Settings : az::Model<Settings> {
    Id id;
    Text name;
    az::Mapped<std::optional<az::Json>> data, items, plain;

    static void map(az::Mapper<Settings>& m) {
        m.table("settings");
        m.column<&Settings::id>(az::primary_key);
        m.column<&Settings::name>(az::String{50});
        m.column<&Settings::data>();
        m.column<&Settings::items>();
        m.column<&Settings::plain>();
    }
};

} // namespace golden
