// SPDX-License-Identifier: MIT
// The mappings of parents and children, in their many settings, and of pairs of classes.
#pragma once

#include "golden/orm_models.hpp"

// A namespace with Parent and Child. FOREIGN_KEY, CHILDREN and PARENT are options of the key and the two relationships.
// NOLINTBEGIN(cppcoreguidelines-macro-usage): the classes must have these names in each setting
#define GOLDEN_PARENT_AND_CHILD(NAME, KEY_TYPE, FOREIGN_KEY, CHILDREN, PARENT)                                                       \
    namespace NAME {                                                                                                               \
    struct Child;                                                                                                                  \
    struct Parent : az::Model<Parent> {                                                                                            \
        Id id;                                                                                                                     \
        Text name;                                                                                                                 \
        az::Collection<Child> children;                                                                                            \
        static void map(az::Mapper<Parent>& m);                                                                                    \
    };                                                                                                                             \
    struct Child : az::Model<Child> {                                                                                              \
        Id id;                                                                                                                     \
        KEY_TYPE parent_id;                                                                                                        \
        Text name;                                                                                                                 \
        az::Related<Parent> parent;                                                                                                \
        static void map(az::Mapper<Child>& m);                                                                                     \
    };                                                                                                                             \
    inline void Parent::map(az::Mapper<Parent>& m) {                                                                               \
        m.table("parents");                                                                                                        \
        m.column<&Parent::id>(az::primary_key);                                                                                    \
        m.column<&Parent::name>(az::String{50});                                                                                   \
        m.relationship<&Parent::children>(az::back_populates<&Child::parent>(), az::order_by<&Child::id>() CHILDREN);                \
    }                                                                                                                              \
    inline void Child::map(az::Mapper<Child>& m) {                                                                                 \
        m.table("children");                                                                                                       \
        m.column<&Child::id>(az::primary_key);                                                                                     \
        m.column<&Child::parent_id>(az::foreign_key<&Parent::id>(FOREIGN_KEY));                                                      \
        m.column<&Child::name>(az::String{50});                                                                                    \
        m.relationship<&Child::parent>(az::back_populates<&Parent::children>() PARENT);                                              \
    }                                                                                                                              \
    }
#define GOLDEN_AND(...) , __VA_ARGS__
#define GOLDEN_NOTHING

namespace golden {

GOLDEN_PARENT_AND_CHILD(pc_default, Number, GOLDEN_NOTHING, GOLDEN_NOTHING, GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(pc_notnull, Id, GOLDEN_NOTHING, GOLDEN_NOTHING, GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(
    pc_delete, Number, GOLDEN_NOTHING, GOLDEN_AND(az::cascade("save-update, merge, delete")), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(pc_orphan, Id, GOLDEN_NOTHING, GOLDEN_AND(az::cascade("all, delete-orphan")), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(
    pc_passive, Number, az::ondelete("CASCADE"), GOLDEN_AND(az::cascade("all, delete"), az::passive_deletes), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(pc_passive_all, Number, az::ondelete("CASCADE"), GOLDEN_AND(az::passive_deletes("all")), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(pc_passive_setnull, Number, az::ondelete("SET NULL"), GOLDEN_AND(az::passive_deletes), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(pc_none, Number, GOLDEN_NOTHING, GOLDEN_AND(az::cascade("")), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(pc_expunge, Number, GOLDEN_NOTHING, GOLDEN_AND(az::cascade("all")), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(pc_lazy_joined, Number, GOLDEN_NOTHING, GOLDEN_AND(az::lazy(az::Lazy::joined)), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(pc_lazy_selectin, Number, GOLDEN_NOTHING, GOLDEN_AND(az::lazy(az::Lazy::selectin)), GOLDEN_NOTHING)
GOLDEN_PARENT_AND_CHILD(
    pc_m2o_delete, Number, GOLDEN_NOTHING, GOLDEN_NOTHING, GOLDEN_AND(az::cascade("all, delete-orphan"), az::single_parent))

#undef GOLDEN_PARENT_AND_CHILD
#undef GOLDEN_AND
#undef GOLDEN_NOTHING
// NOLINTEND(cppcoreguidelines-macro-usage)

namespace one_way {

struct Pet : az::Model<Pet> {
    Id id;
    Number person_id;
    Text name;

    static void map(az::Mapper<Pet>& m);
};
struct Person : az::Model<Person> {
    Id id;
    Text name;
    az::Collection<Pet> pets;

    static void map(az::Mapper<Person>& m) {
        m.table("persons");
        m.column<&Person::id>(az::primary_key);
        m.column<&Person::name>(az::String{50});
        m.relationship<&Person::pets>();
    }
};
struct Account : az::Model<Account> {
    Id id;
    Number owner_id;
    Text label;
    az::Related<Person> owner;

    static void map(az::Mapper<Account>& m) {
        m.table("accounts");
        m.column<&Account::id>(az::primary_key);
        m.column<&Account::owner_id>(az::foreign_key<&Person::id>());
        m.column<&Account::label>(az::String{50});
        m.relationship<&Account::owner>();
    }
};
inline void Pet::map(az::Mapper<Pet>& m) {
    m.table("pets");
    m.column<&Pet::id>(az::primary_key);
    m.column<&Pet::person_id>(az::foreign_key<&Person::id>());
    m.column<&Pet::name>(az::String{50});
}

} // namespace one_way

namespace one_to_one {

struct Passport;
struct Locker;

struct Person : az::Model<Person> {
    Id id;
    Text name;
    az::Related<Passport> passport;
    az::Related<Locker> locker;

    static void map(az::Mapper<Person>& m);
};
struct Passport : az::Model<Passport> {
    Id id;
    Number person_id;
    Text number;
    az::Related<Person> person;

    static void map(az::Mapper<Passport>& m);
};
struct Locker : az::Model<Locker> {
    Id id;
    Number person_id;
    Text code;
    az::Related<Person> person;

    static void map(az::Mapper<Locker>& m);
};
inline void Person::map(az::Mapper<Person>& m) {
    m.table("persons");
    m.column<&Person::id>(az::primary_key);
    m.column<&Person::name>(az::String{50});
    m.relationship<&Person::passport>(az::back_populates<&Passport::person>(), az::cascade("all, delete-orphan"));
    m.relationship<&Person::locker>(az::back_populates<&Locker::person>());
}
inline void Passport::map(az::Mapper<Passport>& m) {
    m.table("passports");
    m.column<&Passport::id>(az::primary_key);
    m.column<&Passport::person_id>(az::foreign_key<&Person::id>());
    m.column<&Passport::number>(az::String{20});
    m.relationship<&Passport::person>(az::back_populates<&Person::passport>());
}
inline void Locker::map(az::Mapper<Locker>& m) {
    m.table("lockers");
    m.column<&Locker::id>(az::primary_key);
    m.column<&Locker::person_id>(az::foreign_key<&Person::id>());
    m.column<&Locker::code>(az::String{20});
    m.relationship<&Locker::person>(az::back_populates<&Person::locker>());
}

} // namespace one_to_one

namespace balls {

struct Ball;

struct Player : az::Model<Player> {
    Id id;
    Text name;
    Number favorite_ball_id;
    az::Collection<Ball> balls;
    az::Related<Ball> favorite;

    static void map(az::Mapper<Player>& m);
};
struct Ball : az::Model<Ball> {
    Id id;
    Number player_id;
    Text color;
    az::Related<Player> player;

    static void map(az::Mapper<Ball>& m);
};
inline void Player::map(az::Mapper<Player>& m) {
    m.table("players");
    m.column<&Player::id>(az::primary_key);
    m.column<&Player::name>(az::String{50});
    m.column<&Player::favorite_ball_id>(az::foreign_key<&Ball::id>());
    m.relationship<&Player::balls>(
        az::foreign_keys<&Ball::player_id>(), az::primaryjoin<&Ball::player_id, &Player::id>(), az::back_populates<&Ball::player>(),
        az::order_by<&Ball::id>());
    m.relationship<&Player::favorite>(az::foreign_keys<&Player::favorite_ball_id>(), az::post_update);
}
inline void Ball::map(az::Mapper<Ball>& m) {
    m.table("balls");
    m.column<&Ball::id>(az::primary_key);
    m.column<&Ball::player_id>(az::foreign_key<&Player::id>());
    m.column<&Ball::color>(az::String{20});
    m.relationship<&Ball::player>(az::foreign_keys<&Ball::player_id>(), az::back_populates<&Player::balls>());
}

} // namespace balls

namespace balls_cycle {

struct Ball;

struct Player : az::Model<Player> {
    Id id;
    Text name;
    Number favorite_ball_id;
    az::Collection<Ball> balls;
    az::Related<Ball> favorite;

    static void map(az::Mapper<Player>& m);
};
struct Ball : az::Model<Ball> {
    Id id;
    Number player_id;
    Text color;

    static void map(az::Mapper<Ball>& m);
};
inline void Player::map(az::Mapper<Player>& m) {
    m.table("players");
    m.column<&Player::id>(az::primary_key);
    m.column<&Player::name>(az::String{50});
    m.column<&Player::favorite_ball_id>(az::foreign_key<&Ball::id>());
    m.relationship<&Player::balls>(
        az::foreign_keys<&Ball::player_id>(), az::primaryjoin<&Ball::player_id, &Player::id>(), az::order_by<&Ball::id>());
    m.relationship<&Player::favorite>(az::foreign_keys<&Player::favorite_ball_id>());
}
inline void Ball::map(az::Mapper<Ball>& m) {
    m.table("balls");
    m.column<&Ball::id>(az::primary_key);
    m.column<&Ball::player_id>(az::foreign_key<&Player::id>());
    m.column<&Ball::color>(az::String{20});
}

} // namespace balls_cycle

namespace natural {

struct Member;

struct Team : az::Model<Team> {
    az::Mapped<std::string> code;
    Text city;
    az::Collection<Member> members;

    static void map(az::Mapper<Team>& m);
};
struct Member : az::Model<Member> {
    Id id;
    Text team_code, name;
    az::Related<Team> team;

    static void map(az::Mapper<Member>& m);
};
inline void Team::map(az::Mapper<Team>& m) {
    m.table("teams");
    m.column<&Team::code>(az::String{10}, az::primary_key);
    m.column<&Team::city>(az::String{50});
    m.relationship<&Team::members>(az::back_populates<&Member::team>(), az::order_by<&Member::id>());
}
inline void Member::map(az::Mapper<Member>& m) {
    m.table("members");
    m.column<&Member::id>(az::primary_key);
    m.column<&Member::team_code>(az::String{10}, az::foreign_key<&Team::code>(az::onupdate("CASCADE")));
    m.column<&Member::name>(az::String{50});
    m.relationship<&Member::team>(az::back_populates<&Team::members>());
}

} // namespace natural

namespace natural_active {

struct Member;

struct Team : az::Model<Team> {
    az::Mapped<std::string> code;
    Text city;
    az::Collection<Member> members;

    static void map(az::Mapper<Team>& m);
};
struct Member : az::Model<Member> {
    Id id;
    Text team_code, name;
    az::Related<Team> team;

    static void map(az::Mapper<Member>& m);
};
inline void Team::map(az::Mapper<Team>& m) {
    m.table("teams");
    m.column<&Team::code>(az::String{10}, az::primary_key);
    m.column<&Team::city>(az::String{50});
    m.relationship<&Team::members>(az::back_populates<&Member::team>(), az::order_by<&Member::id>(), az::passive_updates(false));
}
inline void Member::map(az::Mapper<Member>& m) {
    m.table("members");
    m.column<&Member::id>(az::primary_key);
    m.column<&Member::team_code>(az::String{10}, az::foreign_key<&Team::code>());
    m.column<&Member::name>(az::String{50});
    m.relationship<&Member::team>(az::back_populates<&Team::members>(), az::passive_updates(false));
}

} // namespace natural_active

namespace three_level {

struct Country;
struct City;

struct Continent : az::Model<Continent> {
    Id id;
    Text name;
    az::Collection<Country> countries;

    static void map(az::Mapper<Continent>& m);
};
struct Country : az::Model<Country> {
    Id id;
    Number continent_id;
    Text name;
    az::Related<Continent> continent;
    az::Collection<City> cities;

    static void map(az::Mapper<Country>& m);
};
struct City : az::Model<City> {
    Id id;
    Number country_id;
    Text name;
    az::Related<Country> country;

    static void map(az::Mapper<City>& m);
};
inline void Continent::map(az::Mapper<Continent>& m) {
    m.table("continents");
    m.column<&Continent::id>(az::primary_key);
    m.column<&Continent::name>(az::String{50});
    m.relationship<&Continent::countries>(
        az::back_populates<&Country::continent>(), az::order_by<&Country::id>(), az::cascade("all, delete-orphan"));
}
inline void Country::map(az::Mapper<Country>& m) {
    m.table("countries");
    m.column<&Country::id>(az::primary_key);
    m.column<&Country::continent_id>(az::foreign_key<&Continent::id>());
    m.column<&Country::name>(az::String{50});
    m.relationship<&Country::continent>(az::back_populates<&Continent::countries>());
    m.relationship<&Country::cities>(
        az::back_populates<&City::country>(), az::order_by<&City::id>(), az::cascade("all, delete-orphan"));
}
inline void City::map(az::Mapper<City>& m) {
    m.table("cities");
    m.column<&City::id>(az::primary_key);
    m.column<&City::country_id>(az::foreign_key<&Country::id>());
    m.column<&City::name>(az::String{50});
    m.relationship<&City::country>(az::back_populates<&Country::cities>());
}

} // namespace three_level

} // namespace golden
